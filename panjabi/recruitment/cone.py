"""Matrices as solver vectors: upper triangle by columns, off-diagonal entries times sqrt 2."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def svec(matrices: Floats) -> Floats:
    """Symmetric (..., n, n) as vectors (..., n (n + 1) / 2) with the same inner product."""
    rows, columns, weights = _upper_triangle(matrices.shape[-1])
    return matrices[..., rows, columns] * weights


def smat(vector: Floats) -> Floats:
    """Symmetric matrix (n, n) from a vector of `svec`."""
    n = round((float(np.sqrt(8.0 * vector.size + 1.0)) - 1.0) / 2.0)
    rows, columns, weights = _upper_triangle(n)
    matrix = np.zeros((n, n))
    matrix[rows, columns] = vector / weights
    matrix[columns, rows] = matrix[rows, columns]
    return matrix


@cache
def _upper_triangle(n: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    columns, rows = np.tril_indices(
        n
    )  # lower triangle of the transpose = upper triangle by columns
    return rows, columns, np.where(rows == columns, 1.0, np.sqrt(2.0))
