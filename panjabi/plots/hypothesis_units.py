"""Figures of the statements about single units: stiffness, zone and range, muscle force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import BLACK, BLUE, GREEN, GREY, ORANGE, PALETTE, SMALL, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.statements.unit_figures import Change

AXIS_COLOURS = {"FE": BLUE, "LB": ORANGE, "AR": GREEN}
AXIS_WORDS = {"FE": "flexion–extension", "LB": "lateral bending", "AR": "axial rotation"}


def plot_stiffness_ratios(
    ratios: Mapping[tuple[str, str, int], float], *, limit: float = 0.5, ax: Axes | None = None
) -> Axes:
    """Ratio of stiffness at neutral to that at full moment, for all levels from the skull (P2)."""
    ax = new_axis(ax, height=3.6)
    levels = list(dict.fromkeys(level for level, _, _ in ratios))
    for (level, axis, side), ratio in ratios.items():
        up = side > 0
        ax.plot(
            ratio, levels.index(level), marker=">" if up else "<", ls="", ms=3.0,
            mfc=AXIS_COLOURS[axis] if up else "none", mec=AXIS_COLOURS[axis], mew=0.7,
        )  # fmt: skip
    for axis, colour in AXIS_COLOURS.items():
        ax.plot([], [], "s", color=colour, ms=4.0, label=AXIS_WORDS[axis])
    ax.axvline(limit, color=GREY, lw=0.8, ls="--")
    ax.set_yticks(range(len(levels)), levels, fontsize=6.0)
    ax.set(ylim=(len(levels) - 0.4, -0.6), xlim=(0.0, None))
    ax.set_xlabel("stiffness ratio, neutral / full moment [1]")
    ax.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3, columnspacing=0.8)
    return ax


def plot_zone_against_range(changes: Sequence[Change], *, ax: Axes | None = None) -> Axes:
    """Change of the neutral zone over that of the range; above the line the zone increases more."""
    ax = new_axis(ax, width=4.6, height=3.1)
    labels = list(dict.fromkeys(c.label for c in changes))
    by_level = len(labels) > len(PALETTE)
    markers = {"FE": "o", "LB": "s", "AR": "^"}
    for c in changes:
        colour = AXIS_COLOURS[c.axis] if by_level else PALETTE[labels.index(c.label)]
        ax.plot(
            100.0 * c.reach, 100.0 * c.zone, markers[c.axis], color=colour, ms=4.0, mew=0.6,
            mfc="none" if c.label.startswith("rib") else colour,
        )  # fmt: skip
    low = min(0.0, *(100.0 * min(c.reach, c.zone) for c in changes))
    high = max(0.0, *(100.0 * max(c.reach, c.zone) for c in changes))
    pad = 0.06 * (high - low)
    ends = np.array([low - pad, high + pad])
    ax.plot(ends, ends, color=GREY, lw=0.8, zorder=0)
    ax.set(xlim=ends, ylim=ends, aspect="equal")
    ax.set_xlabel("change of range of motion [%]")
    ax.set_ylabel("change of neutral zone [%]")
    if not by_level:
        for label, colour in zip(labels, PALETTE, strict=False):
            filled = "none" if label.startswith("rib") else colour
            ax.plot([], [], "D", color=colour, mfc=filled, ms=4.0, label=label)
    for axis, marker in markers.items():
        ax.plot([], [], marker, color=AXIS_COLOURS[axis] if by_level else BLACK, ms=4.0,
                mfc=None if by_level else "none", label=axis)  # fmt: skip
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return ax


def plot_zone_under_force(
    data: tuple[Sequence[float], Sequence[float], Sequence[float], Sequence[float]],
    *,
    ax: Axes | None = None,
) -> Axes:
    """Neutral zone and range of an injured level, relative to intact, over muscle force (P7)."""
    ax = new_axis(ax)
    force, zone, reach, bending = data
    ax.axhline(1.0, color=GREY, lw=0.8, ls="--")
    ax.annotate("intact", (max(force), 1.0), xytext=(0, 2), textcoords="offset points", ha="right",
                fontsize=SMALL, color="0.35")  # fmt: skip
    ax.plot(force, reach, "s-", color=ORANGE, label="range, flexion–extension")
    ax.plot(force, zone, "o-", color=BLUE, label="neutral zone, flexion–extension")
    ax.plot(force, bending, "o--", color=BLUE, mfc="w", label="neutral zone, lateral bending")
    ax.set(xlabel="muscle force on each side [N]", ylabel="injured / intact [1]", ylim=(0.0, None))
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax
