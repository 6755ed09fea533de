"""What a column does under a growing load: the path, and the shape it goes into."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError, unknown
from panjabi.plots.style import BLUE, GREY, PALETTE, new_axis
from panjabi.spine.levels import AXES

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
    """Load against the rotation of one level after buckling, one line per path; dashes unstable.

    Parameters
    ----------
    published : label -> (rotation [deg], load [N]), drawn as markers.

    Raises
    ------
    UnknownNameError
        For a level a column does not have, or an axis.
    """
    if axis not in AXES:
        raise unknown("axis", axis, AXES)
    ax = new_axis(ax)
    for i, (label, path) in enumerate(paths.items()):
        colour = PALETTE[i % len(PALETTE)]
        turned = np.degrees(path.angles(axis)[:, path.column.level_index(level)])
        critical = float(path.load[0])
        ax.plot([0.0, 0.0], [0.0, critical], color=colour)
        ax.plot([0.0, 0.0], [critical, float(path.load.max())], color=colour, ls=":", lw=0.8)
        held = path.stable.copy()
        held[0] = True  # the critical point itself closes the line
        ax.plot(turned, np.where(held, path.load, np.nan), color=colour, label=label)
        if not held.all():
            ax.plot(turned, np.where(held, np.nan, path.load), color=colour, ls="--")
        ax.plot(0.0, critical, "o", color=colour, clip_on=False)
        ax.annotate(f" {critical:.0f} N", (0.0, critical), va="top", color=colour)
    for i, (label, (turned, load)) in enumerate((published or {}).items()):
        ax.plot(turned, load, "sD^v"[i % 4], mfc="none", color="k", label=label)
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
    """The column as it stands at its critical load, and in the mode it goes into (not to scale).

    view : front (the person's right is the reader's left) or side (facing right).

    Raises
    ------
    ParameterError
        If nothing buckled.
    """
    if view not in ("front", "side"):
        raise unknown("view", view, ("front", "side"))
    if not np.isfinite(critical.load):
        raise ParameterError(
            f"the {critical.column.name} column did not buckle; a mode belongs to a critical load. "
            "Draw a result with a finite load."
        )
    ax = new_axis(ax, width=1.8, height=3.2)
    across, sign = (2, -1.0) if view == "front" else (0, 1.0)
    bent = critical.z + np.radians(largest_deg) * critical.mode
    for z, colour, label in (
        (critical.z, GREY, "at the critical load"),
        (bent, BLUE, f"mode, {largest_deg:g}° at most"),
    ):
        points = 1e3 * critical.column.joint_centres(z)
        start = 1e3 * critical.column.joint_centres(critical.z)[0]
        x, y = sign * (points[:, across] - start[across]), points[:, 1] - start[1]
        ax.plot(x, y, "-", color=colour, label=label)
        ax.plot(x[:-1], y[:-1], "o", color=colour)
        ax.annotate("", (x[-1], y[-1]), (x[-1], y[-1] + 25.0), arrowprops={"arrowstyle": "->"})
    ax.set_aspect("equal", adjustable="datalim")
    ax.set(xlabel=f"{'left' if view == 'front' else 'forward'} [mm]", ylabel="up [mm]")
    ax.margins(y=0.12)
    ax.set_title(f"{critical.column.name}: {critical.load:.1f} N")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.22))
    return ax
