"""Libraries that factor a symmetric positive definite matrix, with a common interface.

Each backend analyses the pattern in its constructor. ``refactor(data, shift)``
returns whether matrix + shift * identity is positive definite. ``solve`` takes
(n,) or (n, m). ``pivots`` returns the squared diagonal of the factor by unknown, and
``twin`` another factor for the same pattern. ``solves_per_factorisation`` is the cost of
one factorisation in solves, measured at 1e3 to 3e5 unknowns.
"""

from __future__ import annotations

from copy import copy
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Backend(Protocol):
    """Factorisation of a sparse symmetric matrix, whose lower triangle has a fixed pattern."""

    def __init__(self, indptr: Ints, indices: Ints, coordinates: Floats | None) -> None: ...
    def refactor(self, data: Floats, shift: float) -> bool: ...
    def solve(self, b: Floats) -> Floats: ...
    def pivots(self) -> Floats: ...
    def twin(self) -> Backend: ...

    solves_per_factorisation: int


class Dense:
    """LAPACK on the full matrix: no overhead, cubic cost."""

    solves_per_factorisation = 1

    def __init__(self, indptr: Ints, indices: Ints, coordinates: Floats | None) -> None:
        from scipy.linalg import get_lapack_funcs

        n = len(indptr) - 1
        self._potrf, self._potrs = get_lapack_funcs(("potrf", "potrs"), dtype=np.float64)
        self._values = np.zeros(n * n)
        self._matrix = self._values.reshape((n, n), order="F")
        self._place = indices + np.repeat(np.arange(n), np.diff(indptr)) * n

    def twin(self) -> Dense:
        twin = copy(self)
        twin._values = np.zeros_like(self._values)
        twin._matrix = twin._values.reshape(self._matrix.shape, order="F")
        return twin

    def refactor(self, data: Floats, shift: float) -> bool:
        self._values[self._place] = data
        self._values[:: len(self._matrix) + 1] += shift
        self._factor, info = self._potrf(self._matrix, lower=1, clean=0)
        return info == 0

    def solve(self, b: Floats) -> Floats:
        return self._potrs(self._factor, b, lower=1)[0].reshape(b.shape)

    def pivots(self) -> Floats:
        return np.diag(self._factor) ** 2


class Multifrontal:
    """The Cholesky factorisation of this package (`fascia.sparse.multifrontal`)."""

    def __init__(self, indptr: Ints, indices: Ints, coordinates: Floats | None) -> None:
        from fascia.sparse import multifrontal
        from fascia.sparse.symbolic import analyse

        self._kernels = multifrontal
        self._fronts = analyse(indptr, indices, coordinates)
        self._panels = np.empty(self._fronts.panel[-1])
        self._blas = multifrontal.blas_addresses()
        # in a small system the calls around a solve cost as much as the factor
        self.solves_per_factorisation = 1 if len(indptr) <= 1000 else 5

    def twin(self) -> Multifrontal:
        twin = copy(self)
        twin._panels = np.empty_like(self._panels)
        return twin

    def refactor(self, data: Floats, shift: float) -> bool:
        stack = np.empty(int(self._fronts.stack.sum()))
        with self._kernels.one_blas_thread():
            bad = self._kernels.factorise(
                self._fronts, data, shift, self._panels, stack, self._blas
            )
        return bad < 0

    def solve(self, b: Floats) -> Floats:
        order = self._fronts.order
        out = np.empty_like(b)
        if b.ndim == 1:
            x = b[order]
            self._kernels.solve_in_place(self._fronts, self._panels, x, np.empty(len(x)))
            out[order] = x
            return out
        for i in range(b.shape[1]):
            out[:, i] = self.solve(b[:, i])
        return out

    def pivots(self) -> Floats:
        ordered = np.empty(len(self._fronts.order))
        self._kernels.pivots(self._fronts, self._panels, ordered)
        out = np.empty_like(ordered)
        out[self._fronts.order] = ordered
        return out


class SuperLU:
    """SciPy's SuperLU in symmetric mode with the ordering of this package, for comparison."""

    solves_per_factorisation = 20

    def __init__(self, indptr: Ints, indices: Ints, coordinates: Floats | None) -> None:
        from scipy.sparse import csc_matrix

        from fascia.sparse.ordering import fill_reducing_order

        n = len(indptr) - 1
        self._order = fill_reducing_order(indptr, indices, coordinates)
        rank = np.empty(n, np.int64)
        rank[self._order] = np.arange(n)
        columns = np.repeat(np.arange(n), np.diff(indptr))
        number = np.arange(1.0, len(indices) + 1.0)
        self._matrix = csc_matrix((number, (rank[indices], rank[columns])), shape=(n, n))
        self._gather = self._matrix.data.astype(np.int64) - 1
        inside = np.repeat(np.arange(n), np.diff(self._matrix.indptr))
        self._diagonal = np.flatnonzero(self._matrix.indices == inside)

    def twin(self) -> SuperLU:
        twin = copy(self)
        twin._matrix = self._matrix.copy()
        return twin

    def refactor(self, data: Floats, shift: float) -> bool:
        from scipy.sparse.linalg import splu

        self._matrix.data[:] = data[self._gather]
        self._matrix.data[self._diagonal] += shift
        try:
            self._factor = splu(
                self._matrix,
                permc_spec="NATURAL",
                diag_pivot_thresh=0.0,
                options={"SymmetricMode": True},
            )
        except RuntimeError:  # exactly singular
            return False
        # without row exchanges the pivots have the signs of the eigenvalues
        straight = np.array_equal(self._factor.perm_r, np.arange(len(self._order)))
        self._pivots = self._factor.U.diagonal()
        return bool(straight and (self._pivots > 0.0).all())

    def solve(self, b: Floats) -> Floats:
        out = np.empty_like(b)
        out[self._order] = self._factor.solve(b[self._order])
        return out

    def pivots(self) -> Floats:
        out = np.empty(len(self._order))
        out[self._order] = self._pivots
        return out


class Pardiso:
    """Intel's Pardiso through `pypardiso` (extra ``pardiso``); the analysis is kept."""

    solves_per_factorisation = 4

    def __init__(self, indptr: Ints, indices: Ints, coordinates: Floats | None) -> None:
        try:
            from pypardiso.pardiso_wrapper import (  # pyright: ignore[reportMissingImports]
                PyPardisoError,
                PyPardisoSolver,
            )
        except ImportError as error:
            raise ParameterError(
                "Expected pypardiso for backend 'pardiso', got no such package; install the extra "
                "'pardiso', or use 'multifrontal', which needs no extra package."
            ) from error
        from scipy.sparse import csr_matrix

        n = len(indptr) - 1
        columns = np.repeat(np.arange(n), np.diff(indptr))
        self._gather = np.flatnonzero(indices >= columns)  # lower triangle by columns ...
        start = np.searchsorted(self._gather, indptr)
        lower = (np.zeros(len(self._gather)), indices[self._gather], start)
        self._matrix = csr_matrix(lower, shape=(n, n))  # ... is the upper triangle by rows
        self._diagonal = start[:-1]
        self._solver = PyPardisoSolver(mtype=2)
        self._solver.set_iparm(1, 1)  # use the settings below instead of the defaults
        self._solver.set_iparm(2, 2)  # nested dissection
        self._solver.set_iparm(24, 0)
        self._error = PyPardisoError
        self._analysed = False
        self._pattern = indptr, indices

    def twin(self) -> Pardiso:
        return Pardiso(*self._pattern, None)  # the library's handle cannot be shared

    def _run(self, phase: int, b: Floats) -> Floats:
        self._solver.set_phase(phase)
        return self._solver._call_pardiso(self._matrix, b)  # the public method analyses each time

    def refactor(self, data: Floats, shift: float) -> bool:
        self._matrix.data[:] = data[self._gather]
        self._matrix.data[self._diagonal] += shift
        nothing = np.zeros(len(self._diagonal))
        try:
            self._run(22 if self._analysed else 12, nothing)
        except self._error as error:
            if error.value in (-4, -7):  # zero or negative pivot
                self._analysed = True
                return False
            raise
        self._analysed = True
        return True

    def solve(self, b: Floats) -> Floats:
        return self._run(33, np.asfortranarray(b))

    def pivots(self) -> Floats:
        raise ParameterError(
            "Expected a backend with pivots, got 'pardiso', which does not return them; use "
            "'multifrontal'."
        )

    def __del__(self) -> None:
        if getattr(self, "_analysed", False):
            self._solver.free_memory(everything=True)


class Cholmod:
    """SuiteSparse CHOLMOD through scikit-sparse, if that is installed."""

    solves_per_factorisation = 5

    def __init__(self, indptr: Ints, indices: Ints, coordinates: Floats | None) -> None:
        try:
            from sksparse.cholmod import (  # pyright: ignore[reportMissingImports]
                CholmodNotPositiveDefiniteError,
                analyze,
            )
        except ImportError as error:
            raise ParameterError(
                "Expected scikit-sparse (before 0.5) for backend 'cholmod', got no such package; "
                "install it, or use 'multifrontal', which needs no extra package."
            ) from error
        from scipy.sparse import csc_matrix

        n = len(indptr) - 1
        self._bad = CholmodNotPositiveDefiniteError
        self._matrix = csc_matrix((np.ones(len(indices)), indices, indptr), shape=(n, n))
        self._factor = analyze(self._matrix, mode="supernodal")

    def twin(self) -> Cholmod:
        twin = copy(self)
        twin._matrix = self._matrix.copy()
        twin._factor = self._factor.copy()
        return twin

    def refactor(self, data: Floats, shift: float) -> bool:
        self._matrix.data[:] = data
        try:
            self._factor.cholesky_inplace(self._matrix, beta=shift)
            self._factor.D()  # an indefinite matrix may only be noticed here
        except self._bad:
            return False
        return True

    def solve(self, b: Floats) -> Floats:
        return self._factor(b)

    def pivots(self) -> Floats:
        diagonal = self._factor.D()
        out = np.empty(len(diagonal))
        out[self._factor.P()] = diagonal
        return out


BACKENDS: dict[str, type[Backend]] = {
    "dense": Dense,
    "multifrontal": Multifrontal,
    "superlu": SuperLU,
    "pardiso": Pardiso,
    "cholmod": Cholmod,
}
