"""Characteristic roots: closed forms, published test problems, counts that need no root."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from known_delay_systems import delayed_pendulum, hayes, trunk_system, two_neurons
from scipy.special import lambertw

from panjabi.delay.roots import (
    DelayTerm,
    LinearDelaySystem,
    characteristic_roots,
    count_right_of,
    count_unstable,
)
from panjabi.delay.roots.generator import chebyshev, generator, interpolation
from panjabi.errors import ConvergenceError, ParameterError


def upper(found, count: int) -> np.ndarray:
    return found.roots[found.roots.imag >= 0.0][:count]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (
            1.0,
            [
                -0.318131505204764135 + 1.337235701430689409j,
                -2.06227772959828388 + 7.58863117847251262j,
                -2.65319197403869729 + 13.9492083345332145j,
            ],
        ),
        (1.5, [-0.0327837359155725230 + 1.54964382335015923j]),
        (2.0, [0.172816002839999976 + 1.67368641374084268j]),
        (np.pi / 2, [0.5j * np.pi, -1.60429091344801116 + 7.64719227612459292j]),
    ],
)
def test_scalar_roots_are_those_of_lambert(at, expected):
    """D2 to D5."""
    found = characteristic_roots(hayes(0.0, -at, 1.0), count=2 * len(expected))
    assert upper(found, len(expected)) == pytest.approx(np.array(expected), abs=1e-13)
    by_function = [lambertw(-at, k) for k in range(len(expected))]
    assert upper(found, len(expected)) == pytest.approx(np.array(by_function), abs=1e-12)
    assert found.settled and found.residual.max() < 1e-14 and found.discarded == 0


def test_oscillation_begins_at_a_double_root():
    """D1: a T = 1/e has the double root -1/T; below it the first roots are real."""
    edge = 0.367879441171442322
    found = characteristic_roots(hayes(0.0, -edge, 1.0), count=4)
    assert found.rightmost == pytest.approx(-1.0, abs=1e-10)
    assert found.multiplicity[0] == 2
    below = characteristic_roots(hayes(0.0, -edge + 1e-6, 1.0), count=2).roots
    assert below[0].imag == below[1].imag == 0.0 and below[0] != below[1]
    above = characteristic_roots(hayes(0.0, -edge - 1e-6, 1.0), count=2).roots
    assert above[0].imag > 0.0 and above[1] == above[0].conjugate()


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (-1.0, -2.0, -0.0924843222914664099 + 1.99728269103946400j),  # D7
        (1.0, -1.5, 0.272774827922470350 + 0.880380970630809662j),  # D8
        (0.5, -1.0, -0.162909243106012646 + 0.972478922705943082j),  # D9
    ],
)
def test_scalar_with_feedback_now_and_late(a, b, expected):
    assert characteristic_roots(hayes(a, b, 1.0)).rightmost == pytest.approx(expected, abs=1e-13)


def test_pendulum_with_delayed_feedback():
    """D12."""
    found = characteristic_roots(delayed_pendulum(1.0, 1.5, 1.2, 0.5))
    expected = -0.3093946050779637 + 0.9221963469522218j
    assert found.rightmost == pytest.approx(expected, abs=1e-13)


@pytest.mark.parametrize("a", [0.5, 1.0, 4.0])
def test_triple_root_at_the_longest_delay_that_can_be_stabilised(a):
    """D10: T = sqrt(2/a), p = a, d = a T."""
    delay = np.sqrt(2.0 / a)
    found = characteristic_roots(delayed_pendulum(a, a, a * delay, delay), count=5)
    assert found.multiplicity[0] == 3
    assert abs(found.rightmost) < 1e-10
    assert (found.multiplicity[1:] == 1).all() and (found.roots[1:].real < 0.0).all()


@pytest.mark.parametrize("delay", [1.5, 1.9])
def test_triple_root_with_acceleration_feedback(delay):
    """D11: c = a T^2/2 - 1; |c| < 1 up to T = 2/sqrt(a), where the neutral part gives way."""
    c = 0.5 * delay**2 - 1.0
    system = delayed_pendulum(1.0, 1.0, delay, delay, c=c)
    found = characteristic_roots(system, count=5)
    assert system.neutral and system.neutral_radius == pytest.approx(abs(c), rel=1e-14)
    assert found.multiplicity[0] == 3 and abs(found.rightmost) < 1e-10
    assert delayed_pendulum(1.0, 1.0, 2.0, 2.0, c=1.0).neutral_radius == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("a21", "expected"),
    [
        (
            2.34,
            [0.3088659977583916, -0.0971279524156575, -0.4558476548652622 + 1.688455123408947j],
        ),
        (
            0.5,
            [
                -0.03327710606342291 + 0.8977591587116123j,
                -0.294864479860484 + 1.470448390361629j,
            ],
        ),
    ],
)
def test_two_neurons_with_two_delays(a21, expected):
    """D14 and D15; the delays are 7.5 fold apart and get a mesh each."""
    found = characteristic_roots(two_neurons().system((a21,)), count=8)
    for root in expected:
        assert np.abs(found.roots - root).min() < 1e-12
    assert upper(found, len(expected)) == pytest.approx(np.array(expected), abs=1e-12)


@pytest.mark.parametrize(
    ("name", "delay", "expected"),
    [
        ("T1", 0.03, -4.8115458098936),
        ("T1", 0.06, -5.1890372441422),
        ("T1", 0.10, -2.1861520948170 + 13.551668352778j),
        ("T2", 0.03, -6.5977927598711 + 5.5918670861202j),
        ("T2", 0.10, -4.5576521444746 + 10.427196672411j),
        ("T3", 0.06, -0.59038583870973 + 7.2143217329471j),
        ("T3", 0.10, 0.52614839049652 + 6.590686827988j),
    ],
)
def test_trunks(name, delay, expected):
    """D16."""
    found = characteristic_roots(trunk_system(name, delay=delay))
    assert found.rightmost == pytest.approx(expected, abs=1e-11)
    assert found.stable == (expected.real < 0.0)
    assert count_unstable(found.system) == found.unstable


def test_closed_system_without_delay_has_ordinary_eigenvalues():
    found = characteristic_roots(trunk_system("T1", delay=0.0))
    expected = np.roots([5.0, 30.0 + 60.0, -100.0 + 400.0])
    assert np.sort(found.roots.real) == pytest.approx(np.sort(expected.real), rel=1e-13)
    assert len(found.roots) == 2


@pytest.mark.parametrize("delay", [1e-3, 1e-4, 1e-5])
def test_short_delay_goes_to_the_sum_of_the_matrices(delay):
    system = two_neurons().system((0.5,)).with_delays(delay)
    expected = np.linalg.eigvals(system.now + sum(t.state for t in system.delayed))
    found = characteristic_roots(system, count=2)
    assert np.abs(found.roots[0] - expected[np.argmax(expected.real)]) < 10.0 * delay


def test_mesh_converges_faster_than_any_power():
    exact = -0.5903858387097322 + 7.2143217329471j
    system = trunk_system("T3", delay=0.06)
    error = [np.abs(np.linalg.eigvals(generator(system, n)) - exact).min() for n in (2, 4, 6, 8)]
    assert error[0] > 1e-3 and error[1] < 0.05 * error[0]
    assert error[2] < 0.01 * error[1] and error[3] < 1e-10


def test_candidates_without_newton_are_inaccurate():
    """Few nodes give rough candidates; polishing makes them exact, or they are dropped."""
    system = trunk_system("T1", delay=0.1)
    rough = np.linalg.eigvals(generator(system, 3))
    exact = characteristic_roots(system).rightmost
    polished = characteristic_roots(system, count=2, nodes=3).rightmost
    assert np.abs(rough - exact).min() > 1e-3
    assert polished == pytest.approx(exact, abs=1e-12)


def test_chebyshev_matrix_differentiates_polynomials_and_interpolates_them():
    x, w, D = chebyshev(7)
    y, slope = x**7 - 2.0 * x**3, 7.0 * x**6 - 6.0 * x**2
    assert D @ y == pytest.approx(slope, abs=1e-12)
    assert interpolation(x, w, -0.3) @ y == pytest.approx((-0.3) ** 7 + 2.0 * 0.3**3, abs=1e-14)
    assert interpolation(x, w, float(x[3])) @ y == y[3]


def test_very_different_delays():
    """A loop of 2 ms beside one of 1 s: fast roots and slow ones, none missed."""
    system = LinearDelaySystem(
        now=np.array([[-1.0, 2.0], [0.0, -400.0]]),
        delayed=(
            DelayTerm(0.002, np.array([[0.0, 0.0], [0.0, -450.0]])),
            DelayTerm(1.0, np.array([[-2.0, 0.0], [30.0, 0.0]])),
        ),
    )
    found = characteristic_roots(system, count=8)
    edge = found.roots.real.min() - 1e-3
    assert count_right_of(system, edge) == found.multiplicity.sum()
    assert found.residual.max() < 1e-13


@st.composite
def systems(draw):
    n = draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    terms = tuple(
        DelayTerm(draw(st.floats(0.05, 1.5)), rng.normal(size=(n, n)))
        for _ in range(draw(st.integers(1, 3)))
    )
    return LinearDelaySystem(now=rng.normal(size=(n, n)), delayed=terms)


@given(systems())
@settings(max_examples=40)
def test_roots_of_a_random_system_are_exact_and_complete(system):
    found = characteristic_roots(system, count=6)
    for s in found.roots:
        M = s * np.eye(system.size) - system.now
        for term in system.delayed:
            M = M - np.exp(-s * term.delay) * term.state
        least = np.linalg.svd(M, compute_uv=False)[-1]
        assert least < 1e-11 * system.taps.scale(s)
    assert (found.roots.real[:-1] >= found.roots.real[1:] - 1e-12).all()
    edge = float(found.roots.real.min()) - 1e-6
    assert count_right_of(system, edge) == found.multiplicity.sum()
    finer = characteristic_roots(system, count=6, nodes=found.nodes + 15)
    assert finer.roots == pytest.approx(found.roots, abs=1e-9)


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.5, 1.0, 2.0])
def test_argument_principle_agrees_with_the_spectrum(delay):
    for lag in (0.0, 0.04):
        system = trunk_system("T1", lag=lag, delay=delay)
        found = characteristic_roots(system, count=12)
        assert count_unstable(system) == found.unstable
        edge = float(found.roots.real.min()) - 1e-4
        assert count_right_of(system, edge) == found.multiplicity.sum()


def test_argument_principle_of_a_neutral_system():
    system = delayed_pendulum(1.0, 1.8, 1.4, 0.6, c=0.4)
    assert count_unstable(system) == characteristic_roots(system, count=6).unstable == 0
    assert count_unstable(system.with_delays(1.5)) == 2
    with pytest.raises(ParameterError, match="neutral system that may have infinitely many"):
        count_unstable(delayed_pendulum(1.0, 1.8, 1.4, 0.6, c=1.2))


def test_root_on_the_line_is_undecided():
    with pytest.raises(ConvergenceError, match="cannot be counted|a whole number"):
        count_unstable(hayes(0.0, -np.pi / 2, 1.0))


def test_invalid_arguments_raise():
    with pytest.raises(ParameterError, match="Expected 1 or more roots"):
        characteristic_roots(hayes(0.0, -1.0, 1.0), count=0)
    with pytest.raises(ParameterError, match="give 0 to count unstable"):
        count_right_of(hayes(0.0, -1.0, 1.0), float("nan"))


def test_a_feedback_of_almost_nothing_and_an_endless_delay_have_roots():
    """The square of 1e-300 is zero, and exp(1e6) is beyond the largest number."""
    roots = characteristic_roots(hayes(-2.0, 1e-300, 1.0)).roots
    assert roots[0] == pytest.approx(-2.0)
    late = characteristic_roots(hayes(-2.0, -1.0, 1e6)).roots
    assert -1e-5 < late[0].real < 0.0


def test_a_delay_for_every_muscle():
    """Forty muscles on three joints: no root right of the last is missing, and the mesh of signals
    agrees with one that gives every state a past."""
    rng = np.random.default_rng(2)
    arms = rng.normal(scale=0.04, size=(40, 3))
    n = 46
    E, A = np.eye(n), np.zeros((n, n))
    E[3:6, 3:6] = np.diag([0.3, 0.2, 0.1])
    A[0:3, 3:6], A[3:6, 0:3], A[3:6, 3:6] = np.eye(3), -30.0 * np.eye(3), -1.0 * np.eye(3)
    A[3:6, 6:], A[6:, 6:] = -arms.T, -np.eye(40) / 0.015
    terms = []
    for m in range(40):
        past = np.zeros((n, n))
        past[6 + m, 0:3], past[6 + m, 3:6] = 6e3 * arms[m], 300.0 * arms[m]
        terms.append(DelayTerm(float(rng.uniform(0.02, 0.06)), past))
    system = LinearDelaySystem(mass=E, now=A, delayed=tuple(terms))
    found = characteristic_roots(system, count=6)
    assert count_right_of(system, found.roots.real.min() - 1e-3) == found.multiplicity.sum()
    assert found.residual.max() < 1e-14
    assert len(generator(system, 10)) <= n + 10 * 6


def test_multiple_delays_merge_and_split_alike():
    """Two terms of one delay are one term; a term cut in two is the same system."""
    whole = two_neurons().system((0.5,))
    cut = LinearDelaySystem(
        now=whole.now,
        delayed=(*whole.delayed[:1], *(DelayTerm(0.2, 0.5 * whole.delayed[1].state),) * 2),
    )
    assert characteristic_roots(cut).roots == pytest.approx(
        characteristic_roots(whole).roots, abs=1e-13
    )


def test_candidates_of_a_neutral_system_converge_too():
    system = delayed_pendulum(1.0, 1.8, 1.4, 0.6, c=0.4)
    exact = characteristic_roots(system).rightmost
    error = [np.abs(np.linalg.eigvals(generator(system, n)) - exact).min() for n in (4, 8, 14)]
    assert error[1] < 1e-2 * error[0] and error[2] < 1e-10
