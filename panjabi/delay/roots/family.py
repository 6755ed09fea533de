"""Systems that depend on parameters, with exact derivatives of their matrices and delays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from panjabi.delay.roots.system import DelayTerm, Floats, LinearDelaySystem, SystemRate
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr


class Family(Protocol):
    """A system as a function of a vector of parameters, with its derivatives."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in the order of the vector."""
        ...

    def system(self, x: Sequence[float] | Floats, /) -> LinearDelaySystem:
        """The system at the parameters x."""
        ...

    def rates(self, x: Sequence[float] | Floats, /) -> tuple[SystemRate, ...]:
        """Derivative of its matrices with every parameter at x."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class DelayFamily(ShortRepr):
    """The same matrices with delays start_j + x slope_j."""

    base: LinearDelaySystem
    start: tuple[float, ...]
    slope: tuple[float, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Name of the one parameter."""
        return ("delay",)

    def system(self, x: Sequence[float] | Floats, /) -> LinearDelaySystem:
        """The system at x[0]."""
        pairs = zip(self.start, self.slope, strict=True)
        return self.base.with_delays([a + float(x[0]) * b for a, b in pairs])

    def rates(self, x: Sequence[float] | Floats, /) -> tuple[SystemRate, ...]:
        """Derivative of the delays."""
        zero = np.zeros_like(self.base.now)
        return (SystemRate(zero, None, tuple(DelayTerm(b, zero) for b in self.slope)),)


@dataclass(frozen=True, eq=False, repr=False)
class ParameterLine(ShortRepr):
    """A family along the line x = start + t * along in its parameters."""

    family: Family
    start: Floats
    along: Floats

    def __post_init__(self) -> None:
        if len(self.start) != len(self.family.names) or len(self.along) != len(self.start):
            raise ParameterError(
                f"Expected one number for each of the parameters {self.family.names}, got a "
                f"line through {self.start} along {self.along}; give as many numbers as "
                "parameters."
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Name of the one parameter."""
        return ("t",)

    def point(self, t: float) -> Floats:
        """Parameters of the family at t."""
        return np.asarray(self.start, float) + t * np.asarray(self.along, float)

    def system(self, x: Sequence[float] | Floats, /) -> LinearDelaySystem:
        """The system at t = x[0]."""
        return self.family.system(self.point(float(x[0])))

    def rates(self, x: Sequence[float] | Floats, /) -> tuple[SystemRate, ...]:
        """Derivative of the matrices with t."""
        return (combined(self.family.rates(self.point(float(x[0]))), self.along),)


def combined(rates: Sequence[SystemRate], weights: Iterable[float]) -> SystemRate:
    """Derivative along a direction: the sum of derivatives with parameters times its components."""
    pairs = list(zip(weights, rates, strict=True))
    now = sum(b * r.now for b, r in pairs)
    masses = [b * r.mass for b, r in pairs if r.mass is not None]
    n, moved = len(rates[0].now), []
    for j in range(max(len(r.delayed) for r in rates)):
        late, state, rate = 0.0, np.zeros((n, n)), np.zeros((n, n))
        for b, r in pairs:
            if r.delayed:
                term = r.delayed[j]
                late, state = late + b * term.delay, state + b * term.state
                rate = rate if term.rate is None else rate + b * term.rate
        moved.append(DelayTerm(late, state, rate))
    return SystemRate(np.asarray(now), np.asarray(sum(masses)) if masses else None, tuple(moved))
