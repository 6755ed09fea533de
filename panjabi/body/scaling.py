"""A body of another size: stature, mass, segment lengths.

Every segment keeps its shape: one factor scales its lengths in all directions, also joint centres,
centres of mass, landmarks and muscle points. Segment masses are proportional to volume (factor
cubed), then all are scaled to the total mass; inertia is proportional to mass times length squared.
Optimal fibre and tendon slack length are proportional to the path length of the muscle in standing,
so that each fibre stays at the same point of its curve. Maximal force goes as the area, with the
square of this length; mass without length makes no muscle stronger. `panjabi.body.size` has the
powers, `docs/size.md` the derivation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from panjabi.body.landmarks import Frame, Place
from panjabi.body.model import Body
from panjabi.body.size import size_factor
from panjabi.body.tree import Floats, scaled_tree
from panjabi.errors import ParameterError, unknown
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
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
"""End points of the length of a segment: the joint below or above a body, or landmarks."""

FACTORS = (0.4, 2.5)  # a factor beyond these is taken for a typing error
TALLEST = 2.5  # a stature beyond this is taken for a typing error [m]
MASSES = (10.0, 300.0)  # [kg]


def segments(names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Bodies of every segment, limbs as `<segment>_r` and `<segment>_l`."""
    result: dict[str, tuple[str, ...]] = {}
    for segment, members in SEGMENTS.items():
        if members[0] in names:
            result[segment] = members
        else:
            for side in ("_r", "_l"):
                result[segment + side] = tuple(m + side for m in members)
    return result


def segment_masses(body: Body) -> dict[str, float]:
    """Mass of each segment [kg], limbs right and left; `SEGMENTS` lists its bodies."""
    return {
        name: float(sum(body.mass[body.body_index(b)] for b in members))
        for name, members in segments(body.names).items()
    }


def segment_lengths(body: Body) -> dict[str, float]:
    """Length of each segment [m] between its joint centres or landmarks, in standing."""
    poses = body.poses(body.zero())

    def where(name: str, side: str) -> Floats:
        for known in (name + side, name):
            if known in body.landmarks:
                return body.landmark(poses, known)
            if known in body.names:
                return body.joint_centre(poses, known)
        raise unknown("landmark", name, body.landmarks)

    lengths: dict[str, float] = {}
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
) -> Body:
    """A body of another size; the docstring of this module has the rules.

    stature [m], mass [kg]; segments: factors relative to the rest of the body, for example
    {"thigh": 1.03} or {"thigh_r": 1.03}; lengths: segment lengths in m.

    With a stature, all segments except those in `lengths` have a common factor that gives this
    stature; `segments` are additional factors. Without a stature, it follows from the segments.
    Without a mass, the body mass index stays the same.

    Raises
    ------
    UnknownNameError
        For a segment that does not exist.
    ParameterError
        For sizes that are not finite, not positive or not human; for a body below the stature of
        adults (`stature_limits`); for a segment named twice; for a stature that is not possible
        with `lengths`.
    """
    if stature is not None:
        check_stature(stature)
    if mass is not None:
        check_mass(mass)
    segments, lengths = segments or {}, lengths or {}
    shape, fixed = _factors(body, segments, lengths)
    factor = shape if stature is None else _solve_stature(body, shape, fixed, stature)
    scaled = _with_scale(body, factor)
    check_stature(scaled.stature)
    if mass is None:
        mass = body.total_mass * (scaled.stature / body.stature) ** 2
    made = _with_mass(body, scaled, factor, mass, segments, lengths)
    change = {
        "change": "size", "stature": stature, "mass": mass, "segments": dict(segments),
        "lengths": dict(lengths),
    }  # fmt: skip
    return replace(made, changes=(*body.changes, change))


def stature_limits() -> tuple[float, float]:
    """Statures of adults [m]: from three SD below the mean of women to three above that of men."""
    women, men = row("AN-F-stature"), row("AN-M-stature")
    low, high = women.number - 3.0 * (women.sd or 0.0), men.number + 3.0 * (men.sd or 0.0)
    return 1e-3 * low, 1e-3 * high


