"""One published figure beside what the model gives, and how it was judged."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from textwrap import shorten
from typing import Any, Literal, get_args

from panjabi.errors import ParameterError
from panjabi.reference import row as published_row
from panjabi.reference.tables import Role

Outcome = Literal["met", "missed", "not_predicted"]


class _OfRow(Enum):
    """Stands for: as the published row has it."""

    AS_ROW = "as the row"


AS_ROW = _OfRow.AS_ROW


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One line of the validation table.

    ``id`` is the id of the published row; where one row is compared in several ways a word
    follows after a point ("PKE_norm.men"). ``role`` is the row's, fixed before the comparison:
    only `validation` rows judge the model, a `calibration` row is met because something was set
    by it, a `prior` proves nothing. ``predicted`` is in ``unit``.

    Raises
    ------
    ParameterError
        For an outcome that does not exist, or one that does not go with what was predicted.
    """

    id: str
    quantity: str
    role: Role
    published: str  # as printed in the source
    value: float | None  # the part of it that is compared, where it is one number
    sd: float | None  # between subjects, in `unit`
    unit: str
    predicted: float | None
    outcome: Outcome
    accept: str  # how it was judged
    reason: str  # what was done, and why it was met or missed
    source: str  # key of the bibliography

    def __post_init__(self) -> None:
        if self.outcome not in get_args(Outcome):
            raise ParameterError(
                f"outcome of {self.id!r} is {self.outcome!r}; possible: "
                f"{', '.join(get_args(Outcome))}"
            )
        if (self.predicted is None) != (self.outcome == "not_predicted"):
            raise ParameterError(
                f"{self.id!r} has the outcome {self.outcome!r} with the prediction "
                f"{self.predicted!r}; what is not predicted is neither met nor missed"
            )
        if self.predicted is not None and not math.isfinite(self.predicted):
            raise ParameterError(
                f"the prediction of {self.id!r} is {self.predicted}; give a finite number or None"
            )

    @property
    def row(self) -> str:
        """Id of the published row."""
        return self.id.partition(".")[0]

    @property
    def counts(self) -> bool:
        """Whether the outcome judges the model: a validation row that was predicted."""
        return self.role == "validation" and self.predicted is not None


def judged(
    id: str,
    predicted: float | None,
    *,
    met: bool | None,
    accept: str,
    reason: str,
    value: float | _OfRow | None = AS_ROW,
    sd: float | None = None,
    unit: str | None = None,
    quantity: str | None = None,
    published: str | None = None,
) -> Comparison:
    """A comparison with a row of the published tables, which gives all that is not named here.

    A value named here (one part of several, or None for words) comes without the spread of the
    row unless `sd` is given as well.
    """
    row = published_row(id.partition(".")[0])
    return Comparison(
        id=id,
        quantity=row.quantity if quantity is None else quantity,
        role=row.role,
        published=(row.text or row.quantity) if published is None else published,
        value=row.value if value is AS_ROW else value,
        sd=row.sd if sd is None and value is AS_ROW else sd,
        unit=row.unit if unit is None else unit,
        predicted=None if predicted is None else float(predicted),
        outcome="not_predicted" if predicted is None else "met" if met else "missed",
        accept=accept,
        reason=reason,
        source=row.bib,
    )


def within(
    id: str, predicted: float, low: float, high: float, *, accept: str, reason: str, **more: Any
) -> Comparison:
    """Judged by an interval, ends included."""
    met = bool(low <= predicted <= high)
    return judged(id, predicted, met=met, accept=accept, reason=reason, **more)


def not_predicted(id: str, reason: str, **more: Any) -> Comparison:
    """A row that the network cannot answer, with the reason."""
    return judged(id, None, met=None, accept="-", reason=reason, **more)


def tally(comparisons: Iterable[Comparison]) -> dict[str, dict[str, int]]:
    """role -> outcome -> how many."""
    counts = Counter((c.role, c.outcome) for c in comparisons)
    return {
        role: {outcome: counts[role, outcome] for outcome in get_args(Outcome)}
        for role in get_args(Role)
    }


def as_rows(comparisons: Iterable[Comparison]) -> list[dict[str, Any]]:
    """Plain values for JSON or CSV, one mapping per comparison."""
    return [
        {
            "id": c.id,
            "quantity": c.quantity,
            "role": c.role,
            "published": c.published,
            "published_value": c.value,
            "published_sd": c.sd,
            "unit": c.unit,
            "predicted": c.predicted,
            "outcome": c.outcome,
            "accept": c.accept,
            "reason": c.reason,
            "source": c.source,
        }
        for c in comparisons
    ]


def number(value: float | None) -> str:
    """Three figures, or a dash; rounding noise is nothing."""
    return "-" if value is None else f"{0.0 if abs(value) < 1e-9 else value:.3g}"


def spread(c: Comparison) -> str:
    """What was published, with its spread."""
    if c.value is None:
        return c.published
    return number(c.value) if c.sd is None else f"{number(c.value)} +- {number(c.sd)}"


def summary(comparisons: Sequence[Comparison]) -> str:
    """One line: of the rows that may judge the model, how many it met."""
    by_role = tally(comparisons)
    v, c = by_role["validation"], by_role["calibration"]
    return (
        f"validation rows: {v['met']} met, {v['missed']} missed, {v['not_predicted']} not "
        f"predicted (beside them {sum(c.values())} calibration, "
        f"{sum(by_role['prior'].values())} prior)"
    )


def as_text(comparisons: Sequence[Comparison]) -> str:
    """A table for the screen; reasons are in the rows of `as_rows`."""
    lines = [f"{'row':24}{'role':12}{'published':>22}{'predicted':>11}  {'unit':16}outcome"]
    for c in comparisons:
        lines.append(
            f"{c.id:24}{c.role:12}{shorten(spread(c), 21, placeholder='...'):>22}"
            f"{number(c.predicted):>11}  {shorten(c.unit, 15, placeholder='...'):16}{c.outcome}"
        )
    return "\n".join([*lines, "", summary(comparisons)])
