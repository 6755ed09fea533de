"""The spine and its mode of least stiffness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import unknown
from panjabi.plots.style import BLUE, GREY, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.stability.static_stability_of_muscles import StaticStability


def plot_weakest_mode(
    state: StaticStability,
    *,
    view: str | None = None,
    largest_deg: float = 12.0,
    ax: Axes | None = None,
) -> Axes:
    """Joints of the spine in its posture and in its mode of least stiffness (not to scale).

    view : side (facing right) or front (the person's right is on the left of the figure); by
        default the view with the larger motion.
    largest_deg : rotation of the level with the largest rotation in the mode [deg].

    Raises
    ------
    UnknownNameError
        For any other view.
    """
    if view is None:
        parts = np.abs(state.mode.reshape(-1, 3)).sum(axis=0)
        view = "side" if parts[0] >= parts[1] else "front"
    if view not in ("front", "side"):
        raise unknown("view", view, ("front", "side"))
    ax = new_axis(ax, width=2.3, height=3.2)
    across, sign = (2, -1.0) if view == "front" else (0, 1.0)
    turn = np.radians(largest_deg) * state.mode / np.abs(state.mode).max()
    start = state.spine.joint_centres()[0]
    for shape, colour, label in (
        (state.spine.joint_centres(), GREY, "posture"),
        (state.spine.joint_centres(turn), BLUE, f"weakest mode (largest {largest_deg:g}°)"),
    ):
        points = 1e3 * (shape - start)
        ax.plot(sign * points[:, across], points[:, 1], "o-", color=colour, label=label)
    for place, level in zip(state.spine.joint_centres(), state.spine.levels, strict=False):
        at = 1e3 * (place - start)
        side = sign * at[across]
        ax.annotate(level, (side, at[1]), (8, 0), textcoords="offset points", va="center")
    ax.set_aspect("equal", adjustable="datalim")
    ax.margins(x=0.35)
    ax.set(xlabel=f"{'left' if view == 'front' else 'forward'} [mm]", ylabel="up [mm]")
    ax.set_title(f"least stiffness {state.least_stiffness:.3g} N m/rad")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))
    return ax
