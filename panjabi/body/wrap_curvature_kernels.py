"""Second derivative of the length of a path over surfaces that move, in any unknowns.

The polyline through the tangent points, fixed to the bodies of their surfaces, has the length's
first derivative. It lacks part of the second derivative, because the tangent points move over the
surfaces. `wrap_curvature` gives the difference for the contacts between two points of a path. Over
several surfaces the middle of each free ray between two of them is eliminated (a Schur complement).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.body.kernels import angular_jacobian, points_jacobian
from panjabi.body.tree import Floats, Integers, Tree
from panjabi.body.wrap_kernels import CYLINDER, lateral, level, new_contact, set_spread
from panjabi.body.wrapped_path_kernels import Touched, into
from panjabi.body.wrapping import Surfaces, WrapArrays


class Chain(NamedTuple):
    """Contacts (c) of a path between two of its points, in order, and rates with m unknowns."""

    surface: Integers  # (c,)
    spread: Floats  # (c, 4) see `Contact`
    point: Floats  # (2 c + 2, 3) point before, both tangent points of each contact, point after [m]
    rate: Floats  # (2 c + 2, 3, m) their rates; of a tangent point as fixed to its body
    turn: Floats  # (c, 3, m) angular rate of the body of each surface


@njit(cache=True, nogil=True, error_model="numpy")
def new_chain(count: int, m: int) -> Chain:
    """Memory for `count` contacts and m unknowns, all zero."""
    return Chain(
        np.zeros(count, np.int64),
        np.zeros((count, 4)),
        np.zeros((2 * count + 2, 3)),
        np.zeros((2 * count + 2, 3, m)),
        np.zeros((count, 3, m)),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def wrap_curvature(chain: Chain, surfaces: Surfaces, R: Floats, t: Floats) -> Floats:
    """Second derivative (m, m) of the length less that of the polyline with fixed tangent points.

    R, t : poses of the bodies (nb).
    """
    surface, spread, point, rate, turn = chain
    count, m = turn.shape[0], turn.shape[2]
    size = m + 2 * (count - 1)
    true = np.zeros((size, size))
    frozen = np.zeros((size, size))
    middle = np.empty((count - 1, 3))  # of the free ray to the next surface
    across = np.empty((count - 1, 2, 3))  # directions in which it moves
    for k in range(count - 1):
        middle[k] = 0.5 * (point[2 * k + 2] + point[2 * k + 3])
        ray = point[2 * k + 3] - point[2 * k + 2]
        ray /= np.sqrt(np.sum(ray**2))
        across[k, 0] = np.cross(ray, np.eye(3)[np.argmin(np.abs(ray))])
        across[k, 0] /= np.sqrt(np.sum(across[k, 0] ** 2))
        across[k, 1] = np.cross(ray, across[k, 0])
        # The middle moves in both bodies while they turn: ray . (w2 - w1) x (its motion).
        for j in range(2):
            turning = np.cross(across[k, j], ray)
            for c in range(m):
                value = 0.0
                for i in range(3):
                    value += (turn[k + 1, i, c] - turn[k, i, c]) * turning[i]
                for H in (true, frozen):
                    H[c, m + 2 * k + j] += value
                    H[m + 2 * k + j, c] += value
    path = new_contact()
    ends = np.empty((2, 3))
    local = np.empty((2, 3))
    lateral_of = np.empty((2, 3))
    normal = np.empty(3)
    for k in range(count):
        s = int(surface[k])
        body = int(surfaces.body[s])
        axes = R[body] @ surfaces.rotation[s]
        kind, shape = int(surfaces.kind[s]), surfaces.size[s]
        ends[0] = point[0] if k == 0 else middle[k - 1]
        ends[1] = point[2 * count + 1] if k == count - 1 else middle[k]
        for side in range(2):
            for which in range(2):
                x = ends[side] if which == 0 else point[2 * k + 1 + side]
                y = local[side] if which == 0 else path.first if side == 0 else path.last
                y[0], y[1], y[2] = into(
                    surfaces.rotation, surfaces.centre, s, body, R, t, x[0], x[1], x[2]
                )
        path.spread[:] = spread[k]
        c11, c12, c22, l1, l2 = lateral(
            kind, shape, local[0], local[1], path, lateral_of[0], lateral_of[1]
        )
        rows = np.zeros((4, size))  # rates across the ray: lateral and normal, of both sides
        for side in range(2):
            level(kind, shape, path.first if side == 0 else path.last, normal)
            normal /= np.sqrt(np.sum(normal**2))
            here = 2 * k + 1 + side
            away = ends[side] - point[here]
            gap = k - 1 + side  # the ray to another surface
            for which in range(2):
                row = rows[2 * side + which]
                v = axes @ (lateral_of[side] if which == 0 else normal)
                moment = np.cross(away, v)  # v . (w x away) = w . (away x v)
                for c in range(m):
                    for i in range(3):
                        row[c] -= v[i] * rate[here, i, c] + moment[i] * turn[k, i, c]
                if 0 <= gap < count - 1:
                    for j in range(2):
                        row[m + 2 * gap + j] = np.dot(v, across[gap, j])
                    continue
                end = 0 if side == 0 else 2 * count + 1
                for c in range(m):
                    for i in range(3):
                        row[c] += v[i] * rate[end, i, c]
        for i in range(size):
            for j in range(size):
                b1, n1, b2, n2 = rows[0, i], rows[1, i], rows[2, i], rows[3, i]
                d1, e1, d2, e2 = rows[0, j], rows[1, j], rows[2, j], rows[3, j]
                across_surface = n1 * e1 / l1 + n2 * e2 / l2
                true[i, j] += across_surface + c11 * b1 * d1 + c12 * (b1 * d2 + b2 * d1)
                true[i, j] += c22 * b2 * d2
                frozen[i, j] += across_surface + b1 * d1 / l1 + b2 * d2 / l2
    return _reduced(true, m) - _reduced(frozen, m)


@njit(cache=True, nogil=True, error_model="numpy")
def _reduced(H: Floats, m: int) -> Floats:
    """Schur complement of the unknowns from m on."""
    if H.shape[0] == m:
        return H
    across = np.ascontiguousarray(H[m:, :m])
    return H[:m, :m] - np.ascontiguousarray(across.T) @ np.ascontiguousarray(
        np.linalg.solve(np.ascontiguousarray(H[m:, m:]), across)
    )


@njit(cache=True, nogil=True, error_model="numpy")
def add_path_curvature(
    tree: Tree,
    found: Touched,
    wraps: WrapArrays,
    R: Floats,
    t: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    weight: Floats,
    each: bool,
    H: Floats,
) -> None:
    """Add weight times the lacking second derivative of every path that touches to H.

    found : from `touched_paths` or `touching_paths`. R, t, axis_world, origin_world, rate : from
    `kernels.forward`. weight, each, H : as in `panjabi.active.path_kernels.path_curvature`.
    """
    surfaces = wraps.surfaces
    n = H.shape[1]
    W = np.empty((tree.parent.shape[0], 3, n))
    angular_jacobian(tree, axis_world, rate, W)
    for m in range(found.start.shape[0] - 1):
        p, end = found.start[m], found.start[m + 1]
        while p < end:
            if found.wrap[p] < 0:
                p += 1
                continue
            low = p - 1  # the point before the first contact of this chain
            while p < end and found.wrap[p] >= 0:
                p += 2
            count = (p - low - 1) // 2
            chain = new_chain(count, n)
            bodies = found.body[low : p + 1]
            for i in range(bodies.shape[0]):
                b = bodies[i]
                chain.point[i] = R[b] @ found.local[low + i] + t[b]
            points_jacobian(tree, bodies, chain.point, axis_world, origin_world, rate, chain.rate)
            for k in range(count):
                wrap = int(found.wrap[low + 1 + 2 * k])
                s = wraps.surface[wrap]
                chain.surface[k] = s
                chain.spread[k] = found.spread[wrap]
                if surfaces.kind[s] <= CYLINDER:
                    r = surfaces.size[s, 0]
                    set_spread(int(surfaces.kind[s]), r, float(found.arc[wrap]), chain.spread[k])
                chain.turn[k] = W[surfaces.body[s]]
            H[m if each else 0] += weight[m] * wrap_curvature(chain, surfaces, R, t)
