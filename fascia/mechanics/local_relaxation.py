"""Local relaxation: if the imbalance is local, solve the few unknowns around it first.

A released strand disturbs its surroundings. There the tangent changes strongly and
strands become slack or taut, while the rest of a large network responds smoothly. The
surroundings are therefore solved alone, with a small dense matrix and all other
unknowns fixed. The global steps that follow see an almost linear problem (nonlinear
elimination: Lanzkron, Rose and Wilkes 1996).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    from fascia.mechanics.minimisation import MinimisationProblem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RINGS = 3  # number of rings of neighbours that count as surroundings
LARGEST = 600  # unknowns
DISTURBED = 0.05  # fraction of the largest imbalance above which an unknown counts as disturbed
SHIFT = 1e-9  # fraction of the mean stiffness; unknowns without stiffness do not move


@njit(cache=True, nogil=True)
def _surroundings(indptr, indices, inside, rings, largest):
    """Grow ``inside`` by rings of neighbours, in place; stop when it is too large."""
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
    """Diagonal block of a sparse matrix for the members -> ``out``."""
    position = np.full(indptr.shape[0], -1, np.int64)
    for k in range(members.shape[0]):
        position[members[k]] = k
    out[:] = 0.0
    for k in range(members.shape[0]):
        for e in range(indptr[members[k]], indptr[members[k] + 1]):
            i = position[indices[e]]
            if i >= 0:
                out[i, k] = data[e]


def settle(problem: MinimisationProblem, z: Floats, *, steps: int = 6) -> Floats:
    """The state with the disturbed unknowns near equilibrium, or ``z`` itself.

    Without a small disturbed region, or when a step fails, the state is returned
    unchanged. The energy never rises.
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
        length, sufficient = 1.0, False
        for _ in range(10):
            trial = z.copy()
            trial[members] += length * step
            new_value, new_gradient = problem.value_gradient(trial)
            sufficient = bool(new_value <= value + 1e-4 * length * slope)
            if sufficient:
                break
            length *= 0.5
        if not sufficient:
            break
        z, value, gradient = trial, new_value, new_gradient
    return z
