"""Latency of a muscle response, from its EMG-like drive as in experiments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from panjabi.errors import ParameterError, unknown
from panjabi.neural.measures.records import timed
from panjabi.tissue._base import require

Direction = Literal["on", "off", "either"]


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Time at which a drive left its baseline after an event, and the criterion."""

    seconds: float | None  # from the event; None: no onset
    direction: str | None  # "on" above, "off" below the baseline
    in_reflex_window: bool  # earlier than voluntary responses
    baseline_mean: float
    baseline_sd: float
    threshold: float  # distance from the mean that counts
    rule: str  # the criterion in words


def latency(
    time: ArrayLike,
    drive: ArrayLike,
    *,
    event: float,
    direction: Direction = "either",
    threshold_sd: float = 3.0,
    least_change: float = 0.0,
    baseline: float = 0.1,
    hold: float = 0.01,
    window: tuple[float, float] = (0.0, 0.3),
    reflex_window: tuple[float, float] = (0.030, 0.150),
) -> Latency:
    """First time after `event` at which the drive stays outside its baseline [s].

    The baseline is the last `baseline` seconds before the event. A sample is outside when it is
    further from the baseline's mean than the larger of `threshold_sd` standard deviations and
    `least_change` (a model without noise has no standard deviation: give it). It must stay outside
    for `hold` seconds. Only onsets inside `window` after the event are detected; those inside
    `reflex_window` (recalled practice: 30 to 150 ms) count as reflex. The crossing is
    interpolated between samples.
    """
    if direction not in ("on", "off", "either"):
        raise unknown("direction", direction, ("on", "off", "either"))
    for name, value in (
        ("threshold_sd", threshold_sd),
        ("least_change", least_change),
        ("hold", hold),
    ):
        require("latency", name, value, unit="1", at_least=0.0, advice="Give 0 or more.")
    require("latency", "baseline", baseline, unit="s", above=0.0, advice="Give a length.")
    t, y = timed(time, drive, name="drive", least=4)
    before = (t >= event - baseline) & (t < event)
    if before.sum() < 3 or t[-1] <= event:
        raise ParameterError(
            f"Expected 3 or more samples in the {baseline:g} s before the event at {event:g} s, "
            f"and samples after it, got {before.sum()} in a record from {t[0]:g} to {t[-1]:g} "
            "s; record longer or move the event."
        )
    mean, sd = float(y[before].mean()), float(y[before].std(ddof=1))
    threshold = max(threshold_sd * sd, least_change)
    if threshold == 0.0:
        raise ParameterError(
            "Expected a threshold above 0, got a constant baseline with least_change = 0, so "
            "that any change would count; give least_change in units of the drive."
        )
    rule = (
        f"outside the mean of {baseline:g} s by more than max({threshold_sd:g} SD, "
        f"{least_change:g}) for {hold:g} s"
    )
    onset = None
    for sign, name in ((1.0, "on"), (-1.0, "off")):
        if direction in (name, "either"):
            at = _onset(t, sign * (y - mean) - threshold, event, window, hold)
            if at is not None and (onset is None or at < onset[0]):
                onset = at, name
    seconds = None if onset is None else onset[0] - event
    low, high = reflex_window
    return Latency(
        seconds=seconds,
        direction=None if onset is None else onset[1],
        in_reflex_window=seconds is not None and low <= seconds <= high,
        baseline_mean=mean,
        baseline_sd=sd,
        threshold=threshold,
        rule=rule,
    )


def _onset(t, beyond, event: float, window: tuple[float, float], hold: float) -> float | None:
    """Time at which `beyond` first rises above 0 after the event and stays so for `hold`."""
    out = beyond > 0.0
    edges = np.flatnonzero(np.diff(np.concatenate([[False], out, [False]]).astype(np.int8)))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if t[start] < event + window[0]:  # already outside before the window opens
            continue
        if t[start] > event + window[1]:
            return None
        if t[min(stop, t.size - 1)] - t[start] >= hold:
            if start == 0:
                return float(t[0])
            fraction = -beyond[start - 1] / (beyond[start] - beyond[start - 1])
            return float(t[start - 1] + fraction * (t[start] - t[start - 1]))
    return None
