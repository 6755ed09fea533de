"""Strength: the moments a musculature can make, its scale to a target, and deficits.

The forces of the thoracolumbar set are far above what people can do: all extensors together give
1121 N m at L5-S1 and 880 N m at L3-L4, where 200 to 350 N m are recalled of young men. What scale
brings them down is a question of the whole spine (`panjabi.spine.strength`), since every level has
to balance at once.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from panjabi.active.muscle_arrays import Musculature
from panjabi.errors import unknown
from panjabi.parameter import THIS_WORK, Parameter

EXTENSORS = (
    "iliocostalis_lumborum",
    "iliocostalis_thoracis",
    "longissimus_lumborum",
    "longissimus_thoracis",
    "multifidus_lumbar",
    "multifidus_thoracic",
    "quadratus_lumborum",
    "latissimus_dorsi",
)
"""Groups behind the lumbar joints, whose forces the extension strength is about."""

EXTENSION_TARGET = Parameter(
    275.0, "N m", THIS_WORK, "assumed", "middle of the recalled 200-350 N m of young men, upright"
)


def moment_capacity(muscles: Musculature, q: ArrayLike, coordinate: str) -> tuple[float, float]:
    """Largest moment each way at a coordinate with every muscle at its maximal force [N m].

    Returns (positive, negative): for a *_FE coordinate extension and flexion, both as positive
    numbers. Force-length and all other joints are left out.
    """
    if coordinate not in muscles.coordinates:
        raise unknown("coordinate", coordinate, muscles.coordinates)
    arm = muscles.geometry(q).moment_arm[:, muscles.coordinates.index(coordinate)]
    moment = arm * muscles.max_force
    return float(moment[moment > 0.0].sum()), float(-moment[moment < 0.0].sum())
