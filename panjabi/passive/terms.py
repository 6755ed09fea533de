"""Terms and structures: what a functional spinal unit is the sum of."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from panjabi.errors import ParameterError
from panjabi.passive import kernels
from panjabi.passive.kernels import CLOSURE, COUPLING, EXPONENTIAL, LINEAR, PROGRESSIVE, RAMP

_NAMES = {
    LINEAR: "linear",
    RAMP: "ramp",
    PROGRESSIVE: "progressive",
    EXPONENTIAL: "exponential",
    COUPLING: "coupling",
    CLOSURE: "closure",
}
_SIDES = {RAMP: (-1, 1), PROGRESSIVE: (-1, 1), COUPLING: (0, 1, 2)}


@dataclass(frozen=True)
class PassiveTerm:
    """One law on one axis: a kind and its numbers, SI and radians.

    Make one with `linear`, `ramp`, `progressive`, `exponential`, `coupling` or `closure`.
    """

    kind: int
    axis: int
    side: int = 0  # +1, -1: acts in that direction only; 0: both; COUPLING: the other axis
    values: tuple[float, ...] = ()
    preloaded: bool = False  # grows with compression: stiffness at neutral, friction

    def __post_init__(self) -> None:
        name = _NAMES.get(self.kind, f"kind {self.kind}")
        if not all(math.isfinite(v) for v in self.values):
            raise ParameterError(
                f"a {name} term has the values {self.values}; possible: finite numbers in SI and "
                "radians. Look at what made them."
            )
        sides = _SIDES.get(self.kind, (-1, 0, 1))
        if self.axis not in range(3) or self.side not in sides:
            raise ParameterError(
                f"a {name} term has axis {self.axis}, side {self.side}; possible: axes 0 to 2, "
                f"sides {sides}. Take both from panjabi.passive.directions.direction."
            )
        if self.kind != COUPLING and self.values[0] < 0.0:
            raise ParameterError(
                f"a {name} term has stiffness {self.values[0]:g}; possible: 0 and above, since a "
                "passive tissue does not push itself away. Leave the term out instead."
            )
        if self.kind in (RAMP, PROGRESSIVE) and self.values[2] <= 0.0:
            raise ParameterError(
                f"a {name} term has width {self.values[2]:g} rad; possible: above 0, so that the "
                "tangent stays continuous. A fifth of the onset is usual."
            )
        if self.kind == EXPONENTIAL and self.values[1] <= 0.0:
            raise ParameterError(
                f"an exponential term has scale {self.values[1]:g} rad; possible: above 0. It is "
                "the angle over which the moment grows by a factor e."
            )
        if self.kind == CLOSURE and self.values[2] <= 0.0:
            raise ParameterError(
                f"a closure term has slip {self.values[2]:g} rad; possible: above 0, since "
                "friction that rises at once has no stiffness. Give a small one."
            )

    @property
    def name(self) -> str:
        return _NAMES[self.kind]

    def row(self, factor: float = 1.0) -> tuple[float, ...]:
        """The kernel's row, its stiffness multiplied by a factor."""
        values = (self.values[0] * factor, *self.values[1:])
        filled = (float(self.axis), float(self.side), *values)
        return filled + (0.0,) * (kernels.TERM_COLUMNS - len(filled))

    def scaled(self, factor: float) -> PassiveTerm:
        """The same law, stiffer or softer."""
        return replace(self, values=(self.values[0] * factor, *self.values[1:]))

    def shifted(self, factor: float) -> PassiveTerm:
        """The same law with a toe `factor` times as long; a term without a toe is unchanged."""
        if self.kind not in (RAMP, PROGRESSIVE):
            return self
        stiffness, onset, width = self.values
        return replace(self, values=(stiffness, onset * factor, width))


def linear(axis: int, stiffness: float, *, preloaded: bool = False) -> PassiveTerm:
    """The same stiffness [N m/rad] everywhere."""
    return PassiveTerm(LINEAR, axis, 0, (stiffness,), preloaded)


def ramp(axis: int, side: int, stiffness: float, *, onset: float, width: float) -> PassiveTerm:
    """Little until `onset` [rad], then `stiffness` [N m/rad], bending over about two widths."""
    return PassiveTerm(RAMP, axis, side, (stiffness, onset, width))


def progressive(axis: int, side: int, growth: float, *, onset: float, width: float) -> PassiveTerm:
    """Little until `onset` [rad], then a stiffness that grows by 2 `growth` [N m/rad2]."""
    return PassiveTerm(PROGRESSIVE, axis, side, (growth, onset, width))


def exponential(axis: int, amplitude: float, *, scale: float, side: int = 0) -> PassiveTerm:
    """amplitude (exp(|x| / scale) - 1) [N m], odd in the angle where it acts on both sides."""
    return PassiveTerm(EXPONENTIAL, axis, side, (amplitude, scale))


def coupling(axis: int, other: int, stiffness: float) -> PassiveTerm:
    """Energy stiffness x_axis x_other [N m/rad]: a turn one way asks for a moment the other."""
    if axis == other:
        raise ParameterError(
            f"coupling of axis {axis} with itself; two different axes are possible. Use linear()."
        )
    return PassiveTerm(COUPLING, axis, other, (stiffness,))


def closure(axis: int, grip: float, *, slip: float, preloaded: bool = False) -> PassiveTerm:
    """Friction that rises to `grip` [N m] over a slip [rad], alike both ways."""
    return PassiveTerm(CLOSURE, axis, 0, (grip, 0.0, slip), preloaded)


@dataclass(frozen=True)
class Structure:
    """One anatomical part of a unit, as the terms it adds to the moment."""

    name: str
    terms: tuple[PassiveTerm, ...]
    kind: str = "ligament"  # disc, ligament, facet, ribs, implant, joint
    branches: tuple[tuple[float, ...], ...] = ()  # its Maxwell branches, (3, times); preloaded

    def changed(self, *, stiffness: float = 1.0, toe: float = 1.0) -> Structure:
        """Every term scaled and its toe lengthened; this structure is unchanged."""
        return replace(self, terms=tuple(t.scaled(stiffness).shifted(toe) for t in self.terms))
