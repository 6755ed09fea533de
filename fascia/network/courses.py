"""In which directions a station lets its node slip: along its course, or in the plane of several.

Taken once, in upright standing, in the frame of the bone (S1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fascia.network.parts import Hold, Vector

Floats = NDArray[np.float64]

SAME_COURSE = 6.0
"""Strands that leave a node within this angle run in one course [deg] (assumed)."""


def slip_directions(away: Floats) -> tuple[Hold, tuple[Vector, ...]]:
    """How a node on bone is held, and its slip directions, from the courses that leave it.

    away: (n, 3) unit vectors from the node along its strands, in the bone's frame. Fewer than
    two strands: fixed, there is nobody to hand tension on to. Strands side by side count as one
    course. Two courses that go on over the bone: guide along the tangent, from one neighbour to
    the other. Else guide if all lie on one line, or the plane that fits them best (singular
    value decomposition).
    """
    away = np.asarray(away, float).reshape(-1, 3)
    if len(away) < 2:
        return "fixed", ()
    courses = _distinct(away)
    if len(courses) == 2 and courses[0] @ courses[1] <= 0.0:
        along = courses[1] - courses[0]
        return "guide", (_vector(along / np.linalg.norm(along)),)
    _, sizes, axes = np.linalg.svd(courses)
    if len(courses) < 3 or sizes[1] < np.sin(np.radians(SAME_COURSE)) * sizes[0]:
        return "guide", (_vector(axes[0]),)
    return "plane", (_vector(axes[0]), _vector(axes[1]))


def _distinct(away: Floats) -> Floats:
    kept: list[Floats] = []
    for v in away:
        if all(v @ k < np.cos(np.radians(SAME_COURSE)) for k in kept):
            kept.append(v)
    return np.array(kept)


def sliding_directions(position: Floats, centre: Floats, along: Floats) -> tuple[Vector, ...]:
    """Two tangents and the outward normal of a node that slides on a convex bone.

    The normal points from the bone's centre through the node, made perpendicular to the course
    `along` (from the neighbour before to the one after).
    """
    tangent = np.asarray(along, float) / np.linalg.norm(along)
    normal = np.asarray(position, float) - np.asarray(centre, float)
    normal = normal - (normal @ tangent) * tangent
    normal /= np.linalg.norm(normal)
    return (_vector(tangent), _vector(np.cross(normal, tangent)), _vector(normal))


def _vector(v: Floats) -> Vector:
    return (float(v[0]), float(v[1]), float(v[2]))
