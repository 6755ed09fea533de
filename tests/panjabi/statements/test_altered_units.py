"""Units with other assumed values keep what they promise; rivals have their law."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.passive import unit
from panjabi.statements.altered_units import (
    SIDES,
    exponential_unit,
    linear_unit,
    reach,
    scaled,
    secant,
    softening_unit,
    specimen,
    with_neutral,
    without_branches,
)

UNIT = unit("L4-L5")


def ranges(u):
    return np.array([[reach(u, axis, side) for side in SIDES] for axis in range(3)])


@pytest.mark.parametrize("factor", [0.6, 1.3])
def test_another_stiffness_at_neutral_keeps_the_ranges(factor):
    changed = with_neutral(UNIT, (factor, 1.0, factor))
    np.testing.assert_allclose(ranges(changed), ranges(UNIT), rtol=0.01)
    ratio = [changed.stiffness_at_neutral(a) / UNIT.stiffness_at_neutral(a) for a in range(3)]
    assert ratio == pytest.approx([factor, 1.0, factor], rel=0.1)  # ramps are rounded


def test_where_neutral_is_stiffer_than_the_secant_the_range_falls():
    factor = 2.0 * secant(UNIT, 0) / UNIT.stiffness_at_neutral(0)
    changed = with_neutral(UNIT, (factor, 1.0, 1.0))
    assert abs(ranges(changed)[0]).max() < abs(ranges(UNIT)[0]).max()


def test_a_linear_unit_has_the_secant_at_every_angle():
    changed = linear_unit(UNIT)
    for axis in range(3):
        for angle in (0.0, 0.02, -0.05):
            at = angle * np.eye(3)[axis]
            assert changed.tangent(at)[axis, axis] == pytest.approx(secant(UNIT, axis))
    assert {s.name for s in changed.structures} == {s.name for s in UNIT.structures}


def test_an_exponential_unit_has_slope_and_ranges_of_the_unit():
    changed = exponential_unit(UNIT)
    np.testing.assert_allclose(ranges(changed), ranges(UNIT), rtol=1e-6)
    slope = changed.tangent(np.array([1e-9, 0.0, 0.0]))[0, 0]
    assert slope == pytest.approx(UNIT.stiffness_at_neutral(0), rel=1e-6)


def test_a_softening_unit_is_stiffest_at_neutral():
    changed = softening_unit(UNIT)
    assert changed.stiffness_at_neutral(0) > 2.0 * changed.tangent([0.1, 0.0, 0.0])[0, 0]


def test_factors_of_stiffness_and_friction():
    np.testing.assert_allclose(
        scaled(UNIT, 2.0).moment([0.05, 0.0, 0.01]), 2.0 * UNIT.moment([0.05, 0.0, 0.01])
    )
    rough = specimen(UNIT, {"friction": 2.0})
    np.testing.assert_allclose(rough.hysteresis.friction, 2.0 * np.array(UNIT.hysteresis.friction))
    assert specimen(UNIT, {}) == UNIT
    assert without_branches(UNIT).hysteresis.times == ()
