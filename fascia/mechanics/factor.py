"""Direct factorisation of symmetric positive definite matrices on a fixed pattern."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fascia.mechanics.ordering import fill_reducing_order
from panjabi.errors import ParameterError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DENSE_BELOW = 150  # unknowns


class SymmetricFactor:
    """Factor of a symmetric matrix whose pattern stays and whose values change.

    ``indptr``, ``indices`` are the full (both triangles) CSC pattern with sorted columns.
    """

    def __init__(
        self,
        indptr: Ints,
        indices: Ints,
        coordinates: Floats | None = None,
        backend: Literal["auto", "dense", "superlu"] = "auto",
    ) -> None:
        self.indptr = np.ascontiguousarray(indptr, np.int64)
        self.indices = np.ascontiguousarray(indices, np.int64)
        self.size = len(self.indptr) - 1
        self.factorisations = 0
        self.positive_definite = False
        if backend == "auto":
            backend = "dense" if self.size < DENSE_BELOW else "superlu"
        self.backend = backend
        columns = np.repeat(np.arange(self.size), np.diff(self.indptr))
        if backend == "dense":
            self._flat = self.indices + columns * self.size
            self._matrix = np.zeros((self.size, self.size), order="F")
        elif backend == "superlu":
            from scipy.sparse import csc_matrix

            order = fill_reducing_order(self.indptr, self.indices, coordinates)
            rank = np.empty(self.size, np.int64)
            rank[order] = np.arange(self.size)
            tag = csc_matrix(
                (np.arange(1.0, len(self.indices) + 1), (rank[self.indices], rank[columns])),
                shape=(self.size, self.size),
            )
            self._gather = tag.data.astype(np.int64) - 1
            self._matrix, self._order = tag, order
        else:
            raise ParameterError(
                f"no backend {backend!r}; possible: 'auto', 'dense', 'superlu'. Choose one of them."
            )

    def refactor(self, data: Floats) -> bool:
        """Factor the matrix with these values (nnz,); False if it is not positive definite."""
        self.factorisations += 1
        if self.backend == "dense":
            from scipy.linalg.lapack import dpotrf

            self._matrix.ravel(order="K")[self._flat] = data
            self._factor, info = dpotrf(self._matrix, lower=1, clean=0)
            self.positive_definite = info == 0
            return self.positive_definite
        from scipy.sparse.linalg import splu

        self._matrix.data[:] = data[self._gather]
        try:
            self._factor = splu(
                self._matrix,
                permc_spec="NATURAL",
                diag_pivot_thresh=0.0,
                options={"SymmetricMode": True},
            )
        except RuntimeError:  # exactly singular
            self.positive_definite = False
            return False
        straight = np.array_equal(self._factor.perm_r, np.arange(self.size))
        self.positive_definite = bool(straight and (self._factor.U.diagonal() > 0.0).all())
        return self.positive_definite

    def solve(self, b: Floats) -> Floats:
        """Solution for one right-hand side (n,) or several (n, m)."""
        if self.backend == "dense":
            from scipy.linalg.lapack import dpotrs

            x, _ = dpotrs(self._factor, b, lower=1)
            return x.reshape(b.shape)
        out = np.empty_like(b)
        out[self._order] = self._factor.solve(b[self._order])
        return out
