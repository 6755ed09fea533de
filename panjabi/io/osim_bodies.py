"""Bodies, frames fixed to them, stations and markers of an OpenSim file."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.landmarks import Place
from panjabi.body.tree import GROUND, Floats
from panjabi.errors import DataFileError, nearest
from panjabi.io.findings import Findings
from panjabi.io.markup import DEEPEST, Element

OFFSET, BY_STATIONS = "PhysicalOffsetFrame", "StationDefinedFrame"
STATIONS = ("Station", "Marker")
SIX = ("inertia_xx", "inertia_yy", "inertia_zz", "inertia_xy", "inertia_xz", "inertia_yz")
ZERO = (0.0, 0.0, 0.0)


@dataclass(frozen=True, eq=False)
class Mass:
    """Mass, centre of mass and inertia of a body."""

    mass: float  # [kg]
    com: Floats  # (3,) [m]
    inertia: Floats  # (3, 3) about the centre of mass [kg m2]


NOTHING = Mass(0.0, np.zeros(3), np.zeros((3, 3)))
"""Mass of the ground."""


def parts(model: Element, container: str) -> list[Element]:
    """Members of a set of the model, and components outside all sets."""
    elements = list(model.members(container))
    for tag in ("components", "ComponentSet"):
        elements += model.members(tag)
    return elements


def read_bodies(model: Element) -> dict[str, Element]:
    """Bodies by name, without the ground.

    Raises
    ------
    DataFileError
        If there are no bodies, or a body has no name or the name of another body.
    """
    model.first("Ground")
    bodies: dict[str, Element] = {}
    for element in parts(model, "BodySet"):
        if element.tag != "Body":
            continue
        element.take()
        if element.name == GROUND:
            for tag in ("mass", "mass_center", "inertia", "Joint", *SIX):
                element.first(tag)
            continue
        if element.name in bodies or not element.name:
            raise element.wrong(
                "a unique name",
                f"{element.name!r}" + (", the name of another body" if element.name else ""),
                "rename it",
            )
        bodies[element.name] = element
    if not bodies:
        raise DataFileError(
            f"{model.file}, line {model.line}: Expected a model with at least one body, got none; "
            "give a complete model."
        )
    return bodies


def read_mass(element: Element) -> Mass:
    """Mass, centre of mass and inertia of a body.

    Raises
    ------
    DataFileError
        If the mass or a principal moment of inertia is negative.
    """
    mass = element.number("mass")
    if mass < 0.0:
        raise element.wrong("a mass of zero or more", f"{mass:g} kg", "correct it")
    if element.property("inertia") is not None:
        six = element.numbers("inertia", count=6)
    else:
        six = [element.number(tag, default=0.0) for tag in SIX]
    xx, yy, zz, xy, xz, yz = six
    inertia = np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])
    moments = np.linalg.eigvalsh(inertia)
    if moments[0] < -1e-9 * abs(moments[2]):
        raise element.wrong(
            "principal moments of inertia of zero or more",
            f"{moments[0]:g} kg m2",
            "correct the inertia",
        )
    centre = np.array(element.numbers("mass_center", count=3, default=ZERO))
    return Mass(mass, centre, inertia)


@dataclass(frozen=True, eq=False)
class FixedFrame:
    """A frame fixed to a body: point_in_body = position + rotation @ point."""

    body: str
    position: Floats  # (3,) [m]
    rotation: Floats  # (3, 3)

    def then(self, position: ArrayLike, rotation: Floats) -> FixedFrame:
        """A frame fixed to this frame."""
        place = self.position + self.rotation @ np.asarray(position, float)
        return FixedFrame(self.body, place, self.rotation @ rotation)


def body_fixed_xyz(angles: ArrayLike) -> Floats:
    """Rotation (3, 3) by three angles [rad], about x, then the new y, then the new z."""
    (ca, cb, cc), (sa, sb, sc) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, ca, -sa], [0.0, sa, ca]])
    about_y = np.array([[cb, 0.0, sb], [0.0, 1.0, 0.0], [-sb, 0.0, cb]])
    about_z = np.array([[cc, -sc, 0.0], [sc, cc, 0.0], [0.0, 0.0, 1.0]])
    return about_x @ about_y @ about_z


class Frames:
    """Frames of the file by name or path.

    A path is identified by its last part, and by the owner if several frames have that name.
    """

    def __init__(self, model: Element, bodies: list[str], findings: Findings) -> None:
        self.bodies = [GROUND, *bodies]
        self.findings = findings
        self.fixed: dict[str, list[Element]] = {}  # frames other than bodies, by name
        self.stations: dict[str, list[Element]] = {}
        self.owner: dict[int, Element] = {}
        self._gather(model, model)

    def _gather(self, element: Element, owner: Element) -> None:
        """Collect all frames and stations below, each with the nearest component around it."""
        for child in element.children:
            if child.tag in (OFFSET, BY_STATIONS):
                self.fixed.setdefault(child.name, []).append(child)
                self.owner[id(child)] = owner
            elif child.tag in STATIONS:
                self.stations.setdefault(child.name, []).append(child)
                self.owner[id(child)] = owner
            is_component = bool(child.name) and child.tag[:1].isupper()
            self._gather(child, child if is_component else owner)

    def find(self, name: str, asker: Element, near: Element | None = None) -> FixedFrame:
        """The frame with this name or path; frames of `near` have priority.

        Raises
        ------
        DataFileError
            If no body or frame has the name, or frames are fixed to each other in a loop.
        """
        return self._find(name, asker, near, ())

    def _find(
        self, name: str, asker: Element, near: Element | None, on_the_way: tuple[int, ...]
    ) -> FixedFrame:
        if name == ".." and id(asker) in self.owner:
            name = self.owner[id(asker)].name
        last = name.rstrip("/").rpartition("/")[2]
        of_near = [f for f in self.fixed.get(name, []) if self.owner[id(f)] is near]
        if not of_near and last in self.bodies:
            return FixedFrame(last, np.zeros(3), np.eye(3))
        candidates = of_near or self._on_path(self.fixed, name, last)
        body = last.removesuffix("_frame")
        if not candidates and body in self.bodies and name.endswith(f"/{body}/{last}"):
            self.findings.note(f"{name} is not defined in the file; read as the body {body}")
            return FixedFrame(body, np.zeros(3), np.eye(3))
        if not candidates:
            raise asker.wrong(
                "the name of a body or frame of the file",
                f"{name!r}, which does not exist ({nearest(last, [*self.bodies, *self.fixed])})",
                "correct the name",
            )
        frame = candidates[0].take()
        if id(frame) in on_the_way or len(on_the_way) >= DEEPEST:
            raise frame.wrong(
                "frames that lead to a body",
                f"a frame inside itself or inside more than {DEEPEST} others",
                "correct its socket_parent",
            )
        inside = (*on_the_way, id(frame))
        if frame.tag == BY_STATIONS:
            return self._by_stations(frame, inside)
        parent = self._find(frame.text_of("socket_parent"), frame, near, inside)
        translation = frame.numbers("translation", count=3, default=ZERO)
        angles = frame.numbers("orientation", count=3, default=ZERO)
        return parent.then(translation, body_fixed_xyz(angles))

    def _by_stations(self, frame: Element, on_the_way: tuple[int, ...]) -> FixedFrame:
        """A frame with axes along a b, normal to a b and a c, and normal to both."""
        body = ""
        points: dict[str, Floats] = {}
        for socket in ("point_a", "point_b", "point_c", "origin_point"):
            name = frame.text_of(f"socket_{socket}")
            candidates = self._on_path(self.stations, name, name.rpartition("/")[2])
            if not candidates:
                raise frame.wrong(
                    f"a station or marker as {socket}",
                    f"{name!r}, which does not exist ({nearest(name, self.stations)})",
                    "correct the name",
                )
            station = candidates[0].take()
            place = self._find(station.text_of("socket_parent_frame"), station, None, on_the_way)
            body = body or place.body
            if place.body != body:
                raise frame.wrong("stations on one body", f"{body} and {place.body}", "move them")
            local = np.array(station.numbers("location", count=3, default=ZERO))
            points[socket] = place.position + place.rotation @ local
        along = points["point_b"] - points["point_a"]
        across = np.cross(along, points["point_c"] - points["point_a"])
        if not np.linalg.norm(across) > 0.0:
            raise frame.wrong(
                "three stations that are not collinear", "three on a line", "move one of them"
            )
        first, second = (
            self._direction(frame, *which) for which in (("ab_axis", "+x"), ("ab_x_ac_axis", "+y"))
        )
        third = np.cross(first, second)
        if not third.any():
            raise frame.wrong("two different axes", "the same axis twice", "correct ab_x_ac_axis")
        along, across = along / np.linalg.norm(along), across / np.linalg.norm(across)
        of_stations = np.column_stack([along, across, np.cross(along, across)])
        rotation = np.asarray(of_stations @ np.array([first, second, third]), float)
        return FixedFrame(body, points["origin_point"], rotation)

    @staticmethod
    def _direction(frame: Element, tag: str, default: str) -> Floats:
        """Unit vector of a direction +x, -y, ..."""
        stated = frame.text_of(tag, default=default).lower()
        letter = stated.lstrip("+-")
        if letter not in ("x", "y", "z"):
            raise frame.wrong(f"a direction for {tag}, for example +x", repr(stated), "correct it")
        return (-1.0 if stated[0] == "-" else 1.0) * np.eye(3)["xyz".index(letter)]

    def _on_path(self, known: dict[str, list[Element]], name: str, last: str) -> list[Element]:
        """Elements with the last part of a path as name; first those whose owner is in the path."""
        parts = name.strip("/").split("/")
        return sorted(known.get(last, []), key=lambda f: self.owner[id(f)].name not in parts[:-1])

    def all(self) -> dict[str, FixedFrame]:
        """Every frame of the file that is not a body, by owner/name."""
        return {
            f"{self.owner[id(e)].name}/{name}": self.find(name, e, self.owner[id(e)])
            for name, elements in self.fixed.items()
            for e in elements
        }


def read_markers(model: Element, frames: Frames, findings: Findings) -> dict[str, Place]:
    """Markers as landmarks; a second marker with the same name is left out and listed."""
    markers: dict[str, Place] = {}
    for element in parts(model, "MarkerSet"):
        if element.tag != "Marker":
            continue
        if element.name in markers:
            findings.leave_out(element, "another marker has this name", "the marker")
            continue
        element.take()
        frame = frames.find(element.text_of("socket_parent_frame", "body"), element)
        local = np.array(element.numbers("location", count=3))
        place = frame.position + frame.rotation @ local
        markers[element.name] = Place(element.name, frame.body, place)
    return markers
