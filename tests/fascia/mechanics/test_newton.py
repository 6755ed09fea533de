"""The descent on small energies whose minimum is known otherwise."""

import math
from itertools import pairwise

import numpy as np
import pytest
from generated_networks import layered_sheet, random_network, square_net
from hypothesis import given, settings, strategies as st
from scipy.optimize import lsq_linear, minimize
from scipy.sparse import csc_matrix

from fascia.mechanics import NetworkProblem, NewtonSettings, minimise
from fascia.mechanics.local_relaxation import _surroundings, settle
from fascia.sparse import SymmetricFactor
from panjabi.errors import ParameterError


class Dense:
    """An energy with a full Hessian, from plain functions; counts what is asked of it."""

    def __init__(self, value, gradient, hessian, size, *, lower=-np.inf, scale=1.0):
        self.size = size
        self.lower = np.full(size, lower) if np.isscalar(lower) else np.asarray(lower, float)
        full = min(size, 100)  # larger ones bring their own pattern
        self.pattern = (full * np.arange(full + 1), np.tile(np.arange(full), full))
        self.parts = value, gradient, hessian
        self.scale = scale
        self.values = self.hessians = 0

    def value_gradient(self, z):
        self.values += 1
        return float(self.parts[0](z)), np.asarray(self.parts[1](z), float)

    def hessian(self, z):
        self.hessians += 1
        return np.asarray(self.parts[2](z), float).T.ravel()

    def largest_force(self):
        return self.scale


def quadratic(matrix, force, **options):
    return Dense(
        lambda z: 0.5 * z @ matrix @ z - force @ z,
        lambda z: matrix @ z - force,
        lambda z: matrix,
        len(force),
        **options,
    )


def definite(n, seed):
    half = np.random.default_rng(seed).normal(size=(n, n))
    return half @ half.T + 0.1 * np.eye(n)


# -- smooth energies ---------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(n=st.integers(1, 12), seed=st.integers(0, 10**6))
def test_quadratic_takes_one_step(n, seed):
    matrix, force = definite(n, seed), np.random.default_rng(seed + 1).normal(size=n)
    found = minimise(quadratic(matrix, force), np.zeros(n), settings=NewtonSettings(tolerance=1e-9))
    assert found.converged
    assert (found.iterations, found.factorisations) == (1, 1)
    np.testing.assert_allclose(matrix @ found.z, force, atol=1e-8)
    assert found.residual == np.abs(found.gradient).max()


def test_start_at_the_minimum_needs_nothing():
    found = minimise(quadratic(np.eye(3), np.zeros(3)), np.zeros(3))
    assert found.converged
    assert (found.iterations, found.factorisations) == (0, 0)
    assert found.factor is None


def test_indefinite_start_finds_the_minimum():
    """Rosenbrock's valley: the Hessian is indefinite on the way for some starts."""

    def value(z):
        return 100.0 * (z[1] - z[0] ** 2) ** 2 + (1.0 - z[0]) ** 2

    def gradient(z):
        curl = z[1] - z[0] ** 2
        return [-400.0 * z[0] * curl - 2.0 * (1.0 - z[0]), 200.0 * curl]

    def hessian(z):
        off = -400.0 * z[0]
        return [[1200.0 * z[0] ** 2 - 400.0 * z[1] + 2.0, off], [off, 200.0]]

    for start in ([-1.2, 1.0], [0.0, 3.0], [2.0, -5.0]):
        found = minimise(Dense(value, gradient, hessian, 2), np.array(start))
        assert found.converged
        np.testing.assert_allclose(found.z, 1.0, atol=1e-9)


@pytest.mark.parametrize("start", [0.3, -2.0, 1e-6])
def test_double_well_never_ends_on_its_hill(start):
    well = Dense(
        lambda z: 0.25 * z[0] ** 4 - 0.5 * z[0] ** 2,
        lambda z: [z[0] ** 3 - z[0]],
        lambda z: [[3.0 * z[0] ** 2 - 1.0]],
        1,
    )
    found = minimise(well, np.array([start]))
    assert found.converged
    assert abs(found.z[0]) == pytest.approx(1.0, abs=1e-9)


def test_flat_minimum_of_fourth_order():
    """x^4: the Hessian vanishes at the minimum, as in a two-link without prestress."""
    well = Dense(
        lambda z: z[0] ** 4, lambda z: [4.0 * z[0] ** 3], lambda z: [[12.0 * z[0] ** 2]], 1
    )
    found = minimise(well, np.array([1.0]))
    assert found.converged
    assert abs(4.0 * found.z[0] ** 3) <= 1e-10


