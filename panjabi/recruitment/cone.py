"""The semidefinite cone as a solver takes it: upper triangle, columns, off-diagonals by sqrt 2."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def svec(matrices: Floats) -> Floats:
    """Symmetric (..., n, n) as vectors (..., n (n + 1) / 2) with the same inner product."""
    rows, columns, weights = _places(matrices.shape[-1])
    return matrices[..., rows, columns] * weights


def smat(vector: Floats) -> Floats:
    """The symmetric matrix (n, n) of a vector of `svec`."""
    n = round((float(np.sqrt(8.0 * vector.size + 1.0)) - 1.0) / 2.0)
    rows, columns, weights = _places(n)
    matrix = np.zeros((n, n))
    matrix[rows, columns] = vector / weights
    matrix[columns, rows] = matrix[rows, columns]
    return matrix


@cache
def _places(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    columns, rows = np.tril_indices(n)  # of the transpose: upper triangle, column after column
    return rows, columns, np.where(rows == columns, 1.0, np.sqrt(2.0))
