"""What a published gain would need if tension alone had made it.

For a tie ratio, the neck tension that would have to vanish for the straight-leg
raise to gain the published degrees, everything else unchanged. The answer is a
requirement, not a claim that it happens.
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
"""Failure load of the supraspinous ligament, the stand-in for the nuchal one (row SSL_Fult)."""


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """Tension drop a region would need at one tie ratio."""

    tie_ratio: float
    gain_deg: float  # asked for
    drop_N: float | None  # set in every strand before any slip; None: not reached at the greatest
    greatest_N: float
    gain_at_greatest_deg: float

    @property
    def plausible(self) -> bool:
        """Whether the drop is below what the tissue can carry at all."""
        return self.drop_N is not None and self.drop_N < STRENGTH_N

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a clamped tie is the word."""
        ratio = self.tie_ratio if np.isfinite(self.tie_ratio) else "clamped"
        return asdict(self) | {"tie_ratio": ratio, "plausible": self.plausible}


def gain_of_full_release(subject: Subject, region: str, tension: float) -> float:
    """End-angle gain [deg] when a region at ``tension`` newtons lets all of it go."""
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
    """Drop of tension in a region that would give ``gain_deg``, for several tie ratios.

    Raises
    ------
    ReadoutError
        If the gain asked for is not positive.
    """
    from scipy.optimize import brentq

    require_subject(subject)
    if not gain_deg > 0.0:
        raise ReadoutError(f"gain_deg is {gain_deg:g}; ask for a gain above zero")
    found = []
    for ratio in tie_ratios:
        person = replace(subject, network=subject.network.with_tie_ratio(ratio))

        def miss(tension: float, person: Subject = person) -> float:
            return gain_of_full_release(person, region, tension) - gain_deg

        top = miss(greatest_N)
        drop = None
        if top >= 0.0:
            drop = float(brentq(miss, 0.0, greatest_N, xtol=1e-6))  # type: ignore[arg-type]
        found.append(
            Requirement(
                tie_ratio=ratio,
                gain_deg=gain_deg,
                drop_N=drop,
                greatest_N=greatest_N,
                gain_at_greatest_deg=top + gain_deg,
            )
        )
    return tuple(found)
