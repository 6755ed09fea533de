"""Run an experiment: every draw with every variant and rival, and the verdict on the statement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, Unpack

import numpy as np
from numpy.typing import NDArray

from panjabi.assessment.declaration import Declaration
from panjabi.assessment.numbers import MissingNumber, Numbers
from panjabi.assessment.verdict import Behaviour, Verdict, behaviour, verdict_from_draws
from panjabi.cohort.block import Block, EachSubject
from panjabi.cohort.engine import CohortOptions, run_cohort
from panjabi.errors import ConvergenceError, PanjabiError, ParameterError, unknown
from panjabi.results import Result, finite, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

S = TypeVar("S")
Floats = NDArray[np.float64]

Measure = Callable[[S, str, Mapping[str, float]], Mapping[str, float]]
"""measure(subject, model, draw) -> numbers by name, nan for what does not exist."""

Criterion = Callable[[Numbers], bool]

FAILED = "failed"  # column of a draw for which the model has no result


@dataclass(frozen=True, kw_only=True)
class Experiment(Generic[S]):
    """A declaration, the numbers that are measured, and the criterion of each reading.

    `measure` and the criteria are defined at the top of a module, so that other processes can run
    them. A model that has no result for a draw (`PanjabiError`: no equilibrium, for example) says
    nothing in this draw.

    Raises
    ------
    ParameterError
        If the criteria are not those of the declared readings.
    """

    declaration: Declaration
    numbers: Mapping[str, str]  # name, its unit at the end, -> meaning
    measure: Measure[S]
    criteria: Mapping[str, Criterion]
    no_result: tuple[type[PanjabiError], ...] = (ConvergenceError,)

    def __post_init__(self) -> None:
        if tuple(self.criteria) != tuple(self.declaration.readings):
            raise ParameterError(
                f"Expected criteria for the readings {', '.join(self.declaration.readings)}, got "
                f"{', '.join(self.criteria)}; give one criterion for each reading, in order."
            )


@dataclass(frozen=True, eq=False, repr=False)
class Assessment(Result):
    """Numbers of every model in every draw, what they say, and the verdict."""

    declaration: Declaration
    numbers: Mapping[str, Mapping[str, Floats]]  # model -> name -> (draws,)
    agrees: Mapping[str, Mapping[str, Floats]]  # model -> reading -> (draws,): 1, 0 or nan
    failed: Mapping[str, int]  # model -> draws without a result
    seed: int

    @property
    def draws(self) -> int:
        """Number of draws."""
        first = next(iter(self.agrees.values()))
        return len(next(iter(first.values())))

    @cached_property
    def outcome(self) -> Verdict:
        """The verdict."""
        return verdict_from_draws(
            {
                f"{name}, {reading}": values
                for name in self.declaration.variants
                for reading, values in self.agrees[name].items()
            },
            {name: list(self.agrees[name].values()) for name in self.declaration.rivals},
        )

    def behaviour(self, model: str) -> Behaviour:
        """Whether a variant or rival passes or fails in every reading."""
        return behaviour(self._of(model).values())

    def share(self, model: str, reading: str) -> float:
        """Fraction of the draws that agree [1]."""
        readings = self._of(model)
        if reading not in readings:
            raise unknown("reading", reading, readings)
        return float(np.mean(readings[reading] == 1.0))

    @property
    def surprises(self) -> tuple[str, ...]:
        """Rivals that did not behave as stated before the run."""
        rivals = self.declaration.rivals
        return tuple(n for n, rival in rivals.items() if self.behaviour(n) != rival.expects)

    def _of(self, model: str) -> Mapping[str, Floats]:
        if model not in self.agrees:
            raise unknown("variant or rival", model, self.agrees)
        return self.agrees[model]

    def __str__(self) -> str:
        lines = [f"{self.outcome}, {self.draws} draws; fraction of draws that agree"]
        for name in self.declaration.models:
            rival = self.declaration.rivals.get(name)
            which = "variant" if rival is None else f"rival, expected: {rival.expects}"
            shares = ", ".join(f"{r} {self.share(name, r):.2f}" for r in self.agrees[name])
            lines.append(f"  {name} ({which}): {shares}")
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        declared = self.declaration
        return {
            "outcome": self.outcome,
            "draws": self.draws,
            "seed": self.seed,
            "prior": {
                n: {"low": p.low, "high": p.high, "unit": p.unit, "meaning": p.meaning}
                for n, p in declared.prior.items()
            },
            "readings": dict(declared.readings),
            "models": [
                {
                    "name": name,
                    "rival": name in declared.rivals,
                    "expected": r.expects if (r := declared.rivals.get(name)) else None,
                    "behaviour": self.behaviour(name),
                    "without_result": self.failed[name],
                    "agrees": {x: self.share(name, x) for x in self.agrees[name]},
                    "median": {n: _median(v) for n, v in self.numbers[name].items()},
                }
                for name in declared.models
            ],
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each model and draw: its numbers, and what they say."""
        models = self.declaration.models
        columns: dict[str, Any] = {
            "model": np.repeat(models, self.draws),
            "draw": np.tile(np.arange(self.draws), len(models)),
        }
        for table in (self.numbers, self.agrees):
            for name in table[models[0]]:
                columns[name] = np.concatenate([table[m][name] for m in models])
        return frame(columns)


