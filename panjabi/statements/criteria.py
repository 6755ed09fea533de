"""Criteria of the statements as functions of their numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from panjabi.assessment import Numbers

Relation = Literal["above", "at least", "below", "from to"]


@dataclass(frozen=True)
class Limit:
    """A condition on one number."""

    name: str
    relation: Relation
    value: float
    upper: float = 0.0  # for "from to"

    def holds(self, numbers: Numbers) -> bool:
        """Whether the number meets the condition."""
        x = numbers[self.name]
        if self.relation == "above":
            return x > self.value
        if self.relation == "at least":
            return x >= self.value
        if self.relation == "below":
            return x < self.value
        return self.value <= x <= self.upper


@dataclass(frozen=True)
class AllOf:
    """Every condition holds; the first that fails decides, before later numbers are read."""

    limits: tuple[Limit, ...]

    def __call__(self, numbers: Numbers) -> bool:
        return all(limit.holds(numbers) for limit in self.limits)


@dataclass(frozen=True)
class AnyOf:
    """One condition or more holds."""

    limits: tuple[Limit, ...]

    def __call__(self, numbers: Numbers) -> bool:
        return any(limit.holds(numbers) for limit in self.limits)


def above(name: str, value: float) -> AllOf:
    """The number is above a value."""
    return AllOf((Limit(name, "above", value),))


def by_estimator(template: str, relation: Relation, value: float, names: Mapping[str, str]):
    """One criterion for each estimator, on the number with its name."""
    return {m: AllOf((Limit(template.format(m), relation, value),)) for m in names}
