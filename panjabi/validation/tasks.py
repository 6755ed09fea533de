"""Published findings that only a simulated experiment can answer, beside what it gives."""

from __future__ import annotations

from panjabi.validation.case import Case
from panjabi.validation.tasks_effort import effort_cases
from panjabi.validation.tasks_noise import noise_cases
from panjabi.validation.tasks_pushes import push_cases


def experiment_cases() -> tuple[Case, ...]:
    """All cases in the order of the published table; some twenty seconds."""
    found = (*push_cases(), *effort_cases(), *noise_cases())
    return tuple(sorted(found, key=lambda case: case.id))
