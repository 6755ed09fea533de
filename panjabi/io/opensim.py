"""Reading OpenSim model files (.osim) of OpenSim 1.9 to 4."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.landmarks import Frame
from panjabi.body.model import Body
from panjabi.body.muscles import Muscle, PathArrays
from panjabi.body.tree import GROUND, Floats
from panjabi.body.wrapping import Wrap
from panjabi.errors import SchemaError
from panjabi.io.findings import Findings
from panjabi.io.markup import Element, parse
from panjabi.io.osim_bodies import NOTHING, Frames, parts, read_bodies, read_markers, read_mass
from panjabi.io.osim_joints import (
    SHIFT,
    Joint,
    OsimCoordinate,
    coupled,
    read_coordinates,
    read_joints,
)
from panjabi.io.osim_model import OsimModel, build_motions
from panjabi.io.osim_muscles import OsimMuscle, Paths, as_muscle, build_paths, read_muscles
from panjabi.io.osim_versions import modernise, version_of
from panjabi.io.osim_wraps import read_surfaces

ROUNDING = 1e-12  # deviation of a fit that is rounding only [rad or m]
_DOWN = (0.0, -STANDARD_GRAVITY, 0.0)


def read_osim(path: str | Path) -> OsimModel:
    """Body and muscles of an OpenSim model file, and a list of elements that are left out.

    `OsimModel.checkup` checks whether the values are physically plausible.

    Raises
    ------
    DataFileError
        If the file cannot be read, or an element is invalid: an unknown body or coordinate, joints
        in a loop, a length of zero. The message names file, line and element.
    SchemaError
        If the file is not an OpenSim model, or of a version that is not supported.
    """
    root, repairs = parse(path)
    version = version_of(root)
    model = root.first("Model")
    if model is None:
        content = ", ".join(f"<{child.tag}>" for child in root.children[:3]) or "nothing"
        raise SchemaError(
            f"{root.file}, line {root.line}: Expected a <Model>, got {content}; give a model, not "
            "results or settings."
        )
    modernise(model, version)
    _patterns(model)
    findings = Findings()
    for repair in repairs:
        findings.note(repair)
    bodies = read_bodies(model)
    frames = Frames(model, list(bodies), findings)
    joints, coordinate_names = read_joints(model, bodies, frames, findings)
    coordinates = coupled(
        read_coordinates(joints, coordinate_names, findings),
        parts(model, "ConstraintSet"),
        coordinate_names,
        findings,
    )
    surfaces = read_surfaces(model, frames, findings)
    muscles = read_muscles(parts(model, "ForceSet"), frames, coordinate_names, surfaces, findings)
    free = [n for n, c in coordinates.items() if c.driver is None]
    motions = build_motions(joints, coordinates, free)
    idle = [n for k, n in enumerate(free) if k not in motions.frame.coordinate]
    if idle:
        findings.note(f"coordinates that move no body: {', '.join(idle)}")
    names = (GROUND, *(j.child for j in joints))
    paths = build_paths(muscles, names, coordinates, free, surfaces)
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
        surfaces=surfaces,
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
        notes=(*findings.notes, *(str(f) for f in fits if f.largest_deviation > ROUNDING)),
    )


def _patterns(model: Element) -> None:
    """Link every element to the default of its type in the file."""
    holder = model.first("defaults")
    if holder is None:
        return
    holder.take_all()
    stated = {e.tag: e for e in holder.children}
    inside = {id(e) for e in holder.walk()}
    for element in model.walk():
        if id(element) not in inside:
            element.pattern = stated.get(element.tag)


def _translations(
    joints: Sequence[Joint], coordinates: dict[str, OsimCoordinate]
) -> frozenset[str]:
    """Coordinates that translate bodies and rotate none."""
    kinds: dict[str, set[str]] = {}
    for joint in joints:
        for motion in joint.motions:
            kinds.setdefault(motion.coordinate, set()).add(motion.kind)
    return frozenset(n for n in coordinates if kinds.get(n) == {SHIFT})


def _body_muscles(
    muscles: Sequence[OsimMuscle], paths: Paths, names: tuple[str, ...], default: Floats
) -> dict[str, Muscle]:
    """The muscles as records of the body, with the path points of the default posture."""
    arrays = paths.at(default)
    records: dict[str, Muscle] = {}
    for m, muscle in enumerate(muscles):
        piece = slice(arrays.start[m], arrays.start[m + 1])
        bodies = tuple(names[b] for b in map(int, arrays.body[piece]))
        records[muscle.name] = as_muscle(
            muscle, bodies, arrays.local[piece], _wraps(muscle, arrays, m)
        )
    return records


def _wraps(muscle: OsimMuscle, arrays: PathArrays, m: int) -> tuple[Wrap, ...]:
    """Wraps of muscle m between its active points; none where fewer than two are active."""
    if arrays.wraps is None:
        return ()
    start, first, last = arrays.wraps.start[m], arrays.wraps.first, arrays.wraps.last
    origin = int(arrays.start[m])
    return tuple(
        replace(wrap, first=int(first[k]) - origin, last=int(last[k]) - origin)
        for k, wrap in enumerate(muscle.wraps, start=int(start))
        if first[k] < last[k]
    )


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
            findings.note(f"{tag} is {stated!r}; the numbers are read in SI units, as in OpenSim")
    if not np.allclose(gravity, _DOWN, atol=1e-3):
        findings.note(f"gravity of the file is {gravity.tolist()} m/s2")
    locked = [n for n, c in coordinates.items() if c.locked]
    if locked:
        findings.note(f"locked in the file, free here: {', '.join(locked)}")
    changing = [m.name for m in muscles if not m.fixed]
    if changing:
        findings.note(
            "muscles with conditional or moving path points (exact in the lengths of the model, "
            f"fixed at the default posture in `body` and `musculature`): {', '.join(changing)}"
        )
