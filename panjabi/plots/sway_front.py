"""Sway against effort of a spine."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from panjabi.plots.style import PALETTE, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.tasks.sway_optimum import SwayFront

LABELS = {"FE": "flexion-extension", "LB": "lateral bending", "AR": "axial rotation"}


def plot_sway_front(front: SwayFront, *, ax: Axes | None = None) -> Axes:
    """Standard deviation of each rotation over the least excitation, with the best gains."""
    ax = new_axis(ax)
    effort = [100.0 * point.least for point in front.points]
    for k, (axis, label) in enumerate(LABELS.items()):
        sway = [math.degrees(point.sway.axes[axis]) for point in front.points]
        ax.plot(effort, sway, ".-", color=PALETTE[k], label=label)
    ax.set(xlabel="least excitation [%]", ylabel="sway, standard deviation [deg]", ylim=(0.0, None))
    ax.legend(loc="best")
    return ax
