"""Fibre and tendon: equilibrium, slopes, the explicit form, and limits."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from panjabi.active import musculotendon_kernels as kernels
from panjabi.active.musculotendon import Musculotendon
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter
from panjabi.tissue import DeGrooteCurves, de_groote_symbols as symbols


@pytest.fixture(scope="module")
def few(lumbar):
    """Muscles of every type: long and short tendons, pennate and parallel."""
    return lumbar.selected(("psoas", "rectus_abdominis", "multifidus_lumbar", "latissimus_dorsi"))


@pytest.fixture(scope="module")
def units(few):
    return Musculotendon(few, rigid_below=0.0)


@pytest.fixture(scope="module")
def lengths(few):
    return few.geometry(np.random.default_rng(8).normal(scale=0.03, size=18)).length


def test_rigid_force_and_slopes_equal_sympy():
    """The whole expression differentiated by SymPy, pennation and velocity included."""
    L, V, fmax, lopt, lts, h, speed, damping, a = sp.symbols("L V F l_o l_s h w d a")
    s = L - lts
    lf = sp.sqrt(s**2 + h**2)
    v = V * s / lf / (speed * lopt)
    fl, fv, fp = (
        symbols.curve(name)[1].subs(symbols.curve(name)[0], x)
        for name, x in (
            ("active_force_length", lf / lopt),
            ("force_velocity", v),
            ("passive_force_length", lf / lopt),
        )
    )
    force = fmax * (a * fl * fv + fp + damping * v) * s / lf
    curves = DeGrooteCurves.refit()
    si = curves.parameters.si
    values = (
        {symbols.b[i, k]: si(f"b{i + 1}{k + 1}") for i in range(4) for k in range(3)}
        | {symbols.d[i]: si(f"d{i + 1}") for i in range(4)}
        | {symbols.k_pe: si("k_pe"), symbols.e_0: si("e_0"), symbols.l_min: si("l_min")}
    )
    row = (900.0, 0.09, 0.04, 0.03, 10.0, 0.1)
    values |= dict(zip((fmax, lopt, lts, h, speed, damping), row, strict=True)) | {a: 0.37}
    for at in ((0.125, 0.0), (0.14, 0.2), (0.11, -0.3)):
        point = values | {L: at[0], V: at[1]}
        exact = [float(e.subs(point)) for e in (force, sp.diff(force, L), sp.diff(force, V))]
        assert kernels.rigid(curves.row, *row, 0.37, *at, 0.0) == pytest.approx(exact, rel=1e-12)


def test_forces_equal_those_of_opensim():
    """OpenSim's own muscle, with rigid and elastic tendon; its tendon is slack at length one."""
    rows = json.loads((Path(__file__).parent / "data" / "opensim_muscle.json").read_text())["rows"]
    refit = DeGrooteCurves.refit()
    theirs = refit.parameters.replaced(c1=1.0, c2=0.2, c3=math.log(6.0) / 0.049)
    elastic = DeGrooteCurves(theirs).row
    sizes = (900.0, 0.09, 0.14, 0.09 * math.sin(0.3), 10.0, 0.1)
    for row in rows:
        if row["rigid"]:
            force, *_ = kernels.rigid(refit.row, *sizes, row["a"], row["L"], row["V"], 0.0)
            assert force == pytest.approx(row["F"], abs=1e-8)
        else:
            force, fibre, *_ = kernels.at_rest(elastic, *sizes, row["a"], row["L"])
            assert force == pytest.approx(row["F"], abs=1e-6)
            assert fibre == pytest.approx(row["fl"], abs=1e-6)
            own, *_ = kernels.at_rest(refit.row, *sizes, row["a"], row["L"])
            assert own == pytest.approx(row["F"], abs=1.0)  # what the other tendon is worth


def test_the_shortest_tendons_are_rigid_by_default(lumbar):
    assert (Musculotendon(lumbar).units.elastic == 0).sum() == 6


