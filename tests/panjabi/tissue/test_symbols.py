"""The kernels equal what SymPy derives from each energy, on both sides of every joint."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
import sympy as sp

from panjabi.errors import UnknownNameError
from panjabi.tissue import Cable, Collagen, NervePath, PassiveMuscle, kernels, symbols

NEAR = [-1e-3, -1e-6, 0.0, 1e-6, 1e-3]


def exact(law, values):
    """Energy, tension, tangent as functions at 40 digits; plain SymPy differentiation."""
    energy = law.explicit(law.energy).subs(values)
    chain = [energy, sp.diff(energy, law.variable), sp.diff(energy, law.variable, 2)]
    functions = [sp.lambdify(law.variable, f, "mpmath") for f in chain]

    def at(v):
        with mpmath.workdps(40):
            return [f(mpmath.mpf(v)) for f in functions]

    return at


@pytest.mark.parametrize("name", list(symbols._LAWS))
def test_derivatives_in_short_symbols_are_the_plain_ones(name):
    law = symbols.symbolic_law(name)
    values = {
        symbols.l0: 0.7,
        symbols.EA: 3.0,
        symbols.e_t: 0.1,
        symbols.lo: 0.5,
        symbols.a: 0.3,
        symbols.Fmax: 9.0,
        symbols.k_1: 3.1,
        symbols.c: 1.2,
        symbols.w: 0.4,
        symbols.h: 0.2,
        symbols.e_0: 0.1,
        symbols.e_1: 0.8,
    }
    at = exact(law, values)
    for v in (0.55, 0.72, 0.9):
        point = {**values, law.variable: v}
        got = [law.explicit(f).subs(point).evalf(20) for f in (law.tension, law.tangent)]
        assert [float(g) for g in got] == pytest.approx([float(x) for x in at(v)[1:]], rel=1e-12)


@pytest.mark.parametrize("law_class", [Collagen, NervePath, Cable])
def test_strands_equal_sympy(law_class):
    l0, ea, toe = 0.17, 2345.0, 0.03
    given = {"slack_length": l0, "stiffness": ea}
    if law_class is not Cable:
        given["transition_strain"] = toe
    law = law_class(**given)
    at = exact(symbols.symbolic_law(law.name), {symbols.l0: l0, symbols.EA: ea, symbols.e_t: toe})
    strains = [*(joint + d for joint in (0.0, toe) for d in NEAR), *np.linspace(-0.2, 0.5, 57)]
    for strain in strains:
        length = l0 * (1.0 + strain)
        if abs(length / l0 - 1.0) < 1e-15:
            continue  # the joint itself: one side or the other by rounding
        mine = (law.energy(length), law.tension(length), law.tangent(length))
        # a strain of 1e-6 is known to 1e-10 only, from a length rounded to 1e-16
        rel = 1e-13 + 4e-16 / abs(length / l0 - 1.0)
        assert mine == pytest.approx([float(x) for x in at(length)], rel=4 * rel, abs=0.0)


PENNATE = {
    "max_isometric_force": 2200.0,
    "optimal_fibre_length": 0.0897,
    "pennation": 0.2546,
    "tendon_slack_length": 0.3494,
    "strain_at_zero": 0.1537,
    "strain_at_max": 0.7045,
    "slope_at_max": 3.63148,
}
CASES = {
    "hamstring": PENNATE,
    "cubic": {**PENNATE, "slope_at_max": 5.5},
    "unpennated": {**PENNATE, "pennation": 0.0},
    "tone": {**PENNATE, "activation": 0.1},
    "tone, scaled": {**PENNATE, "activation": 0.6, "passive_scale": 0.4},
    "steep": {**PENNATE, "pennation": 0.9, "strain_at_zero": 0.0},
}


def fibre_oracle(m):
    """Fibre energy, force and slope along the tendon from SymPy, by projected length."""
    values = {
        symbols.lo: m.optimal_fibre_length,
        symbols.Fmax: m.max_isometric_force,
        symbols.e_0: m.strain_at_zero,
        symbols.e_1: m.strain_at_max,
        symbols.k_1: m.slope_at_max,
        symbols.c: m.passive_scale,
        symbols.a: m.activation,
        symbols.w: m.active_width,
        symbols.h: m.thickness,
    }
    passive = exact(symbols.symbolic_law("pennate_passive_fibre"), values)
    active = exact(symbols.symbolic_law("pennate_active_fibre"), values)
    rest = active(0)[0]

    def at(s):
        p, a = passive(s), active(s)
        return [p[0] + a[0] - rest if m.activation else p[0], p[1] + a[1], p[2] + a[2]]

    return at


@pytest.mark.parametrize("case", CASES)
def test_rigid_tendon_equals_sympy(case):
    m = PassiveMuscle(**CASES[case], elastic_tendon=False)
    at = fibre_oracle(m)
    passive_start = m.tendon_slack_length + math.sqrt(
        (m.optimal_fibre_length * (1 + m.strain_at_zero)) ** 2 - m.thickness**2
    )
    for length in [
        *(passive_start * (1 + d) for d in (-1e-3, 1e-5, 1e-3)),
        *np.linspace(m.tendon_slack_length + 0.02, 0.56, 23),
    ]:
        expected = [float(x) for x in at(mpmath.mpf(length) - mpmath.mpf(m.tendon_slack_length))]
        mine = (m.energy(length), m.tension(length), m.tangent(length))
        rel = 1e-12 + 4e-16 / abs(length / passive_start - 1.0)
        assert mine == pytest.approx(expected, rel=rel, abs=1e-13)


@pytest.mark.parametrize("case", CASES)
def test_elastic_tendon_equals_condensation_at_forty_digits(case):
    """Fibre length solved with mpmath; tension and tangent by differentiating the result."""
    m = PassiveMuscle(**CASES[case])
    fibre = fibre_oracle(m)
    tendon = exact(
        symbols.symbolic_law("collagen"),
        {
            symbols.l0: m.tendon_slack_length,
            symbols.EA: m.max_isometric_force * m.tendon_stiffness,
            symbols.e_t: m.tendon_transition_strain,
        },
    )

    def condensed(length):
        def gap(s):
            return fibre(s)[1] - tendon(length - s)[1]

        low = mpmath.mpf(m.slack_length) - m.tendon_slack_length
        high = length - m.tendon_slack_length
        s = mpmath.findroot(gap, (low, high), solver="anderson", tol=1e-60, maxsteps=200)
        return fibre(s)[0] + tendon(length - s)[0]

    with mpmath.workdps(40):
        for length in (m.slack_length + 0.004, 0.470, 0.485, 0.52):
            point = mpmath.mpf(length)
            energy = condensed(point)
            step = mpmath.mpf(10) ** -10
            after, before = condensed(point + step), condensed(point - step)
            slope = (after - before) / (2 * step)
            bend = (after - 2 * energy + before) / step**2
            mine = (m.energy(length), m.tension(length), m.tangent(length))
            assert mine == pytest.approx([float(energy), float(slope), float(bend)], rel=1e-10)


def test_series_tangent_is_the_formula_of_the_kernel():
    k_f, k_t = sp.symbols("k_f k_t", positive=True)
    assert sp.simplify(symbols.series_tangent() - k_f * k_t / (k_f + k_t)) == 0


def test_tendon_toe_is_derived_from_the_strain_at_fmax():
    """k (e - e_t/2) = 1 at the strain of one Fmax, solved for e_t by SymPy."""
    k, e, toe = sp.symbols("k e toe", positive=True)
    solved = sp.solve(sp.Eq(k * (e - toe / 2), 1), toe)[0]
    m = PassiveMuscle(**PENNATE)
    value = float(solved.subs({k: m.tendon_stiffness, e: m.tendon_strain_at_max}))
    assert m.tendon_transition_strain == pytest.approx(value, rel=1e-14)
    _, force, _ = kernels.collagen(
        m.tendon_slack_length,
        m.max_isometric_force * m.tendon_stiffness,
        value,
        m.tendon_slack_length * m.tendon_strain_at_max,
    )
    assert force == pytest.approx(m.max_isometric_force, rel=1e-13)


@pytest.mark.parametrize("name", list(symbols._LAWS))
def test_latex_prints_energy_tension_tangent(name):
    heads = [line.split("=")[0].strip() for line in symbols.latex(name).splitlines()]
    assert heads[:3] == ["U", "T", "k"]
    assert len(heads) > 3


def test_unknown_symbolic_law_lists_similar_names():
    with pytest.raises(UnknownNameError, match="close: 'collagen'"):
        symbols.latex("colagen")
