"""The passive parts of a spine at rest: their potential and the chain of levels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.tree import Floats, Integers
from panjabi.elements import ForceElement
from panjabi.errors import ParameterError, PostureError, unknown
from panjabi.evidence import ROUNDING
from panjabi.passive.element import PassiveJoint
from panjabi.passive.functional_unit import NEVER, FunctionalSpinalUnit, stack
from panjabi.passive.kernels import evaluate_units
from panjabi.results import ShortRepr
from panjabi.spine.joints import JointLaw, LawJoint
from panjabi.spine.levels import AXES, point_above
from panjabi.spine.loads import (
    DeadLoad,
    ExternalLoads,
    FollowerLoad,
    LevelMoment,
    Load,
    LoadData,
    Potential,
    vertical,
)
from panjabi.spine.model import Spine


@dataclass(frozen=True, eq=False, repr=False)
class PassiveSpine(ShortRepr):
    """View of the passive parts of a spine at rest; made by `passive_view`.

    The potential is that of the parts of the spine: relaxed units under their constant preload,
    laws of joints, weight and elements. Vectors z (n,) are the free coordinates of the spine.
    """

    spine: Spine

    # --- levels ---------------------------------------------------------------------------

    @cached_property
    def joints(self) -> tuple[PassiveJoint | LawJoint, ...]:
        """Joints with a law, from below."""
        laws = [e for e in self.spine.elements if isinstance(e, LawJoint)]
        index = self.spine.body.coordinate_index
        return tuple(sorted((*self.spine.joints, *laws), key=lambda j: index(j.coordinates[0])))

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels from below."""
        return tuple(j.level if isinstance(j, LawJoint) else j.unit.level for j in self.joints)

    @property
    def laws(self) -> tuple[JointLaw, ...]:
        """Law or unit of every level from below."""
        return tuple(j.law if isinstance(j, LawJoint) else j.unit for j in self.joints)

    @property
    def name(self) -> str:
        """ "spine from L5-S1 to L1-L2", for messages."""
        return "spine from " + " to ".join(dict.fromkeys((self.levels[0], self.levels[-1])))

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """(levels, 3) index of each angle among the free coordinates, -1 where it is fixed."""
        return np.array([self.spine.place_of(j.coordinates) for j in self.joints], np.int64)

    @cached_property
    def fixed(self) -> Floats:
        """(levels, 3) values of the fixed angles [rad]."""
        still = np.zeros(len(self.spine.free))
        return np.array([self.spine.seen_by(j, still, still)[0] for j in self.joints])

    @property
    def axes(self) -> tuple[str, ...]:
        """Axes about which any level is free."""
        return tuple(a for a, k in zip(AXES, self.place.T, strict=True) if (k >= 0).any())

    def level_index(self, level: str) -> int:
        """Index of a level by name, from below."""
        if level not in self.levels:
            raise unknown("level", level, self.levels)
        return self.levels.index(level)

    def start(self) -> Floats:
        """The posture of the spine, (n,)."""
        return self.spine.dynamics.part(self.spine.dynamics.held)

    def angles(self, z: ArrayLike) -> Floats:
        """Angles of every level, (levels, 3) [rad]."""
        return np.where(self.place >= 0, self._checked(z)[self.place], self.fixed)

    # --- chain ----------------------------------------------------------------------------

    @cached_property
    def chain(self) -> tuple[int, ...]:
        """Indices of the bodies: the fixed one below, then the upper body of every level."""
        body = self.spine.body
        first = [body.coordinate_index(j.coordinates[0]) for j in self.joints]
        dofs = [int(np.flatnonzero(body.tree.coordinate == k)[0]) for k in first]
        upper = [int(np.searchsorted(body.tree.first, e, "right")) - 1 for e in dofs]
        chain = (int(body.tree.parent[upper[0]]), *upper)
        if any(body.tree.parent[b] != a for a, b in zip(chain, upper, strict=False)):
            raise PostureError(
                "Expected levels in which each body is the parent of the next, got "
                f"{', '.join(body.names[b] for b in chain)}, which are no chain in this body; "
                "choose neighbouring levels."
            )
        return chain

    @property
    def bodies(self) -> tuple[str, ...]:
        """Names of the bodies of the chain, the fixed one first."""
        return tuple(self.spine.body.names[b] for b in self.chain)

    @cached_property
    def load_point(self) -> Floats:
        """(3,) the joint above the topmost body, or its centre of mass, in that body [m]."""
        return point_above(self.spine.body, self.chain[-1])

    @cached_property
    def guides(self) -> tuple[Integers, Floats]:
        """Guides of a follower cable: rigid bodies of the mechanism, and points (k, 3) there [m].

        Midway between the joints of each body, also for the top; on the fixed body at its joint.
        The cable of a straight spine then passes every joint and compresses without bending.
        """
        tree, upper = self.spine.body.tree, list(self.chain[1:])
        ends = np.vstack([tree.loc[upper[1:]], self.load_point])
        points = [tree.loc[upper[0]], *(0.5 * (tree.child_loc[upper] + ends))]
        placed = [
            self.spine.dynamics.carried(name, point)
            for name, point in zip(self.bodies, points, strict=True)
        ]
        return np.array([b for b, _ in placed], np.int64), np.array([x for _, x in placed])

    def joint_centres(self, z: ArrayLike) -> Floats:
        """World positions of the joints from below, then of the load point, (levels + 1, 3) [m]."""
        body = self.spine.body
        poses = body.poses(self.spine.dynamics.whole(self._checked(z)))
        points = [body.joint_centre(poses, name) for name in self.bodies[1:]]
        return np.array([*points, body.point(poses, self.bodies[-1], self.load_point)])

    # --- potential ------------------------------------------------------------------------

    def load_potential(self, z: ArrayLike, loads: Load | Iterable[Load]) -> Potential:
        """Potential of loads alone; a factor on the loads is a factor on it."""
        return external_loads(self.spine, loads).potential(self._checked(z))

    def potential(
        self, z: ArrayLike, loads: Load | Iterable[Load] | ExternalLoads | None = None
    ) -> Potential:
        """Potential of the passive parts of the spine, and of loads on it, at z (n,).

        Raises
        ------
        ParameterError
            For a spine with muscles, with units that follow the compression of their level, or with
            a part that has no potential.
        """
        q, units = self._checked(z), self._units
        m, n = len(units.angle), len(q)
        energy, moment, blocks = np.empty(m), np.empty((m, 3)), np.empty((m, 3, 3))
        angles = np.where(units.angle >= 0, q[units.angle], units.fixed)
        evaluate_units(*units.stacked, angles, energy, moment, blocks)
        value = float(energy.sum())
        gradient, hessian = np.zeros(n), np.zeros((n, n))
        np.add.at(gradient, units.row, moment[units.free])
        np.add.at(hessian.reshape(-1), units.entry, blocks[units.block])
        for element in self._others:
            x = self.spine.seen_by(element, q, q)[0]
            at = self.spine.place_of(element.coordinates)
            free, rest = at >= 0, (np.zeros_like(x), np.zeros(element.states), np.empty(0))
            stored = element.energy(x)
            if stored is None:
                raise ParameterError(
                    "Expected a spine whose parts have a potential, got a "
                    f"{type(element).__name__}, which has none; use equilibrium(spine) and its "
                    "spectrum."
                )
            value += stored
            np.subtract.at(gradient, at[free], np.asarray(element.force(x, *rest))[free])
            tangent = np.asarray(element.tangent(x, *rest))[np.ix_(free, free)]
            np.add.at(hessian, np.ix_(at[free], at[free]), tangent)
        if loads is not None:
            fitted = isinstance(loads, ExternalLoads)
            external = (loads if fitted else external_loads(self.spine, loads)).potential(q)
            value += external.value
            gradient += external.gradient
            hessian += external.hessian
        return Potential(value, gradient, hessian)

    @cached_property
    def _others(self) -> tuple[ForceElement, ...]:
        """Elements and, where it acts, the weight."""
        dynamics, n = self.spine.dynamics, len(self.spine.free)
        if not np.any(dynamics.gravity):
            return self.spine.elements
        rigid = dynamics.mechanism
        force = rigid.mass[:, None] * np.asarray(dynamics.gravity)
        none = np.empty(0, np.int64), np.empty((0, 3)), 0.0, np.zeros(n)
        data = LoadData(np.arange(len(rigid.mass)), rigid.com, force, *none)
        weight = ExternalLoads((), self.spine.free, rigid.tree, data)
        return (*self.spine.elements, weight)

    @cached_property
    def _units(self) -> _Units:
        if self.spine.muscles is not None or self.spine.pressed:
            raise ParameterError(
                "Expected a spine without muscles whose units keep their preload, got one "
                f"{'with muscles' if self.spine.muscles else 'whose units follow compression'}; "
                "make it with column, or with units=UnitOptions(preload=0.0)."
            )
        joints, still = self.spine.joints, np.zeros(len(self.spine.free))
        angle = np.array([self.spine.place_of(j.coordinates) for j in joints], np.int64)
        fixed = np.array([self.spine.seen_by(j, still, still)[0] for j in joints])
        angle, fixed = angle.reshape(-1, 3), fixed.reshape(-1, 3)
        free = angle >= 0
        block = free[:, :, None] & free[:, None, :]
        entry = (len(still) * angle[:, :, None] + angle[:, None, :])[block]
        return _Units(
            stack([j.unit for j in joints]), angle, fixed, free, block, angle[free], entry
        )

    # --- failure --------------------------------------------------------------------------

    def outside_evidence(self, z: ArrayLike) -> tuple[str, ...]:
        """Loads on units at z (n,) that leave the published tests, in words."""
        return tuple(words for unit, a in self._bent(z) for words in unit.outside_evidence(a))

    def beyond_failure(self, z: ArrayLike) -> tuple[str, ...]:
        """The angles among them at which a unit fails; its law does not hold there."""
        if self._intact(z):
            return ()
        return tuple(words for unit, a in self._bent(z) for words in unit.beyond_failure(a))

    def check(self, z: ArrayLike) -> None:
        """Raise ParameterError if a unit is bent beyond failure at z (n,)."""
        if not self._intact(z):
            self.spine.check(self._checked(z))

    def _intact(self, z: ArrayLike) -> bool:
        angles, ends = self.angles(z), (1.0 + ROUNDING) * self._failure
        return bool(((-ends[..., 0] <= angles) & (angles <= ends[..., 1])).all())

    @cached_property
    def _failure(self) -> Floats:
        """Angles of failure in both senses (levels, 3, 2) [rad]; infinite for other laws."""
        return np.array(
            [law.failure if isinstance(law, FunctionalSpinalUnit) else NEVER for law in self.laws]
        )

    def _bent(self, z: ArrayLike) -> list[tuple[FunctionalSpinalUnit, Floats]]:
        """The laws that are functional spinal units, each with its angles (3,) [rad]."""
        pairs = zip(self.laws, self.angles(z), strict=True)
        return [(law, a) for law, a in pairs if isinstance(law, FunctionalSpinalUnit)]

    def _checked(self, z: ArrayLike) -> Floats:
        array, n = np.ascontiguousarray(z, float), len(self.spine.free)
        if array.shape != (n,) or not np.isfinite(array).all():
            raise ParameterError(
                f"Expected finite angles in rad of shape ({n},) for the {self.name}, "
                f"got shape {array.shape}; start from passive_view(spine).start()."
            )
        return array


