"""A body of another size: stature, mass, segment lengths.

Rules, all assumed. Every segment keeps its shape: one factor for its lengths in all directions,
so joint centres, centres of mass, landmarks and muscle points move with it. Segment masses go
with volume (factor cubed), and then all together so that the total comes out; inertia goes with
mass times length squared. Optimal fibre and tendon slack length follow the muscle's own path
length standing, so that each fibre works at the same place of its curve. Maximal force goes with
mass to the power 2/3, as area goes with volume.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from panjabi.body.landmarks import Frame, Place
from panjabi.body.model import Body
from panjabi.body.tree import Floats, scaled_tree
from panjabi.errors import ParameterError, unknown
from panjabi.parameter import USER, Parameter, ParameterSet

LUMBAR = tuple(f"L{i}" for i in range(5, 0, -1))
THORAX = tuple(f"T{i}" for i in range(12, 0, -1))
NECK = tuple(f"C{i}" for i in range(7, 0, -1))

SEGMENTS: Mapping[str, tuple[str, ...]] = {
    "pelvis": ("pelvis", "sacrum"),
    "lumbar": LUMBAR,
    "thorax": THORAX,
    "neck": NECK,
    "head": ("skull",),
    "girdle": ("clavicle", "scapula"),
    "upper_arm": ("humerus",),
    "forearm": ("ulna", "radius"),
    "hand": ("hand",),
    "thigh": ("femur", "patella"),
    "shank": ("tibia",),
    "foot": ("talus", "calcn", "toes"),
}
"""Bodies of each segment, without the side."""

ENDS: Mapping[str, tuple[str, str]] = {
    "pelvis": ("femur_r", "femur_l"),  # between the hip centres
    "lumbar": ("L5", "T12"),
    "thorax": ("T12", "C7"),
    "neck": ("C7", "skull"),
    "head": ("skull", "vertex_skin"),
    "girdle": ("clavicle", "humerus"),
    "upper_arm": ("humerus", "ulna"),
    "forearm": ("ulna", "hand"),
    "hand": ("hand", "fingertip"),
    "thigh": ("femur", "tibia"),
    "shank": ("tibia", "talus"),
    "foot": ("heel", "hallux_tip"),
}
"""What a segment's length lies between: the joint below or above a body, or landmarks."""

FACTORS = (0.4, 2.5)  # beyond these a segment is a slip of the pen, not a person
STATURES = (0.7, 2.5)  # [m]
MASSES = (10.0, 300.0)  # [kg]


