"""Delay embedding of a record: its delay, its dimension, and the evidence for both."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown
from panjabi.neural.measures.records import signal
from panjabi.results import ShortRepr

Array = NDArray[np.float64]
METHODS = ("mutual information", "autocorrelation")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Embedding(ShortRepr):
    """Delay and dimension of an embedding, with the evidence for each."""

    delay: int  # [samples]
    dimension: int
    method: str  # method that gives the delay
    delay_curve: Array  # information [nats] or autocorrelation [1] at lags 0, 1, 2, ...
    false_neighbours: Array  # fraction at dimensions 1, 2, ... [1]
    accepted_share: float  # largest accepted fraction of false neighbours
    theiler: int  # neighbours nearer in time than this are left out [samples]
    conclusive: bool  # False: no minimum, or no dimension with an accepted fraction

    def __str__(self) -> str:
        percentages = ", ".join(f"{100.0 * s:.1f}" for s in self.false_neighbours)
        doubt = "" if self.conclusive else "; INCONCLUSIVE"
        return (
            f"delay {self.delay} samples by {self.method}, dimension {self.dimension} (false "
            f"neighbours {percentages} % at 1, 2, ...), Theiler window {self.theiler} "
            f"samples{doubt}"
        )


def embedding(
    record: ArrayLike,
    *,
    method: str = "mutual information",
    delay: int | None = None,
    theiler: int | None = None,
    most_lags: int | None = None,
    most_dimensions: int = 8,
    accepted_share: float = 0.01,
) -> Embedding:
    """Delay and dimension for an evenly sampled record.

    Delay: first minimum of the mutual information (equal bins, about the cube root of n), or first
    lag at which the autocorrelation has fallen to 1 - 1/e of its start (Rosenstein et al. 1993).
    Dimension: the first with at most `accepted_share` false nearest neighbours (Kennel's two
    criteria, 15 and 2). Theiler window: by default one mean period.
    """
    x = signal(record, least=100)
    if method not in METHODS:
        raise unknown("method", method, METHODS)
    if np.ptp(x) == 0.0:
        raise ParameterError(
            f"Expected a record that varies, got one that is constant at {x[0]:g}; check the "
            "channel."
        )
    lags = min(x.size // 4, 200) if most_lags is None else most_lags
    if not 1 <= lags < x.size // 2:
        raise ParameterError(
            f"Expected most_lags from 1 to {x.size // 2 - 1}, below half the record, got "
            f"{lags}; give fewer lags."
        )
    delay_is_clear = True
    if method == "mutual information":
        curve = mutual_information(x, lags)
        minima = np.flatnonzero((curve[1:-1] <= curve[:-2]) & (curve[1:-1] < curve[2:])) + 1
        first = int(minima[0]) if minima.size else None
    else:
        curve = autocorrelation(x, lags)
        below = np.flatnonzero(curve <= 1.0 - 1.0 / math.e)
        first = int(below[0]) if below.size else None
    if delay is None:
        delay_is_clear = first is not None
        delay = lags if first is None else max(first, 1)
    elif not 1 <= delay <= x.size // 4:
        raise ParameterError(
            f"Expected a delay from 1 to {x.size // 4} samples, got {delay}; give the delay in "
            "samples."
        )
    window = mean_period(x) if theiler is None else theiler
    fractions = false_neighbours(x, delay, window, most_dimensions)
    enough = np.flatnonzero(fractions <= accepted_share)
    dimension = int(enough[0]) + 1 if enough.size else int(np.argmin(fractions)) + 1
    return Embedding(
        delay=int(delay), dimension=dimension, method=method, delay_curve=curve,
        false_neighbours=fractions, accepted_share=accepted_share, theiler=int(window),
        conclusive=delay_is_clear and enough.size > 0,
    )  # fmt: skip


def mean_period(x: Array) -> int:
    """Mean period [samples]: reciprocal of the power-weighted mean frequency."""
    power = np.abs(np.fft.rfft(x - x.mean())) ** 2
    frequency = np.fft.rfftfreq(x.size)
    return max(1, round(float(power.sum() / np.sum(power * frequency))))


def autocorrelation(x: Array, lags: int) -> Array:
    """Autocorrelation at lags 0 ... `lags` [1]."""
    y = x - x.mean()
    spectrum = np.abs(np.fft.rfft(y, 2 * y.size)) ** 2
    full = np.fft.irfft(spectrum)[: lags + 1]
    return full / full[0]


def mutual_information(x: Array, lags: int) -> Array:
    """Average mutual information of the record and itself later, at lags 0 ... `lags` [nats]."""
    bins = max(8, round(2.0 * x.size ** (1.0 / 3.0)))
    bin_index = np.minimum((bins * (x - x.min()) / np.ptp(x)).astype(np.int64), bins - 1)
    out = np.empty(lags + 1)
    information(bin_index, bins, out)
    return out


@njit(cache=True, nogil=True)
def information(bin_index, bins, out):
    """Mutual information of binned samples at lags 0, 1, ..., out (lags,) [nats]."""
    for lag in range(out.size):
        joint = np.zeros((bins, bins))
        n = bin_index.size - lag
        for i in range(n):
            joint[bin_index[i], bin_index[i + lag]] += 1.0
        now, then = joint.sum(axis=1), joint.sum(axis=0)
        total = 0.0
        for a in range(bins):
            for b in range(bins):
                if joint[a, b] > 0.0:
                    total += joint[a, b] * math.log(joint[a, b] * n / (now[a] * then[b]))
        out[lag] = total / n


@njit(cache=True, nogil=True)
def nearest_neighbours(x, dimension, delay, theiler, points, neighbour, distance):
    """Nearest neighbour of each embedded point outside the Theiler window, squared distance.

    Only the first `points` points are used, so that each can be followed. -1: none. The search
    goes outward in the order of the first coordinate, until that coordinate alone is too far.
    """
    order = np.argsort(x[:points])
    place = np.empty(points, dtype=np.int64)
    for rank in range(points):
        place[order[rank]] = rank
    for i in range(points):
        best = np.inf
        at = -1
        below, above = place[i] - 1, place[i] + 1
        while below >= 0 or above < points:
            down = x[i] - x[order[below]] if below >= 0 else np.inf
            up = x[order[above]] - x[i] if above < points else np.inf
            if min(down, up) ** 2 > best:
                break
            if down <= up:
                j = order[below]
                below -= 1
            else:
                j = order[above]
                above += 1
            if abs(i - j) <= theiler:
                continue
            d = 0.0
            for k in range(dimension):
                step = x[i + k * delay] - x[j + k * delay]
                d += step * step
                if d > best:
                    break
            # a coinciding point has no direction to diverge in; of equal ones the earlier counts
            if 0.0 < d < best or (d == best and j < at):
                best = d
                at = j
        neighbour[i] = at
        distance[i] = best


def false_neighbours(x: Array, delay: int, theiler: int, most: int) -> Array:
    """Fraction of false nearest neighbours at dimensions 1 ... `most` (Kennel's criteria) [1]."""
    spread = float(np.std(x))
    fractions = []
    for dimension in range(1, most + 1):
        points = x.size - dimension * delay
        if points < 2 * theiler + 20:
            break
        neighbour = np.empty(points, dtype=np.int64)
        square = np.empty(points)
        nearest_neighbours(x, dimension, delay, theiler, points, neighbour, square)
        kept = np.flatnonzero(neighbour >= 0)
        new = np.abs(x[kept + dimension * delay] - x[neighbour[kept] + dimension * delay])
        old = np.sqrt(square[kept])
        false = (new > 15.0 * old) | (np.hypot(new, old) > 2.0 * spread)
        fractions.append(float(np.mean(false)))
    if not fractions:
        raise ParameterError(
            f"Expected a record of several Theiler windows, got {x.size} samples for delay "
            f"{delay} and a Theiler window of {theiler}; record longer."
        )
    return np.array(fractions)
