"""A reflex loop: what it senses, how late it acts, and what filters it.

    u(t) = k_p e(t-T) + k_v e'(t-T) + k_a e''(t-T) - k_f F(t-T)

e is the sensed angle, F the loop's own active moment; u passes the filter and pulls back with
the moment F. Without a filter F is u itself, and k_a makes the closed system neutral.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from panjabi.errors import ParameterError


@dataclass(frozen=True)
class FirstOrder:
    """time F' = u - F: activation as a lag."""

    time: float  # [s]

    def __post_init__(self) -> None:
        _positive("FirstOrder.time", self.time, "s; leave the filter out for an immediate force")

    @property
    def coefficients(self) -> tuple[float, float]:
        """c1, c2 of c2 F'' + c1 F' + F = u."""
        return self.time, 0.0

    def rates(self) -> dict[str, tuple[float, float]]:
        """Parameter -> derivative of (c1, c2) with it."""
        return {"filter_time": (1.0, 0.0)}


@dataclass(frozen=True)
class SecondOrder:
    """F'' + 2 damping frequency F' + frequency^2 F = frequency^2 u."""

    frequency: float  # natural frequency [rad/s]
    damping: float  # ratio [1]

    def __post_init__(self) -> None:
        _positive("SecondOrder.frequency", self.frequency, "rad/s")
        _positive("SecondOrder.damping", self.damping, "as a ratio")

    @property
    def coefficients(self) -> tuple[float, float]:
        """c1, c2 of c2 F'' + c1 F' + F = u."""
        return 2.0 * self.damping / self.frequency, self.frequency**-2

    def rates(self) -> dict[str, tuple[float, float]]:
        """Parameter -> derivative of (c1, c2) with it."""
        w, z = self.frequency, self.damping
        return {
            "filter_frequency": (-2.0 * z / w**2, -2.0 / w**3),
            "filter_damping": (2.0 / w, 0.0),
        }


@dataclass(frozen=True, kw_only=True)
class LinearReflex:
    """One reflex path; the gains are moments that pull back. Angles may be sums of coordinates."""

    stretch_gain: float = 0.0  # k_p [N m/rad]
    rate_gain: float = 0.0  # k_v [N m s/rad]
    acceleration_gain: float = 0.0  # k_a [N m s2/rad]
    force_gain: float = 0.0  # k_f [1], of the loop's own active moment
    delay: float = 0.0  # afferent + central + efferent [s]
    filter: FirstOrder | SecondOrder | None = None
    name: str = "reflex"
    senses: tuple[float, ...] = ()  # (m,) weight of each coordinate; its own acts when empty
    acts: tuple[float, ...] = ()  # (m,) moment on each coordinate; the first when empty

    def __post_init__(self) -> None:
        numbers = {name: getattr(self, name) for name in GAINS}
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise ParameterError(
                    f"{name} of the loop {self.name!r} is {value!r}; possible: a finite number. "
                    "Use 0 for a gain that is not there."
                )
        if not (math.isfinite(self.delay) and self.delay >= 0.0):
            raise ParameterError(
                f"the delay of the loop {self.name!r} is {self.delay!r} s; possible: zero or a "
                "positive finite time, because a reflex cannot answer before the stretch. Give "
                "the loop delay in seconds."
            )
        if self.force_gain and self.filter is None:
            raise ParameterError(
                f"the loop {self.name!r} feeds back its own force ({self.force_gain:g}) without a "
                "filter; possible: FirstOrder or SecondOrder between drive and force. Add one."
            )


GAINS = ("stretch_gain", "rate_gain", "acceleration_gain", "force_gain")


def _positive(name: str, value: float, what: str) -> None:
    if not (math.isfinite(value) and value > 0.0):
        raise ParameterError(
            f"{name} is {value!r}; possible: a positive finite number {what}. Correct it."
        )
