"""Tendon organ: static curve, step, frequency response, floor."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.signal import TransferFunction, lsim

from panjabi.errors import ParameterError
from panjabi.neural import standard_tendon_organ, tendon_organ


def test_static_firing_is_the_logarithm():
    organ = standard_tendon_organ()
    force = np.array([0.0, 4.0, 40.0])
    found = organ.firing(force, organ.rest(force))
    assert found[1:] == pytest.approx(60.0 * np.log([2.0, 11.0]), rel=1e-12)
    assert found[0] == pytest.approx(np.log(2.0))  # the rounded corner at zero
    assert np.allclose(organ.state_rate(force, organ.rest(force)), 0.0, atol=1e-12)


def test_step_against_an_independent_filter():
    """scipy.signal of (1.7 s^2 + 2.58 s + 0.4) / (s^2 + 2.2 s + 0.4)."""
    organ = standard_tendon_organ()
    t = np.linspace(0.0, 8.0, 81)
    x = 60.0 * np.log(20.0 / 4.0 + 1.0)
    filtered = lsim(TransferFunction([1.7, 2.58, 0.4], [1.0, 2.2, 0.4]), np.full(81, x), t)[1]
    run = solve_ivp(
        lambda s, y: organ.state_rate([20.0], y[None])[0], (0.0, 8.0), np.zeros(2), t_eval=t,
        rtol=1e-9, atol=1e-9,
    )  # fmt: skip
    found = organ.firing(np.full(81, 20.0), run.y.T)
    assert found == pytest.approx(filtered, rel=1e-6)
    assert found[0] == pytest.approx(1.7 * x)  # overshoot at once
    assert found[0] > found[20] > found[40]


def test_frequency_response_of_the_states_is_that_of_the_filter():
    """From the state equations: C (s - A)^-1 B + D, at small force about 10 N."""
    organ = standard_tendon_organ()
    force = np.array([10.0])
    rest = organ.rest(force)
    h = 1e-6
    A = np.column_stack([
        (organ.state_rate(force, rest + e) - organ.state_rate(force, rest - e))[0] / (2 * h)
        for e in h * np.eye(2)[:, None]
    ])  # fmt: skip
    B = (organ.state_rate(force + h, rest) - organ.state_rate(force - h, rest))[0] / (2 * h)
    slopes = organ.firing_slopes(force, rest)[0]
    per_force = 60.0 / (force[0] + 4.0)
    for hz in (0.01, 0.1, 1.0, 10.0):
        s = 2j * np.pi * hz
        found = slopes[1:] @ np.linalg.solve(s * np.eye(2) - A, B) + slopes[0]
        assert found == pytest.approx(per_force * organ.frequency_response(hz), rel=1e-7)
    assert abs(organ.frequency_response(1e-6)) == pytest.approx(1.0)
    assert abs(organ.frequency_response(1e4)) == pytest.approx(1.7, rel=1e-3)


def test_firing_stays_above_zero_after_a_release():
    organ = standard_tendon_organ()
    kept = organ.rest([100.0])
    hard = tendon_organ.TendonOrgan(organ.parameters, smooth_rate=0.0)
    assert hard.firing([0.0], kept)[0] == 0.0
    assert 0.0 <= organ.firing([0.0], kept)[0] < 1e-3


def test_slopes_are_exact():
    organ = standard_tendon_organ()
    force, state = np.array([0.5, 30.0]), np.array([[20.0, 3.0], [300.0, -20.0]])
    slopes = organ.firing_slopes(force, state)
    h = 1e-5
    by_force = (organ.firing(force + h, state) - organ.firing(force - h, state)) / (2 * h)
    assert slopes[:, 0] == pytest.approx(by_force, rel=1e-6)
    for j in (0, 1):
        e = np.zeros((2, 2))
        e[:, j] = h
        step = (organ.firing(force, state + e) - organ.firing(force, state - e)) / (2 * h)
        assert slopes[:, 1 + j] == pytest.approx(step, rel=1e-6, abs=1e-9)


def test_compiled_equals_plain():
    c = standard_tendon_organ().constants
    force, state = np.array([3.0, 50.0]), np.array([[10.0, 1.0], [200.0, -3.0]])
    a, b = np.empty((2, 2)), np.empty((2, 2))
    tendon_organ.rates(c, force, state, a)
    tendon_organ.rates.py_func(c, force, state, b)
    assert np.allclose(a, b, rtol=1e-14)
    a, b, sa, sb = np.empty(2), np.empty(2), np.empty((2, 3)), np.empty((2, 3))
    tendon_organ.firing(c, force, state, a, sa)
    tendon_organ.firing.py_func(c, force, state, b, sb)
    assert np.allclose(a, b, rtol=1e-13) and np.allclose(sa, sb, rtol=1e-13)


def test_a_negative_tendon_force_raises():
    with pytest.raises(ParameterError, match="a tendon cannot push"):
        standard_tendon_organ().rest([-1.0])
