"""Muscles of an OpenSim file: constants of fibre and tendon, path points, and path length.

Path points may be conditional on the posture, or move with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.body.muscles import Fibre, Muscle, PathArrays, path_arrays
from panjabi.body.poses import Poses, touched
from panjabi.body.tree import Floats
from panjabi.body.wrapping import Surface, Wrap
from panjabi.io.findings import Findings, NotUnderstood
from panjabi.io.functions import Chain, Function, named_function, series
from panjabi.io.markup import Element, as_number
from panjabi.io.osim_bodies import Frames
from panjabi.io.osim_joints import CoordinateNames, OsimCoordinate, chain
from panjabi.io.osim_wraps import read_wraps
from panjabi.parameter import USER
from panjabi.results import ShortRepr

KINDS = (
    "Millard2012EquilibriumMuscle",
    "Thelen2003Muscle",
    "DeGrooteFregly2016Muscle",
    "RigidTendonMuscle",
)
DEPRECATED = "_Deprecated"  # types with another force-velocity law and without these defaults
OPENSIM_DEFAULT = {  # of properties that are not in the file
    "max_isometric_force": 1000.0,
    "optimal_fiber_length": 0.1,
    "tendon_slack_length": 0.2,
    "pennation_angle_at_optimal": 0.0,
    "max_contraction_velocity": 10.0,
}


_EVERY_MUSCLE = """appliesForce isDisabled ignore_activation_dynamics ignore_tendon_compliance
    max_control min_control optimal_force default_activation default_fiber_length
    activation_time_constant deactivation_time_constant minimum_activation maximum_pennation_angle
    fiber_damping"""
_OF_TYPE = {
    "Millard2012EquilibriumMuscle": "",
    "Thelen2003Muscle": "Af Flen FmaxMuscleStrain FmaxTendonStrain KshapeActive KshapePassive "
    "fv_linear_extrap_threshold Vmax Vmax0 damping",
    "DeGrooteFregly2016Muscle": "activation_dynamics_smoothing active_force_width_scale "
    "default_normalized_tendon_force ignore_passive_fiber_force tendon_compliance_dynamics_mode "
    "passive_fiber_strain_at_one_norm_force tendon_strain_at_one_norm_force",
    "RigidTendonMuscle": "",
}
_OF_OTHERS = "activation1 activation2 damping mass time_scale Vmax Vmax0 " + " ".join(
    _OF_TYPE.values()
)
_CURVES = {
    "ActiveForceLengthCurve": "max_norm_active_fiber_length min_norm_active_fiber_length "
    "minimum_value shallow_ascending_slope transition_norm_fiber_length",
    "FiberForceLengthCurve": "curviness stiffness_at_low_force stiffness_at_one_norm_force "
    "strain_at_one_norm_force strain_at_zero_force",
    "ForceVelocityCurve": "concentric_curviness concentric_slope_at_vmax "
    "concentric_slope_near_vmax eccentric_curviness eccentric_slope_at_vmax "
    "eccentric_slope_near_vmax isometric_slope max_eccentric_velocity_force_multiplier",
    "TendonForceLengthCurve": "curviness norm_force_at_toe_end stiffness_at_one_norm_force "
    "strain_at_one_norm_force",
}
"""Properties of OpenSim's muscles and their curves in addition to the five above."""
EDGE = 1e-5  # OpenSim keeps a conditional point this far beyond its range [rad or m]


@dataclass(frozen=True, eq=False)
class PathPoint:
    """A point of a path: fixed to a body, conditional on a range, or moving with coordinates."""

    name: str
    body: str
    local: Floats  # (3,) [m]; for a moving point its constant part
    condition: str | None = None  # coordinate that must be in `range` for the point to be active
    range: tuple[float, float] = (-np.inf, np.inf)
    moves: tuple[tuple[Floats, str, Function], ...] = ()  # axis in the body, coordinate, shift [m]


