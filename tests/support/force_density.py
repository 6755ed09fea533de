"""Form of a net from force densities, and the states of self-stress of a form.

The force density of a strand is its tension over its length, q = T/l. With q
prescribed, equilibrium is linear in the positions (Schek 1974):

    D x = p - D_f x_f,     D = C^T Q C,  D_f = C^T Q C_f,

with C the branch-node matrix of the free nodes, C_f of the fixed nodes, Q = diag(q)
and p the loads. With prescribed positions, equilibrium is linear in q: A q = p. The
columns of the equilibrium matrix A are the forces on the free nodes per unit of q, and
the null space of A contains the states of self-stress (Pellegrino and Calladine 1986).
No tissue law is used here.

References
----------
Schek (1974), The force density method for form finding and computation of general networks.
Pellegrino and Calladine (1986), Matrix analysis of statically and kinematically indeterminate
frameworks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.errors import NetworkError
from panjabi.errors import ParameterError

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

    from fascia.mechanics.flat_network import FlatNetwork
    from fascia.network.model import TensionNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
RANK_TOLERANCE = 1e-10  # of the largest singular value: rounding of coordinates of order one
SINGULAR = 1e-12  # pivot over the largest diagonal entry below which a node is unsupported


@dataclass(frozen=True, eq=False, kw_only=True)
class Net:
    """Straight strands between nodes that are either fixed or free in space."""

    position: Floats  # (n, 3) [m]
    edges: Ints  # (m, 2) node indices
    fixed: NDArray[np.bool_]  # (n,)

    def __post_init__(self) -> None:
        position = np.ascontiguousarray(self.position, float)
        edges = np.ascontiguousarray(self.edges, np.int64)
        fixed = np.ascontiguousarray(self.fixed, bool)
        n = len(position)
        if position.shape != (n, 3) or edges.ndim != 2 or edges.shape[1] != 2:
            raise ParameterError(
                f"Expected positions (nodes, 3) and edges (edges, 2), got positions "
                f"{position.shape} and edges {edges.shape}; put one node or edge in each row."
            )
        if fixed.shape != (n,):
            raise ParameterError(
                f"Expected fixed of shape ({n},), got {fixed.shape}; give one true or false for "
                "each node."
            )
        if not np.isfinite(position).all():
            raise ParameterError(
                "Expected three finite numbers for each position, got a position that is not "
                "finite; give metres."
            )
        if edges.size and (edges.min() < 0 or edges.max() >= n):
            raise NetworkError(
                f"Expected edges between nodes 0 to {n - 1}, got node "
                f"{edges.max() if edges.max() >= n else edges.min()}; correct the edge list."
            )
        if (edges[:, 0] == edges[:, 1]).any():
            which = int(np.flatnonzero(edges[:, 0] == edges[:, 1])[0])
            raise NetworkError(
                f"Expected an edge between two nodes, got edge {which}, which joins node "
                f"{edges[which, 0]} with itself; remove it."
            )
        object.__setattr__(self, "position", position)
        object.__setattr__(self, "edges", edges)
        object.__setattr__(self, "fixed", fixed)

    def branches(self) -> csr_matrix:
        """Branch-node matrix (edges, nodes): -1 at an edge's first node, +1 at its second."""
        from scipy.sparse import csr_matrix

        m = len(self.edges)
        return csr_matrix(
            (np.tile([-1.0, 1.0], m), self.edges.ravel(), np.arange(0, 2 * m + 1, 2)),
            shape=(m, len(self.position)),
        )

    def vectors(self) -> Floats:
        """From each edge's first node to its second (edges, 3) [m]."""
        return self.position[self.edges[:, 1]] - self.position[self.edges[:, 0]]


@dataclass(frozen=True, eq=False, kw_only=True)
class Form:
    """A net in equilibrium with prescribed force densities and loads."""

    net: Net  # with the positions in equilibrium
    density: Floats  # (m,) [N/m]
    length: Floats  # (m,) [m]
    tension: Floats  # (m,) [N], negative where the density is negative
    reaction: Floats  # (n, 3) reactions at the fixed nodes [N]; zero at free nodes
    residual: float  # largest unbalanced force at a free node [N]


