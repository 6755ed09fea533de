"""Fonts, lines and colours of figures, for one journal column and for colour-blind readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLUMN = 3.5  # width of one column [in]
PAGE = 7.2  # width of two columns [in]

# Okabe & Ito (2008), in the order they are used
BLACK, BLUE, ORANGE, GREEN = "#000000", "#0072B2", "#D55E00", "#009E73"
PINK, SKY, YELLOW = "#CC79A7", "#56B4E9", "#E69F00"
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, YELLOW, BLACK)
NEUTRAL_ZONE, ELASTIC_ZONE, GREY = "0.80", "0.93", "0.55"
SMALL = 7.0  # the smallest text [pt]

RC: Any = {
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
    """Context in which matplotlib uses the fonts and lines of a journal."""
    import matplotlib as mpl

    with mpl.rc_context(RC):
        yield


def new_axis(ax: Axes | None, *, width: float = COLUMN, height: float = 2.6) -> Axes:
    """`ax`, or the axis of a new figure of this width and height [in]."""
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.figure(figsize=(width, height), layout="constrained").add_subplot()
