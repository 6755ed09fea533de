"""The compensation map: co-contraction that two deficits require, and three outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import BLACK, SMALL, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.statements.compensation import OutcomeMap

COLOURS = ("#D9E8F3", "#F6D7A8", "#E9B7A8")
LABELS = {
    "passive_loss": "loss of passive stiffness [%]",
    "strength_loss": "loss of muscle strength [%]",
    "extra_delay": "additional reflex delay [ms]",
}
BEYOND = 110.0  # value of the region of failure in the filled contours [%]
LEVELS = (2.0, 3.0, 5.0, 10.0, 20.0, 50.0)  # labelled co-contraction [%]


def plot_compensation_map(result: OutcomeMap, *, ax: Axes | None = None) -> Axes:
    """Regions of the three outcomes, and contours of co-contraction (P9)."""
    ax = new_axis(ax, height=2.9)
    fx, fy = (1e3 if name == "extra_delay" else 100.0 for name in result.names)
    x, y = fx * result.x, fy * result.y
    effort = 100.0 * result.activation
    filled = np.where(np.isnan(effort), BEYOND, effort)
    ax.contourf(x, y, filled, levels=[-1.0, 100.0 * result.cost, 100.0, BEYOND], colors=COLOURS)
    low, high = float(np.nanmin(effort)), float(np.nanmax(effort))
    cost = 100.0 * result.cost
    if low < cost < high:
        ax.contour(x, y, effort, levels=[cost], colors=BLACK, linewidths=1.3)
    shown = [v for v in LEVELS if low < v < high and abs(v - cost) > 1e-9]
    if shown:
        lines = ax.contour(x, y, effort, levels=shown, colors="0.35", linewidths=0.6)
        ax.clabel(lines, fmt="%g %%", fontsize=SMALL - 1.0)
    for colour, label in zip(COLOURS, ("compensated", "at a cost", "failure"), strict=True):
        ax.fill([], [], color=colour, label=label)
    ax.set(xlabel=LABELS[result.names[0]], ylabel=LABELS[result.names[1]])
    ax.set(xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
    ax.legend(loc="lower center", bbox_to_anchor=(0.45, 1.0), ncols=3, columnspacing=1.0)
    return ax
