"""Predictions of published rows: functions registered for row ids, and the cases they give.

    table = Predictions("Neural parts")

    @table.predicts("N075", reason="sets the reduced neck")
    def peak_without_reflexes() -> float:
        return 20.0 * math.log10(fitted_neck().resonance()[0])

Published value, spread, unit and role come from the row, so a function cannot change them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple, TypedDict, TypeVar, Unpack

from panjabi.errors import ParameterError, unknown
from panjabi.literature.tables import TABLES, Row, published as published_rows, row as row_of
from panjabi.validation.case import Case
from panjabi.validation.criterion import Criterion, Target, default_criterion


class Prediction(NamedTuple):
    """What a prediction returns when a number alone is not enough."""

    value: float | None  # in the unit of the case; None: not predicted
    reason: str = ""  # in place of the registered one, where it holds computed numbers
    met: bool | None = None  # only for a criterion in own words


Predictor = TypeVar("Predictor", bound=Callable[..., "float | Prediction | None"])


class Part(TypedDict, total=False):
    """What is compared, where it is a part of the row or a ratio of rows; the rest is the row's.

    A value or a unit given here has the `sd` given here, or none. `value=None`: words, no number.
    """

    quantity: str
    published: str  # in words
    value: float | None
    sd: float
    unit: str


@dataclass(frozen=True)
class _Entry:
    """One registered row: the case without its prediction, and how to predict it."""

    unpredicted: Case
    target: Target
    criterion: Criterion
    predict: Callable[..., float | Prediction | None] | None = None
    arguments: tuple[object, ...] = ()

    def case(self, *inputs: object) -> Case:
        """Predict and assess; `inputs` come before the registered arguments."""
        answer = self.predict(*inputs, *self.arguments) if self.predict else None
        value, reason, met = answer if isinstance(answer, Prediction) else Prediction(answer)
        id, reason = self.unpredicted.id, reason or self.unpredicted.reason
        if not reason:
            raise ParameterError(
                f"Expected a reason for the prediction of {id!r}, got none; give `reason` where it "
                "is registered or in the returned Prediction."
            )
        if value is None:
            return replace(self.unpredicted, reason=reason)
        if (met is None) == (self.criterion.test is None):
            raise ParameterError(
                f"Expected exactly one assessment of {id!r}, got "
                f"{'none' if met is None else 'two'}; return `met` with a criterion in own words, "
                "and leave it out with a criterion that has a test."
            )
        if self.criterion.test is not None:
            met = self.criterion.test(value, self.target)
        return replace(
            self.unpredicted,
            predicted=float(value),
            outcome="met" if met else "missed",
            accept=self.criterion.words,
            reason=reason,
        )


class Predictions:
    """The predictions of one subject area, by row id."""

    def __init__(self, subject: str) -> None:
        self.subject = subject
        self.entries: dict[str, _Entry] = {}

    def predicts(
        self,
        row: str | Row | Mapping[str, object],
        *arguments: object,
        accept: Criterion | str | None = None,
        reason: str = "",
        **part: Unpack[Part],
    ) -> Callable[[Predictor], Predictor]:
        """Register a function as the prediction of a row; decorators can be stacked.

        Parameters
        ----------
        row : id of a packaged row, with a word after a point where one row is compared in several
            ways ("PKE_norm.men"); or a row of your own (`panjabi.literature.new_row`); or a mapping
            from ids to the argument (or tuple of arguments) with which the function serves each.
        arguments : passed to the function.
        accept : a criterion, or own words; then the function returns a `Prediction` with `met`.
            By default two standard deviations, or a quarter where no spread was printed.
        reason : what is computed, and why the row is met or missed.
        part : what is compared, where it is not the row as printed; see `Part`.

        Raises
        ------
        UnknownNameError
            If no table has the row, or a keyword is none of `Part`; the nearest are named.
        ParameterError
            If the id was registered for another function.
        """

        def register(function: Predictor) -> Predictor:
            if not isinstance(row, Mapping):
                self._enter(row, function, arguments, accept, reason, part)
                return function
            for id, values in row.items():
                several = values if isinstance(values, tuple) else (values,)
                self._enter(id, function, several, accept, reason, part)
            return function

        return register

    def not_predicted(self, *rows: str | Row, reason: str, **part: Unpack[Part]) -> None:
        """Enter rows that the model cannot answer, with the reason."""
        for row in rows:
            self._enter(row, None, (), "-", reason, part)

    def _enter(
        self,
        row: str | Row,
        function: Callable[..., float | Prediction | None] | None,
        arguments: tuple[object, ...],
        accept: Criterion | str | None,
        reason: str,
        part: Part,
    ) -> None:
        for name in part.keys() - Part.__annotations__.keys():
            raise unknown("part of a published row", name, Part.__annotations__)
        id = row if isinstance(row, str) else row.id
        source = row_of(id.partition(".")[0]) if isinstance(row, str) else row
        earlier = self.entries.get(id)
        if earlier is not None and _name(earlier.predict) != _name(function):
            raise ParameterError(
                f"Expected one prediction of {id!r}, got a second one; add a word after a point "
                f"to the id, as in {id + '.again'!r}."
            )
        unit, sd = part.get("unit", source.unit), part.get("sd")
        target = Target(None, sd)
        if "value" in part:
            target = Target(part["value"], sd)
        elif unit == source.unit:
            target = Target(source.value, source.sd if sd is None else sd, source.interval)
        unpredicted = Case(
            id=id,
            quantity=part.get("quantity", source.quantity),
            role=source.role,
            published=part.get("published", source.text or source.quantity),
            value=target.value,
            sd=target.sd,
            unit=unit,
            predicted=None,
            outcome="not_predicted",
            accept="-",
            reason=reason,
            source=source.bib,
            subject=self.subject,
        )
        if isinstance(accept, str):
            accept = Criterion(accept)
        criterion = accept or default_criterion(target)
        self.entries[id] = _Entry(unpredicted, target, criterion, function, arguments)


def assess(
    tables: Iterable[Predictions], *inputs: object, only: str | Iterable[str] = ()
) -> tuple[Case, ...]:
    """The cases of several tables, each in the order of the published tables.

    Parameters
    ----------
    inputs : passed to every prediction (the subject of a network, nothing for the spine).
    only : ids to assess, all by default; one that ends in `*` stands for all that begin so.

    Raises
    ------
    UnknownNameError
        If `only` names a row that has no entry.
    ParameterError
        If two tables have an entry for the same id.
    """
    entries: dict[str, _Entry] = {}
    for table in tables:
        twice = sorted(entries.keys() & table.entries)
        if twice:
            raise ParameterError(
                f"Expected every id in one table, got {twice} also under {table.subject!r}; "
                "add a word after a point to the id."
            )
        entries |= {id: table.entries[id] for id in sorted(table.entries, key=_place)}
    patterns = [only] if isinstance(only, str) else list(only)
    for pattern in patterns:
        if not any(_matches(pattern, id) for id in entries):
            raise unknown("row with an entry", pattern, entries)
    return tuple(
        entry.case(*inputs)
        for id, entry in entries.items()
        if not patterns or any(_matches(pattern, id) for pattern in patterns)
    )


def _matches(pattern: str, id: str) -> bool:
    return id.startswith(pattern[:-1]) if pattern.endswith("*") else id == pattern


def _name(function: Callable[..., object] | None) -> tuple[str, str]:
    """Module and name: a notebook cell that is run again registers the same function anew."""
    return getattr(function, "__module__", ""), getattr(function, "__qualname__", "")


def _place(id: str) -> tuple[int, str]:
    return _places().get(id.partition(".")[0], len(_places())), id


@cache
def _places() -> dict[str, int]:
    rows = (row.id for table in TABLES for row in published_rows(table))
    return {id: i for i, id in enumerate(rows)}
