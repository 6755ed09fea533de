"""Sensitivity of a read-out to every strand and every attachment stiffness.

At equilibrium g(u) = 0 with Hessian H. A small extra tension t_s in strand s
adds t_s dL_s/du to g, so a read-out r(u) changes by

    dr/dt_s = partial - lambda . dL_s/du,   H lambda = dr/du.

One adjoint solve gives the derivatives for all strands and ties. The forward solve gives the
tension change of all strands when the tension of one region drops.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fascia.clinical.examination import Examination, Sample
from fascia.errors import EquilibriumError, ReadoutError
from fascia.mechanics import kernels
from fascia.mechanics.flat_network import FlatNetwork
from fascia.mechanics.network_problem import NetworkProblem
from fascia.mechanics.slip_stiffness import SlipStiffness
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

    from fascia.mechanics.equilibrium import Equilibrium

Floats = NDArray[np.float64]

READOUTS = ("tissue_torque", "hamstring_force")


class Linearised:
    """Tangent of a network at one equilibrium with the posture fixed."""

    def __init__(self, equilibrium: Equilibrium, *, moment: Floats | None = None) -> None:
        self.equilibrium: Equilibrium = equilibrium
        self.flat: FlatNetwork = equilibrium.flat
        body = None if equilibrium.network is None else equilibrium.network.body
        self.problem: NetworkProblem = NetworkProblem(
            self.flat, body=body, q=equilibrium.q, idle=equilibrium.idle
        )
        slips = equilibrium.slips
        self._stiffness = _stiffness(equilibrium, self.problem)
        self.problem.value_gradient(slips)
        self.moment: Floats | None = moment
        self._sweep = np.zeros((len(self.flat.point_body), 3))
        if moment is not None:
            jacobian = self.problem.pose.points_jacobian(self.flat.point_body, self.problem.world)
            self._sweep = jacobian @ moment

    def solve(self, right: Floats) -> Floats:
        """H^-1 right; undetermined nodes and nodes pressed on bone do not move.

        Raises
        ------
        ReadoutError
            If ``right`` acts on an undetermined node: the result would depend on it (S7).
        """
        loose = self._stiffness.loose
        scale = float(np.abs(right).max(initial=0.0))
        if np.abs(right[loose]).max(initial=0.0) > 1e-9 * scale:
            raise ReadoutError(
                "Expected a read-out of nodes with a determined position, got nodes whose position "
                f"no strand determines: {', '.join(self.equilibrium.indeterminate)}; cut their "
                "slack strands, or give them an attachment stiffness (with_tie)."
            )
        return self._stiffness.solve(right)

    def strand_gradient(self, weight: Floats) -> Floats:
        """Sum over strands of weight dL/du, shape (slips,)."""
        flat, problem = self.flat, self.problem
        force = np.zeros_like(problem.force)
        kernels.point_forces(flat.strand_start, problem.members, problem.world, weight, force)
        out = np.zeros(flat.slips)
        still = np.zeros(flat.slips)
        kernels.slip_gradient(
            flat.point_dof, flat.point_ndof, problem.columns, force, still, still, out
        )
        return out

    def elongation(self, slips: Floats, *, sweep: float = 0.0) -> Floats:
        """Length rate of every strand for slip rates and a rate ``sweep`` along the moment."""
        flat, problem = self.flat, self.problem
        velocity = sweep * self._sweep
        for p in np.flatnonzero(flat.point_ndof):
            first, count = flat.point_dof[p], flat.point_ndof[p]
            velocity[p] += problem.columns[p, :, :count] @ slips[first : first + count]
        out = np.zeros(flat.strands)
        kernels.elongations(flat.strand_start, problem.members, problem.world, velocity, out)
        return out

    def moment_gradient(self) -> Floats:
        """d(tissue torque)/du: the cross block of the Hessian along the moment direction."""
        assert self.moment is not None and self.equilibrium.network is not None
        crossed = NetworkProblem(
            self.flat,
            body=self.equilibrium.network.body,
            q=self.equilibrium.q,
            directions=self.moment[:, None],
            idle=self.equilibrium.idle,
        )
        data = crossed.hessian(np.append(self.equilibrium.slips, 0.0))
        indptr, indices = crossed.pattern
        column = np.zeros(crossed.size)
        last = crossed.size - 1
        column[indices[indptr[last] : indptr[last + 1]]] = data[indptr[last] : indptr[last + 1]]
        return column[:-1]

    def tension_change(self, extra: Floats) -> Floats:
        """Change of every strand's tension per unit of the extra tensions ``extra`` (strands,)."""
        slips = -self.solve(self.strand_gradient(extra))
        return self.equilibrium.tangent * self.elongation(slips) + extra


