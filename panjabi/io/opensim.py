"""Reading OpenSim model files (.osim) of OpenSim 2, 3 and 4."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.landmarks import Frame
from panjabi.body.model import Body
from panjabi.body.muscles import Muscle
from panjabi.body.tree import GROUND, Floats
from panjabi.errors import SchemaError
from panjabi.io.findings import Findings
from panjabi.io.markup import Element, parse
from panjabi.io.osim_coordinates import OsimCoordinate, coupled, read_coordinates
from panjabi.io.osim_frames import Frames
from panjabi.io.osim_joints import SHIFT, Joint
from panjabi.io.osim_model import OsimModel
from panjabi.io.osim_motion import build_motions
from panjabi.io.osim_muscles import OsimMuscle, read_muscle
from panjabi.io.osim_paths import Paths, as_muscle, build_paths
from panjabi.io.osim_tree import (
    NOTHING,
    parents_first,
    read_bodies,
    read_joints,
    read_markers,
    read_mass,
)

OLDEST, NEWEST = 20101, 40600
BETWEEN = range(30500, 40000)  # test versions of OpenSim 4, with a third layout
_DOWN = (0.0, -STANDARD_GRAVITY, 0.0)


def read_osim(path: str | Path) -> OsimModel:
    """Body, muscles and left-overs of an OpenSim model file.

    Raises
    ------
    DataFileError
        If the file cannot be read, or an element cannot mean anything: a body or coordinate that
        does not exist, joints in a circle, a length of zero. Names file, line and element.
    SchemaError
        If the file is no OpenSim model, or of a version that is not read.
    """
    root = parse(path)
    version = _version(root)
    model = root.first("Model")
    if model is None:
        raise SchemaError(
            f"{root.file}, line {root.line}: holds no <Model>; an OpenSim model is possible. "
            "Give a model, not a set of results or settings."
        )
    _patterns(model)
    findings = Findings()
    bodies = read_bodies(model)
    frames = Frames(model, list(bodies))
    joints = parents_first(read_joints(model, bodies, frames, findings), bodies)
    coordinates = coupled(read_coordinates(joints), model.members("ConstraintSet"), findings)
    muscles = _muscles(model, frames, list(coordinates), findings)
    free = [n for n, c in coordinates.items() if c.driver is None]
    motions = build_motions(joints, coordinates, free)
    idle = [n for k, n in enumerate(free) if k not in motions.frame.coordinate]
    if idle:
        findings.note(f"coordinates that move no body: {', '.join(idle)}")
    names = (GROUND, *(j.child for j in joints))
    paths = build_paths(muscles, names, motions.frame.parent, coordinates, free)
    ranges = np.array([coordinates[n].range for n in free]).reshape(len(free), 2)
    tree, fits = motions.nominal(free, ranges)
    masses = [NOTHING, *(read_mass(bodies[n]) for n in names[1:])]
    body = Body(
        names=names,
        coordinates=tuple(free),
        ranges=ranges,
        signs=dict.fromkeys(free, "as in the file"),
        translations=_translations(joints, coordinates),
        mass=np.array([m.mass for m in masses]),
        com=np.array([m.com for m in masses]),
        inertia=np.array([m.inertia for m in masses]),
        tree=tree,
        frames={n: Frame(n, f.body, f.position, f.rotation) for n, f in frames.all().items()},
        aliases={},
        landmarks=read_markers(model, frames, findings),
        stations={},
        muscles=_body_muscles(
            muscles, paths, names, np.array([coordinates[n].default for n in free])
        ),
        scale=np.ones(len(names)),
        floor=np.zeros(2),
        stature=float("nan"),
    )
    gravity = np.array(model.numbers("gravity", count=3, default=_DOWN))
    _remark(model, gravity, coordinates, muscles, findings)
    findings.collect(root)
    return OsimModel(
        file=root.file,
        version=version,
        name=model.name,
        body=body,
        coordinates=coordinates,
        muscles=tuple(muscles),
        gravity=gravity,
        motions=motions,
        paths=paths,
        fits=fits,
        not_understood=tuple(findings.not_understood),
        notes=(*findings.notes, *map(str, fits)),
    )


def _version(root: Element) -> int:
    where = f"{root.file}, line {root.line}"
    if root.tag != "OpenSimDocument":
        raise SchemaError(
            f"{where}: the root is <{root.tag}>; <OpenSimDocument> is possible. "
            "Give an OpenSim model file."
        )
    stated = root.attributes.get("Version", "")
    if not stated.isdigit():
        raise SchemaError(
            f"{where}: the version is {stated!r}; {OLDEST} to {NEWEST} are possible. "
            "Open the model in OpenSim and save it."
        )
    version = int(stated)
    if version > NEWEST:
        raise SchemaError(
            f"{where}: the version is {version}, newer than {NEWEST}, the newest that this program "
            "reads. Update panjabi, or save the model with an older OpenSim."
        )
    if version < OLDEST or version in BETWEEN:
        raise SchemaError(
            f"{where}: the version is {version}; {OLDEST} to {BETWEEN[0] - 1} and "
            f"{BETWEEN[-1] + 1} to {NEWEST} are possible. Open the model in OpenSim 4 and save it."
        )
    return version


def _patterns(model: Element) -> None:
    """Give every element the default of its kind that the file states."""
    holder = model.first("defaults")
    if holder is None:
        return
    holder.take_all()
    stated = {e.tag: e for e in holder.children}
    inside = {id(e) for e in holder.walk()}
    for element in model.walk():
        if id(element) not in inside:
            element.pattern = stated.get(element.tag)


def _muscles(
    model: Element, frames: Frames, coordinates: list[str], findings: Findings
) -> list[OsimMuscle]:
    found: dict[str, OsimMuscle] = {}
    for element in model.members("ForceSet"):
        if "Muscle" not in element.tag:
            continue
        if element.name in found:
            raise element.wrong(
                "has the name of another muscle", "names that differ are possible", "Rename one."
            )
        muscle = read_muscle(element, frames, coordinates, findings)
        if muscle is not None:
            found[muscle.name] = muscle
    return list(found.values())


def _translations(
    joints: Sequence[Joint], coordinates: dict[str, OsimCoordinate]
) -> frozenset[str]:
    """Coordinates that shift bodies and turn none."""
    kinds: dict[str, set[str]] = {}
    for joint in joints:
        for motion in joint.motions:
            kinds.setdefault(motion.coordinate, set()).add(motion.kind)
    return frozenset(n for n in coordinates if kinds.get(n) == {SHIFT})


def _body_muscles(
    muscles: Sequence[OsimMuscle], paths: Paths, names: tuple[str, ...], default: Floats
) -> dict[str, Muscle]:
    """The muscles as the body's own, over the points of the default posture."""
    arrays = paths.at(default)
    found = {}
    for m, muscle in enumerate(muscles):
        piece = slice(arrays.start[m], arrays.start[m + 1])
        bodies = tuple(names[b] for b in arrays.body[piece])
        found[muscle.name] = as_muscle(muscle, bodies, arrays.local[piece])
    return found


def _remark(
    model: Element,
    gravity: Floats,
    coordinates: dict[str, OsimCoordinate],
    muscles: Sequence[OsimMuscle],
    findings: Findings,
) -> None:
    for tag, unit in (("length_units", "meters"), ("force_units", "N")):
        stated = model.text_of(tag, default=unit)
        if stated not in (unit, "m"):
            findings.note(f"{tag} is {stated!r}; the numbers are taken in SI as OpenSim takes them")
    if not np.allclose(gravity, _DOWN, atol=1e-3):
        findings.note(f"gravity of the file is {gravity.tolist()} m/s2")
    locked = [n for n, c in coordinates.items() if c.locked]
    if locked:
        findings.note(f"locked in the file, free here: {', '.join(locked)}")
    changing = [m.name for m in muscles if not m.fixed]
    if changing:
        findings.note(
            "points that come, go or move with the posture (exact in the model's own lengths, "
            f"as in the default posture in `body` and `musculature`): {', '.join(changing)}"
        )
