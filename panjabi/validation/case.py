"""One published figure beside what the model gives, and how it was judged."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, Literal, get_args

from panjabi.errors import ParameterError
from panjabi.literature.tables import Role, row

Outcome = Literal["met", "missed", "not_predicted"]

NEAR = 0.25
"""Where no spread was printed a figure is met within this share of it (assumed)."""


class _OfRow(Enum):
    """Stands for: as the published row has it."""

    AS_ROW = "as the row"


AS_ROW = _OfRow.AS_ROW


@dataclass(frozen=True, kw_only=True)
class Case:
    """A published figure and the model's; `value`, `sd` and `predicted` are in `unit`.

    `id` is that of the published row; where one row is compared in several ways a word follows
    after a point ("PKE_norm.men"). `role` is the row's, fixed before the comparison: only a
    validation row judges the model, a calibration row set something, and a prior (recalled, or
    without a figure) proves nothing.

    Raises
    ------
    ParameterError
        For an outcome that does not exist, or one that does not go with what was predicted.
    """

    id: str
    quantity: str
    role: Role
    published: str  # as printed in the source
    value: float | None = None  # the part of it that is compared, where it is one number
    sd: float | None = None  # as printed, of that part
    unit: str
    predicted: float | None  # None: not predicted
    outcome: Outcome
    accept: str  # how it was judged
    reason: str  # what was done, and why it was met or missed
    source: str  # key of the bibliography

    def __post_init__(self) -> None:
        if self.outcome not in get_args(Outcome):
            raise ParameterError(
                f"outcome of {self.id!r} is {self.outcome!r}; possible: "
                f"{', '.join(get_args(Outcome))}. Give one of them."
            )
        if (self.predicted is None) != (self.outcome == "not_predicted"):
            raise ParameterError(
                f"{self.id!r} has the outcome {self.outcome!r} with the prediction "
                f"{self.predicted!r}; what is not predicted is neither met nor missed. Give both "
                "or neither."
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

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON or CSV file."""
        return asdict(self)


def judged(
    id: str,
    predicted: float | None,
    reason: str,
    *,
    met: bool | None = None,
    accept: str = "",
    **more: Any,
) -> Case:
    """Judged by `met` and the words for it, or without it as `near` judges.

    Parameters
    ----------
    more : `of` (the row, where the id is not its own), `quantity`, `unit`, `published` (its words)
        and, without `met`, what `near` takes. What is not given is the row's.
    """
    if met is None:
        return near(id, predicted, reason, **more)
    return _case(id, predicted, met=met, accept=accept, reason=reason, **more)


def _case(
    id: str,
    predicted: float | None,
    *,
    met: bool | None,
    accept: str,
    reason: str,
    of: str | None = None,
    value: float | _OfRow | None = AS_ROW,
    sd: float | None = None,
    unit: str | None = None,
    quantity: str | None = None,
    published: str | None = None,
) -> Case:
    """A case of a row of the published tables, which gives all that is not named here.

    of : the row, where the id is not its own. A value named here (one part of several, or None for
    words), and a unit that is not the row's, come without the spread of the row unless `sd` is
    given as well.
    """
    found = row(id.partition(".")[0] if of is None else of)
    own = value is AS_ROW and unit in (None, found.unit)
    return Case(
        id=id,
        quantity=found.quantity if quantity is None else quantity,
        role=found.role,
        published=(found.text or found.quantity) if published is None else published,
        value=(found.value if own else None) if value is AS_ROW else value,  # type: ignore[arg-type]
        sd=found.sd if sd is None and own else sd,
        unit=found.unit if unit is None else unit,
        predicted=None if predicted is None else float(predicted),
        outcome="not_predicted" if predicted is None else "met" if met else "missed",
        accept="-" if predicted is None else accept,
        reason=reason,
        source=found.bib,
    )


def within(
    id: str, predicted: float, low: float, high: float, *, accept: str, reason: str, **more: Any
) -> Case:
    """Judged by an interval, ends included."""
    met = bool(low <= predicted <= high)
    return _case(id, predicted, met=met, accept=accept, reason=reason, **more)


def not_predicted(id: str, reason: str, **more: Any) -> Case:
    """A row that the model cannot answer, with the reason."""
    return _case(id, None, met=None, accept="-", reason=reason, **more)


def near(
    id: str,
    predicted: float | None,
    reason: str,
    *,
    share: float = NEAR,
    value: float | None = None,
    sd: float | None = None,
    **more: Any,
) -> Case:
    """Judged by two standard deviations, or within a share of the figure where it has no spread.

    A value given here stands for the row's; it has the spread given with it, or none.
    """
    if predicted is None:
        return not_predicted(id, reason, **more)
    found = row(more.get("of") or id.partition(".")[0])
    aim = found.value if value is None else value
    spread = found.sd if value is None and sd is None else sd
    if aim is None:
        raise ParameterError(
            f"row {found.id!r} has no single value but {found.text!r}; name the part that is "
            "compared with `value`, or judge it yourself."
        )
    if spread is not None:
        good, how = abs(predicted - aim) <= 2.0 * spread, f"within 2 sd of {spread:g}"
    else:
        good, how = abs(predicted - aim) <= share * abs(aim), f"within {100.0 * share:.4g} %"
    known = {} if value is None else {"value": value, "sd": sd}
    return _case(id, predicted, met=good, accept=how, reason=reason, **known, **more)


def tally(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    """Role -> outcome -> how many."""
    counts = Counter((c.role, c.outcome) for c in cases)
    return {
        role: {outcome: counts[role, outcome] for outcome in get_args(Outcome)}
        for role in get_args(Role)
    }
