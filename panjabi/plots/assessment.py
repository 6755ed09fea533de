"""What the draws of assessments say: fraction that agrees, by variant and by rival."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from panjabi.plots.style import BLUE, GREY, ORANGE, SMALL, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.assessment import Assessment


def plot_assessments(assessments: Mapping[str, Assessment], *, ax: Axes | None = None) -> Axes:
    """Fraction of the draws that agree with each statement, and the verdict.

    assessments : name of a statement -> its assessment. A point is one reading of a variant or of
    a rival; the dashed lines are the limits of the rule.
    """
    from panjabi.assessment import AGREES

    ax = new_axis(ax, width=5.2, height=0.5 + 0.22 * len(assessments))
    for k, a in enumerate(assessments.values()):
        for model in a.declaration.models:
            rival = model in a.declaration.rivals
            shares = [a.share(model, reading) for reading in a.declaration.readings]
            ax.plot(
                shares, [k + (0.18 if rival else -0.18)] * len(shares), "D" if rival else "o",
                ms=3.0 if rival else 3.5, color=ORANGE if rival else BLUE, alpha=0.7, ls="",
            )  # fmt: skip
        ax.annotate(a.outcome, (1.0, k), xytext=(10, 0), textcoords="offset points", va="center",
                    fontsize=SMALL, annotation_clip=False)  # fmt: skip
    for limit in (1.0 - AGREES, AGREES):
        ax.axvline(limit, color=GREY, lw=0.8, ls="--")
    ax.plot([], [], "o", color=BLUE, label="variants of the model")
    ax.plot([], [], "D", color=ORANGE, label="rivals")
    ax.set_yticks(range(len(assessments)), list(assessments))
    ax.set(xlim=(-0.03, 1.03), ylim=(len(assessments) - 0.5, -0.5))
    ax.set_xlabel("fraction of the draws that agree [1]")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return ax
