"""A spine at rest: moments that its muscles must provide, and stiffness without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from numbers import Real

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.abdominal_pressure import AbdominalPressure
from panjabi.active.musculotendon import Musculotendon
from panjabi.body.gravity import STANDARD_GRAVITY, gravity_energy
from panjabi.body.joint_force_kernels import disc_axes, discs_of
from panjabi.body.kernels import load_gradient, load_hessian
from panjabi.body.model import Body
from panjabi.body.poses import Poses, tree_poses
from panjabi.body.scaling import size_outside_evidence
from panjabi.elements import ForceElement
from panjabi.errors import ParameterError, unknown
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.parameter import Parameter, assumed
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.sizing import require_sized
from panjabi.results import ShortRepr
from panjabi.spine.force_closure import UnitForces
from panjabi.spine.levels import levels_of, point_above, vertebrae_of
from panjabi.spine.muscle_state import MuscleState
from panjabi.spine.muscles_at import muscles_at
from panjabi.tissue.evidence import fibre_range

Floats = NDArray[np.float64]

LEVELS = levels_of("thoracolumbar")[:6]
"""L5-S1 to T12-L1: the joints between pelvis and a rigid thorax, from below."""

NO_INPUTS = np.empty(0)


@cache
def load_range() -> EvidenceRange:
    """Mass in the hands [kg], up to the lifts whose muscle activity was recorded."""
    lifts = row("emg_ql_lift70")
    return EvidenceRange(
        "mass in the hands",
        Parameter(70.0, "kg", lifts.bib, "measured", lifts.quantity),
        assumed(500.0, "kg", "heaviest deadlifts, rounded; recalled"),
    )


@dataclass(frozen=True)
class HeldLoad:
    """A mass that moves with the thorax, by default at the centre of trunk, arms and head."""

    mass: float  # [kg]
    place: tuple[float, float, float] | None = None  # in the frame of T12 [m]
    extrapolate: bool = False  # allows a mass that nobody has lifted

    def __post_init__(self) -> None:
        number = isinstance(self.mass, Real)
        if not (number and np.isfinite(self.mass) and self.mass >= 0.0):
            raise ParameterError(
                f"Expected HeldLoad.mass of 0 kg or more, got {self.mass!r} kg; leave the load "
                "out if there is none."
            )
        if self.place is not None and not (np.shape(self.place) == (3,) and _finite(self.place)):
            raise ParameterError(
                "Expected HeldLoad.place as three finite numbers in m in the frame of T12, got "
                f"{self.place!r}; leave it out for the centre of trunk, arms and head."
            )
        if not self.extrapolate:
            self.evidence["mass"].check(self.mass, "a person")

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the mass [kg]."""
        return {"mass": load_range()}

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Description of a mass that leaves the evidence, or ()."""
        return self.evidence["mass"].outside([self.mass], ["load"])


@dataclass(frozen=True, eq=False, repr=False)
class PotentialTerm(ShortRepr):
    """One part of the potential at the posture: its slope and its curvature."""

    gradient: Floats  # (n,) [N m]
    hessian: Floats  # (n, n) [N m/rad]


@dataclass(frozen=True, eq=False, repr=False)
class StaticSpine(ShortRepr):
    """The equations of a `Spine` at rest in one posture; immutable. Made by `static_view`.

    Coordinates are those of the spine, in its order, signs of the body. The potential is that of
    units under frozen preload, weight, held load, elements and muscles; all terms are exact. The
    Hessian is the fast one: branches and friction of the units follow a quick motion like springs.
    """

    body: Body
    q: Floats  # (nq,) posture of the whole body
    coordinates: tuple[str, ...]  # (n,) that are free
    units: tuple[FunctionalSpinalUnit, ...]  # from below, each with its preload
    muscles: MuscleState
    tendons: Musculotendon  # of these muscles, for other postures
    load: HeldLoad = field(default_factory=lambda: HeldLoad(0.0))  # besides the mass of the body
    neutral: Floats = field(default_factory=lambda: np.zeros(3))  # (levels, 3) see `PassiveJoint`
    closing: UnitForces | None = None  # of sacroiliac joints
    elements: tuple[ForceElement, ...] = ()  # without delay, the pressure in the abdomen for one
    push: Floats | None = None  # (n,) constant generalised force from outside [N m]
    pressed: Floats | None = None  # (levels, 3) force on each disc by it: forward, up, right [N]
    supported: bool = False  # lying: the ground carries every part, so gravity gives no moment
    subject: str = ""  # name of the `Subject` that it is of; "": none
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    def __post_init__(self) -> None:
        n = len(self.coordinates)
        if self.muscles.slope.shape[1] != n:
            raise ParameterError(
                f"Expected muscles over the {n} coordinates of this spine, got "
                f"{self.muscles.slope.shape[1]}; take them from the same spine."
            )
        if self.muscles.pull.shape[0] != len(self.units):
            raise ParameterError(
                f"Expected one unit for each of {self.muscles.pull.shape[0]} levels, got "
                f"{[u.level for u in self.units]}; give all of them from below."
            )
        for unit, angles in zip(self.units, self.angles, strict=True):
            require_sized(unit, self.body)
            unit.check(angles)

    def __repr__(self) -> str:
        held = f", {self.load.mass:g} kg held" if self.load.mass else ""
        fitted = "" if "extensor_factor" in self.parameters else " not calibrated"
        return (
            f"<{type(self).__name__}: {len(self.units)} levels, {len(self.muscles.names)} "
            f"muscles{fitted}{held}>"
        )

    # --- places ---------------------------------------------------------------------------

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels from below."""
        return tuple(u.level for u in self.units)

    def level_index(self, level: str) -> int:
        """Index of a level, from below.

        Raises
        ------
        UnknownNameError
            For a level that this spine does not have.
        """
        if level not in self.levels:
            raise unknown("level of this spine", level, self.levels)
        return self.levels.index(level)

    @cached_property
    def indices(self) -> NDArray[np.int64]:
        """Indices of the coordinates among those of the body."""
        return np.array([self.body.coordinate_index(c) for c in self.coordinates])

    @cached_property
    def place(self) -> NDArray[np.int64]:
        """(levels, 3) index of each angle of a level among the coordinates, -1 where held."""
        index = {name: k for k, name in enumerate(self.coordinates)}
        return np.array([[index.get(c, -1) for c in u.coordinates] for u in self.units])

    @cached_property
    def poses(self) -> Poses:
        return self.body.poses(self.q)

    @property
    def angles(self) -> Floats:
        """(levels, 3) angles of the units from their neutral positions [rad]"""
        where = [[self.body.coordinate_index(c) for c in u.coordinates] for u in self.units]
        return self.q[np.array(where)] - self.neutral

    @cached_property
    def above(self) -> NDArray[np.bool_]:
        """(levels, bodies) whether a body is above a level."""
        return bodies_above(self.body, self.levels)

    @cached_property
    def disc_axes(self) -> Floats:
        """(levels, 3, 3) forward, up and right of each disc, as rows in world axes."""
        discs = discs_of(self.body.names, [vertebrae_of(level) for level in self.levels])
        axes = np.empty((len(self.levels), 3, 3))
        for k in range(len(self.levels)):
            disc_axes(self.poses.R, discs, k, axes[k])
        return axes

    @cached_property
    def load_place(self) -> Floats:
        """World position of the held load [m]."""
        b = self.body.body_index("T12")
        return self.poses.R[b] @ place_of_load(self.body, self.load) + self.poses.t[b]

    def joint_centres(self, turned: ArrayLike | None = None) -> Floats:
        """(levels + 1, 3) the joints from below and the next place above them, in the world [m].

        turned : (n,) angles that are added to the posture [rad], a mode for example.
        """
        q = self.q.copy()
        if turned is not None:
            q[self.indices] += np.asarray(turned, float)
        poses = self.body.poses(q)
        uppers = [vertebrae_of(level)[0] for level in self.levels]
        places = [self.body.joint_centre(poses, name) for name in uppers]
        above = point_above(self.body, self.body.body_index(uppers[-1]))
        places.append(self.body.point(poses, uppers[-1], above))
        return np.array(places)

    def rotation(self, body: str, relative_to: str = "sacrum") -> Floats:
        """(3, n) rotation of a body relative to another per coordinate, world axes [1]."""
        jacobian = self.body.angular_jacobian
        turn = jacobian(self.poses, body) - jacobian(self.poses, relative_to)
        return turn[:, self.indices]

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Body size, held load, pressure, fibre lengths and loads on units that leave the tests."""
        pairs = zip(self.units, self.angles, strict=True)
        loads = tuple(words for unit, a in pairs for words in unit.outside_evidence(a))
        found = size_outside_evidence(self.body) + self.load.outside_evidence
        if self.pressure is not None:
            found += self.pressure.settings.outside_evidence
        return found + fibre_range().outside(self.muscles.fibre, self.muscles.names) + loads

    # --- terms of the potential -----------------------------------------------------------

    @cached_property
    def weight(self) -> PotentialTerm:
        """Weight of what the joints carry."""
        if self.supported:
            return self._none()
        energy = gravity_energy(self.body, self.poses, g=STANDARD_GRAVITY)
        return PotentialTerm(
            energy.gradient[self.indices], energy.hessian[np.ix_(self.indices, self.indices)]
        )

    @cached_property
    def carried_load(self) -> PotentialTerm:
        """The held load, with or without support of the body."""
        if self.load.mass == 0.0:
            return self._none()
        return self._force(
            "T12", self.load_place, np.array([0.0, STANDARD_GRAVITY * self.load.mass, 0.0])
        )

    @cached_property
    def passive(self) -> PotentialTerm:
        """Units without preload."""
        return self._units([u.with_preload(0.0) for u in self.units])

    @cached_property
    def preload(self) -> PotentialTerm:
        """Contribution of the frozen preload to the units."""
        whole, bare = self._units(self.units), self.passive
        return PotentialTerm(whole.gradient - bare.gradient, whole.hessian - bare.hessian)

    @cached_property
    def branches(self) -> PotentialTerm:
        """Branches and friction of the units, which hold like springs before they relax."""
        n = len(self.coordinates)
        hessian = np.zeros((n, n))
        for unit, place in zip(self.units, self.place, strict=True):
            for k, stiffness in zip(place, unit.branch_stiffness.sum(axis=1), strict=True):
                if k >= 0:
                    hessian[k, k] += stiffness
        return PotentialTerm(np.zeros(n), hessian)

    @property
    def pressure(self) -> AbdominalPressure | None:
        """The pressure in the abdomen, a strut in front of the spine."""
        return next((e for e in self.elements if isinstance(e, AbdominalPressure)), None)

    @cached_property
    def strut(self) -> PotentialTerm:
        """Pressure in the abdomen, at constant pressure."""
        return self._none() if self.pressure is None else self._element(self.pressure)

    @cached_property
    def others(self) -> PotentialTerm:
        """Elements other than the pressure in the abdomen, at rest."""
        total = self._none()
        for element in self.elements:
            if element is not self.pressure:
                term = self._element(element)
                total = PotentialTerm(total.gradient + term.gradient, total.hessian + term.hessian)
        return total

    @property
    def terms(self) -> dict[str, PotentialTerm]:
        """Every part of the potential but the muscles."""
        terms = {
            "passive": self.passive,
            "preload": self.preload,
            "branches": self.branches,
            "gravity": self.weight,
            "load": self.carried_load,
            "abdominal pressure": self.strut,
        }
        return (
            terms | {"elements": self.others} if len(self.elements) > bool(self.pressure) else terms
        )

    @property
    def demand(self) -> Floats:
        """Moment that the muscles must provide, (n,) [N m]: gradient of all else."""
        total = np.sum([t.gradient for t in self.terms.values()], axis=0)
        return total if self.push is None else total - self.push

    @property
    def constant(self) -> Floats:
        """Stiffness without the muscles, (n, n) [N m/rad]."""
        return np.sum([t.hessian for t in self.terms.values()], axis=0)

    # --- forces in the joints -------------------------------------------------------------

    def joint_forces(self, forces: ArrayLike) -> Floats:
        """(levels, 3) force on each disc from above: forward, up, right of the disc [N]."""
        total = np.einsum("lmk,m->lk", self.muscles.pull, self.muscles.checked(forces))
        if not self.supported:
            total[:, 1] -= STANDARD_GRAVITY * (self.above @ self.body.mass)
        carry = self.above[:, self.body.body_index("T12")]  # the load and the strut are at T12
        total[carry, 1] -= STANDARD_GRAVITY * self.load.mass
        if self.pressure is not None:
            push = strut_push(self.pressure, self._seen_by(self.pressure))
            total[carry] += push
        on_discs = np.einsum("lij,lj->li", self.disc_axes, total)
        return on_discs if self.pressed is None else on_discs + self.pressed

    def compression(self, forces: ArrayLike) -> Floats:
        """(levels,) along the axis of each disc, positive in compression [N].

        Of a sacroiliac joint: the normal force that closes it.
        """
        pressed = -self.joint_forces(forces)[:, 1]
        if self.closing is None:
            return pressed
        own = replace(self.closing, disc=np.arange(len(self.units)))
        return own.of(pressed, self.muscles.checked(forces))

    @property
    def compression_by_force(self) -> Floats:
        """(levels, m) change of the compression with each muscle force [1]."""
        per = -np.einsum("lj,lmj->lm", self.disc_axes[:, 1], self.muscles.pull)
        if self.closing is None:
            return per
        return self.closing.share[:, None] * per + self.closing.pull

    def shear(self, forces: ArrayLike) -> Floats:
        """(levels,) forward pull on the upper vertebra of each disc [N]."""
        return self.joint_forces(forces)[:, 0]

    # --- changed spines -------------------------------------------------------------------

    def moved(self, angles: ArrayLike) -> StaticSpine:
        """The same spine at other free coordinates (n,); preload and activations are kept.

        Raises
        ------
        ParameterError
            If muscles were taken out of the spine.
        """
        if self.muscles.names != self.tendons.muscles.names:
            raise ParameterError(
                "Expected all muscles of the spine, got a part of them; take a group away with a "
                "deficit of the musculature to move the spine without it."
            )
        at = np.asarray(angles, float)
        q = self.q.copy()
        q[self.indices] = at
        there = muscles_at(self.tendons, at, self.levels)
        kept = {name: getattr(self.muscles, name) for name in ("units", "most", "carried")}
        return replace(self, q=q, muscles=replace(there, **kept))

    def with_preload(self, forces: ArrayLike) -> StaticSpine:
        """The same spine with the units under other compressions, one for each level [N]."""
        compressions = np.maximum(np.asarray(forces, float), 0.0)
        units = [u.with_preload(p) for u, p in zip(self.units, compressions, strict=True)]
        return replace(self, units=tuple(units))

    def with_muscles(self, muscles: MuscleState) -> StaticSpine:
        """The same posture with other muscles."""
        return replace(self, muscles=muscles)

    def with_load(self, load: HeldLoad) -> StaticSpine:
        """The same posture with another held load."""
        return replace(self, load=load)

    def with_units(self, units: Sequence[FunctionalSpinalUnit]) -> StaticSpine:
        """The same posture with other units, for example injured ones."""
        return replace(self, units=tuple(units))

    # --- inside ---------------------------------------------------------------------------

    def _none(self) -> PotentialTerm:
        n = len(self.coordinates)
        return PotentialTerm(np.zeros(n), np.zeros((n, n)))

    def _units(self, units: Sequence[FunctionalSpinalUnit]) -> PotentialTerm:
        n = len(self.coordinates)
        gradient, hessian = np.zeros(n), np.zeros((n, n))
        for unit, angles, place in zip(units, self.angles, self.place, strict=True):
            _, moment, tangent = unit.evaluate(angles)
            free = place >= 0
            gradient[place[free]] += moment[free]
            hessian[np.ix_(place[free], place[free])] += tangent[np.ix_(free, free)]
        return PotentialTerm(gradient, hessian)

    def _seen_by(self, element: ForceElement) -> Floats:
        return self.q[[self.body.coordinate_index(c) for c in element.coordinates]]

    def _element(self, element: ForceElement) -> PotentialTerm:
        n = len(self.coordinates)
        gradient, hessian = np.zeros(n), np.zeros((n, n))
        q = self._seen_by(element)
        arguments = q, np.zeros_like(q), np.zeros(element.states), NO_INPUTS
        index = {name: k for k, name in enumerate(self.coordinates)}
        place = np.array([index.get(c, -1) for c in element.coordinates])
        free = place >= 0
        gradient[place[free]] -= np.asarray(element.force(*arguments))[free]
        tangent = np.asarray(element.tangent(*arguments))
        hessian[np.ix_(place[free], place[free])] += tangent[np.ix_(free, free)]
        return PotentialTerm(gradient, hessian)

    def _force(self, body: str, point: Floats, upward: Floats) -> PotentialTerm:
        """Energy force . x of a point of a body, in world axes."""
        poses, b = self.poses, self.body.body_index(body)
        F = np.zeros((len(self.body.names), 3))
        F[b] = upward
        D = np.zeros((len(self.body.names), 3, 3))
        D[b] = np.outer(point, upward)
        n = len(self.body.coordinates)
        gradient, hessian = np.empty(n), np.empty((n, n))
        axes = (poses.axis_world, poses.origin_world, poses.rate)
        load_gradient(self.body.tree, F, D, *axes, gradient)
        load_hessian(self.body.tree, F, D, *axes, poses.rate2, hessian)
        return PotentialTerm(gradient[self.indices], hessian[np.ix_(self.indices, self.indices)])


def bodies_above(body: Body, levels: Sequence[str]) -> NDArray[np.bool_]:
    """(levels, bodies) the upper vertebra of each level and all bodies attached to it."""
    above = np.zeros((len(levels), len(body.names)), bool)
    for k, level in enumerate(levels):
        above[k, body.body_index(vertebrae_of(level)[0])] = True
        for b in range(1, len(body.names)):  # parents come first
            above[k, b] |= above[k, body.tree.parent[b]]
    return above


def place_of_load(body: Body, load: HeldLoad) -> Floats:
    """Position of a load in T12 (3,) [m]; by default the centre of mass of all above L5-S1."""
    if load.place is not None:
        return np.array(load.place, float)
    b, standing = body.body_index("T12"), body.poses(body.zero())
    carried = tuple(n for n, a in zip(body.names, bodies_above(body, LEVELS)[0], strict=True) if a)
    world = body.centre_of_mass(standing, carried)
    return standing.R[b].T @ (world - standing.t[b])


def strut_push(pressure: AbdominalPressure, q: Floats) -> Floats:
    """(3,) force of the abdominal pressure on the thorax, world axes [N]; q (18,) [rad]."""
    tree, path = pressure.tree, pressure.path
    at = tree_poses(tree, np.ascontiguousarray(q, float))
    low, high = (at.R[b] @ x + at.t[b] for b, x in zip(path.body, path.local, strict=True))
    return pressure.settings.force * _unit(high - low)


def _finite(values: ArrayLike) -> bool:
    return bool(np.isfinite(np.asarray(values, float)).all())


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector)
