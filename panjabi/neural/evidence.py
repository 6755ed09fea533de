"""Ranges of evidence of the neural laws: delays, gains, stretch, time in flexion."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike

from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.neural.default_gains import NECK_GAINS, TRUNK_GAINS
from panjabi.parameter import Parameter, assumed


@cache
def delay_range() -> EvidenceRange:
    """Delay of a whole reflex loop [s], from the neck in a head fall to the loop of stance."""
    slow, fast = row("N067").parameter(), row("N025").parameter()
    least = Parameter(1e-3 * fast.value, "s", fast.source, fast.status, fast.conditions)
    return EvidenceRange("reflex delay", slow, least=least)


@cache
def gain_ranges() -> dict[str, EvidenceRange]:
    """Reflex gains up to 1.25 times the largest default, the margin of the defaults.

    No gain in these units is published.
    """
    how = "no published value; 1.25 times the largest default, its margin of stability"
    stretch, rate = (
        1.25 * max(p.si for p in pair) for pair in zip(TRUNK_GAINS, NECK_GAINS, strict=True)
    )
    return {
        "stretch_gain": EvidenceRange("reflex stretch gain", assumed(stretch, "1", how)),
        "rate_gain": EvidenceRange("reflex rate gain", assumed(rate, "s", how)),
    }


@cache
def fascicle_range() -> EvidenceRange:
    """Fascicle length over the optimal length [1] of the recordings behind the spindle model."""
    longest = Parameter(1.3, "1", "AfferentedMuscleModel", "assumed", "ramps of the cat; recalled")
    least = row("N101").parameter(row("N101").number, unit="1")
    return EvidenceRange("fascicle length over the optimal length", longest, least=least)


@cache
def flexion_time_range() -> EvidenceRange:
    """Time in full flexion [s] for which creep was recorded."""
    source = row("N145")
    return EvidenceRange(
        "time in flexion", Parameter(20.0, "min", source.bib, "measured", source.quantity)
    )


def loops_outside(
    name: str, delay: ArrayLike, stretch_gain: ArrayLike, rate_gain: ArrayLike
) -> tuple[str, ...]:
    """Descriptions of delays [s] and gains of loops that leave the evidence, or ()."""
    ranges = {"delay": delay_range(), **gain_ranges()}
    values = {"delay": delay, "stretch_gain": stretch_gain, "rate_gain": rate_gain}
    found: list[str] = []
    for key, known in ranges.items():
        x = np.unique(np.asarray(values[key], float))  # one value is one group of loops
        found += known.outside(x, [name] * x.size) if x.size else ()
    return tuple(found)
