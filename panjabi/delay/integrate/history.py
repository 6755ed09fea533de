"""States before the start: a constant, samples, a function, or an earlier trajectory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]
FOREVER = 1e30  # length of a constant history [s]


@dataclass(frozen=True, repr=False)
class Samples(ShortRepr):
    """States at times before the start, interpolated by a cubic spline (not-a-knot).

    times (k,) rising, the last at or after the start [s]; states (k, n).
    """

    times: ArrayLike
    states: ArrayLike


@runtime_checkable
class EarlierRun(Protocol):
    """What a history needs of an earlier run, such as a `Trajectory`: its times and its pieces."""

    @property
    def times(self) -> Floats: ...  # (pieces + 1,) [s]

    @property
    def coef(self) -> Floats: ...  # (pieces, 5, n)


History: TypeAlias = ArrayLike | Samples | Callable[..., None] | EarlierRun | None


@dataclass(frozen=True, repr=False)
class Past(ShortRepr):
    """A history as the kernels read it: pieces of a record, or a compiled function."""

    times: Floats  # (pieces + 1,)
    coef: Floats  # (pieces, 5, n)
    function: Callable[..., None] | None = None

    @property
    def pieces(self) -> int:
        return len(self.coef)


def read_history(history: History, y0: Floats, t0: float) -> Past:
    """The history as the kernels read it.

    history : None (constant, the start value), an array (n,) (constant), `Samples`, a function
        history(t, p, out) that numba can compile, or an object with `times` and `coef` such as a
        Trajectory.
    """
    n = y0.size
    if history is None:
        return _constant(y0, t0)
    if isinstance(history, Samples):
        return _spline(history, n, t0)
    if isinstance(history, EarlierRun):
        return _record(history, n, t0)
    if callable(history):
        from panjabi.delay.integrate.model import compiled_function

        return Past(np.array([t0]), np.empty((0, 5, n)), compiled_function("history", history))
    value = np.asarray(history, dtype=float)
    if value.shape != (n,) or not np.all(np.isfinite(value)):
        raise ParameterError(
            f"Expected a history of {n} finite values, None, Samples, a compiled function or a "
            f"Trajectory, got shape {value.shape} with values {value.ravel()[:4]}...; give one "
            "of these."
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
            f"Expected history samples at rising, finite times that reach the start at {t0:g} "
            f"s, with states of shape (times, {n}), got times {times.shape} and states "
            f"{states.shape}; correct the samples."
        )
    from scipy.interpolate import CubicSpline

    spline = CubicSpline(times, states)
    steps = np.diff(times)
    coef = np.zeros((steps.size, 5, n))
    for power in range(4):
        coef[:, power] = spline.c[3 - power] * steps[:, None] ** power
    return _up_to(times, coef, t0)


def _record(earlier: EarlierRun, n: int, t0: float) -> Past:
    times, coef = np.asarray(earlier.times), np.asarray(earlier.coef)
    if coef.shape[2] != n or not times[0] < t0 <= times[-1] * (1.0 + np.sign(times[-1]) * 1e-12):
        raise ParameterError(
            f"Expected an earlier trajectory of {n} states that reaches {t0:g} s, got "
            f"{coef.shape[2]} states from {times[0]:g} to {times[-1]:g} s; start within it or "
            "at its end."
        )
    return _up_to(times, coef, t0)


def _up_to(times: Floats, coef: Floats, t0: float) -> Past:
    """The pieces before the start; the last piece ends at the start."""
    last = min(max(int(np.searchsorted(times, t0, side="left")), 1), len(coef))
    times, coef = times[: last + 1].copy(), coef[:last].copy()
    fraction = (t0 - times[-2]) / (times[-1] - times[-2])
    coef[-1] *= fraction ** np.arange(5)[:, None]
    times[-1] = t0
    return Past(times, coef)
