"""Frames of an OpenSim file: names of bodies and of frames fixed to them, resolved to bodies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.tree import GROUND, Floats
from panjabi.errors import nearest
from panjabi.io.markup import Element

OFFSET = "PhysicalOffsetFrame"


@dataclass(frozen=True, eq=False)
class FixedFrame:
    """A frame fixed to a body: point_in_body = position + rotation @ point."""

    body: str
    position: Floats  # (3,) [m]
    rotation: Floats  # (3, 3)

    def then(self, position: ArrayLike, rotation: Floats) -> FixedFrame:
        """A frame placed in this one."""
        place = self.position + self.rotation @ np.asarray(position, float)
        return FixedFrame(self.body, place, self.rotation @ rotation)


def body_fixed_xyz(angles: ArrayLike) -> Floats:
    """Rotation (3, 3) of three turns [rad], about x, then the new y, then the new z."""
    (ca, cb, cc), (sa, sb, sc) = np.cos(angles), np.sin(angles)
    about_x = np.array([[1.0, 0.0, 0.0], [0.0, ca, -sa], [0.0, sa, ca]])
    about_y = np.array([[cb, 0.0, sb], [0.0, 1.0, 0.0], [-sb, 0.0, cb]])
    about_z = np.array([[cc, -sc, 0.0], [sc, cc, 0.0], [0.0, 0.0, 1.0]])
    return about_x @ about_y @ about_z


class Frames:
    """Looks a frame up by the name or path that the file gives.

    The part of a path that counts is the last one, and its owner where several have that name.
    """

    def __init__(self, model: Element, bodies: list[str]) -> None:
        self.bodies = [GROUND, *bodies]
        self.offsets: dict[str, list[Element]] = {}
        self.owner: dict[int, Element] = {}
        self._gather(model, model)

    def _gather(self, element: Element, owner: Element) -> None:
        """All offset frames below, each with the nearest component of the file around it."""
        for child in element.children:
            if child.tag == OFFSET:
                self.offsets.setdefault(child.name, []).append(child)
                self.owner[id(child)] = owner
            is_component = bool(child.name) and child.tag[:1].isupper()
            self._gather(child, child if is_component else owner)

    def find(self, name: str, asker: Element, near: Element | None = None) -> FixedFrame:
        """The frame of that name or path; frames among `near`'s own win.

        Raises
        ------
        DataFileError
            If no body or frame has the name, or frames are placed in a circle.
        """
        return self._find(name, asker, near, ())

    def _find(
        self, name: str, asker: Element, near: Element | None, on_the_way: tuple[int, ...]
    ) -> FixedFrame:
        if name == ".." and id(asker) in self.owner:
            name = self.owner[id(asker)].name
        last = name.rstrip("/").rpartition("/")[2]
        own = [f for f in self.offsets.get(name, []) if self.owner[id(f)] is near]
        if not own and last in self.bodies:
            return FixedFrame(last, np.zeros(3), np.eye(3))
        found = own or self._on_path(name, last)
        if not found:
            raise asker.wrong(
                f"refers to the body or frame {name!r}, which does not exist",
                nearest(last, [*self.bodies, *self.offsets]),
                "Correct the name.",
            )
        frame = found[0].take()
        if id(frame) in on_the_way:
            raise frame.wrong(
                "is placed in a frame that is placed in itself",
                "frames that lead to a body are possible",
                "Correct its socket_parent.",
            )
        parent = self._find(frame.text_of("socket_parent"), frame, near, (*on_the_way, id(frame)))
        translation = frame.numbers("translation", count=3, default=(0.0, 0.0, 0.0))
        angles = frame.numbers("orientation", count=3, default=(0.0, 0.0, 0.0))
        return parent.then(translation, body_fixed_xyz(angles))

    def _on_path(self, name: str, last: str) -> list[Element]:
        """Frames of the last part of a path, those first whose owner the path names."""
        parts = name.strip("/").split("/")
        frames = self.offsets.get(last, [])
        return sorted(frames, key=lambda f: self.owner[id(f)].name not in parts[:-1])

    def all(self) -> dict[str, FixedFrame]:
        """Every offset frame of the file, by owner/name."""
        return {
            f"{self.owner[id(e)].name}/{name}": self.find(name, e, self.owner[id(e)])
            for name, elements in self.offsets.items()
            for e in elements
        }
