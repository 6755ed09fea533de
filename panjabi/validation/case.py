"""A published value, the prediction of the model, and the outcome of the comparison."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from panjabi.errors import ParameterError
from panjabi.literature.tables import Role

Outcome = Literal["met", "missed", "not_predicted"]
"""Whether a prediction lies within the accepted range of its published value, or is missing."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """A published value and its prediction; `value`, `sd` and `predicted` are in `unit`.

    `id` is that of the published row; if a row is compared in several ways, a word follows after a
    point ("PKE_norm.men"). `role` is that of the row, fixed before the comparison: only a
    validation row is evidence about the model. A calibration row sets a parameter, and a prior
    (quoted from memory, or without a number) is not evidence.

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
    unit: str
    predicted: float | None  # None: not predicted
    outcome: Outcome
    accept: str  # the criterion in words
    reason: str  # what is computed, and why it is met or missed
    source: str  # key of the bibliography
    subject: str = ""  # heading in tables

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
                "'met' or 'missed' with a number."
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
        """Whether the outcome is evidence about the model: a predicted validation row."""
        return self.role == "validation" and self.predicted is not None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON or CSV file."""
        return asdict(self)


def tally(cases: Iterable[Case]) -> dict[str, dict[str, int]]:
    """Role -> outcome -> number of cases."""
    counts = Counter((c.role, c.outcome) for c in cases)
    return {
        role: {outcome: counts[role, outcome] for outcome in get_args(Outcome)}
        for role in get_args(Role)
    }
