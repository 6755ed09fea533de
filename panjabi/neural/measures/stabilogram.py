"""Size and speed of sway, and its diffusion over short and long times."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.neural.measures.records import even_step, timed
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Sway:
    """Sway of one direction about its mean, in the unit of the record (rad or m)."""

    rms: float  # root mean square about the mean
    range: float  # largest minus smallest
    path: float  # length of the path
    mean_velocity: float  # path over time [per s]
    mean_frequency_hz: float  # power-weighted mean of the spectrum of the detrended record
    median_frequency_hz: float
    duration: float  # [s]


def sway(time: ArrayLike, value: ArrayLike) -> Sway:
    """Measures of one channel of sway, evenly sampled, from the periodogram of the whole record.

    The mean is removed for rms, a straight line and a Hann window applied for the spectrum.
    """
    t, x = timed(time, value, least=16)
    step = even_step(t)
    about = x - x.mean()
    line = np.polynomial.Polynomial.fit(t, x, 1)(t)
    power = np.asarray(np.abs(np.fft.rfft((x - line) * np.hanning(x.size))) ** 2, np.float64)
    frequency = np.fft.rfftfreq(x.size, step)
    power[0] = 0.0
    total = float(power.sum())
    if not total > 1e-24 * x.size * max(float(np.max(np.abs(x))), 1e-300) ** 2:
        raise ParameterError(
            "Expected a record that sways, got a straight line; check the channel."
        )
    cumulative = np.cumsum(power) / total
    path = float(np.abs(np.diff(x)).sum())
    return Sway(
        rms=math.sqrt(float(np.mean(about**2))),
        range=float(np.ptp(x)),
        path=path,
        mean_velocity=path / (t[-1] - t[0]),
        mean_frequency_hz=float(np.sum(frequency * power)) / total,
        median_frequency_hz=float(np.interp(0.5, cumulative, frequency)),
        duration=float(t[-1] - t[0]),
    )


@njit(cache=True, nogil=True)
def mean_square_displacement(x, lags, out):
    """Mean over all starts of |x(t + lag) - x(t)|^2; x (samples, channels), lags in samples."""
    samples, channels = x.shape
    for k in range(lags.size):
        total = 0.0
        for i in range(samples - lags[k]):
            for j in range(channels):
                d = x[i + lags[k], j] - x[i, j]
                total += d * d
        out[k] = total / (samples - lags[k])


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Diffusion(ShortRepr):
    """Stabilogram diffusion: <dx^2> = 2 n D dt in n directions, short and long.

    `short` and `long` are D [unit^2/s]; `critical_time` is where the two lines meet [s]. The
    exponents H are slopes of the logarithms over 2: above 0.5 persistent, below anti-persistent.
    """

    short: float
    long: float
    critical_time: float | None  # None: the lines do not meet at a positive time inside the lags
    critical_square: float | None  # <dx^2> there
    short_exponent: float
    long_exponent: float
    lag: Array  # [s]
    square: Array  # <dx^2>
    short_fit: tuple[float, float]  # range of lags of each line [s]
    long_fit: tuple[float, float]


def diffusion(
    time: ArrayLike,
    value: ArrayLike,
    *,
    longest: float = 10.0,
    short_fit: tuple[float, float] | None = None,
    long_fit: tuple[float, float] | None = None,
) -> Diffusion:
    """Diffusion coefficients of sway, evenly sampled; `value` (samples,) or (samples, channels).

    Lags extend to `longest` [s], at most a third of the record. By default the break between the
    two ranges minimises the sum of squares of both lines; with `short_fit` and `long_fit` there is
    no search. The long line needs lags up to several times the critical time.
    """
    x = np.asarray(value, dtype=np.float64)
    channels = [x] if x.ndim == 1 else list(x.T)
    rows = [timed(time, channel, least=64) for channel in channels]
    t = rows[0][0]
    step = even_step(t)
    table = np.ascontiguousarray(np.column_stack([y for _, y in rows]))
    most = int(min(longest / step, t.size / 3))
    if most < 8:
        raise ParameterError(
            f"Expected 8 or more lags within a third of the record, got {most}; give a longer "
            "record, finer sampling or a larger `longest`."
        )
    lags = np.arange(1, most + 1)
    square = np.empty(lags.size)
    mean_square_displacement(table, lags, square)
    lag = np.asarray(lags * step, dtype=np.float64)
    if (short_fit is None) != (long_fit is None):
        raise ParameterError(
            "Expected both short_fit and long_fit or neither, got one of them; give both ranges."
        )
    if short_fit is None or long_fit is None:
        at = _break(lag, square)
        short_fit, long_fit = (step, float(lag[at - 1])), (float(lag[at]), float(lag[-1]))
    first, last = _line(lag, square, short_fit), _line(lag, square, long_fit)
    meet = None
    if first[1] != last[1]:
        crossing = (last[0] - first[0]) / (first[1] - last[1])
        meet = crossing if 0.0 < crossing <= lag[-1] else None
    logs = np.log(lag), np.log(np.maximum(square, 1e-300))
    directions = 2.0 * len(channels)
    return Diffusion(
        short=first[1] / directions,
        long=last[1] / directions,
        critical_time=meet,
        critical_square=None if meet is None else first[0] + first[1] * meet,
        short_exponent=0.5 * _line(*logs, (math.log(short_fit[0]), math.log(short_fit[1])))[1],
        long_exponent=0.5 * _line(*logs, (math.log(long_fit[0]), math.log(long_fit[1])))[1],
        lag=lag,
        square=square,
        short_fit=short_fit,
        long_fit=long_fit,
    )


def _line(x: Array, y: Array, between: tuple[float, float]) -> tuple[float, float]:
    """(intercept, slope) by least squares over a range of x."""
    inside = (x >= between[0] - 1e-9 * abs(between[0])) & (x <= between[1] + 1e-9 * abs(between[1]))
    if inside.sum() < 2:
        raise ParameterError(
            f"Expected 2 or more lags between {between[0]:g} and {between[1]:g}, got "
            f"{inside.sum()} of the lags from {x[0]:g} to {x[-1]:g}; widen the range."
        )
    slope, intercept = np.polyfit(x[inside], y[inside], 1)
    return float(intercept), float(slope)


def _break(x: Array, y: Array) -> int:
    """Index at which the second of two lines starts, by the least sum of squares, exact search."""
    n = x.size
    ones = np.ones(n)
    sums = [np.cumsum(v) for v in (ones, x, y, x * x, x * y, y * y)]

    def residual(parts: list[Array]) -> Array:
        k, sx, sy, sxx, sxy, syy = parts
        vx, vxy, vy = sxx - sx * sx / k, sxy - sx * sy / k, syy - sy * sy / k
        return vy - vxy * vxy / np.maximum(vx, 1e-300)

    first = np.arange(3, n - 3)  # at least three lags a line
    head = [s[first - 1] for s in sums]
    tail = [s[-1] - h for s, h in zip(sums, head, strict=True)]
    return int(first[np.argmin(residual(head) + residual(tail))])
