"""Motion of conus and roots in the straight-leg raise, and stiffness of the nerve's bed (S37)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from fascia.clinical.catalogue import clinical_test
from fascia.clinical.paths import PostureOptions
from fascia.errors import NetworkError, ReadoutError
from fascia.mechanics.equilibrium import EquilibriumSolver
from panjabi.literature import row

if TYPE_CHECKING:
    from fascia.mechanics.equilibrium import Equilibrium
    from fascia.network.model import TensionNetwork

CONUS, ROOTS, NECK = "nerve_conus", "nerve_roots_r", "nerve_dura_c1c2"
CALIBRATION_DEG = 60.0
"""Angle of the row that sets the stiffness of the bed [deg]."""


def nerve_motion(
    network: TensionNetwork,
    nodes: tuple[str, ...],
    angle_deg: float,
    *,
    from_deg: float = 0.0,
    both_legs: bool = False,
    options: PostureOptions | None = None,
) -> tuple[float, ...]:
    """Slip of nerve nodes along the canal between two angles of the straight-leg raise [m].

    both_legs : raise the left leg with the right one.

    Raises
    ------
    NetworkError
        For a network without skeleton, or a node that does not exist or cannot slip.
    """
    body = network.body
    if body is None:
        raise NetworkError(
            "Expected a network on a skeleton, got a network that has none; build it with "
            "fascia.whole_body()."
        )
    path = clinical_test("slr").path(body, "r", PostureOptions() if options is None else options)
    solver = EquilibriumSolver(network)

    def state(degrees: float) -> Equilibrium:
        q = path.q(math.radians(degrees)).copy()
        if both_legs:
            right, left = (body.coordinate_index(f"hip_flexion_{s}") for s in "rl")
            q[left] = q[right]
        return solver.solve(q)

    start, end = state(from_deg), state(angle_deg)
    return tuple(_slip(start, end, network.node(name).name) for name in nodes)


def _slip(start: Equilibrium, end: Equilibrium, node: str) -> float:
    flat = start.flat
    i = flat.node_names.index(node)
    first, count = flat.point_dof[i], flat.point_ndof[i]
    if not count:
        raise NetworkError(
            f"Expected a node of the nerve that can slip, got {node!r}, which is fixed; choose "
            "another node."
        )
    span = slice(first, first + count)
    return float(np.linalg.norm(end.slips[span] - start.slips[span]))


def calibrate_nerve_bed(build: Callable[[float], TensionNetwork]) -> float:
    """Stiffness of the bed with which the conus moves as published at 60 deg [kPa].

    ``build(stiffness)`` returns the network with this `nerve_bed` [kPa]. Role: calibration, on the
    row rade_conus_uni_60 alone.

    Raises
    ------
    ReadoutError
        If no stiffness from 0.01 to 1000 kPa gives the motion.
    """
    from scipy.optimize import brentq

    target = 1e-3 * row("rade_conus_uni_60").number

    def excess(log: float) -> float:
        return nerve_motion(build(math.exp(log)), (CONUS,), CALIBRATION_DEG)[0] - target

    low, high = math.log(0.01), math.log(1e3)
    if not excess(low) > 0.0 > excess(high):
        raise ReadoutError(
            "Expected a stiffness of the nerve's bed from 0.01 to 1000 kPa that gives the motion "
            "of the conus, got none; change the tension of the nerve in standing."
        )
    return math.exp(brentq(excess, low, high, xtol=1e-7))