def assessment_of(
    experiment: Experiment[S],
    subject: S,
    *,
    draws: int = 8,
    seed: int = 0,
    **options: Unpack[CohortOptions],
) -> Assessment:
    """The assessment of a statement by draws from its prior.

    draws : with n of them `AGREES` asks for agreement in all of them up to n = 9.
    options : executor, workers, block, store, resume and progress of `panjabi.cohort.run_cohort`; a
        row is one draw with one model.

    Raises
    ------
    ParameterError
        For fewer than one draw.
    CohortError
        If the code of an experiment fails.
    """
    if draws < 1:
        raise ParameterError(f"Expected 1 or more draws, got {draws}; give for example 8.")
    models = experiment.declaration.models
    rows = run_cohort(
        EachSubject(_row), (experiment, subject, seed),
        {"model": np.repeat(models, draws), "draw": np.tile(np.arange(draws), len(models))},
        **options,
    ).all_or_error()  # fmt: skip
    parts = {name: slice(k * draws, (k + 1) * draws) for k, name in enumerate(models)}
    numbers = {
        model: {name: rows.floats(f"number {name}")[part] for name in experiment.numbers}
        for model, part in parts.items()
    }
    agrees = {
        model: {name: rows.floats(f"agrees {name}")[part] for name in experiment.criteria}
        for model, part in parts.items()
    }
    failed = {model: int(rows.floats(FAILED)[part].sum()) for model, part in parts.items()}
    return Assessment(experiment.declaration, numbers, agrees, failed, seed)


def _row(what: tuple[Experiment[S], S, int], row: Block) -> dict[str, float]:
    """Numbers of one model in one draw, and what they say."""
    experiment, subject, seed = what
    draw = experiment.declaration.draw(int(row.floats("draw")[0]), seed)
    failed = 0.0
    try:
        measured = experiment.measure(subject, str(row["model"][0]), draw)
    except experiment.no_result:
        measured, failed = {}, 1.0
    unexpected = set(measured) - set(experiment.numbers)
    if unexpected:
        raise ParameterError(
            f"Expected the numbers {', '.join(experiment.numbers)}, got {', '.join(unexpected)}; "
            "declare every number with its meaning."
        )
    values = {name: float(measured.get(name, np.nan)) for name in experiment.numbers}
    numbers = Numbers(values)
    return (
        {FAILED: failed}
        | {f"number {name}": value for name, value in values.items()}
        | {f"agrees {name}": _says(rule, numbers) for name, rule in experiment.criteria.items()}
    )


def _says(criterion: Criterion, numbers: Numbers) -> float:
    try:
        return float(criterion(numbers))
    except MissingNumber:
        return np.nan


def _median(values: Floats) -> float | None:
    known = values[~np.isnan(values)]
    return finite(float(np.median(known))) if known.size else None
