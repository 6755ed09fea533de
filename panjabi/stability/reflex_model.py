"""Bodies on springs with reflex loops, J q'' + B q' + K q + sum of loops = external moment.

The matrices are affine in J, B, K, the gains and the filter coefficients. Their derivative with
respect to a parameter is therefore exact: the same assembly with all other parameters at zero.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.system import DelayTerm, Floats, LinearDelaySystem, SystemRate
from panjabi.errors import ParameterError, unknown
from panjabi.neural.evidence import delay_range
from panjabi.results import ShortRepr
from panjabi.stability.reflex_loop import GAINS, FirstOrder, LinearReflex

BODY = ("inertia", "damping", "stiffness")


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class ReflexModel(ShortRepr):
    """Second-order mechanics with reflex loops; numbers for one coordinate, (m, m) for more.

    Raises
    ------
    ParameterError
        If the inertia is not positive definite, shapes differ, or two loops have the same name.
    """

    inertia: ArrayLike  # J [kg m2]
    damping: ArrayLike  # B, intrinsic [N m s/rad]
    stiffness: ArrayLike  # K, intrinsic minus gravity [N m/rad]; may be negative
    loops: tuple[LinearReflex, ...] = ()
    coordinates: tuple[str, ...] = ("angle",)

    def __post_init__(self) -> None:
        m = len(self.coordinates)
        for name in BODY:
            A = np.atleast_2d(np.asarray(getattr(self, name), float))
            if A.shape != (m, m) or not np.isfinite(A).all():
                raise ParameterError(
                    f"Expected a finite {m} by {m} matrix for {name} of the coordinates "
                    f"{self.coordinates}, got {getattr(self, name)!r}; give a number for one "
                    "coordinate, a matrix for more."
                )
            object.__setattr__(self, name, A)
        J = self._body("inertia")
        if np.linalg.eigvalsh(0.5 * (J + J.T))[0] <= 0.0:
            shown = J.item() if J.size == 1 else J.tolist()
            raise ParameterError(
                "Expected a positive inertia in kg m2, positive definite for several coordinates, "
                f"got {shown}; correct the inertia."
            )
        names = [loop.name for loop in self.loops]
        if len(set(names)) != len(names):
            raise ParameterError(
                f"Expected a different name for each loop, got {names}; rename one of the loops."
            )
        for loop in self.loops:
            for what in ("senses", "acts"):
                if len(getattr(loop, what)) not in (0, m):
                    raise ParameterError(
                        f"Expected {m} weights in `{what}` of the loop {loop.name!r}, one for each "
                        f"coordinate, got {len(getattr(loop, what))}; give 0 for a coordinate that "
                        "the loop does not use."
                    )

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Descriptions of loops whose delay leaves the evidence, or ()."""
        names = [loop.name for loop in self.loops]
        return delay_range().outside([loop.delay for loop in self.loops], names) if names else ()

    def _body(self, name: str) -> Floats:
        return np.asarray(getattr(self, name), float)

    @property
    def values(self) -> dict[str, float]:
        """Name -> value of every parameter; inertia, damping, stiffness for one coordinate only.

        With several loops, the names of loop parameters start with the loop's name and a point.
        """
        values: dict[str, float] = {}
        if len(self.coordinates) == 1:
            values |= {name: float(self._body(name)[0, 0]) for name in BODY}
        for loop in self.loops:
            values |= {self._prefix(loop) + key: value for key, value in _loop_values(loop).items()}
        return values

    def _prefix(self, loop: LinearReflex) -> str:
        return f"{loop.name}." if len(self.loops) > 1 else ""

    def with_values(self, values: Mapping[str, float] | None = None, **more: float) -> ReflexModel:
        """The same model with some parameters changed; an unknown name is an error."""
        changes = {**(values or {}), **more}
        for name in changes:
            if name not in self.values:
                raise unknown("parameter of the reflex model", name, self.values)
        body: dict[str, Any] = {name: changes[name] for name in BODY if name in changes}
        loops = []
        for loop in self.loops:
            start = self._prefix(loop)
            mine = {k: changes[start + k] for k in _loop_values(loop) if start + k in changes}
            shape = {k.removeprefix("filter_"): v for k, v in mine.items() if k.startswith("fil")}
            plain: dict[str, Any] = {k: v for k, v in mine.items() if not k.startswith("filter_")}
            if shape and loop.filter is not None:
                plain["filter"] = replace(loop.filter, **shape)
            loops.append(replace(loop, **plain))
        return replace(self, **body, loops=tuple(loops))

    def family(self, *names: str) -> ReflexFamily:
        """The linear systems as a function of the named parameters, with exact derivatives."""
        for name in names:
            if name not in self.values:
                raise unknown("parameter of the reflex model", name, self.values)
        return ReflexFamily(self, names)

    def system(self) -> LinearDelaySystem:
        """Linear system; states: angles, rates, filters; inputs: external moments."""
        body = {name: self._body(name) for name in BODY}
        gains = {loop.name: [getattr(loop, gain) for gain in GAINS] for loop in self.loops}
        filters = {loop.name: _coefficients(loop) for loop in self.loops}
        mass, now, terms = self._assemble(body, gains, filters, 1.0)
        names, units = list(self.coordinates), ["rad"] * len(self.coordinates)
        names += ["rate" if q == "angle" else f"{q}_rate" for q in self.coordinates]
        units += ["rad/s"] * len(self.coordinates)
        for loop in self.loops:
            if loop.filter is not None:
                names.append(f"{loop.name}_moment")
                units.append("N m")
                if not isinstance(loop.filter, FirstOrder):
                    names.append(f"{loop.name}_moment_rate")
                    units.append("N m/s")
        m = len(self.coordinates)
        B = np.zeros((len(now), m))
        B[m : 2 * m] = np.eye(m)
        return LinearDelaySystem(
            mass=mass,
            now=now,
            delayed=tuple(
                DelayTerm(loop.delay, *pair) for loop, pair in zip(self.loops, terms, strict=True)
            ),
            inputs=B,
            input_names=tuple(
                "moment" if q == "angle" else f"{q}_moment" for q in self.coordinates
            ),
            input_units=("N m",) * m,
            state_names=tuple(names),
            state_units=tuple(units),
        )

    def rate(self, name: str) -> SystemRate:
        """Exact derivative of the system's matrices and delays with respect to one parameter."""
        if name not in self.values:
            raise unknown("parameter of the reflex model", name, self.values)
        m = len(self.coordinates)
        body = {key: np.eye(m) * (key == name) for key in BODY}
        gains = {loop.name: [0.0] * len(GAINS) for loop in self.loops}
        filters = {loop.name: (0.0, 0.0) for loop in self.loops}
        late = [0.0] * len(self.loops)
        for i, loop in enumerate(self.loops):
            key = name.removeprefix(self._prefix(loop))
            if self._prefix(loop) + key != name:
                continue
            if key in GAINS:
                gains[loop.name][GAINS.index(key)] = 1.0
            elif key == "delay":
                late[i] = 1.0
            elif loop.filter is not None:
                filters[loop.name] = loop.filter.rates().get(key, (0.0, 0.0))
        mass, now, terms = self._assemble(body, gains, filters, 0.0)
        moved = tuple(DelayTerm(T, *pair) for T, pair in zip(late, terms, strict=True))
        return SystemRate(now, mass, moved)

    def _assemble(
        self,
        body: Mapping[str, Floats],
        gains: Mapping[str, list[float]],
        filters: Mapping[str, tuple[float, float]],
        constant: float,
    ) -> tuple[Floats, Floats, list[tuple[Floats, Floats | None]]]:
        """E, A0 and (A, N) of every loop; affine in all arguments.

        constant : 1 for the system, 0 for its derivative.
        """
        m = len(self.coordinates)
        orders = [_order(loop) for loop in self.loops]
        n = 2 * m + sum(orders)
        E, A = constant * np.eye(n), np.zeros((n, n))
        q, w = slice(0, m), slice(m, 2 * m)
        E[w, w] = body["inertia"]
        A[q, w] = constant * np.eye(m)
        A[w, q], A[w, w] = -body["stiffness"], -body["damping"]
        terms: list[tuple[Floats, Floats | None]] = []
        at = 2 * m
        for loop, order in zip(self.loops, orders, strict=True):
            acts = np.array(loop.acts or (1.0,) + (0.0,) * (m - 1))
            senses = np.array(loop.senses) if loop.senses else acts
            kp, kv, ka, kf = gains[loop.name]
            c1, c2 = filters[loop.name]
            late, push = np.zeros((n, n)), np.zeros((n, n))
            if order == 0:  # without filter the delayed drive is the moment
                column = np.zeros(n)
                column[w] = -acts
            else:
                A[w, at] = -constant * acts
                last = at + order - 1
                column = np.eye(n)[last]
                A[last, at] -= constant
                if order == 2:
                    A[at, last] = constant
                    A[last, last] -= c1
                E[last, last] = c1 if order == 1 else c2
            drive = np.zeros(n)
            drive[q], drive[w] = kp * senses, kv * senses
            if order:
                drive[at] = -kf
            late += np.outer(column, drive)
            push[:, w] = np.outer(column, ka * senses)
            terms.append((late, push if np.any(push) else None))
            at += order
        return E, A, terms


