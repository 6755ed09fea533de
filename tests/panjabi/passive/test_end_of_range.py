"""Beyond the elastic zone: stops, failure, and what the structures then carry."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.literature import row
from panjabi.passive import cut, levels, unit, unit_readings
from panjabi.passive.anatomy import end_shares
from panjabi.passive.directions import DEGREE, DIRECTIONS
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.generated import toe
from panjabi.passive.standard import fitted_unit

FLEXION = np.array([-1.0, 0.0, 0.0])


@pytest.mark.parametrize("moment", [30.0, 60.0])
def test_l4_l5_in_flexion_follows_the_stiffness_under_large_moments(moment):
    """Miller 1986: 6 to 11 N m/deg; the angle stays below the largest that was reached."""
    one = unit("L4-L5")
    angle = one.range_at("flexion", moment)
    stiffness = one.tangent(FLEXION * angle)[0, 0] * DEGREE
    assert row("fsu_mil_klo").number < stiffness < row("fsu_mil_khi").number
    assert math.degrees(angle) < 18.0


def test_l4_l5_fails_in_flexion_at_a_published_size_of_moment():
    one = unit("L4-L5")
    assert 95.0 < abs(one.moment(FLEXION * one.failure[0][0])[0]) < 230.0


@pytest.mark.parametrize("level", levels())
def test_the_stop_leaves_the_tests_of_range_as_they_were(level):
    whole, bare = unit(level), fitted_unit(level, "default", ends=False)
    for name, (axis, side) in DIRECTIONS.items():
        reach = bare.range_at(name)
        assert whole.range_at(name) == pytest.approx(reach, rel=1e-12)
        at = np.eye(3)[axis] * side
        for part in (0.5, 0.999):
            assert whole.moment(at * part * reach) == pytest.approx(bare.moment(at * part * reach))
        far = at * 1.2 * reach
        assert whole.tangent(far)[axis, axis] >= bare.evaluate(far)[2][axis, axis]


@pytest.mark.parametrize("level", levels())
def test_fractions_of_the_stop_sum_to_one_and_facets_stop_extension_and_rotation(level):
    for name in DIRECTIONS:
        assert sum(end_shares(level, name).values()) == pytest.approx(1.0, rel=1e-12)
    if level.startswith("L"):
        assert end_shares(level, "extension")["facet_left"] > 0.3
        assert end_shares(level, "left rotation")["facet_right"] > 0.5


@settings(max_examples=60, deadline=None)
@given(slack=st.floats(0.0, 0.2), length=st.floats(0.01, 0.2), x=st.floats(-0.3, 0.5))
def test_a_toe_is_smooth_and_stiffens(slack, length, x):
    """Energy, moment and tangent are continuous where the branches meet; the tangent rises."""
    for place in (slack, slack + length):
        near = [np.array(toe(50.0, slack, length, place + h)) for h in (-1e-9, 1e-9)]
        assert near[0] == pytest.approx(near[1], abs=1e-5)
    energy, moment, tangent = toe(50.0, slack, length, x)
    assert energy >= 0.0 and moment >= 0.0 and 0.0 <= tangent <= 50.0 + 1e-12
    assert toe(50.0, slack, length, x + 0.01)[2] >= tangent - 1e-12
    if x <= slack:
        assert energy == moment == tangent == 0.0


def test_structures_share_moment_and_energy_of_the_unit():
    one = unit("L4-L5", preload=500.0)
    at = np.array([-0.2, 0.05, 0.02])
    readings = unit_readings(one, at)
    assert np.sum([s.moment for s in readings.structures], axis=0) == pytest.approx(one.moment(at))
    assert sum(s.energy for s in readings.structures) == pytest.approx(one.energy(at))
    assert 0.0 < readings.use < 1.0


def test_the_weakest_ligament_fails_where_the_unit_fails():
    one = unit("L4-L5")
    readings = unit_readings(one, FLEXION * one.failure[0][0] * (1.0 - 1e-9))
    strained = [s for s in readings.structures if s.strain]
    uses = [s.strain / s.failure_strain for s in strained if s.strain and s.failure_strain]
    assert max(uses) == pytest.approx(1.0) and len(uses) == 4
    assert readings.structures[0].strain is None  # the disc
    extended = unit_readings(one, [0.05, 0.0, 0.0])
    assert [s.name for s in extended.structures if s.strain] == ["ALL"]


def test_pressure_and_height_loss_of_the_disc():
    """Pressure follows the compression; height loss is minus the derivative of the energy."""
    at = np.array([-0.05, 0.02, 0.0])
    one = unit("L4-L5")

    def energy(force: float) -> float:
        return one.with_preload(force).energy(at) - 0.5 * force**2 / (1734e3)

    loaded = unit_readings(one.with_preload(500.0), at)
    slope = (energy(500.5) - energy(499.5)) / 1.0
    assert loaded.height_loss == pytest.approx(-slope, rel=1e-6)
    assert loaded.disc_pressure == pytest.approx(1.4 * 500.0 / 1.8e-3)
    assert loaded.height_loss is not None
    assert loaded.disc_strain == pytest.approx(loaded.height_loss / 0.011)
    assert unit_readings(unit("C1-C2"), np.zeros(3)).disc_pressure is None


def test_without_the_posterior_ligaments_the_moment_at_failure_falls():
    one = unit("L4-L5")
    hurt = cut(one, "SSL", "ISL", "LF", "CL", "PLL")
    assert isinstance(hurt, FunctionalSpinalUnit) and hurt.failure == one.failure
    at = FLEXION * one.failure[0][0]
    assert abs(hurt.moment(at)[0]) < 0.6 * abs(one.moment(at)[0])
