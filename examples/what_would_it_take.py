"""+8.5 degrees of straight-leg raise after a release under the skull: what would it take?

A trial reported it. By tension alone: how much would the neck have to let go of? And by
tolerance alone: how much more discomfort would the person have to accept? Both are
requirements, not claims that it happened; no parameter is fitted to the trial.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import fascia
from fascia.clinical import Examination
from fascia.interventions import Requirement
from fascia.interventions.release_mechanisms import raise_tolerance
from fascia.interventions.required_drop import PUBLISHED_GAIN_DEG, STRENGTH_N

REGION = "suboccipital"


@dataclass(frozen=True)
class Answer:
    """What the published gain would need."""

    tension: tuple[Requirement, ...]  # one per tie ratio
    tolerance_dose: float  # relative rise of the tolerated discomfort


def tolerance_needed(subject: fascia.Subject, gain_deg: float) -> float:
    """Relative rise of the tolerated discomfort that gives the gain, the tissue unchanged.

    No root finding: the new limit is the discomfort at the new end angle.
    """
    bench = Examination(subject.network, "slr")
    before, _ = bench.end(subject.tolerance)
    there = bench.at(before.angle + math.radians(gain_deg))
    return bench.discomfort(there, subject.tolerance) / subject.tolerance.limit - 1.0


def experiment() -> Answer:
    subject = fascia.standard_subject()
    return Answer(
        tension=fascia.required_tension_drop(subject, REGION, gain_deg=PUBLISHED_GAIN_DEG),
        tolerance_dose=tolerance_needed(subject, PUBLISHED_GAIN_DEG),
    )


def check(answer: Answer) -> None:
    """No tie ratio lets a tension that the tissue can carry do it; a rise of tolerance does."""
    assert not any(one.plausible for one in answer.tension)
    assert all(abs(one.gain_at_greatest_deg) < 1.0 for one in answer.tension)
    assert 0.3 < answer.tolerance_dose < 0.5
    subject = fascia.standard_subject()
    bench = Examination(subject.network, "slr")
    calmer = raise_tolerance(subject, REGION, answer.tolerance_dose)
    gain = bench.end(calmer.tolerance)[0].angle - bench.end(subject.tolerance)[0].angle
    assert abs(math.degrees(gain) - PUBLISHED_GAIN_DEG) < 1e-4


def main() -> None:
    answer = experiment()
    print(f"+{PUBLISHED_GAIN_DEG:g} deg of straight-leg raise from the {REGION} region")
    print(f"by tension alone (tissue fails at about {STRENGTH_N:g} N):")
    for one in answer.tension:
        most = f"all of {one.greatest_N:g} N released gives {one.gain_at_greatest_deg:+.2f} deg"
        need = "no drop does it; " + most if one.drop_N is None else f"{one.drop_N:.0f} N a strand"
        print(f"  tie ratio {one.tie_ratio:<7g} {need}")
    print(f"by tolerance alone: {100 * answer.tolerance_dose:.0f} % more discomfort accepted")


if __name__ == "__main__":
    main()