@dataclass(frozen=True, eq=False, repr=False)
class OsimMuscle(ShortRepr):
    """Path and constants of a muscle, as in the file."""

    name: str
    kind: str  # the element, Thelen2003Muscle or another
    points: tuple[PathPoint, ...]
    max_force: float  # [N]
    optimal_fibre_length: float  # [m]
    tendon_slack_length: float  # [m]
    pennation: float  # at optimal length [rad]
    max_contraction_velocity: float  # [optimal lengths/s]; unused where the type is deprecated
    constants: Mapping[str, float]  # other properties by their OpenSim names, of curves as A.b
    wraps: tuple[Wrap, ...]
    straight: tuple[str, ...]  # wrapping surfaces that are left out
    line: int

    @property
    def fixed(self) -> bool:
        """Whether every point is fixed to a body and always active."""
        return all(p.condition is None and not p.moves for p in self.points)


def read_muscles(
    elements: Iterable[Element],
    frames: Frames,
    names: CoordinateNames,
    surfaces: Mapping[str, Surface],
    findings: Findings,
) -> list[OsimMuscle]:
    """The muscles among the elements, in their order.

    Raises
    ------
    DataFileError
        If two muscles have the same name, a value is impossible, a point refers to an unknown body
        or coordinate, or a path has fewer than two points.
    """
    muscles: dict[str, OsimMuscle] = {}
    for element in elements:
        if "Muscle" not in element.tag:
            continue
        if element.name in muscles:
            raise element.wrong(
                "a name that no other muscle has", "the name of another muscle", "rename one"
            )
        muscle = _muscle(element, frames, names, surfaces, findings)
        if muscle is not None:
            muscles[muscle.name] = muscle
    kept = Counter(key for muscle in muscles.values() for key in muscle.constants)
    if kept:
        counted = ", ".join(f"{key} ({n})" for key, n in sorted(kept.items()))
        findings.note(f"stored as constants of muscles, but not used: {counted}")
    return list(muscles.values())


def _muscle(
    element: Element,
    frames: Frames,
    names: CoordinateNames,
    surfaces: Mapping[str, Surface],
    findings: Findings,
) -> OsimMuscle | None:
    """A muscle, or None if its path is of unknown type (it is then listed)."""
    element.take()
    path = element.first("GeometryPath")
    if path is None:
        findings.leave_out(element, "only a <GeometryPath> is understood as a path", "the muscle")
        return None
    points = [
        _point(p, frames, names, findings, element.name)
        for p in path.members("PathPointSet")
        if p.tag in ("PathPoint", "ConditionalPathPoint", "MovingPathPoint")
    ]
    if len(points) < 2:
        raise element.wrong(
            "two path points or more", f"{len(points)}", "add points or remove the muscle"
        )
    wraps, straight = read_wraps(path, element.name, len(points), surfaces, findings)
    numbers = {key: element.number(key, default=v) for key, v in OPENSIM_DEFAULT.items()}
    _check(element, numbers)
    if element.tag not in KINDS:
        findings.not_understood.append(
            NotUnderstood(
                element.written,
                element.name,
                element.line,
                "the force law of this type of muscle is not known; path and constants are read",
                f"force of {element.name}",
            )
        )
    if element.truth("isDisabled", default=False) or not element.truth(
        "appliesForce", default=True
    ):
        findings.note(f"{element.name} is switched off in the file, but is read")
    return OsimMuscle(
        element.name,
        element.tag,
        tuple(points),
        numbers["max_isometric_force"],
        numbers["optimal_fiber_length"],
        numbers["tendon_slack_length"],
        numbers["pennation_angle_at_optimal"],
        numbers["max_contraction_velocity"],
        _constants(element),
        wraps,
        straight,
        element.line,
    )


