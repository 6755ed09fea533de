"""What the model gives over what was published, row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError
from panjabi.plots.style import BLUE, GREY, NEUTRAL_ZONE, ORANGE, PAGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from panjabi.validation.case import Case

LIMITS = (0.05, 20.0)  # ratios beyond are drawn at the edge, as triangles


def plot_validation(cases: Sequence[Case], *, columns: int = 3) -> Figure:
    """Prediction over published figure of every validation row that has both, and their spread.

    Rows that are signs, words or zero have no ratio; their number is told. Calibration rows, met
    because something was set by them, are left out.

    Raises
    ------
    ParameterError
        If no row can be drawn.
    """
    import matplotlib.pyplot as plt

    judged = [c for c in cases if c.counts]
    drawn = [c for c in judged if _ratio(c) is not None]
    if not drawn:
        raise ParameterError(
            f"none of {len(judged)} predicted validation rows has a ratio; rows with one published "
            "number other than zero can be drawn. Give more cases."
        )
    deep = -(-len(drawn) // columns)
    figure = plt.figure(figsize=(PAGE, 0.8 + 0.105 * deep), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, columns, sharex=True))
    for i, ax in enumerate(axes):
        part = drawn[i * deep : (i + 1) * deep]
        for y, case in enumerate(part):
            ratio = _ratio(case)
            assert ratio is not None
            if case.sd is not None and case.value:
                share = 2.0 * abs(case.sd / case.value)
                low = max(1.0 - share, LIMITS[0])
                ax.plot([low, 1.0 + share], [y, y], color=NEUTRAL_ZONE, lw=4.0, zorder=1)
            shown = float(np.clip(ratio, *LIMITS))
            marker = "o" if shown == ratio else "<" if ratio < shown else ">"
            met = case.outcome == "met"
            ax.plot(shown, y, marker, ms=3.2, color=BLUE if met else ORANGE, zorder=2)
        ax.axvline(1.0, color=GREY, lw=0.6, zorder=0)
        ax.set_yticks(range(len(part)), [c.id for c in part], fontsize=4.5)
        ax.set_xscale("log")
        ax.set_xlim(0.8 * LIMITS[0], 1.25 * LIMITS[1])
        ax.set_xticks([0.1, 1.0, 10.0], ["0.1", "1", "10"])
        ax.set_ylim(deep - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
    axes[columns // 2].set_xlabel("model / published")
    for colour, name in ((BLUE, "met"), (ORANGE, "missed")):
        axes[0].plot([], [], "o", ms=3.2, color=colour, label=name)
    axes[0].plot([], [], color=NEUTRAL_ZONE, lw=4.0, label="published ± 2 sd")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    left = len(judged) - len(drawn)
    axes[-1].set_xlabel(f"({left} rows have no ratio)", loc="right", fontsize=5.5)
    return figure


def _ratio(case: Case) -> float | None:
    if case.predicted is None or not case.value:
        return None
    ratio = case.predicted / case.value
    return ratio if ratio > 0.0 else None
