"""Which nodes an equilibrium leaves without a place: nothing taut and no tie holds them.

With the posture held, the energy of a taut strand grows with every motion that
moves its points apart, along it by the tangent, across it by tension over
length. What costs nothing is therefore one translation shared by all nodes
that taut strands join, and only if none of them is fixed, tied or pressed and
the slips of each allow it. So the nodes are joined along taut strands first;
groups that are held anywhere are done, and few others are ever left.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fascia.mechanics.flat_network import FlatNetwork

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PARALLEL = 1e-9  # squared sine below which a direction counts as one of a node's slips


@njit(cache=True, nogil=True)
def _root(parent, i):
    while parent[i] != i:
        parent[i] = parent[parent[i]]
        i = parent[i]
    return i


@njit(cache=True, nogil=True)
def _join(start, points, taut, owner, whole, parent, held):
    """Union of nodes along taut strands; a point that cannot move as its node does holds them."""
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
                    held[first] = held[first] or held[other]
        if rigid and first >= 0:
            held[first] = True
    for i in range(parent.shape[0]):
        parent[i] = _root(parent, i)


def loose_nodes(
    flat: FlatNetwork, *, tension: Floats, idle: float, pressed: NDArray[np.bool_], columns: Floats
) -> Ints:
    """Nodes whose place nothing determines while the posture is held, in order.

    Parameters
    ----------
    tension : (strands,) [N].
    idle : tension that still counts as none: the residual of the solve [N].
    pressed : (slips,) contacts that are closed under force; these slips cannot happen.
    columns : (points, 3, 3) world directions of the slips.
    """
    nodes = flat.nodes
    movable = flat.point_ndof[:nodes] > 0
    owner = np.full(len(flat.point_body), -1, np.int64)
    slipping = flat.point_ndof > 0
    owner[slipping] = flat.slip_point[flat.point_dof[slipping]]
    # an end that takes only a share of its node's slip spoils the common translation
    whole = slipping & (np.arange(len(owner)) < nodes)
    parent = np.arange(nodes)
    tied = np.zeros(nodes, bool)
    tied[flat.slip_point[flat.tie > 0.0]] = True
    held, reached = tied.copy(), np.zeros(nodes, bool)
    taut = tension > idle
    _join(flat.strand_start, flat.strand_points, taut, owner, whole, parent, held)
    ends = owner[flat.strand_points[np.repeat(taut, np.diff(flat.strand_start))]]
    reached[ends[ends >= 0]] = True
    # alone: loose along any slip that is neither tied nor pressed (a tied contact may lift)
    open_slips = flat.slip_point[(flat.tie == 0.0) & ~pressed]
    loose = ~reached & (np.bincount(open_slips, minlength=nodes) > 0)
    for root in np.unique(parent[movable & reached & ~held[parent]]):
        members = np.flatnonzero(movable & (parent == root))
        if _common_direction(flat, members, pressed, columns):
            loose[members] = True
    return np.flatnonzero(loose)


def _common_direction(
    flat: FlatNetwork, members: Ints, pressed: NDArray[np.bool_], columns: Floats
) -> bool:
    """Whether all members can make the same small translation."""
    barred = np.zeros((3, 3))  # d barred d = sum of squared parts of d no slip can make
    for node in members:
        first, count = flat.point_dof[node], flat.point_ndof[node]
        usable = columns[node][:, :count][:, ~pressed[first : first + count]]
        barred += np.eye(3) - usable @ usable.T
    return bool(np.linalg.eigvalsh(barred)[0] < PARALLEL * len(members))
