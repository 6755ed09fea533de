"""Range of evidence: the values of an argument for which data exist, and where tissue fails.

Every law has such ranges in its attribute `evidence`, by the name of the argument. Beyond the tests
a law is extrapolated, and results list that in `outside_evidence`. Beyond failure a law has no
meaning: a static call raises, unless it asks for extrapolation.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap
from typing import Any, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.parameter import SI, Parameter
from panjabi.results import WIDTH, ShortRepr

ROUNDING = 1e-6  # a value at the limit itself is within it
BEYOND_FAILURE = "beyond failure"
BEYOND_TESTS = "beyond the tests"

LONGEST = 2
"""Largest number of descriptions that a command prints."""


@dataclass(frozen=True)
class Departure:
    """A value that is outside the tests; as text it is one entry of `outside_evidence`."""

    name: str  # of what has the value: "L4-L5, flexion", a muscle, a strand
    quantity: str  # moment, preload, strain
    value: float  # in `unit`
    unit: str
    where: str  # BEYOND_TESTS or BEYOND_FAILURE
    limit: str  # that it passed, with its source
    more: int = 0  # further values outside the same range

    def __str__(self) -> str:
        value = f"{self.value:.4g}" + ("" if self.unit == "1" else f" {self.unit}")
        more = f"; so are {self.more} more" if self.more else ""
        return f"{self.name}: {self.quantity} of {value} is {self.where}, {self.limit}{more}"


@dataclass(frozen=True, repr=False)
class EvidenceRange(ShortRepr):
    """Values of one argument of a law for which data exist, and where the tissue fails.

    Raises
    ------
    ParameterError
        For parameters of different units, or limits that do not rise.
    """

    quantity: str  # moment, preload, strain
    tested: Parameter  # largest value with data
    failure: Parameter | None = None  # None: not known, or the tissue does not fail
    least: Parameter | None = None  # smallest value with data; None: no lower limit
    symmetric: bool = False  # negative values have the same limits

    def __post_init__(self) -> None:
        limits = [p for p in (self.least, self.tested, self.failure) if p is not None]
        if len({p.unit for p in limits}) > 1 or sorted(p.value for p in limits) != [
            p.value for p in limits
        ]:
            raise ParameterError(
                f"Expected limits of {self.quantity} that rise from least to failure in one unit, "
                f"got {', '.join(map(str, limits))}; change them."
            )

    @property
    def fails_at(self) -> float:
        """Value at failure in SI; infinite if it is not known."""
        return math.inf if self.failure is None else self.failure.si

    def beyond(self, value: float) -> str:
        """ "beyond failure", "beyond the tests", or "" inside them; value in SI."""
        size = abs(value) if self.symmetric else value
        if not size <= (1.0 + ROUNDING) * self.fails_at:
            return BEYOND_FAILURE
        if not size <= (1.0 + ROUNDING) * self.tested.si:
            return BEYOND_TESTS
        if self.least is not None and not size >= (1.0 - ROUNDING) * self.least.si:
            return BEYOND_TESTS
        return ""

    def excess(self, values: ArrayLike) -> NDArray[np.float64]:
        """How far values [SI] are outside the tests [SI], 0 inside; same shape as `values`."""
        x = np.asarray(values, float)
        size = np.abs(x) if self.symmetric else x
        over = size - (1.0 + ROUNDING) * self.tested.si
        if self.least is not None:
            over = np.maximum(over, (1.0 - ROUNDING) * self.least.si - size)
        return np.where(np.isnan(size), np.inf, np.maximum(over, 0.0))

    def outside(self, values: ArrayLike, names: Sequence[str]) -> tuple[str, ...]:
        """One description of the value furthest outside the tests, and how many more; or ().

        values : in SI, one for each of `names`.
        """
        return tuple(map(str, self.departures(values, names)))

    def departures(self, values: ArrayLike, names: Sequence[str]) -> tuple[Departure, ...]:
        """The value furthest outside the tests, and how many more; or ().

        values : in SI, one for each of `names`.
        """
        x = np.atleast_1d(np.asarray(values, float))
        excess = self.excess(x)
        count = int((excess > 0.0).sum())
        if not count:
            return ()
        worst = int((excess >= (1.0 - 1e-6) * excess.max()).argmax())  # the first of equal ones
        value, unit = float(x[worst]), self.tested.unit
        where, p = self.beyond(value), self.failure
        limit = f"at {_quoted(p)}" if p is not None and where == BEYOND_FAILURE else str(self)
        return (
            Departure(
                names[worst], self.quantity, value / SI[unit], unit, where, limit, count - 1
            ),
        )  # fmt: skip

    def check(self, values: ArrayLike, names: str | Sequence[str]) -> None:
        """Check values [SI], one for each of `names`.

        Raises
        ------
        ParameterError
            Beyond failure. Names the limit and its source.
        """
        if self.failure is None:
            return
        for value, name in zip(
            np.atleast_1d(np.asarray(values, float)).tolist(),
            (names,) if isinstance(names, str) else names,
            strict=True,
        ):
            if self.beyond(value) == BEYOND_FAILURE:
                p = self.failure
                raise ParameterError(
                    f"Expected {name} with a {self.quantity} below failure at {p.value:g} {p.unit} "
                    f"({p.source}, {p.status}), got {value / SI[p.unit]:.6g} {p.unit}; give a "
                    "smaller value, or extrapolate=True to use the law there."
                )

    def times(self, factor: float) -> Self:
        """The same range for a body of another size."""
        if factor == 1.0:
            return self

        def sized(p: Parameter | None) -> Parameter | None:
            if p is None:
                return None
            return replace(
                p, value=factor * p.value, status="derived", conditions=f"{p.conditions}; sized"
            )

        tested = sized(self.tested)
        assert tested is not None
        return replace(self, tested=tested, failure=sized(self.failure), least=sized(self.least))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        limits = {"least": self.least, "tested": self.tested, "failure": self.failure}
        return {"quantity": self.quantity} | {
            name: None if p is None else p.to_dict() for name, p in limits.items()
        }

    def __str__(self) -> str:
        """The limits with their source, for example "up to 0.06 1 (TLFCadaver2024, measured)"."""
        low = "up to " if self.least is None else f"{self.least.value:.4g} to "
        return f"{low}{_quoted(self.tested)}"


@runtime_checkable
class HasEvidence(Protocol):
    """A law that knows the ranges of its arguments for which data exist."""

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Name of the argument -> its range."""
        ...


class LeavesEvidence(Protocol):
    """A result that says what left the ranges of its laws."""

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """What left the range of evidence, in words."""
        ...


def outside_of(results: Iterable[LeavesEvidence]) -> tuple[str, ...]:
    """What several results leave of the evidence, in words, each once."""
    return tuple(dict.fromkeys(words for part in results for words in part.outside_evidence))


def printed(descriptions: Iterable[str]) -> tuple[str, ...]:
    """The lines that a command prints for what is outside the evidence, or ()."""
    found = tuple(dict.fromkeys(descriptions))
    if not found:
        return ()
    shown = list(found[:LONGEST])
    if len(found) > LONGEST:
        left = len(found) - LONGEST
        shown.append(f"and {left} more, see the key outside_evidence of --json")
    lines = [f"outside the evidence ({len(found)}):"]
    for words in shown:
        lines += wrap(words, WIDTH, initial_indent="  ", subsequent_indent="    ")
    return tuple(lines)


def _quoted(p: Parameter) -> str:
    unit = "" if p.unit == "1" else f" {p.unit}"
    return f"{p.value:.4g}{unit} ({p.source}, {p.status})"
