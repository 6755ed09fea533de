"""The drop of tension that would explain a published gain by tension alone.

For each tie ratio this is the neck tension that would have to vanish for the
straight-leg raise to gain the published degrees, with everything else unchanged.
The result is a requirement, not a claim that this drop occurs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from fascia.clinical.examination import Examination
from fascia.clinical.subject import Subject, require_subject
from fascia.errors import ReadoutError
from fascia.interventions.release_mechanisms import release_tension

PUBLISHED_GAIN_DEG = 8.5
"""Straight-leg raise after suboccipital release (row CHO_SMI_SLR, no sham arm): never fitted."""

STRENGTH_N = 200.0
"""Failure load of the supraspinous ligament, used for the nuchal ligament (row SSL_Fult)."""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """Drop of tension that a region would need at one tie ratio."""

    tie_ratio: float
    gain_deg: float  # target
    drop_N: float | None  # in every strand before any slip; None: not reached at greatest_N
    greatest_N: float
    gain_at_greatest_deg: float

    @property
    def plausible(self) -> bool:
        """Whether the drop is below the failure load of the tissue."""
        return self.drop_N is not None and self.drop_N < STRENGTH_N

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; an infinite tie ratio is the word "clamped"."""
        ratio = self.tie_ratio if np.isfinite(self.tie_ratio) else "clamped"
        return asdict(self) | {"tie_ratio": ratio, "plausible": self.plausible}


def gain_of_full_release(subject: Subject, region: str, tension: float) -> float:
    """Gain of end angle [deg] when a region with ``tension`` newtons loses all of it."""
    network = subject.network.with_resting_tension({region: tension})
    tense = replace(subject, network=network)
    bench = Examination(tense.network, "slr")
    before, _ = bench.end(tense.tolerance)
    slack = release_tension(tense, region, 1.0)
    after, _ = Examination(slack.network, "slr", like=bench).end(tense.tolerance)
    return float(np.degrees(after.angle - before.angle))


def required_tension_drop(
    subject: Subject,
    region: str = "suboccipital",
    *,
    gain_deg: float = PUBLISHED_GAIN_DEG,
    tie_ratios: Sequence[float] = (0.0, 0.001, 0.01, 0.1, 1.0),
    greatest_N: float = 1000.0,
) -> tuple[Requirement, ...]:
    """Drop of tension in a region [N] that would give ``gain_deg``, for several tie ratios.

    Raises
    ------
    ReadoutError
        If the gain is not positive.
    """
    from scipy.optimize import brentq

    require_subject(subject)
    if not gain_deg > 0.0:
        raise ReadoutError(
            f"Expected gain_deg above 0 deg, got {gain_deg:g}; give a gain above zero, e.g. 8.5."
        )
    requirements = []
    for ratio in tie_ratios:
        person = replace(subject, network=subject.network.with_tie_ratio(ratio))

        def excess(tension: float, person: Subject = person) -> float:
            return gain_of_full_release(person, region, tension) - gain_deg

        top = excess(greatest_N)
        drop = None
        if top >= 0.0:
            drop = float(brentq(excess, 0.0, greatest_N, xtol=1e-6))  # type: ignore[arg-type]
        requirements.append(
            Requirement(
                tie_ratio=ratio,
                gain_deg=gain_deg,
                drop_N=drop,
                greatest_N=greatest_N,
                gain_at_greatest_deg=top + gain_deg,
            )
        )
    return tuple(requirements)
