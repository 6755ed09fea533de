"""Units with other assumed values, and units of rival models."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

import numpy as np

from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.kernels import LINEAR, RAMP
from panjabi.passive.terms import PassiveTerm, Structure, closure, exponential, linear
from panjabi.stability.algebra import root

Unit = FunctionalSpinalUnit
SIDES = (-1, 1)


def reach(unit: Unit, axis: int, side: int) -> float:
    """Angle under the moment of the test of range, with its sign [rad]."""
    return unit.angle_under(axis, side * unit.test_moment[axis])


def secant(unit: Unit, axis: int) -> float:
    """Test moment over the mean range of both sides [N m/rad]."""
    mean = 0.5 * sum(abs(reach(unit, axis, side)) for side in SIDES)
    return unit.test_moment[axis] / mean


@lru_cache(maxsize=1024)
def _of_source(unit: Unit, friction: float, neutral: float) -> Unit:
    made = with_neutral(unit, (neutral, neutral, neutral))
    kept = made.hysteresis
    rows = tuple(tuple(friction * k for k in axis) for axis in kept.friction)
    return replace(made, hysteresis=replace(kept, friction=rows))


def specimen(unit: Unit, draw: Mapping[str, float]) -> Unit:
    """The unit with "friction" and "neutral" of a draw, both factors; 1 where the draw has none."""
    return _of_source(unit, draw.get("friction", 1.0), draw.get("neutral", 1.0))


def with_neutral(unit: Unit, factors: tuple[float, float, float]) -> Unit:
    """The unit with its stiffness at neutral times a factor for each axis, ranges kept to 1 %.

    The ramps of each direction take what the linear terms lose. Where these alone are stiffer than
    the secant, the ramps vanish and the range is smaller.
    """
    if factors == (1.0, 1.0, 1.0):
        return unit
    left: dict[tuple[int, int], float] = {}
    for axis, factor in enumerate(factors):
        for side in SIDES:
            x = reach(unit, axis, side)
            lost = (1.0 - factor) * unit.stiffness_at_neutral(axis) * x
            ramps = _moment_of(unit, axis, side, x)
            left[axis, side] = max(1.0 + lost / ramps, 0.0) if ramps != 0.0 else 1.0

    def changed(term: PassiveTerm) -> PassiveTerm:
        if term.kind == LINEAR:
            return term.scaled(factors[term.axis])
        return term.scaled(left[term.axis, term.side]) if term.kind == RAMP else term

    parts = [replace(s, terms=tuple(map(changed, s.terms))) for s in unit.structures]
    return unit.with_structures(parts, "other stiffness at neutral")


def _moment_of(unit: Unit, axis: int, side: int, x: float) -> float:
    """Moment of the ramps of a direction at an angle [N m]."""
    parts = [
        replace(
            s, terms=tuple(t for t in s.terms if (t.kind, t.axis, t.side) == (RAMP, axis, side))
        )
        for s in unit.structures
    ]
    at = np.zeros(3)
    at[axis] = x
    return float(unit.with_structures(parts).evaluate(at)[1][axis])


def scaled(unit: Unit, factor: float) -> Unit:
    """The unit with all its stiffness and friction times a factor."""
    kept = unit.hysteresis
    hysteresis = replace(
        kept,
        stiffness=tuple(tuple(factor * k for k in axis) for axis in kept.stiffness),
        friction=tuple(tuple(factor * k for k in axis) for axis in kept.friction),
    )
    parts = [s.changed(stiffness=factor) for s in unit.structures]
    return replace(unit.with_structures(parts), hysteresis=hysteresis)


def linear_unit(unit: Unit) -> Unit:
    """The unit with the secant of its range at every angle, divided over structures as there.

    Hysteresis and failure stay.
    """
    total: dict[str, list[float]] = {s.name: [0.0] * 3 for s in unit.structures}
    for axis in range(3):
        for side in SIDES:
            at = np.zeros(3)
            at[axis] = reach(unit, axis, side)
            for s in unit.structures:
                total[s.name][axis] += abs(float(unit.part(s.name).evaluate(at)[1][axis]))
    sums = np.sum(list(total.values()), axis=0)
    parts = []
    for s in unit.structures:
        shares = np.array(total[s.name]) / sums
        terms = [linear(axis, float(shares[axis]) * secant(unit, axis)) for axis in range(3)]
        parts.append(replace(s, terms=tuple(t for t in terms if t.values[0] > 0.0)))
    return unit.with_structures(parts, "linear")


def softening_unit(unit: Unit) -> Unit:
    """A linear unit of half the secant, and as much again that acts near neutral alone."""
    soft = linear_unit(unit)
    parts = [s.changed(stiffness=0.5) for s in soft.structures]
    near = tuple(_near_neutral(axis, unit) for axis in range(3))
    return unit.with_structures([*parts, Structure("near neutral", near, "joint")], "softening")


def _near_neutral(axis: int, unit: Unit) -> PassiveTerm:
    """A moment of half the test moment that is reached at a tenth of the range."""
    mean = unit.test_moment[axis] / secant(unit, axis)
    return closure(axis, 0.5 * unit.test_moment[axis], slip=0.1 * mean)


def exponential_unit(unit: Unit) -> Unit:
    """An exponential law with the slope at neutral and the range of the unit in each direction."""
    terms = []
    for axis in range(3):
        slope = unit.stiffness_at_neutral(axis)
        for side in SIDES:
            x, moment = abs(reach(unit, axis, side)), unit.test_moment[axis]
            scale = _scale(slope, x, moment)
            terms.append(exponential(axis, slope * scale, scale=scale, side=side))
    return unit.with_structures([Structure("joint", tuple(terms), "joint")], "exponential")


def _scale(slope: float, x: float, moment: float) -> float:
    """Scale s of slope s (exp(x / s) - 1) = moment [rad]."""
    ratio = moment / (slope * x)
    y = root(lambda y: math.expm1(y) / y - ratio, 1e-6, 50.0, within=1e-10)
    return x / y


def without_branches(unit: Unit) -> Unit:
    """The unit without Maxwell branches."""
    kept = unit.hysteresis
    plain = Hysteresis(
        (), ((), (), ()), kept.damping, kept.friction, kept.yields, kept.exponent, kept.rate
    )
    return replace(unit, hysteresis=plain)