@dataclass(repr=False, frozen=True, eq=False)
class Influence(ShortRepr):
    """Derivatives of one read-out, by strand and by tie.

    ``per_tension``: per newton of extra tension in a strand; ``per_slack``: per
    metre of slack length; ``per_stiffness``: per relative change of a strand's
    tension curve; ``per_tie``: per N/m of a node's tie. Unit of the read-out:
    N m (tissue_torque) or N (hamstring_force).
    """

    readout: str
    value: float
    strands: tuple[str, ...]
    per_tension: Floats
    per_slack: Floats
    per_stiffness: Floats
    nodes: tuple[str, ...]
    per_tie: Floats

    def largest(self, count: int = 10) -> list[tuple[str, float]]:
        """Strands by the size of their influence per newton."""
        order = np.argsort(-np.abs(self.per_tension))[:count]
        return [(self.strands[i], float(self.per_tension[i])) for i in order]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file, by name of strand or node."""
        by_strand = ("per_tension", "per_slack", "per_stiffness")
        value: dict[str, Any] = {"readout": self.readout, "value": self.value}
        for name in by_strand:
            value[name] = dict(zip(self.strands, getattr(self, name).tolist(), strict=True))
        return value | {"per_tie": dict(zip(self.nodes, self.per_tie.tolist(), strict=True))}

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each strand."""
        columns = {
            "strand": self.strands,
            "per_tension": self.per_tension,
            "per_slack": self.per_slack,
            "per_stiffness": self.per_stiffness,
        }
        return frame(columns, "strand")


def influence(examination: Examination, angle: float, readout: str = "tissue_torque") -> Influence:
    """Influence of every strand and every tie on a read-out at one test angle [rad].

    Raises
    ------
    ReadoutError
        For an unknown read-out, a free pelvis, or a node without a determined position.
    """
    if readout not in READOUTS:
        raise ReadoutError(
            f"Expected a read-out, got {readout!r}; choose one of {', '.join(READOUTS)}."
        )
    if examination.pelvis is not None:
        raise ReadoutError(
            "Expected a test with prescribed posture, got a free pelvis (its joints would move, "
            "and the influence is computed at fixed posture); set up the test with "
            "free_pelvis=False."
        )
    sample: Sample = examination.at(angle)
    state = sample.equilibrium
    tangent = Linearised(state, moment=examination.moment)
    heads = np.zeros(state.flat.strands)
    heads[examination.heads] = 1.0
    if readout == "tissue_torque":
        adjoint = tangent.solve(tangent.moment_gradient())
        per_tension = tangent.elongation(-adjoint, sweep=1.0)
        value = sample.tissue_torque
    else:
        adjoint = tangent.solve(tangent.strand_gradient(heads * state.tangent))
        per_tension = tangent.elongation(-adjoint) + heads
        value = float(sample.hamstring_force.sum())
    flat = state.flat
    per_tie = np.zeros(flat.nodes)
    # a contact's normal has no tie; a guide without a tie still has a derivative
    np.subtract.at(per_tie, flat.slip_point, adjoint * state.slips * ~flat.bounded)
    return Influence(
        readout=readout,
        value=value,
        strands=flat.strand_names,
        per_tension=per_tension,
        per_slack=per_tension * _slack_slope(examination, state),
        per_stiffness=per_tension * state.tension,
        nodes=flat.node_names,
        per_tie=per_tie,
    )


def _stiffness(equilibrium: Equilibrium, problem: NetworkProblem) -> SlipStiffness:
    try:
        return SlipStiffness(equilibrium, problem)
    except EquilibriumError as error:
        raise ReadoutError(
            f"Expected an equilibrium with a tangent stiffness, got: {error}"
        ) from error


def _slack_slope(examination: Examination, state: Equilibrium) -> Floats:
    """dT/d(slack length) at fixed length: -T' L/l0 for a law of strain, -T' for a shifted one."""
    out = np.empty(state.flat.strands)
    for i, strand in enumerate(examination.network.active_strands):
        ratio = 1.0 if strand.kind == "muscle" else state.length[i] / strand.law.slack_length
        out[i] = -state.tangent[i] * ratio
    return out


def tension_response(
    equilibrium: Equilibrium, strands: Iterable[str], *, drop: float = 1.0
) -> dict[str, float]:
    """Tension change of every strand when each named strand loses ``drop`` newtons [N].

    First order: exact for a small drop. The change of the named strands includes the response
    of the network.
    """
    extra = np.zeros(equilibrium.flat.strands)
    for name in strands:
        extra[equilibrium.index(name)] = -drop
    change = Linearised(equilibrium).tension_change(extra)
    return dict(zip(equilibrium.flat.strand_names, map(float, change), strict=True))
