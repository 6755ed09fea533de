"""Chains of one to three bodies against SymPy's Kane method and a pendulum on paper."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.body.articulated_kernels import matrix_solve
from panjabi.body.dynamics_kernels import SOLVED, place

NAMES = (
    "pendulum",
    "planar triple",
    "one ball",
    "two balls",
    "ball and two hinges",
    "coupled knee",
    "knee and kneecap",
    "crane",
    pytest.param("three balls", marks=pytest.mark.slow),
)


def apart(found, expected):
    """Largest difference relative to the largest entry."""
    return np.abs(found - expected).max() / np.abs(expected).max()


@pytest.mark.parametrize("name", NAMES)
def test_equations_of_motion_are_those_of_kane(chains, kane_of, name):
    chain = chains[name]
    theirs, ours = kane_of(chain.links), chain.dynamics
    n = len(ours.free)
    rng = np.random.default_rng(1)
    for _ in range(5):
        q, qd, force = rng.uniform([[-0.9], [-3.0], [-5.0]], [[0.9], [3.0], [5.0]], (3, n))
        M, forcing = theirs(q, qd)
        qdd = np.linalg.solve(M, forcing + force)
        assert apart(ours.mass_matrix(q), M) < 1e-12
        assert apart(ours.bias(q, qd) + ours.weight(q), -forcing) < 1e-12
        assert apart(ours.forward(q, qd, force), qdd) < 1e-12
        through_the_matrix, work = np.empty(n), ours.workspace()
        place(ours.mechanism, q, work)
        gravity = np.asarray(ours.gravity)
        status = matrix_solve(ours.mechanism, qd, force, gravity, work, through_the_matrix)
        assert status == SOLVED
        assert apart(through_the_matrix, qdd) < 1e-12


def test_a_pendulum_has_the_textbook_equation(chains):
    """(I + m l^2) q'' = -m g l sin(q - q0), with l from the hinge to the centre of mass."""
    ours, rod = chains["pendulum"].dynamics, chains["pendulum"].links[0]
    arm = np.array(rod["com"]) - rod["joint"]["child_loc"]
    length = np.hypot(arm[0], arm[1])
    inertia = rod["inertia"][2][2] + rod["mass"] * length**2
    for q in (0.0, 0.7, -2.0):
        hanging = np.arctan2(arm[0], -arm[1]) + q
        moment = -rod["mass"] * 9.80665 * length * np.sin(hanging)
        assert ours.forward([q], [1.3], [0.4])[0] == pytest.approx((moment + 0.4) / inertia)
        assert ours.bias([q], [1.3])[0] == pytest.approx(0.0, abs=1e-14)
        assert ours.kinetic_energy([q], [1.3]) == pytest.approx(0.5 * inertia * 1.3**2)
