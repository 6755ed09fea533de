"""Collagen, cable and nerve path: closed forms, pretension, refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.errors import PanjabiError, ParameterError
from panjabi.tissue import Cable, Collagen, NervePath

positive = st.floats(1e-3, 1e4)
toes = st.floats(1e-3, 0.3)


@pytest.mark.parametrize("law_class", [Collagen, NervePath])
def test_tension_in_each_region(law_class):
    """EA 1000 N, l0 0.2 m, toe to 4 %: numbers calculated from the three formulas."""
    law = law_class(slack_length=0.2, stiffness=1000.0, transition_strain=0.04)
    lengths = 0.2 * (1.0 + np.array([-0.1, 0.0, 0.02, 0.04, 0.1]))
    assert law.tension(lengths) == pytest.approx([0, 0, 5.0, 20.0, 80.0])
    assert law.tangent(lengths) == pytest.approx([0, 0, 2500.0, 5000.0, 5000.0])
    toe_end = 0.2 * 1000.0 * 0.04**3 / (6 * 0.04)
    beyond = 0.2 * 1000.0 * (0.08**2 / 2 + 0.04**2 / 24)
    expected = [0, 0, 0.2 * 1000.0 * 0.02**3 / (6 * 0.04), toe_end, beyond]
    assert law.energy(lengths) == pytest.approx(expected)
    assert law.strain(lengths) == pytest.approx([-0.1, 0.0, 0.02, 0.04, 0.1])
    assert law.reference_stiffness() == pytest.approx(5000.0)


def test_a_slack_strand_has_exactly_no_energy_tension_and_tangent():
    for law in (
        Collagen(slack_length=0.3, stiffness=7e4, transition_strain=0.03),
        Cable(slack_length=0.3, stiffness=7e4),
    ):
        for length in (0.01, 0.29, 0.3):
            assert (law.energy(length), law.tension(length), law.tangent(length)) == (0, 0, 0)


@given(l0=positive, ea=positive, toe=toes)
def test_value_and_slope_are_continuous_at_the_transition(l0, ea, toe):
    law = Collagen(slack_length=l0, stiffness=ea, transition_strain=toe)
    below, above = (l0 * (1 + toe * (1 + d)) for d in (-1e-9, 1e-9))
    for method in (law.energy, law.tension, law.tangent):
        assert method(below) == pytest.approx(method(above), rel=1e-7)


@given(l0=positive, ea=positive, toe=toes, a=st.floats(-0.3, 1.0), b=st.floats(-0.3, 1.0))
def test_energy_is_convex_and_tension_its_slope(l0, ea, toe, a, b):
    """U(b) >= U(a) + T(a) (b - a): the tangent line never lies above a convex energy."""
    law = Collagen(slack_length=l0, stiffness=ea, transition_strain=toe)
    la, lb = l0 * (1 + a), l0 * (1 + b)
    line = law.energy(la) + law.tension(la) * (lb - la)
    assert law.energy(lb) >= line - 1e-12 * (abs(line) + ea * l0)


@given(length=positive, ea=positive, toe=toes, share=st.floats(0.0, 0.5))
def test_with_tension_at_gives_that_tension(length, ea, toe, share):
    tension = share * ea
    law = Collagen.with_tension_at(length, tension, stiffness=ea, transition_strain=toe)
    assert law.tension(length) == pytest.approx(tension, rel=1e-9, abs=1e-12 * ea)
    cable = Cable.with_tension_at(length, tension, stiffness=ea)
    assert cable.tension(length) == pytest.approx(tension, rel=1e-9, abs=1e-12 * ea)


def test_with_no_tension_the_strand_is_just_slack():
    law = Collagen.with_tension_at(0.25, 0.0, stiffness=1e4, transition_strain=0.03)
    assert law.slack_length == 0.25


@given(l0=positive, ea=positive, strain=st.floats(0.01, 0.5))
def test_cable_is_collagen_without_a_toe(l0, ea, strain):
    """The toe lowers the linear branch by EA e_t / 2 and so vanishes with it."""
    toe = 1e-9
    collagen = Collagen(slack_length=l0, stiffness=ea, transition_strain=toe)
    cable = Cable(slack_length=l0, stiffness=ea)
    length = l0 * (1 + strain)
    assert collagen.tension(length) == pytest.approx(cable.tension(length), rel=1e-6)


def test_precision_is_kept_near_the_slack_length():
    """At a strain of 2^-40 the toe formula still holds to rounding (slack length 1 m)."""
    law = Collagen(slack_length=1.0, stiffness=1e3, transition_strain=0.03)
    strain = 2.0**-40
    assert law.tension(1.0 + strain) == pytest.approx(1e3 * strain**2 / 0.06, rel=1e-15)


def test_shapes_scalars_and_nan():
    law = Collagen(slack_length=0.2, stiffness=1e3, transition_strain=0.04)
    assert isinstance(law.tension(0.21), float)
    assert isinstance(law.tension(np.float64(0.21)), float)
    assert law.tension([[0.21, 0.22]]).shape == (1, 2)
    assert law.tension(np.empty((0, 3))).shape == (0, 3)
    strided = np.linspace(0.19, 0.25, 12).reshape(3, 4)[:, ::2]
    assert law.tension(strided)[2, 1] == law.tension(float(strided[2, 1]))
    assert math.isnan(law.tension(math.nan))


GOOD = {"slack_length": 0.2, "stiffness": 1e3, "transition_strain": 0.03}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slack_length", 0.0),
        ("slack_length", -0.1),
        ("slack_length", math.nan),
        ("stiffness", -5.0),
        ("stiffness", 0.0),
        ("stiffness", math.inf),
        ("transition_strain", 0.0),
        ("transition_strain", -0.01),
        ("transition_strain", "0.03"),
        ("stiffness", True),
        ("stiffness", None),
    ],
)
@pytest.mark.parametrize("law_class", [Collagen, NervePath])
def test_an_invalid_parameter_is_an_error_with_advice(law_class, field, value):
    with pytest.raises(ParameterError, match=rf"Expected .*{field} as .*, got .*\. .+") as refusal:
        law_class(**{**GOOD, field: value})
    assert isinstance(refusal.value, ValueError)
    assert isinstance(refusal.value, PanjabiError)
    assert law_class.__name__ in str(refusal.value)


@pytest.mark.parametrize(("length", "tension"), [(0.0, 1.0), (0.2, -1.0), (0.2, math.nan)])
def test_impossible_pretension_is_refused(length, tension):
    with pytest.raises(ParameterError, match="Expected .*, got"):
        Collagen.with_tension_at(length, tension, stiffness=1e3, transition_strain=0.03)
