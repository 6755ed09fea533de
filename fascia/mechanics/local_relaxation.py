"""Where the imbalance is local: bring the few unknowns around it into balance first.

A released strand disturbs its surroundings; there the tangent changes much and
strands go slack or taut, while the rest of a large network answers smoothly. So
the surroundings are solved alone, on a small dense matrix with all other unknowns held,
and the global steps that follow see an almost linear problem (nonlinear
elimination: Lanzkron, Rose and Wilkes 1996).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fascia.mechanics.minimisation import Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RINGS = 3  # neighbours of neighbours of ... that count as surroundings
LARGEST = 600  # unknowns
DISTURBED = 0.05  # share of the largest imbalance from which an unknown counts as disturbed
SHIFT = 1e-9  # of the mean stiffness: unknowns that nothing holds stay where they are


@njit(cache=True, nogil=True)
def _surroundings(indptr, indices, inside, rings, largest):
    """Grow ``inside`` by rings of neighbours, in place; stops when it gets too large."""
    n = inside.shape[0]
    front = np.empty(n, np.int64)
    count = 0
    for i in range(n):
        if inside[i]:
            front[count] = i
            count += 1
    begin = 0
    for _ in range(rings):
        end = count
        for k in range(begin, end):
            for e in range(indptr[front[k]], indptr[front[k] + 1]):
                if not inside[indices[e]]:
                    inside[indices[e]] = True
                    front[count] = indices[e]
                    count += 1
        begin = end
        if count > largest:
            break
    return count


@njit(cache=True, nogil=True)
def _block(indptr, indices, data, members, out):
    """The members' own block of a sparse matrix -> ``out``."""
    place = np.full(indptr.shape[0], -1, np.int64)
    for k in range(members.shape[0]):
        place[members[k]] = k
    out[:] = 0.0
    for k in range(members.shape[0]):
        for e in range(indptr[members[k]], indptr[members[k] + 1]):
            i = place[indices[e]]
            if i >= 0:
                out[i, k] = data[e]


def settle(problem: Problem, z: Floats, *, steps: int = 6) -> Floats:
    """The state with the disturbed unknowns moved near to balance, or ``z`` itself.

    Nothing is promised: without a small disturbed region, or where a step fails, the
    state comes back as it is. The energy never rises.
    """
    from scipy.linalg.lapack import dposv  # pyright: ignore[reportAttributeAccessIssue]

    indptr, indices = problem.pattern
    value, gradient = problem.value_gradient(z)
    size = np.abs(gradient)
    inside = size > DISTURBED * size.max(initial=0.0)
    if np.count_nonzero(inside) > LARGEST:
        return z
    if _surroundings(indptr, indices, inside, RINGS, LARGEST) > min(LARGEST, len(z) // 10):
        return z
    members = np.flatnonzero(inside)
    block = np.zeros((len(members), len(members)), order="F")
    for _ in range(steps):
        rest = np.where(inside, 0.0, np.abs(gradient)).max()
        if np.abs(gradient[members]).max() < 0.3 * rest:
            break
        _block(indptr, indices, problem.hessian(z), members, block)
        diagonal = np.einsum("ii->i", block)
        diagonal += SHIFT * diagonal.mean()
        _, step, info = dposv(block, -gradient[members], lower=1)
        slope = float(gradient[members] @ step)
        if info != 0 or not slope < 0.0:
            break
        length, found = 1.0, False
        for _ in range(10):
            trial = z.copy()
            trial[members] += length * step
            new_value, new_gradient = problem.value_gradient(trial)
            found = bool(new_value <= value + 1e-4 * length * slope)
            if found:
                break
            length *= 0.5
        if not found:
            break
        z, value, gradient = trial, new_value, new_gradient
    return z
