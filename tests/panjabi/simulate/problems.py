"""Delay equations whose solution is known, with where it is known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from math import e, exp, factorial, floor, log, pi, sin, sqrt
from typing import Any

import numpy as np
from numba import njit

from panjabi.simulate.model import DelayModel, Event


@dataclass(frozen=True)
class Problem:
    name: str
    model: DelayModel
    y0: list[float]
    span: tuple[float, float]
    known: dict[float, Any]  # time -> state, or {component: value}
    history: Any = None
    growth: float = 30.0  # error allowed over tolerance, times the size of the solution
    exact: Callable | None = None
    places: tuple[float, ...] = field(default=())


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
