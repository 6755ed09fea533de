"""Names of levels, axes and directions of a functional spinal unit, in the signs of the body."""

from __future__ import annotations

import math

from panjabi.errors import unknown

AXES = ("flexion-extension", "lateral bending", "axial rotation")
LETTERS = ("FE", "LB", "AR")
"""The same axes as the published tables write them."""

DIRECTIONS: dict[str, tuple[int, int]] = {
    "flexion": (0, -1),
    "extension": (0, 1),
    "right bending": (1, 1),
    "left bending": (1, -1),
    "left rotation": (2, 1),
    "right rotation": (2, -1),
}
"""Direction -> (axis, sign); extension, bending to the right and rotation to the left are +."""

_SHORT = {
    "fe": 0,
    "lb": 1,
    "ar": 2,
    "bending": 1,
    "rotation": 2,
    "axial": 2,
    "lateral": 1,
    **{name: axis for name, (axis, _) in DIRECTIONS.items()},
    **{name: axis for axis, name in enumerate(AXES)},
}

REGIONS: dict[str, tuple[str, ...]] = {
    "upper cervical": ("C0-C1", "C1-C2"),
    "cervical": (*(f"C{i}-C{i + 1}" for i in range(2, 7)), "C7-T1"),
    "thoracic": tuple(f"T{i}-T{i + 1}" for i in range(1, 12)),
    "lumbar": ("T12-L1", *(f"L{i}-L{i + 1}" for i in range(1, 5)), "L5-S1"),
}
_REGION = {level: region for region, names in REGIONS.items() for level in names}

SACROILIAC = ("SIJ-right", "SIJ-left")
"""The two joints of the pelvis; each has the three rotations of a level."""

DEGREE = math.pi / 180.0


def levels(region: str | None = None) -> tuple[str, ...]:
    """The 25 levels from C0-C1 down to L5-S1, or those of one region."""
    if region is None:
        return tuple(_REGION)
    if region not in REGIONS:
        raise unknown("region of the spine", region, REGIONS)
    return REGIONS[region]


def region_of(level: str) -> str:
    """The region of a level of the spine; its tissues are listed by region."""
    name = known_level(level)
    if name in SACROILIAC:
        raise unknown("level of the spine", level, _REGION)
    return _REGION[name]


def known_level(level: str) -> str:
    """The level in the notation of this package; "L4-5" and "L4_L5" are also accepted."""
    text = level.strip().replace("_", "-").replace("skull-C1", "C0-C1")
    if text in SACROILIAC:
        return text
    upper, _, lower = text.partition("-")
    if lower.isdigit():
        text = f"{upper}-{upper[:1]}{lower}"
    if text not in _REGION:
        raise unknown("level", level, (*_REGION, *SACROILIAC))
    return text


def coordinate_names(level: str) -> tuple[str, str, str]:
    """The three rotational coordinates of the body at this level.

    The body has a single joint for both sacroiliac joints, so both have the same coordinates.
    """
    if known_level(level) in SACROILIAC:
        return "SIJ_nutation", "SIJ_LB", "SIJ_AR"
    upper, lower = known_level(level).split("-")
    joint = f"{'skull' if upper == 'C0' else upper}_{lower}"
    return f"{joint}_FE", f"{joint}_LB", f"{joint}_AR"


def axis_index(axis: str | int) -> int:
    """0, 1 or 2 from the name of an axis or of a direction on it."""
    if not isinstance(axis, str) and axis in range(3):
        return int(axis)
    name = str(axis).lower().replace("_", " ")
    if name not in _SHORT:
        raise unknown("axis", axis, (*AXES, *DIRECTIONS))
    return _SHORT[name]


def direction(name: str) -> tuple[int, int]:
    """(axis, sign) of a direction by name."""
    key = name.lower().replace("_", " ")
    if key not in DIRECTIONS:
        raise unknown("direction", name, DIRECTIONS)
    return DIRECTIONS[key]


def direction_name(axis: int, side: int) -> str:
    """The direction on an axis (0 to 2) in a sense (+1 or -1)."""
    return next(name for name, place in DIRECTIONS.items() if place == (axis, side))
