"""Slip directions of a node: along its course, or in the plane of several courses.

They are computed once, in upright standing, in the frame of the bone (S1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fascia.network.parts import Hold, Vector

Floats = NDArray[np.float64]

ONE_COURSE = 30.0
"""Courses that cross at less than this angle count as one course [deg] (assumed)."""

ALIKE = 1e-6  # cosines that differ by less are equal up to rounding


def slip_directions(away: Floats) -> tuple[Hold, tuple[Vector, ...]]:
    """Type of support of a node on bone, and its slip directions, from the strands that meet there.

    away: (n, 3) unit vectors from the node along its strands, in the bone's frame. With fewer
    than two strands the node is fixed, because no tension can be transmitted. A course enters
    along one strand and leaves along the most opposite strand; its tangent points from one
    neighbour to the other, so a line bent over a bone slips along the bone and not off it.
    Courses with nearly the same tangent make a guide; several courses span the plane of best
    fit (singular value decomposition).
    """
    away = np.asarray(away, float).reshape(-1, 3)
    if len(away) < 2:
        return "fixed", ()
    tangents = course_tangents(away)
    _, sizes, axes = np.linalg.svd(tangents)
    if len(tangents) == 1 or sizes[1] < np.tan(np.radians(ONE_COURSE / 2.0)) * sizes[0]:
        return "guide", (_vector(axes[0]),)
    return "plane", (_vector(axes[0]), _vector(axes[1]))


def course_tangents(away: Floats) -> Floats:
    """Unit tangents (courses, 3) of the courses through a node; see `slip_directions`.

    A strand without an opposite strand (all others leave within a right angle of it) ends here:
    its direction is its course. Where several strands are equally opposite, as right and left
    are in the midline, the course continues between them.
    """
    facing = away @ away.T
    tangents = []
    for i, row in enumerate(facing):
        across = away[row < row.min() + ALIKE].mean(axis=0)
        along = away[i] - across if row.min() < 0.0 else away[i]
        tangents.append(along / np.linalg.norm(along))
    return np.array(tangents)


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
