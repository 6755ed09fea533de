"""What change would explain +8.5 degrees of straight-leg raise after suboccipital release?

A trial reported this gain. By tension alone: how much tension would the neck have to lose? By
tolerance alone: how much more discomfort would the person have to accept? Both are
requirements, not claims about what happened; no parameter is fitted to the trial.
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
    """Requirements for the published gain."""

    tension: tuple[Requirement, ...]  # for each tie ratio
    tolerance_dose: float  # relative rise of the tolerated discomfort


def tolerance_needed(subject: fascia.Subject, gain_deg: float) -> float:
    """Relative rise of the tolerated discomfort that gives the gain with unchanged tissue [1].

    The new limit is the discomfort at the new end angle, so no root finding is needed.
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
    """At no tie ratio a tension below the failure load suffices; a rise of tolerance does."""
    assert not any(need.plausible for need in answer.tension)
    assert all(abs(need.gain_at_greatest_deg) < 1.0 for need in answer.tension)
    assert 0.3 < answer.tolerance_dose < 0.5
    subject = fascia.standard_subject()
    bench = Examination(subject.network, "slr")
    tolerant = raise_tolerance(subject, REGION, answer.tolerance_dose)
    gain = bench.end(tolerant.tolerance)[0].angle - bench.end(subject.tolerance)[0].angle
    assert abs(math.degrees(gain) - PUBLISHED_GAIN_DEG) < 1e-4


def main() -> None:
    answer = experiment()
    print(f"+{PUBLISHED_GAIN_DEG:g} deg of straight-leg raise from the {REGION} region")
    print(f"by tension alone (tissue fails at about {STRENGTH_N:g} N):")
    for need in answer.tension:
        if need.drop_N is None:
            text = (
                f"not reached; a full release of {need.greatest_N:g} N gives "
                f"{need.gain_at_greatest_deg:+.2f} deg"
            )
        else:
            text = f"{need.drop_N:.0f} N per strand"
        print(f"  tie ratio {need.tie_ratio:<7g} {text}")
    print(f"by tolerance alone: {100 * answer.tolerance_dose:.0f} % more discomfort accepted")


if __name__ == "__main__":
    main()
