"""Fraction of the stiffness of a joint that reflexes provide, by three definitions."""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

from panjabi.errors import ParameterError
from panjabi.tissue._base import require


@dataclass(frozen=True, kw_only=True)
class ReflexShare:
    """Fractions of the reflex [1]; None if the denominator is not positive.

    of_total : k_p / (k_p + K_int), of static intrinsic and reflex stiffness without gravity; the
        definition of Moorhouse and Granata (2007).
    of_effective : k_p / (k_p + K_int - G), of the stiffness that remains after gravity; above 1 if
        gravity is stronger than the intrinsic part.
    at_frequency : real part of the delayed reflex over the real part of the whole dynamic stiffness
        without inertia, at one frequency; negative if the late reflex acts along the motion.
    """

    of_total: float | None
    of_effective: float | None
    at_frequency: float | None
    frequency_hz: float


def reflex_share(
    *,
    intrinsic: float,
    gravity: float,
    angle_gain: float,
    rate_gain: float,
    delay: float,
    frequency_hz: float,
    filter_time: float = 0.0,
) -> ReflexShare:
    """Fractions of a reflex (k_p + k_v s) exp(-T s) / (T_a s + 1) beside K_int and G = m g h.

    All stiffnesses in N m/rad, rate_gain in N m s/rad, delay and filter_time in s.
    """
    for name, value, unit in (
        ("intrinsic", intrinsic, "N m/rad"), ("gravity", gravity, "N m/rad"),
        ("angle_gain", angle_gain, "N m/rad"), ("rate_gain", rate_gain, "N m s/rad"),
    ):  # fmt: skip
        require("reflex_share", name, value, unit=unit, advice="Give a finite number.")
    for name, value in (
        ("delay", delay),
        ("filter_time", filter_time),
        ("frequency_hz", frequency_hz),
    ):
        require("reflex_share", name, value, unit="Hz" if name == "frequency_hz" else "s",
                at_least=0.0, advice="Give 0 or more.")  # fmt: skip
    if angle_gain == 0.0 and rate_gain == 0.0:
        raise ParameterError(
            "Expected a reflex with a gain, got angle_gain and rate_gain of 0; the fraction of "
            "this reflex is 0 by every definition, so give a gain."
        )
    s = 2j * math.pi * frequency_hz
    late = (angle_gain + rate_gain * s) * cmath.exp(-delay * s) / (filter_time * s + 1.0)
    return ReflexShare(
        of_total=_share(angle_gain, angle_gain + intrinsic),
        of_effective=_share(angle_gain, angle_gain + intrinsic - gravity),
        at_frequency=_share(late.real, late.real + intrinsic - gravity),
        frequency_hz=frequency_hz,
    )


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole > 0.0 else None
