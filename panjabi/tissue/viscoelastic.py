"""Quasi-linear viscoelasticity: a Prony series applied to any elastic law.

    T(t) = integral of G(t - s) dT_e(s),   G(t) = g_inf + sum_k g_k exp(-t / tau_k),  G(0) = 1

T_e is the instantaneous tension of the elastic law, g_inf T_e the tension after full relaxation.
Time and strain are assumed to be separable: this was observed in the plantar aponeurosis (40 % at
4, 6 and 8 % strain) and contradicted for tendon fascicles.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.parameter import Parameter
from panjabi.tissue._base import require
from panjabi.tissue.evidence import relaxation_range

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def relax(time, elastic, weights, times, long_term, branch, out):
    """Tension history of a piecewise linear elastic tension, exact, in place.

    time (n,); elastic and out (n, strands); branch (strands, terms): state of every Maxwell branch
    at time[0] on entry and at time[n-1] on return. Two equal times are a step.
    """
    samples, strands = elastic.shape
    terms = weights.size
    for j in range(strands):
        total = long_term * elastic[0, j]
        for k in range(terms):
            total += branch[j, k]
        out[0, j] = total
    for i in range(1, samples):
        step = time[i] - time[i - 1]
        for k in range(terms):
            z = step / times[k]
            decay = math.exp(-z)
            gain = weights[k] * (-math.expm1(-z) / z if z > 0.0 else 1.0)
            for j in range(strands):
                change = elastic[i, j] - elastic[i - 1, j]
                branch[j, k] = branch[j, k] * decay + gain * change
        for j in range(strands):
            total = long_term * elastic[i, j]
            for k in range(terms):
                total += branch[j, k]
            out[i, j] = total


@dataclass(frozen=True, kw_only=True)
class PronySeries:
    """Reduced relaxation function G(t), 1 at time zero and falling to `long_term`.

    Raises
    ------
    ParameterError
        For weights that are negative or do not add up to 1 with `long_term`, for times that are
        not positive, or for unequal numbers of weights and times.
    """

    weights: tuple[float, ...]  # g_k [1]
    times: tuple[float, ...]  # tau_k [s]
    long_term: float  # g_inf, fraction that never relaxes [1]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weights", tuple(float(w) for w in self.weights))
        object.__setattr__(self, "times", tuple(float(t) for t in self.times))
        if len(self.weights) != len(self.times):
            raise ParameterError(
                "Expected a PronySeries with equal numbers of weights and times, got "
                f"{len(self.weights)} weights and {len(self.times)} times; give one time constant "
                "per weight."
            )
        for weight in self.weights:
            require(
                "PronySeries",
                "weights",
                weight,
                unit="1",
                at_least=0.0,
                advice="A negative branch would produce energy.",
            )
        for time in self.times:
            require(
                "PronySeries",
                "times",
                time,
                unit="s",
                above=0.0,
                advice="Give the time constant of each branch.",
            )
        require(
            "PronySeries",
            "long_term",
            self.long_term,
            unit="1",
            at_least=0.0,
            at_most=1.0,
            advice="Give the fraction of tension after full relaxation.",
        )
        total = sum(self.weights) + self.long_term
        if abs(total - 1.0) > 1e-9:
            raise ParameterError(
                f"Expected PronySeries weights and long_term with the sum 1, got {total:.10g}; "
                "scale them, so that the elastic law is the instantaneous law."
            )

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the time at constant length [s]."""
        return {"time": relaxation_range()}

    def outside_evidence(self, time: ArrayLike) -> tuple[str, ...]:
        """Description of the longest time at constant length [s] that left the tests, or ()."""
        return self.evidence["time"].outside(np.max(time), ["relaxation"])

    def relaxation(self, time: ArrayLike) -> Floats | float:
        """G(t), the fraction of tension left at a time [s] after a step; 0 before the step."""
        t = np.asarray(time, dtype=np.float64)
        after = np.maximum(t, 0.0)[..., None]
        decays = np.exp(-after / np.array(self.times)) @ np.array(self.weights)
        value = np.where(t < 0.0, 0.0, self.long_term + decays)
        return value if value.ndim else float(value)

    def ramp_then_hold(self, time: ArrayLike, *, rate: float, ramp_time: float) -> Floats | float:
        """Tension [N] if the elastic tension rises at `rate` [N/s] until `ramp_time` [s] and stays.

        Closed form; float or array like `time` [s], zero before time zero.
        """
        require("ramp_then_hold", "rate", rate, unit="N/s", advice="Give the elastic tension rate.")
        require(
            "ramp_then_hold",
            "ramp_time",
            ramp_time,
            unit="s",
            above=0.0,
            advice="For a step use tension * relaxation(time).",
        )
        t = np.asarray(time, dtype=np.float64)
        rising = np.clip(t, 0.0, ramp_time)
        since = np.maximum(t - ramp_time, 0.0)
        value = self.long_term * rising
        for weight, tau in zip(self.weights, self.times, strict=True):
            # -expm1 is exact also for short ramps
            value = value + weight * tau * -np.expm1(-rising / tau) * np.exp(-since / tau)
        value = rate * value
        return value if value.ndim else float(value)

    def convolve(self, time: ArrayLike, elastic_tension: ArrayLike) -> Floats:
        """Tension history from the history of the elastic tension [N].

        Exact for an elastic tension that is linear between samples (a recursion per branch), with
        any step size. The first sample is a step from zero; two samples at the same time are a
        step.

        Parameters
        ----------
        time
            [s], shape (samples,), never decreasing.
        elastic_tension
            [N], shape (samples,) or (samples, strands).

        Returns
        -------
        Tension [N], shaped like `elastic_tension`.

        Raises
        ------
        ParameterError
            For shapes that do not match, decreasing times, or values that are not finite.
        """
        t = np.ascontiguousarray(time, dtype=np.float64)
        elastic = np.asarray(elastic_tension, dtype=np.float64)
        if t.ndim != 1 or t.size == 0 or elastic.ndim not in (1, 2) or elastic.shape[0] != t.size:
            raise ParameterError(
                "Expected time of shape (samples,) and elastic_tension of shape (samples,) or "
                f"(samples, strands), got {t.shape} and {elastic.shape}; put time along the first "
                "axis."
            )
        finite = np.all(np.isfinite(t)) and np.all(np.isfinite(elastic))
        if not (finite and np.all(np.diff(t) >= 0.0)):
            raise ParameterError(
                "Expected finite values of time and elastic_tension with times that never "
                "decrease, got a value that is not finite or a decreasing time; sort the history "
                "and remove invalid samples."
            )
        table = np.ascontiguousarray(elastic.reshape(t.size, -1))
        weights = np.array(self.weights)
        branch = np.ascontiguousarray(table[0][:, None] * weights)
        out = np.empty_like(table)
        relax(t, table, weights, np.array(self.times), float(self.long_term), branch, out)
        return out.reshape(elastic.shape)


