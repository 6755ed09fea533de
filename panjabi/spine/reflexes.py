"""Stretch reflexes over the muscles of a spine model, each loop with a separate delay.

A loop senses one muscle and excites one, usually the same. Its receptor is a state of the model,

    filter_time s' = k (L - L0) / lopt + c L' / lopt - g (F - F0) / Fmax - s,

and acts on the muscle after the delay: u = saturated(command + sum s(t - delay)). L0 and F0 are
path length and tension in the equilibrium of the model. The filter is before the delay, so that
nothing is computed again at past times.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.muscle_arrays import Musculature
from panjabi.body.standard import trunk_length
from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.neural.conduction import sized_delay
from panjabi.neural.evidence import delay_range, gain_ranges, loops_outside
from panjabi.neural.reflex_set import ReflexSet
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_DELAYS = 12
"""Different delays of one model: every one of them is read for every receptor."""

DEEP = ("multifidus_lumbar", "multifidus_thoracic", "quadratus_lumborum", "psoas")
"""Groups with the shorter loop by default."""


@dataclass(frozen=True, eq=False, repr=False)
class StretchReflexes(ShortRepr):
    """Loops as flat arrays (loops,)."""

    source: Integers  # muscle that is sensed
    target: Integers  # muscle that is excited
    delay: Floats  # whole loop without filter and activation [s]
    stretch_gain: Floats  # excitation per stretch of an optimal fibre length [1]
    rate_gain: Floats  # excitation per optimal fibre length a second [s]
    force_gain: Floats  # decrease of excitation per maximal force [1]
    filter_time: Floats  # of the receptor [s]
    parameters: ParameterSet = field(default_factory=lambda: ParameterSet({}))

    def __post_init__(self) -> None:
        count = np.size(self.source)
        for name in ("source", "target"):
            object.__setattr__(self, name, np.array(getattr(self, name), np.int64).reshape(count))
        for name in ("delay", "stretch_gain", "rate_gain", "force_gain", "filter_time"):
            values = np.array(np.broadcast_to(getattr(self, name), (count,)), float)
            if not np.isfinite(values).all():
                raise ParameterError(
                    f"Expected finite numbers in StretchReflexes.{name}, got values that are "
                    f"not finite; check the computation of {name}."
                )
            object.__setattr__(self, name, values)
        if count and self.delay.min() < 0.0:
            raise ParameterError(
                f"Expected reflex delays of 0 s or more, got {self.delay.min():g} s; give the "
                "delay of the loop as a positive time."
            )
        if count and self.filter_time.min() <= 0.0:
            raise ParameterError(
                "Expected filter times of receptors above 0 s, because the filter keeps the "
                f"delayed signal smooth, got {self.filter_time.min():g} s; give some "
                "milliseconds."
            )
        if len(self.delays) > MOST_DELAYS:
            raise ParameterError(
                f"Expected up to {MOST_DELAYS} different delays, got {len(self.delays)}; use "
                "`rounded` to make similar delays equal."
            )

    def __len__(self) -> int:
        return len(self.source)

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Ranges of the delay [s] and of the gains on stretch [1] and rate [s]."""
        return {"delay": delay_range(), **gain_ranges()}

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Descriptions of delays and gains that leave the evidence, or ()."""
        return loops_outside("reflexes", self.delay, self.stretch_gain, self.rate_gain)

    @property
    def delays(self) -> tuple[float, ...]:
        """The different delays, rising [s]."""
        return tuple(np.unique(self.delay).tolist())

    @property
    def which_delay(self) -> Integers:
        """Index of each loop's delay in `delays`, (loops,)."""
        return np.searchsorted(np.unique(self.delay), self.delay).astype(np.int64)

    def scaled(self, factor: float) -> StretchReflexes:
        """The same loops with all gains times a factor; 0 opens them."""
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
    """Delays rounded to the nearest multiple of a step [s], at least one step."""
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
    """Stretch reflexes of every muscle on itself; muscles of `DEEP` groups have a shorter loop.

    `deep_delay` and `delay` are those of the standard adult [s]. In a body of another size the part
    of them that is conduction goes with the length of the trunk, and the waits at receptor, synapse
    and muscle stay (`panjabi.neural.conduction.sized_delay`). Gains are per optimal fibre length
    and maximal force, and stay.

    The delays are the lower end and the mean of trunk muscles' latencies; the gains are assumed:
    with them the upright lumbar spine returns to equilibrium. At 0.7 of these gains it loses
    stability, and from 1.4 on an oscillation of about 5.5 Hz grows.
    """
    count = len(muscles)
    deep = np.array([group in DEEP for group in muscles.groups])
    every = np.arange(count)
    trunk = trunk_length(muscles.body)
    deep_delay = float(sized_delay("short", deep_delay, trunk))
    delay = float(sized_delay("medium", delay, trunk))
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
    """The loops of a `ReflexSet` as receptors with one state each.

    filter_time : of receptors of loops without a filter [s], assumed; in the set they have no
        filter. The drive of the model saturates over the width of the model.

    Raises
    ------
    ParameterError
        If the set is for other muscles, or has loops on acceleration, on the head, or with a
        threshold, which a model of the whole musculature does not contain.
    """
    if loops.muscles != muscles.names:
        raise ParameterError(
            f"Expected reflexes of the {len(muscles)} muscles of the model from "
            f"{muscles.names[0]!r} in their order, got reflexes of {len(loops.muscles)} muscles "
            f"from {loops.muscles[0]!r}; make the set with muscles=model.muscles.muscles.names."
        )
    every = np.arange(len(muscles))
    parts = []
    for loop in loops.loops:
        if loop.on_acceleration or loop.signal == "head" or loop.threshold is not None:
            raise ParameterError(
                "Expected loops on stretch, rate and force without a threshold, got loop "
                f"{loop.name!r} on acceleration or on the head, or with a threshold; leave it "
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
