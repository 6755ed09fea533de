"""Reflexes of the neck: the head in space, and the stretch of the neck.

The vestibulocollic path (VCR) opposes rotation of the head in space: the canals pass angular
velocity above 1 / (2 pi T_c); the brain stem responds to velocity, with a lead, and to its leaky
integral; a first-order filter represents the neck muscles. The cervicocollic path (CCR) opposes
stretch of the neck and goes through the same filter. Components after Peng, Hain and Peterson
(1996, 1999).
"""

from __future__ import annotations

from panjabi.neural.loops import ReflexLoop
from panjabi.neural.vestibular import Canals

FILTER_TIME = 0.015
"""Activation of neck muscles [s], assumed."""

VCR_DELAY = 0.0245
"""Head fall (Ito 1997) [s]."""

CCR_DELAY = 0.060
"""Assumed [s]."""


def vestibulocollic(
    coordinate: str,
    *,
    rate_gain: float,
    position_gain: float = 0.0,
    lead: float = 0.0,
    canals: Canals | None = None,
    delay: float = VCR_DELAY,
    filter_time: float = FILTER_TIME,
) -> ReflexLoop:
    """The loop "vcr": a moment on a coordinate of the neck against rotation of the head in space.

    rate_gain [N m s/rad], position_gain of the leaky integral [N m/rad]; lead of the rate [s].
    """
    return ReflexLoop(
        name="vcr",
        kind="vestibular",
        source="head",
        target=coordinate,
        receptor=Canals() if canals is None else canals,
        stretch_gain=position_gain,
        rate_gain=rate_gain,
        acceleration_gain=rate_gain * lead,
        delay=delay,
        filter_time=filter_time,
    )


def cervicocollic(
    coordinate: str,
    *,
    stretch_gain: float,
    rate_gain: float = 0.0,
    delay: float = CCR_DELAY,
    filter_time: float = FILTER_TIME,
) -> ReflexLoop:
    """The loop "ccr": a moment on a coordinate of the neck against its stretch.

    stretch_gain [N m/rad], rate_gain [N m s/rad].
    """
    return ReflexLoop(
        name="ccr",
        kind="cervicocollic",
        source=coordinate,
        target=coordinate,
        stretch_gain=stretch_gain,
        rate_gain=rate_gain,
        delay=delay,
        filter_time=filter_time,
    )
