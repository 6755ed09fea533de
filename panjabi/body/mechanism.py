"""Data of a body for the kernels of dynamics: a reduced tree with merged masses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from panjabi.arrays import Block, Integers, Matrix, Vector
from panjabi.body.reduced import ReducedTree, reduced_tree
from panjabi.body.tree import Floats, Tree
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.body.model import Body


class Mechanism(NamedTuple):
    """Data for the kernels of dynamics (nb rigid bodies, ne elementary dofs)."""

    tree: Tree
    mass: Vector  # (nb,) [kg]
    com: Matrix  # (nb, 3) centres of mass in the bodies [m]
    inertia: Block  # (nb, 3, 3) about the centres of mass, body axes [kg m2]
    run: Integers  # (nr + 1,) dofs run[r] .. run[r + 1] - 1 are neighbours with one coordinate
    one_run_each: bool  # every coordinate has one run, so that the tree has no closed loop


class DynamicsWorkspace(NamedTuple):
    """Work arrays of an evaluation; a kernel reads the results of the kernels before it."""

    R: Block  # (nb, 3, 3)
    t: Matrix  # (nb, 3) [m]
    axis: Matrix  # (ne, 3)
    origin: Matrix  # (ne, 3) [m]
    rate: Vector  # (ne,) d theta / dq
    rate2: Vector  # (ne,) d2 theta / dq2
    reference: Vector  # (3,) world point to which all spatial quantities refer [m]
    S: Matrix  # (ne, 6) spatial axis of each dof: angular, linear
    inertia: Matrix  # (nb, 10) m, m c (3), xx yy zz xy xz yz about the reference
    composite: Matrix  # (nb, 10) the same for each body with all its descendants
    velocity: Matrix  # (nb, 6) angular [rad/s], linear at the reference [m/s]
    acceleration: Matrix  # (nb, 6) its rate; gravity is an upward acceleration of the ground
    force: Matrix  # (nb, 6) moment about the reference [N m], force [N]
    articulated: Block  # (nb, 6, 6) articulated-body inertia
    T: Matrix  # (nr, 6) spatial axis of each run
    drift: Matrix  # (nr, 6) acceleration across a run at zero coordinate acceleration
    U: Matrix  # (nr, 6) articulated inertia times T
    pivot: Matrix  # (nr, 2) articulated inertia of a run, and its unbalanced force
    M: Matrix  # (n, n) mass matrix or its factor


def dynamics_workspace(mechanism: Mechanism, n: int, dtype: Any = np.float64) -> DynamicsWorkspace:
    """New work arrays for a mechanism with n coordinates."""
    nb, ne, nr = len(mechanism.mass), len(mechanism.tree.slide), len(mechanism.run) - 1

    def room(*shape: int) -> Floats:
        return np.zeros(shape, dtype)

    return DynamicsWorkspace(
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


@dataclass(frozen=True, eq=False, repr=False)
class Reduction(ShortRepr):
    """A mechanism, and the position of the bodies of the person in it."""

    mechanism: Mechanism
    carriers: ReducedTree


def reduction(body: Body, free: Sequence[int], at: Floats) -> Reduction:
    """The mechanism in which only the coordinates `free` move and the others are fixed as in `at`.

    free : indices into `body.coordinates`; their order is the order of the new coordinates.
    """
    reduced = reduced_tree(body.tree, free, at)
    tree = reduced.tree
    owner = np.repeat(np.arange(len(tree.parent)), np.diff(tree.first))
    starts = np.flatnonzero((np.diff(owner) != 0) | (np.diff(tree.coordinate) != 0)) + 1
    run = np.concatenate([[0], starts, [len(tree.coordinate)]]).astype(np.int64)
    one_run_each = len(run) - 1 == len(set(tree.coordinate.tolist()))
    mass, com, inertia = _merged(body, reduced)
    return Reduction(Mechanism(tree, mass, com, inertia, run, one_run_each), reduced)


def _merged(body: Body, reduced: ReducedTree) -> tuple[Floats, Floats, Floats]:
    """Mass, centre of mass and inertia about it of every carrier."""
    carrier, rotation, place = reduced.carrier, reduced.rotation, reduced.place
    nb = len(reduced.tree.parent)
    mass = np.zeros(nb)
    np.add.at(mass, carrier, body.mass)
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
