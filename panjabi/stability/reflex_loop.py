"""A linear reflex loop: sensed signals, delay and filter.

    u(t) = k_p e(t-T) + k_v e'(t-T) + k_a e''(t-T) - k_f F(t-T)

e is the sensed angle and F the active moment of the loop. The drive u passes the filter and gives
the restoring moment F. Without a filter F = u, and k_a makes the closed system of neutral type.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from panjabi.errors import ParameterError


@dataclass(frozen=True)
class FirstOrder:
    """First-order lag of activation, time F' = u - F."""

    time: float  # [s]

    def __post_init__(self) -> None:
        _positive("FirstOrder.time", self.time, " s", "leave the filter out for an immediate force")

    @property
    def coefficients(self) -> tuple[float, float]:
        """c1, c2 of c2 F'' + c1 F' + F = u."""
        return self.time, 0.0

    def rates(self) -> dict[str, tuple[float, float]]:
        """Parameter -> derivative of (c1, c2) with respect to it."""
        return {"filter_time": (1.0, 0.0)}


@dataclass(frozen=True)
class SecondOrder:
    """Second-order lag, F'' + 2 damping frequency F' + frequency^2 F = frequency^2 u."""

    frequency: float  # natural frequency [rad/s]
    damping: float  # ratio [1]

    def __post_init__(self) -> None:
        _positive("SecondOrder.frequency", self.frequency, " rad/s")
        _positive("SecondOrder.damping", self.damping, "")

    @property
    def coefficients(self) -> tuple[float, float]:
        """c1, c2 of c2 F'' + c1 F' + F = u."""
        return 2.0 * self.damping / self.frequency, self.frequency**-2

    def rates(self) -> dict[str, tuple[float, float]]:
        """Parameter -> derivative of (c1, c2) with respect to it."""
        w, z = self.frequency, self.damping
        return {
            "filter_frequency": (-2.0 * z / w**2, -2.0 / w**3),
            "filter_damping": (2.0 / w, 0.0),
        }


@dataclass(frozen=True, kw_only=True)
class LinearReflex:
    """A delayed restoring moment from sensed angles, which may be sums of coordinates."""

    stretch_gain: float = 0.0  # k_p [N m/rad]
    rate_gain: float = 0.0  # k_v [N m s/rad]
    acceleration_gain: float = 0.0  # k_a [N m s2/rad]
    force_gain: float = 0.0  # k_f [1], of the loop's active moment
    delay: float = 0.0  # afferent + central + efferent [s]
    filter: FirstOrder | SecondOrder | None = None
    name: str = "reflex"
    senses: tuple[float, ...] = ()  # (m,) weight of each coordinate; the same as `acts` if empty
    acts: tuple[float, ...] = ()  # (m,) moment on each coordinate; on the first only if empty

    def __post_init__(self) -> None:
        numbers = {name: getattr(self, name) for name in GAINS}
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise ParameterError(
                    f"Expected a finite number for {name} of the loop {self.name!r}, got "
                    f"{value!r}; give 0 for a gain that the loop does not have."
                )
        if not (math.isfinite(self.delay) and self.delay >= 0.0):
            raise ParameterError(
                f"Expected a finite delay of 0 s or more for the loop {self.name!r}, because a "
                f"reflex cannot act before the stretch, got {self.delay!r} s; give the loop delay "
                "in seconds."
            )
        if self.force_gain and self.filter is None:
            raise ParameterError(
                f"Expected a filter in the loop {self.name!r}, which feeds back its own force "
                f"({self.force_gain:g}), got none; add filter=FirstOrder(...) or SecondOrder(...)."
            )


GAINS = ("stretch_gain", "rate_gain", "acceleration_gain", "force_gain")


def _positive(name: str, value: float, unit: str, advice: str = "give a positive value") -> None:
    if not (math.isfinite(value) and value > 0.0):
        raise ParameterError(
            f"Expected a positive finite number for {name}, got {value!r}{unit}; {advice}."
        )
