"""Vestibulocollic and cervicocollic paths of the neck.

The vestibulocollic path (VCR) opposes rotation of the head in space: the canals pass angular
velocity above 1 / (2 pi T_c); the brain stem responds to velocity, with a lead, and to its leaky
integral; a first-order filter represents the neck muscles. The cervicocollic path (CCR) opposes
stretch of the neck and goes through the same filter.

    VCR moment = -exp(-T_v s) / (T_m s + 1) * (g (T_L s + 1) + h T_N / (T_N s + 1))
                 * T_c s / (T_c s + 1) * head velocity
    CCR moment = -exp(-T_s s) / (T_m s + 1) * (k + b s) * neck angle

Components after Peng, Hain and Peterson (1996, 1999). The tables contain their results, not their
transfer functions: time constants are assumed, gains are fitted to results (`neck.fitted_neck`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.neural.checks import array
from panjabi.neural.evidence import delay_range
from panjabi.tissue._base import require

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Canals:
    """Semicircular canals: angular velocity of the head with its slow part removed.

    State: low-passed velocity, one per axis; dz/dt = (velocity - z) / T_c, signal = velocity - z.
    In a reflex loop the brain stem adds the leaky integral of the signal, of time constant T_N.
    """

    time: float = 6.0  # T_c [s], assumed
    integrator_time: float = 1.0  # T_N [s], assumed

    def __post_init__(self) -> None:
        for name in ("time", "integrator_time"):
            require("Canals", name, getattr(self, name), unit="s", above=0.0,
                    advice="Canals have time constants of a few seconds.")  # fmt: skip

    def signal(self, velocity: ArrayLike, state: ArrayLike) -> Array:
        """Sensed velocity [rad/s], same shape as `velocity`."""
        return np.asarray(velocity, dtype=np.float64) - np.asarray(state, dtype=np.float64)

    def state_rate(self, velocity: ArrayLike, state: ArrayLike) -> Array:
        """d state / dt [rad/s2]."""
        return self.signal(velocity, state) / self.time

    def transfer(self, s: ArrayLike) -> NDArray[np.complex128]:
        """Sensed over true velocity at complex frequencies s [1/s]."""
        s = np.asarray(s, dtype=np.complex128)
        return self.time * s / (self.time * s + 1.0)


def head_to_muscles(pull: ArrayLike, angle: ArrayLike, velocity: ArrayLike) -> tuple[Array, Array]:
    """Stretch [1] and rate [1/s] of each neck muscle that the motion of the head in space signals.

    pull (muscles, 3) : stretch of each muscle, over its optimal length, per rotation of the head
        about x, y, z [1/rad], that is, minus its moment arm at the head over its optimal length.
    angle, velocity (3,) : integrated canal signal [rad], canal signal [rad/s].
    """
    pull = np.asarray(pull, dtype=np.float64)
    if pull.ndim != 2 or pull.shape[1] != 3 or not np.isfinite(pull).all():
        raise ParameterError(
            "Expected pull as finite values of shape (muscles, 3) in 1/rad, got shape "
            f"{pull.shape}; give one row for each muscle with its stretch per rotation about x, "
            "y and z."
        )
    rotation = array("angle", angle, (3,), "rad")
    return pull @ rotation, pull @ array("velocity", velocity, (3,), "rad/s")


@dataclass(frozen=True, kw_only=True)
class NeckReflex:
    """Both paths on one axis of the neck, as a force element of a reduced model.

    Coordinate: neck angle = head minus trunk. Inputs: velocity of the head in space one VCR delay
    ago [rad/s]; neck angle [rad] and rate [rad/s] one CCR delay ago. States: canal [rad/s],
    leaky integral of its signal [rad], filtered VCR and CCR moments [N m].
    """

    coordinate: str = "neck"
    vcr_rate_gain: float = 0.0  # g [N m s/rad]
    vcr_position_gain: float = 0.0  # h [N m/rad]
    vcr_lead: float = 0.0  # T_L [s]
    ccr_stretch_gain: float = 0.0  # k [N m/rad]
    ccr_rate_gain: float = 0.0  # b [N m s/rad]
    canals: Canals = Canals()
    integrator_time: float = 1.0  # T_N [s], assumed
    filter_time: float = 0.015  # T_m [s], assumed: activation
    vcr_delay: float = 0.0245  # T_v [s], head fall (Ito 1997)
    ccr_delay: float = 0.060  # T_s [s], assumed

    def __post_init__(self) -> None:
        units = {
            "vcr_rate_gain": "N m s/rad", "vcr_position_gain": "N m/rad", "vcr_lead": "s",
            "ccr_stretch_gain": "N m/rad", "ccr_rate_gain": "N m s/rad",
            "vcr_delay": "s", "ccr_delay": "s",
        }  # fmt: skip
        for name, unit in units.items():
            require("NeckReflex", name, getattr(self, name), unit=unit, at_least=0.0,
                    advice="Both paths oppose motion after a delay.")  # fmt: skip
        for name in ("integrator_time", "filter_time"):
            require("NeckReflex", name, getattr(self, name), unit="s", above=0.0,
                    advice="The lead acts on acceleration and needs a filter.")  # fmt: skip

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the delay [s]."""
        return {"delay": delay_range()}

    @property
    def coordinates(self) -> tuple[str, ...]:
        return (self.coordinate,)

    @property
    def states(self) -> int:
        return 4

    @property
    def delays(self) -> tuple[float, ...]:
        return (self.vcr_delay, self.ccr_delay, self.ccr_delay)

    def energy(self, q: Array, /) -> None:
        """None: a delayed moment has no potential."""

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Moment on the head [N m], shape (1,)."""
        at_once = self.vcr_rate_gain * self.vcr_lead / self.filter_time * (inputs[0] - state[0])
        return np.array([-at_once - state[2] - state[3]])

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Zero, shape (1, 1): all its signals are delayed."""
        return np.zeros((1, 1))

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """d state / dt, shape (4,)."""
        sensed = inputs[0] - state[0]
        lag = self.vcr_rate_gain * (1.0 - self.vcr_lead / self.filter_time)
        vcr_drive = lag * sensed + self.vcr_position_gain * state[1]
        ccr_drive = self.ccr_stretch_gain * inputs[1] + self.ccr_rate_gain * inputs[2]
        return np.array(
            [
                sensed / self.canals.time,
                sensed - state[1] / self.integrator_time,
                (vcr_drive - state[2]) / self.filter_time,
                (ccr_drive - state[3]) / self.filter_time,
            ]
        )

    def transfer(self, s: ArrayLike) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Restoring moments per head angle in space (VCR) and per neck angle (CCR) [N m/rad]."""
        s = np.asarray(s, dtype=np.complex128)
        filtered = 1.0 / (self.filter_time * s + 1.0)
        integral = self.integrator_time / (self.integrator_time * s + 1.0)
        vcr = self.vcr_rate_gain * (self.vcr_lead * s + 1.0) + self.vcr_position_gain * integral
        vcr = vcr * s * self.canals.transfer(s) * np.exp(-self.vcr_delay * s)
        ccr = (self.ccr_stretch_gain + self.ccr_rate_gain * s) * np.exp(-self.ccr_delay * s)
        return vcr * filtered, ccr * filtered

    def without(self, path: str) -> NeckReflex:
        """The same neck without "vcr" or "ccr": labyrinthine loss, or no neck stretch reflex."""
        if path == "vcr":
            return replace(self, vcr_rate_gain=0.0, vcr_position_gain=0.0)
        if path == "ccr":
            return replace(self, ccr_stretch_gain=0.0, ccr_rate_gain=0.0)
        raise ParameterError(f"Expected path 'vcr' or 'ccr', got {path!r}; give one of them.")
