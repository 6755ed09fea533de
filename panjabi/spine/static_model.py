"""The static lumbar spine: moments that its muscles must provide, and stiffness without them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.abdominal_pressure import AbdominalPressure
from panjabi.body.gravity import STANDARD_GRAVITY, gravity_energy
from panjabi.body.joint_force_kernels import disc_axes, discs_of
from panjabi.body.kernels import load_gradient, load_hessian
from panjabi.body.model import Body
from panjabi.body.poses import Poses, tree_poses
from panjabi.body.scaling import size_outside_evidence
from panjabi.errors import ParameterError, unknown
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.parameter import Parameter, assumed
from panjabi.passive.directions import coordinate_names
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.sizing import require_sized
from panjabi.results import ShortRepr
from panjabi.spine.levels import levels_of, vertebrae_of
from panjabi.spine.muscle_state import MuscleState
from panjabi.tissue.evidence import fibre_range

Floats = NDArray[np.float64]

LEVELS = levels_of("thoracolumbar")[:6]
"""L5-S1 to T12-L1: the joints between pelvis and a rigid thorax, from below."""


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
        if not (np.isfinite(self.mass) and self.mass >= 0.0):
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
class StaticSpine:
    """A spine with fixed pelvis, six joints of three free angles, rigid above T12; immutable.

    Coordinates are (FE, LB, AR) of every level from below, signs of the body. The potential is that
    of units under frozen preload, weight, held load and muscles; all terms are exact.
    """

    body: Body
    q: Floats  # (nq,) posture of the whole body
    units: tuple[FunctionalSpinalUnit, ...]  # one per level, with its preload
    muscles: MuscleState
    load: HeldLoad = field(default_factory=lambda: HeldLoad(0.0))
    pressure: AbdominalPressure | None = None  # in the abdomen, a strut in front of the spine
    supported: bool = False  # lying: the ground carries every part, so gravity gives no moment
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    def __post_init__(self) -> None:
        if tuple(u.level for u in self.units) != LEVELS:
            raise ParameterError(
                f"Expected one unit of each of {LEVELS} in this order, got "
                f"{[u.level for u in self.units]}; give them from below."
            )
        if self.muscles.slope.shape[1] != 3 * len(LEVELS):
            raise ParameterError(
                f"Expected muscles over {3 * len(LEVELS)} coordinates, three for each level, "
                f"got {self.muscles.slope.shape[1]}; use the coordinates of `coordinates`."
            )
        for unit, angles in zip(self.units, self.angles, strict=True):
            require_sized(unit, self.body)
            unit.check(angles)

    def __repr__(self) -> str:
        held = f", {self.load.mass:g} kg held" if self.load.mass else ""
        fitted = "" if "extensor_factor" in self.parameters else " not calibrated"
        return (
            f"<StaticSpine: {len(LEVELS)} levels, {len(self.muscles.names)} muscles{fitted}{held}>"
        )

    # --- places ---------------------------------------------------------------------------

    @property
    def levels(self) -> tuple[str, ...]:
        return LEVELS

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the 18 coordinates, "L5_S1_FE" first."""
        return spine_coordinates()

    @cached_property
    def indices(self) -> NDArray[np.int64]:
        """Indices of the 18 coordinates among those of the body."""
        return np.array([self.body.coordinate_index(c) for c in self.coordinates])

    @cached_property
    def poses(self) -> Poses:
        return self.body.poses(self.q)

    @property
    def angles(self) -> Floats:
        """(levels, 3) [rad]"""
        return self.q[self.indices].reshape(-1, 3)

    @cached_property
    def above(self) -> NDArray[np.bool_]:
        """(levels, bodies) whether a body is above a level."""
        return bodies_above(self.body)

    @cached_property
    def disc_axes(self) -> Floats:
        """(levels, 3, 3) forward, up and right of each disc, as rows in world axes."""
        discs = discs_of(self.body.names, [vertebrae_of(level) for level in LEVELS])
        axes = np.empty((len(LEVELS), 3, 3))
        for k in range(len(LEVELS)):
            disc_axes(self.poses.R, discs, k, axes[k])
        return axes

    @cached_property
    def load_place(self) -> Floats:
        """World position of the held load [m]."""
        b = self.body.body_index("T12")
        return self.poses.R[b] @ place_of_load(self.body, self.load) + self.poses.t[b]

    def joint_centres(self, turned: ArrayLike | None = None) -> Floats:
        """(levels + 1, 3) the joints from below and the next one above T12, in the world [m].

        turned : (n,) angles that are added to the posture [rad], a mode for example.
        """
        q = self.q.copy()
        if turned is not None:
            q[self.indices] += np.asarray(turned, float)
        poses = self.body.poses(q)
        uppers = [level.split("-")[0] for level in LEVELS]
        return np.array([self.body.joint_centre(poses, name) for name in (*uppers, "T11")])

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
        return _units_term([u.with_preload(0.0) for u in self.units], self.angles)

    @cached_property
    def preload(self) -> PotentialTerm:
        """Contribution of the frozen preload to the units."""
        whole = _units_term(self.units, self.angles)
        bare = self.passive
        return PotentialTerm(whole.gradient - bare.gradient, whole.hessian - bare.hessian)

    @cached_property
    def strut(self) -> PotentialTerm:
        """Pressure in the abdomen, at constant pressure."""
        if self.pressure is None:
            return self._none()
        q, none = self.q[self.indices], np.zeros(len(self.indices))
        arguments = q, none, np.empty(0), np.empty(0)
        return PotentialTerm(-self.pressure.force(*arguments), self.pressure.tangent(*arguments))

    @property
    def terms(self) -> dict[str, PotentialTerm]:
        """Every part of the potential but the muscles."""
        return {
            "passive": self.passive,
            "preload": self.preload,
            "gravity": self.weight,
            "load": self.carried_load,
            "abdominal pressure": self.strut,
        }

    @property
    def demand(self) -> Floats:
        """Moment that the muscles must provide, (n,) [N m]: gradient of all other terms."""
        return np.sum([t.gradient for t in self.terms.values()], axis=0)

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
        total[:, 1] -= STANDARD_GRAVITY * self.load.mass
        if self.pressure is not None:
            total += strut_push(self.pressure, self.q[self.indices])
        return np.einsum("lij,lj->li", self.disc_axes, total)

    def compression(self, forces: ArrayLike) -> Floats:
        """(levels,) along the axis of each disc, positive in compression [N]."""
        return -self.joint_forces(forces)[:, 1]

    def shear(self, forces: ArrayLike) -> Floats:
        """(levels,) forward pull on the upper vertebra of each disc [N]."""
        return self.joint_forces(forces)[:, 0]

    # --- changed spines -------------------------------------------------------------------

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
        n = 3 * len(LEVELS)
        return PotentialTerm(np.zeros(n), np.zeros((n, n)))

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