def _check(element: Element, numbers: Mapping[str, float]) -> None:
    positive = ["optimal_fiber_length"]
    if not element.tag.endswith(DEPRECATED):
        positive.append("max_contraction_velocity")
    for key, value in numbers.items():
        if key in positive and value <= 0.0:
            raise element.wrong(f"a positive {key}", f"{value:g}", "correct it")
        if value < 0.0 and key != "pennation_angle_at_optimal":
            raise element.wrong(f"a {key} of zero or more", f"{value:g}", "correct it")
    pennation = numbers["pennation_angle_at_optimal"]
    if not 0.0 <= pennation < np.pi / 2.0:
        raise element.wrong(
            "a pennation_angle_at_optimal from 0 to below pi/2 rad",
            f"{pennation:g}",
            "correct it; it may be in degrees",
        )


def _point(
    element: Element, frames: Frames, names: CoordinateNames, findings: Findings, muscle: str
) -> PathPoint:
    element.take()
    frame = frames.find(element.text_of("socket_parent_frame", "body"), element)
    if element.tag != "MovingPathPoint":
        local = np.array(element.numbers("location", count=3))
        at = frame.position + frame.rotation @ local
        if element.tag == "PathPoint":
            return PathPoint(element.name, frame.body, at)
        low, high = element.numbers("range", count=2)
        name = names.find(element.text_of("socket_coordinate", "coordinate"), element)
        return PathPoint(element.name, frame.body, at, name, (low, high))
    at, moves = frame.position.copy(), []
    element.first("location")  # OpenSim 3 writes this element but does not use it
    for axis, letter in zip(frame.rotation.T, "xyz", strict=True):
        affects = f"length and moment arms of {muscle}"
        function = named_function(element, f"{letter}_location", findings, affects)
        stated = element.text_of(f"socket_{letter}_coordinate", f"{letter}_coordinate")
        if function is None or function.degree == 0:
            at += axis * (0.0 if function is None else function(0.0))
        else:
            moves.append((axis, names.find(stated, element), function))
    return PathPoint(element.name, frame.body, at, moves=tuple(moves))


def _constants(element: Element) -> dict[str, float]:
    """Other properties of OpenSim's muscle of this type; true is 1.

    Elements that are no property of this type stay unused, so that they are listed.
    """
    known = set((_EVERY_MUSCLE + " " + _OF_TYPE.get(element.tag, _OF_OTHERS)).split())
    constants: dict[str, float] = {}
    for child in element.children:
        if not any(e.text.strip() for e in child.walk()):
            child.used = True
        elif child.tag in known:
            _keep(constants, child, child.tag)
        elif child.tag in _CURVES:
            child.used = True
            for leaf in child.children:
                if leaf.tag in _CURVES[child.tag].split():
                    _keep(constants, leaf, f"{child.tag}.{leaf.tag}")
    return constants


def _keep(constants: dict[str, float], element: Element, key: str) -> None:
    word = element.text.strip().lower()
    value = float(word == "true") if word in ("true", "false") else as_number(word)
    if not np.isnan(value):
        element.used = True
        constants[key] = value


# --- lengths and moment arms ---------------------------------------------------------------


