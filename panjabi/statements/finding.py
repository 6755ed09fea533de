"""A statement of the hypothesis, and the result of its experiment on the model."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from panjabi.errors import ParameterError
from panjabi.results import Result, finite, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Outcome = Literal["supported", "contradicted", "undetermined", "fixed by construction"]
"""What an experiment says of its statement; fixed by construction: the model cannot differ."""

OUTCOMES: tuple[Outcome, ...] = (
    "supported",
    "contradicted",
    "undetermined",
    "fixed by construction",
)


@dataclass(frozen=True)
class Quantity:
    """A number that an experiment reports."""

    name: str  # snake_case, its unit at the end
    value: float  # nan: no value exists
    meaning: str

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise ParameterError(
                "Expected a name of letters, digits and underscores for a quantity, got "
                f"{self.name!r}; put the unit at the end, as in angle_deg."
            )


@dataclass(frozen=True, kw_only=True, repr=False)
class Finding(Result):
    """The result of an experiment: an outcome, the numbers for it, and the reason."""

    id: str
    statement: str
    outcome: Outcome
    quantities: tuple[Quantity, ...]
    sources: tuple[str, ...]  # keys of the bibliography: the statement, and data compared with it
    reason: str
    figure: str | None  # function of panjabi.plots that plots it
    data: object = field(default=None, repr=False)  # argument of that function

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise ParameterError(
                f"Expected one of the outcomes {', '.join(OUTCOMES)} for {self.id}, got "
                f"{self.outcome!r}; choose an outcome and give the reason."
            )

    def __getitem__(self, name: str) -> float:
        """The value of one quantity."""
        from panjabi.errors import unknown

        for quantity in self.quantities:
            if quantity.name == name:
                return quantity.value
        raise unknown(f"quantity of {self.id}", name, [q.name for q in self.quantities])

    def __str__(self) -> str:
        lines = [f"{self.id}  {self.outcome}: {self.statement}"]
        lines += [f"      {q.name} {q.value:.4g}  ({q.meaning})" for q in self.quantities]
        return "\n".join([*lines, f"      {self.reason}"])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a quantity without a value is null."""
        return {
            "id": self.id,
            "statement": self.statement,
            "outcome": self.outcome,
            "quantities": {q.name: finite(q.value) for q in self.quantities},
            "sources": list(self.sources),
            "reason": self.reason,
            "figure": self.figure,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each quantity."""
        columns = {
            "quantity": [q.name for q in self.quantities],
            "value": [q.value for q in self.quantities],
            "meaning": [q.meaning for q in self.quantities],
        }
        return frame(columns, "quantity")


@dataclass(frozen=True)
class Statement:
    """A statement P1 to P14 in the words of this project, and the experiment that tests it."""

    id: str
    statement: str
    sources: tuple[str, ...]
    experiment: Callable[[Statement], Finding]

    def run(self) -> Finding:
        """Compute the finding."""
        return self.experiment(self)

    def finding(
        self,
        outcome: Outcome,
        reason: str,
        *quantities: tuple[str, float, str],
        sources: tuple[str, ...] = (),
        figure: str | None = None,
        data: object = None,
    ) -> Finding:
        """Create a finding for this statement; quantities are (name, value, meaning)."""
        return Finding(
            id=self.id,
            statement=self.statement,
            outcome=outcome,
            quantities=tuple(Quantity(n, float(v), m) for n, v, m in quantities),
            sources=tuple(dict.fromkeys((*self.sources, *sources))),
            reason=reason,
            figure=figure,
            data=data,
        )