def mass_limits() -> tuple[float, float]:
    """Masses of adults [kg] as `stature_limits`, with a normal logarithm of the mass."""
    women, men = row("AN-F-lnm"), row("AN-M-lnm")
    low, high = women.number - 3.0 * (women.sd or 0.0), men.number + 3.0 * (men.sd or 0.0)
    return math.exp(low), math.exp(high)


def mass_without_load(body: Body) -> float:
    """Mass of the person [kg], without a load that is fixed to the body."""
    return body.parameters["mass"].si if "mass" in body.parameters else body.total_mass


def size_evidence() -> dict[str, EvidenceRange]:
    """Ranges of the stature [m] and the mass [kg] of measured adults."""
    bib = row("AN-F-stature").bib

    def limits(quantity: str, values: tuple[float, float], unit: str) -> EvidenceRange:
        low, high = (
            Parameter(v, unit, bib, "derived", "three standard deviations from the mean")
            for v in values
        )
        return EvidenceRange(quantity, high, least=low)

    return {
        "stature": limits("stature", stature_limits(), "m"),
        "mass": limits("mass", mass_limits(), "kg"),
    }


def size_outside_evidence(body: Body) -> tuple[str, ...]:
    """Descriptions of a stature or mass outside those of measured adults; () for none."""
    if not body.is_person:
        return ()
    sizes = {"stature": body.stature, "mass": mass_without_load(body)}
    return tuple(
        words
        for name, known in size_evidence().items()
        for words in known.outside([sizes[name]], ["body"])
    )


def check_mass(mass: float) -> None:
    """Raise ParameterError for a mass [kg] that is no mass of a person."""
    low, high = MASSES
    if not low <= mass <= high:
        raise ParameterError(
            f"Expected a mass from {low:g} to {high:g} kg, got {mass!r} kg; give the mass in kg."
        )


def check_stature(stature: float) -> None:
    """Raise ParameterError for a stature [m] that is not that of an adult."""
    low = stature_limits()[0]
    if low <= stature <= TALLEST:
        return
    if 0.0 < stature < low:
        raise ParameterError(
            f"Expected a stature of an adult from {low:.3f} m, three standard deviations below the "
            f"mean of women ({row('AN-F-stature').bib}), got {stature:g} m; children are not "
            "smaller adults, and no proportions, units and strength of children are packaged."
        )
    raise ParameterError(
        f"Expected a stature from {low:.3f} to {TALLEST:g} m, got {stature!r} m; give the stature "
        "in m."
    )


def _factors(
    body: Body, proportions: Mapping[str, float], lengths: Mapping[str, float]
) -> tuple[Floats, np.ndarray]:
    """Factor per body before scaling to the stature, and a mask of bodies with a fixed factor."""
    present, all_segments = segment_lengths(body), segments(body.names)
    factor, fixed = np.ones(len(body.names)), np.zeros(len(body.names), bool)
    seen: dict[str, str] = {}
    for sizes, argument in ((proportions, "segments"), (lengths, "lengths")):
        for name, value in sizes.items():
            sides = [s for s in (name, name + "_r", name + "_l") if s in all_segments]
            if not sides:
                raise unknown("segment", name, [*SEGMENTS, *all_segments])
            for segment in sides:
                if segment in seen:
                    raise ParameterError(
                        f"Expected one size for segment {segment!r}, got two, as {seen[segment]!r} "
                        f"and {name!r}; keep one of them."
                    )
                seen[segment] = name
                f = value if argument == "segments" else value / present[segment]
                if not FACTORS[0] <= f <= FACTORS[1]:
                    unit = "" if argument == "segments" else " m"
                    low, high = FACTORS
                    if argument == "lengths":
                        low, high = low * present[segment], high * present[segment]
                    raise ParameterError(
                        f"Expected {argument}[{name!r}] from {low:.3g} to {high:.3g}{unit}, got "
                        f"{value!r}{unit}; give factors in `segments` and metres in `lengths`."
                    )
                for member in all_segments[segment]:
                    b = body.names.index(member)
                    factor[b], fixed[b] = f, argument == "lengths"
    return factor, fixed


