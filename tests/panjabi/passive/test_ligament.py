"""A ligament by its length is the structure of its unit, and has the properties of a law."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.passive import injured, ligament_law, sized, unit, unit_readings
from panjabi.tissue.law import check_law


@pytest.mark.parametrize(("level", "name"), [("L4-L5", "SSL"), ("L2-L3", "ISL"), ("C4-C5", "NL")])
def test_a_ligament_keeps_the_promises_of_a_law(level, name):
    law = ligament_law(level, name)
    lengths = law.slack_length + law.arm * np.linspace(-0.1, 0.45, 60)
    check_law(law, lengths[lengths > 0.0]).raise_if_broken()
    check_law(law).raise_if_broken()


def test_its_tension_is_that_of_the_structure_in_the_unit():
    law = ligament_law("L4-L5", "SSL")
    for flexion in (0.05, 0.2, 0.4):
        readings = {
            s.name: s for s in unit_readings(unit("L4-L5"), [-flexion, 0.0, 0.0]).structures
        }
        length = law.slack_length + law.arm * flexion
        assert law.angle(length) == pytest.approx(flexion)
        assert law.tension(length) == pytest.approx(readings["SSL"].force, rel=1e-12)
        assert law.energy(length) == pytest.approx(readings["SSL"].energy, rel=1e-12)


def test_an_injured_unit_has_a_weaker_ligament():
    whole = ligament_law("L4-L5", "ISL")
    half = ligament_law("L4-L5", "ISL", of=injured(unit("L4-L5"), "ISL", 0.5))
    length = whole.slack_length + 0.3 * whole.arm
    assert half.tension(length) == pytest.approx(0.5 * whole.tension(length))


def test_only_ligaments_that_resist_flexion_have_a_length():
    with pytest.raises(ParameterError, match="ligament of L4-L5 that resists flexion, got disc"):
        ligament_law("L4-L5", "disc")
    with pytest.raises(ParameterError, match="that resists flexion, got ALL"):
        ligament_law("L4-L5", "ALL")
    with pytest.raises(UnknownNameError, match="structure of L4-L5"):
        ligament_law("L4-L5", "NL")


def test_several_ligaments_on_one_strand_have_the_sum_of_their_moments():
    law = ligament_law("L2-L3", "SSL+ISL", length=0.03, arm=0.052)
    check_law(law, 0.03 + 0.052 * np.linspace(-0.1, 0.45, 60)).raise_if_broken()
    one = [ligament_law("L2-L3", name) for name in law.ligaments]
    for flexion in (0.03, 0.15, 0.3):
        at = [each.slack_length + each.arm * flexion for each in one]
        moment = sum(each.arm * each.tension(x) for each, x in zip(one, at, strict=True))
        energy = sum(each.energy(x) for each, x in zip(one, at, strict=True))
        assert 0.052 * law.tension(0.03 + 0.052 * flexion) == pytest.approx(moment, rel=1e-12)
        assert law.energy(0.03 + 0.052 * flexion) == pytest.approx(energy, rel=1e-12)
    with pytest.raises(ParameterError, match=r"common length and arm above 0 m for SSL\+ISL"):
        ligament_law("L2-L3", "SSL+ISL")


def test_a_ligament_of_a_larger_body_has_equal_strain_and_stress():
    """S44: lengths with the length, forces with its square at the same angle."""
    whole, large = (ligament_law("L4-L5", "SSL", of=sized(unit("L4-L5"), k)) for k in (1.0, 1.1))
    at = whole.slack_length + 0.2 * whole.arm
    assert large.slack_length == pytest.approx(1.1 * whole.slack_length)
    assert large.tension(1.1 * at) == pytest.approx(1.1**2 * whole.tension(at))
