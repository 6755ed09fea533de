"""A spine held in a posture inside the network: muscles, network and preload in one equilibrium."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.examination import Examination
from fascia.coupling.crossing_strands import require_lines
from fascia.coupling.myofascial_transfer import (
    MINOR_SHARE,
    MUSCLE_SHARE,
    MusclePulls,
    muscle_pulls,
)
from fascia.coupling.network_element import NetworkElement
from fascia.coupling.shared_tissue import handed_over, without_shared
from fascia.coupling.spine_in_network import (
    WrappedSpine,
    Wrapping,
    check_body,
    wrapped,
    wrapping_of,
)
from panjabi.errors import ConvergenceError
from panjabi.parameter import Parameter
from panjabi.recruitment.posture import SpineRecruitment, recruit
from panjabi.results import ShortRepr
from panjabi.spine.short_range import ShortRange
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import StaticSpine
from panjabi.stability.static_stability_of_muscles import StaticStability, static_stability

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]

SETTLED = 1e-6
"""Muscles and network agree when no moment of the network changes by more [N m], and no entry of
its stiffness by more than a hundred times as much [N m/rad]."""


@dataclass(frozen=True, eq=False, repr=False)
class Settled(ShortRepr):
    """A recruitment and the network under the pulls of its muscles."""

    recruitment: SpineRecruitment
    wrapping: Wrapping
    element: NetworkElement  # what was solved, pulls included
    iterations: int  # between muscles and network
    change: float  # of the network's moments in the last one [N m]

    @property
    def spine(self) -> WrappedSpine:
        """The spine with its network, units under the compression found."""
        spine = self.recruitment.spine
        assert isinstance(spine, WrappedSpine)
        return spine


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CoupledState:
    """What a spine, its muscles and the network do in one posture. Angles [rad], forces [N].

    `with_floor` keeps the stability floor; `equilibrium_only` asks the muscles for moments alone,
    and its lowest eigenvalue is the margin that the posture has without being stiffened for it.
    """

    network: TensionNetwork  # as given, without pulls
    floor: float | None
    with_floor: Settled
    equilibrium_only: Settled
    pulls: MusclePulls
    given_up: Mapping[str, tuple[str, ...]]  # tissue -> what the spine left to the network
    silent_lines: tuple[str, ...]  # asked for, but all their stations ride on one body
    side: str  # of the straight-leg raise
    parameters: Mapping[str, Parameter] = field(default_factory=dict, repr=False)

    def __repr__(self) -> str:
        return (
            f"<CoupledState: {self.spine!r}, effort {self.effort:.4g}, lowest eigenvalue "
            f"{self.least_stiffness:.4g} N m/rad, {self.iterations} iterations>"
        )

    # --- spine ----------------------------------------------------------------------------

    @property
    def recruitment(self) -> SpineRecruitment:
        return self.with_floor.recruitment

    @property
    def spine(self) -> WrappedSpine:
        """The spine with its network, units under the compression found."""
        return self.with_floor.spine

    @property
    def compression(self) -> dict[str, float]:
        """By level [N], positive in compression."""
        return self.recruitment.compression

    @property
    def shear(self) -> dict[str, float]:
        """By level, forward pull on the upper vertebra [N]."""
        return self.recruitment.shear

    @property
    def effort(self) -> float:
        """Of the recruitment that keeps the floor [1]."""
        return self.recruitment.result.primal

    @cached_property
    def stability(self) -> StaticStability:
        """Hessian by its terms, "fascia" among them, under the forces that keep the floor."""
        found = self.recruitment
        return static_stability(found.spine, found.forces, stiffness=found.stiffness)

    @property
    def least_stiffness(self) -> float:
        """Lowest eigenvalue of the Hessian under the forces that keep the floor [N m/rad]."""
        return self.recruitment.result.least_stiffness

    @property
    def margin(self) -> float:
        """Lowest eigenvalue with muscles recruited for equilibrium alone [N m/rad].

        Negative: the posture stands only because muscles contract for the sake of stiffness.
        """
        return self.equilibrium_only.recruitment.result.least_stiffness

    # --- network --------------------------------------------------------------------------

    @property
    def tensions(self) -> dict[str, float]:
        """Tension of every strand that reaches the spine [N]; empty if none does."""
        at = self.with_floor.wrapping.equilibrium
        return {} if at is None else dict(zip(at.flat.strand_names, at.tension, strict=True))

    @cached_property
    def hamstring_stiffness(self) -> float:
        """Of the straight-leg raise with this network, muscles at rest [N m/rad] (S9)."""
        return self.examination.stiffness()[0]

    @cached_property
    def examination(self) -> Examination:
        """The network lying on the table for the straight-leg raise."""
        return Examination(self.network, "slr", side=self.side)

    # --- fate -----------------------------------------------------------------------------

    @property
    def iterations(self) -> int:
        """Between muscles and network until they agreed."""
        return self.with_floor.iterations

    @property
    def residual_Nm(self) -> float:
        """Largest unbalanced moment [N m]: muscles, units, weight and network together."""
        return self.stability.residual

    @property
    def residual_N(self) -> float:
        """Largest unbalanced force on a node of the network [N]."""
        at = self.with_floor.wrapping.equilibrium
        return 0.0 if at is None else at.residual


def coupled_state(
    network: TensionNetwork,
    spine: StaticSpine | None = None,
    *,
    floor: float | None = 1.0,
    share: float = MUSCLE_SHARE.value,
    minor_share: float = MINOR_SHARE.value,
    stiffness: ShortRange | None = None,
    criterion: str = "squares",
    lines: tuple[str, ...] = (),
    side: str = "right",
    most_iterations: int = 20,
) -> CoupledState:
    """A spine in its posture inside a network, with the muscles recruited for both.

    The network adds its moment to the equality and its condensed tangent to the stability floor.
    Muscles that end on fascia pull on its nodes, so moments depend on forces: recruit, pull, solve
    the network, and again until they agree.

    Parameters
    ----------
    spine : in its posture with its load; upright with nothing held when not given.
    floor : least eigenvalue asked for [N m/rad]; None for equilibrium alone.
    share, minor_share : of a muscle's tension that its fascia takes over (`pulls.csv`); assumed.
    lines : lines that must be able to act on this spine.

    Raises
    ------
    CouplingError
        For a network on another body, or one whose line needs a level that the model lacks.
    InfeasibleRecruitment, EquilibriumError, ConvergenceError
        If no muscle forces do it, the network has no equilibrium, or the two do not settle.
    """
    held = static_spine(body=network.body) if spine is None else spine
    check_body(network, held)
    silent = require_lines(network, held.coordinates, lines)
    given = handed_over(network, held)
    bare = without_shared(held, given)
    pulls = muscle_pulls(network, held, share=share, minor_share=minor_share)

    def settle(keep: float | None) -> Settled:
        return _settle(network, bare, pulls, keep, stiffness, criterion, most_iterations)

    with_floor = settle(floor)
    return CoupledState(
        network=network,
        floor=floor,
        with_floor=with_floor,
        equilibrium_only=with_floor if floor is None else settle(None),
        pulls=pulls,
        given_up=given,
        silent_lines=silent,
        side=side,
        parameters={
            **network.sources(),
            **with_floor.recruitment.parameters,
            **pulls.parameters,
        },
    )


def _settle(
    network: TensionNetwork,
    bare: StaticSpine,
    pulls: MusclePulls,
    floor: float | None,
    stiffness: ShortRange | None,
    criterion: str,
    most_iterations: int,
) -> Settled:
    """Recruitment and network at their fixed point."""
    wrapping, element = wrapping_of(network, bare)
    spine = wrapped(bare, wrapping)
    change = np.inf
    for number in range(1, most_iterations + 1):
        found = recruit(spine, floor=floor, stiffness=stiffness, criterion=criterion)
        after, element = wrapping_of(
            network, bare, pulls=pulls.on_nodes(found.forces), like=element
        )
        change = float(np.abs(after.term.gradient - wrapping.term.gradient).max())
        stiffer = float(np.abs(after.term.hessian - wrapping.term.hessian).max())
        if change <= SETTLED and stiffer <= 100.0 * SETTLED:
            return Settled(found, wrapping, element, number, change)
        wrapping = after
        assert isinstance(found.spine, WrappedSpine)
        spine = found.spine.with_wrapping(after)
    raise ConvergenceError(
        f"the network's moment still changed by {change:.3g} N m after {most_iterations} rounds "
        f"between muscles and network; {SETTLED:g} N m is what counts. Allow more, or lower the "
        "share that muscles hand to fascia."
    )