def _solve_stature(body: Body, shape: Floats, fixed: np.ndarray, stature: float) -> Floats:
    """Factor per body with a common factor of the free bodies that gives the stature.

    Standing height over each foot is linear in the sizes; the body stands on the longer leg.
    """

    def heights(k: float) -> Floats:
        return _standing(body, np.where(fixed, shape, k * shape))[1]

    offset = heights(0.0)
    slope = heights(1.0) - offset
    if np.allclose(slope + offset, offset):
        raise ParameterError(
            "Expected a segment without a length in metres to adjust to the stature, got lengths "
            "for every segment; leave the stature or a length out."
        )
    k = float(np.min((stature - offset) / slope))
    if not FACTORS[0] <= k <= FACTORS[1]:
        raise ParameterError(
            f"Expected a factor from {FACTORS[0]:g} to {FACTORS[1]:g} on the segments without a "
            f"length in metres, got {k:.3g} for a stature of {stature:g} m; change the stature or "
            "the lengths."
        )
    return np.where(fixed, shape, k * shape)


def _standing(body: Body, factor: Floats) -> tuple[float, Floats]:
    """Height of the pelvis, and stature over the right and left sole (2,), of scaled bodies [m]."""
    tree = scaled_tree(body.tree, factor, 0.0)
    poses = replace(body, tree=tree).poses(body.zero())
    soles: list[float] = []
    for side, name in enumerate(("calcn_r", "calcn_l")):
        b = body.names.index(name)
        soles.append(poses.t[b, 1] - factor[b] * body.floor[side])
    vertex = body.landmarks["vertex_skin"]
    b = body.names.index(vertex.body)
    top = (poses.R[b] @ vertex.local)[1] * factor[b] + poses.t[b, 1]
    return -min(soles), top - np.array(soles)


def _with_scale(body: Body, factor: Floats) -> Body:
    """The body with scaled lengths only: joints, centres of mass, landmarks, muscle points."""
    index = {name: b for b, name in enumerate(body.names)}
    pelvis_height, statures = _standing(body, factor)
    floor = body.floor * factor[[index["calcn_r"], index["calcn_l"]]]

    def moved(points: Mapping[str, Place]) -> dict[str, Place]:
        return {k: p.moved(p.local * factor[index[p.body]]) for k, p in points.items()}

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
        surfaces={
            name: s.scaled(float(factor[index[s.body]])) for name, s in body.surfaces.items()
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
    proportions: Mapping[str, float],
    lengths: Mapping[str, float],
) -> Body:
    """Masses, inertias and muscles of the scaled body."""
    volume = old.mass * factor**3
    masses = volume * (mass / volume.sum())
    ratio = np.divide(masses, old.mass, out=np.zeros_like(masses), where=old.mass > 0.0)
    length = new.path_lengths(new.zero()) / old.path_lengths(old.zero())
    parameters = dict(old.parameters)
    parameters["stature"] = Parameter(new.stature, "m", USER, "assumed", "standing, skin vertex")
    parameters["mass"] = Parameter(mass, "kg", USER, "assumed", "whole body")
    for name, value in proportions.items():
        parameters[f"proportion_{name}"] = Parameter(value, "1", USER, "assumed")
    for name, value in lengths.items():
        parameters[f"length_{name}"] = Parameter(value, "m", USER, "assumed")
    return replace(
        new,
        mass=masses,
        inertia=old.inertia * (ratio * factor**2)[:, None, None],
        muscles={
            name: muscle.scaled(
                muscle.points, length=float(length[m]), force=size_factor("force", length[m])
            )
            for m, (name, muscle) in enumerate(new.muscles.items())
        },
        parameters=ParameterSet(parameters),
    )
