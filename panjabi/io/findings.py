"""Elements of a model file that are not understood, with line, reason and effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from panjabi.io.markup import Element
from panjabi.results import Result

UNKNOWN = "this element is not known to the reader"
DRAWING = frozenset(
    """Appearance FrameGeometry VisibleObject attached_geometry geometry_files geometry Mesh
    WrapPath default_color display_geometry VisualizerPreferences ModelVisualPreferences
    ModelVisualizer PhysicalFrameGeometry display_preference GeometrySet Sphere Brick Cylinder
    Ellipsoid Cone Arrow LineGeometry color""".split()
)
"""Elements for display only."""
SETTINGS = frozenset(
    """credits publications assembly_accuracy clamped default_speed_value initial_value motion_type
    is_free_to_satisfy_constraints display_name ObjectGroup groups defaults fixed use_fd
    max_number_of_activation_steps""".split()
)
"""Elements for authorship, grouping and settings of OpenSim's solvers."""
FROM_SET = {
    "ForceSet": ("forces other than those of muscles are not modelled", "forces on the bodies"),
    "ConstraintSet": (
        "only couplers of one coordinate to another are modelled; this constraint is not enforced",
        "motion: the tree is freer than the model of the file",
    ),
    "ControllerSet": ("controllers are not modelled", "excitation of muscles and actuators"),
    "ContactGeometrySet": ("contact is not modelled", "contact forces"),
    "ProbeSet": ("probes are not modelled", "outputs of a simulation only"),
    "WrapObjectSet": ("its shape is not known to the reader", "the paths that wrap over it"),
    "JointSet": (UNKNOWN, "motion of the joint"),
    "BodySet": (UNKNOWN, "the body"),
    "ComponentSet": (UNKNOWN, "unknown"),
    "MarkerSet": (UNKNOWN, "the marker"),
}
"""Set that contains an element -> why the element is left out and what that affects."""


@dataclass(frozen=True)
class NotUnderstood(Result):
    """An element that is left out, or only partly read."""

    element: str  # tag
    name: str
    line: int
    why: str
    affects: str

    def __str__(self) -> str:
        name = f" {self.name}" if self.name else ""
        return f"line {self.line}: {self.element}{name}: {self.why}; affects {self.affects}"


class Findings:
    """Elements left out and notes, collected while a file is read."""

    def __init__(self) -> None:
        self.not_understood: list[NotUnderstood] = []
        self.notes: list[str] = []

    def leave_out(self, element: Element, why: str, affects: str, name: str = "") -> None:
        """List an element as left out; it and all elements below are marked as used."""
        element.take_all()
        self.not_understood.append(
            NotUnderstood(element.written, name or element.name, element.line, why, affects)
        )

    def note(self, text: str) -> None:
        """Add a note for the user of the model."""
        self.notes.append(text)

    def collect(self, root: Element) -> None:
        """List every element with content that was not read, in the order of lines.

        Elements for display, grouping or solver settings are counted in one note.
        """
        aside: Counter[str] = Counter()
        for element, why, affects in _unused(root, "", (UNKNOWN, "unknown")):
            if element.tag in DRAWING | SETTINGS:
                aside[element.tag] += 1
            else:
                self.leave_out(element, why, affects)
        self.not_understood.sort(key=lambda entry: entry.line)
        if aside:
            counted = ", ".join(f"{tag} ({n})" for tag, n in sorted(aside.items()))
            self.note(f"ignored elements for display, grouping or solver settings: {counted}")


def _set_of(tag: str) -> str:
    """The set to which a component outside all sets belongs."""
    ends = {
        "Force": "ForceSet",
        "Actuator": "ForceSet",
        "Motor": "ForceSet",
        "Constraint": "ConstraintSet",
        "Controller": "ControllerSet",
        "Probe": "ProbeSet",
    }
    return next((name for end, name in ends.items() if tag.endswith(end)), "ComponentSet")


def _unused(
    element: Element, owner: str, reason: tuple[str, str]
) -> Iterator[tuple[Element, str, str]]:
    """The topmost unused elements with content; sets are searched, but not listed themselves."""
    for child in element.children:
        inside = FROM_SET.get(child.tag, reason)
        if element.tag in ("components", "ComponentSet"):
            reason = FROM_SET[_set_of(child.tag)]
        if child.tag.endswith("Joint"):  # in files of OpenSim 2 and 3 joints are inside bodies
            inside = FROM_SET["JointSet"]
        elif child.used and "Muscle" in child.tag:
            inside = (UNKNOWN, "the muscle")
        if child.used or child.tag in FROM_SET or child.tag in ("objects", "components", "frames"):
            is_part = child.name and not child.tag.endswith(("Model", "Set", "GeometryPath"))
            named = child.name if child.used and is_part else owner
            yield from _unused(child, named, inside)
        elif any(e.text.strip() or e.tag[:1].isupper() for e in child.walk()):
            why, affects = reason
            yield child, why, f"{affects} ({owner})" if owner else affects