def spine_coordinates() -> tuple[str, ...]:
    """The 18 coordinates of a `StaticSpine`, from below."""
    return tuple(name for level in LEVELS for name in coordinate_names(level))


def bodies_above(body: Body) -> NDArray[np.bool_]:
    """(levels, bodies) the upper vertebra of each level and all bodies attached to it."""
    above = np.zeros((len(LEVELS), len(body.names)), bool)
    for k, level in enumerate(LEVELS):
        above[k, body.body_index(level.split("-")[0])] = True
        for b in range(1, len(body.names)):  # parents come first
            above[k, b] |= above[k, body.tree.parent[b]]
    return above


def place_of_load(body: Body, load: HeldLoad) -> Floats:
    """Position of a load in T12 (3,) [m]; by default the centre of mass of all above L5-S1."""
    if load.place is not None:
        return np.array(load.place, float)
    b, standing = body.body_index("T12"), body.poses(body.zero())
    carried = tuple(n for n, a in zip(body.names, bodies_above(body)[0], strict=True) if a)
    world = body.centre_of_mass(standing, carried)
    return standing.R[b].T @ (world - standing.t[b])


def strut_push(pressure: AbdominalPressure, q: Floats) -> Floats:
    """(3,) force of the abdominal pressure on the thorax, world axes [N]; q (18,) [rad]."""
    tree, path = pressure.tree, pressure.path
    at = tree_poses(tree, np.ascontiguousarray(q, float))
    low, high = (at.R[b] @ x + at.t[b] for b, x in zip(path.body, path.local, strict=True))
    return pressure.settings.force * _unit(high - low)


def level_index(level: str) -> int:
    """Index of a level of a `StaticSpine`, from below."""
    if level not in LEVELS:
        raise unknown("level of the lumbar spine", level, LEVELS)
    return LEVELS.index(level)


def _units_term(units: Sequence[FunctionalSpinalUnit], angles: Floats) -> PotentialTerm:
    n = 3 * len(units)
    gradient, hessian = np.empty(n), np.zeros((n, n))
    for k, (unit, a) in enumerate(zip(units, angles, strict=True)):
        part = slice(3 * k, 3 * k + 3)
        _, gradient[part], hessian[part, part] = unit.evaluate(a)
    return PotentialTerm(gradient, hessian)


def _finite(values: ArrayLike) -> bool:
    return bool(np.isfinite(np.asarray(values, float)).all())


def _unit(vector: Floats) -> Floats:
    return vector / np.linalg.norm(vector)
