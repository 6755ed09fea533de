"""Published findings that only a simulated experiment can answer, beside what it gives."""

from __future__ import annotations

from panjabi.experiments.cases_effort import effort_cases
from panjabi.experiments.cases_noise import noise_cases
from panjabi.experiments.cases_pushes import push_cases
from panjabi.reference import Case


def experiment_cases() -> tuple[Case, ...]:
    """All cases in the order of the published table; some twenty seconds."""
    found = (*push_cases(), *effort_cases(), *noise_cases())
    return tuple(sorted(found, key=lambda case: case.id))
