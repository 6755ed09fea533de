"""All published rows with a prediction, or with the reason why there is none."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from panjabi.validation.case import Case
from panjabi.validation.predictions import Predictions, assess

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from fascia.subject import Subject

USER = Predictions("Your rows of the network")
"""The rows that a user registers with `predicts`; assessed last."""

predicts = USER.predicts


def tables() -> tuple[Predictions, ...]:
    """The packaged predictions by subject area, then those of the user."""
    from fascia.validation import (
        ankle,
        bending,
        geometry,
        hamstrings,
        lumbar,
        nerve,
        relaxation,
        remote,
        stretching,
    )

    modules = (
        hamstrings, geometry, relaxation, stretching, ankle, nerve, lumbar, bending, remote
    )  # fmt: skip
    return (*(module.table for module in modules), USER)


def validate(subject: Subject | None = None, only: str | Iterable[str] = ()) -> tuple[Case, ...]:
    """Every published row of the network with its prediction and outcome.

    This takes about twenty seconds on one core, mostly for the 200 drawn adults. Nothing is
    fitted. The random numbers have a fixed seed, so the same subject gives the same table.

    Parameters
    ----------
    subject : the standard subject by default.
    only : ids to compute, by default all; an id that ends in `*` selects all with that beginning.

    Raises
    ------
    UnknownNameError
        If `only` names a row that has no entry.
    """
    return assess(tables(), subject or _standard(), only=only)


def everything(executor: Executor | None = None) -> tuple[Case, ...]:
    """The cases of both packages, first those of the spine; about a minute on one core.

    executor : computes the rows of the spine beside those of the network, for example a
        `concurrent.futures.ProcessPoolExecutor`; by default one after the other.
    """
    from panjabi.validation.table import USER as USER_OF_SPINE, validate as validate_spine

    if executor is None:
        return (*validate_spine(), *validate())
    spine = executor.submit(validate_spine)
    network = validate()
    known = {case.id: case for case in spine.result()}  # another process has no rows of the user
    own = () if USER_OF_SPINE.entries.keys() <= known.keys() else assess((USER_OF_SPINE,))
    return (*known.values(), *own, *network)


@lru_cache(maxsize=1)
def _standard() -> Subject:
    from fascia.subject import standard_subject

    return standard_subject()
