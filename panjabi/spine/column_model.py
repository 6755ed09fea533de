"""A spinal column: rigid bodies, one joint law per level, and its potential with derivatives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.tree import Floats, Integers, Tree
from panjabi.errors import ParameterError, unknown
from panjabi.evidence import ROUNDING
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr
from panjabi.spine.joints import JointLaw
from panjabi.spine.levels import AXES
from panjabi.spine.loads import DeadLoad, FollowerLoad, LevelMoment, Load, vertical

if TYPE_CHECKING:
    from panjabi.passive.functional_unit import FunctionalSpinalUnit

PLANES: dict[str, tuple[str, ...]] = {
    "sagittal": ("FE",),
    "frontal": ("LB",),
    "transverse": ("AR",),
    "space": AXES,
}
"""Free angles of every level; the others are fixed at zero."""


@dataclass(frozen=True, eq=False, repr=False)
class Potential(ShortRepr):
    """V(q) with its exact derivatives in the free coordinates."""

    value: float  # [J]
    gradient: Floats  # (n,) [N m]
    hessian: Floats  # (n, n) [N m/rad]


@dataclass(frozen=True, eq=False, repr=False)
class Column:
    """A chain of bodies fixed below and free above, one joint law per level; immutable.

    Coordinates are (FE, LB, AR) of every level from below [rad], signs of the body; zero is the
    neutral shape. With `plane` only some of them are free, and every vector z of the methods below
    contains only those.
    """

    name: str
    levels: tuple[str, ...]  # from below, "L5-S1" first
    bodies: tuple[str, ...]  # fixed body first, then one per level
    laws: tuple[JointLaw, ...]
    tree: Tree  # body 0 is the fixed body, in its place in the world
    guides: Floats  # (levels + 1, 3) where a follower cable passes each body [m]
    load_point: Floats  # (3,) in the topmost body [m]
    weights: DeadLoad | None = None  # weight of the bodies and all they carry
    plane: str = "space"
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    def __post_init__(self) -> None:
        if self.plane not in PLANES:
            raise unknown("plane", self.plane, PLANES)
        if len(self.laws) != len(self.levels):
            raise ParameterError(
                f"Expected a joint law for each of the {len(self.levels)} levels of the "
                f"{self.name} column, got {len(self.laws)}; give one for each level, from "
                "below, or one for all."
            )
        for level, law in zip(self.levels, self.laws, strict=True):
            if not isinstance(law, JointLaw):
                raise ParameterError(
                    "Expected a law with energy, moment and tangent of three angles for "
                    f"{level}, got {law!r}; give a unit or a law of panjabi.spine.joints."
                )

    def __repr__(self) -> str:
        return f"<{self.name} column: {len(self.levels)} levels, {self.size} free coordinates>"

    # --- coordinates ----------------------------------------------------------------------

    @cached_property
    def free(self) -> Integers:
        """Indices of the free coordinates among the 3 per level."""
        axes = [AXES.index(axis) for axis in PLANES[self.plane]]
        return (3 * np.arange(len(self.levels))[:, None] + axes).ravel()

    @property
    def size(self) -> int:
        """Number of free coordinates."""
        return len(self.free)

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the free coordinates, "L4-L5 FE"."""
        return tuple(f"{self.levels[k // 3]} {AXES[k % 3]}" for k in self.free)

    def zero(self) -> Floats:
        """The neutral shape, (n,)."""
        return np.zeros(self.size)

    def angles(self, z: ArrayLike) -> Floats:
        """Angles of every level, (levels, 3) [rad], from free coordinates z (n,)."""
        q = np.zeros(3 * len(self.levels))
        q[self.free] = self._checked(z)
        return q.reshape(-1, 3)

    # --- changed columns ------------------------------------------------------------------

    def in_plane(self, plane: str) -> Column:
        """The same column with only the angles of one plane free; see `PLANES`."""
        return replace(self, plane=plane)

    def with_laws(self, laws: JointLaw | Sequence[JointLaw]) -> Column:
        """The same column with other joints; one law is used for every level."""
        same = not isinstance(laws, Sequence)
        return replace(self, laws=(laws,) * len(self.levels) if same else tuple(laws))

    def with_law(self, level: str, law: JointLaw) -> Column:
        """The same column with the law of one level replaced, an injured unit for instance."""
        at = self.level_index(level)
        return replace(self, laws=(*self.laws[:at], law, *self.laws[at + 1 :]))

    def rotated(self, rotation: ArrayLike) -> Column:
        """The whole column, rotated about the world's origin by a rotation matrix (3, 3)."""
        turn = np.asarray(rotation, float)
        loc, r0 = self.tree.loc.copy(), self.tree.r0.copy()
        loc[0], r0[0] = turn @ loc[0], turn @ r0[0]
        return replace(self, tree=self.tree._replace(loc=loc, r0=r0))

    def level_index(self, level: str) -> int:
        """Index of a level by name, from below."""
        if level not in self.levels:
            raise unknown("level", level, self.levels)
        return self.levels.index(level)

    # --- loads ----------------------------------------------------------------------------

    def top_load(self, force: float = 1.0) -> DeadLoad:
        """A dead weight [N] on the topmost body, pulling down in the world."""
        return vertical([self.bodies[-1]], [self.load_point], [force])

    def own_weight(self) -> DeadLoad:
        """Weight of every body of the chain and of all bodies attached to it.

        Raises
        ------
        ParameterError
            If the column was made without a body.
        """
        if self.weights is None:
            raise ParameterError(
                f"Expected a column with mass, got the {self.name} column, which was made from "
                "lengths; use a column of a body, or give the weights as a DeadLoad."
            )
        return self.weights

    # --- potential ------------------------------------------------------------------------

    def outside_evidence(self, z: ArrayLike) -> tuple[str, ...]:
        """Loads on units at z (n,) that leave the published tests, in words."""
        return tuple(words for unit, a in self._units(z) for words in unit.outside_evidence(a))

    def beyond_failure(self, z: ArrayLike) -> tuple[str, ...]:
        """The angles among them at which a unit fails; its law does not hold there."""
        if self._intact(z):
            return ()
        return tuple(words for unit, a in self._units(z) for words in unit.beyond_failure(a))

    def check(self, z: ArrayLike) -> None:
        """Raise ParameterError if a unit is bent beyond failure at z (n,)."""
        if self._intact(z):
            return
        for unit, angles in self._units(z):
            unit.check(angles)

    def _intact(self, z: ArrayLike) -> bool:
        """Whether no unit is bent beyond failure."""
        angles, ends = self.angles(z), (1.0 + ROUNDING) * self._failure
        return bool(((-ends[..., 0] <= angles) & (angles <= ends[..., 1])).all())

    @cached_property
    def _failure(self) -> Floats:
        """Angles of failure in both senses (levels, 3, 2) [rad]; infinite for other laws."""
        from panjabi.passive.functional_unit import NEVER, FunctionalSpinalUnit

        return np.array(
            [law.failure if isinstance(law, FunctionalSpinalUnit) else NEVER for law in self.laws]
        )

    def _units(self, z: ArrayLike) -> list[tuple[FunctionalSpinalUnit, Floats]]:
        """The laws that are functional spinal units, each with its angles (3,) [rad]."""
        from panjabi.passive.functional_unit import FunctionalSpinalUnit

        pairs = zip(self.laws, self.angles(z), strict=True)
        return [(law, a) for law, a in pairs if isinstance(law, FunctionalSpinalUnit)]

    def potential(self, z: ArrayLike, loads: Load | Iterable[Load] = ()) -> Potential:
        """Potential of joints and loads at free coordinates z (n,)."""
        joints, external = self.joint_potential(z), self.load_potential(z, loads)
        return Potential(
            joints.value + external.value,
            joints.gradient + external.gradient,
            joints.hessian + external.hessian,
        )

    def joint_potential(self, z: ArrayLike) -> Potential:
        """Potential of the joints; its Hessian is block-diagonal over the levels."""
        angles = self.angles(z)
        m, n = len(angles), angles.size
        energy, moment, blocks = np.empty(m), np.empty((m, 3)), np.empty((m, 3, 3))
        if self._stacked is not None:
            from panjabi.passive.kernels import evaluate_units

            start, kinds, rows = self._stacked
            evaluate_units(start, kinds, rows, angles, energy, moment, blocks)
        else:
            for i, (law, a) in enumerate(zip(self.laws, angles, strict=True)):
                energy[i], moment[i], blocks[i] = _evaluated(law, a)
        H = np.zeros((m, 3, m, 3))
        at = np.arange(m)
        H[at, :, at, :] = blocks
        return self._reduced(float(energy.sum()), moment.ravel(), H.reshape(n, n))

    @cached_property
    def _stacked(self) -> tuple[Any, Any, Any] | None:
        """The flat rows of all units for one compiled call; None unless every law is a unit."""
        if not all(hasattr(law, "structures") for law in self.laws):
            return None
        from panjabi.passive.functional_unit import FunctionalSpinalUnit, stack

        units = [law for law in self.laws if isinstance(law, FunctionalSpinalUnit)]
        return stack(units) if len(units) == len(self.laws) else None

    def load_potential(self, z: ArrayLike, loads: Load | Iterable[Load]) -> Potential:
        """Potential of the loads; linear, so that a factor on the loads is a factor on it."""
        from panjabi.spine.kernels import load_potential

        q = self.angles(z).ravel()
        flat = self._flattened(loads)
        g, H = np.empty(q.size), np.empty((q.size, q.size))
        body, local, force, guide_body, guide_local, tension = flat.arrays
        value = load_potential(
            self.tree, q, body, local, force, guide_body, guide_local, tension, g, H
        )
        g -= flat.moment
        value -= float(flat.moment @ q)
        return self._reduced(value, g, H)

    def _reduced(self, value: float, g: Floats, H: Floats) -> Potential:
        if self.size == g.size:
            return Potential(value, g, H)
        return Potential(value, g[self.free], H[np.ix_(self.free, self.free)])

    # --- shape ----------------------------------------------------------------------------

    def joint_centres(self, z: ArrayLike) -> Floats:
        """World positions of the joints from below, then of the load point, (levels + 1, 3) [m]."""
        n = len(self.levels)
        local = np.vstack([self.tree.child_loc[1:], self.load_point])
        return self._world(z, np.array([*range(1, n + 1), n], np.int64), local)

    def _world(self, z: ArrayLike, bodies: Integers, local: Floats) -> Floats:
        from panjabi.spine.kernels import place

        world = np.empty((len(bodies), 3))
        place(self.tree, self.angles(z).ravel(), bodies, np.ascontiguousarray(local), world)
        return world

    # --- inside ---------------------------------------------------------------------------

    def _checked(self, z: ArrayLike) -> Floats:
        array = np.asarray(z, float)
        if array.shape != (self.size,) or not np.isfinite(array).all():
            raise ParameterError(
                f"Expected finite angles in rad of shape ({self.size},) for the {self.name} "
                f"column, got shape {array.shape}; start from column.zero()."
            )
        return array

    def _flattened(self, loads: Load | Iterable[Load]) -> _Flat:
        load_list = (loads,) if isinstance(loads, Load) else tuple(loads)
        bodies: list[int] = []
        points, forces = [np.empty((0, 3))], [np.empty((0, 3))]
        tension, moment = 0.0, np.zeros((len(self.levels), 3))
        for load in load_list:
            if isinstance(load, DeadLoad):
                for body in load.bodies:
                    if body not in self.bodies:
                        raise unknown(f"body of the {self.name} column", body, self.bodies)
                bodies += [self.bodies.index(body) for body in load.bodies]
                points.append(load.points)
                forces.append(load.forces)
            elif isinstance(load, FollowerLoad):
                tension += load.tension
            elif isinstance(load, LevelMoment):
                moment[:, AXES.index(load.axis)] += load.moment
            else:
                raise ParameterError(
                    f"Expected a DeadLoad, FollowerLoad or LevelMoment, got {load!r}; use one "
                    "of these from panjabi.spine."
                )
        return _Flat(
            (
                np.array(bodies, np.int64),
                np.concatenate(points),
                np.concatenate(forces),
                np.arange(len(self.bodies), dtype=np.int64),
                self.guides,
                tension,
            ),
            moment.ravel(),
        )


@dataclass(frozen=True)
class _Flat:
    arrays: tuple[Any, Any, Any, Any, Any, float]  # as `kernels.load_potential` takes them
    moment: NDArray[np.float64]  # (3 levels,)


def _evaluated(law: JointLaw, angles: Floats) -> tuple[float, Floats, Floats]:
    """Energy, moment and tangent of a law; of a unit also beyond its published tests."""
    from panjabi.passive.functional_unit import FunctionalSpinalUnit

    if isinstance(law, FunctionalSpinalUnit):
        return law.evaluate(angles)
    return law.energy(angles), law.moment(angles), law.tangent(angles)
