"""Joints and coordinates of an OpenSim file.

A joint becomes a constant placement and elementary motions; constant motions are merged into the
placement. A coordinate is free, or a coupler makes it a function of another coordinate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from panjabi.body.reduced import rotation_about
from panjabi.body.tree import GROUND, Floats
from panjabi.errors import nearest
from panjabi.io.findings import FROM_SET, Findings
from panjabi.io.functions import Function, Sine, constant, cosine, linear, named_function
from panjabi.io.markup import LARGEST, Element, as_number
from panjabi.io.osim_bodies import ZERO, FixedFrame, Frames, body_fixed_xyz, parts
from panjabi.results import ShortRepr

X, Y, Z = np.eye(3)
TURN, SHIFT = "turn", "shift"
# Joints with fixed axes, in the order of their coordinates. Translations are in the parent frame.
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
CUSTOM = ("translation1", "translation2", "translation3", "rotation1", "rotation2", "rotation3")
CURVED = {"EllipsoidJoint": 3, "ScapulothoracicJoint": 4}  # with the number of coordinates
OPENSIM_RANGE = (-10.0, 10.0)  # default range of a coordinate
COUPLER = "CoordinateCouplerConstraint"


@dataclass(frozen=True, eq=False)
class Motion:
    """A rotation about or a translation along an axis, a function of one coordinate."""

    kind: str  # TURN | SHIFT
    axis: Floats  # (3,) unit
    coordinate: str  # "" for a constant
    function: Function
    label: str  # rotation1, translation2, ...


@dataclass(frozen=True, eq=False, repr=False)
class Joint(ShortRepr):
    """child = parent * Trans(loc) * R0 * motions in order * Trans(-child_loc)."""

    name: str
    parent: str
    child: str
    loc: Floats  # (3,) [m]
    R0: Floats  # (3, 3)
    child_loc: Floats  # (3,) [m]
    motions: tuple[Motion, ...]  # in order; each has a coordinate
    element: Element


# --- joints --------------------------------------------------------------------------------


def joint_elements(model: Element, bodies: Mapping[str, Element]) -> list[tuple[Element, str]]:
    """Every joint element with the body that contains it ("" if in a set, as in OpenSim 4)."""
    elements = [(e.take(), "") for e in parts(model, "JointSet") if e.tag.endswith("Joint")]
    for name, element in bodies.items():
        holder = element.first("Joint")
        if holder is not None and holder.children:
            elements.append((holder.children[0].take(), name))
    return elements


def free_joint(body: Element, findings: Findings) -> Element:
    """The joint that OpenSim adds to a body without a joint, with OpenSim's names."""
    findings.note(
        f"line {body.line}: no joint moves the body {body.name}; as in OpenSim it gets a "
        f"FreeJoint to the ground, with the coordinates free_{body.name}_coord_0 to _5"
    )
    joint = Element("FreeJoint", {"name": f"free_{body.name}"}, body.file, body.line)
    joint.add("socket_parent_frame", GROUND)
    joint.add("socket_child_frame", body.name)
    coordinates = joint.add("coordinates")
    for k in range(6):
        coordinates.add("Coordinate", name=f"free_{body.name}_coord_{k}")
    return joint


def read_joints(
    model: Element, bodies: Mapping[str, Element], frames: Frames, findings: Findings
) -> tuple[list[Joint], CoordinateNames]:
    """All joints, each parent before its child, and the names of their coordinates.

    Raises
    ------
    DataFileError
        If a body has two joints, joints form a loop, or a joint cannot be read.
    """
    elements = joint_elements(model, bodies)
    sides = [_sides(element, owner, frames, findings) for element, owner in elements]
    moved = {child.body for _, child in sides}
    for name, body in bodies.items():
        if name not in moved:
            element = free_joint(body, findings)
            elements.append((element, ""))
            sides.append(_sides(element, "", frames, findings))
    names = CoordinateNames([element for element, _ in elements], findings)
    joints = [
        _folded(element, *pair, *_steps(element, names, findings))
        for (element, _), pair in zip(elements, sides, strict=True)
    ]
    return _parents_first(joints), names


