"""The linear system of a spine as a function of its parameters, with derivatives.

>>> lean = SpineFamily(lambda x: spine_model(load=x["load"], reflexes=True), {"load": 0.0})
>>> crossings_along(lean, 0.0, 60.0)                 # panjabi.delay.roots.axis
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from panjabi.delay.roots.system import DelayTerm, Floats, LinearDelaySystem, SystemRate
from panjabi.errors import ParameterError, unknown
from panjabi.results import ShortRepr
from panjabi.spine.derivatives import Friction
from panjabi.spine.equilibrium_solver import Equilibrium, equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model import Spine

STEP = 1e-4
"""Step of the differences, as a fraction of the parameter."""


Make = Callable[[Mapping[str, float]], Spine | Equilibrium]


@dataclass(frozen=True, eq=False, repr=False)
class _Others(ShortRepr):
    """`make` with the other parameters at the start."""

    make: Make
    start: Mapping[str, float]

    def __call__(self, values: Mapping[str, float]) -> Spine | Equilibrium:
        return self.make({**self.start, **values})


@dataclass(frozen=True, eq=False, repr=False)
class SpineFamily(ShortRepr):
    """A spine as a function of some parameters; a family for `panjabi.delay.roots`.

    The derivatives are central differences of the matrices and delays, exact up to rounding where
    these are affine in a parameter. Every loop is a delayed term of its own, so that its delay can
    change. The states that do not rest must be the same for all parameters.

    make : parameters by name -> the spine, whose equilibrium is computed, or its `Equilibrium`.
    start : parameters at which the states are chosen; the steps follow their size, or the present
        size where that is larger, or 1 for a start of 0.
    limits : smallest and largest values that `make` accepts; the differences stay inside.
    friction : of the units, as in `linear_system`.
    affine : the matrices and delays are affine in all parameters together. Then they are computed
        near the start alone, which is many times faster; one more point is compared.

    Raises
    ------
    UnknownNameError
        For limits of a parameter that is not in `start`.
    ParameterError
        From `system` and `rates`, if the states change along the family.
    """

    make: Make
    start: Mapping[str, float]
    limits: Mapping[str, tuple[float, float]] = field(
        default_factory=dict[str, tuple[float, float]]
    )
    friction: Friction = "stuck"
    affine: bool = False

    def __post_init__(self) -> None:
        for name in self.limits:
            if name not in self.start:
                raise unknown("parameter of the family", name, self.start)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(self.start)

    def only(self, name: str) -> SpineFamily:
        """The family of one of the parameters, the others at the start."""
        if name not in self.start:
            raise unknown("parameter of the family", name, self.start)
        limits = {name: self.limits[name]} if name in self.limits else {}
        return SpineFamily(
            _Others(self.make, self.start), {name: self.start[name]}, limits, self.friction,
            self.affine,
        )  # fmt: skip

    def equilibrium_at(self, x: Sequence[float] | Floats) -> Equilibrium:
        """The equilibrium at the parameters x."""
        made = self.make(dict(zip(self.names, map(float, x), strict=True)))
        return made if isinstance(made, Equilibrium) else equilibrium(made)

    def system(self, x: Sequence[float] | Floats, /) -> LinearDelaySystem:
        """The linear system at the parameters x."""
        if self.affine:
            return self._sum(np.array(x, float))
        return self._checked(x)

    def _checked(self, x: Sequence[float] | Floats) -> LinearDelaySystem:
        found = self._system(x)
        if found.state_names != self._states or len(found.delayed) != self._terms:
            other = sorted(set(found.state_names) ^ set(self._states))[:4]
            raise ParameterError(
                f"Expected the same states and loops for all parameters {self.names}, got other "
                f"ones at {list(x)}: {', '.join(other) or 'loops with several delays'}; keep a "
                "part by a small number in place of 0."
            )
        return found

    def rates(self, x: Sequence[float] | Floats, /) -> tuple[SystemRate, ...]:
        """Derivative of the matrices and delays with every parameter at x."""
        if self.affine:
            return self._slopes
        at = np.array(x, float)
        return tuple(self._rate(at, k, STEP) for k in range(len(at)))

    @cached_property
    def _slopes(self) -> tuple[SystemRate, ...]:
        """Derivatives of an affine family, compared with one point further away."""
        start = np.array(list(self.start.values()))
        slopes = tuple(self._rate(start, k, 0.1) for k in range(len(start)))
        self.__dict__["_slopes"] = slopes
        size = np.where(start == 0.0, 1.0, np.abs(start))
        low, high = np.array([self.limits.get(n, (-np.inf, np.inf)) for n in self.names]).T
        away = np.clip(start + size * np.linspace(0.3, 0.5, len(start)), low, high)
        true, found = self._checked(away), self._sum(away)
        pairs = [(true.E, found.E), (true.now, found.now)]
        pairs += [(a.state, b.state) for a, b in zip(true.delayed, found.delayed, strict=True)]
        pairs.append((np.array(true.delays), np.array(found.delays)))
        if not all(np.allclose(a, b, rtol=1e-7, atol=1e-7 * np.abs(a).max()) for a, b in pairs):
            del self.__dict__["_slopes"]
            raise ParameterError(
                f"Expected matrices that are affine in {', '.join(self.names)} together, got "
                f"others at {away.tolist()}; leave affine=True out."
            )
        return slopes

    def _sum(self, x: Floats) -> LinearDelaySystem:
        """The start and the slopes times the distance from it."""
        first, d = self._first, x - np.array(list(self.start.values()))
        for name, value in zip(self.names, x, strict=True):
            low, high = self.limits.get(name, (-math.inf, math.inf))
            if not low <= value <= high:
                raise ParameterError(
                    f"Expected {name} from {low:g} to {high:g}, got {value:g}; stay in the limits "
                    "of the family."
                )
        both = list(zip(d, self._slopes, strict=True))
        terms = [
            DelayTerm(
                max(float(term.delay + sum(c * s.delayed[j].delay for c, s in both)), 0.0),
                term.state + sum(c * s.delayed[j].state for c, s in both),
            )
            for j, term in enumerate(first.delayed)
        ]
        return replace(
            first,
            mass=first.E + sum(c * s.mass for c, s in both if s.mass is not None),
            now=first.now + sum(c * s.now for c, s in both),
            delayed=tuple(terms),
        )

    def _system(self, x: Sequence[float] | Floats) -> LinearDelaySystem:
        return linear_system(self.equilibrium_at(x), friction=self.friction, by_loop=True)

    @cached_property
    def _first(self) -> LinearDelaySystem:
        return self._system(list(self.start.values()))

    @property
    def _states(self) -> tuple[str, ...]:
        return self._first.state_names

    @property
    def _terms(self) -> int:
        return len(self._first.delayed)

    def _rate(self, x: Floats, k: int, fraction: float) -> SystemRate:
        name = self.names[k]
        low, high = self.limits.get(name, (-math.inf, math.inf))
        step = fraction * max(abs(x[k]), abs(self.start[name]) or 1.0)
        centre = min(max(x[k], low + step), high - step)
        at = np.tile(x, (3, 1))
        at[:, k] = centre + step * np.arange(-1, 2)
        off = (x[k] - centre) / step  # beside a limit: the slope at x of the parabola
        weights = np.array([off - 0.5, -2.0 * off, off + 0.5]) / step
        nodes = [(w, self._checked(row)) for w, row in zip(weights, at, strict=True) if w]

        def slope(part: Callable[[LinearDelaySystem], Floats]) -> Floats:
            return np.sum([w * part(system) for w, system in nodes], axis=0)

        terms = [
            DelayTerm(
                float(slope(lambda s, j=j: np.array(s.delayed[j].delay))),
                slope(lambda s, j=j: s.delayed[j].state),
            )
            for j in range(self._terms)
        ]
        return SystemRate(slope(lambda s: s.now), slope(lambda s: s.E), tuple(terms))
