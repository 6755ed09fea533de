"""Fill-reducing orders for symmetric matrices on a fixed pattern, computed once per pattern.

Unknowns with equal pattern (the slips of one node) are one node of a smaller graph,
and the order is computed on that graph. If the positions of the unknowns in space are
known, nested dissection cuts the graph with planes (George 1973; Heath and Raghavan
1995). Otherwise, and for small graphs, the order is minimum degree
(`fascia.sparse.minimum_degree_order`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fascia.sparse.minimum_degree_order import minimum_degree

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DISSECT_FROM = 30_000  # nodes; for smaller graphs minimum degree gives less fill
LEAF = 12  # nested dissection stops at this number of nodes; the factor merges the rest


@njit(cache=True, nogil=True)
def is_symmetric(indptr, indices):
    """Whether a CSC pattern has both triangles, a full diagonal and sorted columns."""
    n = indptr.shape[0] - 1
    met = indptr[:-1].copy()  # next entry of row i, read as column i
    for j in range(n):
        diagonal = False
        for e in range(indptr[j], indptr[j + 1]):
            i = indices[e]
            if i < 0 or i >= n or met[i] >= indptr[i + 1] or indices[met[i]] != j:
                return False
            met[i] += 1
            diagonal = diagonal or i == j
        if not diagonal:
            return False
    for i in range(n):  # noqa: SIM110 - numba knows no all() over a generator
        if met[i] != indptr[i + 1]:
            return False
    return True


@njit(cache=True, nogil=True)
def _groups(indptr, indices):
    """Group consecutive columns with equal pattern -> (group of each column, count)."""
    n = indptr.shape[0] - 1
    group = np.zeros(n, np.int64)
    count = 0
    for j in range(1, n):
        a = indptr[j - 1]
        b = indptr[j]
        same = indptr[j + 1] - b == b - a
        k = 0
        while same and k < b - a:
            same = indices[a + k] == indices[b + k]
            k += 1
        if not same:
            count += 1
        group[j] = count
    return group, count + 1


@njit(cache=True, nogil=True)
def _quotient(indptr, indices, group, count):
    """Adjacency of the groups without loops, CSR, and the number of columns in each."""
    n = indptr.shape[0] - 1
    weight = np.zeros(count, np.int64)
    first = np.empty(count, np.int64)
    for j in range(n - 1, -1, -1):
        weight[group[j]] += 1
        first[group[j]] = j
    start = np.zeros(count + 1, np.int64)
    other = np.empty(indices.shape[0], np.int64)
    seen = np.full(count, -1, np.int64)
    m = 0
    for g in range(count):
        seen[g] = g
        for k in range(indptr[first[g]], indptr[first[g] + 1]):
            h = group[indices[k]]
            if seen[h] != g:
                seen[h] = g
                other[m] = h
                m += 1
        start[g + 1] = m
    return start, other[:m].copy(), weight


@njit(cache=True, nogil=True)
def _nested_dissection(start, other, where, order, leaf):
    """Reorder ``order`` in place: left part, right part, separator, recursively."""
    n = where.shape[0]
    side = np.zeros(n, np.int8)
    scratch = np.empty(order.shape[0], np.int64)
    touch = np.zeros(order.shape[0], np.bool_)
    value = np.empty(order.shape[0])
    low = np.empty(order.shape[0] + 1, np.int64)
    high = np.empty(order.shape[0] + 1, np.int64)
    low[0], high[0], top = 0, order.shape[0], 1
    while top > 0:
        top -= 1
        a, b = low[top], high[top]
        if b - a <= leaf:
            continue
        axis, widest = 0, -1.0
        for c in range(where.shape[1]):
            least, most = np.inf, -np.inf
            for k in range(a, b):
                x = where[order[k], c]
                least = min(least, x)
                most = max(most, x)
            if most - least > widest:
                axis, widest = c, most - least
        if widest <= 0.0:
            continue
        for k in range(a, b):
            value[k] = where[order[k], axis]
        middle = (b - a) // 2
        cut = np.partition(value[a:b], middle)[middle]
        left = 0
        for k in range(a, b):
            if value[k] < cut:
                left += 1
        inclusive = left == 0  # many nodes have the smallest coordinate
        left = 0
        for k in range(a, b):
            first = value[k] < cut or (inclusive and value[k] == cut)
            side[order[k]] = 1 if first else 2
            left += first
        if left == b - a:
            for k in range(a, b):
                side[order[k]] = 0
            continue
        count = np.zeros(3, np.int64)
        for k in range(a, b):
            mine = side[order[k]]
            touch[k] = False
            for e in range(start[order[k]], start[order[k] + 1]):
                if side[other[e]] != 0 and side[other[e]] != mine:
                    touch[k] = True
                    count[mine] += 1
                    break
        give = 1 if count[1] <= count[2] else 2  # the side whose boundary becomes the separator
        at = np.zeros(4, np.int64)
        at[2] = left - (count[1] if give == 1 else 0)
        at[3] = b - a - count[give]
        middle = at[2]
        for k in range(a, b):
            mine = side[order[k]]
            part = 3 if mine == give and touch[k] else mine
            scratch[at[part]] = order[k]
            at[part] += 1
        for k in range(a, b):
            side[order[k]] = 0
            order[k] = scratch[k - a]
        low[top], high[top] = a, a + middle
        low[top + 1], high[top + 1] = a + middle, b - count[give]
        top += 2


def nested_dissection(
    start: Ints,
    other: Ints,
    where: Floats,
    *,
    leaf: int = LEAF,
    skip: NDArray[np.bool_] | None = None,
) -> Ints:
    """Elimination order of a graph (CSR without loops) with node positions ``where`` (n, d).

    Nodes in ``skip`` (n,) are left out of the dissection and come last.
    """
    order = np.arange(len(where), dtype=np.int64)
    last = order[:0]
    if skip is not None:
        order, last = order[~skip], order[skip]
    _nested_dissection(start, other, np.ascontiguousarray(where, float), order, leaf)
    return np.concatenate([order, last])


class Groups(NamedTuple):
    """Unknowns with equal pattern as one node of a graph, and an order of these nodes."""

    start: Ints  # (g + 1,) adjacency, CSR without loops
    other: Ints
    weight: Ints  # (g,) unknowns in each node
    first: Ints  # (g,) first unknown of each node; the others follow it
    order: Ints  # (g,) node eliminated k-th

    def unknowns(self, order: Ints) -> Ints:
        """The order of nodes as an order of unknowns, shape (n,)."""
        weight = self.weight[order]
        begin = np.cumsum(weight) - weight
        inside = np.arange(weight.sum()) - np.repeat(begin, weight)
        return np.repeat(self.first[order], weight) + inside


def elimination_groups(indptr: Ints, indices: Ints, coordinates: Floats | None = None) -> Groups:
    """Graph of the unknowns and a fill-reducing order of it (see `fill_reducing_order`)."""
    group, count = _groups(indptr, indices)
    start, other, weight = _quotient(indptr, indices, group, count)
    first = np.cumsum(weight) - weight
    if coordinates is None or count < DISSECT_FROM:
        order = minimum_degree(start, other, weight)
    else:
        where = np.asarray(coordinates, float)[first]
        busy = np.diff(start) > 16.0 + 10.0 * np.sqrt(count)  # coupled to most nodes: at the end
        order = nested_dissection(start, other, where, skip=busy)
    return Groups(start, other, weight, first, order)


def fill_reducing_order(indptr: Ints, indices: Ints, coordinates: Floats | None = None) -> Ints:
    """Elimination order of the unknowns of a symmetric matrix, shape (n,).

    Entry k is the unknown eliminated k-th. ``indptr``, ``indices`` are the full
    symmetric CSC pattern with sorted columns; ``coordinates`` (n, d) are optional
    positions of the unknowns in space.
    """
    indptr = np.ascontiguousarray(indptr, np.int64)
    indices = np.ascontiguousarray(indices, np.int64)
    groups = elimination_groups(indptr, indices, coordinates)
    return groups.unknowns(groups.order)
