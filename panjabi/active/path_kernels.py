"""Second derivatives of muscle path lengths on flat arrays, exact.

Lengths and slopes come from `panjabi.body.path_kernels`. A path is a polyline; a piece from x to
y has the unit vector u and the length s, and with d = y - x

    d2 s = (d_i . d_j - (u . d_i)(u . d_j)) / s + u . d_ij

where d_i, d_ij are the derivatives of d. Only dofs between the two bodies of the piece count; a dof
below both moves the piece as a whole.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.body.tree import Floats, Integers, Tree


class Placed(NamedTuple):
    """Bodies (nb) and dofs (ne) at one posture, in world axes; from `kernels.forward`."""

    R: Floats  # (nb, 3, 3)
    t: Floats  # (nb, 3) [m]
    axis_world: Floats  # (ne, 3)
    origin_world: Floats  # (ne, 3) [m]
    rate: Floats  # (ne,) d theta / dq
    rate2: Floats  # (ne,) d2 theta / dq2


class Room(NamedTuple):
    """Work space for one piece: the dofs between its two bodies."""

    dof: Integers  # (ne,)
    side: Floats  # (ne,) 1 at the end of the piece, -1 at its beginning
    d: Floats  # (ne, 3) derivative of the piece's vector [m]
    along: Floats  # (ne,) its part along the piece [m]


@njit(cache=True, nogil=True)
def add_piece_curvature(
    tree: Tree,
    a: int,
    x: Floats,
    b: int,
    y: Floats,
    weight: float,
    placed: Placed,
    room: Room,
    H: Floats,
) -> None:
    """Add weight d2|y - x|/dq2 to H (n, n), for x on body a and y on body b, in world axes."""
    axis_world, origin_world = placed.axis_world, placed.origin_world
    rate, rate2 = placed.rate, placed.rate2
    dof, side, d, along = room.dof, room.side, room.d, room.along
    u0 = y[0] - x[0]
    u1 = y[1] - x[1]
    u2 = y[2] - x[2]
    size = np.sqrt(u0 * u0 + u1 * u1 + u2 * u2)
    if a == b or size == 0.0:
        return
    u0 /= size
    u1 /= size
    u2 /= size
    # Follow both chains from the higher body index down until they meet: parents come first.
    count = 0
    while a != b:
        if b > a:
            body, end, sign = b, y, 1.0
            b = tree.parent[b]
        else:
            body, end, sign = a, x, -1.0
            a = tree.parent[a]
        for e in range(tree.first[body + 1] - 1, tree.first[body] - 1, -1):
            if rate[e] == 0.0 and rate2[e] == 0.0:
                continue
            a0, a1, a2 = axis_world[e]
            if tree.slide[e] == 1:
                d0, d1, d2 = a0, a1, a2
            else:
                r0 = end[0] - origin_world[e, 0]
                r1 = end[1] - origin_world[e, 1]
                r2 = end[2] - origin_world[e, 2]
                d0 = a1 * r2 - a2 * r1
                d1 = a2 * r0 - a0 * r2
                d2 = a0 * r1 - a1 * r0
            k = tree.coordinate[e]
            H[k, k] += weight * sign * rate2[e] * (u0 * d0 + u1 * d1 + u2 * d2)
            f = sign * rate[e]
            dof[count] = e
            side[count] = sign
            d[count, 0] = f * d0
            d[count, 1] = f * d1
            d[count, 2] = f * d2
            along[count] = f * (u0 * d0 + u1 * d1 + u2 * d2)
            # Earlier dofs on this side are more distal: this rotation rotates their d.
            for other in range(count + 1):
                second = (
                    d[count, 0] * d[other, 0]
                    + d[count, 1] * d[other, 1]
                    + d[count, 2] * d[other, 2]
                    - along[count] * along[other]
                ) / size
                if side[other] == sign and tree.slide[e] == 0:
                    w0 = a1 * d[other, 2] - a2 * d[other, 1]
                    w1 = a2 * d[other, 0] - a0 * d[other, 2]
                    w2 = a0 * d[other, 1] - a1 * d[other, 0]
                    second += rate[e] * (u0 * w0 + u1 * w1 + u2 * w2)
                n = tree.coordinate[dof[other]]
                H[k, n] += weight * second
                if other != count:
                    H[n, k] += weight * second
            count += 1


@njit(cache=True, nogil=True)
def path_curvature(
    tree: Tree,
    start: Integers,
    body: Integers,
    local: Floats,
    placed: Placed,
    weight: Floats,
    each: bool,
    H: Floats,
) -> None:
    """Second derivatives of path lengths times a weight per muscle, in place.

    Parameters
    ----------
    start, body, local : the fields of `PathArrays`.
    weight : (nm,) e.g. the tensions [N].
    each : True keeps the muscles apart, H (nm, n, n); False adds them up, H (1, n, n).
    """
    R, t = placed.R, placed.t
    ne = placed.rate.shape[0]
    room = Room(
        np.empty(ne, np.int64),
        np.empty(ne, dtype=t.dtype),
        np.empty((ne, 3), dtype=t.dtype),
        np.empty(ne, dtype=t.dtype),
    )
    points = np.empty((2, 3), dtype=t.dtype)
    H[:] = 0.0
    for m in range(start.shape[0] - 1):
        row = m if each else 0
        for p in range(start[m], start[m + 1]):
            b = body[p]
            here = points[p % 2]
            for i in range(3):
                here[i] = (
                    R[b, i, 0] * local[p, 0]
                    + R[b, i, 1] * local[p, 1]
                    + R[b, i, 2] * local[p, 2]
                    + t[b, i]
                )
            if p > start[m]:
                add_piece_curvature(
                    tree,
                    body[p - 1],
                    points[(p - 1) % 2],
                    b,
                    here,
                    weight[m],
                    placed,
                    room,
                    H[row],
                )
