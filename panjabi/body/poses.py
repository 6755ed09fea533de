"""Where the bodies of a tree are at given coordinates, and how long paths over them are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from panjabi.body.tree import Floats, Tree

if TYPE_CHECKING:
    from panjabi.body.muscles import PathArrays


@dataclass(frozen=True, eq=False)
class Poses:
    """Where every body is, and the axes of every elementary dof, at one q.

    A point of body b lies at R[b] @ local + t[b]. The other arrays are what the kernels need.
    """

    q: Floats  # (nq,)
    R: Floats  # (nb, 3, 3)
    t: Floats  # (nb, 3) [m]
    axis_world: Floats  # (ne, 3)
    origin_world: Floats  # (ne, 3) [m]
    rate: Floats  # (ne,)
    rate2: Floats  # (ne,)


def tree_poses(tree: Tree, q: Floats) -> Poses:
    """Poses of a tree at coordinates that were checked, (nq,)."""
    from panjabi.body.kernels import forward

    nb, ne = len(tree.parent), len(tree.slide)
    places = np.empty((nb, 3, 3)), np.empty((nb, 3))
    axes = np.empty((ne, 3)), np.empty((ne, 3)), np.empty(ne), np.empty(ne)
    forward(tree, q, *places, *axes)
    return Poses(q, *places, *axes)


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
