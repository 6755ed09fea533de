"""A statement of the hypothesis, and what its experiment on the model says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Unpack

from panjabi.assessment import Assessment, Experiment, assessment_of
from panjabi.assessment.verdict import Verdict
from panjabi.cohort.engine import CohortOptions, part_of
from panjabi.errors import ParameterError, unknown
from panjabi.results import Result, finite, frame
from panjabi.spine.subject import Subject

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]


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
class Illustration(Result):
    """Numbers at the default values of the model, and the figure that plots them."""

    quantities: tuple[Quantity, ...] = ()
    sources: tuple[str, ...] = ()  # of data that are compared
    remark: str = ""  # what the numbers mean; no part of the verdict
    figure: str | None = None  # function of panjabi.plots
    data: object = field(default=None, repr=False)  # argument of that function

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a quantity without a value is null."""
        return {
            "quantities": {q.name: finite(q.value) for q in self.quantities},
            "remark": self.remark,
            "figure": self.figure,
        }


def illustration(
    remark: str,
    *quantities: tuple[str, float, str],
    sources: tuple[str, ...] = (),
    figure: str | None = None,
    data: object = None,
) -> Illustration:
    """An illustration from quantities as (name, value, meaning)."""
    return Illustration(
        quantities=tuple(Quantity(n, float(v), m) for n, v, m in quantities),
        sources=sources, remark=remark, figure=figure, data=data,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True, repr=False)
class Finding(Result):
    """A statement, its assessment by draws, and an illustration at the default values."""

    id: str
    statement: str
    subject: str  # whose model it is
    sources: tuple[str, ...]  # keys of the bibliography: the statement, and data compared with it
    assessment: Assessment | None  # None: no experiment can decide the statement
    illustration: Illustration
    untested: str = ""  # why there is no assessment

    @property
    def outcome(self) -> Verdict:
        """The verdict of the assessment."""
        return "not tested" if self.assessment is None else self.assessment.outcome

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """Numbers of the illustration."""
        return self.illustration.quantities

    @property
    def figure(self) -> str | None:
        """Function of panjabi.plots that plots `data`."""
        return self.illustration.figure

    @property
    def data(self) -> object:
        """Argument of the function that plots the illustration."""
        return self.illustration.data

    @property
    def reason(self) -> str:
        """Why the verdict is what it is, from the draws."""
        if self.assessment is None:
            return self.untested
        a = self.assessment
        lines = [str(a).partition("\n")[0] + ":"]
        for name in a.declaration.models:
            shares = [a.share(name, r) for r in a.declaration.readings]
            low, high = f"{100 * min(shares):.0f}", f"{100 * max(shares):.0f}"
            span = f"{low} %" if low == high else f"{low} to {high} %"
            kind = "rival " if name in a.declaration.rivals else ""
            lines.append(f"{kind}{name.replace('_', ' ')} {span};")
        return " ".join(lines).rstrip(";")

    def __getitem__(self, name: str) -> float:
        """The value of one quantity of the illustration."""
        for quantity in self.quantities:
            if quantity.name == name:
                return quantity.value
        raise unknown(f"quantity of {self.id}", name, [q.name for q in self.quantities])

    def __str__(self) -> str:
        lines = [f"{self.id}  {self.outcome}: {self.statement}", f"      {self.reason}"]
        lines += [f"      {q.name} {q.value:.4g}  ({q.meaning})" for q in self.quantities]
        return "\n".join([*lines, *([f"      {r}"] if (r := self.illustration.remark) else [])])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a quantity without a value is null."""
        return {
            "id": self.id,
            "statement": self.statement,
            "subject": self.subject,
            "outcome": self.outcome,
            "sources": list(self.sources),
            "reason": self.reason,
            "assessment": None if self.assessment is None else self.assessment.to_dict(),
            **self.illustration.to_dict(),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each quantity of the illustration; draws: `assessment.to_pandas`."""
        columns = {
            "quantity": [q.name for q in self.quantities],
            "value": [q.value for q in self.quantities],
            "meaning": [q.meaning for q in self.quantities],
        }
        return frame(columns, "quantity")


@dataclass(frozen=True)
class Statement:
    """A statement P1 to P19 in the words of this project, and the experiment that tests it."""

    id: str
    statement: str
    sources: tuple[str, ...]
    experiment: Experiment[Subject] | None
    illustrate: Callable[[Subject], Illustration] | None = None
    untested: str = ""  # why there is no experiment

    def run(
        self,
        subject: Subject | None = None,
        *,
        draws: int = 8,
        seed: int = 0,
        **options: Unpack[CohortOptions],
    ) -> Finding:
        """The finding for a subject, by default the standard adult; see `assessment_of`."""
        who = Subject() if subject is None else subject
        shown = Illustration() if self.illustrate is None else self.illustrate(who)
        assessed = None
        if self.experiment is not None:
            assessed = assessment_of(
                self.experiment, who, draws=draws, seed=seed, **part_of(options, self.id)
            )
        return Finding(
            id=self.id, statement=self.statement, subject=who.name,
            sources=tuple(dict.fromkeys((*self.sources, *shown.sources))), assessment=assessed,
            illustration=shown, untested=self.untested,
        )  # fmt: skip
