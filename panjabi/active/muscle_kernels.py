"""The contribution of the muscles to a right-hand side, in one compiled call without allocation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.active.activation import activation_rates
from panjabi.active.line_kernels import (
    Pieces,
    body_twists,
    line_lengths,
    line_motion,
    pieces_of,
    place_wraps,
    tension_loads,
)
from panjabi.active.musculotendon_kernels import Units, along_tendon, rates
from panjabi.arrays import Block, Matrix, Vector
from panjabi.body.kernels import forward
from panjabi.body.muscles import PathArrays
from panjabi.body.tree import POLYNOMIAL_TERMS, Floats, Tree


class MuscleWorkspace(NamedTuple):
    """Work arrays of an evaluation; every thread needs its own."""

    R: Block  # (nb, 3, 3)
    t: Matrix  # (nb, 3)
    axis_world: Matrix  # (ne, 3)
    origin_world: Matrix  # (ne, 3)
    rate: Vector  # (ne,)
    rate2: Vector  # (ne,)
    omega: Matrix  # (nb, 3)
    v: Matrix  # (nb, 3)
    force: Matrix  # (nb, 3)
    torque: Matrix  # (nb, 3)
    direction: Matrix  # (np + 1, 3)
    moment: Matrix  # (np + 1, 3)
    length: Vector  # (nm,) path length [m]
    speed: Vector  # (nm,) its rate [m/s]
    tension: Vector  # (nm,) [N]


class MuscleData(NamedTuple):
    """Paths, musculotendon units and activation of all muscles."""

    tree: Tree
    pieces: Pieces
    units: Units
    rise: float  # `ActivationDynamics.constants`
    fall: float
    sharpness: float


class Rates(NamedTuple):
    """Contribution of the muscles to a right-hand side of n coordinates."""

    force: Vector  # (n,) generalised force of all muscles [N m]
    activation: Vector  # (nm,) rate of each activation [1/s]
    fibre: Vector  # (nm,) rate of each fibre over its optimal length [1/s]
    short_range: Vector  # (nm,) rate of each force over the maximal force [1/s], or (0,)


def muscle_workspace(tree: Tree, pieces: Pieces) -> MuscleWorkspace:
    """Work arrays for `muscle_rates` on a tree."""
    nb, ne = len(tree.parent), len(tree.slide)
    n_pieces, nm = len(pieces.body) + 1, len(pieces.fixed)  # and the line of the pressure
    shapes = [(nb, 3, 3), (nb, 3), (ne, 3), (ne, 3), (ne,), (ne,)]
    shapes += [(nb, 3)] * 4 + [(n_pieces, 3)] * 2 + [(nm,)] * 3
    return MuscleWorkspace(*(np.zeros(shape) for shape in shapes))


def no_muscles() -> MuscleData:
    """The data of a model without muscles."""
    none, nothing = np.empty(0, np.int64), np.empty(0)
    three = np.zeros((1, 3))
    tree = Tree(
        np.full(1, -1), three, np.zeros((1, 3, 3)), three, np.zeros(2, np.int64), none,
        np.empty((0, 3)), none, np.empty((0, POLYNOMIAL_TERMS)),
    )  # fmt: skip
    pieces = pieces_of(PathArrays(np.zeros(1, np.int64), none, np.empty((0, 3))))
    units = Units(nothing, nothing, nothing, nothing, none, 1.0, 1.0, 0.0, 1.0, 1.0, nothing)
    return MuscleData(tree, pieces, units, 1.0, 1.0, 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def muscle_rates(
    data: MuscleData,
    q: Floats,
    velocity: Floats,
    activation: Floats,
    fibre: Floats,
    short_range: Floats,
    excitation: Floats,
    work: MuscleWorkspace,
    out: Rates,
) -> None:
    """Generalised force of all muscles and the rates of their states, in place.

    Parameters
    ----------
    data : of paths that wrap the pieces of the posture are written into it.
    q, velocity : (n,) of the tree's coordinates. activation, fibre, short_range, excitation :
        (nm,), the fibre over its optimal length, the short-range force over the maximal force, (0,)
        for units without it.
    """
    tree, pieces = data.tree, data.pieces
    forward(tree, q, work.R, work.t, work.axis_world, work.origin_world, work.rate, work.rate2)
    place_wraps(pieces, work.R, work.t)
    body_twists(tree, velocity, work.axis_world, work.origin_world, work.rate, work.omega, work.v)
    line_motion(
        pieces,
        work.R,
        work.t,
        work.omega,
        work.v,
        work.direction,
        work.moment,
        work.length,
        work.speed,
    )
    rates(
        data.units,
        activation,
        fibre,
        short_range,
        work.length,
        work.speed,
        work.tension,
        out.fibre,
        out.short_range,
    )
    activation_rates(data.rise, data.fall, data.sharpness, excitation, activation, out.activation)
    tension_loads(
        tree,
        pieces,
        work.direction,
        work.moment,
        work.tension,
        work.axis_world,
        work.origin_world,
        work.rate,
        work.force,
        work.torque,
        out.force,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def most_strained(data: MuscleData, q: Floats, fibre: Floats, work: MuscleWorkspace) -> float:
    """Strain of the tendon that is stretched most [1]; -1 without elastic tendons.

    q : (n,); fibre : (nm,) over its optimal length.
    """
    tree, pieces, units, w = data.tree, data.pieces, data.units, work
    strain = -1.0
    if fibre.shape[0] == 0:
        return strain
    forward(tree, q, w.R, w.t, w.axis_world, w.origin_world, w.rate, w.rate2)
    place_wraps(pieces, w.R, w.t)
    line_lengths(pieces, w.R, w.t, w.length)
    for m in range(fibre.shape[0]):
        if units.elastic[m]:
            lopt = units.optimal_length[m]
            along = lopt * along_tendon(fibre[m], units.thickness[m] / lopt)
            strain = max(strain, (w.length[m] - along) / units.tendon_slack_length[m] - 1.0)
    return strain
