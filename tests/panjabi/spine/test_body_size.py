"""Spines of another size: one policy for geometry, weight, units, muscles, pressure and reflexes.

Isometric bodies have lengths times k. With mass times k cubed, moments of tissue go with k cubed
and moments of weight with k to the fourth. With mass times k squared (same body mass index) both
go with k cubed, so that a whole spine at rest is similar to that of the standard adult.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.active import Pressure, musculature, strut
from panjabi.active.musculotendon import Musculotendon
from panjabi.body import standard_adult
from panjabi.errors import ParameterError
from panjabi.neural import Conduction, sized_delay
from panjabi.passive import unit
from panjabi.recruitment import recruit
from panjabi.spine import LinearJoint, UnitOptions, column, equilibrium, spine_model, static_spine
from panjabi.spine.model_build import with_load
from panjabi.spine.static_model import HeldLoad
from panjabi.spine.strength import strength
from panjabi.stability import buckle

SIZES = st.floats(0.85, 1.12)


def isometric(k: float):
    """A body with all lengths times k, and mass with its volume."""
    return standard_adult(stature_m=1.75 * k, mass_kg=75.0 * k**3)


def similar(k: float):
    """A body with all lengths times k and the same body mass index."""
    return standard_adult(stature_m=1.75 * k, mass_kg=75.0 * k**2)


@given(k=SIZES)
@settings(max_examples=5, deadline=None)
def test_every_term_obeys_its_power(k):
    adult, other = static_spine(pressure=4e3), static_spine(body=isometric(k), pressure=4e3)
    powers = {"passive": 3, "gravity": 4, "abdominal pressure": 3}
    for name, power in powers.items():
        for part in ("gradient", "hessian"):
            one, two = getattr(adult.terms[name], part), getattr(other.terms[name], part)
            assert two == pytest.approx(
                k**power * one, rel=1e-5, abs=1e-6 * np.abs(one).max() + 1e-12
            )
    assert other.muscles.strongest == pytest.approx(k**2 * adult.muscles.strongest, rel=1e-5)
    assert other.muscles.arms == pytest.approx(k * adult.muscles.arms, rel=1e-5, abs=1e-9)
    lengths = other.muscles.optimal_fibre / adult.muscles.optimal_fibre
    assert lengths == pytest.approx(k, rel=1e-6)


@given(k=SIZES, name=st.sampled_from(["extension", "flexion", "left rotation", "right bending"]))
@settings(max_examples=6, deadline=None)
def test_capacity_goes_with_the_cube(k, name):
    """Lying, where weight needs no moment; or standing, at equal body mass index."""
    for posture, body in (("supine", isometric(k)), ("standing", similar(k))):
        adult = strength(static_spine(posture), name).moment
        moment = strength(static_spine(posture, body=body), name).moment
        assert moment == pytest.approx(k**3 * adult, rel=1e-5)


def test_a_heavier_body_of_equal_height_is_not_stronger():
    heavy = static_spine("supine", body=standard_adult(mass_kg=120.0))
    assert strength(heavy, "extension").moment == pytest.approx(
        strength(static_spine("supine"), "extension").moment
    )


def test_standing_at_equal_body_mass_index_is_similar():
    """Forces of muscles and in discs go with k squared, if the floor goes with k cubed."""
    k = 0.88
    adult = recruit(static_spine(), floor=5.0)
    other = recruit(static_spine(body=similar(k)), floor=5.0 * k**3)
    loads = [np.array(list(r.compression.values())) for r in (adult, other)]
    assert loads[1] == pytest.approx(k**2 * loads[0], rel=2e-3)
    assert other.parameters["disc_area"].si == pytest.approx(k**2 * 1.8e-3)


@given(k=SIZES)
@settings(max_examples=5, deadline=None)
def test_standing_angles_change_with_the_weight(k):
    """A moment of weight, k to the fourth, on a unit, k cubed: the angle of the adult under k."""
    body = isometric(k)
    spine, adult = static_spine(body=body), static_spine()
    weight = [0.05 * s.weight.gradient[3] for s in (spine, adult)]  # of L4-L5, a twentieth
    assert weight[0] == pytest.approx(k**4 * weight[1], rel=1e-5)
    angle = spine.units[1].angle_under(0, weight[0])
    assert angle == pytest.approx(unit("L4-L5").angle_under(0, k * weight[1]), rel=1e-4)
    assert (abs(angle) > abs(unit("L4-L5").angle_under(0, weight[1]))) == (k > 1.0)


@given(k=SIZES)
@settings(max_examples=4, deadline=None)
def test_a_spine_in_motion_obeys_the_same_powers(k):
    adult, other = (
        spine_model(plane="sagittal", reflexes=True, body=body) for body in (None, isometric(k))
    )
    q = adult.dynamics.held
    at = adult.dynamics.part(q)
    assert other.dynamics.mass_matrix(at) == pytest.approx(
        k**5 * adult.dynamics.mass_matrix(at), rel=1e-5
    )
    assert other.rest_length == pytest.approx(k * adult.rest_length, rel=1e-6)
    for one, two in zip(adult.joints, other.joints, strict=True):
        assert two.unit.rows[:, 2] == pytest.approx(k**3 * one.unit.rows[:, 2], rel=1e-6)
    waits = {"short": 0.005, "medium": 0.034}  # receptor, synapse, junction, centre
    for one, two in zip(adult.delays, other.delays, strict=True):
        wait = waits["short" if one < 0.05 else "medium"]
        assert two == pytest.approx(wait + k * (one - wait), rel=1e-6)
    assert (other.loops.receptors.gain == adult.loops.receptors.gain).all()


def test_the_equilibrium_of_a_similar_body_has_the_same_excitations():
    """Posture and excitations of the standard adult; tensions with k squared."""
    k = 0.9
    adult, other = (
        equilibrium(
            spine_model(
                plane="sagittal", reflexes=True, body=body, units=UnitOptions(preload=preload)
            )
        )
        for body, preload in ((None, 500.0), (similar(k), 500.0 * k**2))
    )
    assert other.model.excitation == pytest.approx(adult.model.excitation, abs=1e-7)
    assert other.model.rest_tension == pytest.approx(k**2 * adult.model.rest_tension, rel=1e-5)
    assert other.outside_evidence == ()


def test_waits_of_a_reflex_do_not_depend_on_size():
    path = Conduction()
    for kind in ("short", "medium", "long", "force"):
        adult = path.delay(kind, 0.6, 0.5, to_brain=0.7)
        other = path.delay(kind, 1.2 * 0.6, 1.2 * 0.5, to_brain=1.2 * 0.7)
        assert sized_delay(kind, adult, 1.2) == pytest.approx(other)
    assert sized_delay("medium", 0.02, 1.2) == 0.02  # below the waits: all waiting
    assert sized_delay("short", 0.03, 1.0) == 0.03


def test_buckling_of_a_column_of_units():
    """Stiffness over length: the load of a similar column goes with k squared; the mode stays."""
    adult, other = buckle(plane="frontal"), buckle(plane="frontal", body=similar(0.9))
    assert other.load == pytest.approx(0.81 * adult.load, rel=1e-4)
    assert other.instantaneous_load == pytest.approx(0.81 * adult.instantaneous_load, rel=1e-4)
    with pytest.raises(ParameterError, match="lumbar column of the standard adult"):
        buckle(law="linear", body=similar(0.9))


def test_the_fault_input_is_refused_and_heavy_bodies_answer():
    """A child of 1.10 m and 19 kg had the 275 N m of an adult."""
    with pytest.raises(ParameterError, match="from 1.436 m"):
        static_spine(body=standard_adult(stature_m=1.10, mass_kg=19.0))
    small = static_spine(body=standard_adult(stature_m=1.50, mass_kg=45.0))
    assert strength(small, "extension").moment < 0.7 * strength(static_spine(), "extension").moment
    heavy = static_spine(body=standard_adult(mass_kg=150.0))
    assert any("mass of 150 kg" in words for words in heavy.outside_evidence)
    moving = spine_model(joints=["L4-L5"], plane="sagittal", body=standard_adult(mass_kg=150.0))
    assert "mass of 150 kg" in equilibrium(moving).outside_evidence[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda body: static_spine(muscles=musculature("lumbar", body)),
        lambda body: spine_model(muscles=musculature("lumbar", body)),
        lambda body: spine_model(muscles=Musculotendon(musculature("lumbar", body))),
        lambda body: spine_model(body=body, muscles=musculature("lumbar")),
        lambda body: replace(spine_model(body=body), muscles=spine_model().muscles),
        lambda body: static_spine(body=body).with_units(static_spine().units),
        lambda body: column("lumbar", static_spine().units, body=body),
    ],
    ids=["static", "moving", "tendons", "adult muscles", "replaced", "adult units", "column"],
)
def test_parts_of_different_bodies_do_not_mix(make):
    with pytest.raises(ParameterError, match="for a body of"):
        make(standard_adult(stature_m=1.60, mass_kg=58.0))


def test_parts_that_need_no_unit_take_any_body():
    body = isometric(0.9)
    made = column("lumbar", LinearJoint.isotropic(10.0), body=body)
    adult = column("lumbar", LinearJoint.isotropic(10.0))
    assert made.load_point == pytest.approx(0.9 * adult.load_point, rel=1e-6)
    pressure = strut(Pressure(), body).settings
    assert pressure.force == pytest.approx(0.81 * Pressure().force, rel=1e-6)
    assert pressure.lever.si == pytest.approx(0.9 * Pressure().lever.si, rel=1e-6)
    assert pressure.pressure == Pressure().pressure


def test_a_body_of_default_size_gives_the_same_bits():
    """A copy of the standard adult, which is another object, goes through all factors."""
    copy = replace(standard_adult())
    for region in ("lumbar", "cervical"):
        one, two = musculature(region), musculature(region, copy)
        for name in ("max_force", "optimal_length", "tendon_slack_length"):
            assert (getattr(one, name) == getattr(two, name)).all()
    one, two = static_spine(pressure=3e3), static_spine(body=copy, pressure=3e3)
    assert (one.demand == two.demand).all() and (one.constant == two.constant).all()
    moving = [spine_model(plane="sagittal", reflexes=True, body=b) for b in (None, copy)]
    assert moving[0].delays == moving[1].delays


def test_the_adult_with_a_load_is_the_adult():
    spine_model(body=with_load(standard_adult(), HeldLoad(20.0)), muscles=False)
