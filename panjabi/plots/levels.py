"""Neutral zone and range of motion of every level, as a shaded table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError
from panjabi.plots.moment_angle import _zone
from panjabi.plots.style import new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.passive.neutral_zone import NeutralZoneTest

SHORT = ("FE", "LB", "AR")


def plot_level_table(
    tests: Iterable[NeutralZoneTest],
    *,
    estimator: str = "residual",
    published: Mapping[tuple[str, str], float] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Neutral zone (one-sided) and range of motion (both sides) [deg], by level and axis.

    Levels are rows, in the order of the tests; axes are columns. The shade is the ratio of the full
    neutral zone to the range of motion.

    Parameters
    ----------
    published : (level, "FE" | "LB" | "AR") -> neutral zone [deg], printed in brackets.

    Raises
    ------
    ParameterError
        If there is no test, or two tests have the same level and axis.
    """
    cells: dict[tuple[str, int], NeutralZoneTest] = {}
    for test in tests:
        if (test.unit.level, test.axis) in cells:
            raise ParameterError(
                "Expected one test for each level and axis, got two tests of "
                f"{test.unit.level} {SHORT[test.axis]}; remove one of them."
            )
        cells[test.unit.level, test.axis] = test
    if not cells:
        raise ParameterError(
            "Expected one test for each level and axis, got no tests; give at least one test."
        )
    levels = list(dict.fromkeys(level for level, _ in cells))
    axes = sorted({axis for _, axis in cells})
    ax = new_axis(ax, height=0.6 + 0.28 * len(levels))
    ratio = np.full((len(levels), len(axes)), np.nan)
    for (level, axis), test in cells.items():
        i, j = levels.index(level), axes.index(axis)
        zone = np.degrees(_zone(test, estimator).half_width)
        whole = np.degrees(test.residual.end_plus - test.residual.end_minus)
        ratio[i, j] = 2.0 * zone / whole
        known = (published or {}).get((level, SHORT[axis]))
        text = f"{zone:.1f}" + ("" if known is None else f" ({known:.1f})") + f" / {whole:.1f}"
        ax.text(j, i, text, ha="center", va="center", color="k" if ratio[i, j] < 0.6 else "w")
    ax.imshow(ratio, cmap="Blues", vmin=0.0, vmax=1.0, aspect="auto")
    ax.set_xticks(range(len(axes)), [SHORT[a] for a in axes])
    ax.set_yticks(range(len(levels)), levels)
    ax.tick_params(length=0, top=True, labeltop=True, bottom=False, labelbottom=False)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    note = f"neutral zone, {estimator.replace('_', ' ')}"
    note += " (published)" if published else ""
    ax.set_xlabel(f"{note}\n/ range of motion [°]; shade: ratio")
    return ax
