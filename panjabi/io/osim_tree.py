"""Bodies, joints and markers of an OpenSim file, and the order in which they are placed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from panjabi.body.landmarks import Place
from panjabi.body.tree import GROUND, Floats
from panjabi.errors import DataFileError
from panjabi.io.findings import Findings
from panjabi.io.markup import Element
from panjabi.io.osim_frames import Frames
from panjabi.io.osim_joints import Joint, read_joint

SIX = ("inertia_xx", "inertia_yy", "inertia_zz", "inertia_xy", "inertia_xz", "inertia_yz")


@dataclass(frozen=True, eq=False)
class Mass:
    """Mass of a body, and where it lies."""

    mass: float  # [kg]
    com: Floats  # (3,) [m]
    inertia: Floats  # (3, 3) about the centre of mass [kg m2]


NOTHING = Mass(0.0, np.zeros(3), np.zeros((3, 3)))
"""Mass of the ground."""


def read_bodies(model: Element) -> dict[str, Element]:
    """Bodies by name, without the ground."""
    ground = model.first("Ground")
    if ground is not None:
        ground.take()
    found: dict[str, Element] = {}
    for element in model.members("BodySet"):
        if element.tag != "Body":
            continue
        element.take()
        if element.name == GROUND:
            for tag in ("mass", "mass_center", "Joint", *SIX):
                element.first(tag)
            continue
        if element.name in found or not element.name:
            raise element.wrong(
                "has no name of its own", "names that differ are possible", "Rename it."
            )
        found[element.name] = element
    if not found:
        raise DataFileError(
            f"{model.file}, line {model.line}: the model has no bodies; at least one is possible. "
            "Give a whole model."
        )
    return found


def read_mass(element: Element) -> Mass:
    mass = element.number("mass")
    if mass < 0.0:
        raise element.wrong(f"has the mass {mass:g}", "zero or more is possible", "Correct it.")
    if element.property("inertia") is not None:
        six = element.numbers("inertia", count=6)
    else:
        six = [element.number(tag, default=0.0) for tag in SIX]
    xx, yy, zz, xy, xz, yz = six
    inertia = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    moments = np.linalg.eigvalsh(inertia)
    if moments[0] < -1e-9 * abs(moments[2]):
        raise element.wrong(
            f"has a principal moment of inertia of {moments[0]:g}",
            "zero or more is possible",
            "Correct it.",
        )
    centre = np.array(element.numbers("mass_center", count=3, default=(0.0, 0.0, 0.0)))
    return Mass(mass, centre, inertia)


def read_joints(
    model: Element, bodies: dict[str, Element], frames: Frames, findings: Findings
) -> list[Joint]:
    """Joints of the set, or of the bodies where these hold them (OpenSim 2 and 3)."""
    found = [
        read_joint(element.take(), frames, findings)
        for element in model.members("JointSet")
        if element.tag.endswith("Joint")
    ]
    for name, element in bodies.items():
        holder = element.first("Joint")
        if holder is not None and holder.children:
            found.append(read_joint(holder.children[0].take(), frames, findings, name))
    return found


def parents_first(joints: list[Joint], bodies: dict[str, Element]) -> list[Joint]:
    """The joints in an order in which each parent is placed before its child.

    Raises
    ------
    DataFileError
        If a body has no joint, or two, or joints form a circle.
    """
    by_child: dict[str, Joint] = {}
    for joint in joints:
        if joint.child == GROUND:
            raise joint.element.wrong(
                "has the ground as its child",
                "any other body is possible",
                "Exchange parent and child.",
            )
        if joint.child in by_child:
            raise joint.element.wrong(
                f"moves the body {joint.child!r}, which the joint {by_child[joint.child].name!r} "
                "moves already",
                "one joint for each body is possible",
                "Replace one of them by a constraint.",
            )
        by_child[joint.child] = joint
    for name, element in bodies.items():
        if name not in by_child:
            raise element.wrong(
                "is not the child of any joint",
                "one joint for each body is possible",
                "Add a joint, a FreeJoint for a body that floats.",
            )
    placed = {GROUND}
    order: list[Joint] = []
    waiting = list(joints)
    while waiting:
        ready = [j for j in waiting if j.parent in placed]
        if not ready:
            names = ", ".join(j.name for j in waiting)
            raise waiting[0].element.wrong(
                f"is one of joints in a circle or hanging from one ({names})",
                "joints that lead to the ground are possible",
                "Open the circle.",
            )
        order.append(ready[0])
        placed.add(ready[0].child)
        waiting.remove(ready[0])
    return order


def read_markers(model: Element, frames: Frames, findings: Findings) -> dict[str, Place]:
    """Markers as landmarks; of two with one name the second is listed and left out."""
    found: dict[str, Place] = {}
    for element in model.members("MarkerSet"):
        if element.tag != "Marker":
            continue
        if element.name in found:
            findings.leave_out(element, "another marker has this name", "the marker")
            continue
        element.take()
        frame = frames.find(element.text_of("socket_parent_frame", "body"), element)
        local = np.array(element.numbers("location", count=3))
        place = frame.position + frame.rotation @ local
        found[element.name] = Place(element.name, frame.body, place)
    return found
