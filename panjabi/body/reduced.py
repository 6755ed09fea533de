"""A tree in which some coordinates are free and the others fixed, with as few bodies as possible.

Bodies connected by fixed coordinates become one rigid body: a lumbar model with 18 coordinates has
seven bodies instead of fifty, and every kernel works on it unchanged. A joint with some fixed dofs
keeps the others; where needed a body without mass is put between them. The origin of every body is
at its joint, so that `child_loc` is zero.
"""

# pyright: reportConstantRedefinition=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from panjabi.body.tree import POLYNOMIAL_TERMS, Floats, Integers, Tree
from panjabi.body.wrapping import Surfaces
from panjabi.results import ShortRepr


@dataclass(frozen=True, eq=False, repr=False)
class ReducedTree(ShortRepr):
    """The smaller tree, and the position of each body of the full tree on it."""

    tree: Tree  # coordinate k is the k-th free coordinate
    carrier: Integers  # (bodies,) body of the smaller tree
    rotation: Floats  # (bodies, 3, 3) of the full body in its carrier
    place: Floats  # (bodies, 3) origin of the full body in its carrier [m]

    def point(self, b: int, local: Floats) -> tuple[int, Floats]:
        """Body index and local point on the smaller tree for a point of the full tree."""
        return int(self.carrier[b]), self.rotation[b] @ local + self.place[b]

    def surfaces(self, surfaces: Surfaces) -> Surfaces:
        """Wrapping surfaces of the full tree on the smaller tree."""
        b = surfaces.body
        return surfaces._replace(
            body=self.carrier[b],
            rotation=self.rotation[b] @ surfaces.rotation,
            centre=np.einsum("sij,sj->si", self.rotation[b], surfaces.centre) + self.place[b],
        )


def reduced_tree(tree: Tree, free: Sequence[int] | Integers, at: Floats) -> ReducedTree:
    """The tree in which only the coordinates `free` move and the others are fixed as in `at`.

    free : indices of coordinates; their order is the order of the new coordinates.
    at : (nq,) all coordinates; the values of the free ones are not used.
    """
    new_index = {int(k): n for n, k in enumerate(free)}
    grown = _Growing()
    nb = len(tree.parent)
    carrier, rotation, place = np.zeros(nb, np.int64), np.zeros((nb, 3, 3)), np.zeros((nb, 3))
    rotation[0] = np.eye(3)
    for b in range(1, nb):
        p = tree.parent[b]
        on, R = int(carrier[p]), rotation[p] @ tree.r0[b]
        t = place[p] + rotation[p] @ tree.loc[b]
        open_joint = False  # whether `on` was added for this joint and nothing is in between
        for e in range(tree.first[b], tree.first[b + 1]):
            k = int(tree.coordinate[e])
            if k in new_index:
                if not tree.poly[e].any():
                    continue  # a factor of zero: the dof never moves
                if not open_joint:
                    on = grown.add_body(on, t, R)
                    R, t, open_joint = np.eye(3), np.zeros(3), True
                grown.add_dof(tree, e, new_index[k])
                continue
            terms: Floats = tree.poly[e]
            value = float(np.polynomial.polynomial.polyval(float(at[k]), terms))
            if tree.slide[e]:
                t = t + R @ (tree.axis[e] * value)
            else:
                R = R @ rotation_about(tree.axis[e], value)
            open_joint = open_joint and value == 0.0
        carrier[b], rotation[b], place[b] = on, R, t - R @ tree.child_loc[b]
    return ReducedTree(grown.tree(), carrier, rotation, place)


def rotation_about(axis: Floats, angle: float) -> Floats:
    """Rotation matrix about a unit axis."""
    x, y, z = axis
    K = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * K + (1.0 - np.cos(angle)) * (K @ K)


class _Growing:
    """Lists from which a tree is built."""

    def __init__(self) -> None:
        self.parent, self.loc, self.r0 = [-1], [np.zeros(3)], [np.eye(3)]
        self.count = [0]  # dofs of each body
        self.slide: list[int] = []
        self.axis: list[Floats] = []
        self.coordinate: list[int] = []
        self.poly: list[Floats] = []

    def add_body(self, parent: int, loc: Floats, r0: Floats) -> int:
        self.parent.append(parent)
        self.loc.append(loc)
        self.r0.append(r0)
        self.count.append(0)
        return len(self.parent) - 1

    def add_dof(self, tree: Tree, e: int, coordinate: int) -> None:
        self.count[-1] += 1
        self.slide.append(int(tree.slide[e]))
        self.axis.append(tree.axis[e])
        self.coordinate.append(coordinate)
        self.poly.append(tree.poly[e])

    def tree(self) -> Tree:
        return Tree(
            parent=np.array(self.parent, np.int64),
            loc=np.array(self.loc),
            r0=np.array(self.r0),
            child_loc=np.zeros((len(self.parent), 3)),
            first=np.concatenate([[0], np.cumsum(self.count)]).astype(np.int64),
            slide=np.array(self.slide, np.int64),
            axis=np.array(self.axis, float).reshape(-1, 3),
            coordinate=np.array(self.coordinate, np.int64),
            poly=np.array(self.poly, float).reshape(-1, POLYNOMIAL_TERMS),
        )
