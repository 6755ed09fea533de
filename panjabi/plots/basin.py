"""Basin of attraction of sitting, over the field of finite-time exponents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import BLACK, ORANGE, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.tasks.basin import Basin


def plot_basin(found: Basin, *, ax: Axes | None = None) -> Axes:
    """Field in grey, boundary by bisection as a line, ridge along the rays as dots.

    The line is open where the boundary lies beyond the search.
    """
    ax = new_axis(ax, height=2.8)
    shown = ax.pcolormesh(
        np.degrees(found.tilt), np.degrees(found.rate), np.clip(found.exponent, -2.0, None),
        cmap="Greys", shading="gouraud", rasterized=True,
    )  # fmt: skip
    ax.figure.colorbar(shown, ax=ax, label="finite-time exponent [1/s]")
    tilt, rate = found.boundary
    ring = np.append(np.arange(len(tilt)), 0)
    ax.plot(np.degrees(tilt)[ring], np.degrees(rate)[ring], color=ORANGE, label="basin boundary")
    ridge = found.ridge / found.radius
    ax.plot(
        np.degrees(tilt * ridge), np.degrees(rate * ridge), "o", color=BLACK, mec="w", mew=0.5,
        ms=3.5,
        label="ridge along the rays",
    )  # fmt: skip
    ax.set(
        xlabel="tilt of the seat [deg]", ylabel="rate of the seat [deg/s]",
        xlim=np.degrees(found.tilt[[0, -1]]), ylim=np.degrees(found.rate[[0, -1]]),
    )  # fmt: skip
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax
