"""Direct factorisation of symmetric positive definite matrices on a fixed pattern.

The pattern is analysed once; new values cost one numeric factorisation. Which
library does the work is `fascia.sparse.backends`' business. Measured choice
(`benchmarks/README.md`): LAPACK for a handful of unknowns, the project's own
multifrontal Cholesky otherwise, Pardiso for the largest systems if installed.
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
    """Cholesky factor of a symmetric matrix whose pattern stays and whose values change.

    Parameters
    ----------
    indptr, indices : the full CSC pattern (both triangles, diagonal included, sorted columns).
    coordinates : where each unknown sits in space, (n, d), if it does: helps the ordering.
    backend : "auto" or one of `fascia.sparse.backends.BACKENDS`.

    Attributes
    ----------
    backend : name of the backend in use.
    factorisations : how many numeric factorisations were made.
    positive_definite : whether the last one succeeded; only then can it `solve`.

    Raises
    ------
    ParameterError
        If the backend is unknown or not installed, or the pattern is not what it must be.
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
        self.size = len(indptr) - 1
        _check_pattern(indptr, indices)
        if backend == "auto":
            backend = self._choose()
        if backend not in backends.BACKENDS:
            raise ParameterError(
                f"no backend {backend!r}; possible: {', '.join(map(repr, NAMES))}. "
                "Give one of these, or leave the choice to 'auto'."
            )
        self.backend = backend
        self.indptr, self.indices = indptr, indices
        self._engine = backends.BACKENDS[backend](indptr, indices, coordinates)
        self.factorisations = 0
        self.positive_definite = False

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
        """A factor of its own that shares the analysis of the pattern; not yet factored."""
        twin = copy(self)
        twin._engine = self._engine.twin()
        twin.factorisations = 0
        twin.positive_definite = False
        return twin

    @property
    def solves_per_factorisation(self) -> int:
        """How many solves one numeric factorisation costs, roughly."""
        return self._engine.solves_per_factorisation

    def refactor(self, data: Floats, shift: float = 0.0) -> bool:
        """Factor the matrix with values ``data`` (nnz,) plus ``shift`` times the identity.

        Returns whether it is positive definite. If not, the factor is of no use
        until the next call.
        """
        if data.shape != (len(self.indices),):
            raise ParameterError(
                f"refactor got values of shape {data.shape}; the pattern has {len(self.indices)} "
                "entries. Give one value for each, in the order of the pattern."
            )
        self.factorisations += 1
        self.positive_definite = self._engine.refactor(data, float(shift))
        return self.positive_definite

    def solve(self, b: Floats) -> Floats:
        """Solution for one right-hand side (n,) or several (n, m)."""
        if not self.positive_definite:
            raise ParameterError(
                "solve was called without a valid factor; call refactor first, and only go on "
                "if it returns True (raise the shift if it does not)."
            )
        b = np.asarray(b, float)
        if b.ndim not in (1, 2) or b.shape[0] != self.size:
            raise ParameterError(
                f"solve got a right-hand side of shape {b.shape}; the matrix has {self.size} "
                f"rows. Give shape ({self.size},) or ({self.size}, m)."
            )
        return self._engine.solve(b)

    def pivots(self) -> Floats:
        """Squared diagonal of the factor by unknown (n,); tiny ones betray a near-null mode.

        The entry of an unknown is the stiffness it shows when the unknowns
        eliminated before it are free to follow.
        """
        if not self.positive_definite:
            raise ParameterError("there are no pivots without a factor; call refactor first.")
        return self._engine.pivots()


def _check_pattern(indptr: Ints, indices: Ints) -> None:
    n = len(indptr) - 1
    entries = len(indices)
    if n < 0 or indptr[0] != 0 or indptr[-1] != entries:
        raise ParameterError(
            "indptr does not describe columns of indices: it must start at 0 and end at "
            f"len(indices) = {entries}."
        )
    if not is_symmetric(indptr, indices):
        raise ParameterError(
            "the pattern is not that of a symmetric matrix: give both triangles, a full "
            "diagonal, and row indices in ascending order in every column."
        )