def coordinates_of(element: Element) -> list[Element]:
    """The coordinate elements of a joint."""
    return [c for c in element.members("coordinates", "CoordinateSet") if c.tag == "Coordinate"]


def _sides(
    element: Element, owner: str, frames: Frames, findings: Findings
) -> tuple[FixedFrame, FixedFrame]:
    """Frames of the joint on parent and child."""
    parent_tags = ("socket_parent_frame", "socket_parent_body", "parent_body")
    child = owner or element.text_of("socket_child_frame", "socket_child_body")
    if element.truth("reverse", default=False):
        findings.leave_out(
            element.property("reverse") or element,
            "a joint defined from child to parent is read as if from parent to child",
            f"motion of the joint {element.name}",
        )
    element.first("frames")
    return (
        _shifted(element, frames.find(element.text_of(*parent_tags), element, element), "parent"),
        _shifted(element, frames.find(child, element, element), "child"),
    )


def _shifted(element: Element, frame: FixedFrame, side: str) -> FixedFrame:
    """The frame of the joint in a body, which files before OpenSim 4 define by numbers."""
    location = element.numbers(f"location_in_{side}", count=3, default=ZERO)
    angles = element.numbers(f"orientation_in_{side}", count=3, default=ZERO)
    return frame.then(location, body_fixed_xyz(angles))


Steps = tuple[list[Motion], Floats]
"""Motions in order, and a translation in the joint frame on the child's side, (3,) [m]."""


def _steps(element: Element, names: CoordinateNames, findings: Findings) -> Steps:
    coordinates = [names.key(element, c.name) for c in coordinates_of(element)]
    if element.tag == "CustomJoint":
        return _custom(element, names, findings), np.zeros(3)
    count = len(SIMPLE[element.tag]) if element.tag in SIMPLE else CURVED.get(element.tag)
    if count is None:
        raise element.wrong(
            "a joint of " + ", ".join((*SIMPLE, *CURVED, "CustomJoint")),
            "a joint that is not known",
            "write it as a CustomJoint",
        )
    if len(coordinates) != count:
        raise element.wrong(
            f"{count} coordinates in a {element.tag}", f"{len(coordinates)}", "correct the joint"
        )
    if element.tag == "ScapulothoracicJoint":
        return _scapulothoracic(element, coordinates)
    if element.tag == "EllipsoidJoint":
        return _on_ellipsoid(_radii(element, "radii_x_y_z"), coordinates), np.zeros(3)
    axes = SIMPLE[element.tag]
    steps = [
        Motion(kind, axis, name, linear(), name)
        for (kind, axis), name in zip(axes, coordinates, strict=True)
    ]
    return sorted(steps, key=lambda m: m.kind == TURN), np.zeros(3)


def _custom(element: Element, names: CoordinateNames, findings: Findings) -> list[Motion]:
    transform = element.first("SpatialTransform")
    if transform is None:
        raise element.wrong("a <SpatialTransform> with six axes", "none", "write it")
    motions = []
    for label in CUSTOM:
        axis = transform.named(label)
        if axis is not None:
            kind = TURN if label.startswith("rotation") else SHIFT
            motions += _axis(axis, kind, label, element, names, findings)
    return motions


def _axis(
    axis: Element,
    kind: str,
    label: str,
    joint: Element,
    names: CoordinateNames,
    findings: Findings,
) -> list[Motion]:
    direction = np.array(axis.numbers("axis", count=3))
    size = float(np.linalg.norm(direction))
    if size == 0.0:
        raise axis.wrong("an axis with a direction", "a zero axis", "correct the axis")
    drivers = axis.text_of("coordinates", "coordinate").split()
    known = [c.name for c in coordinates_of(joint)]
    for name in drivers:
        if name not in known:
            raise axis.wrong(
                f"a coordinate of the joint {joint.name!r} ({', '.join(known) or 'none'})",
                repr(name),
                "correct the name",
            )
    affects = f"motion of the joint {joint.name}"
    if len(drivers) > 1:
        findings.leave_out(axis, "functions of several coordinates are read as zero", affects)
        return []
    function = named_function(axis, "function", findings, affects)
    if function is None:
        if not drivers:
            return []
        function = linear()
    driver = names.key(joint, drivers[0]) if drivers else ""
    return [Motion(kind, direction / size, driver, function, label)]


