"""Fonts, lines and colours of the figures: readable at column width, safe for the colour-blind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap

COLUMN = 3.5  # width of one column [in]
PAGE = 7.2  # width of two columns [in]

# Okabe & Ito (2008), in the order they are used
BLACK, BLUE, ORANGE, GREEN = "#000000", "#0072B2", "#D55E00", "#009E73"
PINK, SKY, YELLOW = "#CC79A7", "#56B4E9", "#E69F00"
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, YELLOW, BLACK)
MARKERS = ("o", "s", "^", "D", "v", "P", "X")
SMALL = 7.0  # the smallest text [pt]

RC: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.size": 7.5,
    "axes.labelsize": 8.0,
    "axes.titlesize": 8.0,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": SMALL,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.width": 0.4,
    "ytick.minor.width": 0.4,
    "lines.linewidth": 1.2,
    "lines.markersize": 4.0,
    "legend.frameon": False,
    "legend.handlelength": 1.8,
    "savefig.dpi": 300,
    "pdf.fonttype": 42,  # text stays text
    "svg.fonttype": "none",
}


@contextmanager
def journal_style() -> Iterator[None]:
    """Within it, matplotlib draws with the fonts and lines of a paper; outside nothing changes."""
    import matplotlib as mpl

    with mpl.rc_context(RC):  # type: ignore[arg-type]
        yield


def new_axis(ax: Axes | None, *, width: float = COLUMN, height: float = 2.6) -> Axes:
    """The axis given, or that of a new figure [in]."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.figure(figsize=(width, height), layout="constrained").add_subplot()


def tension_colours() -> Colormap:
    """Light to dark with rising tension; perceptually uniform, its palest part left out."""
    import matplotlib as mpl
    import numpy as np
    from matplotlib.colors import ListedColormap

    return ListedColormap(mpl.colormaps["plasma_r"](np.linspace(0.13, 1.0, 256)), "tension")


def change_colours() -> Colormap:
    """Blue less, red more; grey, not white, in the middle, so that an unchanged strand is seen."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = ["#08306b", "#2171b5", "#7fb3d9", "#d0d0d0", "#f0a582", "#ca4a34", "#67001f"]
    return LinearSegmentedColormap.from_list("change", ends, 257)


def shades(count: int) -> list[Any]:
    """Colours of an ordered family of curves, light to dark."""
    import matplotlib as mpl
    import numpy as np

    return list(mpl.colormaps["viridis_r"](np.linspace(0.18, 0.97, count)))