TEST_RATE = Parameter(
    5.0,
    "deg/s",
    "Magnusson1996",
    "assumed",
    conditions="rate of the passive tests: stated for the hold of the hamstrings, assumed for the "
    "moments of hip, knee and ankle, whose source states none",
)
"""Rate at which the passive laws of muscle and collagen hold, before anything relaxes."""

LASTING = Parameter(
    0.658,
    "1",
    "Magnusson1996",
    "fitted",
    conditions="what a long hold leaves of the tension at the test rate, from a decline of the "
    "torque of the hamstrings of 25 % in 30 s and 33 % in 90 s; assumed for fascia and nerve",
)
"""Relaxed over test-rate tension of muscle and collagen."""


def hamstring_group() -> PronySeries:
    """Relaxation of the passive hamstring group in a hold that follows a stretch at `TEST_RATE`.

    Time zero is the end of the stretch, so G is the tension over the tension at the test rate. What
    relaxes during the stretch is part of the law at the test rate. The time constants 3 and 30 s
    are assumed. The weights follow from a torque decline of 25 % in 30 s (Peixoto et al. 2015) and
    33 % in 90 s (Magnusson et al. 1996). These two values are calibration data; they cannot
    validate the series. No row of role calibration exists for collagen, so the network uses this
    series for fascia, ligament and nerve as well.
    """
    return PronySeries(weights=(0.091, 0.251), times=(3.0, 30.0), long_term=LASTING.value)