def _on_ellipsoid(radii: Floats, names: Sequence[str]) -> list[Motion]:
    """Rotations q0, q1, q2 about x, y, z, with the origin on the ellipsoid where its normal is z.

    That point is (a sin q1, -b sin q0 cos q1, c cos q0 cos q1) for radii a, b, c [m]: a translation
    by (c - b)/2 cos q1 along z rotated by -q0, and a translation by
    (a sin q1, 0, (c + b)/2 cos q1) rotated by q0. Each motion depends on one coordinate, and the
    result is exact.
    """
    a, b, c = (float(r) for r in radii)
    first, second, third = names
    return [
        Motion(TURN, X, first, linear(-1.0), "ellipsoid, turned back"),
        Motion(SHIFT, Z, second, cosine(0.5 * (c - b)), "ellipsoid, difference of radii"),
        Motion(TURN, X, first, linear(2.0), "ellipsoid, turned forth"),
        Motion(SHIFT, X, second, Sine(a), "ellipsoid, first radius"),
        Motion(SHIFT, Z, second, cosine(0.5 * (c + b)), "ellipsoid, mean radius"),
        Motion(TURN, Y, second, linear(), second),
        Motion(TURN, Z, third, linear(), third),
    ]


def _radii(element: Element, tag: str) -> Floats:
    radii = np.array(element.numbers(tag, count=3))
    if radii.min() <= 0.0:
        raise element.wrong("ellipsoid radii above zero", f"{radii} m", "correct the radii")
    return radii


def _scapulothoracic(element: Element, names: Sequence[str]) -> Steps:
    """The scapula glides and rotates on an ellipsoid fixed to the thorax, with winging.

    References
    ----------
    Seth et al. (2016), PLoS ONE 11, e0141028; the frames are those of OpenSim's joint.
    """
    radii = _radii(element, "thoracic_ellipsoid_radii_x_y_z")[[1, 0, 2]]  # the frame is turned
    origin = np.zeros(3)
    origin[:2] = element.numbers("scapula_winging_axis_origin", count=2, default=(0.0, 0.0))
    angle = element.number("scapula_winging_axis_direction", default=0.0)
    winging = np.array([-np.sin(angle), np.cos(angle), 0.0])
    away = float(np.linalg.norm(origin))
    steps = [
        Motion(TURN, Z, "", constant(0.5 * np.pi), "frame of the ellipsoid"),
        *_on_ellipsoid(radii, names[:3]),
        Motion(TURN, Z, "", constant(-0.5 * np.pi), "frame of the scapula"),
    ]
    if away:
        steps.append(Motion(SHIFT, origin / away, names[2], constant(away), "winging axis"))
    steps.append(Motion(TURN, winging, names[3], linear(), names[3]))
    return steps, -origin


def _folded(
    element: Element,
    parent: FixedFrame,
    child: FixedFrame,
    steps: Sequence[Motion],
    shift: Floats,
) -> Joint:
    """The joint with its constant motions and the child frame's rotation merged into loc and R0.

    A motion followed by a constant rotation C equals C followed by the same motion about or along
    C^T a, so all constant rotations can be moved to the front; the functions do not change.
    Constant translations come before all rotations.
    """
    loc = parent.position.copy()
    constant_turn = child.rotation.T
    moving: list[Motion] = []
    for m in reversed(steps):
        if m.coordinate:
            moving.insert(0, replace(m, axis=constant_turn.T @ m.axis))
        elif m.kind == TURN:
            constant_turn = rotation_about(m.axis, m.function(0.0)) @ constant_turn
    for m in steps:
        if m.kind == SHIFT and not m.coordinate:
            loc += parent.rotation @ m.axis * m.function(0.0)
    return Joint(
        element.name,
        parent.body,
        child.body,
        loc,
        parent.rotation @ constant_turn,
        child.position - child.rotation @ shift,
        tuple(moving),
        element,
    )


