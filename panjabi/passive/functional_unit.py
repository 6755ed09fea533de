"""A functional spinal unit: two vertebrae and what joins them, as a sum of structures.

Angles are (flexion-extension, lateral bending, axial rotation) [rad] in the signs of the body:
extension, right side down and a turn to the left are positive. Moments are those that HOLD the
unit at these angles (dE/dangle); the unit pushes back with the opposite.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown
from panjabi.parameter import Parameter, ParameterSet
from panjabi.passive import kernels
from panjabi.passive.directions import (
    AXES,
    axis_index,
    coordinate_names,
    direction,
)
from panjabi.passive.evidence import Evidence, evidence_of
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.preload import Proportional, Stiffening
from panjabi.passive.terms import Structure
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class FunctionalSpinalUnit(ShortRepr):
    """Relaxed (long-time) law of one level, with its hysteresis beside it.

    `preload` [N] is a frozen parameter of the energy: compression along the spine, positive. It
    stiffens the terms that are marked as preloaded, those of the neutral zone.

    Moments, angles that ask for them and preloads beyond the published tests (`evidence`) are a
    ParameterError; with `extrapolate` only beyond failure. A run looks at `evaluate`, which never
    refuses, and records what `outside_evidence` says.
    """

    level: str
    structures: tuple[Structure, ...]
    preload: float = 0.0  # [N]
    stiffening: Stiffening | Proportional = field(default_factory=Stiffening)
    hysteresis: Hysteresis = field(default_factory=Hysteresis)
    test_moment: tuple[float, float, float] = (10.0, 10.0, 10.0)  # range is read there [N m]
    source: str = "default"
    changes: tuple[str, ...] = ()  # injuries and treatments since the intact unit, in words
    parameters: ParameterSet = field(default_factory=lambda: ParameterSet({}), repr=False)
    extrapolate: bool = False  # loads beyond the published tests are taken, short of failure

    def __post_init__(self) -> None:
        if not (math.isfinite(self.preload) and self.preload >= 0.0):
            raise ParameterError(
                f"preload of {self.level} is {self.preload!r} N; possible: 0 and above, in "
                "compression along the spine. A column under tension is not modelled."
            )
        self.evidence.preload.check(self.preload, self.level, extrapolate=self.extrapolate)
        names = [s.name for s in self.structures]
        if len(set(names)) != len(names):
            raise ParameterError(
                f"unit {self.level} has the structures {names}; each name once is possible. Rename."
            )

    @property
    def coordinates(self) -> tuple[str, str, str]:
        """Names of the three coordinates in the body's tree."""
        return coordinate_names(self.level)

    @property
    def evidence(self) -> Evidence:
        """Largest moment and preload of the published tests of this region, and of failure."""
        return evidence_of(self.level)

    def outside_evidence(self, angles: ArrayLike) -> tuple[str, ...]:
        """Which loads at angles (3,) [rad] leave the published tests, in words; () for none."""
        _, moment, _ = self.evaluate(angles)
        evidence = self.evidence
        loads = [(f"moment about {AXES[k]}", float(m), "N m") for k, m in enumerate(moment)]
        found = [(*load, evidence.moment.beyond(load[1])) for load in loads]
        found.append(("preload", self.preload, "N", evidence.preload.beyond(self.preload)))
        return tuple(
            f"{self.level}: {name} of {value:.4g} {unit} is {where}"
            for name, value, unit, where in found
            if where
        )

    def check(self, angles: ArrayLike, *, extrapolate: bool = False) -> None:
        """Refuse angles (3,) [rad] whose moment lies beyond the tests, or beyond failure."""
        self._checked(angles, extrapolate)

    @property
    def factor(self) -> float:
        """What the preload multiplies the stiffness at neutral by."""
        return self.stiffening.factor(self.preload)

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """Kind of every row for `kernels.evaluate_unit`, shape (rows,)."""
        return np.array([kind for kind, _ in self._merged], dtype=np.int64)

    @cached_property
    def rows(self) -> Array:
        """Rows with the preload in, shape (rows, TERM_COLUMNS); equal laws are one row."""
        table = [row for _, row in self._merged]
        return np.array(table, dtype=np.float64).reshape(-1, kernels.TERM_COLUMNS)

    @cached_property
    def _merged(self) -> list[tuple[int, tuple[float, ...]]]:
        """Terms that differ in stiffness only are added up: the kernel sees few rows."""
        total: dict[tuple[float, ...], float] = {}
        for term in (t for s in self.structures for t in s.terms):
            row = term.row(self.factor if term.preloaded else 1.0)
            key = (term.kind, *row[:2], *row[3:])
            total[key] = total.get(key, 0.0) + row[2]
        return [(int(key[0]), (*key[1:3], stiffness, *key[3:])) for key, stiffness in total.items()]

    def energy(self, angles: ArrayLike) -> float:
        """Energy at rest [J], zero at neutral; angles (3,) [rad]."""
        return self._checked(angles, self.extrapolate)[0]

    def moment(self, angles: ArrayLike) -> Array:
        """Moment (3,) [N m] that holds the relaxed unit at angles (3,) [rad]."""
        return self._checked(angles, self.extrapolate)[1]

    def tangent(self, angles: ArrayLike) -> Array:
        """Relaxed stiffness (3, 3) [N m/rad] at angles (3,) [rad], exact."""
        return self._checked(angles, self.extrapolate)[2]

    def instantaneous_tangent(self, angles: ArrayLike) -> Array:
        """Stiffness (3, 3) [N m/rad] before anything has relaxed: the Maxwell branches added."""
        return self.tangent(angles) + np.diag(self.branch_stiffness.sum(axis=1))

    @property
    def branch_stiffness(self) -> Array:
        """Stiffness of each Maxwell branch by axis, preload in, shape (3, branches) [N m/rad]."""
        total = np.array(self.hysteresis.stiffness, dtype=np.float64)
        for one in self.structures:
            if one.branches:
                total = total + np.array(one.branches, dtype=np.float64)
        return self.factor * total

    def _checked(self, angles: ArrayLike, extrapolate: bool) -> tuple[float, Array, Array]:
        energy, moment, stiffness = self.evaluate(angles)
        for value in moment.tolist():
            self.evidence.moment.check(value, self.level, extrapolate=extrapolate)
        return energy, moment, stiffness

    def evaluate(self, angles: ArrayLike) -> tuple[float, Array, Array]:
        """Energy [J], moment (3,) [N m] and tangent (3, 3) [N m/rad], also outside the tests."""
        at = np.ascontiguousarray(angles, dtype=np.float64)
        if at.shape != (3,) or not np.all(np.isfinite(at)):
            raise ParameterError(
                f"angles of unit {self.level} are {angles!r}; possible: three finite numbers "
                "[rad], (flexion-extension, lateral bending, axial rotation). Convert degrees."
            )
        moment, stiffness = np.empty(3), np.empty((3, 3))
        energy = kernels.evaluate_unit(
            self.kinds, self.rows, 0, self.kinds.size, at, moment, stiffness
        )
        return energy, moment, stiffness

    def curve(self, axis: int | str, angles: ArrayLike) -> Array:
        """Relaxed moment [N m] about one axis at many angles [rad], the others at zero."""
        number, at = axis_index(axis), np.asarray(angles, dtype=np.float64)
        if not np.all(np.isfinite(at)):
            raise ParameterError(
                f"angles for the curve of {self.level} are not all finite; possible: finite ones "
                "[rad]. Take the others out."
            )
        values = [kernels.evaluate_axis(self.kinds, self.rows, number, a)[1] for a in at.ravel()]
        for value in values:
            self.evidence.moment.check(value, self.level, extrapolate=self.extrapolate)
        return np.array(values).reshape(at.shape)

    def stiffness_at_neutral(self, axis: int | str) -> float:
        """Relaxed tangent about one axis at angle zero [N m/rad]; never a secant."""
        return kernels.evaluate_axis(self.kinds, self.rows, axis_index(axis), 0.0)[2]

    def range_at(self, name: str, moment: float | None = None) -> float:
        """Angle [rad] the relaxed unit reaches in a direction under a moment [N m], positive."""
        axis, sign = direction(name)
        wanted = self.test_moment[axis] if moment is None else moment
        return sign * self.angle_under(axis, sign * wanted)

    def angle_under(self, axis: int | str, moment: float) -> float:
        """Relaxed angle [rad] about one axis at which it holds a moment [N m]."""
        axis = axis_index(axis)
        if moment == 0.0:
            return 0.0
        if not math.isfinite(moment):
            raise ParameterError(
                f"the moment on {self.level} is {moment!r} N m; possible: a finite one. Leave it "
                "out for the one at which the range is read."
            )
        self.evidence.moment.check(moment, self.level, extrapolate=self.extrapolate)
        low, high = 0.0, math.copysign(math.pi, moment)
        if abs(kernels.evaluate_axis(self.kinds, self.rows, axis, high)[1]) < abs(moment):
            raise ParameterError(
                f"unit {self.level} does not hold {moment:g} N m within half a turn; what is left "
                f"of it: {[s.name for s in self.structures]}. Give a smaller moment."
            )
        angle = 0.5 * high
        for _ in range(200):
            _, m, k = kernels.evaluate_axis(self.kinds, self.rows, axis, angle)
            gap = m - moment
            if abs(m) > abs(moment):
                high = angle
            else:
                low = angle
            new = angle - gap / k if k > 0.0 else 0.5 * (low + high)
            if not min(low, high) < new < max(low, high):
                new = 0.5 * (low + high)
            if abs(new - angle) <= 1e-15 + 1e-14 * abs(angle):
                return new
            angle = new
        return angle

    def structure(self, name: str) -> Structure:
        """One structure by name."""
        for one in self.structures:
            if one.name == name:
                return one
        raise unknown(f"structure of {self.level}", name, [s.name for s in self.structures])

    def part(self, name: str) -> FunctionalSpinalUnit:
        """The unit with one structure only, to see what it adds to the moment."""
        return replace(self, structures=(self.structure(name),))

    def with_preload(self, force: float, *, extrapolate: bool = False) -> FunctionalSpinalUnit:
        """The same unit under a compression [N]; this unit is unchanged.

        extrapolate : loads beyond the published tests are taken from here on, short of failure.
        """
        return replace(
            self, preload=float(force), extrapolate=self.extrapolate or bool(extrapolate)
        )

    def with_damping(self, time: float) -> FunctionalSpinalUnit:
        """With viscous damping of `time` [s] times the stiffness at neutral, on every axis.

        No damping of a unit was ever measured in a form that could be read: sweep this.
        """
        damping = tuple(time * self.stiffness_at_neutral(axis) for axis in range(3))
        known = {"damping_over_stiffness": Parameter(time, "s", "User", "assumed", "swept")}
        return replace(
            self,
            hysteresis=replace(self.hysteresis, damping=damping),
            parameters=ParameterSet({**dict(self.parameters), **known}),
        )

    def with_structures(
        self,
        structures: Iterable[Structure],
        change: str = "",
        parameters: dict[str, Parameter] | None = None,
    ) -> FunctionalSpinalUnit:
        """The same unit with other structures, and what was done to it in words."""
        changes = (*self.changes, change) if change else self.changes
        known = self.parameters.merged(parameters or {})
        return replace(self, structures=tuple(structures), changes=changes, parameters=known)

    @property
    def size(self) -> int:
        """How many terms the sum has, before equal ones are added up."""
        return sum(len(s.terms) for s in self.structures)

    def __str__(self) -> str:
        done = f"; {', '.join(self.changes)}" if self.changes else ""
        names = ", ".join(s.name for s in self.structures)
        return f"{self.level} ({self.source}), preload {self.preload:g} N: {names}{done}"


def stack(
    units: Iterable[FunctionalSpinalUnit],
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Start, kinds and rows of several units as `kernels.evaluate_units` takes them."""
    parts = tuple(units)
    start = np.cumsum([0, *(u.kinds.size for u in parts)], dtype=np.int64)
    rows = [u.rows for u in parts] or [np.empty((0, kernels.TERM_COLUMNS))]
    kinds = [u.kinds for u in parts] or [np.empty(0, dtype=np.int64)]
    return start, np.concatenate(kinds), np.concatenate(rows)
