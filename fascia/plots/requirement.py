"""The tension that would have to vanish for a published gain, against the tie ratio."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from fascia.plots.style import COLUMN, MARKERS, PALETTE, SMALL, new_axis
from fascia.plots.tie_axis import TieAxis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fascia.interventions.required_drop import Requirement


def plot_required(
    requirements: Sequence[Requirement],
    *,
    strength_N: float | None = None,
    resting_N: float | None = 5.0,
    ax: Axes | None = None,
) -> Axes:
    """Drop of tension each strand of the region would need for a gain, by tie ratio.

    Parameters
    ----------
    requirements : for one gain or several; each gain is a separate line.
    strength_N : failure load of the tissue [N]; by default that of the requirements.
    resting_N : resting tension of the subject, for comparison [N]; None omits it.

    Points: solutions. Arrows: not reached with the largest tension; the labels above the arrows
    of the largest gain show the gain at that tension.
    """
    from fascia.interventions.required_drop import STRENGTH_N

    strength_N = STRENGTH_N if strength_N is None else strength_N
    ax = new_axis(ax, width=COLUMN, height=2.9)
    ties = TieAxis([r.tie_ratio for r in requirements])
    gains = sorted({r.gain_deg for r in requirements}, reverse=True)
    for k, gain in enumerate(gains):
        colour, marker = PALETTE[k % len(PALETTE)], MARKERS[k % len(MARKERS)]
        reached = [r for r in requirements if r.gain_deg == gain and r.drop_N is not None]
        if reached:
            drops = np.array([r.drop_N for r in reached], float)
            ratios = [r.tie_ratio for r in reached]
            ties.plot(ax, ratios, drops, color=colour, marker=marker, markersize=4)
        missed = [r for r in requirements if r.gain_deg == gain and r.drop_N is None]
        height = 2.0 ** (len(gains) - 1 - k)  # a row of arrows for each gain
        for r in missed:
            point = (ties(r.tie_ratio), height * r.greatest_N)
            ax.plot(*point, marker="$\\uparrow$", markersize=6, linestyle="", color=colour)
            if k == 0:
                text = f"{r.gain_at_greatest_deg:.1f}°" if r.gain_at_greatest_deg >= 0.05 else "0°"
                ax.annotate(
                    text,
                    point,
                    xytext=(0, 4),
                    textcoords="offset points",
                    va="bottom",
                    ha="center",
                    fontsize=SMALL,
                )
        ax.plot([], [], color=colour, marker=marker, label=f"for a gain of {gain:.3g}°")
    for value, dashes, name in (
        (strength_N, (0, (4.0, 2.0)), "strength of the ligament"),
        (resting_N, "-", "resting tension"),
    ):
        if value is not None:
            ax.axhline(value, color="0.3", linewidth=0.8, linestyle=dashes, zorder=0.5)
            ax.annotate(
                f"{name}, {value:g} N",
                (1.0, value),
                xycoords=ax.get_yaxis_transform(),
                xytext=(-2, 2),
                textcoords="offset points",
                ha="right",
                va="bottom",
                fontsize=SMALL,
            )
    ax.set_yscale("log")
    if any(r.drop_N is None for r in requirements):
        name = f"not reached; gain with {max(r.greatest_N for r in requirements):g} N"
        ax.plot([], [], marker="$\\uparrow$", markersize=6, linestyle="", color="0.3", label=name)
    top = max([r.greatest_N for r in requirements], default=1000.0)
    ax.set_ylim(min(resting_N or strength_N, strength_N) / 2.5, 4.0 * 2.0 ** (len(gains) - 1) * top)
    ties.dress(ax)
    ax.set_ylabel("drop of tension needed [N]")
    ax.legend(loc="upper right", bbox_to_anchor=(1.0, 0.375), labelspacing=0.3)
    return ax
