"""A perturbation experiment on the linear model, and the response estimated from its records."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from panjabi.cohort.random_numbers import random_generator
from panjabi.delay.roots.measured import MeasuredResponse, coherence_variance
from panjabi.delay.roots.response import require_stable, transfer
from panjabi.delay.roots.system import Floats, LinearDelaySystem
from panjabi.errors import ParameterError

POWERED = 1e-6  # fraction of the largest input power below which a bin is left out


def multisine(
    frequency_hz: ArrayLike,
    *,
    period: float,
    time_step: float,
    rms: float,
    rng: np.random.Generator | int,
) -> Floats:
    """One period of a sum of sines of equal size and random phase, (samples,).

    Every frequency must be a multiple of 1/period, so that the record repeats.
    """
    f = np.atleast_1d(np.asarray(frequency_hz, float))
    samples = round(period / time_step)
    bins = np.rint(f * period).astype(int)
    if np.any(np.abs(bins - f * period) > 1e-6) or np.any(bins < 1) or np.any(2 * bins >= samples):
        raise ParameterError(
            "Expected frequencies that are multiples of 1/period below half the sampling rate, "
            f"got {f.tolist()} Hz for a period of {period:g} s sampled at {time_step:g} s; "
            "round the frequencies."
        )
    spectrum = np.zeros(samples // 2 + 1, complex)
    spectrum[bins] = np.exp(2j * np.pi * random_generator(rng).random(len(bins)))
    signal = np.fft.irfft(spectrum, samples)
    return signal * rms / np.sqrt(np.mean(signal**2))


def periodic_response(
    system: LinearDelaySystem,
    signal: Floats,
    time_step: float,
    *,
    input: str | int = 0,
    output: str | int = 0,
) -> Floats:
    """Steady output to a periodic input, (samples,); exact below half the sampling rate.

    Raises
    ------
    UnstableError
        If the system is unstable.
    """
    require_stable(system, "a steady response")
    i, o = system.index("input", input), system.index("output", output)
    w = 2.0 * np.pi * np.fft.rfftfreq(len(signal), time_step)
    spectrum = np.fft.rfft(signal) * transfer(system, 1j * w, i, o)
    return np.fft.irfft(spectrum, len(signal))


def estimate_response(
    input: Floats,
    output: Floats,
    time_step: float,
    *,
    segment: float,
    periodic: bool = True,
    name: str = "estimate",
    unit: str = "rad_per_Nm",
) -> MeasuredResponse:
    """Response from records (samples,) by averaged cross-spectra, with coherence and variance.

    Parameters
    ----------
    segment : length of a segment [s]; the period for a periodic input.
    periodic : segments are periods, without a window. Otherwise they overlap by half under a Hann
        window, and leakage and a delay that is not short against a segment bias the estimate.

    Raises
    ------
    ParameterError
        For records of different length, or fewer than two segments.
    """
    u, y = np.asarray(input, float), np.asarray(output, float)
    samples = round(segment / time_step)
    if u.ndim != 1 or u.shape != y.shape or samples < 8 or len(u) < 2 * samples:
        raise ParameterError(
            "Expected two records of equal length with two or more segments of at least 8 "
            f"samples, got {u.shape} and {y.shape} samples in segments of {samples}; record "
            "longer."
        )
    hop = samples if periodic else samples // 2
    window = np.ones(samples) if periodic else np.hanning(samples)
    starts = range(0, len(u) - samples + 1, hop)
    U = np.array([np.fft.rfft(window * _centred(u[k : k + samples])) for k in starts])
    Y = np.array([np.fft.rfft(window * _centred(y[k : k + samples])) for k in starts])
    Suu, Syy = np.mean(np.abs(U) ** 2, axis=0), np.mean(np.abs(Y) ** 2, axis=0)
    Suy = np.mean(U.conj() * Y, axis=0)
    f = np.fft.rfftfreq(samples, time_step)
    keep = (Suu > POWERED * Suu[1:].max()) & (f > 0.0)
    H = Suy[keep] / Suu[keep]
    coherence = np.abs(Suy[keep]) ** 2 / (Suu[keep] * Syy[keep])
    # Power of neighbouring Hann segments correlates by 1/36: one average in 19 is lost.
    averages = len(U) * (1.0 if periodic else 18.0 / 19.0)
    biased = np.clip(coherence, None, 1.0 - 1e-12)
    variance = coherence_variance(H, biased, max(averages - 1.0, 1.0))
    return MeasuredResponse(name, f[keep], H, variance, coherence, unit)


def _centred(x: Floats) -> Floats:
    return x - x.mean()
