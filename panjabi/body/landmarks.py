"""Named points of bodies: landmarks, stations of the fascial lines, frames; and the mirror side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from panjabi.body.tree import Floats

MIDLINE = 1e-9  # [m] a point nearer to the plane of symmetry counts as on it


@dataclass(frozen=True, eq=False)
class Place:
    """A named point fixed to a body."""

    id: str
    body: str
    local: Floats  # (3,) in the body's frame [m]
    name: str = ""
    lines: tuple[str, ...] = ()  # fascial lines that run through it
    status: str = ""  # computed | estimate
    basis: str = ""  # how its position was determined

    def moved(self, local: Floats) -> Place:
        """A copy at another point of the body."""
        return Place(self.id, self.body, local, self.name, self.lines, self.status, self.basis)


@dataclass(frozen=True, eq=False)
class Frame:
    """A second set of axes fixed to a body: point_in_body = position + rotation @ point."""

    name: str
    body: str
    position: Floats  # (3,) [m]
    rotation: Floats  # (3, 3)


def left(name: str) -> str:
    """Name of the mirrored body: femur_r -> femur_l; a midline body keeps its name."""
    return name[:-2] + "_l" if name.endswith("_r") else name


def mirrored(local: Floats) -> Floats:
    """The point of the other side, in the local frame of the mirrored body."""
    return np.array([local[0], local[1], -local[2]])


def both_sides(records: Iterable[Mapping[str, Any]]) -> dict[str, Place]:
    """Stations of the right side as `<id>_r` and their mirror images as `<id>_l`.

    A station on the plane of symmetry of a midline body exists once and keeps its bare id.
    """
    points: dict[str, Place] = {}
    for record in records:
        right = _place(record)
        if not right.body.endswith("_r") and abs(right.local[2]) < MIDLINE:
            points[right.id] = right
            continue
        for side, body, local in (
            ("_r", right.body, right.local),
            ("_l", left(right.body), mirrored(right.local)),
        ):
            points[right.id + side] = Place(
                right.id + side, body, local, right.name, right.lines, right.status, right.basis
            )
    return points


def landmarks(records: Iterable[Mapping[str, Any]]) -> dict[str, Place]:
    """Landmarks, whose ids contain the side; left ones are added as mirror images of the right."""
    points = {p.id: p for p in map(_place, records)}
    for right in list(points.values()):
        other = left(right.id)
        if other not in points:
            points[other] = Place(other, left(right.body), mirrored(right.local), right.name)
    return points


def frames(records: Iterable[Mapping[str, Any]]) -> dict[str, Frame]:
    """Frames by name, with exactly orthonormal rotations."""
    result = {}
    for record in records:
        u, _, vt = np.linalg.svd(np.array(record["R"], float))
        result[record["name"]] = Frame(
            record["name"], record["parent"], np.array(record["pos"], float), u @ vt
        )
    return result


def _place(record: Mapping[str, Any]) -> Place:
    return Place(
        record["id"],
        record["body"],
        np.array(record["pos"], float),
        record.get("name", ""),
        tuple(record.get("lines", ())),
        record.get("status", ""),
        record.get("basis", ""),
    )