def test_fibre_and_tendon_balance_at_rest(units, lengths):
    for activation in (0.0, 0.05, 0.5, 1.0):
        rest = units.at_rest(activation, lengths)
        assert np.abs(rest.residual).max() < 1e-9 * units.muscles.max_force.max()
        force, rate, short = units.rates(activation, rest.fibre_length, lengths)
        assert force == pytest.approx(rest.force, abs=1e-8)
        assert (
            np.abs(rate).max() < 1e-8 and np.abs(short).max() < 1e-6
        )  # the explicit form stands still there
        assert np.all(rest.force >= 0.0)


def test_thickness_stays_the_same(units, lengths):
    rest = units.at_rest(0.5, lengths)
    m = units.muscles
    lf = rest.fibre_length * m.optimal_length
    across = m.optimal_length * np.sin(m.pennation)
    tendon = lengths - np.sqrt(lf**2 - across**2)
    carried = m.max_force * units.curves.tendon(tendon / m.tendon_slack_length)[0]
    assert carried == pytest.approx(rest.force, rel=1e-9)


def test_relaxed_stiffness_is_the_slope_of_the_force_at_rest(units, lengths):
    h = 1e-4
    f = [units.at_rest(0.3, lengths * (1.0 + s * h)).force for s in (-2.0, -1.0, 1.0, 2.0)]
    slope = (f[0] - 8.0 * f[1] + 8.0 * f[2] - f[3]) / (12.0 * h * lengths)
    long = units.muscles.tendon_slack_length > 0.1 * units.muscles.optimal_length
    scale = units.muscles.max_force / units.muscles.optimal_length
    stiffness = units.at_rest(0.3, lengths).stiffness
    assert ((stiffness - slope) / scale)[long] == pytest.approx(0.0, abs=1e-5)


def test_viscosity_is_what_a_slow_steady_stretch_adds(units, lengths):
    """A fibre that lags behind: solve the explicit form for steady motion to first order."""
    m = units.muscles
    rest = units.at_rest(0.4, lengths)
    # d rate / d fibre and d rate / d length by differences, then lag = -(k share) / (d rate)
    h = 1e-7
    u = units.rates
    by_fibre = (
        u(0.4, rest.fibre_length + h, lengths)[1] - u(0.4, rest.fibre_length - h, lengths)[1]
    ) / (2 * h)
    by_length = (
        u(0.4, rest.fibre_length, lengths + h)[1] - u(0.4, rest.fibre_length, lengths - h)[1]
    ) / (2 * h)
    follow = -by_length / by_fibre  # d fibre / d length once settled
    lag = follow / by_fibre  # fibre - settled fibre, per path velocity
    lf = rest.fibre_length
    cosine = np.sqrt(1.0 - (np.sin(m.pennation) / lf) ** 2)
    added = -rest.tendon_stiffness * lag * m.optimal_length / cosine
    long = m.tendon_slack_length > 0.1 * m.optimal_length
    assert (added / rest.viscosity)[long] == pytest.approx(1.0, abs=1e-4)


def test_the_explicit_form_converges_to_the_equilibrium(few, lengths):
    long = few.selected(few.tendon_slack_length > 0.5 * few.optimal_length)
    units = Musculotendon(long)
    length = lengths[few.tendon_slack_length > 0.5 * few.optimal_length]
    rest = units.at_rest(0.3, length)
    fibre = rest.fibre_length * 1.05
    for _ in range(8000):
        fibre = fibre + 2.5e-5 * units.rates(0.3, fibre, length)[1]
    assert fibre == pytest.approx(rest.fibre_length, abs=1e-4)


