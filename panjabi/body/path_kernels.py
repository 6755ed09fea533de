"""Length of every muscle path and its exact derivative, on flat arrays."""

from __future__ import annotations

import numpy as np
from numba import njit

from panjabi.body.tree import Floats, Integers, Tree


@njit(cache=True, nogil=True)
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
    here = np.empty(3, dtype=t.dtype)
    before = np.empty(3, dtype=t.dtype)
    u = np.empty(3, dtype=t.dtype)
    for m in range(start.shape[0] - 1):
        length[m] = 0.0
        for p in range(start[m], start[m + 1]):
            b = body[p]
            for i in range(3):
                here[i] = (
                    R[b, i, 0] * local[p, 0]
                    + R[b, i, 1] * local[p, 1]
                    + R[b, i, 2] * local[p, 2]
                    + t[b, i]
                )
            if p > start[m]:
                for i in range(3):
                    u[i] = here[i] - before[i]
                piece = np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
                length[m] += piece
                if piece != 0.0:
                    for i in range(3):
                        u[i] /= piece
                # The piece lengthens by u . (dp_here - dp_before): follow both chains up to their
                # common ancestor. A parent comes before its children.
                one, other = body[p], body[p - 1]
                while one != other:
                    if one > other:
                        b, x, sign = one, here, 1.0
                        one = tree.parent[one]
                    else:
                        b, x, sign = other, before, -1.0
                        other = tree.parent[other]
                    for e in range(tree.first[b], tree.first[b + 1]):
                        a0, a1, a2 = axis_world[e]
                        if tree.slide[e] == 1:
                            value = a0 * u[0] + a1 * u[1] + a2 * u[2]
                        else:
                            x0 = x[0] - origin_world[e, 0]
                            x1 = x[1] - origin_world[e, 1]
                            x2 = x[2] - origin_world[e, 2]
                            value = (
                                (a1 * x2 - a2 * x1) * u[0]
                                + (a2 * x0 - a0 * x2) * u[1]
                                + (a0 * x1 - a1 * x0) * u[2]
                            )
                        slope[m, tree.coordinate[e]] += sign * rate[e] * value
            for i in range(3):
                before[i] = here[i]
