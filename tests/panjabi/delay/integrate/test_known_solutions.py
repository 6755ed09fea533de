"""Delay equations with known solutions, E1-E13, over three decades of tolerance and more.

`pytest -s` prints errors and observed orders.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import e, exp, factorial, floor, log, pi, sin, sqrt
from typing import Any

import numpy as np
import pytest
from numba import njit

from panjabi.delay.integrate import DelayModel, Event, Settings, solve


@dataclass(frozen=True)
class Problem:
    name: str
    model: DelayModel
    y0: list[float]
    span: tuple[float, float]
    known: dict[float, Any]  # time -> state, or {component: value}
    history: Any = None
    exact: Callable | None = None
    places: tuple[float, ...] = ()


@njit
def lag_one(t, y, z, p, out):
    out[0] = -z[0, 0]


@njit
def two_lags(t, y, z, p, out):
    out[0] = -z[0, 0] - z[1, 0]


@njit
def wille_baker(t, y, z, p, out):
    out[0] = z[0, 0]
    out[1] = z[0, 0] + z[1, 1]
    out[2] = y[1]


@njit
def sine_history(t, p, out):
    out[0] = sin(t)


@njit
def half_crossing(t, y, z, p, out):
    out[0] = y[0] - 0.5


@njit
def vanishing(t, y, z, p, out):
    out[0] = 1.0 - z[0, 0]


@njit
def vanishing_delay(t, y, p, out):
    out[0] = t - exp(1.0 - 1.0 / t)


@njit
def log_history(t, p, out):
    out[0] = log(t)


@njit
def relay(t, y, z, p, out):
    out[0] = -1.0 - y[0] + (2.0 if p[0] < 0.0 else 0.0)


@njit
def half_time(t, y, p, out):
    out[0] = 0.5 * t


@njit
def delayed_sign(t, y, z, p, out):
    out[0] = z[0, 0]


@njit
def state_dependent(t, y, z, p, out):
    out[0] = y[1]
    out[1] = -z[0, 1] * y[1] ** 2 * exp(1.0 - y[1])


@njit
def state_delay(t, y, p, out):
    out[0] = t - exp(1.0 - y[1])


@njit
def log_and_inverse(t, p, out):
    out[0] = log(t)
    out[1] = 1.0 / t


@njit
def paul(t, y, z, p, out):
    out[0] = y[0] * z[0, 0] / (t + 1.0)


@njit
def paul_delay(t, y, p, out):
    out[0] = t - (log(y[0]) - 1.0)


@njit
def feldstein(t, y, z, p, out):
    out[0] = z[0, 0] / (2.0 * sqrt(t + 1.0))


@njit
def feldstein_delay(t, y, p, out):
    out[0] = t - (y[0] - sqrt(2.0))


@njit
def mackey_glass(t, y, z, p, out):
    out[0] = 0.2 * z[0, 0] / (1.0 + z[0, 0] ** 10) - 0.1 * y[0]


@njit
def epidemic(t, y, z, p, out):
    out[0] = -y[0] * z[0, 1] + z[1, 1]
    out[1] = y[0] * z[0, 1] - y[1]
    out[2] = y[1] - z[1, 1]


@njit
def hutchinson(t, y, z, p, out):
    out[0] = 1.8 * y[0] * (1.0 - z[0, 0])


def series(t: float) -> float:
    """u' = -u(t - 1) from u(0) = 1 with nothing before."""
    return sum((-1) ** k * (t - k) ** k / factorial(k) for k in range(floor(t) + 1))


def relay_solution(t: float) -> float:
    if t < 2.0 * log(2.0):
        return 2.0 * exp(-t) - 1.0
    return 1.0 - 6.0 * exp(-t) if t < 2.0 * log(6.0) else 66.0 * exp(-t) - 1.0


def paul_solution(t: float) -> float:
    if t < e - 1.0:
        return 1.0 + t
    return exp((t + 1.0) / e) if t < e**2 - 1.0 else (e / (3.0 - log(t + 1.0))) ** e


def feldstein_solution(t: float) -> float:
    if t < 1.0:
        return sqrt(t + 1.0)
    return (t + 1.0) / 4.0 + 0.5 + (1.0 - sqrt(2.0) / 2.0) * sqrt(t + 1.0)


