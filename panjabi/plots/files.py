"""Writing figures, each as vectors and as pixels."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from panjabi.plots.style import journal_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def save_figures(figures: Mapping[str, Figure], folder: str | Path) -> list[Path]:
    """Name -> figure as NAME.pdf and NAME.png in a folder, made where missing; closes them."""
    import matplotlib.pyplot as plt

    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with journal_style():
        for name, figure in figures.items():
            for ending in ("pdf", "png"):
                written.append(folder / f"{name}.{ending}")
                figure.savefig(written[-1])
            plt.close(figure)
    return written
