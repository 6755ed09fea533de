"""A tree with only some coordinates free: bodies that no longer move apart become one.

A lumbar model over 18 coordinates then has eight bodies instead of fifty, and every kernel of
`panjabi.body` works on it unchanged.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from panjabi.body.kernels import forward
from panjabi.body.tree import Floats, Integers, Tree


@dataclass(frozen=True, eq=False)
class ReducedTree:
    """The smaller tree, and where each body of the full one rides on it."""

    tree: Tree  # coordinate k is the k-th of the free ones
    body: Integers  # (nb full,) body of the smaller tree
    rotation: Floats  # (nb full, 3, 3) of the full body in that body
    position: Floats  # (nb full, 3) [m]

    def point(self, b: int, local: Floats) -> tuple[int, Floats]:
        """Body index and local point on the smaller tree of a point of the full one."""
        return int(self.body[b]), self.rotation[b] @ local + self.position[b]


def reduce_tree(tree: Tree, free: Integers, q: Floats) -> ReducedTree:
    """The tree over the free coordinates alone, the others held at q.

    Parameters
    ----------
    tree : full tree.
    free : (n,) indices of the free coordinates, in the order wanted.
    q : (nq,) values of all coordinates; only those held matter.

    Bodies between which no free coordinate acts are merged into the one nearest the root. Dofs
    of a kept joint that are held stay as dofs of constant value, so world positions agree.
    """
    nb = len(tree.parent)
    place = {int(k): i for i, k in enumerate(free)}
    moving = [
        any(
            int(tree.coordinate[e]) in place and np.any(tree.poly[e, 1:])
            for e in range(tree.first[b], tree.first[b + 1])
        )
        for b in range(nb)
    ]
    R, t = _poses(tree, q)
    body = np.zeros(nb, np.int64)
    rotation, position = np.empty((nb, 3, 3)), np.empty((nb, 3))
    parent, loc, r0, child_loc, first = [-1], [np.zeros(3)], [np.eye(3)], [np.zeros(3)], [0]
    slide, axis, coordinate, poly = [], [], [], []
    for b in range(nb):
        p = int(tree.parent[b])
        if p < 0:
            rotation[b], position[b] = R[b], t[b]  # the ground
            continue
        if not moving[b]:
            body[b] = body[p]
            rotation[b] = rotation[p] @ (R[p].T @ R[b])
            position[b] = rotation[p] @ (R[p].T @ (t[b] - t[p])) + position[p]
            continue
        first.append(len(slide))
        body[b], rotation[b], position[b] = len(parent), np.eye(3), np.zeros(3)
        parent.append(int(body[p]))
        loc.append(rotation[p] @ tree.loc[b] + position[p])
        r0.append(rotation[p] @ tree.r0[b])
        child_loc.append(tree.child_loc[b])
        for e in range(tree.first[b], tree.first[b + 1]):
            k = int(tree.coordinate[e])
            slide.append(tree.slide[e])
            axis.append(tree.axis[e])
            coordinate.append(place.get(k, 0))
            held = np.zeros(tree.poly.shape[1])
            held[0] = np.polynomial.polynomial.polyval(q[k], tree.poly[e])
            poly.append(tree.poly[e] if k in place else held)
    first.append(len(slide))
    small = Tree(
        np.array(parent, np.int64),
        np.array(loc),
        np.array(r0),
        np.array(child_loc),
        np.array(first, np.int64),
        np.array(slide, np.int64),
        np.array(axis, float).reshape(-1, 3),
        np.array(coordinate, np.int64),
        np.array(poly, float).reshape(-1, tree.poly.shape[1]),
    )
    return ReducedTree(small, body, rotation, position)


def _poses(tree: Tree, q: Floats) -> tuple[Floats, Floats]:
    nb, ne = len(tree.parent), len(tree.slide)
    R, t = np.empty((nb, 3, 3)), np.empty((nb, 3))
    forward(tree, q, R, t, np.empty((ne, 3)), np.empty((ne, 3)), np.empty(ne), np.empty(ne))
    return R, t
