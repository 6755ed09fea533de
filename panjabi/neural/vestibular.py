"""Vestibulocollic and cervicocollic paths of the neck.

The vestibulocollic path (VCR) opposes rotation of the head in space: the canals pass angular
velocity above 1 / (2 pi T_c), a lead adds acceleration, a first-order filter stands for the neck
muscles. The cervicocollic path (CCR) opposes stretch of the neck and goes through the same filter.

    VCR moment = -g (T_L s + 1) / (T_m s + 1) * T_c s / (T_c s + 1) * exp(-T_v s) * head velocity
    CCR moment = -(k + b s) / (T_m s + 1) * exp(-T_s s) * neck angle

Structure after Peng, Hain and Peterson (1996, 1999); of their parameters the tables have results
only, so time constants are assumed and gains are fitted to their results.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.neural._given import array
from panjabi.tissue._base import require

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Canals:
    """Semicircular canals: angular velocity of the head with its slow part removed.

    State: low-passed velocity, one per axis; dz/dt = (velocity - z) / T_c, signal = velocity - z.
    """

    time: float = 6.0  # T_c [s], assumed

    def __post_init__(self) -> None:
        require("Canals", "time", self.time, unit="s", above=0.0,
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
    """Stretch [1] and rate [1/s] that each neck muscle is told of the head in space.

    pull (muscles, 3) : stretch of each muscle, over its optimal length, per rotation of the head
        about x, y, z [1/rad], that is, minus its moment arm at the head over its optimal length.
    angle, velocity (3,) : tilt of the head from its reference [rad], canal signal [rad/s].
    """
    pull = np.asarray(pull, dtype=np.float64)
    if pull.ndim != 2 or pull.shape[1] != 3 or not np.isfinite(pull).all():
        raise ParameterError(
            f"pull has shape {pull.shape}; possible: (muscles, 3), finite, in 1/rad. Give one row "
            "per muscle with its stretch per rotation about x, y and z."
        )
    return pull @ array("angle", angle, (3,), "rad"), pull @ array(
        "velocity", velocity, (3,), "rad/s"
    )


@dataclass(frozen=True, kw_only=True)
class NeckReflex:
    """Both paths on one axis of the neck, as a force element of a reduced model.

    Coordinate: neck angle = head minus trunk. Inputs: velocity of the head in space one VCR delay
    ago [rad/s]; neck angle [rad] and rate [rad/s] one CCR delay ago. States: canal [rad/s],
    filtered canal signal [rad/s], filtered CCR moment [N m].
    """

    coordinate: str = "neck"
    vcr_gain: float = 0.0  # g [N m s/rad]
    vcr_lead: float = 0.0  # T_L [s]
    ccr_stretch_gain: float = 0.0  # k [N m/rad]
    ccr_rate_gain: float = 0.0  # b [N m s/rad]
    canals: Canals = Canals()
    filter_time: float = 0.015  # T_m [s], assumed: activation
    vcr_delay: float = 0.0245  # T_v [s], head fall (Ito 1997)
    ccr_delay: float = 0.060  # T_s [s], assumed

    def __post_init__(self) -> None:
        for name, unit in (("vcr_gain", "N m s/rad"), ("vcr_lead", "s"), ("vcr_delay", "s"),
                           ("ccr_stretch_gain", "N m/rad"), ("ccr_rate_gain", "N m s/rad"),
                           ("ccr_delay", "s")):  # fmt: skip
            require("NeckReflex", name, getattr(self, name), unit=unit, at_least=0.0,
                    advice="Both paths oppose motion, and later.")  # fmt: skip
        require("NeckReflex", "filter_time", self.filter_time, unit="s", above=0.0,
                advice="The lead acts on acceleration and needs a filter.")  # fmt: skip

    @property
    def coordinates(self) -> tuple[str, ...]:
        return (self.coordinate,)

    @property
    def states(self) -> int:
        return 3

    @property
    def delays(self) -> tuple[float, ...]:
        return (self.vcr_delay, self.ccr_delay, self.ccr_delay)

    def energy(self, q: Array, /) -> None:
        """None: a delayed moment has no potential."""

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Moment on the head [N m], shape (1,)."""
        lead = self.vcr_lead / self.filter_time
        sensed = inputs[0] - state[0]
        return np.array([-self.vcr_gain * (lead * sensed + (1.0 - lead) * state[1]) - state[2]])

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Zero, shape (1, 1): everything it senses is late."""
        return np.zeros((1, 1))

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """d state / dt, shape (3,)."""
        sensed = inputs[0] - state[0]
        stretch = self.ccr_stretch_gain * inputs[1] + self.ccr_rate_gain * inputs[2]
        return np.array(
            [
                sensed / self.canals.time,
                (sensed - state[1]) / self.filter_time,
                (stretch - state[2]) / self.filter_time,
            ]
        )

    def transfer(self, s: ArrayLike) -> tuple[NDArray[np.complex128], NDArray[np.complex128]]:
        """Restoring moments per head angle in space (VCR) and per neck angle (CCR) [N m/rad]."""
        s = np.asarray(s, dtype=np.complex128)
        filtered = 1.0 / (self.filter_time * s + 1.0)
        vcr = self.vcr_gain * s * (self.vcr_lead * s + 1.0) * self.canals.transfer(s)
        ccr = self.ccr_stretch_gain + self.ccr_rate_gain * s
        return (
            vcr * filtered * np.exp(-self.vcr_delay * s),
            ccr * filtered * np.exp(-self.ccr_delay * s),
        )

    def without(self, path: str) -> NeckReflex:
        """The same neck without "vcr" or "ccr": labyrinthine loss, or no neck stretch reflex."""
        if path == "vcr":
            return replace(self, vcr_gain=0.0)
        if path == "ccr":
            return replace(self, ccr_stretch_gain=0.0, ccr_rate_gain=0.0)
        raise ParameterError(f"path is {path!r}; possible: 'vcr', 'ccr'. Name one of them.")


@dataclass(frozen=True, kw_only=True)
class ReducedNeck:
    """Head on one axis of the neck, trunk moved from outside: J, B, K and the two paths."""

    inertia: float  # J [kg m2]
    damping: float  # B [N m s/rad]
    stiffness: float  # K [N m/rad]
    reflex: NeckReflex

    def __post_init__(self) -> None:
        for name, unit in (
            ("inertia", "kg m2"),
            ("damping", "N m s/rad"),
            ("stiffness", "N m/rad"),
        ):
            require("ReducedNeck", name, getattr(self, name), unit=unit, above=0.0,
                    advice="Give the passive neck without reflexes.")  # fmt: skip

    def head_over_trunk(self, frequency_hz: ArrayLike) -> NDArray[np.complex128]:
        """Head angle in space per trunk angle at frequencies [Hz], complex, exact.

        A steady state is meant; that it exists (stability) is for the spectrum to say.
        """
        s = 2j * math.pi * np.asarray(frequency_hz, dtype=np.float64)
        vcr, ccr = self.reflex.transfer(s)
        passive = self.damping * s + self.stiffness + ccr
        return passive / (self.inertia * s * s + vcr + passive)

    def resonance(self) -> tuple[float, float]:
        """(peak of |head / trunk| [dB], its frequency [Hz]) between 0.2 and 20 Hz."""
        from scipy.optimize import minimize_scalar

        grid = np.geomspace(0.2, 20.0, 400)
        at = int(np.argmax(np.abs(self.head_over_trunk(grid))))
        bracket = (grid[max(at - 1, 0)], grid[min(at + 1, grid.size - 1)])
        found = minimize_scalar(
            lambda f: -abs(self.head_over_trunk(f)), bounds=bracket, method="bounded",
            options={"xatol": 1e-8},
        )  # fmt: skip
        return 20.0 * math.log10(-found.fun), float(found.x)