# -- slack -------------------------------------------------------------------------------------


def cables(anchor, slack, stiffness, force):
    """One node on a line between cables to anchors: V = sum k/2 max(|x - a| - l, 0)^2 - F x."""
    anchor, slack, stiffness = map(np.asarray, (anchor, slack, stiffness))

    def stretch(z):
        return np.maximum(np.abs(z[0] - anchor) - slack, 0.0)

    return Dense(
        lambda z: 0.5 * stiffness @ stretch(z) ** 2 - force * z[0],
        lambda z: [(stiffness * stretch(z)) @ np.sign(z[0] - anchor) - force],
        lambda z: [[stiffness @ (stretch(z) > 0.0)]],
        1,
        scale=max(abs(force), 1e-3),
    )


@pytest.mark.parametrize("gap", [0.0, 0.1, 3.0, 1e3])
@pytest.mark.parametrize("start", [0.0, -0.5, 0.9])
def test_slack_node_is_carried_until_a_cable_pulls(gap, start):
    """No stiffness at the start: the node must travel `gap` before anything holds it."""
    problem = cables([-1.0, 1.0], [1.0 + gap, 1.0 + gap], [200.0, 100.0], 5.0)
    found = minimise(problem, np.array([start]))
    assert found.converged
    assert found.z[0] == pytest.approx(gap + 5.0 / 200.0, rel=1e-9)


def test_a_load_nothing_can_hold_is_reported_not_raised():
    problem = cables([0.0], [1e300], [1.0], 1.0)
    found = minimise(problem, np.zeros(1), settings=NewtonSettings(iterations=20))
    assert not found.converged
    assert found.message
    assert found.residual == pytest.approx(1.0)


def test_not_a_number_is_reported_not_raised():
    problem = Dense(lambda z: math.nan, lambda z: [math.nan], lambda z: [[1.0]], 1)
    found = minimise(problem, np.zeros(1))
    assert not found.converged
    assert "not finite" in found.message


def test_iteration_limit_is_reported():
    problem = NetworkProblem(square_net(200))
    found = minimise(problem, np.zeros(problem.size), settings=NewtonSettings(iterations=2))
    assert not found.converged
    assert "2 iterations" in found.message
    assert found.iterations == 2


@pytest.mark.parametrize("seed", range(4))
def test_many_slack_strands_from_a_bad_start(seed):
    """The energy of a net of cables is convex: every start leads to the same energy."""
    problem = NetworkProblem(random_network(300, seed=seed, slack_share=0.4, excess=0.1))
    start = np.random.default_rng(seed).normal(size=problem.size)
    near = minimise(problem, np.zeros(problem.size))
    far = minimise(problem, start)
    assert near.converged and far.converged
    assert far.value == pytest.approx(near.value, rel=1e-9)
    problem.value_gradient(near.z)
    assert np.mean(problem.tension == 0.0) > 0.2
    assert near.residual <= 1e-10 * problem.largest_force()


def test_energies_may_rise_but_not_above_the_last_five():
    seen = []

    class Watched(NetworkProblem):
        def hessian(self, z):
            seen.append(self.value_gradient(z)[0])
            return super().hessian(z)

    flat = square_net(800, slack_share=0.4, excess=0.2)
    problem = Watched(flat)
    assert minimise(problem, np.zeros(problem.size)).converged
    for i in range(1, len(seen)):
        assert seen[i] <= max(seen[max(0, i - 5) : i])
    seen.clear()
    strict = minimise(problem, np.zeros(problem.size), settings=NewtonSettings(memory=1))
    assert strict.converged
    assert all(b <= a + 1e-14 for a, b in pairwise(seen))


# -- bounds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [5, 40])
def test_obstacle_problem(n):
    """A string pressed on a floor: -u'' = f where it hangs free, u = 0 where it lies."""
    h = 1.0 / (n + 1)
    matrix = (2.0 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)) / h
    force = -h * np.where(np.abs(np.linspace(h, 1.0 - h, n) - 0.5) < 0.25, 40.0, -20.0)
    found = minimise(quadratic(matrix, force, lower=0.0), np.full(n, 0.5))
    assert found.converged
    root = np.linalg.cholesky(matrix)
    exact = lsq_linear(
        root.T, np.linalg.solve(root, force), bounds=(0.0, np.inf), method="bvls", tol=1e-15
    )
    np.testing.assert_allclose(found.z, exact.x, atol=1e-10)
    assert (found.z == 0.0).any() and (found.z > 1e-3).any()
    assert (found.gradient[found.z == 0.0] >= 0.0).all()
    assert found.iterations <= 8  # the active set jumps, it does not creep


