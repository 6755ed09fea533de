"""Gliding layer: order of magnitude, limits of the viscosity, nothing viscous at rest."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.errors import ParameterError
from panjabi.tissue import GlidingLayer

HEALTHY = {"area": 0.01, "gap": 43e-6, "viscosity_at_rest": 1.0}


def test_order_of_magnitude_of_a_healthy_film():
    """100 cm2, 43 um, 1 Pa s: 233 N s/m, 1.2 N at 5 mm/s; 50 N at 1 mm/s needs 215 Pa s."""
    film = GlidingLayer(**HEALTHY)
    assert film.damping() == pytest.approx(233.0, abs=0.5)
    assert film.viscous_force(5e-3) == pytest.approx(1.16, abs=0.01)
    thick = GlidingLayer(**{**HEALTHY, "viscosity_at_rest": 215.0})
    assert thick.viscous_force(1e-3) == pytest.approx(50.0, abs=0.05)


def test_at_rest_only_adhesion_is_left():
    film = GlidingLayer(**HEALTHY, gel_modulus=30.0)
    assert film.viscous_force(0.0) == 0.0
    assert film.elastic_stiffness == pytest.approx(0.01 * 30.0 / 43e-6)
    assert film.force(2e-3, 0.0) == pytest.approx(2e-3 * film.elastic_stiffness)
    assert GlidingLayer(**HEALTHY).elastic_stiffness == 0.0


@given(n=st.floats(0.1, 1.0), shear_time=st.floats(0.0, 10.0), v=st.floats(0.0, 0.1))
def test_thinning_lowers_viscosity_and_force_always_resists(n, shear_time, v):
    film = GlidingLayer(**HEALTHY, flow_index=n, shear_time=shear_time)
    assert 0.0 < film.viscosity(v / film.gap) <= 1.0
    assert film.viscous_force(-v) == -film.viscous_force(v)
    assert film.viscous_force(v) * v >= 0.0
    assert film.viscous_force(1.1 * v) >= film.viscous_force(v)


def test_fast_shear_follows_a_power_law():
    film = GlidingLayer(**HEALTHY, flow_index=0.4, shear_time=1.0)
    slope = math.log(film.viscosity(1e6) / film.viscosity(1e5)) / math.log(10.0)
    assert slope == pytest.approx(-0.6, abs=1e-9)
    assert film.viscosity(0.0) == 1.0


def test_densification_and_temperature():
    dense = GlidingLayer(**HEALTHY, concentration_ratio=2.0, concentration_exponent=3.0)
    assert dense.viscosity(0.0) == pytest.approx(8.0)
    warm = GlidingLayer(**HEALTHY, activation_temperature=2000.0, temperature=315.15)
    expected = math.exp(2000.0 * (1 / 315.15 - 1 / 310.15))
    assert warm.viscosity(0.0) == pytest.approx(expected)
    assert GlidingLayer(**HEALTHY, temperature=315.15).viscosity(0.0) == 1.0


def test_arrays_keep_their_shape():
    film = GlidingLayer(**HEALTHY, gel_modulus=1.0, flow_index=0.5, shear_time=0.1)
    v = np.linspace(-1e-2, 1e-2, 6).reshape(2, 3)
    for values in (
        film.viscosity(v),
        film.viscous_force(v),
        film.damping(v),
        film.elastic_force(v),
        film.force(v, v),
    ):
        assert values.shape == (2, 3)
    assert isinstance(film.force(1e-3, 1e-3), float)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("area", 0.0),
        ("gap", -1e-6),
        ("viscosity_at_rest", -1.0),
        ("gel_modulus", math.nan),
        ("flow_index", 0.0),
        ("flow_index", 1.2),
        ("temperature", 0.0),
        ("shear_time", -1.0),
        ("concentration_ratio", 0.0),
        ("activation_temperature", math.inf),
    ],
)
def test_an_invalid_parameter_is_an_error_with_advice(field, value):
    with pytest.raises(ParameterError, match=rf"Expected GlidingLayer.{field} as .*, got .*\. .+"):
        GlidingLayer(**{**HEALTHY, field: value})
