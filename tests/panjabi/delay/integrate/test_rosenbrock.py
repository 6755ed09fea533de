"""The Rosenbrock pair: order conditions, order seen, stiff problems, a Jacobian that is wrong."""

from __future__ import annotations

import numpy as np
import pytest
from numba import njit

from panjabi.delay.integrate import DelayModel, Settings, rosenbrock as pair, solve
from panjabi.errors import ParameterError


def test_order_conditions_of_a_w_method():
    """Order 3 whatever stands for the Jacobian; the estimate has order 2."""
    alpha, below = pair.ALPHA, pair.BELOW
    a, g = alpha.sum(axis=1), below.sum(axis=1)
    for b, third in ((pair.WEIGHTS, True), (pair.LOWER_WEIGHTS, False)):
        assert b.sum() == pytest.approx(1.0, abs=1e-14)
        assert b @ a == pytest.approx(0.5, abs=1e-14)
        assert b @ g == pytest.approx(0.0, abs=1e-14)
        of_order_three = (
            b @ a**2 - 1.0 / 3.0,
            b @ alpha @ a - 1.0 / 6.0,
            b @ alpha @ g,
            b @ below @ a,
            b @ below @ g,
        )
        assert (np.abs(of_order_three).max() < 1e-14) == third


def test_l_stable_and_stiffly_accurate():
    both = pair.ALPHA + pair.BELOW
    assert np.allclose(both[3], pair.WEIGHTS, atol=1e-14)
    for z, bound in ((-1e8, 1e-6), (1e6j, 1e-4), (30j, 1.0), (3j, 1.0)):
        k = np.linalg.solve(np.eye(4) - z * both, np.ones(4))
        assert abs(1.0 + z * pair.WEIGHTS @ k) <= bound


@njit
def loop(t, y, delayed, p, out):
    """A nonlinear delay equation with a time-dependent force."""
    out[0] = y[1]
    out[1] = np.sin(3.0 * t) - np.sin(y[0]) - 0.7 * delayed[0, 0] - 0.2 * y[1] ** 3


@njit
def slopes(t, y, delayed, p, out):
    out[0, 0] = 0.0
    out[0, 1] = 1.0
    out[1, 0] = -np.cos(y[0])
    out[1, 1] = -0.6 * y[1] ** 2


@njit
def no_slopes(t, y, delayed, p, out):
    out[:] = 0.0


@njit
def wrong_slopes(t, y, delayed, p, out):
    out[0, 0], out[0, 1], out[1, 0], out[1, 1] = -1.0, 0.3, 2.0, -4.0


@pytest.mark.parametrize("jacobian", [slopes, no_slopes, wrong_slopes])
def test_observed_order_is_three(jacobian):
    model = DelayModel(rhs=loop, jacobian=jacobian, delays=(0.5,), reads=(0,))
    start, span = [0.3, 0.0], (0.0, 2.0)
    exact = solve(model, start, span, settings=Settings(rtol=1e-12, atol=1e-13)).state[-1]
    errors = []
    for h in (0.05, 0.025, 0.0125):
        fixed = Settings(
            rtol=0.9, atol=1e6, method="rosenbrock", largest_step=h, first_step=h, track=3
        )
        errors.append(np.abs(solve(model, start, span, settings=fixed).state[-1] - exact).max())
    order = np.log2(np.array(errors[:-1]) / errors[1:])
    assert np.all(order > 2.6), order
    assert np.all(order < 3.6), order


@njit
def stiff(t, y, delayed, p, out):
    """Prothero and Robinson: y = cos t for any stiffness p."""
    out[0] = -p[0] * (y[0] - np.cos(t)) - np.sin(t)


@njit
def stiff_slope(t, y, delayed, p, out):
    out[0, 0] = -p[0]


@pytest.mark.parametrize("stiffness", [1.0, 1e3, 1e6])
def test_number_of_steps_does_not_grow_with_stiffness(stiffness):
    model = DelayModel(rhs=stiff, jacobian=stiff_slope)
    run = solve(model, [1.0], (0.0, 3.0), p=[stiffness],
                settings=Settings(rtol=1e-5, atol=1e-7, method="rosenbrock"))  # fmt: skip
    assert abs(run.state[-1, 0] - np.cos(3.0)) < 1e-4
    assert run.counts.steps < 400


