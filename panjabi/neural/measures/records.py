"""Checks of records before a measure is computed: length, gaps, order and sampling."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError

Array = NDArray[np.float64]


def signal(value: ArrayLike, *, name: str = "record", least: int = 2) -> Array:
    """A finite one-dimensional record, contiguous.

    Raises ParameterError for another shape, gaps, or fewer than `least` samples.
    """
    samples = np.ascontiguousarray(value, dtype=np.float64)
    if samples.ndim != 1 or samples.size < least:
        raise ParameterError(
            f"Expected {name} as a vector of at least {least} samples, got shape "
            f"{samples.shape}; give a longer record, one channel at a time."
        )
    if not np.isfinite(samples).all():
        at = int(np.argmin(np.isfinite(samples)))
        raise ParameterError(
            f"Expected finite values of {name}, got {samples[at]} at sample {at}; fill or cut "
            "the gaps first."
        )
    return samples


def timed(
    time: ArrayLike, value: ArrayLike, *, name: str = "record", least: int = 2
) -> tuple[Array, Array]:
    """Times [s] that rise and a record of the same length."""
    y = signal(value, name=name, least=least)
    t = signal(time, name="time", least=least)
    if t.shape != y.shape:
        raise ParameterError(
            f"Expected as many samples of {name} as of time, got {y.size} and {t.size}; cut "
            "both to the same length."
        )
    if not (np.diff(t) > 0.0).all():
        at = int(np.argmin(np.diff(t) > 0.0))
        raise ParameterError(
            f"Expected rising times, got {t[at]:g} and then {t[at + 1]:g} s at sample {at}; "
            "sort the record and remove duplicates."
        )
    return t, y


def even_step(time: Array) -> float:
    """The step of evenly sampled times [s].

    Raises ParameterError if steps differ by more than 1 in 10^6.
    """
    steps = np.diff(time)
    mean = (time[-1] - time[0]) / steps.size
    if np.max(np.abs(steps - mean)) > 1e-6 * mean:
        raise ParameterError(
            f"Expected even sampling, got time steps from {steps.min():g} to {steps.max():g} s; "
            "interpolate the record onto an even grid first."
        )
    return float(mean)
