"""A functional spinal unit of another size: moments with the cube of the length, equal angles."""

from __future__ import annotations

from dataclasses import replace

from panjabi.body.model import Body
from panjabi.body.size import joint_length, size_factor
from panjabi.errors import ParameterError
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet
from panjabi.passive.directions import SACROILIAC, coordinate_names
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.preload import Proportional, Stiffening
from panjabi.passive.terms import Structure


def unit_length(body: Body, level: str) -> float:
    """Length factor of a level of a body over that of the standard adult [1].

    The geometric mean of the factors of both vertebrae; for a sacroiliac joint that of the pelvis.
    """
    if level in SACROILIAC:
        return float(body.scale[body.body_index("pelvis")])
    return joint_length(body, coordinate_names(level)[0])


def sized(unit: FunctionalSpinalUnit, length: float) -> FunctionalSpinalUnit:
    """The unit where lengths are `length` times those of the standard adult.

    Stiffness, damping, moments of the tests and moments of the limits go with the cube of the
    length, preloads with the square; angles, times and ratios stay. A unit that has this size
    already is returned unchanged.

    Raises
    ------
    ParameterError
        For a length factor that is not positive.
    """
    k = length / unit.length_scale
    if k == 1.0:
        return unit
    moment, force = size_factor("moment", k), size_factor("force", k)
    return replace(
        unit,
        structures=tuple(_sized_structure(s, moment) for s in unit.structures),
        stiffening=_sized_stiffening(unit.stiffening, force),
        hysteresis=replace(
            unit.hysteresis,
            stiffness=tuple(tuple(moment * c for c in row) for row in unit.hysteresis.stiffness),
            friction=tuple(tuple(moment * c for c in row) for row in unit.hysteresis.friction),
            damping=tuple(moment * c for c in unit.hysteresis.damping),
        ),
        test_moment=tuple(moment * m for m in unit.test_moment),
        length_scale=length,
        parameters=ParameterSet({**unit.parameters, "length_scale": _length_parameter(length)}),
    )


def sized_for(unit: FunctionalSpinalUnit, body: Body) -> FunctionalSpinalUnit:
    """The unit with the size of its level in a body."""
    return sized(unit, unit_length(body, unit.level))


def require_sized(unit: FunctionalSpinalUnit, body: Body) -> None:
    """Raise ParameterError for a unit of another size than its level in a body."""
    length = unit_length(body, unit.level)
    if abs(unit.length_scale - length) > 1e-3 * length:
        raise ParameterError(
            f"Expected a unit {unit.level} of {length:.4g} times the lengths of the standard adult "
            f"for a body of {body.stature:.2f} m, got one of {unit.length_scale:.4g} times; use "
            "panjabi.passive.sized_for(unit, body)."
        )


def _length_parameter(length: float) -> Parameter:
    return Parameter(
        length,
        "1",
        THIS_WORK,
        "derived",
        "lengths over those of the standard adult: moments go with the cube, preloads the square",
    )


def _sized_structure(structure: Structure, moment: float) -> Structure:
    return replace(
        structure,
        terms=tuple(term.scaled(moment) for term in structure.terms),
        branches=tuple(tuple(moment * c for c in row) for row in structure.branches),
    )


def _sized_stiffening(law: Stiffening | Proportional, force: float) -> Stiffening | Proportional:
    """The law with the same factor at the same stress."""
    if isinstance(law, Stiffening):
        return replace(law, scale=force * law.scale)
    return replace(law, share=law.share / force)
