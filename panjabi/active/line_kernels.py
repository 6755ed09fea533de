"""Lengths, rates and forces of muscle paths for a right-hand side, without a slope matrix.

Lengths and their rates follow from the poses and twists of the bodies, and tensions act as loads on
the bodies. So the cost is proportional to the number of moving pieces. With an abdominal wall
(`abdominal_wall`) the paths of its muscles get shorter where the line of the pressure gets longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

from panjabi.arrays import Block, IntegerMatrix, Integers, Matrix, Vector
from panjabi.body.kernels import along_dof
from panjabi.body.muscles import PathArrays
from panjabi.body.tree import Floats, Tree
from panjabi.body.wrapped_path_kernels import touching_paths
from panjabi.body.wrapping import WrapArrays

if TYPE_CHECKING:
    from panjabi.active.abdominal_wall import WallLine


class Pieces(NamedTuple):
    """The straight pieces of all paths with ends on different bodies, muscle by muscle.

    A path that wraps has places for all the pieces that it may have; `place_wraps` writes those of
    a posture, so that the other kernels need not know of surfaces.
    """

    first: Integers  # (nm + 1,) pieces of muscle m are first[m] .. first[m + 1] - 1
    body: IntegerMatrix  # (np, 2) bodies of the two ends
    local: Block  # (np, 2, 3) [m]
    fixed: Vector  # (nm,) length of the pieces with both ends on the same body, and over surfaces
    start: Integers  # (nm + 1,) all points of the paths that wrap, for `place_wraps`
    point_body: Integers
    point_local: Matrix
    wraps: WrapArrays
    share: Vector  # (nm,) by which a path shortens per lengthening of the line of the pressure [1]
    line_body: Integers  # (2,) bodies of the ends of that line, or (0,) for none
    line_local: Matrix  # (2, 3) [m]
    line_rest: float  # its length in upright standing [m]


def pieces_of(paths: PathArrays, wall: WallLine | None = None) -> Pieces:
    """Moving pieces of the paths, and the summed length of the others."""
    nm = len(paths.start) - 1
    wraps = paths.some_wraps()
    wrapping = np.diff(wraps.start) > 0
    before, after = paths.body[:-1], paths.body[1:]
    muscle = np.repeat(np.arange(nm), np.diff(paths.start))
    within = (muscle[:-1] == muscle[1:]) & ~wrapping[muscle[:-1]]
    size = np.linalg.norm(np.diff(paths.local, axis=0), axis=1)
    fixed = np.zeros(nm)
    still = within & (before == after)
    np.add.at(fixed, muscle[:-1][still], size[still])
    moving = np.flatnonzero(within & (before != after))
    most = np.diff(paths.start) - 1 + 2 * np.diff(wraps.start)
    count = np.bincount(muscle[moving], minlength=nm) + np.where(wrapping, most, 0)
    first = np.concatenate([[0], np.cumsum(count)]).astype(np.int64)
    places = np.flatnonzero(~wrapping[np.repeat(np.arange(nm), count)])
    body, local = np.zeros((first[-1], 2), np.int64), np.zeros((first[-1], 2, 3))
    body[places] = np.stack([before[moving], after[moving]], axis=1)
    local[places] = np.stack([paths.local[moving], paths.local[moving + 1]], axis=1)
    points = paths.start, paths.body, paths.local
    if wall is None:
        line = np.zeros(nm), np.zeros(0, np.int64), np.zeros((2, 3)), 0.0
    else:
        line = wall.share, wall.path.body, wall.path.local, wall.rest
    return Pieces(first, body, local, fixed, *points, wraps, *line)


def own_pieces(pieces: Pieces) -> Pieces:
    """Pieces into which one thread may write with `place_wraps`."""
    return pieces._replace(
        body=pieces.body.copy(), local=pieces.local.copy(), fixed=pieces.fixed.copy()
    )


@njit(cache=True, nogil=True, error_model="numpy")
def place_wraps(pieces: Pieces, R: Floats, t: Floats) -> None:
    """Pieces of the paths that wrap at a posture, in place; `fixed` is NaN without a geodesic."""
    first, body, local, fixed, start, point_body, point_local, wraps = pieces[:8]
    if wraps.surface.shape[0] == 0:
        return
    found = touching_paths(start, point_body, point_local, wraps, R, t)
    for m in range(first.shape[0] - 1):
        if wraps.start[m + 1] == wraps.start[m]:
            continue
        fixed[m] = found.excess[m]
        of_body, of_local, low, high = point_body, point_local, start[m], start[m + 1]
        if found.start[m + 1] > found.start[m]:
            of_body, of_local = found.body, found.local
            low, high = found.start[m], found.start[m + 1]
        k = first[m]
        for p in range(low, high - 1):
            if of_body[p] == of_body[p + 1]:
                fixed[m] += np.sqrt(np.sum((of_local[p + 1] - of_local[p]) ** 2))
                continue
            for e in range(2):
                body[k, e] = of_body[p + e]
                local[k, e] = of_local[p + e]
            k += 1
        for unused in range(k, first[m + 1]):
            body[unused] = 0
            local[unused] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def body_twists(
    tree: Tree,
    velocity: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    omega: Floats,
    v: Floats,
) -> None:
    """Angular velocity of every body and velocity of its point at the world's origin, in place.

    velocity : (n,) of the coordinates. omega [rad/s], v [m/s] : (nb, 3) out; a point p of body b
    moves by v[b] + omega[b] x p.
    """
    for i in range(3):
        omega[0, i] = 0.0
        v[0, i] = 0.0
    for b in range(1, tree.parent.shape[0]):
        for i in range(3):
            omega[b, i] = omega[tree.parent[b], i]
            v[b, i] = v[tree.parent[b], i]
        for e in range(tree.first[b], tree.first[b + 1]):
            s = rate[e] * velocity[tree.coordinate[e]]
            a0 = s * axis_world[e, 0]
            a1 = s * axis_world[e, 1]
            a2 = s * axis_world[e, 2]
            if tree.slide[e] == 1:
                v[b, 0] += a0
                v[b, 1] += a1
                v[b, 2] += a2
            else:
                o0, o1, o2 = origin_world[e]
                omega[b, 0] += a0
                omega[b, 1] += a1
                omega[b, 2] += a2
                v[b, 0] += o1 * a2 - o2 * a1
                v[b, 1] += o2 * a0 - o0 * a2
                v[b, 2] += o0 * a1 - o1 * a0


@njit(cache=True, nogil=True, error_model="numpy")
def line_of_pressure(
    bodies: Integers,
    local: Floats,
    R: Floats,
    t: Floats,
    omega: Floats,
    v: Floats,
    direction: Floats,
    moment: Floats,
) -> tuple[float, float]:
    """Length [m] and its rate [m/s] of the line of the pressure between two bodies.

    The same as for a piece in `line_motion`, where a call for each piece would cost a fifth of a
    right-hand side.

    bodies (2,), local (2, 3) of its ends; direction, moment : (3,) out, see `line_motion`.
    """
    a = bodies[0]
    b = bodies[1]
    l0, l1, l2 = local[0]
    x0 = R[a, 0, 0] * l0 + R[a, 0, 1] * l1 + R[a, 0, 2] * l2 + t[a, 0]
    x1 = R[a, 1, 0] * l0 + R[a, 1, 1] * l1 + R[a, 1, 2] * l2 + t[a, 1]
    x2 = R[a, 2, 0] * l0 + R[a, 2, 1] * l1 + R[a, 2, 2] * l2 + t[a, 2]
    l0, l1, l2 = local[1]
    u0 = R[b, 0, 0] * l0 + R[b, 0, 1] * l1 + R[b, 0, 2] * l2 + t[b, 0] - x0
    u1 = R[b, 1, 0] * l0 + R[b, 1, 1] * l1 + R[b, 1, 2] * l2 + t[b, 1] - x1
    u2 = R[b, 2, 0] * l0 + R[b, 2, 1] * l1 + R[b, 2, 2] * l2 + t[b, 2] - x2
    size = np.sqrt(u0 * u0 + u1 * u1 + u2 * u2)
    if size > 0.0:
        u0 /= size
        u1 /= size
        u2 /= size
    m0 = x1 * u2 - x2 * u1
    m1 = x2 * u0 - x0 * u2
    m2 = x0 * u1 - x1 * u0
    direction[0] = u0
    direction[1] = u1
    direction[2] = u2
    moment[0] = m0
    moment[1] = m1
    moment[2] = m2
    faster = (
        u0 * (v[b, 0] - v[a, 0])
        + u1 * (v[b, 1] - v[a, 1])
        + u2 * (v[b, 2] - v[a, 2])
        + m0 * (omega[b, 0] - omega[a, 0])
        + m1 * (omega[b, 1] - omega[a, 1])
        + m2 * (omega[b, 2] - omega[a, 2])
    )
    return size, faster


@njit(cache=True, nogil=True, error_model="numpy")
def line_motion(
    pieces: Pieces,
    R: Floats,
    t: Floats,
    omega: Floats,
    v: Floats,
    direction: Floats,
    moment: Floats,
    length: Floats,
    speed: Floats,
) -> None:
    """Path lengths [m] and their rates [m/s], in place.

    direction, moment : (np + 1, 3) out: unit vector of each piece, and its moment about the origin
    of the world [m]: the load of a unit tension on a body. The last row is the line of the pressure
    in the abdomen, if there is one.
    length, speed : (nm,) out.
    """
    for m in range(pieces.first.shape[0] - 1):
        total = pieces.fixed[m]
        faster = 0.0
        for p in range(pieces.first[m], pieces.first[m + 1]):
            a = pieces.body[p, 0]
            b = pieces.body[p, 1]
            l0, l1, l2 = pieces.local[p, 0]
            x0 = R[a, 0, 0] * l0 + R[a, 0, 1] * l1 + R[a, 0, 2] * l2 + t[a, 0]
            x1 = R[a, 1, 0] * l0 + R[a, 1, 1] * l1 + R[a, 1, 2] * l2 + t[a, 1]
            x2 = R[a, 2, 0] * l0 + R[a, 2, 1] * l1 + R[a, 2, 2] * l2 + t[a, 2]
            l0, l1, l2 = pieces.local[p, 1]
            u0 = R[b, 0, 0] * l0 + R[b, 0, 1] * l1 + R[b, 0, 2] * l2 + t[b, 0] - x0
            u1 = R[b, 1, 0] * l0 + R[b, 1, 1] * l1 + R[b, 1, 2] * l2 + t[b, 1] - x1
            u2 = R[b, 2, 0] * l0 + R[b, 2, 1] * l1 + R[b, 2, 2] * l2 + t[b, 2] - x2
            size = np.sqrt(u0 * u0 + u1 * u1 + u2 * u2)
            total += size
            if size > 0.0:
                u0 /= size
                u1 /= size
                u2 /= size
            m0 = x1 * u2 - x2 * u1
            m1 = x2 * u0 - x0 * u2
            m2 = x0 * u1 - x1 * u0
            direction[p, 0] = u0
            direction[p, 1] = u1
            direction[p, 2] = u2
            moment[p, 0] = m0
            moment[p, 1] = m1
            moment[p, 2] = m2
            faster += (
                u0 * (v[b, 0] - v[a, 0])
                + u1 * (v[b, 1] - v[a, 1])
                + u2 * (v[b, 2] - v[a, 2])
                + m0 * (omega[b, 0] - omega[a, 0])
                + m1 * (omega[b, 1] - omega[a, 1])
                + m2 * (omega[b, 2] - omega[a, 2])
            )
        length[m] = total
        speed[m] = faster
    if pieces.line_body.shape[0] == 0:
        return
    p = pieces.body.shape[0]
    size, rate = line_of_pressure(
        pieces.line_body, pieces.line_local, R, t, omega, v, direction[p], moment[p]
    )
    for m in range(pieces.share.shape[0]):
        length[m] -= pieces.share[m] * (size - pieces.line_rest)
        speed[m] -= pieces.share[m] * rate


@njit(cache=True, nogil=True, error_model="numpy")
def line_lengths(pieces: Pieces, R: Floats, t: Floats, length: Floats) -> None:
    """Path lengths (nm,) alone, in place [m]: less than half the work of `line_motion`."""
    for m in range(pieces.first.shape[0] - 1):
        total = pieces.fixed[m]
        for p in range(pieces.first[m], pieces.first[m + 1]):
            total += _distance(pieces.body[p], pieces.local[p], R, t)
        length[m] = total
    if pieces.line_body.shape[0] > 0:
        longer = _distance(pieces.line_body, pieces.line_local, R, t) - pieces.line_rest
        for m in range(pieces.share.shape[0]):
            length[m] -= pieces.share[m] * longer


@njit(cache=True, nogil=True, error_model="numpy")
def _distance(bodies, local, R, t):
    """Distance [m] of two points with places local (2, 3) on bodies (2,)."""
    a, b = bodies[0], bodies[1]
    l0, l1, l2 = local[0]
    k0, k1, k2 = local[1]
    square = 0.0
    for i in range(3):
        start = R[a, i, 0] * l0 + R[a, i, 1] * l1 + R[a, i, 2] * l2 + t[a, i]
        end = R[b, i, 0] * k0 + R[b, i, 1] * k1 + R[b, i, 2] * k2 + t[b, i]
        square += (end - start) ** 2
    return np.sqrt(square)


@njit(cache=True, nogil=True, error_model="numpy")
def tension_loads(
    tree: Tree,
    pieces: Pieces,
    direction: Floats,
    moment: Floats,
    tension: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    force: Floats,
    torque: Floats,
    Q: Floats,
) -> None:
    """Generalised force of tensions (nm,) [N] on the coordinates, in place.

    direction, moment : from `line_motion`. force, torque : (nb, 3) work space. Q : (n,) out [N m].
    A piece pulls its first body along u and its second body in the opposite direction along the
    same line, so the two moments about the origin of the world are opposite.
    """
    force[:] = 0.0
    torque[:] = 0.0
    Q[:] = 0.0
    push = 0.0
    for m in range(pieces.first.shape[0] - 1):
        f = tension[m]
        push += pieces.share[m] * f
        for p in range(pieces.first[m], pieces.first[m + 1]):
            a = pieces.body[p, 0]
            b = pieces.body[p, 1]
            for i in range(3):
                force[a, i] += f * direction[p, i]
                torque[a, i] += f * moment[p, i]
                force[b, i] -= f * direction[p, i]
                torque[b, i] -= f * moment[p, i]
    if pieces.line_body.shape[0] > 0:
        p, a, b = pieces.body.shape[0], pieces.line_body[0], pieces.line_body[1]
        for i in range(3):
            force[a, i] -= push * direction[p, i]
            torque[a, i] -= push * moment[p, i]
            force[b, i] += push * direction[p, i]
            torque[b, i] += push * moment[p, i]
    for b in range(tree.parent.shape[0] - 1, 0, -1):
        pull = force[b, 0], force[b, 1], force[b, 2]
        turn = torque[b, 0], torque[b, 1], torque[b, 2]
        for e in range(tree.first[b], tree.first[b + 1]):
            value = along_dof(tree, e, axis_world, origin_world, pull, turn)
            Q[tree.coordinate[e]] += rate[e] * value
        parent = tree.parent[b]
        for i in range(3):
            force[parent, i] += force[b, i]
            torque[parent, i] += torque[b, i]
