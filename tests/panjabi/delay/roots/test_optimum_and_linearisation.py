"""The delayed regulator, and nonlinear models about an equilibrium."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from known_delay_systems import two_neurons
from scipy.linalg import expm, solve_continuous_are

from panjabi.delay.roots import (
    Jacobians,
    Kink,
    UnstableError,
    characteristic_roots,
    crossings_along,
    delayed_lqr,
    jacobian_errors,
    linearise,
)
from panjabi.delay.roots.generator import chebyshev
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.spine import trunk_set
from panjabi.stability import reflex_cost, reflex_regulator

A = np.array([[0.0, 1.0], [20.0, -6.0]])
B = np.array([[0.0], [-0.2]])
Q, R = np.diag([1000.0, 10.0]), np.array([[1e-3]])


def test_without_delay_it_equals_the_classic_regulator():
    found = delayed_lqr(A, B, Q, R, delay=0.0)
    P = solve_continuous_are(A, B, Q, R)
    assert found.cost_matrix == pytest.approx(P, rel=1e-12)
    assert found.gain == pytest.approx(np.linalg.solve(R, B.T @ P), rel=1e-12)
    assert found.state_gain == pytest.approx(found.gain) and found.residual < 1e-12


def test_cost_grows_with_the_delay():
    costs = [delayed_lqr(A, B, Q, R, delay=T).cost_matrix for T in np.linspace(0.0, 0.3, 13)]
    for less, more in pairwise(costs):
        assert np.linalg.eigvalsh(more - less)[0] > 0.0


def test_cost_equals_the_integral_along_the_path():
    """Drift for T, then the classic regulator; quadrature of the running cost."""
    found = delayed_lqr(A, B, Q, R, delay=0.12)
    x0 = np.array([0.02, -0.1])
    closed = A - B @ found.gain
    t = np.linspace(0.0, 0.12, 2001)
    drift = np.array([expm(A * v) @ x0 for v in t])
    early = np.trapezoid(np.einsum("ti,ij,tj->t", drift, Q, drift), t)
    t = np.linspace(0.0, 6.0, 12001)
    path = np.array([expm(closed * v) @ drift[-1] for v in t])
    weight = Q + found.gain.T @ R @ found.gain
    late = np.trapezoid(np.einsum("ti,ij,tj->t", path, weight, path), t)
    assert found.cost(x0) == pytest.approx(early + late, rel=1e-5)


def test_pseudospectral_riccati_converges_to_the_exact_optimum():
    """Independent: the commands under way as states on Chebyshev nodes, then a Riccati equation."""
    exact = delayed_lqr(A, B, Q, R, delay=0.12).cost_matrix
    error = []
    for nodes in (3, 6, 12):
        _, _, D = chebyshev(nodes)
        n = len(A)
        big = np.zeros((n + nodes, n + nodes))
        big[:n, :n] = A
        big[:n, n + nodes - 1 :] = B  # the oldest command acts
        moved = D / 0.12
        big[n:, n:] = moved[1:, 1:]
        drive = np.vstack([np.zeros((n, 1)), moved[1:, :1]])
        weight = np.zeros_like(big)
        weight[:n, :n] = Q
        weight[n:, n:] += 1e-12 * np.eye(nodes)
        P = solve_continuous_are(big, drive, weight, R)
        error.append(np.abs(P[:n, :n] - exact).max() / np.abs(exact).max())
    assert error[1] < 0.3 * error[0] and error[2] < 0.3 * error[1] and error[2] < 0.02


def test_no_reflex_costs_less_than_the_optimum_of_its_delay():
    weights = np.diag([1000.0, 10.0])
    noise = np.diag([0.0, 1.0 / 25.0])  # of the rate, per (N m)^2 s, with J 5
    for name in ("T1", "T3", "T4"):
        model = trunk_set(name)
        best = reflex_regulator(model, weights, 1e-3)
        assert reflex_cost(model, weights, 1e-3) > best.noise_cost(noise)
    at_once = {"delay": 0.0, "filter_time": 1e-6}
    best = reflex_regulator(trunk_set("T1", **at_once), weights, 1e-3)
    stretch, rate = -best.gain[0]
    optimal = trunk_set("T1", stretch_gain=stretch, rate_gain=rate, **at_once)
    assert reflex_cost(optimal, weights, 1e-3) == pytest.approx(best.noise_cost(noise), rel=1e-4)


def test_invalid_regulators_raise():
    with pytest.raises(ParameterError, match="A, B, Q, R of shapes"):
        delayed_lqr(A, B.T, Q, R, delay=0.1)
    with pytest.raises(ParameterError, match="give seconds"):
        delayed_lqr(A, B, Q, R, delay=-0.1)
    with pytest.raises(ParameterError, match="reach every unstable mode"):
        delayed_lqr(np.eye(2), [[0.0], [1.0]], np.eye(2), [[1.0]], delay=0.1)
    with pytest.raises(UnstableError, match="a mean cost"):
        reflex_cost(trunk_set("T3", delay=0.2), Q, 1e-3)


def neurons(a21):
    """The nonlinear two-neuron system and its Jacobians; delays 1.5 and 0.2 s."""

    def f(y, past):
        slow, fast = past
        cross = np.array([np.tanh(fast[1]), a21 * np.tanh(fast[0])])
        return -0.5 * y - np.tanh(slow) + cross

    def fast(y, past):
        slope = 1.0 / np.cosh(past[1]) ** 2
        return np.array([[0.0, slope[1]], [a21 * slope[0], 0.0]])

    return f, Jacobians(
        now=lambda y, past: -0.5 * np.eye(2),
        past=(lambda y, past: -np.diag(1.0 / np.cosh(past[0]) ** 2), fast),
    )


def test_nonlinear_neurons_linearise_to_the_analytical_system():
    f, jacobians = neurons(2.34)
    assert max(jacobian_errors(f, jacobians, [0.3, -0.4], 2)) < 1e-8
    found = linearise(f, jacobians, [0.0, 0.0], (1.5, 0.2), state_names=("x1", "x2"))
    assert found.decided and found.residual == 0.0 and found.kink_distance == np.inf
    by_hand = characteristic_roots(two_neurons().system((2.34,))).roots
    assert characteristic_roots(found.system).roots == pytest.approx(by_hand, abs=1e-12)
    assert found.system.state_names == ("x1", "x2")
    other = linearise(f, jacobians, [0.6, 0.9], (1.5, 0.2))  # beyond the zero root, another rest
    assert np.abs(other.equilibrium).min() > 0.1 and other.residual < 1e-9
    assert crossings_along(two_neurons(), 2.0, 2.3)[0].value == pytest.approx(2.25)


def test_a_wrong_jacobian_has_a_large_error():
    f, jacobians = neurons(2.34)
    wrong = Jacobians(now=lambda y, past: -0.6 * np.eye(2), past=jacobians.past)
    assert jacobian_errors(f, wrong, [0.3, -0.4], 2)[0] > 0.05


def spring(rest):
    """A mass on a spring with a given rest, and a one-sided stop at zero."""

    def f(y, past):
        stop = 50.0 * max(y[0], 0.0)
        return np.array([y[1], -10.0 * (y[0] - rest) - stop - y[1]])

    def now(y, past):
        return np.array([[0.0, 1.0], [-10.0 - (50.0 if y[0] > 0.0 else 0.0), -1.0]])

    return f, Jacobians(now)


def test_distance_to_the_nearest_kink_and_both_sides_at_one():
    stop = Kink("stop", lambda y: 2.0 * float(y[0]), lambda y: np.array([2.0, 0.0]))
    far = Kink("far", lambda y: float(y[0]) - 3.0, lambda y: np.array([1.0, 0.0]))
    found = linearise(*spring(-0.2), [-0.1, 0.0], kinks=(far, stop))
    assert found.decided and found.kink == "stop"
    assert found.kink_distance == pytest.approx(0.2)
    at = linearise(*spring(0.0), [0.0, 0.0], kinks=(far, stop))
    assert not at.decided and at.system is None
    stiffness = [-side.now[1, 0] for side in at.one_sided]
    assert stiffness == [10.0, 60.0]


def test_invalid_linearisations_raise():
    f, jacobians = neurons(2.0)
    with pytest.raises(ParameterError, match="for each of"):
        linearise(f, jacobians, [0.0, 0.0], (1.5,))
    with pytest.raises(ConvergenceError, match="start nearer"):
        linearise(
            lambda y, past: y**2 + 1.0, Jacobians(lambda y, past: np.diag(2.0 * y)), [0.7], ()
        )
