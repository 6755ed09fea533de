"""Criteria of acceptance: when a prediction counts as meeting the published value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from panjabi.errors import ParameterError

QUARTER = 0.25
"""Where no spread was printed a value is met within this fraction of it (assumed)."""


class Target(NamedTuple):
    """The published value that a prediction is compared with, in the unit of the prediction."""

    value: float | None
    sd: float | None = None
    interval: tuple[float, float] | None = None  # where a range stands in place of the value

    @property
    def number(self) -> float:
        """The value, where there must be one."""
        if self.value is None:
            raise ParameterError(
                "Expected a published row with a single value, got none; name the part that is "
                "compared with `value`, or give a criterion that needs none."
            )
        return self.value


@dataclass(frozen=True)
class Criterion:
    """Words for the tables, and the test; without a test the prediction itself says `met`."""

    words: str
    test: Callable[[float, Target], bool] | None = None


def within_sd(count: float) -> Criterion:
    """Within that many published standard deviations of the value, ends included."""

    def test(predicted: float, target: Target) -> bool:
        if target.sd is None:
            raise ParameterError(
                "Expected a published row with a standard deviation, got none; give another "
                "criterion, such as within_fraction(0.25)."
            )
        return abs(predicted - target.number) <= count * target.sd

    return Criterion(f"within {count:g} SD", test)


def within_fraction(fraction: float = QUARTER, words: str = "") -> Criterion:
    """Within a fraction of the published value (or beyond the ends of its range)."""

    def test(predicted: float, target: Target) -> bool:
        if target.value is None and target.interval is not None:
            low, high = target.interval
            return low * (1.0 - fraction) <= predicted <= high * (1.0 + fraction)
        return abs(predicted - target.number) <= fraction * abs(target.number)

    return Criterion(words or f"within {100.0 * fraction:.4g} %", test)


def within_factor(factor: float) -> Criterion:
    """Between the published value over the factor and times the factor."""
    return Criterion(
        f"factor {factor:g}",
        lambda predicted, target: target.number / factor <= predicted <= target.number * factor,
    )


def interval(low: float, high: float, words: str = "") -> Criterion:
    """Between two numbers in the unit of the prediction, ends included."""
    return Criterion(words or f"{low:g} to {high:g}", lambda predicted, _: low <= predicted <= high)


def at_most(bound: float | None = None, words: str = "at most") -> Criterion:
    """At most a bound; the published value without one."""
    return Criterion(words, lambda p, target: p <= (target.number if bound is None else bound))


def at_least(bound: float | None = None, words: str = "at least") -> Criterion:
    """At least a bound; the published value without one."""
    return Criterion(words, lambda p, target: p >= (target.number if bound is None else bound))


def sign(expected: int, words: str = "sign") -> Criterion:
    """A change of the expected sign, +1 or -1; no change does not count."""
    return Criterion(words, lambda predicted, _: predicted * expected > 0.0)


def default_criterion(target: Target) -> Criterion:
    """Two standard deviations where a spread was printed, otherwise a quarter of the value."""
    return within_sd(2.0) if target.sd is not None else within_fraction()
