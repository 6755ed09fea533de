"""Symbolic analysis: entries and dense blocks of a Cholesky factor, computed once per pattern.

Columns with (almost) equal structure below the diagonal form a supernode; its
columns and rows make one dense front. Fronts are the nodes of a tree in which
every front passes its update to its parent (multifrontal method: Duff and
Reid 1983; supernodes with a few stored zeros: Ashcraft and Grimes 1989).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fascia.sparse.ordering import elimination_groups

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Fronts(NamedTuple):
    """The dense fronts of a factor, children before parents (F fronts, n unknowns)."""

    order: Ints  # (n,) unknown eliminated k-th
    first: Ints  # (F + 1,) first column of every front
    rows_start: Ints  # (F + 1,) CSR over ``rows``
    rows: NDArray[np.int32]  # rows of every front below its columns
    panel: Ints  # (F + 1,) index in the factor at which each front's columns start
    child_start: Ints  # (F + 1,) CSR over ``child``
    child: Ints
    local: NDArray[np.int32]  # like ``rows``: index of the row in the parent's front
    side: NDArray[np.int8]  # stack (0 or 1) of each front's update
    entries: Ints  # (F + 1,) CSR over ``source`` and ``target``
    source: NDArray[np.int32]  # entries of the matrix that enter at each front ...
    target: Ints  # ... and their indices in the factor
    stack: Ints  # (2,) size of the stacks for unused updates [float64]
    flops: float  # of one factorisation


@njit(cache=True, nogil=True)
def _elimination_tree(start, other, order, rank):
    """Parent of every node in the elimination tree, numbered by ``rank`` (Liu 1990)."""
    n = order.shape[0]
    parent = np.full(n, -1, np.int64)
    ancestor = np.full(n, -1, np.int64)
    for i in range(n):
        for e in range(start[order[i]], start[order[i] + 1]):
            k = rank[other[e]]
            while k != -1 and k < i:
                up = ancestor[k]
                ancestor[k] = i
                if up == -1:
                    parent[k] = i
                k = up
    return parent


@njit(cache=True, nogil=True)
def _postorder(parent, size):
    """Order of a forest in which children precede parents and the largest child comes last."""
    n = parent.shape[0]
    total = size.copy()
    for i in range(n):
        if parent[i] >= 0:
            total[parent[i]] += total[i]
    head = np.full(n + 1, -1, np.int64)
    sibling = np.full(n, -1, np.int64)
    largest = np.full(n + 1, -1, np.int64)
    for i in range(n):
        up = parent[i] if parent[i] >= 0 else n
        if largest[up] < 0 or total[i] > total[largest[up]]:
            largest[up] = i
    for i in range(n - 1, -1, -1):
        up = parent[i] if parent[i] >= 0 else n
        if largest[up] != i:
            sibling[i] = head[up]
            head[up] = i
    for up in range(n + 1):  # the largest goes to the end of the list
        if largest[up] < 0:
            continue
        if head[up] < 0:
            head[up] = largest[up]
        else:
            k = head[up]
            while sibling[k] >= 0:
                k = sibling[k]
            sibling[k] = largest[up]
    post = np.empty(n, np.int64)
    stack = np.empty(n + 1, np.int64)
    stack[0], top, m = n, 1, 0
    while top > 0:
        i = stack[top - 1]
        down = head[i]
        if down >= 0:
            head[i] = sibling[down]
            stack[top] = down
            top += 1
        else:
            if i < n:
                post[m] = i
                m += 1
            top -= 1
    return post


@njit(cache=True, nogil=True)
def _column_counts(start, other, order, rank, parent, weight):
    """Rows below each node in the factor, counted in unknowns."""
    n = order.shape[0]
    below = np.zeros(n, np.int64)
    mark = np.full(n, -1, np.int64)
    for i in range(n):
        mark[i] = i
        for e in range(start[order[i]], start[order[i] + 1]):
            k = rank[other[e]]
            while k < i and mark[k] != i:
                below[k] += weight[order[i]]
                mark[k] = i
                k = parent[k]
    return below


@njit(cache=True, nogil=True)
def _supernodes(parent, below, weight):
    """First node of every supernode: equal structure, or few zeros when merged."""
    n = parent.shape[0]
    first = np.empty(n + 1, np.int64)
    width = np.empty(n, np.int64)
    height = np.empty(n, np.int64)
    zeros = np.empty(n, np.int64)
    count = 0
    for j in range(n):
        first[count] = j
        width[count] = weight[j]
        height[count] = weight[j] + below[j]
        zeros[count] = 0
        count += 1
        # merge with the previous supernode if it is a child and the fill is small
        while count > 1 and parent[first[count - 1] - 1] == first[count - 1]:
            s, c = count - 1, count - 2
            k = width[c] + width[s]
            m = width[c] + height[s]
            extra = zeros[c] + zeros[s] + width[c] * (m - height[c])
            stored = k * (k + 1) // 2 + k * (m - k)
            share = extra / stored
            if not (
                extra == 0
                or k <= 12
                or (k <= 32 and share < 0.4)
                or (k <= 64 and share < 0.15)
                or share < 0.05
            ):
                break
            width[c], height[c], zeros[c] = k, m, extra
            count -= 1
        # a merged supernode keeps the column count of its last node
    first[count] = n
    return first[: count + 1].copy()


@njit(cache=True, nogil=True)
def _structure(start, other, order, rank, parent, first):
    """Rows of every supernode below its nodes, sorted, and the tree of supernodes."""
    count = first.shape[0] - 1
    n = order.shape[0]
    owner = np.empty(n, np.int64)
    for s in range(count):
        owner[first[s] : first[s + 1]] = s
    up = np.full(count, -1, np.int64)
    child_start = np.zeros(count + 1, np.int64)
    for s in range(count):
        p = parent[first[s + 1] - 1]
        if p >= 0:
            up[s] = owner[p]
            child_start[up[s] + 1] += 1
    for s in range(count):
        child_start[s + 1] += child_start[s]
    child = np.empty(child_start[count], np.int64)
    fill = child_start[:-1].copy()
    for s in range(count):
        if up[s] >= 0:
            child[fill[up[s]]] = s
            fill[up[s]] += 1
    rows_start = np.zeros(count + 1, np.int64)
    rows = np.empty(4 * other.shape[0] + n, np.int64)
    mark = np.full(n, -1, np.int64)
    m = 0
    for s in range(count):
        last = first[s + 1] - 1
        room = 0
        for k in range(child_start[s], child_start[s + 1]):
            room += rows_start[child[k] + 1] - rows_start[child[k]]
        for j in range(first[s], first[s + 1]):
            room += start[order[j] + 1] - start[order[j]]
        if m + room > rows.shape[0]:
            larger = np.empty(2 * rows.shape[0] + room, np.int64)
            larger[:m] = rows[:m]
            rows = larger
        begin = m
        for j in range(first[s], first[s + 1]):
            for e in range(start[order[j]], start[order[j] + 1]):
                i = rank[other[e]]
                if i > last and mark[i] != s:
                    mark[i] = s
                    rows[m] = i
                    m += 1
        for k in range(child_start[s], child_start[s + 1]):
            for e in range(rows_start[child[k]], rows_start[child[k] + 1]):
                i = rows[e]
                if i > last and mark[i] != s:
                    mark[i] = s
                    rows[m] = i
                    m += 1
        rows[begin:m].sort()
        rows_start[s + 1] = m
    return up, child_start, child, rows_start, rows[:m].copy()


@njit(cache=True, nogil=True)
def _expand(first, up, rows_start, rows, offset):
    """From nodes to unknowns: node i owns unknowns offset[i] .. offset[i + 1]."""
    count = first.shape[0] - 1
    new_first = np.empty(count + 1, np.int64)
    for s in range(count + 1):
        new_first[s] = offset[first[s]]
    new_start = np.zeros(count + 1, np.int64)
    for s in range(count):
        total = 0
        for e in range(rows_start[s], rows_start[s + 1]):
            total += offset[rows[e] + 1] - offset[rows[e]]
        new_start[s + 1] = new_start[s] + total
    new_rows = np.empty(new_start[count], np.int32)
    m = 0
    for e in range(rows.shape[0]):
        for i in range(offset[rows[e]], offset[rows[e] + 1]):
            new_rows[m] = i
            m += 1
    local = np.empty(new_rows.shape[0], np.int32)
    panel = np.zeros(count + 1, np.int64)
    flops = 0.0
    for s in range(count):
        k = new_first[s + 1] - new_first[s]
        below = new_start[s + 1] - new_start[s]
        panel[s + 1] = panel[s] + k * (k + below)
        flops += k * k * k / 3.0 + k * k * below + 1.0 * k * below * below
        p = up[s]
        if p < 0:
            continue
        at = new_start[p]  # both lists are sorted: merge them in one pass
        begin, end = new_first[p], new_first[p + 1]
        for e in range(new_start[s], new_start[s + 1]):
            i = new_rows[e]
            if i < end:
                local[e] = i - begin
            else:
                while new_rows[at] < i:
                    at += 1
                local[e] = at - new_start[p] + end - begin
    return new_first, new_start, new_rows, local, panel, flops


@njit(cache=True, nogil=True)
def _stack_room(up, child_start, child, rows_start):
    """Stack of each front's update, and the size of the two stacks.

    Updates of even and odd depth use separate stacks, so a front's update never lies
    above those of its children, which are removed at that moment.
    """
    count = up.shape[0]
    side = np.zeros(count, np.int8)
    for s in range(count - 1, -1, -1):
        if up[s] >= 0:
            side[s] = 1 - side[up[s]]
    height = np.zeros(2, np.int64)
    room = np.zeros(2, np.int64)
    for s in range(count):
        below = rows_start[s + 1] - rows_start[s]
        height[side[s]] += below * below
        room[side[s]] = max(room[side[s]], height[side[s]])
        for k in range(child_start[s], child_start[s + 1]):
            mine = rows_start[child[k] + 1] - rows_start[child[k]]
            height[1 - side[s]] -= mine * mine
    return side, room


@njit(cache=True, nogil=True)
def _scatter(indptr, indices, order, rank, first, rows_start, rows, panel):
    """Entries of the matrix on or below the diagonal, and their indices in the factor."""
    n = order.shape[0]
    lower = 0
    for j in range(n):
        for e in range(indptr[j], indptr[j + 1]):
            if rank[indices[e]] >= rank[j]:
                lower += 1
    entries = np.zeros(first.shape[0], np.int64)
    source = np.empty(lower, np.int32)
    target = np.empty(lower, np.int64)
    place = np.empty(n, np.int64)
    m = 0
    for s in range(first.shape[0] - 1):
        k = first[s + 1] - first[s]
        height = k + rows_start[s + 1] - rows_start[s]
        for i in range(first[s], first[s + 1]):
            place[i] = i - first[s]
        for e in range(rows_start[s], rows_start[s + 1]):
            place[rows[e]] = k + e - rows_start[s]
        for j in range(first[s], first[s + 1]):
            column = panel[s] + (j - first[s]) * height
            for e in range(indptr[order[j]], indptr[order[j] + 1]):
                i = rank[indices[e]]
                if i >= j:
                    source[m] = e
                    target[m] = column + place[i]
                    m += 1
        entries[s + 1] = m
    return entries, source, target


def analyse(indptr: Ints, indices: Ints, coordinates: Floats | None = None) -> Fronts:
    """Fronts of the Cholesky factor of a symmetric pattern (CSC, both triangles, sorted)."""
    indptr = np.ascontiguousarray(indptr, np.int64)
    indices = np.ascontiguousarray(indices, np.int64)
    groups = elimination_groups(indptr, indices, coordinates)
    start, other, weight, order = groups.start, groups.other, groups.weight, groups.order
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    parent = _elimination_tree(start, other, order, rank)
    post = _postorder(parent, weight[order])
    order = order[post]
    new = np.empty_like(post)
    new[post] = np.arange(len(post))
    rank[order] = np.arange(len(order))
    parent = np.where(parent[post] >= 0, new[parent[post]], -1)
    below = _column_counts(start, other, order, rank, parent, weight)
    first = _supernodes(parent, below, weight[order])
    up, child_start, child, rows_start, rows = _structure(start, other, order, rank, parent, first)
    offset = np.concatenate([[0], np.cumsum(weight[order])])
    first, rows_start, rows, local, panel, flops = _expand(first, up, rows_start, rows, offset)
    unknowns = groups.unknowns(order)
    place = np.empty_like(unknowns)
    place[unknowns] = np.arange(len(unknowns))
    side, room = _stack_room(up, child_start, child, rows_start)
    entries, source, target = _scatter(
        indptr, indices, unknowns, place, first, rows_start, rows, panel
    )
    return Fronts(
        order=unknowns,
        first=first,
        rows_start=rows_start,
        rows=rows,
        panel=panel,
        child_start=child_start,
        child=child,
        local=local,
        side=side,
        entries=entries,
        source=source,
        target=target,
        stack=room,
        flops=float(flops),
    )
