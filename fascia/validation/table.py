"""Every published row that has a prediction, or a reason why it has none."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from panjabi.validation.case import Case
from panjabi.validation.predictions import Predictions, assess

if TYPE_CHECKING:
    from fascia.subject import Subject

USER = Predictions("Your rows of the network")
"""What `predicts` registers; assessed last."""

predicts = USER.predicts


def tables() -> tuple[Predictions, ...]:
    """The packaged predictions by subject area, then the user's."""
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

    modules = (hamstrings, relaxation, stretching, ankle, nerve, lumbar, bending, remote)
    return (*(module.table for module in modules), USER)


def validate(subject: Subject | None = None, only: str | Iterable[str] = ()) -> tuple[Case, ...]:
    """Every published row that the network answers, beside what it gives.

    Runs for some twenty seconds on one core, most of it the 200 drawn adults. Nothing is
    fitted; randomness has a fixed seed, so the same subject gives the same table.

    Parameters
    ----------
    subject : the standard subject by default.
    only : ids to compute, all by default; one that ends in `*` stands for all that begin so.

    Raises
    ------
    UnknownNameError
        If `only` names a row that has no entry.
    """
    return assess(tables(), subject or _standard(), only=only)


def everything() -> tuple[Case, ...]:
    """The cases of both packages, of the spine first; about a minute."""
    from panjabi.validation.table import validate as validate_spine

    return (*validate_spine(), *validate())


@lru_cache(maxsize=1)
def _standard() -> Subject:
    from fascia.subject import standard_subject

    return standard_subject()
