"""The compiled laws are what SymPy derives from the energies."""

from __future__ import annotations

import mpmath
import numpy as np
import pytest
import sympy as sp

from panjabi.passive import generated, symbols

VALUES = {
    "grip": 0.4,
    "bias": 0.1,
    "slip": 0.01,
    "stiffness": 80.0,
    "onset": 0.03,
    "width": 0.006,
    "amplitude": 1.3,
    "scale": 0.05,
    "slack": 0.08,
    "toe": 0.05,
}


@pytest.mark.parametrize("name", list(symbols.TERMS))
def test_energy_moment_and_tangent_equal_forty_digits(name):
    term = symbols.TERMS[name]
    given = [VALUES[str(p)] for p in term.parameters]
    functions = [
        sp.lambdify(symbols.x, f.subs(dict(zip(term.parameters, given, strict=True))), "mpmath")
        for f in (term.energy, sp.diff(term.energy, symbols.x), sp.diff(term.energy, symbols.x, 2))
    ]
    law = getattr(generated, name)
    low = 0.0 if name == "exponential" else -0.2
    for angle in [*np.linspace(low, 0.25, 46), 0.03, 0.0, 1e-5]:
        with mpmath.workdps(40):
            exact = [float(f(mpmath.mpf(float(angle)))) for f in functions]
        size = abs(given[0]) * np.array([0.03**2, 0.03, 1.0])  # what cancellation is measured by
        got = law(*given, angle)
        assert np.all(np.abs(np.subtract(got, exact)) <= 2e-12 * np.abs(exact) + 1e-14 * size)
        assert law.py_func(*given, angle) == pytest.approx(got, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("name", list(symbols.TERMS))
def test_nothing_acts_at_angle_zero(name):
    energy, moment, tangent = getattr(generated, name)(
        *(VALUES[str(p)] for p in symbols.TERMS[name].parameters), 0.0
    )
    assert energy == pytest.approx(0.0, abs=1e-15)
    assert moment == pytest.approx(0.0, abs=1e-15)
    assert tangent >= 0.0


def test_every_symbol_of_a_law_is_in_the_symbols_table():
    for term in symbols.TERMS.values():
        assert term.energy.free_symbols <= set(symbols.SYMBOLS)
    printed = symbols.latex()
    assert printed.count("E = ") == len(symbols.TERMS)
    assert all(text in printed for text, _ in symbols.SYMBOLS.values())


@pytest.mark.parametrize("name", list(symbols.TERMS))
def test_latex_has_energy_moment_and_tangent(name):
    heads = [line.split("=")[0].strip() for line in symbols.TERMS[name].latex().splitlines()]
    assert heads == ["E", "M", "K"]
