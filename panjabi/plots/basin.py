"""Basin of attraction of sitting, with the field of finite-time Lyapunov exponents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import BLACK, ORANGE, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.tasks.basin import Basin


def plot_basin(result: Basin, *, ax: Axes | None = None) -> Axes:
    """Exponents in grey, the boundary by bisection as a line, the ridge of exponents as dots.

    The line has gaps where the boundary is beyond the search range.
    """
    ax = new_axis(ax, height=2.8)
    field = ax.pcolormesh(
        np.degrees(result.tilt), np.degrees(result.rate), np.clip(result.exponent, -2.0, None),
        cmap="Greys", shading="gouraud", rasterized=True,
    )  # fmt: skip
    ax.figure.colorbar(field, ax=ax, label="finite-time Lyapunov exponent [1/s]")
    tilt, rate = result.boundary
    ring = np.append(np.arange(len(tilt)), 0)
    ax.plot(np.degrees(tilt)[ring], np.degrees(rate)[ring], color=ORANGE, label="basin boundary")
    ridge = result.ridge / result.radius
    ax.plot(
        np.degrees(tilt * ridge), np.degrees(rate * ridge), "o", color=BLACK, mec="w", mew=0.5,
        ms=3.5,
        label="ridge of the exponent",
    )  # fmt: skip
    ax.set(
        xlabel="seat tilt [deg]", ylabel="seat tilt rate [deg/s]",
        xlim=np.degrees(result.tilt[[0, -1]]), ylim=np.degrees(result.rate[[0, -1]]),
    )  # fmt: skip
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax
