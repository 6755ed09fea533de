"""Load, stability and hamstring stiffness of a coupled state, with its network or another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.examination import Examination
from fascia.coupling.coupled_equilibrium import CoupledState, Settled
from fascia.coupling.spine_in_network import Wrapping, wrapping_of
from fascia.coupling.spine_release_record import SpineReading
from fascia.network.model import TensionNetwork
from panjabi.spine.static_model import StaticSpine
from panjabi.stability.static_stability_of_muscles import StaticStability, static_stability

Floats = NDArray[np.float64]


def pair(
    state: CoupledState, settled: Settled, old: TensionNetwork, new: TensionNetwork
) -> tuple[Wrapping, Wrapping]:
    """The effect of two networks on the state's spine, with the pulls of its muscles.

    Both results are the same object if the parts that reach the spine are equal.
    """
    spine = settled.recruitment.spine
    pulls = state.pulls.on_nodes(settled.recruitment.forces)
    first, element = settled.wrapping, settled.element
    if old is not state.network:
        first, element = wrapping_of(old, spine, pulls=pulls)
    second, other = wrapping_of(new, spine, pulls=pulls, like=element)
    same = element.part.nodes == other.part.nodes and element.part.strands == other.part.strands
    return first, first if same else second


def stability_of(settled: Settled, wrapping: Wrapping) -> StaticStability:
    """Static stability of the state's spine and muscle forces inside a network."""
    recruitment = settled.recruitment
    spine = settled.spine.with_wrapping(wrapping)
    return static_stability(spine, recruitment.forces, stiffness=recruitment.stiffness)


def by_level(spine: StaticSpine, values: Floats) -> dict[str, float]:
    """Level -> value, from an array (levels,)."""
    return dict(zip(spine.levels, values.tolist(), strict=True))


def reading_of(
    state: CoupledState, wrapping: Wrapping, alone: Wrapping, leg: float | None
) -> SpineReading:
    """Load and stability with the state's muscle forces and posture, and these networks."""
    stability = stability_of(state.with_margin, wrapping)
    spine, forces = stability.spine, stability.forces
    return SpineReading(
        compression=by_level(spine, spine.compression(forces)),
        shear=by_level(spine, spine.shear(forces)),
        least_stiffness=stability.least_stiffness,
        margin=stability_of(state.equilibrium_only, alone).least_stiffness,
        effort=state.effort,
        hamstring_stiffness=leg,
    )


def leg_stiffness(network: TensionNetwork, side: str, like: Examination | None = None) -> float:
    """Stiffness of the straight-leg raise with a network [N m/rad] (S9)."""
    return Examination(network, "slr", side=side, like=like).stiffness()[0]
