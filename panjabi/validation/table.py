"""Every published row of the spine that has a prediction, or a reason why it has none."""

from __future__ import annotations

from collections.abc import Iterable

from panjabi.validation.case import Case
from panjabi.validation.predictions import Predictions, assess

USER = Predictions("Your rows")
"""What `predicts` registers; assessed last."""

predicts = USER.predicts


def tables() -> tuple[Predictions, ...]:
    """The packaged predictions by subject, then the user's."""
    from panjabi.validation import (
        columns,
        effort,
        muscles,
        neural,
        noise,
        perturbations,
        reflexes,
        units,
    )

    modules = (units, columns, muscles, reflexes, neural, perturbations, effort, noise)
    return (*(module.table for module in modules), USER)


def validate(only: str | Iterable[str] = ()) -> tuple[Case, ...]:
    """Every published row that the spine answers, beside what it gives; about half a minute.

    Parameters
    ----------
    only : ids to compute, all by default; one that ends in `*` stands for all that begin so.

    Raises
    ------
    UnknownNameError
        If `only` names a row that has no entry.
    """
    return assess(tables(), only=only)
