"""A functional spinal unit as a force element of a spine model (`panjabi.elements`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class PassiveJoint(ShortRepr):
    """Relaxed law, Maxwell branches with states, and damping, on three coordinates.

    State: the stretch y = x - z of each branch [rad], axis by axis, shape (3 branches,), with
    dy/dt = dx/dt - y / T; zero at equilibrium. No delays.
    """

    unit: FunctionalSpinalUnit

    @property
    def coordinates(self) -> tuple[str, str, str]:
        return self.unit.coordinates

    @property
    def states(self) -> int:
        return 3 * len(self.unit.hysteresis.times)

    @property
    def delays(self) -> tuple[float, ...]:
        return ()

    def energy(self, q: Array, /) -> float:
        """Relaxed energy [J] at angles (3,) [rad]."""
        return self.unit.evaluate(q)[0]

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Moment on the upper vertebra (3,) [N m]: minus the moment that holds the unit at q."""
        moment = self.unit.evaluate(q)[1] + np.array(self.unit.hysteresis.damping) * rate
        return -(moment + np.sum(self.unit.branch_stiffness * self._stretch(state), axis=1))

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """-d force / d q at fixed branch stretch (3, 3) [N m/rad]: the relaxed tangent.

        The instantaneous stiffness is larger (`unit.instantaneous_tangent`): the stretch of the
        branches follows the rate.
        """
        return self.unit.evaluate(q)[2]

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """d stretch / d t, shape (states,)."""
        times = np.array(self.unit.hysteresis.times, dtype=np.float64)
        return (np.asarray(rate)[:, None] - self._stretch(state) / times).ravel()

    def dissipation(self, rate: Array, state: Array) -> float:
        """Power turned into heat [W]; never below zero."""
        times = np.array(self.unit.hysteresis.times, dtype=np.float64)
        branches = float(np.sum(self.unit.branch_stiffness * self._stretch(state) ** 2 / times))
        return branches + float(np.sum(np.array(self.unit.hysteresis.damping) * rate**2))

    def _stretch(self, state: Array) -> Array:
        return np.asarray(state, dtype=np.float64).reshape(3, -1)
