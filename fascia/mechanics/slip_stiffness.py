"""Stiffness felt along directions of the skeleton while the network follows: a Schur complement.

With the gradient g(u) = 0 of the slips u at every posture q, the generalised force
dV/dq changes along the equilibria by

    K = H_qq - H_qu H_uu^-1 H_uq,

exactly, no differences taken. What cannot follow is held: nodes pressed on bone
stay there, and nodes without a place (S7) are left where they are.
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


def pressed_slips(equilibrium: Equilibrium) -> NDArray[np.int64]:
    """Slips that a one-sided contact holds: at the bone, and pushed on it."""
    flat = equilibrium.flat
    push = equilibrium.minimum.gradient[: flat.slips]
    return np.flatnonzero(flat.bounded & (equilibrium.slips <= 0.0) & (push > 0.0))


def loose_slips(equilibrium: Equilibrium) -> NDArray[np.int64]:
    """Slips of the nodes whose place no strand determines."""
    flat, names = equilibrium.flat, set(equilibrium.indeterminate)
    nodes = [i for i in range(flat.nodes) if _name(equilibrium, i) in names]
    return np.flatnonzero(np.isin(flat.slip_point, nodes))


def _name(equilibrium: Equilibrium, node: int) -> str:
    names = equilibrium.flat.node_names
    return names[node] if names else str(node)


class SlipStiffness:
    """The Hessian of the slips at one equilibrium, factored; held slips do not move.

    Raises
    ------
    EquilibriumError
        If the state is not a strict minimum of the slips that are not held.
    """

    def __init__(self, equilibrium: Equilibrium, problem: NetworkProblem | None = None) -> None:
        if problem is None:
            problem = _problem(equilibrium)
        data = problem.hessian(equilibrium.slips).copy()
        indptr, indices = problem.pattern
        self.pressed, self.loose = pressed_slips(equilibrium), loose_slips(equilibrium)
        self.held = np.zeros(problem.size, bool)
        self.held[self.pressed] = self.held[self.loose] = True
        columns = np.repeat(np.arange(problem.size), np.diff(indptr))
        data[self.held[columns] | self.held[indices]] = 0.0
        data[problem.layout.diagonal[self.held]] = max(1.0, float(np.abs(data).max(initial=0.0)))
        self._factor = SymmetricFactor(indptr, indices, coordinates=problem.block)
        if problem.size and not self._factor.refactor(data):
            raise EquilibriumError(
                "the Hessian of this state is not positive definite, so it is no strict minimum "
                "and has no tangent answer; tie or cut what is loose, or move off the kink"
            )

    def solve(self, right: Floats) -> Floats:
        """Slips [m] under forces (slips,) or (slips, m) [N]; zero where held."""
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
    """Tangent stiffness of the strands along directions of the skeleton, the network following.

    Parameters
    ----------
    directions : (nq,) for one number, or (nq, k) for the symmetric (k, k) matrix D' K D. With
        the moment weights m and the direction p of a test's path as columns, entry [0, 1] is
        the slope of its tissue torque [N m/rad].

    Weight, joint laws and table are not part of it, and the rest of the skeleton is held,
    also where its place was solved for (free pelvis).

    Raises
    ------
    NetworkError
        If the network has no skeleton, or a direction does not fit it.
    EquilibriumError
        If the state is not a strict minimum, so that the network could follow in many ways.

    References
    ----------
    Guyan (1965), static condensation.
    """
    if equilibrium.network is None or equilibrium.network.body is None:
        raise NetworkError(
            "this equilibrium has no skeleton to move; solve a network on a body, "
            "or look at its Hessian"
        )
    given = np.asarray(directions, float)
    columns = given[:, None] if given.ndim == 1 else given
    count = len(equilibrium.q)
    if columns.ndim != 2 or columns.shape[0] != count or not np.isfinite(columns).all():
        raise NetworkError(
            f"directions have the shape {given.shape} or are not finite; give ({count},) or "
            f"({count}, k) finite numbers, one row for each coordinate of the body"
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
    return float(stiffness[0, 0]) if given.ndim == 1 else 0.5 * (stiffness + stiffness.T)
