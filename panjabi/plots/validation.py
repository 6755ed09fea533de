"""Ratio of prediction to published value for each validation row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError
from panjabi.plots.style import BLUE, GREY, NEUTRAL_ZONE, ORANGE, PAGE

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from panjabi.validation.case import Case

LIMITS = (0.05, 20.0)  # ratios beyond are plotted as triangles at the limit


def plot_validation(cases: Sequence[Case], *, columns: int = 3) -> Figure:
    """Ratio of prediction to published value of the validation rows, with the published spread.

    Rows whose published value is a sign, words or zero have no ratio; their number is printed.
    Calibration rows are not plotted.

    Raises
    ------
    ParameterError
        If no row has a ratio.
    """
    import matplotlib.pyplot as plt

    assessed = [c for c in cases if c.counts]
    plotted = [c for c in assessed if _ratio(c) is not None]
    if not plotted:
        raise ParameterError(
            "Expected at least one predicted validation row with a published number other than "
            f"zero, got none among {len(assessed)}; give more cases."
        )
    deep = -(-len(plotted) // columns)
    figure = plt.figure(figsize=(PAGE, 0.8 + 0.105 * deep), layout="constrained")
    axes = np.atleast_1d(figure.subplots(1, columns, sharex=True))
    for i, ax in enumerate(axes):
        part = plotted[i * deep : (i + 1) * deep]
        for y, case in enumerate(part):
            ratio = _ratio(case)
            assert ratio is not None
            if case.sd is not None and case.value:
                spread = 2.0 * abs(case.sd / case.value)
                low = max(1.0 - spread, LIMITS[0])
                ax.plot([low, 1.0 + spread], [y, y], color=NEUTRAL_ZONE, lw=4.0, zorder=1)
            shown = float(np.clip(ratio, *LIMITS))
            marker = "o" if shown == ratio else "<" if ratio < shown else ">"
            colour = BLUE if case.agrees else ORANGE
            ax.plot(shown, y, marker, ms=3.2, color=colour, zorder=2)
        ax.axvline(1.0, color=GREY, lw=0.6, zorder=0)
        ax.set_yticks(range(len(part)), [c.id for c in part], fontsize=4.5)
        ax.set_xscale("log")
        ax.set_xlim(0.8 * LIMITS[0], 1.25 * LIMITS[1])
        ax.set_xticks([0.1, 1.0, 10.0], ["0.1", "1", "10"])
        ax.set_ylim(deep - 0.5, -0.5)
        ax.tick_params(axis="y", length=0)
        ax.spines["left"].set_visible(False)
    axes[columns // 2].set_xlabel("predicted / published [1]")
    for colour, name in ((BLUE, "met"), (ORANGE, "missed")):
        axes[0].plot([], [], "o", ms=3.2, color=colour, label=name)
    axes[0].plot([], [], color=NEUTRAL_ZONE, lw=4.0, label="published ± 2 SD")
    figure.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    left = len(assessed) - len(plotted)
    axes[-1].set_xlabel(f"({left} rows without ratio)", loc="right", fontsize=5.5)
    return figure


def _ratio(case: Case) -> float | None:
    if case.predicted is None or not case.value:
        return None
    ratio = case.predicted / case.value
    return ratio if ratio > 0.0 else None
