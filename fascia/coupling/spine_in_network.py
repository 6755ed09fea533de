"""A static spine inside the network, which adds a term to the potential and a load to the discs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.coupling.crossing_strands import body_of
from fascia.coupling.myofascial_transfer import with_pulls
from fascia.coupling.network_element import NetworkElement
from fascia.errors import CouplingError
from fascia.mechanics.equilibrium import Equilibrium
from fascia.mechanics.kernels import point_forces
from fascia.mechanics.network_problem import NetworkProblem
from panjabi.results import ShortRepr
from panjabi.spine.static_model import PotentialTerm, StaticSpine

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]


@dataclass(repr=False, frozen=True, eq=False)
class Wrapping(ShortRepr):
    """The effect of the network on a spine at its posture."""

    term: PotentialTerm  # slope (n,) [N m] and curvature (n, n) [N m/rad] of V*
    pull: Floats  # (levels, 3) force on all bodies above each level, world axes [N]
    equilibrium: Equilibrium | None  # None: no strand reaches the spine


@dataclass(frozen=True, eq=False, repr=False)
class WrappedSpine(StaticSpine):
    """A `StaticSpine` whose potential includes the network, also in recruitment and stability."""

    wrapping: Wrapping | None = field(default=None)

    def __repr__(self) -> str:
        return f"<WrappedSpine of {super().__repr__()[1:-1]}>"

    @property
    def terms(self) -> dict[str, PotentialTerm]:
        """Every term of the potential except the muscles; the network is "fascia"."""
        terms = super().terms
        return terms if self.wrapping is None else {**terms, "fascia": self.wrapping.term}

    def joint_forces(self, forces: ArrayLike) -> Floats:
        """(levels, 3) force on each disc from above: forward, up, right of the disc [N]."""
        bare = super().joint_forces(forces)
        if self.wrapping is None:
            return bare
        return bare + np.einsum("lij,lj->li", self.disc_axes, self.wrapping.pull)

    def with_wrapping(self, wrapping: Wrapping) -> WrappedSpine:
        """The same spine inside another network."""
        return replace(self, wrapping=wrapping)


def wrapped(spine: StaticSpine, wrapping: Wrapping) -> WrappedSpine:
    """A spine inside a network."""
    values = {f.name: getattr(spine, f.name) for f in fields(StaticSpine)}
    return WrappedSpine(**values, wrapping=wrapping)


def check_body(network: TensionNetwork, spine: StaticSpine) -> None:
    """Raise CouplingError unless network and spine use the same body."""
    body = body_of(network)
    if body is spine.body:
        return
    same = body.names == spine.body.names and body.coordinates == spine.body.coordinates
    if not same or not all(
        np.array_equal(a, b) for a, b in zip(body.tree, spine.body.tree, strict=True)
    ):
        raise CouplingError(
            "Expected one body for both network and spine, got two bodies of different size or "
            f"with different parts ({len(body.names)} and {len(spine.body.names)}); use "
            "fascia.standard_subject(body=b) and static_spine(body=b)."
        )


def wrapping_of(
    network: TensionNetwork,
    spine: StaticSpine,
    *,
    pulls: Mapping[str, Floats] | None = None,
    like: NetworkElement | None = None,
) -> tuple[Wrapping, NetworkElement]:
    """The effect of a network on a spine at its posture, and the element that was solved.

    The units of the spine keep their ligaments; strands with the same law are off.
    pulls : node -> force of the muscles on it (3,) [N]; like : an element of the same network
    whose state is a good start.
    """
    pulled = with_pulls(network.without_ligaments(spine.levels), pulls or {})
    element = NetworkElement(pulled, spine.coordinates, posture=spine.q)
    if like is not None:
        element.start_from(like)
    q = spine.q[spine.indices]
    equilibrium = element.equilibrium(q)
    term = PotentialTerm(-element.force(q), element.tangent(q))
    return Wrapping(term, pull_above(spine, equilibrium), equilibrium), element


def pull_above(spine: StaticSpine, equilibrium: Equilibrium | None) -> Floats:
    """(levels, 3) force of the network on all bodies above each level [N], world axes."""
    if equilibrium is None:
        return np.zeros((len(spine.levels), 3))
    flat = equilibrium.flat
    pull = np.zeros((len(spine.body.names), 3))
    np.add.at(pull, flat.point_body, point_pulls(equilibrium))
    return spine.above @ pull


def point_pulls(equilibrium: Equilibrium) -> Floats:
    """(points, 3) force of the strands on every point [N], world axes."""
    assert equilibrium.network is not None
    flat = equilibrium.flat
    problem = NetworkProblem(flat, body=equilibrium.network.body, q=equilibrium.q)
    problem.value_gradient(equilibrium.slips)
    force = np.zeros((len(flat.point_body), 3))
    point_forces(flat.strand_start, problem.members, problem.world, equilibrium.tension, force)
    return -force
