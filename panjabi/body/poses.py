"""Poses of the bodies of a tree at some coordinates, and lengths of paths over them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.body.tree import Floats, Tree
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.body.muscles import PathArrays


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
    """Lengths (nm,) [m] and d(length)/dq (nm, nq) [m/rad] of polylines on a tree."""
    from panjabi.body.path_kernels import path_derivatives

    count = len(paths.top)
    length, slope = np.empty(count), np.empty((count, len(poses.q)))
    path_derivatives(
        tree, paths.start, paths.body, paths.local, paths.top, poses.R, poses.t,
        poses.axis_world, poses.origin_world, poses.rate, length, slope,
    )  # fmt: skip
    return length, slope
