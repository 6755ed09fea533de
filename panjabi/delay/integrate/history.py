"""What was before the start: a constant, samples, a function, or an earlier trajectory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError

Floats = NDArray[np.float64]
FOREVER = 1e30  # a constant history reaches back so far [s]


@dataclass(frozen=True)
class Samples:
    """States at given times before the start, joined by a cubic spline (not-a-knot).

    times (k,) rising, the last one at or after the start [s]; states (k, n).
    """

    times: ArrayLike
    states: ArrayLike


@dataclass(frozen=True)
class Past:
    """A history in the form the driver reads: pieces of a record, or a compiled function."""

    times: Floats  # (pieces + 1,)
    coef: Floats  # (pieces, 5, n)
    function: Any = None

    @property
    def pieces(self) -> int:
        return len(self.coef)


def read_history(history: Any, y0: Floats, t0: float) -> Past:
    """The history in the driver's form.

    history : None (the start value, for ever), an array (n,) (that value, for ever), `Samples`, a
        function history(t, p, out) that numba can compile, or anything with `times` and `coef`
        such as a Trajectory.
    """
    n = y0.size
    if history is None:
        return _constant(y0, t0)
    if isinstance(history, Samples):
        return _spline(history, n, t0)
    if hasattr(history, "times") and hasattr(history, "coef"):
        return _record(history, n, t0)
    if isinstance(history, Callable):
        from panjabi.delay.integrate.model import compiled_function

        return Past(np.array([t0]), np.empty((0, 5, n)), compiled_function("history", history))
    value = np.asarray(history, dtype=float)
    if value.shape != (n,) or not np.all(np.isfinite(value)):
        raise ParameterError(
            f"history has shape {value.shape} for {n} states, values {value.ravel()[:4]}...; "
            "possible: None, one finite value a state, Samples, a compiled function, a Trajectory. "
            "Give one of them."
        )
    return _constant(value, t0)


def _constant(value: Floats, t0: float) -> Past:
    coef = np.zeros((1, 5, value.size))
    coef[0, 0] = value
    return Past(np.array([t0 - FOREVER, t0]), coef)


def _spline(history: Samples, n: int, t0: float) -> Past:
    times = np.asarray(history.times, dtype=float)
    states = np.asarray(history.states, dtype=float)
    if (
        times.ndim != 1
        or times.size < 2
        or states.shape != (times.size, n)
        or not (np.all(np.isfinite(times)) and np.all(np.isfinite(states)))
        or not np.all(np.diff(times) > 0.0)
        or times[-1] < t0
    ):
        raise ParameterError(
            f"history samples: times {times.shape}, states {states.shape}, for {n} states and a "
            f"start at {t0:g} s; times must rise, be finite and reach the start, states have one "
            "row a time. Mend the samples."
        )
    from scipy.interpolate import CubicSpline

    spline = CubicSpline(times, states)
    steps = np.diff(times)
    coef = np.zeros((steps.size, 5, n))
    for power in range(4):
        coef[:, power] = spline.c[3 - power] * steps[:, None] ** power
    return _up_to(times, coef, t0)


def _record(earlier: Any, n: int, t0: float) -> Past:
    times, coef = np.asarray(earlier.times), np.asarray(earlier.coef)
    if coef.shape[2] != n or not times[0] < t0 <= times[-1] * (1.0 + np.sign(times[-1]) * 1e-12):
        raise ParameterError(
            f"the earlier trajectory has {coef.shape[2]} states from {times[0]:g} to {times[-1]:g} "
            f"s; {n} states up to {t0:g} s are needed. Start where it ends, or within it."
        )
    return _up_to(times, coef, t0)


def _up_to(times: Floats, coef: Floats, t0: float) -> Past:
    """The pieces before the start, the last one cut there."""
    last = min(max(int(np.searchsorted(times, t0, side="left")), 1), len(coef))
    times, coef = times[: last + 1].copy(), coef[:last].copy()
    share = (t0 - times[-2]) / (times[-1] - times[-2])
    coef[-1] *= share ** np.arange(5)[:, None]
    times[-1] = t0
    return Past(times, coef)
