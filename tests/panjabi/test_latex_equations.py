"""The printed equations are those that are solved: against the numeric column and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp

from panjabi.errors import ParameterError, UnknownNameError
from panjabi.latex_equations import P, equations, planar_column
from panjabi.spine import LinearJoint, straight_column
from panjabi.spine.loads import vertical
from panjabi.spine.passive_spine import passive_view, top_load

LENGTHS, STIFFNESS = (0.04, 0.03, 0.05), (20.0, 30.0, 25.0)
MASSES, CENTRES = (1.5, 1.2, 2.0), (0.02, 0.01, 0.03)


def numbers(made, load):
    given = dict(zip(made.lengths, LENGTHS, strict=True))
    given |= dict(zip(made.stiffness, STIFFNESS, strict=True))
    given |= dict(zip(made.masses, MASSES, strict=True))
    given |= dict(zip(made.centres, CENTRES, strict=True))
    return given | {P: load, made.weight: 9.81}


def test_printed_potential_is_the_one_that_is_solved():
    made = planar_column(3)
    given = numbers(made, 60.0)
    laws = [LinearJoint.isotropic(k) for k in STIFFNESS]
    column = straight_column(LENGTHS, laws, plane="frontal")
    weights = vertical(
        passive_view(column).bodies[1:], [[0.0, c, 0.0] for c in CENTRES], 9.81 * np.array(MASSES)
    )
    z = np.array([0.2, -0.5, 0.3])
    found = passive_view(column).potential(z, [top_load(column, 60.0), weights])
    at = given | dict(zip(made.angles, z, strict=True))
    assert found.value == pytest.approx(float(made.potential.subs(at)), rel=1e-13)
    gradient = np.array(made.gradient.subs(at), float).ravel()
    hessian = np.array(made.hessian.subs(at), float)
    assert np.allclose(found.gradient, gradient, rtol=1e-11)
    assert np.allclose(found.hessian, hessian, rtol=1e-11)
    straight = (
        passive_view(column)
        .potential(passive_view(column).start(), [top_load(column, 60.0), weights])
        .hessian
    )
    assert np.allclose(straight, np.array(made.upright.subs(given), float), rtol=1e-12)


def test_two_equal_hinges_of_the_printed_column_give_the_golden_section():
    made = planar_column(2)
    k, length = sp.symbols("k l", positive=True)
    same = dict.fromkeys(made.stiffness, k) | dict.fromkeys(made.lengths, length)
    matrix = made.upright.subs(same | {made.weight: 0})
    loads = sp.solve(matrix.det(), P)
    assert sp.simplify(min(loads, key=lambda p: p.subs({k: 1, length: 1})) -
                       (3 - sp.sqrt(5)) / 2 * k / length) == 0  # fmt: skip


@pytest.mark.parametrize("joints", [1, 2, 3])
def test_the_motion_conserves_energy(joints):
    """d/dt (T + V) = rates . (M acceleration + c + V') for any state, so 0 along free motion."""
    made = planar_column(joints)
    rng = np.random.default_rng(joints)
    v = sp.Matrix(made.rates)
    acceleration = sp.Matrix(sp.symbols(f"a1:{joints + 1}"))
    energy = made.kinetic + made.potential
    change = sum(sp.diff(energy, a) * r for a, r in zip(made.angles, made.rates, strict=True))
    change += sum(sp.diff(energy, r) * a for r, a in zip(made.rates, acceleration, strict=True))
    power = (v.T * (made.mass_matrix * acceleration + made.coriolis + made.gradient))[0]
    for _ in range(3):
        free = sorted((change - power).free_symbols | change.free_symbols, key=str)
        at = {s: float(x) for s, x in zip(free, rng.uniform(0.1, 2.0, len(free)), strict=True)}
        assert float(change.subs(at)) == pytest.approx(float(power.subs(at)), rel=1e-10)


def test_mass_matrix_of_the_double_pendulum():
    made = planar_column(2)
    (_, b), (l1, _), (m1, m2), (c1, c2), (i1, i2) = (
        made.angles, made.lengths, made.masses, made.centres, made.inertias,
    )  # fmt: skip
    outer = i2 + m2 * c2**2
    mixed = outer + m2 * l1 * c2 * sp.cos(b)
    inner = i1 + m1 * c1**2 + m2 * l1**2 + m2 * l1 * c2 * sp.cos(b) + mixed
    expected = sp.Matrix([[inner, mixed], [mixed, outer]])
    assert sp.simplify(made.mass_matrix - expected) == sp.zeros(2)


def test_kinetic_energy_is_that_of_the_positions():
    """Speeds of the centres differentiated from where they are."""
    made = planar_column(3)
    x = y = turned = spin = expected = sp.Integer(0)
    for i in range(3):
        turned, spin = turned + made.angles[i], spin + made.rates[i]
        centre = (x + made.centres[i] * sp.sin(turned), y + made.centres[i] * sp.cos(turned))
        speed = [
            sum(sp.diff(z, a) * r for a, r in zip(made.angles, made.rates, strict=True))
            for z in centre
        ]
        expected += made.masses[i] * (speed[0] ** 2 + speed[1] ** 2) / 2
        expected += made.inertias[i] * spin**2 / 2
        x, y = x + made.lengths[i] * sp.sin(turned), y + made.lengths[i] * sp.cos(turned)
    free = sorted(expected.free_symbols, key=str)
    values = np.random.default_rng(5).uniform(0.2, 1.5, len(free))
    at = dict(zip(free, values.tolist(), strict=True))
    assert float(made.kinetic.subs(at)) == pytest.approx(float(expected.subs(at)), rel=1e-12)


def test_every_law_is_printed_with_its_symbols():
    made = equations()
    text = str(made)
    assert text.count(r"\begin{equation*}") == text.count(r"\end{equation*}") > 30
    for word in ("ramp", "exponential", "collagen", "preload", "mass matrix", r"\det V''"):
        assert word in text
    assert made.section("equations of motion").lines[1][1].startswith("M = ")
    assert text.count("{") == text.count("}")
    with pytest.raises(UnknownNameError, match="section 'motion'"):
        made.section("motion")
    with pytest.raises(ParameterError, match="Expected 1 to 4 joints"):
        planar_column(9)
