"""A column under a growing load: post-buckling path and buckling mode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError, unknown
from panjabi.plots.style import BLUE, GREY, PALETTE, new_axis
from panjabi.spine.levels import AXES
from panjabi.spine.passive_spine import passive_view

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.stability.critical import CriticalLoad
    from panjabi.stability.path_following import LoadPath


def plot_buckling_path(
    paths: Mapping[str, LoadPath],
    *,
    level: str,
    axis: str = "LB",
    published: Mapping[str, tuple[float, float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Load over the rotation of a level after buckling, a line for each path, dashed if unstable.

    Parameters
    ----------
    published : label -> (rotation [deg], load [N]), plotted as markers.

    Raises
    ------
    UnknownNameError
        For an unknown axis, or a level that a column does not have.
    """
    if axis not in AXES:
        raise unknown("axis", axis, AXES)
    ax = new_axis(ax)
    for i, (label, path) in enumerate(paths.items()):
        colour = PALETTE[i % len(PALETTE)]
        rotation = np.degrees(path.angles(axis)[:, passive_view(path.column).level_index(level)])
        critical = float(path.load[0])
        ax.plot([0.0, 0.0], [0.0, critical], color=colour)
        ax.plot([0.0, 0.0], [critical, float(path.load.max())], color=colour, ls=":", lw=0.8)
        stable = path.stable.copy()
        stable[0] = True  # the critical point belongs to the line
        ax.plot(rotation, np.where(stable, path.load, np.nan), color=colour, label=label)
        if not stable.all():
            ax.plot(rotation, np.where(stable, np.nan, path.load), color=colour, ls="--")
        ax.plot(0.0, critical, "o", color=colour, clip_on=False)
        ax.annotate(f" {critical:.0f} N", (0.0, critical), va="top", color=colour)
    for i, (label, (rotation, load)) in enumerate((published or {}).items()):
        ax.plot(rotation, load, "sD^v"[i % 4], mfc="none", color="k", label=label)
    ax.set(xlabel=f"rotation of {level} [°]", ylabel="axial load [N]", ylim=(0.0, None))
    ax.legend(loc="lower right")
    return ax


def plot_mode(
    critical: CriticalLoad,
    *,
    view: str = "front",
    largest_deg: float = 12.0,
    ax: Axes | None = None,
) -> Axes:
    """The column at its critical load, and its buckling mode (not to scale).

    view : front (the person's right is on the left of the figure) or side (facing right).
    largest_deg : rotation of the level with the largest rotation in the mode [deg].

    Raises
    ------
    ParameterError
        If there is no critical load.
    UnknownNameError
        For any other view.
    """
    if view not in ("front", "side"):
        raise unknown("view", view, ("front", "side"))
    if not np.isfinite(critical.load):
        raise ParameterError(
            f"Expected a finite critical load of the {passive_view(critical.column).name}, got "
            "none; plot a result with a finite critical load."
        )
    ax = new_axis(ax, width=1.8, height=3.2)
    across, sign = (2, -1.0) if view == "front" else (0, 1.0)
    buckled = critical.z + np.radians(largest_deg) * critical.mode
    for z, colour, label in (
        (critical.z, GREY, "at the critical load"),
        (buckled, BLUE, f"mode (largest {largest_deg:g}°)"),
    ):
        points = 1e3 * passive_view(critical.column).joint_centres(z)
        start = 1e3 * passive_view(critical.column).joint_centres(critical.z)[0]
        x, y = sign * (points[:, across] - start[across]), points[:, 1] - start[1]
        ax.plot(x, y, "-", color=colour, label=label)
        ax.plot(x[:-1], y[:-1], "o", color=colour)
        ax.annotate("", (x[-1], y[-1]), (x[-1], y[-1] + 25.0), arrowprops={"arrowstyle": "->"})
    ax.set_aspect("equal", adjustable="datalim")
    ax.set(xlabel=f"{'left' if view == 'front' else 'forward'} [mm]", ylabel="up [mm]")
    ax.margins(y=0.12)
    ax.set_title(f"{passive_view(critical.column).name}: {critical.load:.1f} N")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22))
    return ax