def test_tolerance_is_kept_over_three_decades():
    model = DelayModel(rhs=loop, jacobian=slopes, delays=(0.5,), reads=(0,))
    exact = solve(model, [0.3, 0.0], (0.0, 4.0), settings=Settings(rtol=1e-12, atol=1e-13))
    times = np.linspace(0.0, 4.0, 81)
    for tolerance in (1e-3, 1e-4, 1e-5, 1e-6):
        settings = Settings(rtol=tolerance, atol=tolerance, method="rosenbrock")
        run = solve(model, [0.3, 0.0], (0.0, 4.0), settings=settings)
        assert np.abs(run.at(times) - exact.at(times)).max() < 30.0 * tolerance


@njit
def own_algebra(t, y, delayed, p, work):
    """1 - w J of `loop` solved by hand; J is kept in p."""
    if work[0, 0] == 0.0:
        p[0], p[1] = -np.cos(y[0]), -0.6 * y[1] ** 2
    elif work[0, 0] == 1.0:
        p[2] = work[0, 1]
    else:
        w = p[2]
        b0, b1 = work[1, 0], work[1, 1]
        det = 1.0 - w * p[1] - w * w * p[0]
        work[1, 0] = ((1.0 - w * p[1]) * b0 + w * b1) / det
        work[1, 1] = (w * p[0] * b0 + b1) / det
    work[0, 2] = 1.0


def test_linear_algebra_of_the_model_equals_dense_algebra():
    dense = DelayModel(rhs=loop, jacobian=slopes, delays=(0.5,), reads=(0,))
    own = DelayModel(rhs=loop, linear=own_algebra, delays=(0.5,), reads=(0,))
    settings = Settings(rtol=1e-5, atol=1e-8, method="rosenbrock")
    one = solve(dense, [0.3, 0.0], (0.0, 2.0), p=np.zeros(3), settings=settings)
    two = solve(own, [0.3, 0.0], (0.0, 2.0), p=np.zeros(3), settings=settings)
    assert np.allclose(one.state[-1], two.state[-1], rtol=1e-9)
    assert one.counts.steps == two.counts.steps


def test_rosenbrock_needs_a_jacobian():
    with pytest.raises(ParameterError, match="for the Rosenbrock pair, got one without"):
        solve(DelayModel(rhs=loop, delays=(0.5,), reads=(0,)), [0.0, 0.0], (0.0, 1.0),
              settings=Settings(method="rosenbrock"))  # fmt: skip


@njit
def driven(t, y, delayed, p, out):
    """A filter behind a path that is linear between samples every 0.1 s."""
    i = min(int(t / 0.1), p.size - 2)
    out[0] = p[i] + (p[i + 1] - p[i]) * (t / 0.1 - i) - 3.0 * y[0]


@njit
def driven_slopes(t, y, delayed, p, out):
    out[0, 0] = -3.0


@pytest.mark.parametrize("method", ["explicit", "implicit", "rosenbrock"])
def test_a_step_ends_at_every_kink_and_costs_no_evaluation_there(method):
    """As exact as with breaks; where the samples are not known, more than ten times worse."""
    model = DelayModel(rhs=driven, jacobian=driven_slopes)
    path, knots = np.random.default_rng(4).normal(size=11), 0.1 * np.arange(11)
    settings = Settings(1e-3, 1e-3, method=method, largest_step=0.1)

    def run(settings=settings, **stops):
        return solve(model, [0.0], (0.0, 1.0), p=path, settings=settings, **stops)

    exact = run(Settings(1e-11, 1e-13), breaks=knots)
    plain, kinks, breaks = run(), run(kinks=knots[::-1]), run(breaks=knots)
    errors = [np.abs(r.at(knots) - exact.at(knots)).max() for r in (plain, kinks, breaks)]
    assert np.isin(np.round(knots, 9), np.round(kinks.times, 9)).all()
    assert errors[1] < 1.5 * errors[2] < 0.1 * errors[0]
    assert kinks.counts.evaluations <= breaks.counts.evaluations - 9
