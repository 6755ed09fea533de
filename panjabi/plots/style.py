"""Fonts, lines and colours of figures, for one journal column and for colour-blind readers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.evidence import EvidenceRange

COLUMN = 3.5  # width of one column [in]
PAGE = 7.2  # width of two columns [in]

# Okabe & Ito (2008), in the order they are used
BLACK, BLUE, ORANGE, GREEN = "#000000", "#0072B2", "#D55E00", "#009E73"
PINK, SKY, YELLOW = "#CC79A7", "#56B4E9", "#E69F00"
PALETTE = (BLUE, ORANGE, GREEN, PINK, SKY, YELLOW, BLACK)
NEUTRAL_ZONE, ELASTIC_ZONE, GREY = "0.80", "0.93", "0.55"
OUTSIDE, BEYOND_FAILURE = "0.75", "0.35"  # hatching of what lies outside the evidence
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


def shade_beyond(
    ax: Axes, limits: EvidenceRange, *, factor: float = 1.0, vertical: bool = True
) -> None:
    """Hatch the part of an axis that is outside the tests, grey, and darker beyond failure.

    factor : from SI to the unit of the axis; vertical : limits lie on the horizontal axis. The
    limits of the axis stay.
    """
    low, high = ax.get_xlim() if vertical else ax.get_ylim()
    span = ax.axvspan if vertical else ax.axhspan
    tested, fails = factor * limits.tested.si, factor * limits.fails_at
    least = -tested if limits.symmetric else low
    if limits.least is not None:
        least = factor * limits.least.si
    parts = [(low, min(least, high), OUTSIDE), (max(tested, low), min(fails, high), OUTSIDE)]
    parts.append((max(fails, low), high, BEYOND_FAILURE))
    for start, end, colour in parts:
        if start < end:
            label = "beyond failure" if colour == BEYOND_FAILURE else "beyond the tests"
            known = ax.get_legend_handles_labels()[1]
            span(
                start, end, facecolor="none", edgecolor=colour, hatch="////", lw=0.0, zorder=1.1,
                label="_" + label if label in known else label,
            )  # fmt: skip
    (ax.set_xlim if vertical else ax.set_ylim)(low, high)
