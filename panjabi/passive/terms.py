"""Terms and structures, whose sum is a functional spinal unit."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from panjabi.errors import ParameterError
from panjabi.passive import kernels
from panjabi.passive.kernels import (
    CLOSURE,
    COUPLING,
    EXPONENTIAL,
    LINEAR,
    PROGRESSIVE,
    RAMP,
    TOE,
)
from panjabi.results import ShortRepr

NAMES = {
    LINEAR: "linear",
    RAMP: "ramp",
    PROGRESSIVE: "progressive",
    EXPONENTIAL: "exponential",
    COUPLING: "coupling",
    CLOSURE: "closure",
    TOE: "toe",
}
_SIDES = {RAMP: (-1, 1), PROGRESSIVE: (-1, 1), TOE: (-1, 1), COUPLING: (0, 1, 2)}
_WITH_WIDTH = (RAMP, PROGRESSIVE, TOE)


@dataclass(frozen=True)
class PassiveTerm:
    """A law on an axis: a type (`kind`) and its values in SI and radians.

    Make a term with `linear`, `ramp`, `progressive`, `exponential`, `coupling`, `closure` or `toe`.
    """

    kind: int
    axis: int
    side: int = 0  # +1, -1: acts in that direction only; 0: both; COUPLING: the other axis
    values: tuple[float, ...] = ()
    preloaded: bool = False  # grows with compression: stiffness at neutral, friction

    def __post_init__(self) -> None:
        name = NAMES.get(self.kind, f"kind {self.kind}")
        if not all(math.isfinite(v) for v in self.values):
            raise ParameterError(
                f"Expected finite values of a {name} term in SI and radians, got {self.values}; "
                "check their calculation."
            )
        sides = _SIDES.get(self.kind, (-1, 0, 1))
        if self.axis not in range(3) or self.side not in sides:
            raise ParameterError(
                f"Expected a {name} term with axis 0 to 2 and side of {sides}, got axis "
                f"{self.axis}, side {self.side}; use panjabi.passive.directions.direction."
            )
        if self.kind != COUPLING and self.values[0] < 0.0:
            raise ParameterError(
                f"Expected a {name} term with stiffness from 0, got stiffness {self.values[0]:g}; "
                "leave the term out."
            )
        if self.kind in _WITH_WIDTH and self.values[2] <= 0.0:
            raise ParameterError(
                f"Expected a {name} term with width above 0 rad, got width {self.values[2]:g} rad; "
                "give for example a fifth of the onset (a continuous tangent needs a width)."
            )
        if self.kind == TOE and self.values[1] < 0.0:
            raise ParameterError(
                f"Expected a toe term with a slack angle from 0 rad, got {self.values[1]:g} rad; "
                "a structure that is taut at neutral needs a linear term."
            )
        if self.kind == EXPONENTIAL and self.values[1] <= 0.0:
            raise ParameterError(
                f"Expected an exponential term with scale above 0 rad, got {self.values[1]:g} rad; "
                "give the angle over which the moment grows by a factor e."
            )
        if self.kind == CLOSURE and self.values[2] <= 0.0:
            raise ParameterError(
                f"Expected a closure term with slip above 0 rad, got {self.values[2]:g} rad; give "
                "a small slip (without slip, the stiffness would be infinite)."
            )

    @property
    def name(self) -> str:
        return NAMES[self.kind]

    def row(self, factor: float = 1.0) -> tuple[float, ...]:
        """The row for the kernel, with the stiffness multiplied by a factor."""
        values = (self.values[0] * factor, *self.values[1:])
        filled = (float(self.axis), float(self.side), *values)
        return filled + (0.0,) * (kernels.TERM_COLUMNS - len(filled))

    def scaled(self, factor: float) -> PassiveTerm:
        """The same law with its stiffness times `factor`."""
        return replace(self, values=(self.values[0] * factor, *self.values[1:]))

    def shifted(self, factor: float) -> PassiveTerm:
        """The same law with its toe region times `factor`; a term without toe is unchanged."""
        if self.kind not in _WITH_WIDTH:
            return self
        stiffness, onset, width = self.values
        return replace(self, values=(stiffness, onset * factor, width))


def linear(axis: int, stiffness: float, *, preloaded: bool = False) -> PassiveTerm:
    """The same stiffness [N m/rad] everywhere."""
    return PassiveTerm(LINEAR, axis, 0, (stiffness,), preloaded)


def ramp(axis: int, side: int, stiffness: float, *, onset: float, width: float) -> PassiveTerm:
    """Almost zero until `onset` [rad], then `stiffness` [N m/rad]; bends over about two widths."""
    return PassiveTerm(RAMP, axis, side, (stiffness, onset, width))


def progressive(axis: int, side: int, growth: float, *, onset: float, width: float) -> PassiveTerm:
    """Almost zero until `onset` [rad], then a stiffness that grows by 2 `growth` [N m/rad2]."""
    return PassiveTerm(PROGRESSIVE, axis, side, (growth, onset, width))


def exponential(axis: int, amplitude: float, *, scale: float, side: int = 0) -> PassiveTerm:
    """amplitude (exp(|x| / scale) - 1) [N m], odd in the angle if it acts on both sides."""
    return PassiveTerm(EXPONENTIAL, axis, side, (amplitude, scale))


def coupling(axis: int, other: int, stiffness: float) -> PassiveTerm:
    """Energy stiffness x_axis x_other: rotation about one axis gives a moment about the other."""
    if axis == other:
        raise ParameterError(
            f"Expected a coupling of two different axes, got axis {axis} twice; use linear()."
        )
    return PassiveTerm(COUPLING, axis, other, (stiffness,))


def closure(axis: int, grip: float, *, slip: float, preloaded: bool = False) -> PassiveTerm:
    """Friction that rises to `grip` [N m] over a slip [rad], equal in both directions."""
    return PassiveTerm(CLOSURE, axis, 0, (grip, 0.0, slip), preloaded)


def toe(axis: int, side: int, stiffness: float, *, slack: float, length: float) -> PassiveTerm:
    """Zero until `slack` [rad]; over `length` [rad] the stiffness then rises to its full value."""
    return PassiveTerm(TOE, axis, side, (stiffness, slack, length))


@dataclass(frozen=True, repr=False)
class Structure(ShortRepr):
    """An anatomical part of a unit, as a sum of terms."""

    name: str
    terms: tuple[PassiveTerm, ...]
    kind: str = "ligament"  # disc, ligament, facet, ribs, implant, joint
    branches: tuple[tuple[float, ...], ...] = ()  # springs, as in Hysteresis.springs; preloaded

    def changed(self, *, stiffness: float = 1.0, toe: float = 1.0) -> Structure:
        """A copy with every term scaled and its toe region lengthened."""
        return replace(self, terms=tuple(t.scaled(stiffness).shifted(toe) for t in self.terms))