class _Units(NamedTuple):
    """The units of a spine for one compiled call, and where their moments go."""

    stacked: tuple[NDArray[np.int64], NDArray[np.int64], Floats]
    angle: NDArray[np.int64]  # (units, 3) free coordinate of each angle, -1 if fixed
    fixed: Floats  # (units, 3) [rad]
    free: NDArray[np.bool_]  # (units, 3)
    block: NDArray[np.bool_]  # (units, 3, 3) entries of the tangents in the Hessian
    row: NDArray[np.int64]
    entry: NDArray[np.int64]  # of the flat Hessian


@lru_cache(maxsize=16)
def passive_view(spine: Spine) -> PassiveSpine:
    """The passive parts of a spine at rest: their potential, and the chain of levels."""
    return PassiveSpine(spine)


def top_load(spine: Spine, force: float = 1.0) -> DeadLoad:
    """A dead weight [N] on the topmost body, pulling down in the world."""
    passive = passive_view(spine)
    return vertical([passive.bodies[-1]], [passive.load_point], [force])


def own_weight(spine: Spine) -> DeadLoad:
    """Weight of every body above the fixed one, with all that it carries."""
    passive, dynamics = passive_view(spine), spine.dynamics
    on, rigid, upper = dynamics.carriers, dynamics.mechanism, list(passive.chain[1:])
    carrier = on.carrier[upper]
    points = np.einsum("bji,bj->bi", on.rotation[upper], rigid.com[carrier] - on.place[upper])
    return vertical(passive.bodies[1:], points, STANDARD_GRAVITY * rigid.mass[carrier])