@dataclass(frozen=True, repr=False)
class ReflexFamily(ShortRepr):
    """A reflex model with some of its parameters free; see `ReflexModel.family`."""

    model: ReflexModel
    names: tuple[str, ...]

    def model_at(self, x: Sequence[float] | Floats) -> ReflexModel:
        """The model at the parameters x."""
        values = {name: float(v) for name, v in zip(self.names, x, strict=True)}
        return self.model.with_values(values)

    def system(self, x: Sequence[float] | Floats, /) -> LinearDelaySystem:
        """The system at the parameters x."""
        return self.model_at(x).system()

    def rates(self, x: Sequence[float] | Floats, /) -> tuple[SystemRate, ...]:
        """Derivatives of its matrices with respect to each parameter, at x."""
        model = self.model_at(x)
        return tuple(model.rate(name) for name in self.names)


def _order(loop: LinearReflex) -> int:
    if loop.filter is None:
        return 0
    return 1 if isinstance(loop.filter, FirstOrder) else 2


def _coefficients(loop: LinearReflex) -> tuple[float, float]:
    return (0.0, 0.0) if loop.filter is None else loop.filter.coefficients


def _loop_values(loop: LinearReflex) -> dict[str, float]:
    values = {gain: getattr(loop, gain) for gain in GAINS}
    if loop.filter is None:
        del values["force_gain"]
    else:
        values |= {f"filter_{key}": value for key, value in vars(loop.filter).items()}
    values["delay"] = loop.delay
    return values
