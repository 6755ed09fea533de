"""Muscles in three dimensions, coloured by activation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import numpy as np

from panjabi.plots.style import BLACK, COLUMN

if TYPE_CHECKING:
    from mpl_toolkits.mplot3d import Axes3D

    from panjabi.recruitment.posture import SpineRecruitment

SILENT = 0.005  # activation below which a muscle is plotted thin and grey
VIEW = (8.0, -60.0)  # elevation, azimuth [deg]: from behind and from the right


def plot_muscles(
    state: SpineRecruitment,
    *,
    largest: float | None = None,
    view: tuple[float, float] = VIEW,
    colour_bar: bool = True,
    ax: Axes3D | None = None,
) -> Axes3D:
    """Path of every fascicle, coloured by activation [% MVC], with line width by force.

    Parameters
    ----------
    largest : activation of the darkest colour [1], by default the largest activation.
    ax : an axis with projection "3d", by default in a new figure.
    """
    import matplotlib.pyplot as plt
    from matplotlib.colors import Normalize
    from mpl_toolkits.mplot3d.art3d import Line3DCollection

    if ax is None:
        figure = plt.figure(figsize=(COLUMN, 4.6))
        ax = cast("Axes3D", figure.add_axes((-0.14, -0.05, 1.12, 1.05), projection="3d"))
    activation = 100.0 * state.activations
    top = 100.0 * largest if largest is not None else max(float(activation.max()), 1.0)
    order = np.argsort(activation)  # the most active on top
    lines = [_up(state.spine.muscles.lines[k]) for k in order]
    silent = activation[order] < 100.0 * SILENT
    force = state.forces[order]
    width = np.where(silent, 0.3, 0.5 + 2.5 * np.sqrt(force / max(float(force.max()), 1.0)))
    scale = Normalize(0.0, top)
    colours = plt.get_cmap("YlOrRd")(0.15 + 0.85 * scale(activation[order]))
    colours[silent] = (0.75, 0.75, 0.75, 0.6)
    paths = Line3DCollection(lines, colors=colours, linewidths=width, capstyle="round")
    ax.add_collection3d(paths)
    _spine(ax, state)
    _frame(ax, np.concatenate(lines), view)
    if colour_bar:
        shown = plt.cm.ScalarMappable(scale, _lower_cut())
        bar = ax.figure.colorbar(shown, cax=ax.inset_axes((0.86, 0.28, 0.035, 0.42)))
        bar.set_label("activation [% MVC]")
    ax.text2D(0.5, 0.99, _title(state), transform=ax.transAxes, ha="center", va="top")
    return ax


def _up(points: np.ndarray) -> np.ndarray:
    """World coordinates (forward, up, right) [m] as plot coordinates (forward, left, up) [mm]."""
    return 1e3 * np.column_stack([points[:, 0], -points[:, 2], points[:, 1]])


def _lower_cut() -> Any:
    """The colour map without its palest part, which is invisible on white."""
    import matplotlib.pyplot as plt
    from matplotlib.colors import ListedColormap

    return ListedColormap(plt.get_cmap("YlOrRd")(np.linspace(0.15, 1.0, 256)))


def _spine(ax: Any, state: SpineRecruitment) -> None:
    spine = state.spine
    centres = _up(spine.joint_centres())
    ax.plot(*centres.T, "-", color=BLACK, lw=2.0)
    for place, axes in zip(spine.joint_centres(), spine.disc_axes, strict=False):
        ring = np.linspace(0.0, 2.0 * np.pi, 40)[:, None]
        # outline of the disc around the joint, which lies near its posterior edge
        disc = place + 0.018 * np.cos(ring) * axes[0] + 0.024 * np.sin(ring) * axes[2]
        ax.plot(*_up(disc).T, color=BLACK, lw=0.9)


def _frame(ax: Any, points: np.ndarray, view: tuple[float, float]) -> None:
    low, high = points.min(axis=0), points.max(axis=0)
    ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), zlim=(low[2], high[2]))
    ax.set_box_aspect(high - low, zoom=0.98)
    ax.view_init(*view)
    ax.set_axis_off()
    # scale bar of 100 mm, since the axes are off
    foot = np.array([low[0], low[1], low[2]])
    ax.plot([foot[0], foot[0] + 100.0], [foot[1]] * 2, [foot[2]] * 2, color=BLACK, lw=1.0)
    ax.text(foot[0] + 50.0, foot[1], foot[2] - 12.0, "100 mm", ha="center", va="top")


def _title(state: SpineRecruitment) -> str:
    mass = state.spine.load.mass
    condition = state.required.words
    return condition + (f", {mass:g} kg held" if mass else "")
