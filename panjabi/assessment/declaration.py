"""What is stated before an experiment runs: prior, variants, readings, rivals, their outcomes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from panjabi.cohort.random_numbers import generator
from panjabi.errors import ParameterError


@dataclass(frozen=True)
class LogUniform:
    """Prior of an assumed parameter: log-uniform over the range in which it is swept."""

    low: float
    high: float
    unit: str
    meaning: str

    def __post_init__(self) -> None:
        if not 0.0 < self.low < self.high < math.inf:
            raise ParameterError(
                f"Expected a range of two rising numbers above 0 for {self.meaning!r}, got "
                f"{self.low!r} to {self.high!r}; give the range in which the value is swept."
            )

    def at(self, u: float) -> float:
        """The value at a fraction of the probability, 0 to 1."""
        return self.low * (self.high / self.low) ** u


@dataclass(frozen=True)
class Rival:
    """Another explanation, and what it would say of the statement."""

    words: str
    expects: Literal["passes", "fails"]  # stated before the run; no part of the verdict


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Everything about an experiment that is chosen before it runs.

    Raises
    ------
    ParameterError
        Without a variant, a reading or a rival, or for a name that is variant and rival.
    """

    prior: Mapping[str, LogUniform]  # of assumed parameters, independent of each other
    variants: Mapping[str, str]  # structural versions of the model, in words; the first is standard
    readings: Mapping[str, str]  # criteria by which the statement is true, in words
    rivals: Mapping[str, Rival]

    def __post_init__(self) -> None:
        if not (self.variants and self.readings and self.rivals):
            raise ParameterError(
                f"Expected one or more variants, readings and rivals, got {len(self.variants)}, "
                f"{len(self.readings)} and {len(self.rivals)}; a statement that no rival could "
                "fail cannot be supported."
            )
        both = set(self.variants) & set(self.rivals)
        if both:
            raise ParameterError(
                f"Expected other names for rivals than for variants, got {', '.join(both)} for "
                "both; rename the rival."
            )

    @property
    def models(self) -> tuple[str, ...]:
        """Names of all variants and rivals."""
        return (*self.variants, *self.rivals)

    def draw(self, number: int, seed: int = 0) -> dict[str, float]:
        """Value of every parameter in a draw; the same for all models and for any number of draws.

        The random numbers of a parameter depend on seed, number and name alone.
        """
        return {
            name: prior.at(float(generator(seed, number, name).uniform()))
            for name, prior in self.prior.items()
        }
