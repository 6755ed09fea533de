"""Condensed stiffness along directions of the skeleton: a Schur complement.

With the gradient g(u) = 0 of the slips u at every posture q, the generalised force
dV/dq changes along the equilibria by

    K = H_qq - H_qu H_uu^-1 H_uq,

exactly, without finite differences. Nodes pressed on bone and nodes with an
undetermined position (S7) do not move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.errors import EquilibriumError, NetworkError
from fascia.mechanics.network_problem import NetworkProblem
from fascia.sparse.factor import SymmetricFactor

if TYPE_CHECKING:
    from fascia.mechanics.equilibrium import Equilibrium

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def pressed_slips(equilibrium: Equilibrium) -> NDArray[np.int64]:
    """Slips that a one-sided contact blocks: at the bone, and pressed on it."""
    flat = equilibrium.flat
    push = equilibrium.minimum.gradient[: flat.slips]
    return np.flatnonzero(flat.bounded & (equilibrium.slips <= 0.0) & (push > 0.0))


def loose_slips(equilibrium: Equilibrium) -> NDArray[np.int64]:
    """Slips of the nodes whose position no strand determines."""
    flat, names = equilibrium.flat, set(equilibrium.indeterminate)
    nodes = [i for i in range(flat.nodes) if _name(equilibrium, i) in names]
    return np.flatnonzero(np.isin(flat.slip_point, nodes))


def _name(equilibrium: Equilibrium, node: int) -> str:
    names = equilibrium.flat.node_names
    return names[node] if names else str(node)


class SlipStiffness:
    """The factored Hessian of the slips at one equilibrium; blocked and loose slips do not move.

    Raises
    ------
    EquilibriumError
        If the state is not a strict minimum over the other slips.
    """

    def __init__(self, equilibrium: Equilibrium, problem: NetworkProblem | None = None) -> None:
        if problem is None:
            problem = _problem(equilibrium)
        data = problem.hessian(equilibrium.slips).copy()
        indptr, indices = problem.pattern
        self.pressed: Ints = pressed_slips(equilibrium)
        self.loose: Ints = loose_slips(equilibrium)
        self.held: NDArray[np.bool_] = np.zeros(problem.size, bool)
        self.held[self.pressed] = self.held[self.loose] = True
        columns = np.repeat(np.arange(problem.size), np.diff(indptr))
        data[self.held[columns] | self.held[indices]] = 0.0
        data[problem.layout.diagonal[self.held]] = max(1.0, float(np.abs(data).max(initial=0.0)))
        self._factor = SymmetricFactor(indptr, indices, coordinates=problem.block)
        if problem.size and not self._factor.refactor(data):
            raise EquilibriumError(
                "Expected a strict minimum of the energy, got a Hessian that is not positive "
                "definite, so no tangent exists; give loose nodes an attachment stiffness, cut "
                "slack strands, or change the posture a little."
            )

    def solve(self, right: Floats) -> Floats:
        """Slips [m] under forces (slips,) or (slips, m) [N]; zero where blocked or loose."""
        if not len(right):
            return np.zeros_like(right)
        free = ~self.held if right.ndim == 1 else ~self.held[:, None]
        return self._factor.solve(np.ascontiguousarray(right * free)) * free


def _problem(equilibrium: Equilibrium, directions: Floats | None = None) -> NetworkProblem:
    body = None if equilibrium.network is None else equilibrium.network.body
    return NetworkProblem(
        equilibrium.flat,
        body=body,
        q=None if body is None else equilibrium.q,
        directions=directions,
        idle=equilibrium.idle,
    )


def condensed_stiffness(equilibrium: Equilibrium, directions: ArrayLike) -> float | Floats:
    """Tangent stiffness of the strands along directions of the skeleton [N m/rad].

    The nodes of the network move to their new equilibrium.

    Parameters
    ----------
    directions : (nq,) for one number, or (nq, k) for the symmetric (k, k) matrix D' K D. With
        the moment weights m and the direction p of a test's path as columns, entry [0, 1] is
        the slope of its tissue torque [N m/rad].

    Weight, joint laws and table are not included. The rest of the skeleton is fixed, also the
    coordinates that were solved for (free pelvis).

    Raises
    ------
    NetworkError
        If the network has no skeleton, or a direction does not match it.
    EquilibriumError
        If the state is not a strict minimum, so that the response is not unique.

    References
    ----------
    Guyan (1965), static condensation.
    """
    if equilibrium.network is None or equilibrium.network.body is None:
        raise NetworkError(
            "Expected an equilibrium of a network on a body, got an equilibrium that has no "
            "skeleton to move; solve a network on a body, or use its Hessian."
        )
    along = np.asarray(directions, float)
    columns = along[:, None] if along.ndim == 1 else along
    count = len(equilibrium.q)
    if columns.ndim != 2 or columns.shape[0] != count or not np.isfinite(columns).all():
        raise NetworkError(
            f"Expected directions of shape ({count},) or ({count}, k) with finite numbers, got "
            f"shape {along.shape} or values that are not finite; give one row for each coordinate "
            "of the body."
        )
    moved = _problem(equilibrium, np.ascontiguousarray(columns))
    slips = equilibrium.flat.slips
    data = moved.hessian(np.append(equilibrium.slips, np.zeros(columns.shape[1])))
    indptr, indices = moved.pattern
    border = np.zeros((moved.size, columns.shape[1]))
    for k in range(columns.shape[1]):
        inside = slice(indptr[slips + k], indptr[slips + k + 1])
        border[indices[inside], k] = data[inside]
    cross, skeleton = border[:slips], border[slips:]
    stiffness = skeleton - cross.T @ SlipStiffness(equilibrium).solve(cross)
    return float(stiffness[0, 0]) if along.ndim == 1 else 0.5 * (stiffness + stiffness.T)
