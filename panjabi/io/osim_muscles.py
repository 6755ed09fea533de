"""Muscles of an OpenSim file: points of the path and constants of fibre and tendon."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from panjabi.body.tree import Floats
from panjabi.errors import nearest
from panjabi.io.findings import Findings, NotUnderstood
from panjabi.io.functions import Piecewise, constant
from panjabi.io.markup import Element
from panjabi.io.osim_frames import Frames
from panjabi.io.osim_functions import named_function

KINDS = (
    "Millard2012EquilibriumMuscle",
    "Thelen2003Muscle",
    "DeGrooteFregly2016Muscle",
    "RigidTendonMuscle",
)
OPENSIM_DEFAULT = {  # of a property that is not written
    "max_isometric_force": 1000.0,
    "optimal_fiber_length": 0.1,
    "tendon_slack_length": 0.2,
    "pennation_angle_at_optimal": 0.0,
    "max_contraction_velocity": 10.0,
}


@dataclass(frozen=True, eq=False)
class PathPoint:
    """A point of a path: fixed to a body, there only in a range, or moving with coordinates."""

    name: str
    body: str
    local: Floats  # (3,) [m]; for a moving point its part that does not move
    condition: str | None = None  # coordinate on whose value it depends whether the point is there
    range: tuple[float, float] = (-np.inf, np.inf)
    moves: tuple[tuple[Floats, str, Piecewise], ...] = ()  # axis in the body, coordinate, shift [m]


@dataclass(frozen=True, eq=False)
class OsimMuscle:
    """Path and constants of one muscle, as the file has them."""

    name: str
    kind: str  # the element, Thelen2003Muscle or another
    points: tuple[PathPoint, ...]
    max_force: float  # [N]
    optimal_fibre_length: float  # [m]
    tendon_slack_length: float  # [m]
    pennation: float  # at optimal length [rad]
    max_contraction_velocity: float  # [optimal lengths/s]
    constants: Mapping[str, float]  # every other number, by its name in the file, curves as A.b
    wraps: tuple[str, ...]  # wrapping surfaces that are left out
    line: int

    @property
    def fixed(self) -> bool:
        """Whether every point is fixed to a body and always there."""
        return all(p.condition is None and not p.moves for p in self.points)


def read_muscle(
    element: Element, frames: Frames, coordinates: Collection[str], findings: Findings
) -> OsimMuscle | None:
    """One muscle, or None when its path is of a kind that is not known (it is then listed).

    Raises
    ------
    DataFileError
        If a number cannot be, a point lies on a body or depends on a coordinate that does not
        exist, or the path has fewer than two points.
    """
    element.take()
    path = element.first("GeometryPath")
    if path is None:
        findings.leave_out(element, "only a <GeometryPath> is understood as a path", "the muscle")
        return None
    points = [
        _point(p, frames, coordinates, findings, element.name)
        for p in path.members("PathPointSet")
        if p.tag in ("PathPoint", "ConditionalPathPoint", "MovingPathPoint")
    ]
    if len(points) < 2:
        raise element.wrong(
            f"has {len(points)} path points", "two or more are possible", "Add points or remove it."
        )
    wraps = path.members("PathWrapSet")
    names = tuple(w.text_of("wrap_object") for w in wraps)
    for wrap, name in zip(wraps, names, strict=True):
        findings.leave_out(
            wrap,
            "wrapping is not modelled; the path runs straight from point to point",
            f"length and moment arms of {element.name}",
            name,
        )
    numbers = {key: element.number(key, default=v) for key, v in OPENSIM_DEFAULT.items()}
    _possible(element, numbers)
    if element.tag not in KINDS:
        findings.not_understood.append(
            NotUnderstood(
                element.tag,
                element.name,
                element.line,
                "the law of this kind of muscle is not known; path and constants were read",
                f"force of {element.name}",
            )
        )
    if element.truth("isDisabled", default=False) or not element.truth(
        "appliesForce", default=True
    ):
        findings.note(f"{element.name} is switched off in the file; it is read all the same")
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
        names,
        element.line,
    )


def _possible(element: Element, numbers: Mapping[str, float]) -> None:
    for key in ("optimal_fiber_length", "max_contraction_velocity"):
        if numbers[key] <= 0.0:
            raise element.wrong(
                f"has {key} {numbers[key]:g}", "a positive number is possible", "Correct it."
            )
    for key in ("max_isometric_force", "tendon_slack_length"):
        if numbers[key] < 0.0:
            raise element.wrong(
                f"has {key} {numbers[key]:g}", "zero or more is possible", "Correct it."
            )
    if not 0.0 <= numbers["pennation_angle_at_optimal"] < np.pi / 2.0:
        raise element.wrong(
            f"has pennation_angle_at_optimal {numbers['pennation_angle_at_optimal']:g}",
            "an angle of 0 to below a right one, in rad, is possible",
            "Correct it.",
        )


def _point(
    element: Element,
    frames: Frames,
    coordinates: Collection[str],
    findings: Findings,
    muscle: str,
) -> PathPoint:
    element.take()
    frame = frames.find(element.text_of("socket_parent_frame", "body"), element)
    if element.tag == "MovingPathPoint":
        return _moving(element, frames, coordinates, findings, muscle)
    local = np.array(element.numbers("location", count=3))
    at = frame.position + frame.rotation @ local
    if element.tag == "PathPoint":
        return PathPoint(element.name, frame.body, at)
    low, high = element.numbers("range", count=2)
    name = _coordinate(element, coordinates, "socket_coordinate", "coordinate")
    return PathPoint(element.name, frame.body, at, name, (low, high))


def _moving(
    element: Element,
    frames: Frames,
    coordinates: Collection[str],
    findings: Findings,
    muscle: str,
) -> PathPoint:
    frame = frames.find(element.text_of("socket_parent_frame", "body"), element)
    at, moves = frame.position.copy(), []
    for axis, letter in zip(frame.rotation.T, "xyz", strict=True):
        function = named_function(
            element, f"{letter}_location", findings, f"length and moment arms of {muscle}"
        )
        function = function or constant(0.0)
        if function.degree == 0:
            at += axis * function(0.0)
            element.first(f"socket_{letter}_coordinate", f"{letter}_coordinate")
            continue
        tags = (f"socket_{letter}_coordinate", f"{letter}_coordinate")
        moves.append((axis, _coordinate(element, coordinates, *tags), function))
    return PathPoint(element.name, frame.body, at, moves=tuple(moves))


def _coordinate(element: Element, coordinates: Collection[str], *tags: str) -> str:
    name = element.text_of(*tags).rpartition("/")[2]
    if name not in coordinates:
        raise element.wrong(
            f"depends on the coordinate {name!r}, which does not exist",
            nearest(name, coordinates),
            "Correct the name.",
        )
    return name


def _constants(element: Element) -> dict[str, float]:
    """Every number of the muscle and its curves that has no field of its own; true is 1."""
    found: dict[str, float] = {}
    for child in element.children:
        if child.tag == "GeometryPath" or child.tag in OPENSIM_DEFAULT:
            continue
        if not any(e.text.strip() for e in child.walk()):
            child.used = True
        for leaf in child.children or [child]:
            if leaf.children or not leaf.text.strip():
                continue
            word = leaf.text.strip().lower()
            if word in ("true", "false"):
                value = float(word == "true")
            else:
                try:
                    value = float(word)
                except ValueError:
                    continue
            child.used = leaf.used = True
            found[leaf.tag if leaf is child else f"{child.tag}.{leaf.tag}"] = value
    return found