def external_loads(spine: Spine, loads: Load | Iterable[Load]) -> ExternalLoads:
    """Loads as a part that fits a spine.

    Raises
    ------
    UnknownNameError
        For a body that does not exist.
    ParameterError
        For anything but a load of this module.
    """
    load_list = (loads,) if isinstance(loads, Load) else tuple(loads)
    bodies: list[int] = []
    points, forces = [np.empty((0, 3))], [np.empty((0, 3))]
    tension, moment = 0.0, np.zeros(len(spine.free))
    for load in load_list:
        if isinstance(load, DeadLoad):
            placed = [
                spine.dynamics.carried(body, point)
                for body, point in zip(load.bodies, load.points, strict=True)
            ]
            bodies += [b for b, _ in placed]
            points.append(np.array([point for _, point in placed]).reshape(-1, 3))
            forces.append(load.forces)
        elif isinstance(load, FollowerLoad):
            tension += load.tension
        elif isinstance(load, LevelMoment):
            at = passive_view(spine).place[:, AXES.index(load.axis)]
            moment[at[at >= 0]] += load.moment
        else:
            raise ParameterError(
                f"Expected a DeadLoad, FollowerLoad or LevelMoment, got {load!r}; use one of these "
                "from panjabi.spine."
            )
    guides = passive_view(spine).guides if tension else (np.empty(0, np.int64), np.empty((0, 3)))
    data = LoadData(
        np.array(bodies, np.int64),
        np.concatenate(points),
        np.concatenate(forces),
        *guides,
        tension,
        moment,
    )
    return ExternalLoads(load_list, spine.free, spine.dynamics.mechanism.tree, data)


def with_loads(spine: Spine, *loads: Load) -> Spine:
    """The spine with constant loads as a further part: in equilibrium, spectrum and every run.

    Raises
    ------
    ParameterError
        For a spine whose units follow the compression of their level, which would not include
        these loads.
    """
    if spine.pressed:
        raise ParameterError(
            "Expected a spine whose units keep their preload, got one whose units follow the "
            "compression of their level; make it with UnitOptions(preload=...), or give a "
            "ForceStep to equilibrium and simulate."
        )
    return spine.with_elements(external_loads(spine, loads))
