"""A symmetric matrix on a fixed pattern: diagonal, product and removal of unknowns."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.errors import ParameterError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def _diagonal_places(indptr, indices, places):
    """Index of each column's diagonal -> ``places``; returns a column without diagonal, or -1."""
    for j in range(places.shape[0]):
        places[j] = -1
        for e in range(indptr[j], indptr[j + 1]):
            if indices[e] == j:
                places[j] = e
        if places[j] < 0:
            return j
    return -1


@njit(cache=True, nogil=True)
def _product(indptr, indices, data, x, out):
    for j in range(out.shape[0]):
        total = 0.0
        for e in range(indptr[j], indptr[j + 1]):
            total += data[e] * x[indices[e]]
        out[j] = total


@njit(cache=True, nogil=True)
def _hold(indptr, indices, data, held, unit):
    for j in range(held.shape[0]):
        for e in range(indptr[j], indptr[j + 1]):
            if held[j] or held[indices[e]]:
                data[e] = unit if indices[e] == j else 0.0


class SymmetricMatrix:
    """Values (nnz,) on a full symmetric CSC pattern; ``data`` is filled from outside."""

    def __init__(self, indptr: Ints, indices: Ints) -> None:
        self.indptr: Ints = np.ascontiguousarray(indptr, np.int64)
        self.indices: Ints = np.ascontiguousarray(indices, np.int64)
        self.places: Ints = np.empty(len(self.indptr) - 1, np.int64)
        missing = _diagonal_places(self.indptr, self.indices, self.places)
        if missing >= 0:
            raise ParameterError(
                "Expected a diagonal entry in every column of the pattern, got none in column "
                f"{missing}; add it, even if the stiffness of the unknown is zero."
            )
        self.data: Floats = np.zeros(len(self.indices))

    def diagonal(self) -> Floats:
        return self.data[self.places]

    def product(self, x: Floats) -> Floats:
        out = np.empty_like(x)
        _product(self.indptr, self.indices, self.data, x, out)
        return out

    def hold(self, held: NDArray[np.bool_], unit: float) -> None:
        """Set rows and columns of the fixed unknowns to zero, with ``unit`` on the diagonal."""
        _hold(self.indptr, self.indices, self.data, held, unit)
