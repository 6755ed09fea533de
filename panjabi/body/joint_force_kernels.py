"""Force that each joint of a moving tree transmits, and its parts in the axes of the disc.

What lies above a joint moves by Newton's law: the force of the joint is the sum of mass times
(acceleration - gravity) of it, minus the other forces on it (muscles that cross the joint, pushes).
Compression is along the axis of the disc, shear across it. Compiled; also plain Python (`py_func`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.arrays import Integers, Matrix
from panjabi.body.dynamics_kernels import force_cross, inertia_times, six
from panjabi.body.mechanism import DynamicsWorkspace, Mechanism
from panjabi.body.tree import Floats, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

FORWARD, UP, RIGHT = 0, 1, 2
"""Axes of a disc, in the order of `disc_forces`."""


class Discs(NamedTuple):
    """Axes of the vertebrae beside each level, in the rigid bodies that carry them."""

    upper: Integers  # (levels,) rigid body of the upper vertebra
    lower: Integers  # (levels,) of the lower one
    up: Matrix  # (levels, 3) axis of the upper vertebra
    up_below: Matrix  # (levels, 3) axis of the lower one
    right: Matrix  # (levels, 3) transverse axis of the upper one


class DiscWork(NamedTuple):
    """Forces in the joints of a moving tree, and work arrays."""

    pushes: Matrix  # (nb, 3) on each rigid body [N]; then what its joint carries
    axes: Matrix  # (3, 3)
    force: Matrix  # (levels, 3) on each disc from above: forward, up, right of the disc [N]


def discs_of(
    names: Sequence[str],
    levels: Sequence[tuple[str, str]],
    carrier: NDArray[np.int64] | None = None,
    rotation: Floats | None = None,
) -> Discs:
    """Axes of levels, each given as (upper, lower) body.

    names : bodies of the full tree, in their order. carrier (bodies,), rotation (bodies, 3, 3) : of
    a reduced tree, by default those of the full tree. The plane of a disc halves the angle between
    its vertebrae; above the sacrum, whose frame is that of the pelvis, it is the plane of L5.
    """
    pairs = [(names.index(a), names.index(a if b == "sacrum" else b)) for a, b in levels]
    upper, lower = np.array(pairs, np.int64).reshape(-1, 2).T
    if carrier is None or rotation is None:
        carrier = np.arange(len(names))
        rotation = np.tile(np.eye(3), (len(names), 1, 1))
    return Discs(
        carrier[upper],
        carrier[lower],
        np.ascontiguousarray(rotation[upper, :, 1]),
        np.ascontiguousarray(rotation[lower, :, 1]),
        np.ascontiguousarray(rotation[upper, :, 2]),
    )


@njit(cache=True, nogil=True)
def carried_forces(mechanism: Mechanism, work: DynamicsWorkspace, force: Floats) -> None:
    """Force of each joint on everything above it, force (nb, 3) in the world [N], in place.

    On entry `force` is the sum of the pushes on each body, and `work` holds the velocities and
    accelerations of the motion (`articulated_bodies` or `move`). On return row b is the sum of
    inertia and weight of body b and all that it carries, minus the pushes on them.
    """
    velocity, acceleration, inertia = work.velocity, work.acceleration, work.inertia
    parent = mechanism.tree.parent
    for b in range(parent.shape[0] - 1, 0, -1):
        v0, v1, v2, v3, v4, v5 = six(velocity, b)
        a0, a1, a2, a3, a4, a5 = six(acceleration, b)
        h0, h1, h2, h3, h4, h5 = inertia_times(inertia, b, v0, v1, v2, v3, v4, v5)
        _, _, _, f0, f1, f2 = inertia_times(inertia, b, a0, a1, a2, a3, a4, a5)
        _, _, _, g0, g1, g2 = force_cross(v0, v1, v2, v3, v4, v5, h0, h1, h2, h3, h4, h5)
        # rows of the children already hold their joint forces, with the sign of the result
        force[b, 0] = f0 + g0 - force[b, 0]
        force[b, 1] = f1 + g1 - force[b, 1]
        force[b, 2] = f2 + g2 - force[b, 2]
        above = parent[b]
        for i in range(3):
            force[above, i] -= force[b, i]


@njit(cache=True, nogil=True)
def disc_axes(R: Floats, discs: Discs, k: int, axes: Floats) -> None:
    """Forward, up and right of disc k in the world, as rows of axes (3, 3), in place.

    R (nb, 3, 3) : rotations of the rigid bodies.
    """
    a, b = discs.upper[k], discs.lower[k]
    for i in range(3):
        axes[UP, i] = 0.0
        axes[RIGHT, i] = 0.0
        for j in range(3):
            axes[UP, i] += R[a, i, j] * discs.up[k, j] + R[b, i, j] * discs.up_below[k, j]
            axes[RIGHT, i] += R[a, i, j] * discs.right[k, j]
    _normalise(axes, UP)
    along = 0.0
    for i in range(3):
        along += axes[UP, i] * axes[RIGHT, i]
    for i in range(3):
        axes[RIGHT, i] -= along * axes[UP, i]
    _normalise(axes, RIGHT)
    for i in range(3):
        j, m = (i + 1) % 3, (i + 2) % 3
        axes[FORWARD, i] = axes[UP, j] * axes[RIGHT, m] - axes[UP, m] * axes[RIGHT, j]


@njit(cache=True, nogil=True)
def _normalise(rows, k):
    size = np.sqrt(rows[k, 0] * rows[k, 0] + rows[k, 1] * rows[k, 1] + rows[k, 2] * rows[k, 2])
    for i in range(3):
        rows[k, i] /= size


@njit(cache=True, nogil=True)
def disc_forces(
    discs: Discs,
    R: Floats,
    carried: Floats,
    pull: Floats,
    pulled: NDArray[np.int64],
    axes: Floats,
    out: Floats,
) -> None:
    """Force on each disc from above, out (levels, 3): forward, up, right of the disc [N].

    carried : (nb, 3) from `carried_forces`. pull : (bodies, 3) of the muscles on all that lies
    above, from `tension_loads`; pulled (levels,) : its row for each level. axes : (3, 3) work
    space.
    Compression is minus the second number, shear the first one.
    """
    for k in range(discs.upper.shape[0]):
        disc_axes(R, discs, k, axes)
        b, m = discs.upper[k], pulled[k]
        for i in range(3):
            out[k, i] = 0.0
            for j in range(3):
                out[k, i] += axes[i, j] * (pull[m, j] - carried[b, j])


def with_slides(tree: Tree, bodies: NDArray[np.int64]) -> Tree:
    """The tree with three translations at the beginning of the joint of each given body.

    They move along the axes of the joint frame; the coordinates of body k of the list are n + 3 k,
    n + 3 k + 1, n + 3 k + 2 after the n coordinates of the tree. At zero, generalised forces of
    inverse dynamics on them are the forces of the joint, and the slope of a path length is the pull
    of the muscle across it. So both have the exact derivatives of the existing kernels.
    """
    count = 3 * len(bodies)
    at = np.repeat(tree.first[bodies], 3)
    n = int(tree.coordinate.max()) + 1
    poly = np.zeros((count, tree.poly.shape[1]))
    poly[:, 1] = 1.0
    dofs = np.zeros(len(tree.parent), np.int64)
    dofs[bodies] = 3
    return tree._replace(
        first=tree.first + np.concatenate([[0], np.cumsum(dofs)]),
        slide=np.insert(tree.slide, at, 1),
        axis=np.insert(tree.axis, at, np.tile(np.eye(3), (len(bodies), 1)), axis=0),
        coordinate=np.insert(tree.coordinate, at, n + np.arange(count)),
        poly=np.insert(tree.poly, at, poly, axis=0),
    )
