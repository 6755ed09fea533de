"""The curves against SymPy's own muscle models, the published table, and themselves."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, strategies as st
from sympy.physics.biomechanics import (
    FiberForceLengthActiveDeGroote2016,
    FiberForceLengthPassiveDeGroote2016,
    FiberForceVelocityDeGroote2016,
    TendonForceLengthDeGroote2016,
)

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.literature import published
from panjabi.parameter import Parameter
from panjabi.tissue import (
    DeGrooteCurves,
    de_groote_kernels as kernels,
    de_groote_symbols as symbols,
)

REFIT, PUBLISHED = DeGrooteCurves.refit(), DeGrooteCurves.published()
ROWS = {row.id: row for row in published("spine-active")}
LENGTHS = np.linspace(0.35, 1.8, 59)
SPEEDS = np.linspace(-1.2, 1.2, 49)
TENDONS = np.linspace(0.97, 1.08, 45)


def constants(curves):
    si = curves.parameters.si
    return (
        {symbols.b[i, k]: si(f"b{i + 1}{k + 1}") for i in range(4) for k in range(3)}
        | {symbols.d[i]: si(f"d{i + 1}") for i in range(4)}
        | {symbols.c[i]: si(f"c{i}") for i in range(4)}
        | {symbols.k_pe: si("k_pe"), symbols.e_0: si("e_0"), symbols.l_min: si("l_min")}
    )


@pytest.mark.parametrize("curves", [REFIT, PUBLISHED], ids=["refit", "published"])
@pytest.mark.parametrize(
    "name, method, places",
    [
        ("active_force_length", "active", LENGTHS),
        ("force_velocity", "velocity", SPEEDS),
        ("passive_force_length", "passive", LENGTHS),
        ("tendon_force_length", "tendon", TENDONS),
    ],
)
def test_kernels_equal_the_symbols_and_their_derivative(curves, name, method, places):
    variable, curve, slope = symbols.curve(name)
    got = getattr(curves, method)(places)
    for mine, expression in zip(got, (curve, slope), strict=True):
        function = sp.lambdify(variable, expression.subs(constants(curves)), "mpmath")
        exact = [float(function(float(x))) for x in places]
        assert mine == pytest.approx(exact, rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(
    "name, oracle",
    [
        ("active_force_length", FiberForceLengthActiveDeGroote2016),
        ("force_velocity", FiberForceVelocityDeGroote2016),
        ("passive_force_length", FiberForceLengthPassiveDeGroote2016),
        ("tendon_force_length", TendonForceLengthDeGroote2016),
    ],
)
def test_published_curves_are_those_of_sympy_biomechanics(name, oracle):
    variable, curve, slope = symbols.curve(name)
    theirs = oracle.with_defaults(variable).doit(deep=False, evaluate=False)
    mine = {k: sp.nsimplify(v, rational=True) for k, v in constants(PUBLISHED).items()}
    for a, b in ((curve, theirs), (slope, sp.diff(theirs.doit(), variable))):
        for x in (0.4, 0.9, 1.0, 1.07, 1.5):
            value = sp.N(a.subs(mine).subs(variable, x), 20)
            assert float(value) == pytest.approx(float(sp.N(b.doit().subs(variable, x))), rel=1e-12)


def test_constants_are_those_of_the_table():
    si, refit = PUBLISHED.parameters.si, REFIT.parameters.si
    names = [f"b{i}{k}" for i in range(1, 5) for k in range(1, 4)]
    for name in names:
        assert si(name) == ROWS[f"dg_act_{name}"].number
        assert refit(name) == ROWS[f"dg_os_act_{name}"].number
    for name in ("d1", "d2", "d3", "d4"):
        assert si(name) == ROWS[f"dg_fv_{name}"].number
    assert refit("d1") == ROWS["dg_os_fv_d1"].number
    assert refit("d4") == ROWS["dg_os_fv_d4"].number
    for i in range(4):
        assert si(f"c{i}") == ROWS[f"dg_tendon_c{i}"].number
    assert (si("e_0"), si("k_pe")) == (ROWS["dg_pas_e0"].number, ROWS["dg_pas_kpe"].number)


@pytest.mark.parametrize("curves, prefix", [(PUBLISHED, "dg_"), (REFIT, "dg_os_")])
def test_values_of_the_table(curves, prefix):
    for length in ("0.5", "0.8", "1", "1.2", "1.5"):
        row = ROWS[f"{prefix}fl_{length}"]
        assert curves.active(float(length))[0] == pytest.approx(row.number, abs=6e-6)
    for speed in ("-1", "-0.5", "0", "0.5", "1"):
        row = ROWS[f"{prefix}fv_{speed}"]
        assert curves.velocity(float(speed))[0] == pytest.approx(row.number, abs=6e-6)
    assert curves.tendon(1.049)[0] == pytest.approx(ROWS["dg_ft_1.049"].number, abs=1e-6)


def test_refit_is_one_at_rest_and_its_passive_fibre_never_pushes():
    assert REFIT.active(1.0)[0] == pytest.approx(1.0, abs=1e-9)
    assert REFIT.velocity(0.0)[0] == pytest.approx(1.0, abs=1e-9)
    assert PUBLISHED.active(1.0)[0] == pytest.approx(0.994, abs=5e-4)
    assert REFIT.passive(np.linspace(0.2, 2.0, 50))[0].min() >= 0.0
    assert PUBLISHED.passive(0.5)[0] < 0.0
    # read from OpenSim 4.6's own muscle
    seen = {0.5: 0.0005650149537784078, 1.0: 0.01822882382007152, 1.5: 0.5133740881686051}
    assert REFIT.passive(list(seen))[0] == pytest.approx(list(seen.values()), rel=1e-12)


@given(st.floats(0.02, 1.78))
def test_inverse_of_force_velocity(force):
    v = kernels.velocity_inverse(REFIT.row, force)
    assert REFIT.velocity(v)[0] == pytest.approx(force, rel=1e-12)


@given(st.floats(0.0, 1.2), st.floats(1e-3, 1.0), st.floats(-20.0, 50.0))
def test_damped_velocity_balances(strength, damping, force):
    v = kernels.damped_velocity(REFIT.row, strength, damping, force)
    held = strength * REFIT.velocity(v)[0] + damping * v
    assert held == pytest.approx(force, rel=1e-11, abs=1e-12)


def test_damped_velocity_at_its_ends():
    row = REFIT.row
    assert kernels.damped_velocity(row, 0.0, 0.1, 0.05) == pytest.approx(0.5, rel=1e-14)
    undamped = kernels.damped_velocity(row, 0.4, 0.0, 0.2)
    assert undamped == pytest.approx(kernels.velocity_inverse(row, 0.5), rel=1e-13)
    assert kernels.damped_velocity(row, 0.0, 0.0, 0.2) == math.inf


@given(st.floats(-0.2, 5.0))
def test_tendon_length_at_a_force(force):
    length, slope = kernels.tendon_at_force(REFIT.row, force)
    assert REFIT.tendon(length) == pytest.approx((force, slope), rel=1e-11, abs=1e-13)


def test_compiled_and_plain_agree():
    row = REFIT.row
    for name in ("active", "velocity", "passive", "tendon"):
        kernel = getattr(kernels, name)
        for x in (0.3, 0.99, 1.02, 1.4):
            assert kernel(row, x) == pytest.approx(kernel.py_func(row, x), rel=1e-14)
    plain = kernels.damped_velocity.py_func(row, 0.3, 0.1, 0.4)
    assert kernels.damped_velocity(row, 0.3, 0.1, 0.4) == pytest.approx(plain, rel=1e-14)


def test_a_gaussian_without_width_adds_nothing():
    length = -REFIT.parameters.si("b32") / REFIT.parameters.si("b42")
    value, slope = REFIT.active([length - 1e-6, length, length + 1e-6])
    assert np.ptp(value) < 1e-6 and np.all(np.isfinite(slope))


def test_shapes_and_latex():
    value, slope = REFIT.active(np.ones((2, 3)))
    assert value.shape == slope.shape == (2, 3)
    assert r"\log" in symbols.latex("force_velocity")


def test_bad_constants_are_refused():
    parameters = REFIT.parameters
    with pytest.raises(ParameterError, match="Expected constant e_0 above 0, got -1"):
        DeGrooteCurves(parameters.replaced(e_0=-1.0))
    with pytest.raises(ParameterError, match="Expected constant d1 below 0, got 0.3"):
        DeGrooteCurves(parameters.replaced(d1=Parameter(0.3, "1", "User", "assumed")))
    with pytest.raises(UnknownNameError, match="curve"):
        symbols.curve("active")
