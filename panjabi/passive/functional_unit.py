"""A functional spinal unit: two vertebrae and the structures between them.

Angles are (flexion-extension, lateral bending, axial rotation) [rad] with the signs of the body:
extension, bending to the right and rotation to the left are positive. Moments are the external
moments that hold the unit at these angles (dE/dangle); the unit resists with the opposite moment.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple, SupportsFloat

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown
from panjabi.evidence import BEYOND_FAILURE, ROUNDING, Departure, EvidenceRange
from panjabi.parameter import Parameter, ParameterSet
from panjabi.passive import kernels
from panjabi.passive.anatomy import KINDS
from panjabi.passive.directions import (
    AXES,
    axis_index,
    coordinate_names,
    direction,
    direction_name,
)
from panjabi.passive.evidence import Evidence, evidence_of
from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.preload import Proportional, Stiffening
from panjabi.passive.terms import PassiveTerm, Structure
from panjabi.results import ShortRepr

Array = NDArray[np.float64]

Failure = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
_NO_END = (math.inf, math.inf)
NEVER: Failure = (_NO_END, _NO_END, _NO_END)


LOST_PRESSURE = "disc_pressure_lost"  # name among the parameters of a unit


def require_compression(force: object, level: str) -> None:
    """Raise ParameterError for a preload that is no number; `float` would accept a text."""
    if isinstance(force, str | bytes) or not isinstance(force, SupportsFloat):
        what = f"the text {force!r}" if isinstance(force, str | bytes) else type(force).__name__
        raise ParameterError(
            f"Expected a preload of {level} as a number in N, got {what}; give a number, e.g. "
            "500.0."
        )


class CompressedUnit(NamedTuple):
    """A relaxed unit under a compression P: W(x, P) without that of the disc itself."""

    energy: float  # W [J]
    moment: Array  # dW/dx (3,) [N m]
    tangent: Array  # d2W/dx2 (3, 3) [N m/rad]
    moment_by_compression: Array  # d2W/dxdP (3,) [m]
    energy_by_compression: float  # dW/dP [m]
    factor: float  # f(P), also of branches and friction elements [1]
    factor_slope: float  # df/dP [1/N]


@dataclass(frozen=True, repr=False)
class FunctionalSpinalUnit(ShortRepr):
    """Relaxed (long-time) law of a level, and its hysteresis.

    `preload` [N] is a constant parameter of the energy: compression along the spine, positive. It
    stiffens the terms that are marked as preloaded, those of the neutral zone.

    Angles and preloads beyond failure raise ParameterError unless `extrapolate` is set; what lies
    beyond the published tests (`evidence`) is listed in `outside_evidence`. A simulation uses
    `evaluate`, which raises no such error, and stops where a unit fails.
    """

    level: str
    structures: tuple[Structure, ...]
    preload: float = 0.0  # [N]
    stiffening: Stiffening | Proportional = field(default_factory=Stiffening)
    hysteresis: Hysteresis = field(default_factory=Hysteresis)
    test_moment: tuple[float, float, float] = (10.0, 10.0, 10.0)  # moment at the range [N m]
    source: str = "default"
    changes: tuple[str, ...] = ()  # injuries and treatments since the intact unit, in words
    parameters: ParameterSet = field(default_factory=lambda: ParameterSet({}), repr=False)
    extrapolate: bool = False  # allows angles and preloads beyond failure
    length_scale: float = 1.0  # lengths over those of the standard adult; see `sized`
    failure: Failure = NEVER  # angles from neutral in both senses of each axis [rad]

    def __post_init__(self) -> None:
        require_compression(self.preload, self.level)
        if not (math.isfinite(self.preload) and self.preload >= 0.0):
            raise ParameterError(
                f"Expected a preload of {self.level} from 0 N, got {self.preload!r} N; give the "
                "compression along the spine (tension is not modelled)."
            )
        if not self.extrapolate:
            self.evidence.preload.check(self.preload, self.level)
        names = [s.name for s in self.structures]
        if len(set(names)) != len(names):
            raise ParameterError(
                f"Expected structures of {self.level} with different names, got {names}; rename "
                "one of them."
            )

    @property
    def coordinates(self) -> tuple[str, str, str]:
        """Names of the three coordinates in the body's tree."""
        return coordinate_names(self.level)

    @cached_property
    def evidence(self) -> Evidence:
        """Largest moment and preload of the published tests of this region, and at failure."""
        return evidence_of(self.level).sized(self.length_scale)

    def outside_evidence(
        self, angles: ArrayLike, compression: float | None = None
    ) -> tuple[str, ...]:
        """Descriptions of loads at angles (3,) [rad] outside the published tests; () for none.

        compression : [N], by default the preload. Where the unit fails, the angle is listed instead
        of the moment.
        """
        return tuple(map(str, self.departures(angles, compression)))

    def departures(
        self, angles: ArrayLike, compression: float | None = None
    ) -> tuple[Departure, ...]:
        """The loads of `outside_evidence` as values with their names."""
        pressed = self.preload if compression is None else max(compression, 0.0)
        moment = self.evaluate_under(angles, pressed).moment
        at = np.asarray(angles, dtype=np.float64)
        failed = {axis for axis, _ in self._failed(at)}
        tests = self._tests
        found = list(self._beyond_failure(at))
        for axis, value in enumerate(moment.tolist()):
            if axis not in failed:
                found += tests.departures(abs(value), [self._direction(axis, value)])
        return (*found, *self.evidence.preload.departures(pressed, [self.level]))

    @cached_property
    def _tests(self) -> EvidenceRange:
        """Range of the tested moments; the angle, not the moment, decides on failure."""
        return replace(self.evidence.moment, failure=None)

    def beyond_failure(self, angles: ArrayLike) -> tuple[str, ...]:
        """Descriptions of angles (3,) [rad] at which the unit fails; () for none."""
        return tuple(map(str, self._beyond_failure(np.asarray(angles, dtype=np.float64))))

    def _beyond_failure(self, at: Array) -> tuple[Departure, ...]:
        return tuple(
            Departure(
                self._direction(axis, at[axis]), "angle", math.degrees(abs(at[axis])), "deg",
                BEYOND_FAILURE,
                f"at {math.degrees(limit):.4g} deg ({self._failure_source(axis, at[axis])})",
            )
            for axis, limit in self._failed(at)
        )  # fmt: skip

    def _direction(self, axis: int, sense: float) -> str:
        return f"{self.level}, {direction_name(axis, 1 if sense > 0.0 else -1)}"

    def check(self, angles: ArrayLike) -> None:
        """Raise ParameterError if angles (3,) [rad] are beyond failure, unless `extrapolate`."""
        if self.extrapolate:
            return
        for axis, limit in self._failed(np.asarray(angles, dtype=np.float64)):
            angle = float(np.asarray(angles)[axis])
            raise ParameterError(
                f"Expected an angle of {self.level} about {AXES[axis]} below failure at "
                f"{math.degrees(limit):.4g} deg ({self._failure_source(axis, angle)}), got "
                f"{math.degrees(angle):.4g} deg; give a smaller load. A unit with extrapolate=True "
                "goes further, but its law does not describe an injured unit."
            )

    def check_moment(self, axis: int | str, moment: float) -> None:
        """Raise ParameterError if a moment [N m] to both sides is beyond failure."""
        number = axis_index(axis)
        if self.extrapolate or math.isinf(sum(self.failure[number])):
            return
        for side, limit in zip((-1.0, 1.0), self.failure[number], strict=True):
            most = side * kernels.evaluate_axis(self.kinds, self.rows, number, side * limit)[1]
            if not side * moment <= (1.0 + ROUNDING) * most:
                raise ParameterError(
                    f"Expected a moment on {self.level} about {AXES[number]} below failure at "
                    f"{most:.4g} N m, {math.degrees(limit):.4g} deg "
                    f"({self._failure_source(number, side)}), got {moment:g} N m; give a smaller "
                    "load. A unit with extrapolate=True goes further, but its law does not "
                    "describe an injured unit."
                )

    def uses(self, angles: ArrayLike) -> Array:
        """Angle over angle of failure in its sense, by axis (3,) [1]; 1: the unit fails."""
        at = np.asarray(angles, dtype=np.float64)
        limits = [ends[x > 0.0] for ends, x in zip(self.failure, at.tolist(), strict=True)]
        return np.abs(at) / np.array(limits)

    def use(self, angles: ArrayLike) -> float:
        """Largest angle over angle of failure [1]."""
        return float(self.uses(angles).max())

    def _failed(self, angles: Array) -> list[tuple[int, float]]:
        """Axes beyond failure, with the angle of failure [rad]."""
        return [
            (axis, self.failure[axis][int(angles[axis] > 0.0)])
            for axis, use in enumerate(self.uses(angles).tolist())
            if not use <= 1.0 + ROUNDING
        ]

    def _failure_source(self, axis: int, sense: float) -> str:
        name = direction_name(axis, 1 if sense > 0.0 else -1)
        parameter = dict(self.parameters).get(f"{name.replace(' ', '_')}_failure_angle")
        return "user" if parameter is None else f"{parameter.source}, {parameter.status}"

    @property
    def factor(self) -> float:
        """Factor of the preload on the stiffness at neutral [1]."""
        return self.stiffening.factor(self.preload)

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """Type of every row for `kernels.evaluate_unit`, shape (rows,)."""
        return np.array([kind for kind, _ in self._rows_under_preload], dtype=np.int64)

    @cached_property
    def rows(self) -> Array:
        """Rows under the preload, shape (rows, TERM_COLUMNS); equal laws have a common row."""
        table = [row for _, row in self._rows_under_preload]
        return np.array(table, dtype=np.float64).reshape(-1, kernels.TERM_COLUMNS)

    @cached_property
    def compressed(self) -> tuple[NDArray[np.int64], Array, int]:
        """Types and rows for `kernels.evaluate_compressed`: plain terms, then preloaded ones.

        The rows are without the factor of the compression; the third value is the number of plain
        rows.
        """
        plain, preloaded = (
            _merged([(t, 1.0) for s in self.structures for t in s.terms if t.preloaded is on])
            for on in (False, True)
        )
        kinds = np.array([kind for kind, _ in (*plain, *preloaded)], dtype=np.int64)
        rows = np.array([row for _, row in (*plain, *preloaded)], dtype=np.float64)
        return kinds, rows.reshape(-1, kernels.TERM_COLUMNS), len(plain)

    @cached_property
    def _rows_under_preload(self) -> list[tuple[int, tuple[float, ...]]]:
        terms = [t for s in self.structures for t in s.terms]
        return _merged([(t, self.factor if t.preloaded else 1.0) for t in terms])

    def energy(self, angles: ArrayLike) -> float:
        """Relaxed energy [J], zero at neutral; angles (3,) [rad]."""
        return self._checked(angles)[0]

    def moment(self, angles: ArrayLike) -> Array:
        """Moment (3,) [N m] that holds the relaxed unit at angles (3,) [rad]."""
        return self._checked(angles)[1]

    def tangent(self, angles: ArrayLike) -> Array:
        """Relaxed stiffness (3, 3) [N m/rad] at angles (3,) [rad], exact."""
        return self._checked(angles)[2]

    def instantaneous_tangent(self, angles: ArrayLike) -> Array:
        """Stiffness (3, 3) [N m/rad] before anything relaxes or slides: all springs added."""
        return self.tangent(angles) + np.diag(self.branch_stiffness.sum(axis=1))

    @property
    def branch_stiffness(self) -> Array:
        """Stiffness (3, states) [N m/rad] of Maxwell branches, then of friction elements."""
        return self.factor * self.springs

    @property
    def springs(self) -> Array:
        """The same without the factor of the preload (3, states) [N m/rad]."""
        total = self.hysteresis.springs
        for structure in self.structures:
            if structure.branches:
                total = total + np.array(structure.branches, dtype=np.float64)
        return total

    def _checked(self, angles: ArrayLike) -> tuple[float, Array, Array]:
        result = self.evaluate(angles)
        self.check(angles)
        return result

    def evaluate(self, angles: ArrayLike) -> tuple[float, Array, Array]:
        """Energy [J], moment (3,) [N m] and tangent (3, 3) [N m/rad], also outside the tests."""
        at = np.ascontiguousarray(angles, dtype=np.float64)
        if at.shape != (3,) or not np.all(np.isfinite(at)):
            raise ParameterError(
                f"Expected angles of unit {self.level} as three finite numbers [rad] "
                f"(flexion-extension, lateral bending, axial rotation), got {angles!r}; convert "
                "degrees to radians."
            )
        moment, stiffness = np.empty(3), np.empty((3, 3))
        energy = kernels.evaluate_unit(
            self.kinds, self.rows, 0, self.kinds.size, at, moment, stiffness
        )
        return energy, moment, stiffness

    def evaluate_under(self, angles: ArrayLike, compression: float) -> CompressedUnit:
        """The relaxed unit at angles (3,) [rad] under a compression [N], instead of its preload.

        Branches and friction elements have the same factor as the preloaded terms: f(P) times
        `springs` times stretch. Their stretches relax and slide as without compression.
        """
        kinds, rows, plain = self.compressed
        at = np.ascontiguousarray(angles, dtype=np.float64)
        moment, tangent, by = np.empty(3), np.empty((3, 3)), np.empty(3)
        law = np.array(self.stiffening.law)
        energy, preloaded, factor = kernels.evaluate_compressed(
            kinds, rows, 0, plain, kinds.size, law, compression, at, moment, tangent, by
        )
        slope = kernels.compression_factor(law, compression)[1]
        return CompressedUnit(
            energy + factor * preloaded, moment, tangent, by, slope * preloaded, factor, slope
        )

    def curve(self, axis: int | str, angles: ArrayLike) -> Array:
        """Relaxed moment [N m] about one axis at many angles [rad], the others at zero."""
        number, at = axis_index(axis), np.asarray(angles, dtype=np.float64)
        if not np.all(np.isfinite(at)):
            raise ParameterError(
                f"Expected finite angles [rad] for the curve of {self.level}, got angles that are "
                "not all finite; remove the others."
            )
        values = [kernels.evaluate_axis(self.kinds, self.rows, number, a)[1] for a in at.ravel()]
        for angle in (at.min(initial=0.0), at.max(initial=0.0)):
            self.check(np.eye(3)[number] * angle)
        return np.array(values).reshape(at.shape)

    def stiffness_at_neutral(self, axis: int | str) -> float:
        """Relaxed tangent about one axis at angle zero [N m/rad]; never a secant."""
        return kernels.evaluate_axis(self.kinds, self.rows, axis_index(axis), 0.0)[2]

    def range_at(self, name: str, moment: float | None = None) -> float:
        """Angle [rad], positive, of the relaxed unit in a direction under a moment [N m]."""
        axis, sign = direction(name)
        load = self.test_moment[axis] if moment is None else moment
        return sign * self.angle_under(axis, sign * load)

    def angle_under(self, axis: int | str, moment: float) -> float:
        """Relaxed angle [rad] about an axis under a moment [N m]."""
        axis = axis_index(axis)
        if moment == 0.0:
            return 0.0
        if not math.isfinite(moment):
            raise ParameterError(
                f"Expected a finite moment on {self.level}, got {moment!r} N m; leave it out for "
                "the test moment of the range of motion."
            )
        self.check_moment(axis, moment)
        low, high = 0.0, math.copysign(math.pi, moment)
        if abs(kernels.evaluate_axis(self.kinds, self.rows, axis, high)[1]) < abs(moment):
            raise ParameterError(
                f"Expected a moment on {self.level} that its structures "
                f"{[s.name for s in self.structures]} balance within 180 degrees, got {moment:g} "
                "N m; give a smaller moment."
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
        """A structure by name."""
        for structure in self.structures:
            if structure.name == name:
                return structure
        raise unknown(f"structure of {self.level}", name, [s.name for s in self.structures])

    def part(self, name: str) -> FunctionalSpinalUnit:
        """The unit with a single structure, to see its contribution to the moment."""
        return replace(self, structures=(self.structure(name),))

    def with_preload(self, force: float, *, extrapolate: bool = False) -> FunctionalSpinalUnit:
        """The same unit under a compression [N]; this unit is unchanged.

        extrapolate : the new unit allows angles and preloads beyond failure.

        Raises
        ------
        ParameterError
            For a compression that is text, negative, or beyond failure.
        """
        require_compression(force, self.level)
        return replace(
            self, preload=float(force), extrapolate=self.extrapolate or bool(extrapolate)
        )

    def with_damping(self, time: float) -> FunctionalSpinalUnit:
        """The unit with viscous damping of `time` [s] times the stiffness at neutral on every axis.

        No usable measurement of the damping of a unit is known: vary it.
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
        """The same unit with other structures, and a description of the change."""
        changes = (*self.changes, change) if change else self.changes
        known = self.parameters.merged(parameters or {})
        return replace(self, structures=tuple(structures), changes=changes, parameters=known)

    def with_ends(
        self,
        terms: Mapping[str, Iterable[PassiveTerm]],
        failure: Failure,
        parameters: Mapping[str, Parameter],
    ) -> FunctionalSpinalUnit:
        """The same unit with further terms by structure, and angles of failure [rad]."""
        known = {s.name: s for s in self.structures}
        for name, more in terms.items():
            old = known.get(name, Structure(name, (), KINDS.get(name, "ligament")))
            known[name] = replace(old, terms=(*old.terms, *more))
        return replace(
            self,
            structures=tuple(known.values()),
            failure=failure,
            parameters=self.parameters.merged(dict(parameters)),
        )

    @property
    def size(self) -> int:
        """Number of terms, before equal terms are added up."""
        return sum(len(s.terms) for s in self.structures)

    def __str__(self) -> str:
        done = f"; {', '.join(self.changes)}" if self.changes else ""
        names = ", ".join(s.name for s in self.structures)
        return f"{self.level} ({self.source}), preload {self.preload:g} N: {names}{done}"


def _merged(terms: list[tuple[PassiveTerm, float]]) -> list[tuple[int, tuple[float, ...]]]:
    """Rows of terms with factors; terms that differ only in stiffness are added up, for speed."""
    total: dict[tuple[float, ...], float] = {}
    for term, factor in terms:
        row = term.row(factor)
        key = (term.kind, *row[:2], *row[3:])
        total[key] = total.get(key, 0.0) + row[2]
    return [(int(key[0]), (*key[1:3], stiffness, *key[3:])) for key, stiffness in total.items()]


def lost_pressure(unit: FunctionalSpinalUnit) -> float:
    """Fraction of the disc's pressure that injuries have taken [1]."""
    lost = dict(unit.parameters).get(LOST_PRESSURE)
    return 0.0 if lost is None else lost.value


def stack(
    units: Iterable[FunctionalSpinalUnit],
) -> tuple[NDArray[np.int64], NDArray[np.int64], Array]:
    """Start, types and rows of several units for `kernels.evaluate_units`."""
    parts = tuple(units)
    start = np.cumsum([0, *(u.kinds.size for u in parts)], dtype=np.int64)
    rows = [u.rows for u in parts] or [np.empty((0, kernels.TERM_COLUMNS))]
    kinds = [u.kinds for u in parts] or [np.empty(0, dtype=np.int64)]
    return start, np.concatenate(kinds), np.concatenate(rows)