@settings(max_examples=40, deadline=None)
@given(n=st.integers(1, 10), seed=st.integers(0, 10**6))
def test_bounded_quadratic_satisfies_its_optimality_conditions(n, seed):
    rng = np.random.default_rng(seed)
    matrix, force = definite(n, seed), rng.normal(size=n)
    lower = np.where(rng.random(n) < 0.7, rng.normal(size=n), -np.inf)
    found = minimise(
        quadratic(matrix, force, lower=lower),
        rng.normal(size=n),
        settings=NewtonSettings(tolerance=1e-9),
    )
    assert found.converged
    assert (found.z >= lower).all()
    gradient = matrix @ found.z - force
    assert np.abs(gradient[found.z > lower]).max(initial=0.0) <= 1e-8
    assert (gradient[found.z == lower] >= -1e-8).all()


def test_unknowns_on_their_way_to_the_bound_push_the_others():
    """What the held ones do to the rest is part of the step: few steps find the set."""
    for seed in range(20):
        force = np.random.default_rng(seed).normal(size=8)
        found = minimise(quadratic(definite(8, seed), force, lower=0.0), np.ones(8))
        assert found.converged
        assert found.iterations <= 6


def test_bound_with_a_curved_energy_agrees_with_a_general_optimiser():
    rng = np.random.default_rng(2)
    matrix, force = definite(6, 3), 3.0 * rng.normal(size=6)
    problem = Dense(
        lambda z: 0.25 * (z**4).sum() + 0.5 * z @ matrix @ z - force @ z,
        lambda z: z**3 + matrix @ z - force,
        lambda z: 3.0 * np.diag(z**2) + matrix,
        6,
        lower=0.0,
    )
    found = minimise(problem, np.ones(6))
    other = minimize(
        lambda z: problem.value_gradient(z), np.ones(6), jac=True, method="L-BFGS-B",
        bounds=[(0.0, None)] * 6, options={"ftol": 1e-15, "gtol": 1e-12},
    )  # fmt: skip
    assert found.converged
    np.testing.assert_allclose(found.z, other.x, atol=1e-6)
    assert found.value <= other.fun + 1e-12


# -- reuse -------------------------------------------------------------------------------------


def released(flat, by=1.01):
    """The same network with one cable a little too long."""
    rows = flat.law_rows.copy()
    rows[len(rows) // 3, 0] *= by
    return NetworkProblem(flat.with_laws(rows=rows))


@pytest.mark.parametrize("strands", [600, 6000])
def test_old_factor_saves_work_and_changes_nothing(strands):
    flat = layered_sheet(strands, pull=50.0, slack_share=0.2)
    problem = NetworkProblem(flat)
    cold = minimise(problem, np.zeros(problem.size))
    kept = cold.factor.solve(np.ones(problem.size))
    warm = minimise(released(flat), cold.z, factor=cold)
    again = minimise(released(flat), cold.z, settings=NewtonSettings(reuse=False))
    assert cold.converged and warm.converged and again.converged
    assert warm.factorisations <= again.factorisations
    assert strands < 1000 or warm.factorisations < again.factorisations
    assert warm.value == pytest.approx(again.value, rel=1e-12)
    np.testing.assert_allclose(warm.z, again.z, atol=1e-9)
    # the factor that was lent is as it was
    np.testing.assert_array_equal(cold.factor.solve(np.ones(problem.size)), kept)


def test_a_few_conjugate_gradient_steps_do_what_a_factor_does():
    """With the factor of a nearby matrix the quadratic still takes one full step."""
    flat = layered_sheet(6000, pull=50.0)
    problem = NetworkProblem(flat)
    indptr, indices = problem.pattern
    rng = np.random.default_rng(0)
    z, force = np.zeros(problem.size), rng.normal(size=problem.size)
    near = SymmetricFactor(indptr, indices)
    near.refactor(problem.hessian(z), shift=30.0)
    data = problem.hessian(z).copy()
    sparse = csc_matrix((data, indices, indptr), shape=(problem.size, problem.size))
    model = Dense(
        lambda z: 0.5 * z @ (sparse @ z) - force @ z, lambda z: sparse @ z - force, None, len(z)
    )
    model.pattern = problem.pattern
    model.hessian = lambda z: data
    found = minimise(model, z, factor=near, settings=NewtonSettings(tolerance=1e-3, required=1e-3))
    assert found.converged
    assert (found.iterations, found.factorisations) == (2, 0)


def test_factor_of_another_pattern_is_taken_as_far_as_it_goes():
    rng = np.random.default_rng(0)
    problem = NetworkProblem(random_network(400, seed=1))
    n = problem.size
    stranger = SymmetricFactor(np.arange(n + 1), np.arange(n))
    stranger.refactor(rng.uniform(1.0, 2.0, n))
    alone = minimise(problem, np.zeros(n))
    helped = minimise(problem, np.zeros(n), factor=stranger)
    assert helped.converged
    assert helped.value == pytest.approx(alone.value, rel=1e-10)
    assert stranger.factorisations == 1
    smaller = SymmetricFactor(np.arange(3), np.arange(2))
    smaller.refactor(np.ones(2))
    assert minimise(problem, np.zeros(n), factor=smaller).converged


def test_same_call_gives_the_same_digits():
    problem = NetworkProblem(layered_sheet(3000, pull=30.0, slack_share=0.2))
    one, two = (minimise(problem, np.zeros(problem.size)) for _ in range(2))
    np.testing.assert_array_equal(one.z, two.z)
    assert one.iterations == two.iterations


# -- settings ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        {"tolerance": 0.0},
        {"tolerance": 1e-6},
        {"iterations": -1},
        {"no_force": -1.0},
        {"memory": 0},
    ],
)
def test_settings_without_sense_are_refused(wrong):
    with pytest.raises(ParameterError, match="tolerance"):
        NewtonSettings(**wrong)


