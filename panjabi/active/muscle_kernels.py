"""The contribution of the muscles to a right-hand side, in one compiled call without allocation."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.active.activation import activation_rates
from panjabi.active.line_kernels import Pieces, body_twists, line_motion, tension_loads
from panjabi.active.musculotendon_kernels import Units, rates
from panjabi.body.kernels import forward
from panjabi.body.tree import Floats, Tree


class MuscleWorkspace(NamedTuple):
    """Work arrays of an evaluation; every thread needs its own."""

    R: Floats  # (nb, 3, 3)
    t: Floats  # (nb, 3)
    axis_world: Floats  # (ne, 3)
    origin_world: Floats  # (ne, 3)
    rate: Floats  # (ne,)
    rate2: Floats  # (ne,)
    omega: Floats  # (nb, 3)
    v: Floats  # (nb, 3)
    force: Floats  # (nb, 3)
    torque: Floats  # (nb, 3)
    direction: Floats  # (np, 3)
    moment: Floats  # (np, 3)
    length: Floats  # (nm,) path length [m]
    speed: Floats  # (nm,) its rate [m/s]
    tension: Floats  # (nm,) [N]


class Rates(NamedTuple):
    """Contribution of the muscles to a right-hand side of n coordinates."""

    force: Floats  # (n,) generalised force of all muscles [N m]
    activation: Floats  # (nm,) rate of each activation [1/s]
    fibre: Floats  # (nm,) rate of each fibre over its optimal length [1/s]
    short_range: (
        Floats  # (nm,) rate of each short-range force over the maximal force [1/s], or (0,)
    )


def muscle_workspace(tree: Tree, pieces: Pieces) -> MuscleWorkspace:
    """Work arrays for `muscle_rates` on a tree."""
    nb, ne = len(tree.parent), len(tree.slide)
    n_pieces, nm = len(pieces.body), len(pieces.fixed)
    shapes = [(nb, 3, 3), (nb, 3), (ne, 3), (ne, 3), (ne,), (ne,)]
    shapes += [(nb, 3)] * 4 + [(n_pieces, 3)] * 2 + [(nm,)] * 3
    return MuscleWorkspace(*(np.zeros(shape) for shape in shapes))


@njit(cache=True, nogil=True, error_model="numpy")
def muscle_rates(
    tree: Tree,
    pieces: Pieces,
    units: Units,
    constants: tuple[float, float, float],
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
    constants : `ActivationDynamics.constants`.
    q, velocity : (n,) of the tree's coordinates. activation, fibre, short_range, excitation :
        (nm,), the fibre over its optimal length, the short-range force over the maximal force, (0,)
        for units without it.
    """
    rise, fall, sharpness = constants
    forward(tree, q, work.R, work.t, work.axis_world, work.origin_world, work.rate, work.rate2)
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
        units,
        activation,
        fibre,
        short_range,
        work.length,
        work.speed,
        work.tension,
        out.fibre,
        out.short_range,
    )
    activation_rates(rise, fall, sharpness, excitation, activation, out.activation)
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