@dataclass(frozen=True, eq=False, repr=False)
class Paths(ShortRepr):
    """All path points as arrays, and how some of them depend on the posture."""

    everywhere: PathArrays  # all points as if always active, moving points without their motion
    conditions: tuple[tuple[int, int, Chain, float, float], ...]  # point, free coordinate, ...
    moves: tuple[tuple[int, Floats, int, Chain], ...]  # point, axis, free coordinate, shift

    def at(self, q: Floats) -> PathArrays:
        """The active points at q, at their positions."""
        if not self.conditions and not self.moves:
            return self.everywhere
        local = self.everywhere.local.copy()
        for p, axis, k, functions in self.moves:
            local[p] += axis * series(functions, q[k])[0]
        return self._kept(local, self.there(q))

    def there(self, q: Floats) -> NDArray[np.bool_]:
        """Whether each point is active at q, (points,)."""
        there = np.ones(len(self.everywhere.body), bool)
        for p, k, functions, low, high in self.conditions:
            there[p] = low - EDGE <= series(functions, q[k])[0] <= high + EDGE
        return there

    def _kept(self, local: Floats, there: NDArray[np.bool_]) -> PathArrays:
        before = np.concatenate([[0], np.cumsum(there)])  # active points before each point
        wraps = self.everywhere.wraps
        if wraps is not None:  # the range of a wrap reaches from its first to its last active point
            first, last = before[wraps.first], before[wraps.last + 1] - 1
            wraps = wraps._replace(first=first, last=last)
        return PathArrays(
            before[self.everywhere.start], self.everywhere.body[there],
            np.ascontiguousarray(local[there]), wraps,
        )  # fmt: skip

    def add_motion(self, q: Floats, poses: Poses, slope: Floats) -> None:
        """Add the effect of points that move in their bodies to d(length)/dq, (nm, nq)."""
        if not self.moves:
            return
        there = self.there(q)
        arrays = self.at(q)
        place = np.cumsum(there) - 1  # index of a point among the active points
        if arrays.wraps is not None:
            arrays = touched(arrays, poses)
            tangent = np.flatnonzero(arrays.wrap >= 0)
            own = np.delete(np.arange(len(arrays.body)), [*tangent, *(tangent + 1)])
            place = own[place]
        world = np.einsum("pij,pj->pi", poses.R[arrays.body], arrays.local) + poses.t[arrays.body]
        for p, axis, k, functions in self.moves:
            m = int(np.searchsorted(self.everywhere.start, p, side="right")) - 1
            n = place[p]
            direction = poses.R[arrays.body[n]] @ axis
            pull = np.zeros(3)
            for other in (n - 1, n + 1):
                if arrays.start[m] <= other < arrays.start[m + 1]:
                    away = world[n] - world[other]
                    distance = float(np.linalg.norm(away))
                    if distance > 0.0:  # coincident points have no direction, as in the kernels
                        pull += away / distance
            slope[m, k] += (pull @ direction) * series(functions, q[k])[1]


def build_paths(
    muscles: Sequence[OsimMuscle],
    names: tuple[str, ...],
    coordinates: Mapping[str, OsimCoordinate],
    free: Sequence[str],
    surfaces: Mapping[str, Surface],
) -> Paths:
    """Path points of the muscles as arrays, in the order of the muscles."""
    conditions, moves = [], []
    points = [p for m in muscles for p in m.points]
    for i, point in enumerate(points):
        if point.condition is not None:
            name, functions = chain(coordinates, point.condition)
            conditions.append((i, free.index(name), functions, *point.range))
        for axis, coordinate, function in point.moves:
            name, functions = chain(coordinates, coordinate)
            moves.append((i, axis, free.index(name), (*functions, function)))
    arrays = path_arrays([as_muscle(m) for m in muscles], names, surfaces)
    return Paths(arrays, tuple(conditions), tuple(moves))


def as_muscle(
    muscle: OsimMuscle,
    bodies: tuple[str, ...] = (),
    points: Floats | None = None,
    wraps: tuple[Wrap, ...] | None = None,
) -> Muscle:
    """The muscle as a record of the body, with this path or with all points of the file."""
    note = "" if muscle.fixed else "conditional and moving points as in the default posture"
    if muscle.straight:
        note = f"{note}; straight instead of over {', '.join(muscle.straight)}".lstrip("; ")
    fibre = Fibre(
        muscle.max_force,
        muscle.optimal_fibre_length,
        muscle.tendon_slack_length,
        muscle.pennation,
        None,
        USER,
        "assumed",
        f"{muscle.kind} of the file read",
    )
    return Muscle(
        muscle.name,
        muscle.name,
        group="",
        region="",
        bodies=bodies or tuple(p.body for p in muscle.points),
        points=np.array([p.local for p in muscle.points]) if points is None else points,
        fibres={"osim": fibre},
        path_note=note,
        wraps=muscle.wraps if wraps is None else wraps,
    )