def _parents_first(joints: list[Joint]) -> list[Joint]:
    """The joints in an order with each parent before its child."""
    by_child: dict[str, Joint] = {}
    for joint in joints:
        if joint.child == GROUND:
            raise joint.element.wrong(
                "a body as its child", "the ground", "exchange parent and child"
            )
        if joint.child in by_child:
            raise joint.element.wrong(
                "one joint for each body",
                f"a second one for the body {joint.child!r}, which the joint "
                f"{by_child[joint.child].name!r} moves",
                "replace one of them by a constraint",
            )
        by_child[joint.child] = joint
    placed = {GROUND}
    order: list[Joint] = []
    waiting = list(joints)
    while waiting:
        ready = [j for j in waiting if j.parent in placed]
        if not ready:
            names = ", ".join(j.name for j in waiting)
            raise waiting[0].element.wrong(
                "joints that lead to the ground",
                f"joints in a loop or connected to a loop ({names})",
                "open the loop",
            )
        order.append(ready[0])
        placed.add(ready[0].child)
        waiting.remove(ready[0])
    return order


# --- coordinates ---------------------------------------------------------------------------


class CoordinateNames:
    """Names of coordinates: as in the file, or joint/name if two joints have the same name."""

    def __init__(self, joints: Sequence[Element], findings: Findings) -> None:
        self._keys: dict[tuple[int, str], str] = {}
        self._by_path: dict[tuple[str, str], str] = {}
        self._first: dict[str, str] = {}
        counts = Counter(c.name for joint in joints for c in coordinates_of(joint))
        for joint in joints:
            for c in coordinates_of(joint):
                key = c.name if counts[c.name] == 1 else f"{joint.name}/{c.name}"
                if (id(joint), c.name) in self._keys or key in self._keys.values():
                    raise c.wrong(
                        "a name that no other coordinate of the joint has",
                        "the name of another coordinate",
                        "rename one",
                    )
                self._keys[id(joint), c.name] = key
                self._by_path.setdefault((joint.name, c.name), key)
                self._first.setdefault(c.name, key)
        for name, count in counts.items():
            if count > 1:
                findings.note(
                    f"{count} joints have a coordinate {name}; they are named joint/{name}, and "
                    f"{name} alone means the coordinate of the first joint, {self._first[name]}"
                )

    def key(self, joint: Element, name: str) -> str:
        """Name in the model of a coordinate of a joint."""
        return self._keys[id(joint), name]

    def find(self, text: str, asker: Element) -> str:
        """Name in the model of a coordinate from its name or path in the file.

        Raises
        ------
        DataFileError
            If it does not exist.
        """
        before, _, last = text.strip().rstrip("/").rpartition("/")
        joint = before.rpartition("/")[2]
        key = self._by_path.get((joint, last), self._first.get(last))
        if key is None:
            raise asker.wrong(
                "the name of a coordinate",
                f"{last!r}, which does not exist ({nearest(last, self._first)})",
                "correct the name",
            )
        return key


@dataclass(frozen=True, eq=False)
class OsimCoordinate:
    """A coordinate of the file; with a driver it depends on another coordinate."""

    name: str
    joint: str
    range: tuple[float, float]  # [rad or m]
    default: float  # [rad or m]
    locked: bool
    line: int
    driver: str | None = None  # the coordinate on which it depends
    function: Function | None = None  # its value as a function of the driver


