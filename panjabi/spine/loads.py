"""Loads that do not change with time. Each has a potential, so that a Hessian decides stability."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.arrays import Integers, Matrix, Vector
from panjabi.body.tree import Tree
from panjabi.elements import Signal
from panjabi.errors import ParameterError, unknown
from panjabi.results import ShortRepr
from panjabi.spine.levels import AXES

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class DeadLoad:
    """Forces that keep size and direction while their points move: V = -sum f . x."""

    bodies: tuple[str, ...]
    points: Floats = field(repr=False)  # (n, 3) in the bodies [m]
    forces: Floats = field(repr=False)  # (n, 3) in the world [N]

    def __post_init__(self) -> None:
        n = len(self.bodies)
        for name in ("points", "forces"):
            array = np.array(getattr(self, name), float).reshape(-1, 3)
            if array.shape != (n, 3) or not np.isfinite(array).all():
                raise ParameterError(
                    f"Expected DeadLoad.{name} with finite values of shape ({n}, 3), got shape "
                    f"{array.shape}; give one row for each body."
                )
            object.__setattr__(self, name, array)

    def __mul__(self, factor: float) -> DeadLoad:
        return replace(self, forces=factor * self.forces)

    __rmul__ = __mul__


@dataclass(frozen=True)
class FollowerLoad:
    """A cable of constant tension along the spine, through a guide on every body of it.

    Its potential is tension times length. On a straight column with guides midway between the
    joints it compresses every level along the axis; it bends a joint that lies off the cable.
    """

    tension: float  # [N]

    def __post_init__(self) -> None:
        if not (np.isfinite(self.tension) and self.tension >= 0.0):
            raise ParameterError(
                "Expected FollowerLoad.tension as a finite tension of 0 N or more, got "
                f"{self.tension!r} N; give the compression along the column as a positive "
                "number."
            )

    def __mul__(self, factor: float) -> FollowerLoad:
        return replace(self, tension=factor * self.tension)

    __rmul__ = __mul__


@dataclass(frozen=True)
class LevelMoment:
    """The same moment on every level, each about the axis of that level: V = -M sum of the angles.

    This is a pure moment on a chain of parallel axes (always true in flexion-extension). In a
    curved column bent sideways it represents the level-by-level result of the laboratory.
    """

    axis: str  # FE, LB or AR
    moment: float  # with the sign of the coordinate [N m]

    def __post_init__(self) -> None:
        if self.axis not in AXES:
            raise unknown("axis", self.axis, AXES)
        if not np.isfinite(self.moment):
            raise ParameterError(
                f"Expected LevelMoment.moment as a finite moment in N m, got {self.moment!r}; "
                "give it with the sign of the coordinate: extension, right side down, turn to "
                "the left."
            )

    def __mul__(self, factor: float) -> LevelMoment:
        return replace(self, moment=factor * self.moment)

    __rmul__ = __mul__


Load = DeadLoad | FollowerLoad | LevelMoment


@dataclass(frozen=True, eq=False, repr=False)
class Potential(ShortRepr):
    """V(q) with its exact derivatives in the free coordinates."""

    value: float  # [J]
    gradient: Floats  # (n,) [N m]
    hessian: Floats  # (n, n) [N m/rad]


class LoadData(NamedTuple):
    """Dead forces, a cable and constant moments as flat arrays for `load_kernels`."""

    body: Integers  # (k,) of the tree
    local: Matrix  # (k, 3) in the bodies [m]
    force: Matrix  # (k, 3) in the world [N]
    guide_body: Integers  # (guides,)
    guide_local: Matrix  # (guides, 3) [m]
    tension: float  # of the cable [N]
    moment: Vector  # (n,) on the coordinates [N m]


@dataclass(frozen=True, eq=False, repr=False)
class ExternalLoads(ShortRepr):
    """Constant loads as a part of a spine (`panjabi.elements`); made by `external_loads`.

    It acts on all free coordinates, so that spectrum, equilibrium and runs see it.
    """

    loads: tuple[Load, ...]
    coordinates: tuple[str, ...]  # (n,) the free ones of the spine
    tree: Tree  # of the spine's mechanism
    data: LoadData

    def potential(self, q: Floats) -> Potential:
        """Potential of the loads at q (n,); linear in them."""
        from panjabi.spine.load_kernels import load_potential

        n = len(self.coordinates)
        gradient, hessian = np.empty(n), np.empty((n, n))
        value = load_potential(self.tree, q, self.data, gradient, hessian)
        return Potential(value, gradient, hessian)

    @property
    def states(self) -> int:
        return 0

    @property
    def signals(self) -> tuple[Signal, ...]:
        return ()

    def energy(self, q: Floats, /) -> float:
        return self.potential(q).value

    def force(self, q: Floats, rate: Floats, state: Floats, signals: Floats, /) -> Floats:
        return -self.potential(q).gradient

    def tangent(self, q: Floats, rate: Floats, state: Floats, signals: Floats, /) -> Floats:
        return self.potential(q).hessian

    def state_rate(self, q: Floats, rate: Floats, state: Floats, signals: Floats, /) -> Floats:
        return np.empty(0)

    def derivatives(
        self, q: Floats, rate: Floats, state: Floats, signals: Floats, /
    ) -> tuple[Floats, Floats, Floats, Floats]:
        n = len(q)
        none = np.empty((n, 0))
        return -self.potential(q).hessian, np.zeros((n, n)), none, none


def vertical(bodies: ArrayLike, points: ArrayLike, weights: ArrayLike) -> DeadLoad:
    """Weights [N] pulling down at points of bodies."""
    down = np.zeros((np.size(weights), 3))
    down[:, 1] = -np.atleast_1d(np.asarray(weights, float))
    return DeadLoad(tuple(np.atleast_1d(bodies).tolist()), np.atleast_2d(points), down)
