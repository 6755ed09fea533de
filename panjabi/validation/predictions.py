"""Predictions of published rows: functions registered for row ids, and the resulting cases.

    table = Predictions("Neural parts")

    @table.predicts("N075", reason="the reduced neck is calibrated with it")
    def peak_without_reflexes() -> float:
        return 20.0 * math.log10(resonance(fitted_neck())[0])

Published value, spread, unit and role are those of the row; a function cannot change them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple, TypedDict, TypeVar, Unpack

from panjabi.errors import ParameterError, unknown
from panjabi.literature.nulls import NullRule, null_rule
from panjabi.literature.tables import TABLES, Row, published as published_rows, row as row_of
from panjabi.validation.case import Case, Outcome
from panjabi.validation.criterion import Criterion, Target, default_criterion


class Prediction(NamedTuple):
    """Return value of a prediction with a reason or an outcome; otherwise return a number."""

    value: float | None  # in the unit of the case; None: not predicted
    reason: str = ""  # replaces the registered reason, for example to report computed numbers
    met: bool | None = None  # only for a criterion that is given in words
    null: float | None = None  # of the null model, where the table of nulls says "model"
    second_null: float | None = None


Predictor = TypeVar("Predictor", bound=Callable[..., "float | Prediction | None"])


class Part(TypedDict, total=False):
    """What is compared, if it is a part of a row or a ratio of rows; the default is the row.

    A value or a unit from here has the `sd`, `error` and `rounding` from here, or none.
    `value=None`: no number.
    """

    quantity: str
    published: str  # as text
    value: float | None
    sd: float
    error: float  # standard error
    rounding: float  # half a step of the last printed digit
    unit: str


@dataclass(frozen=True)
class _Entry:
    """A registered row: the case without its prediction, and the function that predicts it."""

    unpredicted: Case
    target: Target
    criterion: Criterion
    rule: NullRule
    predict: Callable[..., float | Prediction | None] | None = None
    arguments: tuple[object, ...] = ()

    def case(self, *inputs: object) -> Case:
        """Predict and assess; `inputs` are passed before the registered arguments."""
        result = self.predict(*inputs, *self.arguments) if self.predict else None
        if not isinstance(result, Prediction):
            result = Prediction(result)
        value, met = result.value, result.met
        id, reason = self.unpredicted.id, result.reason or self.unpredicted.reason
        if not reason:
            raise ParameterError(
                f"Expected a reason for the prediction of {id!r}, got none; give `reason` in "
                "predicts() or in the returned Prediction."
            )
        if value is None:
            return replace(self.unpredicted, reason=reason)
        if (met is None) == (self.criterion.test is None):
            raise ParameterError(
                f"Expected exactly one assessment of {id!r}, got "
                f"{'none' if met is None else 'two'}; return `met` with a criterion in words, "
                "and omit it with a criterion that has a test."
            )
        if self.criterion.test is not None:
            met = self.criterion.test(value, self.target)
        if self.rule.null_computed and result.null is None:
            raise ParameterError(
                f"Expected a prediction of {id!r} with its null, got none; return "
                "Prediction(value, null=...), as the table of nulls says."
            )
        null = result.null if self.rule.null is None else self.rule.null
        second = result.second_null if self.rule.second_null is None else self.rule.second_null
        value = float(value)
        return replace(
            self.unpredicted,
            predicted=value,
            outcome=self._outcome(value, null, bool(met)),
            accept=self.criterion.words,
            reason=reason,
            null_prediction=null,
            skill=self._skill(value, null),
            second_null=second,
            second_skill=self._skill(value, second),
            z_score=self._z_score(value),
        )

    def _outcome(self, value: float, null: float | None, met: bool) -> Outcome:
        target = self.target
        if self.rule.type == "effect" and null is not None and target.value is not None:
            error = target.uncertainty
            if abs(null - target.value) <= error:
                inside = abs(value - target.value) <= 2.0 * error if error else met
                return "null_confirmed" if inside else "null_missed"
        return "met" if met else "missed"

    def _skill(self, value: float, null: float | None) -> float | None:
        if null is None or self.target.value is None or self.rule.type not in ("effect", "level"):
            return None
        distance = abs(null - self.target.value)
        if distance <= self.target.uncertainty:
            return None
        return 1.0 - abs(value - self.target.value) / distance

    def _z_score(self, value: float) -> float | None:
        target = self.target
        if self.rule.type != "level" or target.value is None or not target.sd:
            return None
        return (value - target.value) / target.sd


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
        row : id of a packaged row, with a word after a point if a row is compared in several ways
            ("PKE_norm.men"); or a new row (`panjabi.literature.new_row`); or a mapping from ids to
            the argument (or tuple of arguments) of the function for each id.
        arguments : passed to the function.
        accept : a criterion, or words; with words the function returns a `Prediction` with `met`.
            Default: two standard deviations, or a quarter if no spread was printed.
        reason : what is computed, and why the row is met or missed.
        part : what is compared, if it is not the row as printed; see `Part`.

        Raises
        ------
        UnknownNameError
            If no table has the row, or a keyword is not in `Part`; similar names are listed.
        ParameterError
            If the id is already registered for another function.
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
        """Register rows that the model cannot predict, with the reason."""
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
        rule = null_rule(id, source.unit)
        base = row_of(rule.base) if rule.base else None
        target = _target(source, base, part)
        unpredicted = Case(
            id=id,
            quantity=part.get(
                "quantity", f"{source.quantity}, minus {base.quantity}" if base else source.quantity
            ),
            role=source.role,
            published=part.get(
                "published",
                f"{source.text} minus {base.text}" if base else source.text or source.quantity,
            ),
            value=target.value,
            sd=target.sd,
            standard_error=target.error,
            unit=part.get("unit", source.unit),
            predicted=None,
            outcome="not_predicted",
            accept="-",
            reason=reason,
            source=source.bib,
            subject=self.subject,
            type=rule.type,
            null_prediction=rule.null,
            null_source=rule.null_source,
            second_null=rule.second_null,
            second_null_source=rule.second_source,
            informative=source.role == "validation" and rule.counted,
            not_counted="" if rule.counted else rule.reason,
        )
        if isinstance(accept, str):
            accept = Criterion(accept)
        criterion = accept or default_criterion(target, rule.type)
        self.entries[id] = _Entry(unpredicted, target, criterion, rule, function, arguments)


def _target(source: Row, base: Row | None, part: Part) -> Target:
    """The published value of a row, of a part of it, or the difference from a base row."""
    if "value" in part:
        return Target(
            part["value"],
            part.get("sd"),
            error=part.get("error"),
            rounding=part.get("rounding", 0.0),
        )
    if part.get("unit", source.unit) != source.unit:
        return Target(None, part.get("sd"))
    if base is not None:
        errors = [r.standard_error for r in (source, base)]
        both = None if None in errors else math.hypot(*(e for e in errors if e is not None))
        return Target(
            source.number - base.number,
            error=part.get("error", both),
            rounding=source.rounding + base.rounding,
        )
    return Target(
        source.value,
        part.get("sd", source.sd),
        source.interval,
        error=part.get("error", source.standard_error),
        rounding=source.rounding,
    )


def assess(
    tables: Iterable[Predictions], *inputs: object, only: str | Iterable[str] = ()
) -> tuple[Case, ...]:
    """The cases of several tables, each in the order of the published tables.

    Parameters
    ----------
    inputs : passed to every prediction (the subject of a network, nothing for the spine).
    only : ids to assess, by default all; an id that ends in `*` selects all that begin with it.

    Raises
    ------
    UnknownNameError
        If `only` contains a row without an entry.
    ParameterError
        If two tables have an entry for the same id.
    """
    entries: dict[str, _Entry] = {}
    for table in tables:
        twice = sorted(entries.keys() & table.entries)
        if twice:
            raise ParameterError(
                f"Expected every id in only one table, got {twice} also under {table.subject!r}; "
                "add a word after a point to the id."
            )
        entries |= {id: table.entries[id] for id in sorted(table.entries, key=_position)}
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
    """Module and name: running a notebook cell again registers the same function again."""
    return getattr(function, "__module__", ""), getattr(function, "__qualname__", "")


def _position(id: str) -> tuple[int, str]:
    return _positions().get(id.partition(".")[0], len(_positions())), id


@cache
def _positions() -> dict[str, int]:
    rows = (row.id for table in TABLES for row in published_rows(table))
    return {id: i for i, id in enumerate(rows)}
