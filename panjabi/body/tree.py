"""The tree of joints as flat arrays, and its construction from the data file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from panjabi.arrays import Block as Block, Integers as Integers, Matrix as Matrix

Floats = NDArray[np.float64]

GROUND = "ground"
POLYNOMIAL_TERMS = 5


class Tree(NamedTuple):
    """Bodies and joints as flat arrays (nb bodies, ne elementary dofs, nq coordinates).

    Body 0 is the ground: identity pose, no parent (-1), no dofs. Parents come before children.
    """

    parent: Integers  # (nb,) index of the parent body, -1 for the ground
    loc: Matrix  # (nb, 3) joint centre in the parent [m]
    r0: Block  # (nb, 3, 3) rotation of the joint frame in the parent at zero
    child_loc: Matrix  # (nb, 3) joint centre in the child [m]
    first: Integers  # (nb + 1,) elementary dofs of body b are first[b] .. first[b + 1] - 1
    slide: Integers  # (ne,) 1 translation, 0 rotation
    axis: Matrix  # (ne, 3) unit axis in the frame reached just before the dof
    coordinate: Integers  # (ne,) index of the coordinate that drives the dof
    poly: Matrix  # (ne, 5) theta = sum_i poly[i] q^i [rad or m]; a free dof has (0, 1, 0, 0, 0)


def coordinates_of(bodies: Sequence[Mapping[str, Any]]) -> dict[str, tuple[float, float]]:
    """Names of the free coordinates with their ranges [rad or m], in tree order."""
    return {
        dof["name"]: (float(dof["range"][0]), float(dof["range"][1]))
        for body in bodies
        for dof in body["joint"]["dofs"]
        if "driver" not in dof
    }


def build_tree(bodies: Sequence[Mapping[str, Any]]) -> Tree:
    """Flat arrays of the joints of `skeleton.json`, with the ground as the first body."""
    coordinates = {name: k for k, name in enumerate(coordinates_of(bodies))}
    index = {GROUND: 0} | {body["name"]: b for b, body in enumerate(bodies, start=1)}
    parent, loc, r0, child_loc, first = [-1], [np.zeros(3)], [np.eye(3)], [np.zeros(3)], [0]
    slide: list[int] = []
    axis: list[Floats] = []
    coordinate: list[int] = []
    poly: list[list[float]] = []
    for body in bodies:
        joint = body["joint"]
        first.append(len(slide))
        parent.append(index[body["parent"] or GROUND])
        loc.append(np.array(joint["loc"]))
        r0.append(_nearest_rotation(np.array(joint["R0"])))
        child_loc.append(np.array(joint["child_loc"]))
        for dof in joint["dofs"]:
            direction = np.array(dof["axis"])
            slide.append(int(dof["type"] == "slide"))
            axis.append(direction / np.linalg.norm(direction))
            coordinate.append(coordinates[dof.get("driver", dof["name"])])
            terms = dof.get("poly", [0.0, 1.0])
            poly.append(list(terms) + [0.0] * (POLYNOMIAL_TERMS - len(terms)))
    first.append(len(slide))
    return Tree(
        np.array(parent, np.int64),
        np.array(loc),
        np.array(r0),
        np.array(child_loc),
        np.array(first, np.int64),
        np.array(slide, np.int64),
        np.array(axis),
        np.array(coordinate, np.int64),
        np.array(poly),
    )


def _nearest_rotation(matrix: Floats) -> Floats:
    """The nearest orthonormal matrix: printed digits are off by 1e-12, too much for derivatives."""
    u, _, vt = np.linalg.svd(matrix)
    return u @ vt


def scaled_tree(tree: Tree, scale: Floats, root_height: float) -> Tree:
    """The same joints between bodies of another size; this tree is unchanged.

    scale (nb,) is a factor per body. The position of a joint in a body scales with this body;
    coupled translations of the knee and kneecap scale with the thigh that guides them. The root
    joint is at `root_height` [m] above the floor.
    """
    loc = tree.loc.copy()
    loc[1:] *= scale[tree.parent[1:], None]
    loc[1] = (tree.loc[1, 0], root_height, tree.loc[1, 2])
    body_of = np.repeat(np.arange(len(tree.parent)), np.diff(tree.first))
    coupled = (tree.slide == 1) & (tree.parent[body_of] > 0)
    poly = tree.poly.copy()
    poly[coupled] *= scale[tree.parent[body_of[coupled]], None]
    return tree._replace(loc=loc, child_loc=tree.child_loc * scale[:, None], poly=poly)
