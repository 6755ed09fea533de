"""The law of one axis fitted to a measured loop, with confidence intervals.

    M = k (x - x0) + g+ [S(x - x0 - n+) - S(-n+)] - g- [S(x0 - x - n-) - S(-n-)] +- h

with the half-width h of the loop, added on the rising and subtracted on the falling branch, and
ramps S with a width of a fifth of their onset. Intervals are 95 % intervals by Student's t, with
fewer effective samples where the residuals are correlated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.passive.neutral_zone import HysteresisLoop
from panjabi.passive.sigmoid import covariance_of
from panjabi.results import Result, finite

Array = NDArray[np.float64]

NAMES = ("neutral", "linear", "onset_minus", "onset_plus", "gain_minus", "gain_plus", "half_loop")
USELESS = 100.0  # largest useful ratio of the ends of an interval: ten to either side, assumed
_WIDTH = 0.2
_DEG = 180.0 / math.pi
_SIGNED = ("neutral", "half_loop")
_SHOWN = dict.fromkeys(("neutral", "onset_minus", "onset_plus"), ("deg", _DEG)) | {
    "half_loop": ("Nm", 1.0)
}


@dataclass(frozen=True, repr=False)
class CurveFit(Result):
    """Fitted unknowns in SI and radians, their intervals, and the quality of the fit."""

    values: dict[str, float]
    intervals: dict[str, tuple[float, float]]
    r_squared: float
    samples: int
    residual_sd: float  # of the moment [N m]
    covariance: Array = field(repr=False)

    def moment(self, angle: ArrayLike, *, branch: int = 0) -> Array:
        """Moment [N m] at angles [rad]: branch +1 rising, -1 falling, 0 between them."""
        p = np.array([self.values[name] for name in NAMES])
        return _moment(p, np.asarray(angle, dtype=np.float64), float(branch))

    def determines(self, name: str) -> bool:
        """Whether the 95 % interval of an unknown is finite and, above zero, not too wide."""
        low, high = self.intervals[name]
        if name in _SIGNED:
            return math.isfinite(high - low)
        return high <= USELESS * low

    def to_dict(self) -> dict[str, Any]:
        """The determined unknowns with 95 % intervals, angles in degrees; quality of the fit.

        `fit_missing` has the reason for each of the others.
        """
        fitted: dict[str, dict[str, float | None]] = {}
        missing: dict[str, str] = {}
        for name, value in self.values.items():
            unit, factor = _SHOWN.get(name, ("Nm_per_deg", 1.0 / _DEG))
            low, high = (end * factor for end in self.intervals[name])
            label = f"{name}_{unit}"
            if self.determines(name):
                fitted[label] = {"value": value * factor, "low": finite(low), "high": finite(high)}
            else:
                missing[label] = f"the record does not determine it: 95 % {low:.2g} to {high:.2g}"
        return {
            "fit": fitted,
            "fit_missing": missing,
            "fit_r_squared": self.r_squared,
            "fit_residual_sd_Nm": self.residual_sd,
        }


def fit_curve(loop: HysteresisLoop) -> CurveFit:
    """Least-squares fit to both branches of a loop, or to its only branch.

    Raises
    ------
    ParameterError
        For too few samples.
    ConvergenceError
        If the fit does not converge.
    """
    from scipy.optimize import least_squares
    from scipy.stats import t

    parts = [(b, s) for b, s in ((loop.rising, 1.0), (loop.falling, -1.0)) if b[0].size]
    load = np.concatenate([b[0] for b, _ in parts])
    angle = np.concatenate([b[1] for b, _ in parts])
    branch = np.concatenate([np.full(b[0].size, s) for b, s in parts])
    if load.size < 20:
        raise ParameterError(
            f"Expected a loop of 20 or more samples for seven unknowns, got {load.size}; record "
            "more densely."
        )
    one_sided = len(parts) == 1  # a single branch does not determine h beside the shift x0
    top, reach = float(np.abs(load).max()), float(np.ptp(angle))
    middle = float(np.interp(0.0, *sorted_by_load(load, angle)))
    secant = 2.0 * top / reach

    def values_of(u: Array) -> Array:
        k, gain_minus, gain_plus = secant * np.exp(u[[1, 4, 5]])
        onsets = 0.2 * reach * np.exp(u[2:4])
        half = 0.0 if one_sided else u[6] * top
        return np.array([middle + u[0] * reach, k, *onsets, gain_minus, gain_plus, half])

    def residuals(u: Array) -> Array:
        return (_moment(values_of(u), angle, branch) - load) / top

    first = np.array([0.0, np.log(0.3), 0.0, 0.0, 0.3, 0.3, 0.02])
    low = np.array([-0.5, -9.0, -4.0, -4.0, -5.0, -5.0, 0.0])
    high = np.array([0.5, 2.0, 1.0, 1.0, 5.0, 5.0, 1.0])
    solution = least_squares(residuals, first, bounds=(low, high), max_nfev=500)
    if not solution.success:
        raise ConvergenceError(
            f"Expected a converged fit of the law to the loop, got: {solution.message} Check the "
            "record for noise and outliers."
        )
    best = values_of(solution.x)
    scale = np.array([reach, *best[1:6], top])
    raw = covariance_of(solution.jac, solution.fun)
    factor = float(t.ppf(0.975, max(load.size - len(NAMES), 1)))
    intervals = {}
    for i, name in enumerate(NAMES):
        spread = factor * float(np.sqrt(raw[i, i]))
        if 1 <= i <= 5:  # fitted as logarithms: never below zero
            with np.errstate(over="ignore"):
                ends = best[i] * np.exp(np.array([-spread, spread]))
        else:
            ends = best[i] + scale[i] * np.array([-spread, spread])
        intervals[name] = (float(ends[0]), float(ends[1]))
    missed = solution.fun * top
    r_squared = 1.0 - float(np.sum(missed**2) / np.sum((load - load.mean()) ** 2))
    return CurveFit(
        dict(zip(NAMES, (float(v) for v in best), strict=True)), intervals, r_squared,
        int(load.size), float(np.std(missed)), raw * np.outer(scale, scale),
    )  # fmt: skip


def _moment(p: Array, angle: Array, branch: Array | float) -> Array:
    neutral, linear, onset_minus, onset_plus, gain_minus, gain_plus, half_loop = p
    x = angle - neutral
    return (
        linear * x
        + gain_plus * _ramp(x, onset_plus)
        - gain_minus * _ramp(-x, onset_minus)
        + half_loop * branch
    )


def _ramp(x: Array, onset: float) -> Array:
    """Smooth ramp from its onset, zero at zero."""
    width = _WIDTH * onset
    y = x - onset
    return 0.5 * (y + np.hypot(y, width)) - 0.5 * (-onset + np.hypot(onset, width))


def sorted_by_load(load: Array, angle: Array) -> tuple[Array, Array]:
    """A branch sorted by moment, for interpolation."""
    order = np.argsort(load, kind="stable")
    return load[order], angle[order]
