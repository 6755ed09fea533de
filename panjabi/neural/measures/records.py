"""Records that measures are taken from, checked once: one meaning of short, gap and unsorted."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError

Array = NDArray[np.float64]


def signal(value: ArrayLike, *, what: str = "record", least: int = 2) -> Array:
    """A finite one-dimensional record, contiguous.

    Raises ParameterError for another shape, gaps, or fewer than `least` samples.
    """
    found = np.ascontiguousarray(value, dtype=np.float64)
    if found.ndim != 1 or found.size < least:
        raise ParameterError(
            f"{what} has shape {found.shape}; possible: one dimension with at least {least} "
            "samples. Give a longer record, one channel at a time."
        )
    if not np.isfinite(found).all():
        at = int(np.argmin(np.isfinite(found)))
        raise ParameterError(
            f"{what} is {found[at]} at sample {at}; possible: finite values. Fill or cut the gaps "
            "first, knowingly."
        )
    return found


def timed(
    time: ArrayLike, value: ArrayLike, *, what: str = "record", least: int = 2
) -> tuple[Array, Array]:
    """Times [s] that rise and a record of the same length."""
    y = signal(value, what=what, least=least)
    t = signal(time, what="time", least=least)
    if t.shape != y.shape:
        raise ParameterError(
            f"time has {t.size} samples and {what} {y.size}; possible: as many of one as of the "
            "other. Cut them alike."
        )
    if not (np.diff(t) > 0.0).all():
        at = int(np.argmin(np.diff(t) > 0.0))
        raise ParameterError(
            f"time does not rise from {t[at]:g} to {t[at + 1]:g} s at sample {at}; possible: "
            "rising times. Sort the record and remove doubles."
        )
    return t, y


def even_step(time: Array) -> float:
    """The step of evenly sampled times [s].

    Raises ParameterError where steps differ by more than 1 in 10^6.
    """
    steps = np.diff(time)
    mean = (time[-1] - time[0]) / steps.size
    if np.max(np.abs(steps - mean)) > 1e-6 * mean:
        raise ParameterError(
            f"the steps of time range from {steps.min():g} to {steps.max():g} s; possible: even "
            "sampling. Interpolate the record onto an even grid first."
        )
    return float(mean)
