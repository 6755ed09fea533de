"""The largest moments of a musculature."""

from __future__ import annotations

from numpy.typing import ArrayLike

from panjabi.active.muscle_arrays import Musculature
from panjabi.errors import unknown


def moment_capacity(muscles: Musculature, q: ArrayLike, coordinate: str) -> tuple[float, float]:
    """Largest moment [N m] in both directions of a coordinate, with all muscles at maximal force.

    Returns (positive, negative): for a *_FE coordinate extension and flexion, both as positive
    numbers. Force-length curves and the equilibrium of other joints are neglected.
    """
    if coordinate not in muscles.coordinates:
        raise unknown("coordinate", coordinate, muscles.coordinates)
    arm = muscles.geometry(q).moment_arm[:, muscles.coordinates.index(coordinate)]
    moment = arm * muscles.max_force
    return float(moment[moment > 0.0].sum()), float(-moment[moment < 0.0].sum())
