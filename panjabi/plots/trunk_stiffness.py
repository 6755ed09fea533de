"""Figures of the trunk's stiffness: against frequency, against effort, and against a brace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from panjabi.plots.style import BLACK, BLUE, GREY, ORANGE, PALETTE, new_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike

    from panjabi.tasks.brace_margin import Bracing
    from panjabi.tasks.stiffness import TrunkStiffness


def plot_stiffness_by_frequency(
    found: TrunkStiffness, frequency_hz: ArrayLike | None = None, *, ax: Axes | None = None
) -> Axes:
    """Complex stiffness of the harness without inertia, with and without reflexes.

    Solid lines: real part, dashed lines: imaginary part. Marks at the sides: static values before
    and after relaxation, without reflexes, where they are defined.

    frequency_hz : rising, by default 0.02 to 10 Hz.
    """
    f = np.geomspace(0.02, 10.0, 80) if frequency_hz is None else np.asarray(frequency_hz, float)
    ax = new_axis(ax)
    for reflexes, colour, label in ((False, BLUE, "intrinsic"), (True, ORANGE, "with reflexes")):
        k = 1e-3 * found.complex_stiffness(f, reflexes=reflexes)
        ax.plot(f, k.real, color=colour, label=label)
        ax.plot(f, k.imag, color=colour, ls="--", lw=0.9, label=None if reflexes else "imaginary")
    for static, at, label in ((found.static, f[-1], "static, fast"), (found.slow, f[0], "slow")):
        if static.value is not None:
            ax.plot(at, 1e-3 * static.value, "o", color=BLACK, ms=4, label=label)
    ax.axhline(0.0, color=GREY, lw=0.6)
    ax.set(xscale="log", xlabel="frequency [Hz]", ylabel="stiffness [N/mm]")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def plot_stiffness_by_effort(
    found: Sequence[TrunkStiffness],
    *,
    published: Mapping[str, tuple[Sequence[float], Sequence[float]]] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Fitted and static stiffness of the harness against effort, a point for each result.

    published : label -> (efforts [1], stiffnesses [N/m]), plotted as markers.
    """
    ax = new_axis(ax)
    effort = [100.0 * one.effort for one in found]
    fitted = [1e-3 * one.fit.stiffness for one in found]
    small = [1e-3 * one.small_fit.stiffness for one in found]
    static = [np.nan if one.static.value is None else 1e-3 * one.static.value for one in found]
    ax.plot(effort, fitted, "o-", color=ORANGE, ms=3.5, label="fit of one sine")
    ax.plot(effort, small, "o--", color=ORANGE, ms=3.0, lw=0.9, label="fit of a small sine")
    ax.plot(effort, static, "s-", color=BLUE, ms=3.5, label="static, fast, without reflexes")
    for i, (label, (efforts, stiffness)) in enumerate((published or {}).items()):
        x, y = 100.0 * np.asarray(efforts), 1e-3 * np.asarray(stiffness)
        ax.plot(x, y, "D", color=BLACK, mfc=PALETTE[i] if i else "white", ms=5, label=label)
    ax.axhline(0.0, color=GREY, lw=0.6)
    ax.set(xlabel="effort [% of strength]", ylabel="stiffness [N/mm]")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax


def plot_bracing(braces: Mapping[str, Bracing], *, ax: Axes | None = None) -> Axes:
    """Margin w^2 over the least activation of braced muscles, a colour for each brace.

    Solid: other muscles recruited again; dotted: not recruited again, so not in equilibrium.
    """
    ax = new_axis(ax)
    for i, (label, found) in enumerate(braces.items()):
        level = [100.0 * step.level for step in found.steps]
        colour = PALETTE[i % len(PALETTE)]
        ax.plot(level, [step.fast for step in found.steps], "o-", ms=3.5, color=colour, label=label)
        alone = [step.not_recruited for step in found.steps]
        ax.plot(level, alone, ":", color=colour)
    ax.axhline(0.0, color=GREY, lw=0.6)
    ax.set(xlabel="least activation [%]", ylabel="least $\\omega^2$ of the posture [1/s²]")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0))
    return ax
