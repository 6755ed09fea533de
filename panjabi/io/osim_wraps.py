"""Wrapping surfaces of an OpenSim file, and the wraps of its paths."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from panjabi.body.tree import GROUND, Floats
from panjabi.body.wrapping import Shape, Surface, Wrap
from panjabi.io.findings import Findings
from panjabi.io.markup import Element
from panjabi.io.osim_bodies import OFFSET, ZERO, Frames, body_fixed_xyz
from panjabi.parameter import USER

HOLDERS = ("Body", "Ground", OFFSET)
GEODESIC = "wrap on an ellipsoid by the method "


def read_surfaces(model: Element, frames: Frames, findings: Findings) -> dict[str, Surface]:
    """Surfaces of the file by name; the first of a name counts, as in OpenSim.

    Surfaces of other shapes stay unread, so that they are listed. The `outer_radius` of OpenSim's
    torus is the radius of the ring, `inner_radius` that of the tube, and a path passes through it.
    """
    surfaces: dict[str, Surface] = {}
    for holder, element in _objects(model):
        if not element.tag.startswith("Wrap"):
            continue
        shape, size = _size(element)
        if shape is None:
            continue
        side = _side(element.text_of("quadrant", default="all").lower())
        if side is None:
            findings.leave_out(
                element, "its quadrant is not +x, -x, ... or all", "the paths that wrap over it"
            )
            continue
        if element.name in surfaces:
            findings.leave_out(element, "another surface has this name", "nothing, as in OpenSim")
            continue
        element.take()
        active = element.truth("active", default=True)
        if any(x <= 0.0 for x in size) or (shape == "torus" and size[0] <= size[1]):
            raise element.wrong(
                "positive sizes, and a ring wider than its tube", f"{size}", "correct"
            )
        name = GROUND if holder.tag == "Ground" else holder.name
        frame = frames.find(name, holder).then(
            element.numbers("translation", count=3, default=ZERO),
            body_fixed_xyz(element.numbers("xyz_body_rotation", count=3, default=ZERO)),
        )
        if active:
            surfaces[element.name] = Surface(
                name=element.name,
                shape=shape,
                body=frame.body,
                centre=frame.position,
                size=size,
                rotation=frame.rotation,
                side=side if side.any() else None,
                source=USER,
                note=f"{element.tag} of the file read",
            )
        else:
            findings.note(f"{element.name} is not active in the file; no path wraps over it")
    return surfaces


def _objects(element: Element) -> Iterator[tuple[Element, Element]]:
    """Every object of a WrapObjectSet below, with the body or frame that holds it."""
    for child in element.children:
        if element.tag in HOLDERS and child.tag == "WrapObjectSet":
            for wrap in child.walk():
                if wrap.tag[:1].isupper() and wrap is not child:
                    yield element, wrap
        else:
            yield from _objects(child)


def _size(element: Element) -> tuple[Shape | None, tuple[float, ...]]:
    """Shape and sizes [m] of a surface; None for a shape that is not known."""
    if element.tag == "WrapSphere":
        return "sphere", (element.number("radius"),)
    if element.tag == "WrapCylinder":
        return "cylinder", (element.number("radius"), 0.5 * element.number("length"))
    if element.tag == "WrapEllipsoid":
        return "ellipsoid", tuple(element.numbers("dimensions", count=3))
    if element.tag == "WrapTorus":
        return "torus", (element.number("outer_radius"), element.number("inner_radius"))
    return None, ()


def _side(quadrant: str) -> Floats | None:
    """Direction of a quadrant in the frame of the surface, zero for all; None if unknown."""
    if quadrant in ("all", "unassigned", ""):
        return np.zeros(3)
    letter = quadrant.lstrip("+-")
    if letter not in ("x", "y", "z"):
        return None
    return (-1.0 if quadrant[0] == "-" else 1.0) * np.eye(3)["xyz".index(letter)]


def read_wraps(
    path: Element,
    muscle: str,
    points: int,
    surfaces: Mapping[str, Surface],
    findings: Findings,
) -> tuple[tuple[Wrap, ...], tuple[str, ...]]:
    """Wraps of a path with so many points, and names of surfaces over which it runs straight."""
    wraps, straight = [], []
    for element in path.members("PathWrapSet"):
        name = element.text_of("wrap_object")
        if name not in surfaces:
            straight.append(name)
            findings.leave_out(
                element,
                "no active surface of a known shape has this name; the path is straight from point "
                "to point",
                f"length and moment arms of {muscle}",
                name,
            )
            continue
        element.take()
        first, last = (int(x) for x in element.numbers("range", count=2, default=(-1, -1)))
        first, last = max(first - 1, 0), last - 1 if last >= 1 else points - 1
        if not first < last < points:
            raise element.wrong(
                f"a range of path points from 1 to {points}",
                f"{first + 1} to {last + 1}",
                "correct it",
            )
        method = element.text_of("method", default="hybrid")
        if surfaces[name].shape == "ellipsoid":
            findings.note(f"{muscle}: {GEODESIC}{method!r} is the shortest path here")
        wraps.append(Wrap(name, first, last))
    return tuple(wraps), tuple(straight)