def read_coordinates(
    joints: Iterable[Joint], names: CoordinateNames, findings: Findings
) -> dict[str, OsimCoordinate]:
    """Coordinates by name in the order of the joints.

    Raises
    ------
    DataFileError
        If the low end of a range is above the high end.
    """
    coordinates: dict[str, OsimCoordinate] = {}
    for joint in joints:
        for element in coordinates_of(joint.element):
            element.take()
            name = names.key(joint.element, element.name)
            coordinates[name] = OsimCoordinate(
                name,
                joint.name,
                _range(element),
                _default(element, name, findings),
                element.truth("locked", default=False),
                element.line,
            )
    return coordinates


def _range(element: Element) -> tuple[float, float]:
    """Smallest and largest value; sizes beyond `LARGEST`, which mean unlimited, are reduced."""
    stated = element.property("range")
    if stated is None:
        return OPENSIM_RANGE
    words = stated.text.replace(",", " ").split()
    ends = [float(np.clip(as_number(word), -LARGEST, LARGEST)) for word in words]
    if len(ends) != 2 or np.isnan(ends).any():
        raise stated.wrong("2 numbers", repr(stated.text.strip()[:60]), "correct the range")
    low, high = ends
    if low > high:
        raise element.wrong("a range from low to high", f"{low:g} to {high:g}", "swap them")
    return low, high


def _default(element: Element, name: str, findings: Findings) -> float:
    """Value in the default posture; for a prescribed coordinate the function at time 0."""
    value = element.number("default_value", default=0.0)
    holder = element.first("prescribed_function")
    if not element.truth("prescribed", default=False):
        if holder is not None:
            holder.take_all()
        return value
    function = named_function(element, "prescribed_function", findings, f"coordinate {name}")
    if function is None:
        return value
    value = function(0.0)
    findings.note(
        f"{name} is prescribed in the file as a function of time; in this model it is free, with "
        f"the value at time 0, {value:g}, as default"
    )
    return value


def coupled(
    coordinates: Mapping[str, OsimCoordinate],
    constraints: Iterable[Element],
    names: CoordinateNames,
    findings: Findings,
) -> dict[str, OsimCoordinate]:
    """The coordinates with the couplers of the file.

    Raises
    ------
    DataFileError
        If a coupler names an unknown coordinate, or couplers form a loop.
    """
    result = dict(coordinates)
    for element in constraints:
        if element.tag != COUPLER:
            continue
        element.take()
        enforced = element.truth("isEnforced", default=True) and not element.truth(
            "isDisabled", default=False
        )
        if not enforced:
            findings.leave_out(element, "switched off in the file", "nothing")
            continue
        dependent = names.find(element.text_of("dependent_coordinate_name"), element)
        drivers = [
            names.find(word, element)
            for word in element.text_of("independent_coordinate_names").split()
        ]
        why, affects = FROM_SET["ConstraintSet"]
        if len(drivers) != 1 or result[dependent].driver is not None:
            findings.leave_out(element, why, f"{affects} (coordinate {dependent} stays free)")
            continue
        function = named_function(
            element, "coupled_coordinates_function", findings, f"the coordinate {dependent}"
        )
        if function is None:
            raise element.wrong("a function", "none", "write it")
        scale = element.number("scale_factor", default=1.0)
        result[dependent] = replace(
            result[dependent], driver=drivers[0], function=function.times(scale)
        )
        chain = _chain(result, dependent)
        if chain is None:
            raise element.wrong(
                "couplers that lead to a free coordinate",
                f"a coupler that makes {dependent!r} depend on itself",
                "remove one of the couplers",
            )
    return result


def _chain(
    coordinates: Mapping[str, OsimCoordinate], name: str
) -> tuple[str, tuple[Function, ...]] | None:
    functions: list[Function] = []
    while True:
        record = coordinates[name]
        if record.driver is None or record.function is None:
            return name, tuple(functions)
        if len(functions) >= len(coordinates):
            return None
        functions.insert(0, record.function)
        name = record.driver


def chain(coordinates: Mapping[str, OsimCoordinate], name: str) -> tuple[str, tuple[Function, ...]]:
    """The free coordinate on which a coordinate depends, and the functions in their order."""
    result = _chain(coordinates, name)
    assert result is not None  # loops are rejected when the couplers are read
    return result