@dataclass(frozen=True, eq=False, kw_only=True)
class SelfStress:
    """Null space of an equilibrium matrix, with the singular values that determine its rank.

    ``mechanisms`` counts the motions that change no length to first order, including rigid
    motions of an unsupported net (6 for a free body in space).
    """

    density: Floats  # (m, states) orthonormal columns, as densities or tensions (see `per`)
    singular_values: Floats  # descending, relative to the largest
    rank: int
    mechanisms: int
    gap: float  # first value counted as zero over the last value above; small = a clear rank

    @property
    def states(self) -> int:
        """Number of independent self-stresses."""
        return self.density.shape[1]

    def scaled(self, edge: int, value: float = 1.0) -> Floats:
        """The only self-stress, scaled so that one edge has a given value.

        Raises ParameterError if there is not exactly one self-stress, or if it is zero at the edge.
        """
        if self.states != 1:
            raise ParameterError(
                f"Expected a net with one self-stress, got {self.states} independent "
                "self-stresses; combine the columns of `density` instead."
            )
        column = self.density[:, 0]
        if abs(column[edge]) < 1e-9:
            raise ParameterError(
                f"Expected an edge with a force in the self-stress, got edge {edge} without "
                f"force; choose one of {np.flatnonzero(np.abs(column) > 1e-9).tolist()}."
            )
        return column * (value / column[edge])


def net_of(network: TensionNetwork | FlatNetwork) -> Net:
    """Nodes and straight strands of a network in standing, for the functions of this module.

    Raises
    ------
    NetworkError
        For strands with via points or with ends apart from their node, and for nodes that slip
        along one or two directions only: the method requires fixed or free nodes.
    """
    flat = _flat(network)
    if (np.diff(flat.strand_start) != 2).any() or (flat.strand_points >= flat.nodes).any():
        raise NetworkError(
            "Expected straight strands from node to node, got a strand that runs over via points "
            "or ends beside its node; make the via points nodes, or leave these strands out."
        )
    slips = flat.point_ndof[: flat.nodes]
    if ((slips == 1) | (slips == 2)).any() or flat.bounded.any() or flat.tie.any():
        raise NetworkError(
            "Expected fixed and free nodes only, got a node with a guide, a contact or an "
            "attachment stiffness; fix it or free it."
        )
    return Net(
        position=_standing(network, flat),
        edges=flat.strand_points.reshape(-1, 2),
        fixed=slips == 0,
    )


def force_density(
    net: Net | TensionNetwork | FlatNetwork,
    density: ArrayLike,
    *,
    loads: ArrayLike | None = None,
) -> Form:
    """Equilibrium form for prescribed force densities: one sparse linear solve.

    Parameters
    ----------
    net : positions of its free nodes are not used.
    density : (m,) tension over length of every edge, or one number for all [N/m].
    loads : (n, 3) optional forces on the nodes [N].

    Raises
    ------
    NetworkError
        If a free node is unsupported: no edge of non-zero density leads from it to a fixed node,
        or densities of both signs cancel.
    """
    from scipy.sparse import diags
    from scipy.sparse.linalg import splu

    net = net if isinstance(net, Net) else net_of(net)
    q = _per_edge(net, density)
    p = _loads(net, loads)
    free = np.flatnonzero(~net.fixed)
    position = net.position.copy()
    branches = net.branches()
    if len(free):
        pull = (branches.T @ diags(q) @ branches).tocsc()
        inner = pull[free][:, free]
        rhs = p[free] - pull[free][:, np.flatnonzero(net.fixed)] @ position[net.fixed]
        try:
            factor = splu(inner.tocsc())
            pivots = np.abs(factor.U.diagonal())
            supported = pivots.min() > SINGULAR * np.abs(inner.diagonal()).max()
        except RuntimeError:  # exactly singular
            supported = False
        if not supported:
            raise NetworkError(
                "Expected non-zero densities, not cancelling each other, along a path from each "
                f"free node to a fixed node, got densities that do not support all of the "
                f"{len(free)} free nodes; fix a node of each loose part or leave it out."
            )
        position[free] = factor.solve(rhs)
    shaped = Net(position=position, edges=net.edges, fixed=net.fixed)
    vectors = shaped.vectors()
    unbalanced = branches.T @ (q[:, None] * vectors) - p
    length = np.linalg.norm(vectors, axis=1)
    residual = float(np.abs(unbalanced[free]).max(initial=0.0))
    unbalanced[free] = 0.0
    return Form(
        net=shaped, density=q, length=length, tension=q * length, reaction=unbalanced,
        residual=residual,
    )  # fmt: skip


