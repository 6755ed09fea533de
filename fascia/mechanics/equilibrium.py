"""Equilibrium of a network in a posture: the result and its solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from fascia.errors import EquilibriumError, NetworkError, UnknownStrandError
from fascia.mechanics.determinacy import loose_nodes
from fascia.mechanics.flat_network import FlatNetwork, compile_network
from fascia.mechanics.minimisation import Minimum, NewtonSettings
from fascia.mechanics.network_problem import NetworkProblem, SkeletonTerm
from fascia.mechanics.newton import minimise
from fascia.network import strand_evidence
from panjabi.body.scaling import size_outside_evidence
from panjabi.errors import nearest
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class Equilibrium(ShortRepr):
    """A converged state of the network, with its residual.

    ``residual`` is the largest unbalanced force [N] (for free skeleton
    coordinates: moment [N m]); compare it with ``largest_force``.
    """

    network: TensionNetwork | None
    flat: FlatNetwork
    q: Floats  # posture, all coordinates
    slips: Floats  # (U,) [m]
    coordinates: Floats  # solved skeleton coordinates, empty when the posture was prescribed
    position: Floats  # (nodes, 3) [m]
    length: Floats  # (S,) [m]
    tension: Floats  # (S,) [N]
    tangent: Floats  # (S,) dT/dl [N/m]
    generalised_force: Floats  # dV/dq of strands and dead loads, every coordinate [N m or N]
    energy: float  # [J]
    residual: float
    largest_force: float
    iterations: int
    factorisations: int
    idle: float  # largest tension that counts as zero, from the residual [N]
    slack: tuple[str, ...]  # strands with at most this tension
    indeterminate: tuple[str, ...]  # nodes whose position no strand determines
    minimum: Minimum = field(repr=False)

    @cached_property
    def outside_evidence(self) -> tuple[str, ...]:
        """Descriptions of strands that leave the tests of their tissue, and of the body's size."""
        if self.network is None:
            return ()
        body = self.network.body
        size = () if body is None else size_outside_evidence(body)
        strands = self.network.active_strands
        return size + strand_evidence.outside_evidence(strands, self.length, self.tension)

    def check(self) -> None:
        """Raise ParameterError if a strand is beyond failure; a flat network has no tissues."""
        if self.network is not None:
            strands, failure = self.network.active_strands, self.network.failure_tension
            strand_evidence.check(strands, failure, self.length, self.tension)

    def index(self, strand: str) -> int:
        """Index of a strand in the arrays."""
        try:
            return self._strand_index[strand]
        except KeyError:
            raise UnknownStrandError(
                f"Expected the name of an active strand, got {strand!r}; "
                f"{nearest(strand, self.flat.strand_names)}."
            ) from None

    @cached_property
    def _strand_index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.flat.strand_names)}

    def tension_of(self, strand: str) -> float:
        """Tension of one strand [N]."""
        return float(self.tension[self.index(strand)])

    def position_of(self, node: str) -> Floats:
        """World position of a node [m]."""
        try:
            return self.position[self.flat.node_names.index(node)]
        except ValueError:
            raise NetworkError(
                f"Expected the name of a node, got {node!r}; {nearest(node, self.flat.node_names)}."
            ) from None

    def slip_of(self, node: str) -> float:
        """Distance between a node and its position without slip [m]."""
        i = self.flat.node_names.index(node)
        first, count = self.flat.point_dof[i], self.flat.point_ndof[i]
        return float(np.linalg.norm(self.slips[first : first + count])) if count else 0.0

    def torque(self, coordinate: str) -> float:
        """dV/dq of the strands at one coordinate: the torque that balances them [N m]."""
        if self.network is None or self.network.body is None:
            raise NetworkError(
                "Expected an equilibrium of a network on a body, got an equilibrium that has no "
                "skeleton, so it has no torque; solve a network on a body."
            )
        names = self.network.body.coordinates
        if coordinate not in names:
            raise NetworkError(
                f"Expected a coordinate of the body, got {coordinate!r}; "
                f"{nearest(coordinate, names)}."
            )
        return float(self.generalised_force[names.index(coordinate)])


class EquilibriumSolver:
    """Solves a network in many postures; it reuses pattern, buffers and factor."""

    def __init__(
        self,
        network: TensionNetwork | FlatNetwork,
        *,
        directions: Floats | None = None,
        terms: Sequence[SkeletonTerm] = (),
        loads: Mapping[str, Sequence[float]] | None = None,
        settings: NewtonSettings | None = None,
        like: EquilibriumSolver | Equilibrium | None = None,
    ) -> None:
        if isinstance(network, FlatNetwork):
            graph, flat, body = None, network, None
        else:
            flat = compile_network(network, like=None if like is None else like.flat)
            graph, body = network, network.body
        self.network: TensionNetwork | None = graph
        self.flat: FlatNetwork = _loaded(flat, loads) if loads else flat
        self.problem: NetworkProblem = NetworkProblem(
            self.flat,
            body=body,
            q=None if body is None else body.zero(),
            directions=directions,
            terms=terms,
        )
        self.settings: NewtonSettings = NewtonSettings() if settings is None else settings
        self._last: Minimum | None = None
        if isinstance(like, Equilibrium) and like.flat.same_topology(self.flat):
            self._last = like.minimum

    def solve(self, q: Floats | None = None, *, start: Equilibrium | None = None) -> Equilibrium:
        """Equilibrium with the skeleton at ``q``, from ``start`` or the last solved state.

        Raises
        ------
        ParameterError, PostureError
            If ``q`` is not one finite number for each coordinate.
        EquilibriumError
            If Newton's method did not converge; the message states the residual. No
            unconverged state is returned.
        """
        problem = self.problem
        if q is not None:
            body = problem.pose.body
            problem.move(q if body is None else body.checked(q))
        z = np.zeros(problem.size)
        last = self._last if start is None else start.minimum
        if last is not None and len(last.z) == problem.size:
            z = last.z.copy()
        factor = None if last is None else last.factor
        minimum = minimise(problem, z, settings=self.settings, factor=factor)
        if not minimum.converged:
            raise EquilibriumError(
                f"Expected an equilibrium, got a residual of {minimum.residual:.3g} N after "
                f"{minimum.iterations} iterations ({minimum.message}; the largest force is "
                f"{problem.largest_force():.3g} N); check for loads that slack strands cannot "
                "carry, start from a neighbouring posture, or raise the iteration limit."
            )
        self._last = minimum
        return self._record(minimum)

    def contributions(self, state: Equilibrium, groups: Mapping[str, Ints]) -> dict[str, Floats]:
        """dV/dq of groups of strands at the state solved last, every coordinate [N m or N].

        groups: name -> indices of strands. Without dead loads the contributions of groups that
        include every strand once add up to the generalised force of the state.

        Raises
        ------
        EquilibriumError
            If the state is not the one solved last.
        """
        if state.minimum is not self._last or self.problem.pose.body is None:
            raise EquilibriumError(
                "Expected the state that this solver solved last, on a skeleton, got another; "
                "solve the posture again."
            )
        parts: dict[str, Floats] = {}
        for name, strands in groups.items():
            tension = np.zeros_like(state.tension)
            tension[strands] = state.tension[strands]
            parts[name] = self.problem.gradient_of(tension)
        return parts

    def _record(self, minimum: Minimum) -> Equilibrium:
        problem, flat = self.problem, self.flat
        problem.value_gradient(minimum.z)
        slips = minimum.z[: flat.slips]
        tension = problem.tension.copy()
        largest = problem.largest_force()
        # a tension below the residual of the solve cannot be distinguished from slack
        idle = max(
            2.0 * minimum.residual, self.settings.tolerance * largest, self.settings.no_force
        )
        names = flat.strand_names
        slack = tuple(names[i] for i in np.flatnonzero(tension <= idle)) if names else ()
        force = (
            problem.skeleton_gradient(with_terms=False)
            if problem.pose.body is not None
            else np.zeros(0)
        )
        return Equilibrium(
            network=self.network,
            flat=flat,
            q=problem.pose.q.copy(),
            slips=slips.copy(),
            coordinates=minimum.z[flat.slips :].copy(),
            position=problem.world[: flat.nodes].copy(),
            length=problem.length.copy(),
            tension=tension,
            tangent=problem.tangent.copy(),
            generalised_force=force,
            energy=minimum.value,
            residual=minimum.residual,
            largest_force=largest,
            iterations=minimum.iterations,
            factorisations=minimum.factorisations,
            idle=idle,
            slack=slack,
            indeterminate=self._indeterminate(minimum, idle),
            minimum=minimum,
        )

    def _indeterminate(self, minimum: Minimum, idle: float) -> tuple[str, ...]:
        flat, problem = self.flat, self.problem
        z, pull = minimum.z[: flat.slips], minimum.gradient[: flat.slips]
        nodes = loose_nodes(
            flat,
            tension=problem.tension,
            idle=idle,
            pressed=flat.bounded & (z <= 0.0) & (pull > idle),
            columns=problem.columns,
        )
        return tuple(flat.node_names[i] if flat.node_names else str(i) for i in map(int, nodes))


def solve(
    network: TensionNetwork | FlatNetwork,
    *,
    posture: str | Mapping[str, float] | Floats = "standing",
    loads: Mapping[str, Sequence[float]] | None = None,
    start: Equilibrium | None = None,
    settings: NewtonSettings | None = None,
    extrapolate: bool = False,
) -> Equilibrium:
    """Equilibrium of a network with the skeleton in a prescribed posture.

    Parameters
    ----------
    posture : name of a posture, mapping coordinate -> value [rad or m], or all coordinates.
    loads : dead forces on nodes, name -> (3,) [N], world frame.
    start : initial state; its factorisation is reused if the topology is the same.
    extrapolate : accept strands beyond failure.

    Raises
    ------
    EquilibriumError
        If the solver does not converge.
    ParameterError
        If a strand is beyond failure.
    """
    solver = EquilibriumSolver(network, loads=loads, settings=settings, like=start)
    body = solver.problem.pose.body
    q = None
    if body is not None:
        if isinstance(posture, str):
            q = body.posture(posture)
        elif isinstance(posture, Mapping):
            q = body.coordinates_from(posture)
        else:
            q = np.asarray(posture, float)
    state = solver.solve(q, start=start)
    if not extrapolate:
        state.check()
    return state


def _loaded(flat: FlatNetwork, loads: Mapping[str, Sequence[float]]) -> FlatNetwork:
    """The flat network with dead forces on nodes, by name [N]."""
    if not flat.node_names:
        raise NetworkError(
            "Expected a network with node names for loads=, got a flat network without names; use "
            "FlatNetwork.with_loads."
        )
    forces = np.zeros_like(flat.loads)
    for name, force in loads.items():
        if name not in flat.node_names:
            raise NetworkError(
                f"Expected the name of a node in loads, got {name!r}; "
                f"{nearest(name, flat.node_names)}."
            )
        vector = np.asarray(force, float)
        if vector.shape != (3,) or not np.isfinite(vector).all():
            raise NetworkError(
                f"Expected three finite components for the load on {name!r}, got {force!r}; give "
                "newtons in the world frame."
            )
        forces[flat.node_names.index(name)] = vector
    return flat.with_loads(forces)
