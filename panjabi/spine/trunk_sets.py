"""A trunk on one joint with one reflex loop, and four sets of its parameters.

T1 lax, T2 braced, T3 without rate feedback, T4 low gain: head, arms and trunk of 5 kg m2 on L5-S1.
The values are assumed. They lie within the ranges of identification studies of the trunk, but no
set was measured on one person; vary them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from panjabi.errors import unknown
from panjabi.neural.loops import ReflexLoop
from panjabi.parameter import Parameter, ParameterSet, assumed
from panjabi.results import ShortRepr
from panjabi.spine.families import SpineFamily
from panjabi.spine.model import Spine
from panjabi.spine.reduced_spine import reduced

ANGLE = "angle"
TRUNK_DELAY = 0.060
"""Default loop delay [s]: mean of the trunk muscles, assumed."""

LEAST = 1e-3
"""Smallest inertia [kg m2] and filter time [s] of a family: they are divisors."""

LIMITS = {
    "inertia": (LEAST, math.inf),
    "damping": (0.0, math.inf),
    "delay": (0.0, math.inf),
    "filter_time": (LEAST, math.inf),
}
"""Limits of the parameters in a family."""

MEANINGS = {
    "T1": "lax, stabilised by reflexes",
    "T2": "braced",
    "T3": "lax, no rate feedback",
    "T4": "lax, low gain",
}
"""The four sets in words."""


def one_loop(
    *,
    inertia: float,
    damping: float,
    stiffness: float,
    stretch_gain: float,
    rate_gain: float = 0.0,
    acceleration_gain: float = 0.0,
    delay: float = TRUNK_DELAY,
    filter_time: float = 0.005,
    parameters: Mapping[str, Parameter] | None = None,
) -> Spine:
    """A spine of one angle: J q'' + B q' + K q = -F, a loop F with delay and first-order filter.

    T_f F' + F = k_p q(t - T) + k_v q'(t - T) + k_a q''(t - T)

    J [kg m2], B [N m s/rad], K intrinsic minus gravity [N m/rad], may be negative; gains k_p
    [N m/rad], k_v [N m s/rad], k_a [N m s2/rad]; delay T and filter time T_f [s]. The acceleration
    is filtered twice, which keeps the system from being neutral.

    Raises
    ------
    ParameterError
        For an inertia or filter time that is not positive, a negative delay, or other numbers that
        are not finite.
    """
    loop = ReflexLoop(
        name="reflex", source=ANGLE, target=ANGLE, stretch_gain=stretch_gain, rate_gain=rate_gain,
        acceleration_gain=acceleration_gain, delay=delay, filter_time=filter_time,
    )  # fmt: skip
    return reduced(
        inertia=inertia, damping=damping, stiffness=stiffness, coordinates=(ANGLE,),
        reflexes=(loop,), parameters=parameters,
    )  # fmt: skip


def trunk_parameters(name: str) -> ParameterSet:
    """Parameters of one of the four sets T1 to T4, all assumed.

    Raises
    ------
    UnknownNameError
        If there is no such set.
    """
    if name not in MEANINGS:
        raise unknown("trunk", name, MEANINGS)
    return _sets()[name]


def trunk_set(name: str, **changes: Parameter | float) -> Spine:
    """The trunk of one of the four sets T1 to T4, some of its parameters changed.

    Raises
    ------
    UnknownNameError
        If there is no such set, or no such parameter.
    """
    chosen = trunk_parameters(name).replaced(**changes)
    return one_loop(**{key: p.si for key, p in chosen.items()}, parameters=chosen)


def trunk_family(name: str, *names: str, **changes: Parameter | float) -> SpineFamily:
    """The trunk of a set as a function of the named parameters, starting at its own.

    Raises
    ------
    UnknownNameError
        If there is no such set, or no such parameter.
    """
    chosen = trunk_parameters(name).replaced(**changes)
    return one_loop_family({key: p.si for key, p in chosen.items()}, *names)


def one_loop_family(values: Mapping[str, float], *names: str) -> SpineFamily:
    """The spines `one_loop(**values)` as a function of the named parameters.

    Raises
    ------
    UnknownNameError
        For a name that is not in `values`.
    """
    for name in names:
        if name not in values:
            raise unknown("parameter of the trunk", name, values)
    start = {name: values[name] for name in names}
    limits = {name: LIMITS[name] for name in names if name in LIMITS}
    filtered = values.get("acceleration_gain", 0.0) or "acceleration_gain" in names
    return SpineFamily(
        _Made(values), start, limits, affine=not (filtered and "filter_time" in names)
    )


@dataclass(frozen=True, repr=False)
class _Made(ShortRepr):
    """`one_loop` of some values with others in their place; a class, so that it can be pickled."""

    values: Mapping[str, float] = field(default_factory=dict[str, float])

    def __call__(self, changes: Mapping[str, float]) -> Spine:
        values = cast("dict[str, Any]", {**self.values, **changes})
        return one_loop(**values)


def _sets() -> dict[str, ParameterSet]:
    lever = "head, arms and trunk about L5/S1"

    def made(stiffness: float, stretch_gain: float, rate_gain: float) -> ParameterSet:
        return ParameterSet(
            {
                "inertia": assumed(5.0, "kg m2", f"{lever}; explored 4-8"),
                "damping": assumed(30.0, "N m s/rad", f"{lever}; explored 10-60"),
                "stiffness": assumed(
                    stiffness, "N m/rad", "intrinsic minus gravity (112 N m/rad); explored -180-300"
                ),
                "stretch_gain": assumed(stretch_gain, "N m/rad", "explored 0-800"),
                "rate_gain": assumed(rate_gain, "N m s/rad", "explored 0-120"),
                "acceleration_gain": assumed(0.0, "kg m2", "N m s2/rad; explored 0-2"),
                "delay": assumed(TRUNK_DELAY, "s", "mean of the trunk; explored 0.02-0.10"),
                "filter_time": assumed(0.005, "s", "between angle and moment; explored 0.005-0.04"),
            }
        )

    return {
        "T1": made(-100.0, 400.0, 60.0),
        "T2": made(100.0, 200.0, 30.0),
        "T3": made(-100.0, 400.0, 0.0),
        "T4": made(-100.0, 200.0, 20.0),
    }
