"""Attenuation of a release, station by station down the line."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from fascia.plots.style import MARKERS, PAGE, new_axis, shades

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fascia.interventions.attenuation_ladder import Attenuation

_NAMES = {
    "sacrum_dorsum": "S1",
    "sacrum_s3": "S3",
    "ischial_tub": "ischium",
    "pes_anserinus": "knee",
}
LEAST = 1e-6  # smallest fraction on the axis [1]


def station_name(station: str) -> str:
    """Short name for a tick label: sp_t4 -> T4."""
    if station in _NAMES:
        return _NAMES[station]
    return station.removeprefix("sp_").replace("_", " ").upper()


def plot_attenuation(result: Attenuation, *, ladder: bool = True, ax: Axes | None = None) -> Axes:
    """Change of tension across each level over that across the first level, by tie ratio.

    Lines with markers: the network. Dashed: force in a uniform chain with the same tie ratio at
    every station (closed form). A level lies between the two stations at its ticks. An open
    marker is a change of opposite sign (more tension).
    """
    ax = new_axis(ax, width=PAGE, height=2.9)
    x = np.arange(len(result.levels)) + 0.5
    colours = shades(len(result.tie_ratio))
    for i, ratio in enumerate(result.tie_ratio):
        fraction = result.relative[i]
        size = np.maximum(np.abs(fraction), LEAST)
        name = "clamped" if math.isinf(ratio) else f"{ratio:g}"
        style = {"color": colours[i], "marker": MARKERS[i % len(MARKERS)]}
        ax.plot(x, size, "-", markersize=3.4, label=f"tie ratio {name}", zorder=3, **style)
        opposite = fraction < 0.0
        ax.plot(x[opposite], size[opposite], "", markerfacecolor="white", zorder=4, **style)
        if ladder and 0.0 < ratio < math.inf:
            shown = result.ladder[i] >= LEAST
            ax.plot(
                x[shown],
                result.ladder[i][shown],
                linestyle=(0, (3.0, 2.0)),
                linewidth=0.8,
                color=colours[i],
                zorder=2,
            )
    if ladder:
        style = {"linestyle": (0, (3.0, 2.0)), "linewidth": 0.8, "color": "0.3"}
        ax.plot([], [], label="uniform chain, same ratio", **style)
    ax.set_yscale("log")
    ax.set_ylim(LEAST, 2.0)
    names = [station_name(s) for s in result.stations]
    ax.set_xticks(np.arange(len(names)), names, rotation=90)
    ax.set_xlim(0.0, len(names) - 1.0)
    ax.set_xlabel("station of the back line, neck to knee")
    ax.set_ylabel("change of tension\nover that in the neck")
    ax.legend(loc="lower left", labelspacing=0.3)
    return ax
