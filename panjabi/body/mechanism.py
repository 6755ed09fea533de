"""A body with some coordinates free and the rest held, as the smallest tree that moves so.

Bodies joined through held coordinates are one rigid body here. A joint of which only some dofs
are held keeps the others; a massless body stands between them where needed. Every body of the
tree has its origin at its joint, so that `child_loc` is zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from panjabi.body.tree import Floats, Integers, Tree

if TYPE_CHECKING:
    from panjabi.body.model import Body


class Mechanism(NamedTuple):
    """What the kernels of dynamics need of a body (nb rigid bodies, ne elementary dofs)."""

    tree: Tree
    mass: Floats  # (nb,) [kg]
    com: Floats  # (nb, 3) centres of mass in the bodies [m]
    inertia: Floats  # (nb, 3, 3) about the centres of mass, body axes [kg m2]
    run: Integers  # (nr + 1,) dofs run[r] .. run[r + 1] - 1 are neighbours with one coordinate
    one_run_each: bool  # every coordinate has one run, so that the tree has no closed loop


class Workspace(NamedTuple):
    """Room for one evaluation; what one kernel leaves here another one reads."""

    R: Floats  # (nb, 3, 3)
    t: Floats  # (nb, 3) [m]
    axis: Floats  # (ne, 3)
    origin: Floats  # (ne, 3) [m]
    rate: Floats  # (ne,) d theta / dq
    rate2: Floats  # (ne,) d2 theta / dq2
    reference: Floats  # (3,) world point to which all spatial quantities refer [m]
    S: Floats  # (ne, 6) spatial axis of each dof: angular, linear
    inertia: Floats  # (nb, 10) m, m c (3), xx yy zz xy xz yz about the reference
    composite: Floats  # (nb, 10) the same of each body with all its descendants
    velocity: Floats  # (nb, 6) angular [rad/s], linear at the reference [m/s]
    acceleration: Floats  # (nb, 6) its rate, gravity taken as an upward acceleration of the ground
    force: Floats  # (nb, 6) moment about the reference [N m], force [N]
    articulated: Floats  # (nb, 6, 6) articulated-body inertia
    T: Floats  # (nr, 6) spatial axis of each run
    drift: Floats  # (nr, 6) acceleration across a run at zero coordinate acceleration
    U: Floats  # (nr, 6) articulated inertia times T
    pivot: Floats  # (nr, 2) inertia that a run feels, and its unbalanced force
    M: Floats  # (n, n) mass matrix or its factor


def workspace(mechanism: Mechanism, n: int, dtype: Any = np.float64) -> Workspace:
    """Fresh room for a mechanism with n coordinates."""
    nb, ne, nr = len(mechanism.mass), len(mechanism.tree.slide), len(mechanism.run) - 1

    def room(*shape: int) -> Floats:
        return np.zeros(shape, dtype)

    return Workspace(
        R=room(nb, 3, 3),
        t=room(nb, 3),
        axis=room(ne, 3),
        origin=room(ne, 3),
        rate=room(ne),
        rate2=room(ne),
        reference=room(3),
        S=room(ne, 6),
        inertia=room(nb, 10),
        composite=room(nb, 10),
        velocity=room(nb, 6),
        acceleration=room(nb, 6),
        force=room(nb, 6),
        articulated=room(nb, 6, 6),
        T=room(nr, 6),
        drift=room(nr, 6),
        U=room(nr, 6),
        pivot=room(nr, 2),
        M=room(n, n),
    )


@dataclass(frozen=True, eq=False)
class Reduction:
    """A mechanism, and where the bodies of the person are in it."""

    mechanism: Mechanism
    carrier: Integers  # (bodies,) rigid body that carries each body of the person
    rotation: Floats  # (bodies, 3, 3) of the body in its carrier
    place: Floats  # (bodies, 3) origin of the body in its carrier [m]


def reduction(body: Body, free: Sequence[int], at: Floats) -> Reduction:
    """The mechanism that is left when only the coordinates `free` move, the rest being as in `at`.

    free : indices into `body.coordinates`; their order is the order of the new coordinates.
    """
    tree, new_index = body.tree, {k: n for n, k in enumerate(free)}
    grown = _Growing()
    nb = len(body.names)
    carrier, rotation, place = np.zeros(nb, np.int64), np.zeros((nb, 3, 3)), np.zeros((nb, 3))
    rotation[0] = np.eye(3)
    for b in range(1, nb):
        p = tree.parent[b]
        on, R = int(carrier[p]), rotation[p] @ tree.r0[b]
        t = place[p] + rotation[p] @ tree.loc[b]
        open_joint = False  # whether `on` was made for this joint and nothing is in between
        for e in range(tree.first[b], tree.first[b + 1]):
            k = int(tree.coordinate[e])
            if k in new_index:
                if not open_joint:
                    on = grown.add_body(on, t, R)
                    R, t, open_joint = np.eye(3), np.zeros(3), True
                grown.add_dof(tree, e, new_index[k])
                continue
            value = float(np.polynomial.polynomial.polyval(at[k], tree.poly[e]))
            if tree.slide[e]:
                t = t + R @ (tree.axis[e] * value)
            else:
                R = R @ rotation_about(tree.axis[e], value)
            open_joint = open_joint and value == 0.0
        carrier[b], rotation[b], place[b] = on, R, t - R @ tree.child_loc[b]
    mass, com, inertia = _merged(body, carrier, rotation, place, len(grown.parent))
    return Reduction(grown.mechanism(mass, com, inertia), carrier, rotation, place)


def rotation_about(axis: Floats, angle: float) -> Floats:
    """Rotation matrix about a unit axis."""
    x, y, z = axis
    K = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + np.sin(angle) * K + (1.0 - np.cos(angle)) * (K @ K)


class _Growing:
    """Lists that become a tree."""

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

    def mechanism(self, mass: Floats, com: Floats, inertia: Floats) -> Mechanism:
        body = np.repeat(np.arange(len(self.count)), self.count)
        coordinate = np.array(self.coordinate, np.int64)
        starts = np.flatnonzero((np.diff(body) != 0) | (np.diff(coordinate) != 0)) + 1
        run = np.concatenate([[0], starts, [len(coordinate)]]).astype(np.int64)
        tree = Tree(
            parent=np.array(self.parent, np.int64),
            loc=np.array(self.loc),
            r0=np.array(self.r0),
            child_loc=np.zeros((len(self.parent), 3)),
            first=np.concatenate([[0], np.cumsum(self.count)]).astype(np.int64),
            slide=np.array(self.slide, np.int64),
            axis=np.array(self.axis),
            coordinate=coordinate,
            poly=np.array(self.poly),
        )
        one_run_each = len(run) - 1 == len(set(self.coordinate))
        return Mechanism(tree, mass, com, inertia, run, one_run_each)


def _merged(
    body: Body, carrier: Integers, rotation: Floats, place: Floats, nb: int
) -> tuple[Floats, Floats, Floats]:
    """Mass, centre of mass and inertia about it of every carrier."""
    mass = np.bincount(carrier, body.mass, nb)
    centres = np.einsum("bij,bj->bi", rotation, body.com) + place
    com, inertia = np.zeros((nb, 3)), np.zeros((nb, 3, 3))
    np.add.at(com, carrier, body.mass[:, None] * centres)
    com[mass > 0.0] /= mass[mass > 0.0, None]
    turned = rotation @ body.inertia @ rotation.transpose(0, 2, 1)
    arm = centres - com[carrier]
    square = np.einsum("bi,bi->b", arm, arm)[:, None, None] * np.eye(3)
    steiner = body.mass[:, None, None] * (square - arm[:, :, None] * arm[:, None, :])
    np.add.at(inertia, carrier, turned + steiner)
    return mass, com, inertia