def test_empty_problem_is_solved():
    found = minimise(quadratic(np.zeros((0, 0)), np.zeros(0)), np.zeros(0))
    assert found.converged


# -- local disturbances ------------------------------------------------------------------------


def test_surroundings_of_a_release_settle_alone():
    flat = layered_sheet(6000, pull=50.0, slack_share=0.2)
    problem = NetworkProblem(flat)
    old = minimise(problem, np.zeros(problem.size))
    new = released(flat, by=1.05)
    value, gradient = new.value_gradient(old.z)
    settled = settle(new, old.z)
    after, left = new.value_gradient(settled)
    moved = np.flatnonzero(settled != old.z)
    assert after < value
    assert np.abs(left).max() < 0.3 * np.abs(gradient).max()
    assert 0 < len(moved) < problem.size // 10
    # what is left sits on the edge of the region: inside there is balance
    assert np.abs(left[moved]).max() < 0.3 * np.abs(np.delete(left, moved)).max()


def test_wide_disturbance_is_left_alone():
    problem = NetworkProblem(square_net(4000))
    start = np.zeros(problem.size)  # the load acts on every node
    assert settle(problem, start) is start


def test_surroundings_grow_by_whole_rings():
    n = 30
    chain_pattern = csc_matrix(np.eye(n) + np.eye(n, k=1) + np.eye(n, k=-1))
    inside = np.zeros(n, bool)
    inside[10] = True
    arguments = chain_pattern.indptr, chain_pattern.indices
    assert _surroundings(*arguments, inside, 3, 100) == 7
    assert np.flatnonzero(inside).tolist() == list(range(7, 14))
    plain = np.zeros(n, bool)
    plain[10] = True
    _surroundings.py_func(*arguments, plain, 3, 100)
    np.testing.assert_array_equal(plain, inside)


# -- globalisation -----------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0.5, 2.0, -5.0])
def test_slopes_guide_where_the_energy_is_blind(start):
    """Steps gain far less than the last digit of the energy; plain Newton would run away."""
    well = Dense(
        lambda z: 1e8 + 1e-7 * np.logaddexp(z[0], -z[0]),
        lambda z: 1e-7 * np.tanh(z),
        lambda z: 1e-7 * (1.0 - np.tanh(z)[:, None] ** 2),
        1,
        scale=1e-7,
    )
    found = minimise(well, np.array([start]), settings=NewtonSettings(no_force=0.0))
    assert found.converged
    assert abs(found.z[0]) < 1e-9


def test_shift_learns_from_useless_steps():
    """A loosely built net under a small load; a shift that does not grow takes twice the steps."""
    steps = 0
    for seed in range(4):
        flat = square_net(3000, slack_share=0.3, excess=0.1, load=0.01, seed=seed)
        problem = NetworkProblem(flat)
        found = minimise(problem, np.zeros(problem.size))
        assert found.converged
        steps += found.iterations
    assert steps <= 280
