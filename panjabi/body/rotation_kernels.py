"""Angular velocity of one body of a tree, and its slopes; compiled."""

from __future__ import annotations

from numba import njit

from panjabi.body.tree import Floats, Tree


@njit(cache=True, nogil=True)
def angular_velocity(
    tree: Tree, axis: Floats, turn: Floats, body: int, qd: Floats, out: Floats
) -> None:
    """Angular velocity (3,) [rad/s] of a body in the world, in place.

    axis (ne, 3) in the world and turn (ne,) = d theta / dq of every dof; qd (n,).
    """
    out[:] = 0.0
    b = body
    while b > 0:
        for e in range(tree.first[b], tree.first[b + 1]):
            if tree.slide[e] == 0:
                speed = turn[e] * qd[tree.coordinate[e]]
                for i in range(3):
                    out[i] += speed * axis[e, i]
        b = tree.parent[b]


@njit(cache=True, nogil=True)
def angular_velocity_slopes(
    tree: Tree,
    axis: Floats,
    turn: Floats,
    turn2: Floats,
    body: int,
    qd: Floats,
    by_q: Floats,
    by_qd: Floats,
) -> None:
    """d angular velocity / d q and / d qd (3, n), in place; turn2 (ne,) = d2 theta / dq2."""
    by_q[:] = 0.0
    by_qd[:] = 0.0
    w0 = w1 = w2 = 0.0  # angular velocity beyond a dof, relative to it: it turns with the dof
    b = body
    while b > 0:
        for e in range(tree.first[b + 1] - 1, tree.first[b] - 1, -1):
            if tree.slide[e] == 1:
                continue
            c = tree.coordinate[e]
            a0, a1, a2 = axis[e]
            by_q[0, c] += turn[e] * (a1 * w2 - a2 * w1) + turn2[e] * qd[c] * a0
            by_q[1, c] += turn[e] * (a2 * w0 - a0 * w2) + turn2[e] * qd[c] * a1
            by_q[2, c] += turn[e] * (a0 * w1 - a1 * w0) + turn2[e] * qd[c] * a2
            speed = turn[e] * qd[c]
            w0 += speed * a0
            w1 += speed * a1
            w2 += speed * a2
            for i in range(3):
                by_qd[i, c] += turn[e] * axis[e, i]
        b = tree.parent[b]
