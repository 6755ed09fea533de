"""Stretch reflexes over the muscles of a spine model, each loop with its own delay.

A loop listens to one muscle and excites one, mostly the same. Its receptor is a state of the model,

    filter_time s' = k (L - L0) / lopt + c L' / lopt - g (F - F0) / Fmax - s,

and the muscle hears it late: u = saturated(command + sum s(t - delay)). L0 and F0 are path length
and tension where the model is set to rest. The filter stands before the delay, so that nothing has
to be computed again at times gone by.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.muscle_arrays import Musculature
from panjabi.errors import ParameterError
from panjabi.neural.reflex_set import ReflexSet
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_DELAYS = 12
"""Different delays of one model: every one of them is read for every receptor."""

DEEP = ("multifidus_lumbar", "multifidus_thoracic", "quadratus_lumborum", "psoas")
"""Groups that answer over the shorter loop by default."""


@dataclass(frozen=True, eq=False)
class StretchReflexes:
    """Loops as flat arrays (loops,)."""

    source: Integers  # muscle that is sensed
    target: Integers  # muscle that is excited
    delay: Floats  # whole loop but filter and activation [s]
    stretch_gain: Floats  # excitation per stretch of an optimal fibre length [1]
    rate_gain: Floats  # excitation per optimal fibre length a second [s]
    force_gain: Floats  # excitation taken off per maximal force [1]
    filter_time: Floats  # of the receptor [s]
    parameters: ParameterSet = field(default_factory=lambda: ParameterSet({}))

    def __post_init__(self) -> None:
        count = np.size(self.source)
        for name in ("source", "target"):
            object.__setattr__(self, name, np.array(getattr(self, name), np.int64).reshape(count))
        for name in ("delay", "stretch_gain", "rate_gain", "force_gain", "filter_time"):
            given = np.array(np.broadcast_to(getattr(self, name), (count,)), float)
            if not np.isfinite(given).all():
                raise ParameterError(
                    f"StretchReflexes.{name} holds numbers that are not finite; finite ones are "
                    "possible. Look at what computed them."
                )
            object.__setattr__(self, name, given)
        if count and self.delay.min() < 0.0:
            raise ParameterError(
                f"a reflex has the delay {self.delay.min():g} s; 0 or more is possible, since none "
                "answers before the stretch. Give the delay of the loop as a positive time."
            )
        if count and self.filter_time.min() <= 0.0:
            raise ParameterError(
                f"a receptor has the filter time {self.filter_time.min():g} s; above 0 is "
                "possible: the filter keeps the delayed signal smooth. Give some milliseconds."
            )
        if len(self.delays) > MOST_DELAYS:
            raise ParameterError(
                f"the loops have {len(self.delays)} different delays; up to {MOST_DELAYS} are "
                "possible. Use `rounded` to put delays of nearly one length together."
            )

    def __len__(self) -> int:
        return len(self.source)

    @property
    def delays(self) -> tuple[float, ...]:
        """The different delays, rising [s]."""
        return tuple(np.unique(self.delay).tolist())

    @property
    def which_delay(self) -> Integers:
        """Index of each loop's delay in `delays`, (loops,)."""
        return np.searchsorted(np.unique(self.delay), self.delay).astype(np.int64)

    def scaled(self, factor: float) -> StretchReflexes:
        """The same loops with all gains times a factor; 0 cuts them."""
        return replace(
            self,
            stretch_gain=factor * self.stretch_gain,
            rate_gain=factor * self.rate_gain,
            force_gain=factor * self.force_gain,
        )

    def delayed_by(self, time: float) -> StretchReflexes:
        """The same loops with every delay longer by a time [s]."""
        return replace(self, delay=self.delay + time)


def rounded(delay: ArrayLike, step: float = 0.005) -> Floats:
    """Delays put to the nearest multiple of a step [s], at least one step."""
    return np.maximum(np.round(np.asarray(delay, float) / step), 1.0) * step


def homonymous(
    muscles: Musculature,
    *,
    stretch_gain: float = 0.35,
    rate_gain: float = 0.035,
    force_gain: float = 0.0,
    deep_delay: float = 0.030,
    delay: float = 0.060,
    filter_time: float = 0.005,
) -> StretchReflexes:
    """Every muscle excites itself when stretched; those of `DEEP` groups over a shorter loop.

    The delays are the lower end and the mean of trunk muscles' latencies; the gains are assumed:
    the upright lumbar spine comes to rest with them. At 0.7 of their size it topples, and from 1.4
    on a tremor of some 5.5 Hz grows.
    """
    count = len(muscles)
    deep = np.array([group in DEEP for group in muscles.groups])
    every = np.arange(count)
    known = {
        "reflex_stretch_gain": (stretch_gain, "1"),
        "reflex_rate_gain": (rate_gain, "s"),
        "reflex_force_gain": (force_gain, "1"),
        "reflex_delay": (delay, "s"),
        "reflex_delay_deep": (deep_delay, "s"),
        "receptor_filter_time": (filter_time, "s"),
    }
    return StretchReflexes(
        every,
        every,
        np.where(deep, deep_delay, delay),
        np.full(count, stretch_gain),
        np.full(count, rate_gain),
        np.full(count, force_gain),
        np.full(count, filter_time),
        ParameterSet(
            {k: Parameter(v, unit, THIS_WORK, "assumed") for k, (v, unit) in known.items()}
        ),
    )


def from_reflex_set(
    loops: ReflexSet, muscles: Musculature, *, filter_time: float = 0.005
) -> StretchReflexes:
    """The loops of a `ReflexSet` as receptors with a state each.

    filter_time : of receptors of loops that have no filter of their own [s], assumed; the set hears
        them unfiltered. The drive of the model saturates over the model's own width.

    Raises
    ------
    ParameterError
        If the set is of other muscles, or has loops on acceleration, on the head, or with a
        threshold, which a model of the whole musculature does not carry.
    """
    if loops.muscles != muscles.names:
        raise ParameterError(
            f"the reflexes are of {len(loops.muscles)} muscles from {loops.muscles[0]!r}, the "
            f"model has {len(muscles)} from {muscles.names[0]!r}; the same in the same order are "
            "possible. Make the set with muscles=model.muscles.muscles.names."
        )
    every = np.arange(len(muscles))
    parts = []
    for loop in loops.loops:
        if loop.on_acceleration or loop.signal == "head" or loop.threshold is not None:
            raise ParameterError(
                f"loop {loop.name!r} listens to acceleration or to the head, or has a threshold; "
                "loops on stretch, rate and force that work both ways are possible here. Leave it "
                "out, or use the reduced models of panjabi.neural."
            )
        table = [
            np.broadcast_to(np.asarray(x, float), every.shape)
            for x in (loop.delay, loop.stretch_gain, loop.rate_gain, loop.force_gain)
        ]
        acts = np.any([row != 0.0 for row in table[1:]], axis=0)
        time = loop.filter_time if loop.filtered else filter_time
        parts.append((every[acts], *(row[acts] for row in table), np.full(acts.sum(), time)))
    source, delay, stretch, rate, force, time = (
        np.concatenate(x) for x in zip(*parts, strict=True)
    )
    return StretchReflexes(source, source, delay, stretch, rate, force, time, loops.parameters)
