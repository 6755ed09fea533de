"""Length of every muscle path and its exact derivative, on flat arrays."""

from __future__ import annotations

import numpy as np
from numba import njit

from panjabi.body.kernels import Triple, along_dof
from panjabi.body.tree import Floats, Integers, Tree


@njit(cache=True, nogil=True, error_model="numpy")
def add_piece_slope(
    tree: Tree,
    bodies: tuple[int, int],
    u: Triple,
    moment: Triple,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    row: Floats,
) -> None:
    """Add d(length)/dq of a piece between two bodies to row (nq,) [m/rad].

    u : unit vector of the piece. moment : its moment about the origin of the world [m].

    Both chains are followed up to their common ancestor; a parent comes before its children.
    """
    a, b = bodies
    while a != b:
        if b > a:
            body, sign = b, 1.0
            b = tree.parent[b]
        else:
            body, sign = a, -1.0
            a = tree.parent[a]
        for e in range(tree.first[body], tree.first[body + 1]):
            value = along_dof(tree, e, axis_world, origin_world, u, moment)
            row[tree.coordinate[e]] += sign * rate[e] * value


@njit(cache=True, nogil=True, error_model="numpy")
def path_slope(
    tree: Tree,
    first: int,
    end: int,
    body: Integers,
    local: Floats,
    R: Floats,
    t: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    row: Floats,
) -> float:
    """Length [m] of the path through points first .. end - 1; its slope is added to row (nq,)."""
    length = 0.0
    x0 = x1 = x2 = 0.0 * t[0, 0]
    for p in range(first, end):
        b = body[p]
        l0, l1, l2 = local[p, 0], local[p, 1], local[p, 2]
        y0 = R[b, 0, 0] * l0 + R[b, 0, 1] * l1 + R[b, 0, 2] * l2 + t[b, 0]
        y1 = R[b, 1, 0] * l0 + R[b, 1, 1] * l1 + R[b, 1, 2] * l2 + t[b, 1]
        y2 = R[b, 2, 0] * l0 + R[b, 2, 1] * l1 + R[b, 2, 2] * l2 + t[b, 2]
        if p > first:
            u0 = y0 - x0
            u1 = y1 - x1
            u2 = y2 - x2
            piece = np.sqrt(u0 * u0 + u1 * u1 + u2 * u2)
            length += piece
            if piece != 0.0 and body[p - 1] != b:
                u0 /= piece
                u1 /= piece
                u2 /= piece
                moment = x1 * u2 - x2 * u1, x2 * u0 - x0 * u2, x0 * u1 - x1 * u0
                add_piece_slope(
                    tree, (body[p - 1], b), (u0, u1, u2), moment, axis_world, origin_world, rate,
                    row,
                )  # fmt: skip
        x0, x1, x2 = y0, y1, y2
    return length


@njit(cache=True, nogil=True, error_model="numpy")
def path_derivatives(
    tree: Tree,
    start: Integers,
    body: Integers,
    local: Floats,
    R: Floats,
    t: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    length: Floats,
    slope: Floats,
) -> None:
    """Path lengths [m] and d(length)/dq [m/rad] of all muscles, in place.

    Parameters
    ----------
    start, body, local : the fields of `PathArrays`.
    R, t, axis_world, origin_world, rate : from `kernels.forward`.
    length : (nm,) out. slope : (nm, nq) out; exactly zero for joints the muscle does not cross.
    """
    slope[:] = 0.0
    for m in range(start.shape[0] - 1):
        length[m] = path_slope(
            tree, start[m], start[m + 1], body, local, R, t, axis_world, origin_world, rate,
            slope[m],
        )  # fmt: skip
