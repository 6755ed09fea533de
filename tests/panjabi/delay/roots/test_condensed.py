"""Condensation of a large system: the same determinant, roots and count as the whole."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.delay.roots import condensed_spectrum
from panjabi.delay.roots.condensed_spectrum import Condensed, border_states
from panjabi.delay.roots.counting import count_right_of
from panjabi.delay.roots.spectrum import characteristic_roots
from panjabi.delay.roots.system import DelayTerm, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError

BORDER = (0, 1, 2, 3)


def system(gain: float, *, own: float = 0.0) -> LinearDelaySystem:
    """Two masses on springs, six muscles of three states behind them, two delays."""
    rng = np.random.default_rng(4)
    n = 4 + 18
    A, late = np.zeros((n, n)), [np.zeros((n, n)), np.zeros((n, n))]
    A[0, 2] = A[1, 3] = 1.0
    A[2:4, :2] = [[30.0, -10.0], [-10.0, 20.0]]
    A[2:4, 2:4] = -np.diag([5.0, 6.0])
    for k in range(6):
        a, f, r = (4 + 3 * k + j for j in range(3))
        arm = rng.normal(size=2)
        A[a, a], A[f, f], A[r, r] = -30.0, -80.0, -200.0
        A[f, a] = 50.0
        A[f, :2], A[r, :2], A[r, 2:4] = 10.0 * arm, 200.0 * arm, 20.0 * arm
        A[2:4, f] = -gain * arm
        late[k % 2][a, r] = 30.0
        late[k % 2][a, a] = own
        late[k % 2][2:4, r] = -0.02 * gain * arm  # heard late by the border itself
        late[1 - k % 2][a, :2] = 3.0 * arm  # and the border by a block
    return LinearDelaySystem(now=A, delayed=(DelayTerm(0.03, late[0]), DelayTerm(0.06, late[1])))


@pytest.mark.parametrize("own", [0.0, -8.0])
def test_determinant_equals_that_of_the_whole_matrix(own):
    whole = system(20.0, own=own)
    small = Condensed(whole, BORDER)
    points = np.array([0.3 + 2.0j, -1.0 + 11.0j])
    D, dD = small.at(points)
    blocks = [
        np.linalg.det(whole.matrix(s)) / np.linalg.det(d) for s, d in zip(points, D, strict=True)
    ]
    for s, block in zip(points, blocks, strict=True):
        inner = np.setdiff1d(np.arange(whole.size), BORDER)
        M = whole.matrix(s)[np.ix_(inner, inner)]
        assert block == pytest.approx(np.linalg.det(M), rel=1e-9)
    h = 1e-6 + 0.0j
    near = (small.at(points + h)[0] - small.at(points - h)[0]) / (2.0 * h)
    np.testing.assert_allclose(dD, near, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("gain", [2.0, 20.0, 60.0])
@pytest.mark.parametrize("own", [0.0, -8.0])
def test_rightmost_root_and_count_agree_with_the_general_methods(gain, own):
    whole = system(gain, own=own)
    found = Condensed(whole, BORDER).spectrum()
    exact = characteristic_roots(whole, count=4)
    assert found.rightmost == pytest.approx(exact.rightmost, rel=1e-8)
    assert found.complete and found.stable == exact.stable
    small = Condensed(whole, BORDER)
    for x in (0.0, -1.0, 1.5):
        assert small.count_right_of(x) == count_right_of(whole, x)


def test_delayed_by_equals_a_system_with_longer_delays():
    whole = system(20.0)
    later = whole.with_delays([T + 0.02 for T in whole.delays])
    one, other = Condensed(whole, BORDER).delayed_by(0.02), Condensed(later, BORDER)
    assert one.rightmost().rightmost == pytest.approx(other.rightmost().rightmost, rel=1e-10)


def relaxing(stiffness: float, damping: float, gain: float, count: int = 60) -> LinearDelaySystem:
    """Two masses, and many elements with one relaxation time, 0.2 s: equal poles at -5 1/s."""
    rng = np.random.default_rng(1)
    A = np.zeros((4 + count, 4 + count))
    arm = 0.05 * rng.normal(size=(2, count))
    A[:2, 2:4] = np.eye(2)
    A[2:4, :2], A[2:4, 2:4] = -stiffness * np.diag([1.0, 1.4]), -damping * np.eye(2)
    A[2:4, 4:] = -arm * gain * rng.uniform(0.5, 1.5, count)
    A[4:, 2:4], A[4:, 4:] = arm.T, -5.0 * np.eye(count)
    return LinearDelaySystem(now=A)


@pytest.mark.parametrize(
    ("stiffness", "damping", "gain"),
    [(-20.0, 0.5, 1000.0), (300.0, 20.0, 50.0), (300.0, 11.0, 0.0), (300.0, 40.0, 10.0)],
    ids=["unstable", "root beside the poles", "poles without effect", "overdamped"],
)
def test_equal_poles_hide_no_root(stiffness, damping, gain):
    whole = relaxing(stiffness, damping, gain)
    found = Condensed(whole, BORDER).spectrum()
    values = np.linalg.eigvals(whole.now)
    assert found.rightmost.real == pytest.approx(values.real.max(), rel=1e-6)
    assert found.complete


def test_a_value_at_a_pole_is_finite_and_a_line_through_it_is_refused():
    small = Condensed(relaxing(300.0, 11.0, 10.0), BORDER)
    assert np.isfinite(small.at(np.array([-5.0 + 0.0j, 1.0j]))[0]).all()
    with pytest.raises(ConvergenceError, match="no root on the line"):
        small.count_right_of(-5.0)


def test_an_invalid_border_raises():
    with pytest.raises(ParameterError, match="got 0 border states of a system of 22"):
        Condensed(system(1.0), ())


def with_shared_receptor(order: list[int]) -> LinearDelaySystem:
    """The masses and muscles, and a receptor that excites every muscle; states in any order."""
    plain = system(20.0)
    n = plain.size + 1
    A, late = np.zeros((n, n)), [np.zeros((n, n)), np.zeros((n, n))]
    for larger, matrix in zip(
        (A, *late), (plain.now, *(t.state for t in plain.delayed)), strict=True
    ):
        larger[:-1, :-1] = matrix
    A[-1, -1], A[-1, 0] = -50.0, 100.0
    late[1][4:-1:3, -1] = 2.0
    at = np.ix_(order, order)
    return LinearDelaySystem(
        now=A[at],
        delayed=tuple(DelayTerm(T, x[at]) for T, x in zip(plain.delays, late, strict=True)),
    )


@given(st.permutations(range(23)))
def test_the_border_is_found_in_any_order_of_the_states(order):
    """Masses and the shared receptor; each of the six muscles stays a block of three states."""
    whole = with_shared_receptor(order)
    assert {order[k] for k in border_states(whole)} == {*BORDER, 22}
    (muscles,) = Condensed(whole).groups
    assert muscles.inner.shape[1:3] == (6, 3)


def test_the_border_that_is_found_gives_the_same_roots():
    whole = with_shared_receptor(list(range(23)))
    found, exact = Condensed(whole).spectrum(), characteristic_roots(whole, count=4)
    assert found.rightmost == pytest.approx(exact.rightmost, rel=1e-8) and found.complete


def test_a_start_that_has_not_arrived_is_no_root(monkeypatch):
    monkeypatch.setattr(condensed_spectrum, "STEPS", 1)
    small = Condensed(system(20.0), BORDER)
    root = characteristic_roots(small.system, count=1).rightmost
    _, residual = small.roots(np.array([root, root + 0.5]))
    assert residual[0] < 1e-10 and residual[1] == np.inf
