"""One published value beside the model's, and the outcome of the comparison."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from panjabi.errors import ParameterError
from panjabi.literature.tables import Role

Outcome = Literal["met", "missed", "not_predicted"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A published value and the model's; `value`, `sd` and `predicted` are in `unit`.

    `id` is that of the published row; where one row is compared in several ways a word follows
    after a point ("PKE_norm.men"). `role` is the row's, fixed before the comparison: only a
    validation row is evidence about the model, a calibration row set something, and a prior
    (recalled, or without a number) is no evidence.

    Raises
    ------
    ParameterError
        For an outcome that does not exist, or one that does not go with the prediction.
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
    accept: str  # the criterion in words
    reason: str  # what was computed, and why it was met or missed
    source: str  # key of the bibliography
    subject: str = ""  # heading under which tables print it

    def __post_init__(self) -> None:
        if self.outcome not in get_args(Outcome):
            raise ParameterError(
                f"Expected one of {', '.join(get_args(Outcome))} as the outcome of {self.id!r}, "
                f"got {self.outcome!r}; give one of them."
            )
        if (self.predicted is None) != (self.outcome == "not_predicted"):
            raise ParameterError(
                f"Expected a prediction of {self.id!r} that goes with its outcome, got "
                f"{self.predicted!r} with {self.outcome!r}; what is not predicted is neither met "
                "nor missed."
            )
        if self.predicted is not None and not math.isfinite(self.predicted):
            raise ParameterError(
                f"Expected a finite prediction of {self.id!r}, got {self.predicted}; return None "
                "where the model has no answer."
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
