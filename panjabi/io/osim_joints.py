"""Joints of an OpenSim file as a fixed placement and elementary motions, constants folded in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from panjabi.body.tree import Floats
from panjabi.io.findings import Findings
from panjabi.io.functions import Piecewise, linear
from panjabi.io.markup import Element
from panjabi.io.osim_frames import FixedFrame, Frames, body_fixed_xyz
from panjabi.io.osim_functions import named_function

X, Y, Z = np.eye(3)
TURN, SHIFT = "turn", "shift"
# Joints with given axes, in the order of their coordinates. Shifts happen in the parent's frame.
SIMPLE: dict[str, tuple[tuple[str, Floats], ...]] = {
    "WeldJoint": (),
    "PinJoint": ((TURN, Z),),
    "SliderJoint": ((SHIFT, X),),
    "UniversalJoint": ((TURN, X), (TURN, Y)),
    "BallJoint": ((TURN, X), (TURN, Y), (TURN, Z)),
    "GimbalJoint": ((TURN, X), (TURN, Y), (TURN, Z)),
    "PlanarJoint": ((TURN, Z), (SHIFT, X), (SHIFT, Y)),
    "FreeJoint": ((TURN, X), (TURN, Y), (TURN, Z), (SHIFT, X), (SHIFT, Y), (SHIFT, Z)),
}
CUSTOM = ("rotation1", "rotation2", "rotation3", "translation1", "translation2", "translation3")


@dataclass(frozen=True, eq=False)
class Motion:
    """A turn about or a shift along an axis, by a function of one coordinate of the file."""

    kind: str  # TURN | SHIFT
    axis: Floats  # (3,) unit
    coordinate: str  # "" for a constant
    function: Piecewise
    label: str  # rotation1, translation2, ...


@dataclass(frozen=True, eq=False)
class Joint:
    """child = parent * Trans(loc) * R0 * motions in order * Trans(-child_loc)."""

    name: str
    parent: str
    child: str
    loc: Floats  # (3,) [m]
    R0: Floats  # (3, 3)
    child_loc: Floats  # (3,) [m]
    motions: tuple[Motion, ...]  # shifts first; each has a coordinate
    element: Element


def read_joint(
    element: Element, frames: Frames, findings: Findings, child_body: str | None = None
) -> Joint:
    """One joint; `child_body` is given by the files of OpenSim 2 and 3, where a body holds it."""
    if child_body is None:
        parent = frames.find(element.text_of("socket_parent_frame"), element, element)
        child = frames.find(element.text_of("socket_child_frame"), element, element)
    else:
        parent = _old_side(
            element,
            frames.find(element.text_of("parent_body"), element),
            "location_in_parent",
            "orientation_in_parent",
        )
        child = _old_side(element, frames.find(child_body, element), "location", "orientation")
        if element.truth("reverse", default=False):
            findings.leave_out(
                element.property("reverse") or element,
                "joints written from child to parent are read as if from parent to child",
                f"motion of the joint {element.name}",
            )
    element.first("frames")
    motions = _motions(element, findings)
    return _folded(element, parent, child, motions)


def coordinates_of(element: Element) -> list[Element]:
    """The coordinates that a joint holds."""
    return [c for c in element.members("coordinates", "CoordinateSet") if c.tag == "Coordinate"]


def _old_side(element: Element, body: FixedFrame, location: str, orientation: str) -> FixedFrame:
    zero = (0.0, 0.0, 0.0)
    return body.then(
        element.numbers(location, count=3, default=zero),
        body_fixed_xyz(element.numbers(orientation, count=3, default=zero)),
    )


def _motions(element: Element, findings: Findings) -> list[Motion]:
    names = [c.name for c in coordinates_of(element)]
    if element.tag == "CustomJoint":
        return _custom(element, names, findings)
    if element.tag not in SIMPLE:
        raise element.wrong(
            "is a joint that is not known here",
            "possible: " + ", ".join((*SIMPLE, "CustomJoint")),
            "Write it as a CustomJoint.",
        )
    axes = SIMPLE[element.tag]
    if len(names) != len(axes):
        raise element.wrong(
            f"has {len(names)} coordinates",
            f"{len(axes)} are possible for this kind of joint",
            "Correct the file.",
        )
    return [
        Motion(kind, axis, name, linear(), name)
        for (kind, axis), name in zip(axes, names, strict=True)
    ]


def _custom(element: Element, names: list[str], findings: Findings) -> list[Motion]:
    transform = element.first("SpatialTransform")
    if transform is None:
        raise element.wrong(
            "has no <SpatialTransform>", "one with six axes is possible", "Write it."
        )
    motions = []
    for label in CUSTOM:
        axis = transform.named(label)
        if axis is None:
            continue
        kind = TURN if label.startswith("rotation") else SHIFT
        motions += _axis(axis, kind, label, names, element.name, findings)
    return motions


def _axis(
    axis: Element, kind: str, label: str, names: list[str], joint: str, findings: Findings
) -> list[Motion]:
    direction = np.array(axis.numbers("axis", count=3))
    size = float(np.linalg.norm(direction))
    if size == 0.0:
        raise axis.wrong("has a zero axis", "a direction is possible", "Correct the axis.")
    asked = axis.text_of("coordinates", "coordinate").split()
    for name in asked:
        if name not in names:
            raise axis.wrong(
                f"moves with {name!r}, which is no coordinate of the joint {joint!r}",
                f"possible: {', '.join(names) or 'none'}",
                "Correct the name.",
            )
    affects = f"motion of the joint {joint}"
    if len(asked) > 1:
        findings.leave_out(axis, "functions of several coordinates are held at zero", affects)
        return []
    function = named_function(axis, "function", findings, affects)
    if function is None:
        if not asked:
            return []
        function = linear()
    return [Motion(kind, direction / size, asked[0] if asked else "", function, label)]


def _folded(
    element: Element, parent: FixedFrame, child: FixedFrame, motions: Sequence[Motion]
) -> Joint:
    """The joint with its constant motions and the turn of the child frame in loc and R0.

    A constant turn C after a turn by x about a is the same as C first and then the turn about
    C^T a, so all constants can be carried to the front; what moves keeps its function.
    """
    loc = parent.position.copy()
    for m in motions:
        if m.kind == SHIFT and not m.coordinate:
            loc += parent.rotation @ m.axis * m.function(0.0)
    constant = child.rotation.T
    turns: list[Motion] = []
    for m in reversed([m for m in motions if m.kind == TURN]):
        if m.coordinate:
            turns.insert(0, replace(m, axis=constant.T @ m.axis))
        else:
            constant = _turn(m.axis, m.function(0.0)) @ constant
    shifted = [m for m in motions if m.kind == SHIFT and m.coordinate]
    shifts = [replace(m, axis=constant.T @ m.axis) for m in shifted]
    return Joint(
        element.name,
        parent.body,
        child.body,
        loc,
        parent.rotation @ constant,
        child.position,
        (*shifts, *turns),
        element,
    )


def _turn(axis: Floats, angle: float) -> Floats:
    """Rotation (3, 3) about a unit axis."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross
