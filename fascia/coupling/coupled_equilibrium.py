"""Equilibrium of a spine in a posture with muscles, network and preload."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

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
from panjabi.recruitment.required import MARGIN
from panjabi.results import ShortRepr
from panjabi.spine.short_range import ShortRange
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import StaticSpine
from panjabi.stability.static_stability_of_muscles import StaticStability, static_stability

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]

SETTLED = 1e-6
"""Convergence of muscles and network: largest change of a moment of the network [N m]; a hundred
times this value is the largest change of an entry of its stiffness [N m/rad]."""


@dataclass(frozen=True, eq=False, repr=False)
class Settled(ShortRepr):
    """A recruitment and the network with the pulls of its muscles, after convergence."""

    recruitment: SpineRecruitment
    wrapping: Wrapping
    element: NetworkElement  # the solved network, pulls included
    iterations: int  # between muscles and network
    change: float  # of the network's moments in the last iteration [N m]

    @property
    def spine(self) -> WrappedSpine:
        """The spine with its network, units under its compression."""
        spine = self.recruitment.spine
        assert isinstance(spine, WrappedSpine)
        return spine


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class CoupledState:
    """A spine, its muscles and the network in one posture. Angles [rad], forces [N].

    `with_margin` satisfies the stability margin. `equilibrium_only` recruits
    the muscles for equilibrium alone; its lowest eigenvalue is the stability margin of the posture
    without additional co-contraction.
    """

    network: TensionNetwork  # without the pulls of muscles
    required: tuple[float, float] | None  # margin: moment [N m], angle [rad]
    with_margin: Settled
    equilibrium_only: Settled
    pulls: MusclePulls
    given_up: Mapping[str, tuple[str, ...]]  # tissue -> parts that only the network represents
    silent_lines: tuple[str, ...]  # required lines without effect: all stations on one body
    side: str  # of the straight-leg raise
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter], repr=False)

    def __repr__(self) -> str:
        return (
            f"<CoupledState: {self.spine!r}, effort {self.effort:.4g}, lowest eigenvalue "
            f"{self.least_stiffness:.4g} N m/rad, {self.iterations} iterations>"
        )

    # --- spine ----------------------------------------------------------------------------

    @property
    def recruitment(self) -> SpineRecruitment:
        return self.with_margin.recruitment

    @property
    def spine(self) -> WrappedSpine:
        """The spine with its network, units under its compression."""
        return self.with_margin.spine

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
        """Effort of the recruitment with the stability margin [N]."""
        return self.recruitment.result.primal

    @cached_property
    def stability(self) -> StaticStability:
        """Hessian by its terms, with "fascia", for the muscle forces with the stability margin."""
        recruitment = self.recruitment
        return static_stability(
            recruitment.spine, recruitment.forces, stiffness=recruitment.stiffness
        )

    @property
    def least_stiffness(self) -> float:
        """Lowest eigenvalue of the Hessian for the forces with the stability margin [N m/rad]."""
        return self.recruitment.result.least_stiffness

    @property
    def margin(self) -> float:
        """Lowest eigenvalue with muscles recruited for equilibrium alone [N m/rad].

        Negative: the posture is stable only with additional co-contraction.
        """
        return self.equilibrium_only.recruitment.result.least_stiffness

    # --- network --------------------------------------------------------------------------

    @property
    def tensions(self) -> dict[str, float]:
        """Tension of every strand that reaches the spine [N]; empty if none does."""
        at = self.with_margin.wrapping.equilibrium
        return {} if at is None else dict(zip(at.flat.strand_names, at.tension, strict=True))

    @cached_property
    def hamstring_stiffness(self) -> float:
        """Stiffness of the straight-leg raise with this network, relaxed muscles [N m/rad] (S9)."""
        return self.examination.stiffness()[0]

    @cached_property
    def examination(self) -> Examination:
        """The straight-leg raise with this network."""
        return Examination(self.network, "slr", side=self.side)

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """What leaves the evidence, of spine, muscles and strands that reach the spine."""
        at = self.with_margin.wrapping.equilibrium
        strands = () if at is None else at.outside_evidence
        return tuple(dict.fromkeys((*self.recruitment.outside_evidence, *strands)))

    # --- convergence ----------------------------------------------------------------------

    @property
    def iterations(self) -> int:
        """Iterations between muscles and network until convergence."""
        return self.with_margin.iterations

    @property
    def residual_Nm(self) -> float:
        """Largest unbalanced moment [N m]: muscles, units, weight and network together."""
        return self.stability.residual

    @property
    def residual_N(self) -> float:
        """Largest unbalanced force on a node of the network [N]."""
        at = self.with_margin.wrapping.equilibrium
        return 0.0 if at is None else at.residual


class RecruitmentOptions(TypedDict, total=False):
    """Arguments of `coupled_state` about muscles, lines and iteration."""

    share: float
    minor_share: float
    stiffness: ShortRange | None
    criterion: str
    lines: tuple[str, ...]
    most_iterations: int


class CoupledOptions(RecruitmentOptions, total=False):
    """Arguments of `coupled_state` that `release_with_spine` passes on."""

    margin: tuple[float, float] | None


def coupled_state(
    network: TensionNetwork,
    spine: StaticSpine | None = None,
    *,
    margin: tuple[float, float] | None = MARGIN,
    share: float = MUSCLE_SHARE.value,
    minor_share: float = MINOR_SHARE.value,
    stiffness: ShortRange | None = None,
    criterion: str = "squares",
    lines: tuple[str, ...] = (),
    side: str = "right",
    most_iterations: int = 20,
) -> CoupledState:
    """The equilibrium of a spine in its posture inside a network, with recruited muscles.

    The network adds its moment to the equilibrium condition and its condensed tangent to the
    stability margin. Muscles that end on fascia pull on its nodes, so the moments depend on the
    muscle forces. Recruitment and network are therefore solved in turn until they converge.

    Parameters
    ----------
    spine : in its posture with its load; by default upright with no load in the hands.
    margin : (moment [N m], angle [rad]) of the thorax, see `panjabi.recruitment`; None for
        equilibrium alone.
    share, minor_share : fraction of a muscle's tension that passes to its fascia (`pulls.csv`);
        assumed.
    lines : lines that must be able to act on this spine.

    Raises
    ------
    CouplingError
        For a network on another body, or a line that needs a level which the model lacks.
    InfeasibleRecruitment, EquilibriumError, ConvergenceError
        If no muscle forces satisfy the conditions, the network has no equilibrium, or the
        iteration does not converge.
    """
    model = static_spine(body=network.body) if spine is None else spine
    check_body(network, model)
    silent = require_lines(network, model.coordinates, lines)
    beside = network.without_ligaments(model.levels)
    given_up = handed_over(beside, model)
    bare = without_shared(model, given_up)
    pulls = muscle_pulls(beside, model, share=share, minor_share=minor_share)

    def settle(wanted: tuple[float, float] | None) -> Settled:
        return _settle(network, bare, pulls, wanted, stiffness, criterion, most_iterations)

    with_margin = settle(margin)
    return CoupledState(
        network=network,
        required=margin,
        with_margin=with_margin,
        equilibrium_only=with_margin if margin is None else settle(None),
        pulls=pulls,
        given_up=given_up,
        silent_lines=silent,
        side=side,
        parameters={
            **network.sources(),
            **with_margin.recruitment.parameters,
            **pulls.parameters,
        },
    )


def _settle(
    network: TensionNetwork,
    bare: StaticSpine,
    pulls: MusclePulls,
    margin: tuple[float, float] | None,
    stiffness: ShortRange | None,
    criterion: str,
    most_iterations: int,
) -> Settled:
    """Recruitment and network at their fixed point."""
    wrapping, element = wrapping_of(network, bare)
    spine = wrapped(bare, wrapping)
    change = np.inf
    for number in range(1, most_iterations + 1):
        recruitment = recruit(spine, margin=margin, stiffness=stiffness, criterion=criterion)
        after, element = wrapping_of(
            network, bare, pulls=pulls.on_nodes(recruitment.forces), like=element
        )
        change = float(np.abs(after.term.gradient - wrapping.term.gradient).max())
        stiffer = float(np.abs(after.term.hessian - wrapping.term.hessian).max())
        if change <= SETTLED and stiffer <= 100.0 * SETTLED:
            return Settled(recruitment, wrapping, element, number, change)
        wrapping = after
        assert isinstance(recruitment.spine, WrappedSpine)
        spine = recruitment.spine.with_wrapping(after)
    raise ConvergenceError(
        f"Expected a change of the network's moment of at most {SETTLED:g} N m, got {change:.3g} "
        f"N m after {most_iterations} iterations between muscles and network; raise "
        "most_iterations, or reduce share, the fraction of muscle tension that passes to fascia."
    )
