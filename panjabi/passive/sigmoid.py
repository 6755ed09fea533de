"""Angle as a double sigmoid of moment (Smit et al. 2011), fitted by least squares."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ConvergenceError, ParameterError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class DoubleSigmoid:
    """x(M) = base + sum_i height_i / (1 + exp(-(M - centre_i) / spread_i)).

    Spreads are positive. `covariance` is that of (base, height 1, centre 1, ln spread 1, height 2,
    centre 2, ln spread 2), corrected for the correlation of neighbouring samples.
    """

    values: tuple[float, ...]
    covariance: Array = field(repr=False)
    reach: tuple[float, float]  # of the moments fitted [N m]
    r_squared: float

    def angle(self, moment: ArrayLike) -> Array:
        """Fitted angle [rad] at moments [N m]."""
        return _sigmoids(np.array(self.values), np.asarray(moment, dtype=np.float64))

    def inflexions(self) -> tuple[float, float]:
        """Angles [rad] where the curvature of the angle is largest, positive and negative."""
        return _inflexions(np.array(self.values), self.reach)

    def half_width_sd(self) -> float:
        """Standard deviation of half the width between inflexions [rad], by the delta method."""
        p = np.array(self.values)
        gradient = np.empty(p.size)
        for i in range(p.size):
            h = 1e-4 * max(abs(p[i]), 1e-3)
            ends = [_inflexions(p + s * h * np.eye(p.size)[i], self.reach) for s in (-1, 1)]
            gradient[i] = ((ends[1][1] - ends[1][0]) - (ends[0][1] - ends[0][0])) / (4.0 * h)
        return float(np.sqrt(max(gradient @ self.covariance @ gradient, 0.0)))


def fit_double_sigmoid(moment: Array, angle: Array) -> DoubleSigmoid:
    """Least-squares double sigmoid of a branch.

    Raises
    ------
    ParameterError
        For fewer than 12 samples, or constant moments or angles.
    ConvergenceError
        If the fit does not converge.
    """
    from scipy.optimize import least_squares

    if moment.size < 12 or np.ptp(moment) == 0.0 or np.ptp(angle) == 0.0:
        raise ParameterError(
            "Expected a branch of 12 or more samples of a moving unit for seven unknowns, got "
            f"{moment.size} samples from {moment.min():g} to {moment.max():g} N m; record more "
            "densely."
        )
    load, reach = float(np.abs(moment).max()), float(np.ptp(angle))
    m, x = moment / load, (angle - angle.min()) / reach

    def misses(p: Array) -> Array:
        return _sigmoids(p, m) - x

    def slopes(p: Array) -> Array:
        return _slopes(p, m)

    best = None
    for centre, spread in ((0.15, 0.3), (0.4, 0.4), (0.02, 0.15)):
        first = np.array([-0.2, 0.7, -centre, np.log(spread), 0.7, centre, np.log(spread)])
        solution = least_squares(
            misses,
            first,
            jac=slopes,  # type: ignore[arg-type]
            method="lm",
            max_nfev=200,
            ftol=1e-10,
        )
        if best is None or solution.cost < best.cost:
            best = solution
        if best.cost < 0.5e-3 * np.sum((x - x.mean()) ** 2):  # r2 above 0.999 is sufficient
            break
    if best is None or not np.all(np.isfinite(best.x)):
        raise ConvergenceError(
            "Expected a converged fit of the double sigmoid to a branch, got none; check the "
            "record for outliers."
        )
    scale = np.array([reach, reach, load, 1.0, reach, load, 1.0])
    shift = np.array([angle.min(), 0.0, 0.0, np.log(load), 0.0, 0.0, np.log(load)])
    covariance = covariance_of(best.jac, best.fun) * np.outer(scale, scale)
    r_squared = 1.0 - float(np.sum(best.fun**2) / np.sum((x - x.mean()) ** 2))
    limits = float(moment.min()), float(moment.max())
    return DoubleSigmoid(tuple(best.x * scale + shift), covariance, limits, r_squared)


def covariance_of(jacobian: Array, misses: Array) -> Array:
    """Covariance of least-squares unknowns, corrected for correlated residuals.

    The number of independent samples is n (1 - r) / (1 + r), with r the correlation of neighbours.
    """
    n, unknowns = jacobian.shape
    size = float(np.sum(misses**2))
    repeat = float(np.sum(misses[1:] * misses[:-1])) / size if size > 0.0 else 0.0
    repeat = min(max(repeat, 0.0), 0.98)
    independent = max(n * (1.0 - repeat) / (1.0 + repeat), unknowns + 1.0)
    return size / (independent - unknowns) * np.linalg.pinv(jacobian.T @ jacobian, rcond=1e-12)


def _sigmoids(p: Array, moment: Array) -> Array:
    total = np.full(moment.shape, p[0])
    for height, centre, log_spread in (p[1:4], p[4:7]):
        total = total + height * 0.5 * (1.0 + np.tanh(0.5 * (moment - centre) / np.exp(log_spread)))
    return total


def _slopes(p: Array, moment: Array) -> Array:
    """Derivatives by each unknown, shape (samples, 7)."""
    columns = [np.ones(moment.shape)]
    for height, centre, log_spread in (p[1:4], p[4:7]):
        s = np.exp(log_spread)
        t = np.tanh(0.5 * (moment - centre) / s)
        rise = height * 0.25 * (1.0 - t * t)
        columns += [0.5 * (1.0 + t), -rise / s, -rise * (moment - centre) / s]
    return np.stack(columns, axis=1)


def _inflexions(p: Array, reach: tuple[float, float]) -> tuple[float, float]:
    moment = np.linspace(*reach, 2001)
    bend = np.zeros(moment.size)  # second derivative of the angle
    for height, centre, log_spread in (p[1:4], p[4:7]):
        s = np.exp(log_spread)
        t = np.tanh(0.5 * (moment - centre) / s)
        bend -= height * 0.25 * t * (1.0 - t * t) / s**2
    moments = _top(moment, bend), _top(moment, -bend)
    lower, upper = (float(v) for v in _sigmoids(p, np.array(moments)))
    return lower, upper


def _top(moment: Array, values: Array) -> float:
    """Moment of the largest value, refined by a parabola so that it moves smoothly."""
    i = int(np.argmax(values))
    if 0 < i < values.size - 1:
        a, b, c = values[i - 1 : i + 2]
        curve = a - 2.0 * b + c
        if curve < 0.0:
            return float(moment[i] + 0.5 * (a - c) / curve * (moment[1] - moment[0]))
    return float(moment[i])
