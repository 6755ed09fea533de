"""Gains with which a plant sways least at its delay: how a person who has learnt the seat acts."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from panjabi.delay.roots.counting import count_unstable
from panjabi.errors import ConvergenceError
from panjabi.tasks.plant import Plant

FREQUENCY = np.geomspace(0.01, 30.0, 1500)  # [Hz]


def expected_sway(plant: Plant) -> float:
    """Standard deviation of the sum of all angles under the plant's noise [rad].

    Linear, with the motor noise at rest; infinite where the linear system is unstable.
    """
    system = plant.model.system()
    if count_unstable(system):
        return math.inf
    noise, m = plant.noise, len(plant.model.coordinates)
    w = 2.0 * np.pi * FREQUENCY
    out = np.zeros(system.size)
    out[:m] = 1.0
    power = np.zeros(w.size)
    for k, s in enumerate(1j * w):
        late = [term.state * np.exp(-s * term.delay) for term in system.delayed]
        row = np.linalg.solve((s * system.E - system.now - np.sum(late, axis=0)).T, out)
        moment = row @ system.inputs @ plant.acts  # type: ignore[operator]
        power[k] = _spectrum(noise.motor.si, noise.motor_time.si, w[k]) * abs(moment) ** 2
        heard = row @ np.sum(late, axis=0)[:, :m]
        sensed = _spectrum(noise.sensory.si, noise.sensory_time.si, w[k])
        power[k] += sensed * float(np.sum(np.abs(heard) ** 2))
    return math.sqrt(float(np.trapezoid(power, w)) / math.pi)


def _spectrum(sd: float, time: float, w: float) -> float:
    """Two-sided spectral density of Ornstein-Uhlenbeck noise."""
    return 2.0 * sd**2 * time / (1.0 + (w * time) ** 2)


def least_sway_effort(
    make: Callable[[float], Plant], *, low: float = 1e-6, high: float = 1.0
) -> float:
    """Effort between low and high at which make(effort) sways least; to two per cent.

    Raises
    ------
    ConvergenceError
        If no effort keeps the plant stable.
    """
    from scipy.optimize import minimize_scalar

    grid = np.geomspace(low, high, 19)
    sway = [expected_sway(make(float(effort))) for effort in grid]
    best = int(np.argmin(sway))
    if not math.isfinite(sway[best]):
        raise ConvergenceError(
            f"no effort from {low:g} to {high:g} keeps the plant up; possible: one whose delay "
            "some gains can bear. Give a shorter delay or stiffer springs."
        )
    around = np.log(grid[[max(best - 1, 0), min(best + 1, len(grid) - 1)]])
    found = minimize_scalar(
        lambda x: min(expected_sway(make(math.exp(x))), 1e3), bounds=tuple(around),
        method="bounded", options={"xatol": 0.02},
    )  # fmt: skip
    return math.exp(float(found.x))  # type: ignore[attr-defined]