def test_rigid_muscles_are_the_limit_of_short_stiff_tendons(few, lengths):
    rigid = Musculotendon(few, elastic=False)
    stiff = Musculotendon(
        few,
        curves=rigid.curves.__class__(
            rigid.curves.parameters.replaced(c3=rigid.curves.parameters["c3"].value * 1e5, c1=1.0)
        ),
    )
    there, here = rigid.rigid(0.4, lengths), stiff.at_rest(0.4, lengths)
    assert here.force == pytest.approx(there.force, rel=1e-3, abs=0.05)
    same = rigid.at_rest(0.4, lengths)
    assert same.force == pytest.approx(there.force) and np.all(np.isinf(same.tendon_stiffness))
    assert same.stiffness == pytest.approx(there.by_length)
    assert same.viscosity == pytest.approx(there.by_velocity)


def test_a_path_shorter_than_its_tendon_is_slack(units, few):
    rest = units.at_rest(1.0, 0.5 * few.tendon_slack_length)
    assert np.all(rest.force == 0.0) and np.all(rest.stiffness == 0.0)
    assert np.all(units.rigid(1.0, 0.5 * few.tendon_slack_length).force == 0.0)


def test_short_tendons_can_be_taken_as_rigid(few, lengths):
    assert (Musculotendon(few).units.elastic == 0).sum() == 2  # by default the shortest alone
    mixed = Musculotendon(few, rigid_below=0.3)
    elastic = mixed.units.elastic
    assert 0 < elastic.sum() < len(few)
    velocity = np.full(len(few), 0.01)
    force, rate, _ = mixed.rates(0.3, mixed.at_rest(0.3, lengths).fibre_length, lengths, velocity)
    expected = mixed.rigid(0.3, lengths, velocity).force
    assert force[elastic == 0] == pytest.approx(expected[elastic == 0])
    assert np.all(rate[elastic == 0] == 0.0)


def test_a_fibre_across_stays_finite(units, lengths):
    force, rate, _ = units.rates(0.0, np.full(len(units.muscles), 0.01), lengths)
    calm = units.muscles.tendon_slack_length > 0.5 * units.muscles.optimal_length
    assert np.all(np.isfinite(force[calm])) and np.all(rate[calm] > 0.0)


def test_compiled_and_plain_agree(units, lengths):
    rest = units.at_rest(0.3, lengths)
    row, u = units.curves.row, units.units
    for m in range(0, len(units.muscles), 7):
        own = (u.max_force[m], u.optimal_length[m], u.tendon_slack_length[m], u.thickness[m])
        plain = kernels.at_rest.py_func(row, *own, u.speed, u.damping, 0.3, lengths[m])
        assert plain[0] == pytest.approx(rest.force[m], rel=1e-9)
        a = kernels.rigid(row, *own, u.speed, u.damping, 0.3, lengths[m], 0.1, 0.02)
        b = kernels.rigid.py_func(row, *own, u.speed, u.damping, 0.3, lengths[m], 0.1, 0.02)
        assert a == pytest.approx(b, rel=1e-13)
        state = (*own[1:], u.damping, 0.3, 1.1 * rest.fibre_length[m], lengths[m], 0.02)
        assert kernels.elastic(row, *state) == pytest.approx(
            kernels.elastic.py_func(row, *state), rel=1e-12
        )


@pytest.mark.parametrize(
    "make, words",
    [
        (
            lambda m: Musculotendon(m, speed=Parameter(0.0, "1/s", "User", "assumed")),
            "speed above 0",
        ),
        (lambda m: Musculotendon(m, damping=Parameter(-1.0, "1", "User", "assumed")), "damping"),
        (
            lambda m: Musculotendon(m, elastic=np.ones(3, bool)),
            "one value for each of .* tendons that stretch",
        ),
        (lambda m: Musculotendon(m, rigid_below=math.nan), "rigid_below"),
        (lambda m: Musculotendon(m).at_rest(1.2, 0.2), "activation from 0 to 1, got"),
        (lambda m: Musculotendon(m).at_rest(0.2, [0.1, 0.2]), "one finite number for each"),
    ],
)
def test_invalid_settings_are_errors(few, make, words):
    with pytest.raises(ParameterError, match=words):
        make(few)