def equilibrium_matrix(
    net: Net | TensionNetwork | FlatNetwork, *, per: Literal["density", "tension"] = "density"
) -> csr_matrix:
    """A with A q = p: forces on the free nodes in equilibrium with unit edge forces.

    Sparse (3 free nodes, edges), x, y, z of a node in consecutive rows. With ``per="density"``
    the unknowns are force densities (entries in m), with "tension" tensions (unit vectors).

    Raises
    ------
    NetworkError
        For tensions, if an edge has no length and so no direction.
    """
    from scipy.sparse import csr_matrix

    net = net if isinstance(net, Net) else net_of(net)
    vectors = net.vectors()
    if per == "tension":
        length = np.linalg.norm(vectors, axis=1)
        if not length.all():
            raise NetworkError(
                f"Expected edges with a length, got edge {int(np.argmin(length))} with zero "
                "length, so its tension has no direction; merge its nodes or use per='density'."
            )
        vectors = vectors / length[:, None]
    elif per != "density":
        raise ParameterError(f"Expected per as 'density' or 'tension', got {per!r}; choose one.")
    row_of = np.cumsum(~net.fixed) - 1
    rows, columns, values = [], [], []
    for end, sign in ((0, -1.0), (1, 1.0)):
        here = np.flatnonzero(~net.fixed[net.edges[:, end]])
        first = 3 * row_of[net.edges[here, end]]
        rows.append((first[:, None] + np.arange(3)).ravel())
        columns.append(np.repeat(here, 3))
        values.append((sign * vectors[here]).ravel())
    return csr_matrix(
        (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))),
        shape=(3 * int((~net.fixed).sum()), len(net.edges)),
    )


def self_stress(
    net: Net | TensionNetwork | FlatNetwork,
    *,
    per: Literal["density", "tension"] = "density",
    tolerance: float = RANK_TOLERANCE,
) -> SelfStress:
    """States of self-stress of a net in its present position, by singular values (dense).

    A self-stress is a set of edge forces in equilibrium without loads. Singular values below
    ``tolerance``, relative to the largest, count as zero; check ``gap`` to see if the rank is
    clear.
    """
    net = net if isinstance(net, Net) else net_of(net)
    if not 0.0 < tolerance < 1.0:
        raise ParameterError(
            f"Expected a tolerance above 0 and below 1, got {tolerance:g}; give a value relative "
            "to the largest singular value, about 10^-n for coordinates with n digits."
        )
    matrix = equilibrium_matrix(net, per=per).toarray()
    rows, edges = matrix.shape
    if rows == 0 or edges == 0:
        return SelfStress(
            density=np.eye(edges), singular_values=np.zeros(0), rank=0, mechanisms=rows, gap=0.0
        )
    _, values, right = np.linalg.svd(matrix, full_matrices=True)
    relative = values / values[0] if values[0] > 0.0 else values
    rank = int((relative > tolerance).sum())
    gap = float(relative[rank] / relative[rank - 1]) if 0 < rank < len(relative) else 0.0
    return SelfStress(
        density=right[rank:].T.copy(),
        singular_values=relative,
        rank=rank,
        mechanisms=rows - rank,
        gap=gap,
    )


def _flat(network: Any) -> FlatNetwork:
    from fascia.mechanics.flat_network import FlatNetwork, compile_network

    return network if isinstance(network, FlatNetwork) else compile_network(network)


def _standing(network: Any, flat: FlatNetwork) -> Floats:
    """World positions of the nodes [m], in upright standing if there is a skeleton."""
    local = flat.point_local[: flat.nodes]
    carrier = flat.point_body[: flat.nodes]
    body = getattr(network, "body", None)
    if body is None:
        if carrier.any():
            raise NetworkError(
                "Expected the TensionNetwork of nodes on bodies, got a flat network without the "
                "positions of these bodies; pass the TensionNetwork."
            )
        return local.copy()
    poses = body.poses(body.zero())
    return np.einsum("pij,pj->pi", poses.R[carrier], local) + poses.t[carrier]


def _per_edge(net: Net, density: ArrayLike) -> Floats:
    q = np.asarray(density, float)
    if q.shape not in ((), (len(net.edges),)) or not np.isfinite(q).all():
        raise ParameterError(
            f"Expected one finite number, or one for each edge of {len(net.edges)}, got density of "
            f"shape {q.shape}; give N/m."
        )
    return np.broadcast_to(q, len(net.edges)).copy()


def _loads(net: Net, loads: ArrayLike | None) -> Floats:
    if loads is None:
        return np.zeros_like(net.position)
    p = np.asarray(loads, float)
    if p.shape != net.position.shape or not np.isfinite(p).all():
        raise ParameterError(
            f"Expected finite loads of shape {net.position.shape}, got shape {p.shape}; give "
            "newtons for each node."
        )
    return p
