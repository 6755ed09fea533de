"""Poses of the bodies of a tree at some coordinates, and lengths of paths over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.body.tree import Floats, Tree
from panjabi.errors import PostureError
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.body.muscles import PathArrays
    from panjabi.body.wrapped_path_kernels import Touched


@dataclass(frozen=True, eq=False, repr=False)
class Poses(ShortRepr):
    """Pose of every body and axis of every elementary dof at coordinates q.

    A point of body b lies at R[b] @ local + t[b]. The kernels use the other arrays.
    """

    q: Floats  # (nq,)
    R: Floats  # (nb, 3, 3)
    t: Floats  # (nb, 3) [m]
    axis_world: Floats  # (ne, 3)
    origin_world: Floats  # (ne, 3) [m]
    rate: Floats  # (ne,)
    rate2: Floats  # (ne,)


def tree_poses(tree: Tree, q: Floats) -> Poses:
    """Poses of a tree at checked coordinates (nq,)."""
    from panjabi.body.kernels import forward

    nb, ne = len(tree.parent), len(tree.slide)
    bodies = np.empty((nb, 3, 3)), np.empty((nb, 3))
    axes = np.empty((ne, 3)), np.empty((ne, 3)), np.empty(ne), np.empty(ne)
    forward(tree, q, *bodies, *axes)
    return Poses(q, *bodies, *axes)


def path_lengths(tree: Tree, paths: PathArrays, poses: Poses) -> tuple[Floats, Floats]:
    """Lengths (nm,) [m] and d(length)/dq (nm, nq) [m/rad] of paths on a tree.

    Raises
    ------
    PostureError
        If the geodesic over a surface is not found.
    """
    count = len(paths.start) - 1
    length, slope = np.empty(count), np.empty((count, len(poses.q)))
    points = paths.start, paths.body, paths.local
    placed = poses.R, poses.t, poses.axis_world, poses.origin_world, poses.rate
    if paths.wraps is None:
        from panjabi.body.path_kernels import path_derivatives

        path_derivatives(tree, *points, *placed, length, slope)
    else:
        from panjabi.body.wrapped_path_kernels import wrapped_derivatives

        _require_geodesic(wrapped_derivatives(tree, *points, paths.wraps, *placed, length, slope))
    return length, slope


def touched(paths: PathArrays, poses: Poses) -> Touched:
    """Paths that wrap, at one posture, with their tangent points; errors as `path_lengths`."""
    from panjabi.body.wrapped_path_kernels import touched_paths

    assert paths.wraps is not None
    found = touched_paths(paths.start, paths.body, paths.local, paths.wraps, poses.R, poses.t)
    unsolved = np.flatnonzero(np.isnan(found.excess))
    _require_geodesic(int(unsolved[0]) if unsolved.size else -1)
    return found


def depth_inside(paths: PathArrays, poses: Poses) -> Floats:
    """How deep a point of the path lies in the surface of each wrap (nw,) [m], 0 outside."""
    from panjabi.body.wrapped_path_kernels import points_inside

    if paths.wraps is None:
        return np.zeros(0)
    depth = np.empty(len(paths.wraps.surface))
    points_inside(paths.body, paths.local, paths.wraps, poses.R, poses.t, depth)
    return depth


def _require_geodesic(unsolved: int) -> None:
    if unsolved >= 0:
        raise PostureError(
            f"Expected a geodesic over every wrapping surface, got none for muscle {unsolved} of "
            "the paths in this posture; its line passes close to the centre of a surface, where "
            "the path jumps from one side to the other. Give the surface a side."
        )
