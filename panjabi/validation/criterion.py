"""Criteria of acceptance: conditions under which a prediction meets the published value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from panjabi.errors import ParameterError
from panjabi.literature.nulls import ComparisonType

QUARTER = 0.25
"""Allowed relative difference if no spread was printed (assumed)."""


class Target(NamedTuple):
    """The published value that a prediction is compared with, in the unit of the prediction."""

    value: float | None
    sd: float | None = None
    interval: tuple[float, float] | None = None  # if a range is published instead of a value
    error: float | None = None  # standard error of the value
    rounding: float = 0.0  # half a step of the last printed digit

    @property
    def uncertainty(self) -> float:
        """Standard error or rounding of the value, whichever is larger; 0 if neither is known."""
        return max(self.error or 0.0, self.rounding)

    @property
    def number(self) -> float:
        """The published value; an error if there is none."""
        if self.value is None:
            raise ParameterError(
                "Expected a published row with a single value, got none; give the value that is "
                "compared as `value`, or a criterion that needs no value."
            )
        return self.value


@dataclass(frozen=True)
class Criterion:
    """Words for the tables, and the test; without a test the prediction returns `met`."""

    words: str
    test: Callable[[float, Target], bool] | None = None


def _within(
    count: float, unit: str, spread: Callable[[Target], float | None], needed: str
) -> Criterion:
    """Within `count` times a spread of the published value, limits included."""

    def test(predicted: float, target: Target) -> bool:
        size = spread(target)
        if size is None:
            raise ParameterError(
                f"Expected a published row with {needed}, got none; give another criterion, for "
                "example within_fraction(0.25)."
            )
        return abs(predicted - target.number) <= count * size

    return Criterion(f"within {count:g} {unit}", test)


def within_sd(count: float) -> Criterion:
    """Within `count` published standard deviations of the value, limits included."""
    return _within(count, "SD", lambda target: target.sd, "a standard deviation")


def within_errors(count: float) -> Criterion:
    """Within `count` standard errors of the published value, limits included."""
    needed = "a spread and a group size"
    return _within(count, "standard errors", lambda target: target.error, needed)


def within_rounding() -> Criterion:
    """Between the numbers that are printed as the published value, limits included."""
    return Criterion(
        "rounds to the printed value",
        lambda predicted, target: abs(predicted - target.number) <= target.rounding * (1.0 + 1e-9),
    )


def within_fraction(fraction: float = QUARTER, words: str = "") -> Criterion:
    """Within a relative difference of the published value, or of the limits of its range."""

    def test(predicted: float, target: Target) -> bool:
        if target.value is None and target.interval is not None:
            low, high = target.interval
            return low * (1.0 - fraction) <= predicted <= high * (1.0 + fraction)
        return abs(predicted - target.number) <= fraction * abs(target.number)

    return Criterion(words or f"within {100.0 * fraction:.4g} %", test)


def within_factor(factor: float) -> Criterion:
    """Between the published value divided by the factor and multiplied by the factor."""
    return Criterion(
        f"factor {factor:g}",
        lambda predicted, target: target.number / factor <= predicted <= target.number * factor,
    )


def interval(low: float, high: float, words: str = "") -> Criterion:
    """Between two numbers in the unit of the prediction, limits included."""
    return Criterion(words or f"{low:g} to {high:g}", lambda predicted, _: low <= predicted <= high)


def at_most(bound: float | None = None, words: str = "at most") -> Criterion:
    """At most a bound, by default the published value."""
    return Criterion(words, lambda p, target: p <= (target.number if bound is None else bound))


def at_least(bound: float | None = None, words: str = "at least") -> Criterion:
    """At least a bound, by default the published value."""
    return Criterion(words, lambda p, target: p >= (target.number if bound is None else bound))


def sign(expected: int, words: str = "sign") -> Criterion:
    """A change of the expected sign, +1 or -1; no change does not meet it."""
    return Criterion(words, lambda predicted, _: predicted * expected > 0.0)


def default_criterion(target: Target, type: ComparisonType = "level") -> Criterion:
    """Two standard deviations if a spread was printed, otherwise a quarter of the value.

    A value with one digit (0.1) has a rounding of more than a quarter: then the rounding. A
    published sign, +1 or -1, is right or wrong.
    """
    if type == "sign" and target.value:
        return sign(1 if target.value > 0.0 else -1)
    if target.sd is not None:
        return within_sd(2.0)
    if target.value is not None and target.rounding > QUARTER * abs(target.value):
        return within_rounding()
    return within_fraction()
