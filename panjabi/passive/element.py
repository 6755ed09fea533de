"""A functional spinal unit as a force element of a spine model (`panjabi.elements`)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.elements import Signal
from panjabi.passive.functional_unit import CompressedUnit, FunctionalSpinalUnit
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class PassiveJoint(ShortRepr):
    """Relaxed law, hysteresis with states, and damping, on three coordinates.

    State: the stretch of each branch and friction element [rad], axis by axis, shape (3 count,);
    see `panjabi.passive.hysteresis`; zero at equilibrium. Signals: the compression of the level,
    (1,) [N]; without it (0,), the preload of the unit.

    The unit is neutral where its coordinates are `neutral`, which is 0 in upright standing unless
    `UnitOptions` says otherwise.
    """

    unit: FunctionalSpinalUnit
    neutral: tuple[float, float, float] = (0.0, 0.0, 0.0)  # [rad]

    @property
    def coordinates(self) -> tuple[str, str, str]:
        return self.unit.coordinates

    @property
    def states(self) -> int:
        return 3 * self.unit.hysteresis.count

    @property
    def signals(self) -> tuple[Signal, ...]:
        return ()

    def angles(self, q: Array) -> Array:
        """Angles of the unit from its neutral position, (..., 3) [rad], at coordinates (..., 3)."""
        return q - np.array(self.neutral)

    def energy(self, q: Array, /) -> float:
        """Relaxed energy [J] at coordinates (3,) [rad]."""
        return self.unit.evaluate(self.angles(q))[0]

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Moment on the upper vertebra (3,) [N m]: minus the moment that holds the unit at q."""
        law = self.law(q, inputs)
        moment = law.moment + np.array(self.unit.hysteresis.damping) * rate
        return -(moment + law.factor * np.sum(self.unit.springs * self._stretch(state), axis=1))

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """-d force / d q at fixed branch stretch (3, 3) [N m/rad]: the relaxed tangent.

        The instantaneous stiffness is larger (`unit.instantaneous_tangent`): the stretch of the
        branches follows the rate.
        """
        return self.law(q, inputs).tangent

    def force_by_compression(self, q: Array, state: Array, inputs: Array) -> Array:
        """d force / d compression (3,) [m]."""
        law = self.law(q, inputs)
        springs = np.sum(self.unit.springs * self._stretch(state), axis=1)
        return -(law.moment_by_compression + law.factor_slope * springs)

    def law(self, q: Array, inputs: Array) -> CompressedUnit:
        """The relaxed unit at coordinates (3,) [rad] under its compression."""
        pressed = inputs[0] if len(inputs) else self.unit.preload
        return self.unit.evaluate_under(self.angles(q), pressed)

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """d stretch / d t, shape (states,)."""
        return (np.asarray(rate)[:, None] - self._relaxing(state)).ravel()

    def dissipation(self, rate: Array, state: Array) -> float:
        """Power turned into heat [W]; never below zero."""
        stretch = self._stretch(state)
        branches = float(np.sum(self.unit.branch_stiffness * stretch * self._relaxing(state)))
        return branches + float(np.sum(np.array(self.unit.hysteresis.damping) * rate**2))

    def _relaxing(self, state: Array) -> Array:
        """Rate at which each stretch relaxes (3, count) [rad/s]."""
        time, size, power = self.unit.hysteresis.decay
        stretch = self._stretch(state)
        return stretch / time * (np.abs(stretch) / size) ** power

    def _stretch(self, state: Array) -> Array:
        return np.asarray(state, dtype=np.float64).reshape(3, -1)