def segments(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Bodies of every segment, limbs as `<segment>_r` and `<segment>_l`."""
    made = {}
    for segment, members in SEGMENTS.items():
        if members[0] in names:
            made[segment] = members
        else:
            for side in ("_r", "_l"):
                made[segment + side] = tuple(m + side for m in members)
    return made


def segment_masses(body: Body) -> dict[str, float]:
    """Mass of each segment [kg], limbs right and left; `SEGMENTS` tells its bodies."""
    return {
        name: float(sum(body.mass[body.body_index(b)] for b in members))
        for name, members in segments(body.names).items()
    }


def segment_lengths(body: Body) -> dict[str, float]:
    """Length of each segment [m] between its joint centres or landmarks, standing."""
    poses = body.poses(body.zero())

    def where(name: str, side: str) -> Floats:
        for known in (name + side, name):
            if known in body.landmarks:
                return body.landmark(poses, known)
            if known in body.names:
                return body.joint_centre(poses, known)
        raise unknown("landmark", name, body.landmarks)

    lengths = {}
    for segment in segments(body.names):
        base, side = (segment[:-2], segment[-2:]) if segment[-2:] in ("_r", "_l") else (segment, "")
        a, b = ENDS[base]
        lengths[segment] = float(np.linalg.norm(where(a, side) - where(b, side)))
    return lengths


def scaled_body(
    body: Body,
    *,
    stature: float | None = None,
    mass: float | None = None,
    segments: Mapping[str, float] | None = None,
    lengths: Mapping[str, float] | None = None,
    force_exponent: float = 2.0 / 3.0,
) -> Body:
    """A body of another size; the rules are told at the head of this module.

    stature [m], mass [kg]; segments: factors relative to the rest of the body, for instance
    {"thigh": 1.03} or {"thigh_r": 1.03}; lengths: segment lengths in m.

    With a stature, all segments but those given in metres share one factor, chosen so that the
    stature comes out; `segments` are proportions on top of it. Without a stature it is what the
    segments make it. Without a mass the body mass index stays.

    Raises
    ------
    UnknownNameError
        For a segment that does not exist.
    ParameterError
        For sizes that are not finite, not positive, or of no human being; for a segment given
        twice; for a stature that the given lengths do not leave room for.
    """
    for name, value, (low, high), unit in (
        ("stature", stature, STATURES, "m"),
        ("mass", mass, MASSES, "kg"),
    ):
        if value is not None and not low <= value <= high:
            raise ParameterError(
                f"{name} is {value!r} {unit}; {low:g} to {high:g} {unit} is possible. "
                f"Give the {name} in {unit}."
            )
    if not math.isfinite(force_exponent):
        raise ParameterError(
            f"force_exponent is {force_exponent!r}; a finite number is possible. "
            "Use 2/3 (area with volume), 1 (with mass) or 0 (unchanged)."
        )
    segments, lengths = segments or {}, lengths or {}
    shape, fixed = _factors(body, segments, lengths)
    factor = shape if stature is None else _solve_stature(body, shape, fixed, stature)
    made = _with_scale(body, factor)
    if mass is None:
        mass = body.total_mass * (made.stature / body.stature) ** 2
    return _with_mass(body, made, factor, mass, force_exponent, segments, lengths)


def _factors(
    body: Body, proportions: Mapping[str, float], lengths: Mapping[str, float]
) -> tuple[Floats, np.ndarray]:
    """Factor per body before the stature is met, and which bodies have it fixed."""
    present, all_segments = segment_lengths(body), segments(body.names)
    factor, fixed = np.ones(len(body.names)), np.zeros(len(body.names), bool)
    seen: dict[str, str] = {}
    for given, kind in ((proportions, "segments"), (lengths, "lengths")):
        for name, value in given.items():
            sides = [s for s in (name, name + "_r", name + "_l") if s in all_segments]
            if not sides:
                raise unknown("segment", name, [*SEGMENTS, *all_segments])
            for segment in sides:
                if segment in seen:
                    raise ParameterError(
                        f"segment {segment!r} was given twice, as {seen[segment]!r} and {name!r}; "
                        "one size each is possible. Keep one of them."
                    )
                seen[segment] = name
                f = value if kind == "segments" else value / present[segment]
                if not FACTORS[0] <= f <= FACTORS[1]:
                    unit = "" if kind == "segments" else " m"
                    low, high = FACTORS
                    if kind == "lengths":
                        low, high = low * present[segment], high * present[segment]
                    raise ParameterError(
                        f"{kind}[{name!r}] is {value!r}{unit}; {low:.3g} to {high:.3g}{unit} is "
                        "possible. `segments` takes factors, `lengths` metres."
                    )
                for member in all_segments[segment]:
                    b = body.names.index(member)
                    factor[b], fixed[b] = f, kind == "lengths"
    return factor, fixed


def _solve_stature(body: Body, shape: Floats, fixed: np.ndarray, stature: float) -> Floats:
    """Common factor of the free bodies that gives the stature.

    Standing height over each foot is linear in the sizes, and the longer leg stands.
    """

    def heights(k: float) -> Floats:
        return _standing(body, np.where(fixed, shape, k * shape))[1]

    none, one = heights(0.0), heights(1.0)
    if np.allclose(one, none):
        raise ParameterError(
            "every segment was given in metres, so none is left to bring the stature out. "
            "Leave the stature out, or free a segment."
        )
    k = float(np.min((stature - none) / (one - none)))
    if not FACTORS[0] <= k <= FACTORS[1]:
        raise ParameterError(
            f"stature {stature:g} m would make the segments not given in metres {k:.3g} times "
            f"as long; {FACTORS[0]:g} to {FACTORS[1]:g} is possible. Change the stature or lengths."
        )
    return np.where(fixed, shape, k * shape)


def _standing(body: Body, factor: Floats) -> tuple[float, Floats]:
    """Height of the pelvis and stature over the right and left sole, with bodies scaled [m]."""
    tree = scaled_tree(body.tree, factor, 0.0)
    poses = replace(body, tree=tree).poses(body.zero())
    soles = []
    for side, name in enumerate(("calcn_r", "calcn_l")):
        b = body.names.index(name)
        soles.append(poses.t[b, 1] - factor[b] * body.floor[side])
    vertex = body.landmarks["vertex_skin"]
    b = body.names.index(vertex.body)
    top = (poses.R[b] @ vertex.local)[1] * factor[b] + poses.t[b, 1]
    return -min(soles), top - np.array(soles)


def _with_scale(body: Body, factor: Floats) -> Body:
    """Lengths only: joints, centres of mass, places, muscle points."""
    index = {name: b for b, name in enumerate(body.names)}
    pelvis_height, statures = _standing(body, factor)
    floor = body.floor * factor[[index["calcn_r"], index["calcn_l"]]]

    def moved(places: Mapping[str, Place]) -> dict[str, Place]:
        return {k: p.moved(p.local * factor[index[p.body]]) for k, p in places.items()}

    return replace(
        body,
        tree=scaled_tree(body.tree, factor, pelvis_height),
        com=body.com * factor[:, None],
        frames={
            k: Frame(f.name, f.body, f.position * factor[index[f.body]], f.rotation)
            for k, f in body.frames.items()
        },
        landmarks=moved(body.landmarks),
        stations=moved(body.stations),
        muscles={
            name: replace(m, points=m.points * factor[[index[b] for b in m.bodies], None])
            for name, m in body.muscles.items()
        },
        scale=body.scale * factor,
        floor=floor,
        stature=float(statures.max()),
    )


def _with_mass(
    old: Body,
    new: Body,
    factor: Floats,
    mass: float,
    force_exponent: float,
    proportions: Mapping[str, float],
    lengths: Mapping[str, float],
) -> Body:
    """Masses, inertias and muscles of the scaled body."""
    volume = old.mass * factor**3
    masses = volume * (mass / volume.sum())
    ratio = np.divide(masses, old.mass, out=np.zeros_like(masses), where=old.mass > 0.0)
    length = new.path_lengths(new.zero()) / old.path_lengths(old.zero())
    force = (mass / old.total_mass) ** force_exponent
    parameters = dict(old.parameters)
    parameters["stature"] = Parameter(new.stature, "m", USER, "assumed", "standing, skin vertex")
    parameters["mass"] = Parameter(mass, "kg", USER, "assumed", "whole body")
    parameters["force_exponent"] = Parameter(
        force_exponent, "1", USER, "assumed", "maximal muscle force goes with mass to this power"
    )
    for name, value in proportions.items():
        parameters[f"proportion_{name}"] = Parameter(value, "1", USER, "assumed")
    for name, value in lengths.items():
        parameters[f"length_{name}"] = Parameter(value, "m", USER, "assumed")
    return replace(
        new,
        mass=masses,
        inertia=old.inertia * (ratio * factor**2)[:, None, None],
        muscles={
            name: muscle.scaled(muscle.points, length=float(length[m]), force=force)
            for m, (name, muscle) in enumerate(new.muscles.items())
        },
        parameters=ParameterSet(parameters),
    )
