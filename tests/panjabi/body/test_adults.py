"""Adults by stature, mass, sex and age: what changes, what does not, and who is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.active import musculature
from panjabi.body import (
    body_length,
    joint_length,
    same_size,
    scaled_body,
    segment_masses,
    size_factor,
    size_outside_evidence,
    standard_adult,
    stature_limits,
    trunk_length,
)
from panjabi.body.groups import EFFECTS, range_factor
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.literature import published, row


def test_the_defaults_are_the_packaged_adult():
    adult = standard_adult()
    assert standard_adult(stature_m=1.75, mass_kg=75.0, sex="male", age_years=30.0) is adult
    assert standard_adult(mass_kg=75.0) is adult is standard_adult(stature_m=1.75)
    assert body_length(adult) == trunk_length(adult) == joint_length(adult, "L4_L5_FE") == 1.0


@given(stature=st.floats(1.45, 2.1), mass=st.floats(42.0, 140.0))
@settings(max_examples=10, deadline=None)
def test_stature_and_mass(stature, mass):
    body = standard_adult(stature_m=stature, mass_kg=mass)
    assert body.stature == pytest.approx(stature)
    assert body.total_mass == pytest.approx(mass)
    for length in (body_length(body), trunk_length(body), joint_length(body, "C3_C4_AR")):
        assert length == pytest.approx(stature / 1.75, rel=1e-6)
    assert same_size(body, scaled_body(standard_adult(), stature=stature, mass=mass))
    assert not same_size(body, standard_adult(stature_m=stature, mass_kg=1.1 * mass))


def test_a_joint_between_segments_of_different_size_has_their_geometric_mean():
    body = scaled_body(standard_adult(), segments={"lumbar": 1.21})
    assert joint_length(body, "L5_S1_FE") == pytest.approx(1.1)
    assert joint_length(body, "L3_L4_FE") == pytest.approx(1.21)
    assert joint_length(body, "T5_T6_LB") == 1.0


@given(k=st.floats(0.5, 2.0))
def test_powers_agree_with_each_other(k):
    """Force is stress times area, moment force times length, stiffness force over length."""
    area, force = size_factor("area", k), size_factor("force", k)
    assert force == pytest.approx(size_factor("stress", k) * area)
    assert size_factor("moment", k) == pytest.approx(force * size_factor("length", k))
    assert size_factor("linear stiffness", k) == pytest.approx(force / size_factor("length", k))
    per_angle = size_factor("moment", k) / size_factor("angle", k)
    assert size_factor("rotational stiffness", k) == pytest.approx(per_angle)


@pytest.mark.parametrize("stature, mass", [(1.10, 19.0), (0.90, 13.0), (1.43, 40.0)])
def test_children_are_refused(stature, mass):
    words = rf"stature of an adult from 1.436 m.*ANSURII.*got {stature:g} m; children"
    with pytest.raises(ParameterError, match=words):
        standard_adult(stature_m=stature, mass_kg=mass)
    with pytest.raises(ParameterError, match="children"):
        scaled_body(standard_adult(), segments={"thigh": 0.5, "shank": 0.5, "lumbar": 0.6})


def test_the_limits_are_those_of_measured_adults():
    """Three SD around the means of soldiers; the fifth percentiles lie well inside."""
    low, high = stature_limits()
    assert low == pytest.approx(1.62847 - 3 * 0.0642)
    assert high == pytest.approx(1.75621 + 3 * 0.06855)
    assert size_outside_evidence(standard_adult()) == ()
    assert size_outside_evidence(standard_adult(stature_m=1.525, mass_kg=51.3)) == ()
    giant = standard_adult(stature_m=2.1, mass_kg=160.0)
    assert [text.split()[1] for text in size_outside_evidence(giant)] == ["stature", "mass"]


def test_every_effect_of_sex_and_age_has_rows_that_may_set_a_parameter():
    roles = set()
    for text in EFFECTS.values():
        for name in text.replace("(prior)", "").replace("(calibration)", "").split(","):
            name = name.strip()
            tables = ("spine-passive", "clinical")
            rows = [r for t in tables for r in published(t) if _is(name, r.id)]
            assert rows, name
            roles |= {r.role for r in rows}
    assert roles == {"prior", "calibration"}


def _is(pattern, id):
    return id.startswith(pattern[:-1]) if pattern.endswith("*") else id == pattern


def test_a_woman_of_equal_size():
    """Same mass and geometry; other fractions of the segments; equal strength."""
    man, woman = standard_adult(), standard_adult(sex="female")
    assert woman.total_mass == pytest.approx(man.total_mass)
    assert (woman.scale == man.scale).all()
    before, after = segment_masses(man), segment_masses(woman)
    ratio = row("lev96_f_lower_trunk").number / row("lev96_m_lower_trunk").number
    other = row("lev96_f_middle_trunk").number / row("lev96_m_middle_trunk").number
    gain = (after["pelvis"] / before["pelvis"]) / (after["lumbar"] / before["lumbar"])
    assert gain == pytest.approx(ratio / other)
    names = ("head_and_neck", "upper_trunk", "middle_trunk", "lower_trunk")
    trunk = [sum(row(f"lev96_{sex}_{name}").number for name in names) / 100.0 for sex in "mf"]
    limbs = (after["thigh_r"] / before["thigh_r"]) / (after["pelvis"] / before["pelvis"])
    assert limbs == pytest.approx((1.0 - trunk[1]) / (1.0 - trunk[0]) / ratio)
    assert after["thigh_r"] / before["thigh_r"] == pytest.approx(after["hand_l"] / before["hand_l"])
    assert woman.inertia[3] == pytest.approx(woman.mass[3] / man.mass[3] * man.inertia[3])
    assert (musculature("whole", woman).max_force == musculature("whole", man).max_force).all()
    assert not same_size(man, woman)


def test_age_narrows_the_lumbar_ranges_and_nothing_else():
    young, old = standard_adult(), standard_adult(age_years=90.0)
    assert range_factor("SD-8", 90.0).si == pytest.approx(40.0 / (72.0 - 32.0 * 14.0 / 74.0))
    changed = [old.coordinates[k] for k in np.flatnonzero((old.ranges != young.ranges).any(axis=1))]
    assert set(changed) == {
        f"{joint}_{axis}"
        for joint in ("L1_L2", "L2_L3", "L3_L4", "L4_L5", "L5_S1")
        for axis in ("FE", "LB")
    }
    k = young.coordinate_index("L4_L5_FE")
    expected = [range_factor(id, 90.0).si for id in ("SD-8", "SD-9")]  # flexion is negative
    assert old.ranges[k] / young.ranges[k] == pytest.approx(expected)
    assert (old.mass == young.mass).all()
    assert (musculature("lumbar", old).max_force == musculature("lumbar").max_force).all()
    with pytest.raises(ParameterError, match="age from 16 to 90 years, got 10"):
        standard_adult(age_years=10)


def test_another_sex_is_an_error():
    with pytest.raises(UnknownNameError, match="unknown sex 'woman'"):
        standard_adult(sex="woman")  # type: ignore[arg-type]


def test_unknown_quantities_and_lengths_are_errors():
    with pytest.raises(ParameterError, match="Expected a quantity"):
        size_factor("colour", 1.1)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="length factor above 0, got -1"):
        size_factor("area", -1.0)