lag = DelayModel(rhs=lag_one, delays=(1.0,))
PROBLEMS = [
    Problem("E1 jump", lag, [1.0], (0.0, 10.0),
            {2.0: [0.0], 3.0: [-0.5], 5.0: [5 / 24], 10.0: [19223 / 362880]}, [0.0],
            exact=lambda t: [series(t)], places=(0.5, 1.7, 4.2, 7.3, 9.1)),
    Problem("E2 constant", lag, [1.0], (0.0, 10.0),
            {2.0: [-0.5], 3.0: [-1 / 6], 5.0: [19 / 120], 10.0: [10493 / 518400]}),
    Problem("E3 two delays", DelayModel(rhs=two_lags, delays=(1 / 3, 1 / 5)), [1.0], (0.0, 1.0),
            {1.0: [-8407 / 243000]}, [0.0]),
    Problem("E4 Wille-Baker", DelayModel(rhs=wille_baker, delays=(1.0, 0.2)), [1.0] * 3,
            (0.0, 5.0),
            {1.0: [2.0, 3.714138666666667, 3.181637511111111],
             2.0: [3.5, 10.5606192549051708, 9.77285729445779],
             5.0: [767 / 40, 176.422578447380318, 190.344201936070417]}),
    Problem("E5 sine", DelayModel(rhs=lag_one, delays=(pi / 2,), event=half_crossing,
                                  events=(Event("half"),)),
            [0.0], (0.0, 5 * pi / 2), {5 * pi / 2: [1.0]}, sine_history,
            exact=lambda t: [sin(t)], places=(1.0, 2.0, 4.0, 7.0)),
    Problem("E6 vanishing", DelayModel(rhs=vanishing, delay=vanishing_delay, varying=1),
            [log(0.1)], (0.1, 10.0), {10.0: [log(10.0)]}, log_history,
            exact=lambda t: [log(t)], places=(0.3, 0.9, 1.0, 1.1, 5.0)),
    Problem("E7 relay", DelayModel(rhs=relay, delay=half_time, varying=1, event=delayed_sign,
                                   events=(Event("sign", "switch"),)),
            [1.0], (0.0, 2.0 * log(66.0)), {2.0 * log(66.0): [66.0 / 66.0**2 - 1.0]},
            exact=lambda t: [relay_solution(t)], places=(1.0, 1.5, 3.0, 4.0, 8.0)),
    Problem("E8 state-dependent",
            DelayModel(rhs=state_dependent, delay=state_delay, varying=1),
            [log(0.1), 10.0], (0.1, 5.0), {5.0: [log(5.0), 0.2]}, log_and_inverse,
            exact=lambda t: [log(t), 1.0 / t], places=(0.2, 0.9, 1.1, 3.0)),
    Problem("E9 Paul", DelayModel(rhs=paul, delay=paul_delay, varying=1), [1.0], (0.0, 10.0),
            {10.0: [60.17946142252815]},
            exact=lambda t: [paul_solution(t)], places=(1.0, 3.0, 6.0, 8.0)),
    Problem("E10 Feldstein-Neves",
            DelayModel(rhs=feldstein, delay=feldstein_delay, varying=1), [1.0], (0.0, 4.0),
            {2.0: [1.75730593617728825]},
            exact=lambda t: [feldstein_solution(t)], places=(0.5, 1.5, 3.0, 4.0)),
    Problem("E11 Mackey-Glass", DelayModel(rhs=mackey_glass, delays=(14.0,)), [0.5],
            (0.0, 500.0),
            {50.0: [0.51220304575547], 100.0: [0.82818774781058], 200.0: [1.26273316515690],
             500.0: [1.01044311170014]}),
    Problem("E12 Kermack-McKendrick", DelayModel(rhs=epidemic, delays=(1.0, 10.0)),
            [5.0, 0.1, 1.0], (0.0, 40.0),
            {20.0: [0.170673967589163, 0.864389005144365, 5.06493702726647],
             40.0: [0.091249120566349, 0.020299500335072, 5.98845137909857]}),
    Problem("E13 Hutchinson", DelayModel(rhs=hutchinson, delays=(1.0,)), [0.5], (0.0, 50.0),
            {10.0: [2.10606141079271], 50.0: [0.43175140836162]}),
]  # fmt: skip


def error(problem: Problem, trajectory) -> float:
    """Largest error at the known times and places, over 1 + |y|."""
    known = dict(problem.known)
    if problem.exact is not None:
        known |= {t: problem.exact(t) for t in problem.places}
    return max(
        float(np.max(np.abs(trajectory.at(t) - y) / (1.0 + np.abs(y)))) for t, y in known.items()
    )


TOLERANCES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)


def run(problem: Problem, tolerance: float):
    settings = Settings(rtol=tolerance, atol=tolerance)
    return solve(
        problem.model, problem.y0, problem.span, history=problem.history, settings=settings
    )


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: problem.name)
def test_error_stays_within_every_tolerance(problem):
    """Error at most 30 tolerances (1 + |y|), between steps too; from 1e-4 to 1e-10 it falls."""
    runs = [run(problem, tolerance) for tolerance in TOLERANCES]
    errors = np.array([error(problem, r) for r in runs])
    work = np.array([r.counts.steps for r in runs])
    floor = 1e-12  # what the printed digits and the arithmetic leave
    assert np.all(errors <= 30.0 * np.array(TOLERANCES) + floor)
    if work[-1] > 1.5 * work[0]:
        order = -np.polyfit(np.log(work[2:]), np.log(np.maximum(errors[2:], 1e-16)), 1)[0]
        print(f"{problem.name}: errors {errors}, steps {work}, observed order {order:.1f}")
        assert order > 4.0
    else:
        print(f"{problem.name}: errors {errors}, steps {work}, exact in every piece")


