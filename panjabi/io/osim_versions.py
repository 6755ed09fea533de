"""Versions of OpenSim files, and conversion of old files to the names and layout of version 4.

The names and the versions at which they changed are those of OpenSim's reader.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from panjabi.errors import SchemaError
from panjabi.io.markup import Element

OLDEST, NEWEST = 10901, 40600
ALWAYS = 99999


class Renamed(NamedTuple):
    """An element that has another name in files up to a version."""

    until: int  # last version with the old name
    inside: str  # pattern of the tag of the element around it
    old: str
    new: str


OLD_NAMES = (
    Renamed(ALWAYS, "Model", "ActuatorSet", "ForceSet"),
    Renamed(ALWAYS, ".*", "MusclePointSet", "PathPointSet"),
    Renamed(ALWAYS, ".*", "MuscleWrapSet", "PathWrapSet"),
    Renamed(ALWAYS, ".*", "MusclePoint", "PathPoint"),
    Renamed(ALWAYS, ".*", "MuscleViaPoint", "ConditionalPathPoint"),
    Renamed(ALWAYS, ".*", "MovingMusclePoint", "MovingPathPoint"),
    Renamed(ALWAYS, ".*", "MuscleWrap", "PathWrap"),
    Renamed(ALWAYS, ".*", "NaturalCubicSpline", "SimmSpline"),
    Renamed(ALWAYS, ".*", "natCubicSpline", "SimmSpline"),
    Renamed(ALWAYS, ".*", "Schutte1993Muscle", "Schutte1993Muscle_Deprecated"),
    Renamed(ALWAYS, ".*", "Delp1990Muscle", "Delp1990Muscle_Deprecated"),
    Renamed(20301, ".*Muscle.*", "pennation_angle", "pennation_angle_at_optimal"),
    Renamed(20001, "ConditionalPathPoint", "coordinates", "coordinate"),
    Renamed(29999, "MovingPathPoint", "XAttachment", "x_location"),
    Renamed(29999, "MovingPathPoint", "YAttachment", "y_location"),
    Renamed(29999, "MovingPathPoint", "ZAttachment", "z_location"),
    Renamed(30499, ".*Joint", "location", "location_in_child"),
    Renamed(30499, ".*Joint", "orientation", "orientation_in_child"),
)


def version_of(root: Element) -> int:
    """The version that a file states, 40000 for OpenSim 4.0.

    Raises
    ------
    SchemaError
        If the file is not an OpenSim document, or of a version that is not supported.
    """
    where = f"{root.file}, line {root.line}"
    if root.tag != "OpenSimDocument":
        kind = {"mujoco": "an MJCF model of MuJoCo", "robot": "a URDF or SDF model"}.get(root.tag)
        raise SchemaError(
            f"{where}: Expected <OpenSimDocument>, got <{root.tag}>{f', {kind}' if kind else ''}; "
            "give an OpenSim model file."
        )
    stated = root.attributes.get("Version", "")
    if not re.fullmatch("[0-9]{1,9}", stated):
        raise SchemaError(
            f"{where}: Expected a version from {OLDEST} to {NEWEST}, got {stated!r}; open the "
            "model in OpenSim and save it."
        )
    version = int(stated)
    if version > NEWEST:
        raise SchemaError(
            f"{where}: Expected a version up to {NEWEST}, the newest that this program reads, got "
            f"{version}; update panjabi, or save the model with an older OpenSim."
        )
    if version < OLDEST:
        raise SchemaError(
            f"{where}: Expected a version from {OLDEST} on, the oldest that OpenSim 4 reads, got "
            f"{version}; open the model in OpenSim 3.3 and save it."
        )
    return version


def modernise(model: Element, version: int) -> None:
    """Convert the elements of a model to the names and the layout of version 4, in place."""
    names = {r.old: r for r in OLD_NAMES if version <= r.until}
    _rename(model, names)
    for element in list(model.walk()):
        _connectors_as_sockets(element)
        if element.tag.endswith("Muscle") or "Muscle_" in element.tag:
            _path_around_points(element)


def _rename(element: Element, names: dict[str, Renamed]) -> None:
    for child in element.children:
        renamed = names.get(child.tag)
        if renamed is not None and re.fullmatch(renamed.inside, element.tag):
            child.tag = renamed.new
        _rename(child, names)


def _connectors_as_sockets(element: Element) -> None:
    """Convert connectors, as in test versions of OpenSim 4 (30500 to 39999), to sockets."""
    for holder in [e for e in element.children if e.tag == "connectors"]:
        holder.take_all()
        for connector in holder.children:
            name = connector.first("connectee_name")
            if name is not None:
                socket = element.add(f"socket_{connector.name}", name.text)
                socket.line = connector.line


def _path_around_points(muscle: Element) -> None:
    """Add a path around the points, which early versions have directly in the muscle."""
    sets = [e for e in muscle.children if e.tag in ("PathPointSet", "PathWrapSet")]
    if sets and not any(e.tag == "GeometryPath" for e in muscle.children):
        path = muscle.add("GeometryPath")
        path.line = sets[0].line
        path.children = sets
        muscle.children = [e for e in muscle.children if e not in sets]
