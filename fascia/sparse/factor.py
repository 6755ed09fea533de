"""Direct factorisation of symmetric positive definite matrices on a fixed pattern.

The pattern is analysed once; new values need one numeric factorisation.
`fascia.sparse.backends` contains the libraries. The choice follows measurements
(`benchmarks/README.md`): LAPACK for few unknowns, the multifrontal Cholesky of
this package otherwise, Pardiso for the largest systems if installed.
"""

from __future__ import annotations

from copy import copy
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from fascia.sparse import backends
from fascia.sparse.ordering import is_symmetric
from panjabi.errors import ParameterError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DENSE_UP_TO = 48  # unknowns
PARDISO_FROM = 50_000  # unknowns
NAMES = ("auto", *backends.BACKENDS)


class SymmetricFactor:
    """Cholesky factor of a symmetric matrix with fixed pattern and changing values.

    Parameters
    ----------
    indptr, indices : the full CSC pattern (both triangles, diagonal included, sorted columns).
    coordinates : optional positions of the unknowns in space, (n, d); they help the ordering.
    backend : "auto" or one of `fascia.sparse.backends.BACKENDS`.

    Attributes
    ----------
    backend : name of the backend in use.
    factorisations : number of numeric factorisations.
    positive_definite : whether the last factorisation succeeded; `solve` requires this.

    Raises
    ------
    ParameterError
        If the backend is unknown or not installed, or the pattern is not symmetric.
    """

    def __init__(
        self,
        indptr: Ints,
        indices: Ints,
        coordinates: Floats | None = None,
        backend: str = "auto",
    ) -> None:
        indptr = np.ascontiguousarray(indptr, np.int64)
        indices = np.ascontiguousarray(indices, np.int64)
        self.size: int = len(indptr) - 1
        _check_pattern(indptr, indices)
        if backend == "auto":
            backend = self._choose()
        if backend not in backends.BACKENDS:
            raise ParameterError(
                f"Expected a backend ({', '.join(map(repr, NAMES))}), got {backend!r}; choose one "
                "of these."
            )
        self.backend: str = backend
        self.indptr: Ints = indptr
        self.indices: Ints = indices
        self._engine = backends.BACKENDS[backend](indptr, indices, coordinates)
        self.factorisations: int = 0
        self.positive_definite: bool = False

    def _choose(self) -> str:
        if self.size <= DENSE_UP_TO:
            return "dense"
        if self.size >= PARDISO_FROM and find_spec("pypardiso") is not None:
            return "pardiso"
        return "multifrontal"

    def fits(self, indptr: Ints, indices: Ints) -> bool:
        """Whether this factor was analysed for that pattern."""
        return (self.indptr is indptr or np.array_equal(self.indptr, indptr)) and (
            self.indices is indices or np.array_equal(self.indices, indices)
        )

    def twin(self) -> SymmetricFactor:
        """A separate factor with the same analysis of the pattern; not yet factored."""
        twin = copy(self)
        twin._engine = self._engine.twin()
        twin.factorisations = 0
        twin.positive_definite = False
        return twin

    @property
    def solves_per_factorisation(self) -> int:
        """Approximate cost of one numeric factorisation, in solves."""
        return self._engine.solves_per_factorisation

    def refactor(self, data: Floats, shift: float = 0.0) -> bool:
        """Factor the matrix with values ``data`` (nnz,) plus ``shift`` times the identity.

        Returns whether it is positive definite. If not, the factor is invalid
        until the next call.
        """
        if data.shape != (len(self.indices),):
            raise ParameterError(
                f"Expected {len(self.indices)} entries in data, got shape {data.shape}; give one "
                "value for each entry, in the order of the pattern."
            )
        self.factorisations += 1
        self.positive_definite = self._engine.refactor(data, float(shift))
        return self.positive_definite

    def solve(self, b: Floats) -> Floats:
        """Solution for one right-hand side (n,) or several (n, m)."""
        if not self.positive_definite:
            raise ParameterError(
                "Expected a valid factor before solve, got none; call refactor first and check "
                "that it returns True (if not, raise the shift)."
            )
        b = np.asarray(b, float)
        if b.ndim not in (1, 2) or b.shape[0] != self.size:
            raise ParameterError(
                f"Expected a right-hand side of shape ({self.size},) or ({self.size}, m), got "
                f"{b.shape}; give one value for each row of the matrix."
            )
        return self._engine.solve(b)

    def pivots(self) -> Floats:
        """Squared diagonal of the factor by unknown (n,); tiny values show a near-null mode.

        The entry of an unknown is its stiffness when the unknowns eliminated
        before it are free to move.
        """
        if not self.positive_definite:
            raise ParameterError(
                "Expected a valid factor before pivots, got none; call refactor first."
            )
        return self._engine.pivots()


def _check_pattern(indptr: Ints, indices: Ints) -> None:
    n = len(indptr) - 1
    entries = len(indices)
    if n < 0 or indptr[0] != 0 or indptr[-1] != entries:
        raise ParameterError(
            f"Expected indptr from 0 to len(indices) = {entries}, got an array that does not "
            "describe the columns of indices; give indptr and indices of the same CSC matrix."
        )
    if not is_symmetric(indptr, indices):
        raise ParameterError(
            "Expected the pattern of a symmetric matrix, got another pattern; give both "
            "triangles, a full diagonal, and ascending row indices in every column."
        )
