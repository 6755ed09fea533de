"""Gains with the least sway of a spine at its delay: a model of a person trained on the seat."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from panjabi.delay.roots.counting import count_unstable
from panjabi.errors import ConvergenceError
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import SpineNoise
from panjabi.spine.seat_preset import seat_noise

FREQUENCY = np.geomspace(0.01, 30.0, 1500)  # [Hz]


def expected_sway(spine: Spine, noise: SpineNoise | None = None) -> float:
    """Standard deviation of the sum of all angles under noise of loops on coordinates [rad].

    Linear approximation without signal-dependent motor noise; infinite if the system is unstable.
    noise : by default that of the seated person.
    """
    system = linear_system(equilibrium(spine))
    if count_unstable(system):
        return math.inf
    noise, m = noise or seat_noise(), len(spine.free)
    acted = sorted({c.coordinate for c in spine.pathways.connections})
    afferents = [system.index("state", f"{name} afferent") for name in spine.pathways.names]
    assert system.inputs is not None and noise.motor is not None and noise.sensory is not None
    motor, sensory = noise.motor, noise.sensory
    w = 2.0 * np.pi * FREQUENCY
    out = np.zeros(system.size)
    out[:m] = 1.0
    power = np.zeros(w.size)
    for k, s in enumerate(1j * w):
        late = [term.state * np.exp(-s * term.delay) for term in system.delayed]
        row = np.linalg.solve((s * system.E - system.now - np.sum(late, axis=0)).T, out)
        moment = row @ system.inputs[:, acted]
        size = _spectrum(motor.moment, motor.time_constant, w[k])
        power[k] = size * float(np.sum(np.abs(moment) ** 2))
        error = row[afferents, None] * system.now[afferents, :m]  # of the angles they sense
        sensed = _spectrum(sensory.proprioceptive, sensory.time_constant, w[k])
        power[k] += sensed * float(np.sum(np.abs(error) ** 2))
    return math.sqrt(float(np.trapezoid(power, w)) / math.pi)


def _spectrum(sd: float, time: float, w: float) -> float:
    """Two-sided spectral density of Ornstein-Uhlenbeck noise."""
    return 2.0 * sd**2 * time / (1.0 + (w * time) ** 2)


def least_sway_effort(
    make: Callable[[float], Spine], *, low: float = 1e-6, high: float = 1.0
) -> float:
    """Weight of effort for which make(effort) sways least [1], to two per cent.

    low, high : range of the search.

    Raises
    ------
    ConvergenceError
        If no effort in the range makes the spine stable.
    """
    from scipy.optimize import minimize_scalar

    grid = np.geomspace(low, high, 19)
    sway = [expected_sway(make(float(effort))) for effort in grid]
    best = int(np.argmin(sway))
    if not math.isfinite(sway[best]):
        raise ConvergenceError(
            f"Expected a spine that is stable for some effort from {low:g} to {high:g}, got none; "
            "give a shorter delay or stiffer springs."
        )
    bracket = np.log(grid[[max(best - 1, 0), min(best + 1, len(grid) - 1)]])
    minimum = minimize_scalar(
        lambda x: min(expected_sway(make(math.exp(x))), 1e3), bounds=tuple(bracket),
        method="bounded", options={"xatol": 0.02},
    )  # fmt: skip
    return math.exp(float(minimum.x))  # type: ignore[attr-defined]
