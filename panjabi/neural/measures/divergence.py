"""Largest Lyapunov exponent of a record by the method of Rosenstein et al. (1993)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.neural.measures.delay_embedding import Embedding, embedding, nearest_neighbours
from panjabi.neural.measures.records import signal
from panjabi.results import ShortRepr
from panjabi.tissue._base import require

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Lyapunov(ShortRepr):
    """Mean logarithmic divergence of neighbours, its slope, and the embedding."""

    exponent: float  # [1/s]
    standard_error: float  # of the slope over the points of the line; not of the exponent [1/s]
    fit: tuple[float, float]  # range of the line [s]
    time: Array  # [s]
    divergence: Array  # <ln distance>
    pairs: int  # neighbours followed
    dimension: int
    delay: int  # [samples]
    theiler: int  # [samples]
    embedding: Embedding | None  # evidence for dimension and delay; None: set by the user

    def slope(self, start: float, stop: float) -> tuple[float, float]:
        """(exponent, standard error of the line) over another range of time [s]."""
        return _slope(self.time, self.divergence, (start, stop))


def lyapunov(
    record: ArrayLike,
    *,
    step: float,
    fit: tuple[float, float],
    dimension: int | None = None,
    delay: int | None = None,
    theiler: int | None = None,
    longest: float | None = None,
    method: str = "mutual information",
) -> Lyapunov:
    """Largest Lyapunov exponent [1/s] of an evenly sampled record.

    step [s] between samples (1 for a map); fit [s]: range of time over which a line is fitted to
    the divergence. It has no default, because the exponent depends on it: for movements the
    short-term exponent uses half a cycle and the long-term exponent cycles 4 to 10. Dimension,
    delay [samples] and Theiler window [samples] come from `embedding` by default.

    One short record is not enough: Roessler records of 200 s (about 30 cycles) give 0.00 to 0.10
    for an exponent of 0.09. Compare means over several records of equal length.
    """
    x = signal(record, least=100)
    require("lyapunov", "step", step, unit="s", above=0.0, advice="Give the sampling step.")
    if not 0.0 <= fit[0] < fit[1]:
        raise ParameterError(
            "Expected fit = (start, stop) with 0 <= start < stop in seconds, counted from the "
            f"pairing of neighbours, got {fit}; give a range in which the divergence is a "
            "straight line."
        )
    evidence = None
    if dimension is None or delay is None or theiler is None:
        evidence = embedding(x, method=method, delay=delay, theiler=theiler)
        dimension = evidence.dimension if dimension is None else dimension
        delay, theiler = evidence.delay, evidence.theiler
    if dimension < 1 or delay < 1 or theiler < 0:
        raise ParameterError(
            f"Expected dimension >= 1, delay >= 1 and theiler >= 0 samples, got {dimension}, "
            f"{delay} and {theiler}; correct them or leave them out."
        )
    horizon = math.ceil((fit[1] if longest is None else max(longest, fit[1])) / step) + 1
    embedded = x.size - (dimension - 1) * delay
    if embedded <= max(2 * theiler + 10, horizon + 10):
        raise ParameterError(
            f"Expected more embedded points than the horizon of {horizon} and the Theiler "
            f"window of {theiler} need, got {embedded} from {x.size} samples; record longer or "
            "shorten the range of the fit."
        )
    neighbour = np.empty(embedded, dtype=np.int64)
    square = np.empty(embedded)
    nearest_neighbours(x, dimension, delay, theiler, embedded, neighbour, square)
    divergence = np.empty(horizon)
    mean_divergence(x, dimension, delay, neighbour, divergence)
    time = step * np.arange(float(horizon))
    exponent, error = _slope(time, divergence, fit)
    return Lyapunov(
        exponent=exponent, standard_error=error, fit=fit, time=time, divergence=divergence,
        pairs=int(np.sum(neighbour >= 0)), dimension=dimension, delay=delay, theiler=theiler,
        embedding=evidence,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def mean_divergence(x, dimension, delay, neighbour, out):
    """Mean of ln |distance| of all pairs that can still be followed, after 0, 1, ... samples."""
    points = neighbour.size
    for after in range(out.size):
        total = 0.0
        count = 0
        for i in range(points - after):
            j = neighbour[i]
            if j < 0 or j + after >= points:
                continue
            d = 0.0
            for k in range(dimension):
                step = x[i + after + k * delay] - x[j + after + k * delay]
                d += step * step
            if d > 0.0:
                total += 0.5 * math.log(d)
                count += 1
        out[after] = total / count if count else np.nan


def _slope(time: Array, divergence: Array, fit: tuple[float, float]) -> tuple[float, float]:
    tolerance = 1e-9 * max(time[-1], 1e-300)
    inside = (time >= fit[0] - tolerance) & (time <= fit[1] + tolerance)
    t, y = time[inside], divergence[inside]
    if t.size < 3 or fit[1] > time[-1] + tolerance or not np.isfinite(y).all():
        raise ParameterError(
            f"Expected 3 or more points of the divergence from {fit[0]:g} to {fit[1]:g} s, all "
            f"with pairs, got {t.size} points of a divergence that ends at {time[-1]:g} s; "
            "widen the range, or follow the neighbours longer."
        )
    centred = t - t.mean()
    slope = float(np.sum(centred * y) / np.sum(centred**2))
    residual = y - y.mean() - slope * centred
    error = math.sqrt(float(np.sum(residual**2)) / max(t.size - 2, 1) / float(np.sum(centred**2)))
    return slope, error
