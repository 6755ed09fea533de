"""A stability map: the stable region, its boundaries, and the number of unstable roots."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import BLUE, ORANGE, SMALL, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.delay.roots.parameter_map import StabilityMap

RASTER = 400  # points per side of the filled region; the boundary is the traced curve

STABLE = "#D9E8F3"

LABELS = {
    "stretch_gain": "stretch gain $k_p$ [N m/rad]",
    "rate_gain": "rate gain $k_v$ [N m s/rad]",
    "acceleration_gain": "acceleration gain $k_a$ [N m s²/rad]",
    "stiffness": "intrinsic stiffness − gravity [N m/rad]",
    "damping": "intrinsic damping [N m s/rad]",
    "inertia": "inertia [kg m²]",
}


def plot_stability_map(
    result: StabilityMap,
    *,
    points: Mapping[str, tuple[float, float]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Stable region shaded; boundaries solid for oscillation, dashed for divergence.

    Solid: a pair of roots on the imaginary axis. Dashed: a root at zero. Numbers are counts of
    unstable roots, circles are corners of the boundary.

    points : label -> the two parameters, plotted as markers. Delays are in ms.
    """
    ax = new_axis(ax)
    factor = np.array([1e3 if "delay" in name else 1.0 for name in result.names])
    x, y = (np.linspace(lo, hi, RASTER) for lo, hi in zip(result.low, result.high, strict=True))
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    stable = (result.unstable_roots(grid) == 0).reshape(RASTER, RASTER).astype(float)
    if stable.any():
        ax.contourf(factor[0] * x, factor[1] * y, stable, levels=[0.5, 1.5], colors=[STABLE])
        ax.fill([], [], color=STABLE, label="stable")  # entry of the legend
    shown: set[str] = set()
    for curve in result.curves:
        pair = curve.roots == 2
        label = "oscillation (root pair)" if pair else "divergence (root at 0)"
        p = curve.points * factor
        ax.plot(
            p[:, 0],
            p[:, 1],
            color=BLUE if pair else ORANGE,
            ls="-" if pair else "--",
            label=None if label in shown else label,
        )
        shown.add(label)
    for region in result.regions:
        if region.share > 0.008 and region.unstable:
            text = str(region.unstable)
            place = np.array(region.point) * factor
            ax.annotate(text, (place[0], place[1]), ha="center", va="center", fontsize=SMALL)
    for corner in result.corners:
        place = np.array(corner.point) * factor
        ax.plot(*place, "o", ms=3.0, mfc="w", mec="k", mew=0.8, zorder=4)
    for i, (label, point) in enumerate((points or {}).items()):
        place = np.array(point) * factor
        ax.plot(*place, "sD^v"[i % 4], color="k", ms=4.0, zorder=5)
        ax.annotate(
            label, (place[0], place[1]), xytext=(4, 3), textcoords="offset points", fontsize=SMALL
        )
    low, high = result.low * factor, result.high * factor
    ax.set(
        xlim=(low[0], high[0]),
        ylim=(low[1], high[1]),
        xlabel=_label(result.names[0]),
        ylabel=_label(result.names[1]),
    )
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return ax


def _label(name: str) -> str:
    loop, _, last = name.rpartition(".")
    text = "loop delay [ms]" if last == "delay" else LABELS.get(last, last.replace("_", " "))
    return f"{loop}: {text}" if loop else text
