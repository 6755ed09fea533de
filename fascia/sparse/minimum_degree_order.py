"""Minimum degree order of a graph: always eliminate a node with the fewest remaining neighbours.

An eliminated node becomes an element: the list of nodes that it connects. Degrees
are upper bounds that are cheap to update. Elements inside a newer element are
dropped, and indistinguishable nodes are merged (Amestoy, Davis and Duff 1996, SIAM
J. Matrix Anal. Appl. 17:886).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _minimum_degree(start, other, size):
    n = start.shape[0] - 1
    total = size.sum()
    size = size.copy()  # unknowns of a node; 0 once it is merged or eliminated
    lists = np.empty(2 * other.shape[0] + 8 * n + 16, np.int64)
    lists[: other.shape[0]] = other
    used = other.shape[0]
    begin = start[:-1].copy()  # a node's list: first elements, then other neighbours
    length = start[1:] - start[:-1]
    elements = np.zeros(n, np.int64)
    reach = np.zeros(n, np.int64)  # unknowns in an element's list; 0 for no or a dropped element
    degree = np.empty(n, np.int64)
    outside = np.zeros(n, np.int64)
    stamp = 1
    mark = np.zeros(n, np.int64)
    mark_stamp = 0
    head = np.full(total + 1, -1, np.int64)
    after = np.full(n, -1, np.int64)
    before = np.full(n, -1, np.int64)
    bucket = np.full(n, -1, np.int64)  # heads of hash chains
    chain = np.full(n, -1, np.int64)
    code = np.empty(n, np.int64)
    next_member = np.full(n, -1, np.int64)  # nodes merged with this node
    last_member = np.arange(n)
    order = np.empty(n, np.int64)
    scratch = np.empty(n + 1, np.int64)
    done = 0
    for i in range(n):
        d = 0
        for e in range(begin[i], begin[i] + length[i]):
            d += size[lists[e]]
        degree[i] = d
    for i in range(n - 1, -1, -1):
        d = degree[i]
        after[i] = head[d]
        if head[d] >= 0:
            before[head[d]] = i
        head[d] = i
    least = 0
    left = total
    while done < n:
        while head[least] < 0:
            least += 1
        p = head[least]
        head[least] = after[p]
        if after[p] >= 0:
            before[after[p]] = -1
        # the new element: neighbours of p, directly or through its elements
        room = length[p]
        for e in range(begin[p], begin[p] + elements[p]):
            room += length[lists[e]]
        if used + room > lists.shape[0]:
            larger = np.empty(2 * lists.shape[0] + room, np.int64)
            larger[:used] = lists[:used]
            lists = larger
        mark_stamp += 1
        mark[p] = mark_stamp
        new = used
        weight = 0
        for source in range(elements[p] + 1):
            if source < elements[p]:
                element = lists[begin[p] + source]
                low, high = begin[element], begin[element] + length[element]
                reach[element] = 0
            else:
                low, high = begin[p] + elements[p], begin[p] + length[p]
            for e in range(low, high):
                i = lists[e]
                if size[i] > 0 and mark[i] != mark_stamp:
                    mark[i] = mark_stamp
                    weight += size[i]
                    lists[used] = i
                    used += 1
                    if before[i] >= 0:
                        after[before[i]] = after[i]
                    else:
                        head[degree[i]] = after[i]
                    if after[i] >= 0:
                        before[after[i]] = before[i]
        left -= size[p]
        size[p] = 0
        begin[p], length[p] = new, used - new
        reach[p] = weight
        # size of every touched element outside the new element
        for e in range(new, used):
            i = lists[e]
            for k in range(begin[i], begin[i] + elements[i]):
                element = lists[k]
                if reach[element] == 0:
                    continue
                if outside[element] < stamp:
                    outside[element] = stamp + reach[element]
                outside[element] -= size[i]
        # shorten the lists of the new element's nodes and bound their degrees
        for e in range(new, used):
            i = lists[e]
            d = 0
            hashed = p
            scratch[0] = p
            m = 1
            for k in range(begin[i], begin[i] + elements[i]):
                element = lists[k]
                if reach[element] == 0:
                    continue
                beyond = outside[element] - stamp
                if beyond == 0:
                    reach[element] = 0  # it lies inside the new element
                    continue
                d += beyond
                hashed += element
                scratch[m] = element
                m += 1
            kept = m
            for k in range(begin[i] + elements[i], begin[i] + length[i]):
                j = lists[k]
                if size[j] > 0 and mark[j] != mark_stamp:
                    d += size[j]
                    hashed += j
                    scratch[m] = j
                    m += 1
            lists[begin[i] : begin[i] + m] = scratch[:m]
            elements[i], length[i] = kept, m
            degree[i] = min(degree[i], d)
            code[i] = hashed % n
            chain[i] = bucket[code[i]]
            bucket[code[i]] = i
        stamp += total + 1
        # merge nodes with equal lists
        for e in range(new, used):
            i = bucket[code[lists[e]]]
            bucket[code[lists[e]]] = -1
            while i >= 0:
                behind, j = i, chain[i]
                if j >= 0:
                    mark_stamp += 1
                    for k in range(begin[i], begin[i] + length[i]):
                        mark[lists[k]] = mark_stamp
                while j >= 0:
                    same = length[j] == length[i] and elements[j] == elements[i]
                    k = begin[j]
                    while same and k < begin[j] + length[j]:
                        same = mark[lists[k]] == mark_stamp
                        k += 1
                    if same:
                        size[i] += size[j]
                        size[j] = 0
                        next_member[last_member[i]] = j
                        last_member[i] = last_member[j]
                        chain[behind] = chain[j]
                    else:
                        behind = j
                    j = chain[j]
                i = chain[i]
        # back into the queue; nodes without other neighbours are eliminated with p
        to = new
        for e in range(new, used):
            i = lists[e]
            if size[i] == 0:
                continue
            if degree[i] == 0:
                left -= size[i]
                weight -= size[i]
                size[i] = 0
                next_member[last_member[p]] = i
                last_member[p] = last_member[i]
                continue
            lists[to] = i
            to += 1
        used = to
        length[p] = used - new
        reach[p] = weight
        for e in range(new, used):
            i = lists[e]
            d = min(degree[i] + weight - size[i], left - size[i])
            degree[i] = d
            before[i] = -1
            after[i] = head[d]
            if head[d] >= 0:
                before[head[d]] = i
            head[d] = i
            least = min(least, d)
        while p >= 0:
            order[done] = p
            done += 1
            p = next_member[p]
    return order


def minimum_degree(start: Ints, other: Ints, size: Ints) -> Ints:
    """Elimination order of a graph (CSR without loops) whose nodes have ``size`` unknowns."""
    return _minimum_degree(start, other, size)
