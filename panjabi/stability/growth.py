"""The growth of a mode in a run of the whole model, to compare with its root.

The run starts in the mode: history and state are exp(s t) v with a largest angle of 1e-6 rad. If
the linear system were wrong, the motion would leave the mode. Steps are at most 0.1/|s|, or 10 ms.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from panjabi.delay.integrate.adaptive import solve
from panjabi.delay.integrate.history import Samples
from panjabi.delay.roots.system import Complexes, Floats
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.packing import pack
from panjabi.stability.modes import NullVectors
from panjabi.stability.pushes import LONGEST_STEP

SMALL = 1e-6  # largest angle at the start [rad]
FOLDS = 1.0  # e-folds of growth in a run
PERIODS = 4.0  # shortest run of an oscillation, in periods
SAMPLES = 400  # times of the history, and of each of the two windows


def growth_in_time(rest: Equilibrium, root: complex, *, size: float = SMALL) -> float:
    """Rate at which a motion in the mode of a root grows, from a run of the whole model [1/s].

    It compares the mean square of all angles in the first and in the last period, for a real root
    at the first and the last time.

    Parameters
    ----------
    root : of the stuck spectrum of `rest`, such as `StabilityVerdict.rightmost_root` [1/s].
    size : largest angle at the start [rad].

    Raises
    ------
    SimulationError
        If the run cannot continue.
    """
    period = 2.0 * math.pi / abs(root.imag) if root.imag else 0.0
    duration = max(FOLDS / abs(root.real), PERIODS * period)
    times, angles = run_in_mode(rest, root, duration, size=size)

    def mean_square(start: float) -> float:
        at = np.linspace(start, start + period, SAMPLES) if period else np.array([start])
        return float((np.array([np.interp(at, times, a) for a in angles.T]) ** 2).mean())

    late = duration - period
    return math.log(mean_square(late) / mean_square(0.0)) / (2.0 * late)


def run_in_mode(
    rest: Equilibrium, root: complex, duration: float, *, size: float = SMALL
) -> tuple[Floats, Floats]:
    """Times (k,) [s], and angles from equilibrium (k, n) [rad] of a run that starts in a mode.

    Raises
    ------
    SimulationError
        If the run cannot continue.
    """
    from panjabi.simulation.spine_run import STANDARD, delay_model

    model, n = rest.model, len(rest.q)
    mode = state_mode(rest, root)
    past = np.linspace(-max(model.delays, default=0.0) - 0.01, 0.0, SAMPLES)
    history = rest.state + size * (np.exp(root * past)[:, None] * mode).real
    longest = min(LONGEST_STEP, 0.1 / max(abs(root), 1e-9))
    run = solve(
        delay_model(model), history[-1], (0.0, duration), p=pack(model, (), rest.q),
        history=Samples(past, history), settings=replace(STANDARD, largest_step=longest),
    )  # fmt: skip
    return run.time, run.state[:, :n] - rest.q


def state_mode(rest: Equilibrium, root: complex) -> Complexes:
    """The mode of a root in all states (size,), friction included, the largest angle 1."""
    system = linear_system(rest, dormant=True, friction="exact")
    mode = NullVectors(system).at(root)[1]
    return mode / mode[np.abs(mode[: len(rest.q)]).argmax()]
