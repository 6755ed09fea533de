"""Names of the spinal levels, and the levels of each column."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from panjabi.errors import unknown
from panjabi.passive.directions import SACROILIAC

if TYPE_CHECKING:
    from panjabi.body.model import Body
    from panjabi.body.tree import Floats

VERTEBRAE = (
    "sacrum",
    *(f"L{i}" for i in range(5, 0, -1)),
    *(f"T{i}" for i in range(12, 0, -1)),
    *(f"C{i}" for i in range(7, 0, -1)),
    "skull",
)
"""Bodies of the column from below."""

AXES = ("FE", "LB", "AR")
"""Order of the three angles of a level: flexion-extension, lateral bending, axial rotation."""

PLANES: dict[str, tuple[str, ...]] = {
    "sagittal": ("FE",),
    "frontal": ("LB",),
    "transverse": ("AR",),
    "space": AXES,
}
"""Free angles of every level in a plane; the others are fixed."""

REGIONS: dict[str, tuple[str, str]] = {
    "cervical": ("T1", "skull"),
    "thoracic": ("T12", "T1"),
    "lumbar": ("sacrum", "L1"),
    "thoracolumbar": ("sacrum", "T1"),
    "whole": ("sacrum", "skull"),
}
"""Column -> the fixed body and the topmost body."""


def bodies_of(region: str) -> tuple[str, ...]:
    """Bodies of a column from the fixed body to the topmost.

    Raises
    ------
    UnknownNameError
        If there is no such column.
    """
    if region not in REGIONS:
        raise unknown("column", region, REGIONS)
    base, top = REGIONS[region]
    return VERTEBRAE[VERTEBRAE.index(base) : VERTEBRAE.index(top) + 1]


def levels_of(region: str) -> tuple[str, ...]:
    """Levels of a column from below: ("L5-S1", "L4-L5", ..., "L1-L2") for the lumbar column."""
    chain = bodies_of(region)
    return tuple(level_name(b, a) for a, b in pairwise(chain))


def level_name(upper: str, lower: str) -> str:
    """ "L4-L5" of the bodies L4 and L5; the sacrum counts as S1 and the skull as C0."""
    short = {"sacrum": "S1", "skull": "C0"}
    return f"{short.get(upper, upper)}-{short.get(lower, lower)}"


def vertebrae_of(level: str) -> tuple[str, str]:
    """Upper and lower body of a level: ("L5", "sacrum") of L5-S1."""
    if level in SACROILIAC:
        return "sacrum", "pelvis"
    long = {"S1": "sacrum", "C0": "skull"}
    upper, lower = level.split("-")
    return long.get(upper, upper), long.get(lower, lower)


def point_above(body: Body, b: int) -> Floats:
    """(3,) the joint between a vertebra and the next one above, or its centre of mass [m]."""
    at = VERTEBRAE.index(body.names[b]) if body.names[b] in VERTEBRAE[:-1] else -1
    above = VERTEBRAE[at + 1] if at >= 0 else ""
    return (body.tree.loc[body.body_index(above)] if above in body.names else body.com[b]).copy()