def test_jump_at_the_start_and_first_transient_are_resolved():
    """Before the first delay has passed u = 1 exactly, then 2 - t: nothing is smoothed away."""
    problem = PROBLEMS[0]
    trajectory = run(problem, 1e-6)
    early = np.linspace(0.0, 1.0, 11)
    assert np.array_equal(trajectory.at(early), np.ones((11, 1)))
    assert trajectory.at(1.25) == pytest.approx(0.75, abs=1e-15)
    assert [(b.time, b.order) for b in trajectory.breaking_points] == [(k, k) for k in range(6)]


def test_several_delays_break_at_their_sums():
    model = DelayModel(rhs=two_lags, delays=(1 / 3, 1 / 5))
    points = solve(model, [1.0], (0.0, 1.0), history=[0.0]).breaking_points
    sums = {}
    for i in range(6):
        for j in range(6 - i):
            sums[round(i / 3 + j / 5, 12)] = i + j
    want = sorted((t, m) for t, m in sums.items() if t < 1.0)
    assert [(pytest.approx(t), m) for t, m in want] == [(b.time, b.order) for b in points]


def test_breaking_points_of_a_state_dependent_delay_are_found():
    """Feldstein and Neves: y - sqrt 2 passes 0 at t = 1."""
    problem = next(p for p in PROBLEMS if p.name.startswith("E10"))
    first, second = run(problem, 1e-10).breaking_points
    assert (first.time, second.order) == (0.0, 2)
    assert second.time == pytest.approx(1.0, abs=1e-9)


def test_events_of_the_sine():
    problem = next(p for p in PROBLEMS if p.name.startswith("E5"))
    found = run(problem, 1e-10).events
    assert [e.time for e in found] == pytest.approx([pi / 6, 5 * pi / 6, 13 * pi / 6], abs=2e-9)
    assert [e.state[0] for e in found] == pytest.approx([0.5] * 3, abs=1e-12)


def test_switch_times_of_the_relay():
    problem = next(p for p in PROBLEMS if p.name.startswith("E7"))
    found = run(problem, 1e-10).events
    assert [e.time for e in found[:2]] == pytest.approx([2 * log(2), 2 * log(6)], abs=1e-9)


def test_epidemic_conserves_the_population():
    problem = next(p for p in PROBLEMS if p.name.startswith("E12"))
    assert np.sum(run(problem, 1e-6).state, axis=1) == pytest.approx(6.1, abs=1e-12)


def test_extremes_of_the_population():
    problem = next(p for p in PROBLEMS if p.name.startswith("E13"))
    late = run(problem, 1e-8).at(np.linspace(30.0, 50.0, 4001))
    assert (late.min(), late.max()) == pytest.approx((0.1973, 2.2985), abs=1e-4)


@njit
def decay(t, y, z, p, out):
    out[0] = -z[0, 0]


@njit
def decay_jacobian(t, y, z, p, out):
    out[0, 0] = 0.0


@njit
def decaying_history(t, p, out):
    out[0] = exp(-p[0] * t)


@pytest.mark.parametrize(("method", "order"), [("explicit", 5), ("implicit", 4)])
@pytest.mark.parametrize("delay", [0.01, 0.1, 0.3])
def test_order_holds_where_the_step_is_longer_than_the_delay(method, order, delay):
    """u = exp(-r t) solves u' = -u(t - d) for r = exp(r d); steps of 1/4 to 1/64."""
    r = 1.0
    for _ in range(200):
        r = exp(r * delay)
    model = DelayModel(rhs=decay, jacobian=decay_jacobian, delays=(delay,))
    steps, errors = (1 / 4, 1 / 8, 1 / 16, 1 / 32, 1 / 64), []
    for step in steps:
        settings = Settings(
            0.1, 10.0, method, track=0, largest_step=step, first_step=step, inner=1e-13
        )
        run_ = solve(model, [1.0], (0.0, 2.0), p=[r], history=decaying_history, settings=settings)
        errors.append(abs(run_.at(2.0)[0] - exp(-2.0 * r)))
    above = np.array(errors) > 1e-13  # below is rounding
    slope = np.polyfit(np.log(np.array(steps)[above]), np.log(np.array(errors)[above]), 1)[0]
    print(f"{method}, delay {delay}: errors {errors}, observed order {slope:.1f}")
    assert slope > order - 0.4
