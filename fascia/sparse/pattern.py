"""The fixed sparsity pattern of the network's Hessian, and the indices for its values."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class StrandPlaces(NamedTuple):
    """Indices of the strands' second derivatives, for `strand_hessian`.

    The slot of a strand point is the index of its first slip in the strand's list of
    unknowns (-1: none); free skeleton coordinates are at the end of that list.
    """

    slot: Ints  # (strand points,)
    unknown_start: Ints  # (strands + 1,) number of unknowns of all previous strands
    scatter_start: Ints  # (strands + 1,) number of entries of `scatter` of all previous strands
    scatter: Ints  # (entries,) index of each entry in the CSC values
    diagonal: Ints  # (size,) index of each unknown's diagonal in the CSC values


@dataclass(frozen=True, eq=False, repr=False)
class Pattern:
    """CSC pattern of the Hessian, with the indices of every strand's small Hessian in it.

    The unknowns are the slips, then the free skeleton coordinates. Both
    triangles are stored.
    """

    size: int
    slips: int
    indptr: Ints
    indices: Ints
    unknown_start: Ints  # CSR: the unknowns of each strand
    unknowns: Ints
    slot: Ints  # for each strand point: index of its first slip, -1 for none
    scatter_start: Ints
    scatter: Ints
    diagonal: Ints
    skeleton_block: Ints  # (free, free) indices of the skeleton's diagonal block
    border: Ints  # (2, slips, free) indices of (slip, coordinate) and of (coordinate, slip)

    def __repr__(self) -> str:
        entries = len(self.indices)
        return f"<Pattern of {self.size} unknowns, {self.slips} slips, {entries} entries>"

    @cached_property
    def strands(self) -> StrandPlaces:
        """The indices that `strand_hessian` needs."""
        return StrandPlaces(
            self.slot, self.unknown_start, self.scatter_start, self.scatter, self.diagonal
        )


@njit(cache=True, nogil=True)
def _strand_unknowns(start, points, dof, ndof, slips, free):
    """Unknowns of each strand: slips of its points, then all free skeleton coordinates."""
    strands = start.shape[0] - 1
    unknown_start = np.zeros(strands + 1, np.int64)
    slot = np.full(points.shape[0], -1, np.int64)
    for s in range(strands):
        m = 0
        for k in range(start[s], start[s + 1]):
            p = points[k]
            if ndof[p] == 0:
                continue
            for before in range(start[s], k):
                if ndof[points[before]] > 0 and dof[points[before]] == dof[p]:
                    slot[k] = slot[before]
            if slot[k] < 0:
                slot[k] = m
                m += ndof[p]
        unknown_start[s + 1] = unknown_start[s] + m + free
    unknowns = np.empty(unknown_start[-1], np.int64)
    for s in range(strands):
        for k in range(start[s], start[s + 1]):
            p = points[k]
            for a in range(ndof[p]):
                unknowns[unknown_start[s] + slot[k] + a] = dof[p] + a
        for c in range(free):
            unknowns[unknown_start[s + 1] - free + c] = slips + c
    return unknown_start, unknowns, slot


@njit(cache=True, nogil=True)
def _columns(size, slips, unknown_start, unknowns):
    """CSC structure: for each column the sorted unknowns that share a strand with it."""
    strands = unknown_start.shape[0] - 1
    met_start = np.zeros(size + 1, np.int64)
    for i in range(unknowns.shape[0]):
        met_start[unknowns[i] + 1] += 1
    for i in range(size):
        met_start[i + 1] += met_start[i]
    met = np.empty(unknowns.shape[0], np.int64)
    fill = met_start[:-1].copy()
    for s in range(strands):
        for i in range(unknown_start[s], unknown_start[s + 1]):
            met[fill[unknowns[i]]] = s
            fill[unknowns[i]] += 1
    seen = np.full(size, -1, np.int64)
    indptr = np.zeros(size + 1, np.int64)
    for j in range(size):
        count = 1
        seen[j] = j
        for k in range(met_start[j], met_start[j + 1]):
            for i in range(unknown_start[met[k]], unknown_start[met[k] + 1]):
                if seen[unknowns[i]] != j:
                    seen[unknowns[i]] = j
                    count += 1
        for i in range(0 if j >= slips else slips, size):  # the skeleton moves every point
            if seen[i] != j:
                seen[i] = j
                count += 1
        indptr[j + 1] = indptr[j] + count
    indices = np.empty(indptr[-1], np.int64)
    seen[:] = -1
    for j in range(size):
        at = indptr[j]
        indices[at] = j
        at += 1
        seen[j] = j
        for k in range(met_start[j], met_start[j + 1]):
            for i in range(unknown_start[met[k]], unknown_start[met[k] + 1]):
                if seen[unknowns[i]] != j:
                    seen[unknowns[i]] = j
                    indices[at] = unknowns[i]
                    at += 1
        for i in range(0 if j >= slips else slips, size):
            if seen[i] != j:
                seen[i] = j
                indices[at] = i
                at += 1
        indices[indptr[j] : at].sort()
    return indptr, indices


@njit(cache=True, nogil=True)
def _find(indptr, indices, i, j):
    low = indptr[j]
    high = indptr[j + 1]
    while high - low > 1:
        middle = (low + high) // 2
        if indices[middle] > i:
            high = middle
        else:
            low = middle
    return low


@njit(cache=True, nogil=True)
def _places(indptr, indices, unknown_start, unknowns, size, slips):
    strands = unknown_start.shape[0] - 1
    scatter_start = np.zeros(strands + 1, np.int64)
    for s in range(strands):
        m = unknown_start[s + 1] - unknown_start[s]
        scatter_start[s + 1] = scatter_start[s] + m * m
    scatter = np.empty(scatter_start[-1], np.int64)
    for s in range(strands):
        k = scatter_start[s]
        for i in range(unknown_start[s], unknown_start[s + 1]):
            for j in range(unknown_start[s], unknown_start[s + 1]):
                scatter[k] = _find(indptr, indices, unknowns[i], unknowns[j])
                k += 1
    diagonal = np.empty(size, np.int64)
    for i in range(size):
        diagonal[i] = _find(indptr, indices, i, i)
    block = np.empty((size - slips, size - slips), np.int64)
    for i in range(size - slips):
        for j in range(size - slips):
            block[i, j] = _find(indptr, indices, slips + i, slips + j)
    border = np.empty((2, slips, size - slips), np.int64)
    for i in range(slips):
        for c in range(size - slips):
            border[0, i, c] = _find(indptr, indices, i, slips + c)
            border[1, i, c] = _find(indptr, indices, slips + c, i)
    return scatter_start, scatter, diagonal, block, border


def build_pattern(
    start: Ints, points: Ints, dof: Ints, ndof: Ints, *, slips: int, free: int
) -> Pattern:
    """Pattern for strands as polylines (CSR ``start``, ``points``).

    ``dof`` and ``ndof`` are each point's first slip and number of slips;
    ``free`` is the number of skeleton coordinates that are solved for.
    """
    size = slips + free
    unknown_start, unknowns, slot = _strand_unknowns(start, points, dof, ndof, slips, free)
    indptr, indices = _columns(size, slips, unknown_start, unknowns)
    scatter_start, scatter, diagonal, block, border = _places(
        indptr, indices, unknown_start, unknowns, size, slips
    )
    return Pattern(
        size=size,
        slips=slips,
        indptr=indptr,
        indices=indices,
        unknown_start=unknown_start,
        unknowns=unknowns,
        slot=slot,
        scatter_start=scatter_start,
        scatter=scatter,
        diagonal=diagonal,
        skeleton_block=block,
        border=border,
    )
