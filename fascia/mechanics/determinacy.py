"""Nodes whose position an equilibrium leaves undetermined: no taut strand and no tie acts there.

At fixed posture the energy of a taut strand grows with every relative motion of its
points: along the strand by the tangent stiffness, across it by tension over length.
The only motion without a change of energy is a common translation of all nodes that
taut strands join. It requires that none of them is fixed, tied or pressed on bone and
that the slips of each allow it. The nodes are therefore grouped along taut strands
first. Groups with a support are determined; few others remain.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fascia.mechanics.flat_network import FlatNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PARALLEL = 1e-9  # squared sine below which a direction counts as parallel to a slip


@njit(cache=True, nogil=True)
def _root(parent, i):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, nogil=True)
def _join(start, points, taut, owner, whole, parent, supported):
    """Union of nodes along taut strands; a point that does not move with its node is a support."""
    for s in range(start.shape[0] - 1):
        if not taut[s]:
            continue
        first = -1
        rigid = False
        for k in range(start[s], start[s + 1]):
            node = owner[points[k]]
            if not whole[points[k]]:
                rigid = True
            if node < 0:
                continue
            if first < 0:
                first = _root(parent, node)
            else:
                other = _root(parent, node)
                if other != first:
                    parent[other] = first
                    supported[first] = supported[first] or supported[other]
        if rigid and first >= 0:
            supported[first] = True
    for i in range(parent.shape[0]):
        parent[i] = _root(parent, i)


def loose_nodes(
    flat: FlatNetwork, *, tension: Floats, idle: float, pressed: NDArray[np.bool_], columns: Floats
) -> Ints:
    """Indices of the nodes whose position is undetermined at fixed posture, in order.

    Parameters
    ----------
    tension : (strands,) [N].
    idle : largest tension that counts as zero: the residual of the solve [N].
    pressed : (slips,) contacts that are closed under force; these slips cannot happen.
    columns : (points, 3, 3) world directions of the slips.
    """
    nodes = flat.nodes
    movable = flat.point_ndof[:nodes] > 0
    owner = np.full(len(flat.point_body), -1, np.int64)
    slipping = flat.point_ndof > 0
    owner[slipping] = flat.slip_point[flat.point_dof[slipping]]
    # an end that takes only a fraction of its node's slip prevents the common translation
    whole = slipping & (np.arange(len(owner)) < nodes)
    parent = np.arange(nodes)
    tied = np.zeros(nodes, bool)
    tied[flat.slip_point[flat.tie > 0.0]] = True
    supported, reached = tied.copy(), np.zeros(nodes, bool)
    taut = tension > idle
    _join(flat.strand_start, flat.strand_points, taut, owner, whole, parent, supported)
    ends = owner[flat.strand_points[np.repeat(taut, np.diff(flat.strand_start))]]
    reached[ends[ends >= 0]] = True
    # single nodes: loose along any slip that is neither tied nor pressed (a contact may lift)
    open_slips = flat.slip_point[(flat.tie == 0.0) & ~pressed]
    loose = ~reached & (np.bincount(open_slips, minlength=nodes) > 0)
    for root in np.unique(parent[movable & reached & ~supported[parent]]):
        members = np.flatnonzero(movable & (parent == root))
        if _common_direction(flat, members, pressed, columns):
            loose[members] = True
    return np.flatnonzero(loose)


def _common_direction(
    flat: FlatNetwork, members: Ints, pressed: NDArray[np.bool_], columns: Floats
) -> bool:
    """Whether all members can make the same small translation."""
    barred = np.zeros((3, 3))  # d barred d = sum of squared components of d outside the slips
    for node in members:
        first, count = flat.point_dof[node], flat.point_ndof[node]
        usable = columns[node][:, :count][:, ~pressed[first : first + count]]
        barred += np.eye(3) - usable @ usable.T
    return bool(np.linalg.eigvalsh(barred)[0] < PARALLEL * len(members))
