"""All published rows of the spine with a prediction, or with the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable

from panjabi.validation.case import Case
from panjabi.validation.predictions import Predictions, assess

USER = Predictions("Your rows")
"""Rows registered by the user with `predicts`; assessed last."""

predicts = USER.predicts


def tables() -> tuple[Predictions, ...]:
    """The packaged predictions by subject, then the user's."""
    from panjabi.validation import (
        columns,
        effort,
        emg,
        groups,
        muscles,
        neural,
        noise,
        perturbations,
        reflexes,
        units,
    )

    modules = (units, columns, muscles, reflexes, neural, perturbations, effort, noise, groups, emg)
    return (*(module.table for module in modules), USER)


def validate(only: str | Iterable[str] = ()) -> tuple[Case, ...]:
    """Published rows of the spine compared with predictions of the model; about half a minute.

    Parameters
    ----------
    only : ids to compute, by default all; an id that ends in `*` selects all that begin with it.

    Raises
    ------
    UnknownNameError
        If `only` contains a row without an entry.
    """
    return assess(tables(), only=only)
