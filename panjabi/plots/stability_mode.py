"""The spine in equilibrium and in the motion of a root."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError, unknown
from panjabi.plots.style import BLUE, GREY, new_axis
from panjabi.spine.levels import vertebrae_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import NDArray

    from panjabi.spine.equilibrium_solver import Equilibrium
    from panjabi.stability.condition import RootMode


def plot_stability_mode(
    rest: Equilibrium,
    mode: RootMode,
    *,
    view: str | None = None,
    largest_deg: float = 12.0,
    ax: Axes | None = None,
) -> Axes:
    """Joints of a spine in equilibrium and in the mode of a root (not to scale).

    Of an oscillation two phases are plotted, half a period apart.

    view : side (facing right) or front (the person's right is on the left of the figure); by
        default the view with the larger motion.
    largest_deg : rotation of the coordinate with the largest rotation in the mode [deg].

    Raises
    ------
    ParameterError
        For a spine without joints.
    UnknownNameError
        For any other view.
    """
    if view not in (None, "front", "side"):
        raise unknown("view", view, ("front", "side"))
    model = rest.model
    if not model.joints:
        raise ParameterError(
            "Expected a spine with joints to plot its mode, got one without; plot the mode of a "
            "spine with vertebrae, such as 'lumbar'."
        )
    turn = np.radians(largest_deg) * np.array([mode.shape[name] for name in model.free])
    phases = [("mode", turn.real, "-")]
    if mode.root.imag:
        phases.append(("half a period later", -turn.real, "--"))
    still = _places(rest, np.zeros(len(turn)))
    shapes = [(name, _places(rest, moved), line) for name, moved, line in phases]
    if view is None:
        moved = np.max([np.abs(points - still).max(axis=0) for _, points, _ in shapes], axis=0)
        view = "front" if moved[2] > moved[0] else "side"
    across, sign = (2, -1.0) if view == "front" else (0, 1.0)
    ax = new_axis(ax, width=2.3, height=3.2)
    for name, points, line in [("equilibrium", still, "-"), *shapes]:
        at = 1e3 * (points - still[0])
        colour = GREY if name == "equilibrium" else BLUE
        ax.plot(sign * at[:, across], at[:, 1], f"o{line}", color=colour, label=name)
    for joint, point in zip(model.joints, still, strict=False):
        at = 1e3 * (point - still[0])
        ax.annotate(
            joint.unit.level, (sign * at[across], at[1]), (-8, 0), textcoords="offset points",
            ha="right", va="center",
        )  # fmt: skip
    ax.set_aspect("equal", adjustable="datalim")
    ax.margins(x=0.35)
    ax.set(xlabel=f"{'left' if view == 'front' else 'forward'} [mm]", ylabel="up [mm]")
    verb = "grows" if mode.root.real > 0.0 else "decays"
    moves = f"{mode.frequency:.2g} Hz, " if mode.root.imag else ""
    ax.set_title(f"{mode.level} {mode.axis}:\n{moves}{verb} in {mode.time:.2g} s")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2))
    return ax


def _places(rest: Equilibrium, turn: NDArray[np.float64]) -> NDArray[np.float64]:
    """World positions of the joints and of the centre of the pushed body, (joints + 1, 3) [m]."""
    from panjabi.stability.pushes import pushed_body

    model = rest.model
    poses = model.body.poses(model.dynamics.whole(rest.q + turn))
    uppers = [vertebrae_of(joint.unit.level)[0] for joint in model.joints]
    points = [model.body.joint_centre(poses, name) for name in uppers]
    top = pushed_body(model, rest.q)
    centre = model.body.com[model.body.body_index(top)]
    points.append(model.body.point(poses, top, centre))
    return np.array(points)
