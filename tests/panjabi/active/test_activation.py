"""Activation dynamics against SymPy's own class."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from sympy.physics.biomechanics import FirstOrderActivationDeGroote2016

from panjabi.active.activation import ActivationDynamics, activation_rate
from panjabi.errors import ParameterError
from panjabi.literature import published
from panjabi.parameter import Parameter

PLACES = [(0.0, 1.0), (1.0, 0.0), (0.3, 0.31), (0.5, 0.5), (0.02, 0.4), (0.9, 0.1)]


def test_rate_and_slopes_equal_sympy_biomechanics():
    oracle = FirstOrderActivationDeGroote2016.with_defaults("m")
    rate = next(iter(oracle.rhs()))
    e, a = oracle.excitation, oracle.activation
    slopes = [rate, sp.diff(rate, a), sp.diff(rate, e)]
    constants = ActivationDynamics().constants
    for excitation, activation in PLACES:
        exact = [float(f.subs({a: activation}).subs({e: excitation}).evalf()) for f in slopes]
        mine = activation_rate(*constants, excitation, activation)
        assert mine == pytest.approx(exact, rel=1e-11, abs=1e-11)
        assert mine == pytest.approx(
            activation_rate.py_func(*constants, excitation, activation), rel=1e-13
        )


def test_constants_are_those_of_the_table():
    rows = {row.id: row for row in published("spine-active")}
    constants = [rows[k].number for k in ("dg_tau_a", "dg_tau_d", "dg_b_sympy")]
    assert ActivationDynamics().constants == pytest.approx(constants)


def test_it_rises_faster_than_it_falls_only_with_a_sharp_switch():
    def ratio(sharpness):
        law = ActivationDynamics(sharpness=Parameter(sharpness, "1", "User", "assumed"))
        return float(law.rate(0.8, 0.2) / -law.rate(0.2, 0.8))

    assert ratio(10.0) > 2.5  # 1/15 ms against 1/60 ms, each at its own activation
    assert ratio(0.1) < 1.6  # both times act at once


def test_shapes_and_errors():
    assert ActivationDynamics().rate(np.ones((2, 3)), 0.5).shape == (2, 3)
    with pytest.raises(ParameterError, match="rise_time above 0, got 0"):
        ActivationDynamics(rise_time=Parameter(0.0, "ms", "User", "assumed"))


@pytest.mark.parametrize(("excitation", "activation"), [(np.nan, 0.5), (2.0, 0.5), (0.5, -0.1)])
def test_values_outside_zero_to_one_are_errors(excitation, activation):
    with pytest.raises(ParameterError, match="from 0 to 1, got .*give fractions"):
        ActivationDynamics().rate([0.5, excitation], activation)
