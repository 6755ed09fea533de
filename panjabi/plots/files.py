"""Writing figures as PDF and PNG files, and running scripts that produce figures."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from panjabi.plots.style import journal_style

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Answer = TypeVar("Answer")


def save_figures(figures: Mapping[str, Figure], folder: str | Path) -> list[Path]:
    """Write each figure as NAME.pdf and NAME.png into a folder, and close it; returns the paths.

    The folder is created if it does not exist.
    """
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


def run_script(
    name: str,
    experiment: Callable[[], Answer],
    report: Callable[[Answer], str],
    figures: Callable[[Answer], Mapping[str, Figure]],
    *,
    text: str | None = None,
    arguments: Sequence[str] | None = None,
) -> None:
    """Run an experiment, print its report and write its figures into OUT/NAME.

    text : its first line is the description for ``--help``.
    arguments : by default those of the command line.
    """
    parser = argparse.ArgumentParser(description=(text or "").partition("\n")[0])
    parser.add_argument("--out", type=Path, default=Path("out"), help="folder for the figures")
    folder = parser.parse_args(arguments).out / name
    answer = experiment()
    print(report(answer))
    save_figures(figures(answer), folder)
    print(f"figures in {folder}")
