"""Root loci: characteristic roots as a function of a delay or a gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import ORANGE, SMALL, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.delay.roots.root_locus import RootLoci


def plot_root_loci(
    loci: RootLoci, *, left: float | None = None, top: float | None = None, ax: Axes | None = None
) -> Axes:
    """Branches in the upper half plane, coloured by the parameter; crossings are marked.

    left, top : smallest real and largest imaginary part of the figure [1/s].
    """
    from matplotlib.collections import LineCollection
    from matplotlib.colors import Normalize

    ax = new_axis(ax)
    delay = "delay" in loci.name
    values = loci.values * (1e3 if delay else 1.0)
    norm = Normalize(float(values[0]), float(values[-1]))
    lines = None
    for branch in loci.branches:
        points = np.stack([branch.real, branch.imag], axis=1)
        segments = np.stack([points[:-1], points[1:]], axis=1)
        keep = np.isfinite(segments).all(axis=(1, 2))
        lines = LineCollection(
            list(segments[keep]), cmap="viridis", norm=norm, capstyle="round", linewidths=1.4
        )
        lines.set_array(0.5 * (values[1:] + values[:-1])[keep])
        ax.add_collection(lines)
        known = np.flatnonzero(np.isfinite(branch))
        if known.size and known[0] == 0:
            ax.plot(branch[0].real, branch[0].imag, "o", color="0.35", ms=2.5, zorder=3)
    ax.axvline(0.0, color="k", lw=0.6)
    for crossing in loci.crossings:
        ax.plot(0.0, crossing.frequency, "x", color=ORANGE, ms=5.0, mew=1.4, zorder=4)
        value = f"{1e3 * crossing.value:.1f} ms" if delay else f"{crossing.value:.4g}"
        ax.annotate(
            value,
            (0.0, crossing.frequency),
            xytext=(-7, -3),
            textcoords="offset points",
            ha="right",
            va="top",
            color=ORANGE,
            fontsize=SMALL,
        )
    finite = loci.branches[np.isfinite(loci.branches)]
    low = float(np.percentile(finite.real, 3)) if left is None else left
    shown = finite[finite.real >= low]
    high = max(float(shown.real.max()), 0.0)
    margin = 0.06 * (high - low)
    height = float(shown.imag.max()) + 1.0 if top is None else top
    ax.set(
        xlim=(low, high + margin + 0.5),
        ylim=(-0.03 * height, 1.06 * height),
        xlabel="real part [1/s]",
        ylabel="imaginary part [rad/s]",
    )
    if lines is not None:
        name = "loop delay [ms]" if delay else loci.name.replace("_", " ")
        ax.figure.colorbar(lines, ax=ax, label=name, pad=0.02)
    return ax
