"""The style of `panjabi.plots`, with colours for tension, change and ordered curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from panjabi.plots.style import (
    BLACK,
    BLUE,
    COLUMN,
    GREEN,
    ORANGE,
    PAGE,
    PALETTE,
    PINK,
    RC,
    SKY,
    SMALL,
    YELLOW,
    journal_style,
    new_axis,
    shade_beyond,
)

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

__all__ = [
    "BLACK", "BLUE", "COLUMN", "GREEN", "MARKERS", "ORANGE", "PAGE", "PALETTE", "PINK", "RC", "SKY",
    "SMALL", "YELLOW", "change_colours", "journal_style", "new_axis", "shade_beyond", "shades",
    "tension_colours",
]  # fmt: skip

MARKERS = ("o", "s", "^", "D", "v", "P", "X")


def tension_colours() -> Colormap:
    """Light to dark with rising tension; perceptually uniform, without the lightest colours."""
    import matplotlib as mpl
    import numpy as np
    from matplotlib.colors import ListedColormap

    return ListedColormap(mpl.colormaps["plasma_r"](np.linspace(0.13, 1.0, 256)), "tension")


def change_colours() -> Colormap:
    """Blue for a decrease, red for an increase, grey (visible on white) for no change."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = ["#08306b", "#2171b5", "#7fb3d9", "#d0d0d0", "#f0a582", "#ca4a34", "#67001f"]
    return LinearSegmentedColormap.from_list("change", ends, 257)


def shades(count: int) -> list[Any]:
    """Colours of an ordered family of curves, light to dark."""
    import matplotlib as mpl
    import numpy as np

    return list(mpl.colormaps["viridis_r"](np.linspace(0.18, 0.97, count)))
