"""One published figure beside what the model gives, and how it was judged."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Outcome = Literal["met", "missed", "not_predicted"]


@dataclass(frozen=True, kw_only=True)
class Case:
    """A published figure and the model's; `sd` and `predicted` are in `unit`.

    Only a row with the role validation judges the model: a calibration row set something, and a
    prior (recalled, or without a figure) proves nothing.
    """

    id: str  # of the published row
    quantity: str
    role: str
    published: str  # as printed in the source
    unit: str
    predicted: float | None  # None: not predicted
    outcome: Outcome
    accept: str  # how it was judged
    reason: str  # what was done, and why it was met or missed
    source: str  # key of the bibliography
    sd: float | None = None

    @property
    def counts(self) -> bool:
        """Whether the outcome judges the model: a validation row that was predicted."""
        return self.role == "validation" and self.predicted is not None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return asdict(self)
