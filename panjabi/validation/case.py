"""A published value, the prediction of the model, and the outcome of the comparison."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from panjabi.errors import ParameterError
from panjabi.literature.nulls import ComparisonType
from panjabi.literature.tables import Role

Outcome = Literal["met", "missed", "null_confirmed", "null_missed", "not_predicted"]
"""Whether a prediction lies within the accepted range of its published value, or is missing.

If a published effect does not exceed its standard error or its rounding, the published result is
"no effect", and the prediction confirms or misses that null.
"""

NOT_INFORMATIVE = "not_informative"
AGREES: tuple[Outcome, ...] = ("met", "null_confirmed")


@dataclass(frozen=True, kw_only=True, repr=False)
class Case:
    """A published value and its prediction; all numbers but skill and z-score are in `unit`.

    `id` is that of the published row; if a row is compared in several ways, a word follows after a
    point ("PKE_norm.men"). `role` is that of the row, fixed before the comparison: only a
    validation row is evidence about the model. A calibration row sets a parameter, and a prior
    (quoted from memory, or without a number) is not evidence. A row that cannot fail, or whose
    measurement is counted with another row, is not informative.

    `skill` is 1 - |predicted - value| / |null_prediction - value|: 1 is exact, 0 as good as the
    null model, below 0 worse. It exists if the null differs from the published value by more than
    the standard error and the rounding.

    Raises
    ------
    ParameterError
        For an unknown outcome, or an outcome that does not match the prediction.
    """

    id: str
    quantity: str
    role: Role
    published: str  # as printed in the source
    value: float | None = None  # the value that is compared, if it is a single number
    sd: float | None = None  # standard deviation of that value, as printed
    standard_error: float | None = None  # of that value
    unit: str
    predicted: float | None  # None: not predicted
    outcome: Outcome
    accept: str  # the criterion in words
    reason: str  # what is computed, and why it is met or missed
    source: str  # key of the bibliography
    subject: str = ""  # heading in tables
    type: ComparisonType = "level"
    null_prediction: float | None = None  # of a model without the effect, or another source
    null_source: str = ""
    skill: float | None = None
    second_null: float | None = None  # proportion or superposition
    second_null_source: str = ""
    second_skill: float | None = None
    z_score: float | None = None  # (predicted - value) / sd
    informative: bool = True
    not_counted: str = ""  # why a validation row is not informative

    def __repr__(self) -> str:
        """Row, published and predicted value, and outcome, in one line."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        predicted = "" if self.predicted is None else f", predicted {self.predicted:.4g}{unit}"
        return f"<Case {self.id}: published {self.published}{predicted}, {self.outcome}>"

    def __post_init__(self) -> None:
        if self.outcome not in get_args(Outcome):
            raise ParameterError(
                f"Expected one of {', '.join(get_args(Outcome))} as the outcome of {self.id!r}, "
                f"got {self.outcome!r}; choose one of these."
            )
        if (self.predicted is None) != (self.outcome == "not_predicted"):
            raise ParameterError(
                f"Expected a prediction of {self.id!r} that matches its outcome, got "
                f"{self.predicted!r} with {self.outcome!r}; use 'not_predicted' with None, and "
                "another outcome with a number."
            )
        if self.predicted is not None and not math.isfinite(self.predicted):
            raise ParameterError(
                f"Expected a finite prediction of {self.id!r}, got {self.predicted}; return None "
                "if the model makes no prediction."
            )

    @property
    def row(self) -> str:
        """Id of the published row."""
        return self.id.partition(".")[0]

    @property
    def counts(self) -> bool:
        """Whether the outcome is evidence about the model."""
        return self.role == "validation" and self.predicted is not None and self.informative

    @property
    def agrees(self) -> bool:
        """Whether the prediction agrees with the published result."""
        return self.outcome in AGREES

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON or CSV file."""
        return asdict(self)


def tally(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    """Role -> outcome -> number of cases; validation rows that do not count have an own entry."""
    counts = Counter(
        (c.role, c.outcome if c.role != "validation" or c.informative else NOT_INFORMATIVE)
        for c in cases
    )
    outcomes = (*get_args(Outcome), NOT_INFORMATIVE)
    return {role: {o: counts[role, o] for o in outcomes} for role in get_args(Role)}
