"""Laws of strands and muscles over their argument, hatched where no data exist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError
from panjabi.plots.style import BLUE, COLUMN, PAGE, new_axis, shade_beyond

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from panjabi.evidence import EvidenceRange
    from panjabi.tissue import Cable, Collagen, DeGrooteCurves, NervePath

MARGIN = 1.4
"""How far a curve continues beyond the tests, as a factor on the largest tested value."""


def plot_strand_law(
    law: Collagen | Cable | NervePath,
    *,
    strain: EvidenceRange | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Tension over strain of a strand.

    strain : range of the tissue, by default that of the law; for a strand of a network
        `fascia.network.strand_evidence.strand_evidence(strand)["strain"]`.
    """
    ax = new_axis(ax)
    tested = law.evidence["strain"] if strain is None else strain
    x = np.linspace(0.0, MARGIN * tested.tested.si, 200)
    tension = np.asarray(law.tension(law.slack_length * (1.0 + x)))
    ax.plot(100.0 * x, tension, color=BLUE, label="law")
    ax.set(xlabel="strain [%]", ylabel="tension [N]", xlim=(0.0, 100.0 * x[-1]))
    shade_beyond(ax, tested, factor=100.0)
    ax.legend(loc="upper left")
    return ax


def plot_muscle_curves(
    curves: DeGrooteCurves, *, axes: Sequence[Axes] | None = None
) -> tuple[Axes, Axes, Axes]:
    """Force over length of the fibre, over its velocity, and over strain of the tendon.

    axes : three axes, by default in a new figure.

    Raises
    ------
    ParameterError
        For another number of axes.
    """
    if axes is None:
        import matplotlib.pyplot as plt

        figure = plt.figure(figsize=(PAGE, 0.65 * COLUMN), layout="constrained")
        axes = [figure.add_subplot(1, 3, k) for k in (1, 2, 3)]
    if len(axes) != 3:
        raise ParameterError(f"Expected three axes, got {len(axes)}; leave them out.")
    first, second, third = axes
    known = curves.evidence
    length = np.linspace(0.2, 2.0, 200)
    first.plot(length, curves.active(length)[0], color=BLUE, label="active")
    first.plot(length, curves.passive(length)[0], color=BLUE, ls="--", label="passive")
    first.set(xlabel="fibre over optimal length", xlim=(0.2, 2.0), ylim=(0.0, 2.0))
    velocity = np.linspace(-1.4, 1.4, 200)
    second.plot(velocity, curves.velocity(velocity)[0], color=BLUE)
    second.set(xlabel="velocity over maximal velocity", xlim=(-1.4, 1.4))
    strain = np.linspace(0.0, 0.1, 200)
    third.plot(100.0 * strain, curves.tendon(1.0 + strain)[0], color=BLUE)
    third.set(xlabel="strain of the tendon [%]", xlim=(0.0, 10.0), ylim=(0.0, 3.0))
    first.set_ylabel("force over maximal force")
    for ax, name, factor in (
        (first, "fibre_length", 1.0),
        (second, "fibre_velocity", 1.0),
        (third, "tendon_strain", 100.0),
    ):
        shade_beyond(ax, known[name], factor=factor)
    first.legend(loc="upper right")
    third.legend(loc="upper left")
    return first, second, third
