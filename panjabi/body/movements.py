"""Movements by clinical name, converted to coordinates with the signs of the data."""

from __future__ import annotations

from collections.abc import Mapping

from panjabi.body.tree import Floats
from panjabi.errors import unknown

# movement -> (coordinate without side, sign)
LIMBS: Mapping[str, tuple[str, float]] = {
    "hip flexion": ("hip_flexion", 1.0),
    "hip extension": ("hip_flexion", -1.0),
    "hip adduction": ("hip_adduction", 1.0),
    "hip abduction": ("hip_adduction", -1.0),
    "hip internal rotation": ("hip_rotation", 1.0),
    "hip external rotation": ("hip_rotation", -1.0),
    "knee flexion": ("knee_angle", 1.0),
    "knee extension": ("knee_angle", -1.0),
    "ankle dorsiflexion": ("ankle_angle", 1.0),
    "ankle plantarflexion": ("ankle_angle", -1.0),
    "subtalar inversion": ("subtalar_angle", 1.0),
    "subtalar eversion": ("subtalar_angle", -1.0),
    "toe flexion": ("mtp_angle", 1.0),
    "toe extension": ("mtp_angle", -1.0),
    "shoulder flexion": ("shoulder_flexion", 1.0),
    "shoulder extension": ("shoulder_flexion", -1.0),
    "shoulder abduction": ("shoulder_abduction", 1.0),
    "shoulder adduction": ("shoulder_abduction", -1.0),
    "shoulder internal rotation": ("shoulder_rotation", 1.0),
    "shoulder external rotation": ("shoulder_rotation", -1.0),
    "elbow flexion": ("elbow_flexion", 1.0),
    "elbow extension": ("elbow_flexion", -1.0),
    "forearm pronation": ("pronation", 1.0),
    "forearm supination": ("pronation", -1.0),
    "wrist flexion": ("wrist_flexion", 1.0),
    "wrist extension": ("wrist_flexion", -1.0),
    "wrist radial deviation": ("wrist_deviation", 1.0),
    "wrist ulnar deviation": ("wrist_deviation", -1.0),
    "scapula protraction": ("SC_protraction", 1.0),
    "scapula retraction": ("SC_protraction", -1.0),
    "scapula elevation": ("SC_elevation", 1.0),
    "scapula depression": ("SC_elevation", -1.0),
}

PELVIS: Mapping[str, tuple[str, float]] = {
    "pelvis posterior tilt": ("pelvis_tilt", 1.0),
    "pelvis anterior tilt": ("pelvis_tilt", -1.0),
    "pelvis right list": ("pelvis_list", 1.0),
    "pelvis left list": ("pelvis_list", -1.0),
    "pelvis left rotation": ("pelvis_rotation", 1.0),
    "pelvis right rotation": ("pelvis_rotation", -1.0),
}

# movement of a spinal joint -> (ending of the coordinate, sign)
SPINE: Mapping[str, tuple[str, float]] = {
    "flexion": ("_FE", -1.0),
    "extension": ("_FE", 1.0),
    "right bending": ("_LB", 1.0),
    "left bending": ("_LB", -1.0),
    "left rotation": ("_AR", 1.0),
    "right rotation": ("_AR", -1.0),
}

REGIONS: Mapping[str, tuple[str, ...]] = {
    "lumbar": ("L5_S1", "L4_L5", "L3_L4", "L2_L3", "L1_L2"),
    "thoracic": ("T12_L1", *(f"T{i}_T{i + 1}" for i in range(11, 0, -1))),
    "cervical": ("C7_T1", *(f"C{i}_C{i + 1}" for i in range(6, 0, -1)), "skull_C1"),
}
"""Joints of each region; a movement of a region is that of its upper end relative to its lower."""


def movement_names() -> tuple[str, ...]:
    """All movements without side, for lists and error messages."""
    regional = [f"{region} {move}" for region in REGIONS for move in SPINE]
    single = [f"{j.replace('_', '-')} {m}" for r in REGIONS.values() for j in r for m in SPINE]
    return (*LIMBS, *PELVIS, *regional, *single)


def coordinate_values(
    movements: Mapping[str, float], ranges: Mapping[str, Floats]
) -> dict[str, float]:
    """Coordinates [rad] of the movements [rad]; movements with the same coordinate add up.

    ranges : of every coordinate of the body, (2,) [rad].

    Raises
    ------
    UnknownNameError
        For a movement that does not exist.
    """
    values: dict[str, float] = {}
    for name, angle in movements.items():
        for coordinate, fraction in _fractions(ranges, name).items():
            values[coordinate] = values.get(coordinate, 0.0) + fraction * angle
    return values


def _fractions(ranges: Mapping[str, Floats], name: str) -> dict[str, float]:
    words = name.replace("_", " ").split()
    sides = ("_r", "_l")
    plain = " ".join(words)
    if words and words[0] in ("right", "left"):
        sides = ("_r",) if words[0] == "right" else ("_l",)
        plain = " ".join(words[1:])
    if plain in LIMBS:
        coordinate, sign = LIMBS[plain]
        return {coordinate + side: sign for side in sides}
    if plain in PELVIS and len(sides) == 2:
        coordinate, sign = PELVIS[plain]
        return {coordinate: sign}
    where, _, move = " ".join(words).replace("-", "_").partition(" ")
    joint, _, rest = " ".join(words).replace("-", " ").partition(" ")
    if where in REGIONS and move in SPINE:
        return _regional(ranges, REGIONS[where], *SPINE[move])
    upper, _, move_of_joint = rest.partition(" ")
    if f"{joint}_{upper}" in (j for r in REGIONS.values() for j in r) and move_of_joint in SPINE:
        ending, sign = SPINE[move_of_joint]
        return {f"{joint}_{upper}{ending}": sign}
    raise unknown("movement", name, movement_names())


def _regional(
    ranges: Mapping[str, Floats], joints: tuple[str, ...], ending: str, sign: float
) -> dict[str, float]:
    """Fraction of each joint, in proportion to its range in that direction."""
    names = [joint + ending for joint in joints]
    for name in names:
        if name not in ranges:
            raise unknown("coordinate", name, ranges)
    reach = [ranges[n][1 if sign > 0.0 else 0] for n in names]
    return {n: sign * float(r / sum(reach)) for n, r in zip(names, reach, strict=True)}
