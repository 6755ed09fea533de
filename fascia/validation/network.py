"""All comparisons of all families, in the order of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fascia.validation import (
    ankle,
    bending,
    hamstrings,
    lumbar,
    nerve,
    relaxation,
    remote,
    stretching,
)
from fascia.validation.comparison import Comparison

if TYPE_CHECKING:
    from fascia.clinical.subject import Subject

FAMILIES = (hamstrings, relaxation, stretching, ankle, nerve, lumbar, bending, remote)


def validate(subject: Subject | None = None) -> tuple[Comparison, ...]:
    """Every published figure the network can answer, beside what it gives.

    Runs for some twenty seconds on one core, most of it the 200 drawn adults. Nothing is
    fitted; randomness has a fixed seed, so the same subject gives the same table.

    Parameters
    ----------
    subject : the standard subject when not given.
    """
    if subject is None:
        from fascia.subject import standard_subject

        subject = standard_subject()
    return tuple(row for family in FAMILIES for row in family.compare(subject))
