"""One reflex moment on one coordinate, as a force element of a reduced model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.neural.evidence import delay_range
from panjabi.tissue._base import require

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class LumpedReflex:
    """Restoring moment -(k_p + k_v s + k_a s^2) exp(-T s) / (T_a s + 1) times the angle.

    Inputs: angle [rad] and rate [rad/s] of the coordinate, one delay ago. With a filter there is
    one state z [N m], and acceleration needs no separate input:

        moment = -(k_a / T_a rate + z),    T_a dz/dt = k_p angle + (k_v - k_a / T_a) rate - z.

    Raises
    ------
    ParameterError
        For an acceleration gain without a filter (the closed loop would be neutral), a negative
        delay, or numbers that are not finite.
    """

    coordinate: str
    angle_gain: float  # k_p [N m/rad]
    rate_gain: float = 0.0  # k_v [N m s/rad]
    acceleration_gain: float = 0.0  # k_a [N m s2/rad]
    delay: float  # T [s]
    filter_time: float = 0.0  # T_a, activation of the muscles lumped in it [s]
    reference: float = 0.0  # angle at which the moment is zero [rad]

    def __post_init__(self) -> None:
        gains = (("angle_gain", "N m/rad"), ("rate_gain", "N m s/rad"),
                 ("acceleration_gain", "N m s2/rad"), ("reference", "rad"))  # fmt: skip
        for name, unit in gains:
            require("LumpedReflex", name, getattr(self, name), unit=unit, advice="Give a number.")
        require("LumpedReflex", "delay", self.delay, unit="s", at_least=0.0,
                advice="A reflex cannot respond before the stretch.")  # fmt: skip
        require("LumpedReflex", "filter_time", self.filter_time, unit="s", at_least=0.0,
                advice="Give the time constant of activation, or 0.")  # fmt: skip
        if self.acceleration_gain != 0.0 and self.filter_time == 0.0:
            raise ParameterError(
                "Expected filter_time above 0 with LumpedReflex.acceleration_gain "
                f"{self.acceleration_gain:g}, got none, which would make the closed loop "
                "neutral; give the activation time, 0.015 s for example."
            )

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the delay [s]."""
        return {"delay": delay_range()}

    @property
    def coordinates(self) -> tuple[str, ...]:
        return (self.coordinate,)

    @property
    def states(self) -> int:
        return 1 if self.filter_time > 0.0 else 0

    @property
    def delays(self) -> tuple[float, ...]:
        """Of the two inputs, angle and rate [s]."""
        return (self.delay, self.delay)

    def energy(self, q: Array, /) -> None:
        """None: a delayed moment has no potential."""

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Moment on the body [N m], shape (1,); inputs (2,) are angle and rate one delay ago."""
        angle = inputs[0] - self.reference
        if self.filter_time == 0.0:
            return np.array([-self.angle_gain * angle - self.rate_gain * inputs[1]])
        return np.array([-self.acceleration_gain / self.filter_time * inputs[1] - state[0]])

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Zero, shape (1, 1): the present moment does not depend on the present angle."""
        return np.zeros((1, 1))

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """dz/dt [N m/s], shape (states,)."""
        if self.filter_time == 0.0:
            return np.zeros(0)
        angle = inputs[0] - self.reference
        lead = self.rate_gain - self.acceleration_gain / self.filter_time
        target = self.angle_gain * angle + lead * inputs[1]
        return np.array([(target - state[0]) / self.filter_time])

    def force_by_inputs(self) -> Array:
        """d force / d inputs, shape (1, 2), constant."""
        if self.filter_time == 0.0:
            return np.array([[-self.angle_gain, -self.rate_gain]])
        return np.array([[0.0, -self.acceleration_gain / self.filter_time]])

    def state_rate_by_inputs(self) -> Array:
        """d state_rate / d inputs, shape (states, 2), constant."""
        if self.filter_time == 0.0:
            return np.zeros((0, 2))
        lead = self.rate_gain - self.acceleration_gain / self.filter_time
        return np.array([[self.angle_gain, lead]]) / self.filter_time

    def transfer(self, s: complex) -> complex:
        """Restoring moment per angle at the complex frequency s [N m/rad]."""
        gain = self.angle_gain + self.rate_gain * s + self.acceleration_gain * s * s
        return complex(gain * np.exp(-self.delay * s) / (self.filter_time * s + 1.0))
