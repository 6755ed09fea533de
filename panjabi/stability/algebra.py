"""Dense linear algebra for the Hessian: definiteness, generalised eigenvalues, null vectors.

Matrices have at most a few hundred rows. A factorisation is used instead of a full decomposition
where it is enough: on a busy machine a threaded eigenvalue solver takes longer than all the rest.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from panjabi.body.tree import Floats

DENSE = 32
"""Up to this number of rows, all eigenvectors cost no more time than the last eigenvector."""

FLAT = 1e-10
"""Eigenvalues of the growing part below this fraction of its largest count as zero."""


def solve(A: Any, b: Any) -> Floats:
    """x of A x = b."""
    return cast(Any, np.linalg.solve(A, b))


def definite(H: Floats) -> bool:
    """Whether all eigenvalues are positive."""
    try:
        np.linalg.cholesky(H)
    except np.linalg.LinAlgError:
        return False
    return True


def border(H: Floats, b: Floats) -> tuple[Floats, float]:
    """v and g of [[H, b], [b^T, 0]] (v, g) = (0, 1), after Griewank & Reddien (1984).

    g vanishes where H is singular; v is the null vector there, and the system stays regular.
    """
    n = len(b)
    border = np.zeros((n + 1, n + 1))
    border[:n, :n], border[:n, n], border[n, :n] = H, b, b
    solved = solve(border, np.append(np.zeros(n), 1.0))
    return solved[:n], float(solved[n])


def null_vector(H: Floats, guess: Floats) -> Floats:
    """Unit null vector of a singular H, from a guess that is not orthogonal to it."""
    for _ in range(3):
        v, _ = border(H, guess)
        guess = v / np.linalg.norm(v)
    return guess


def pencil(A: Floats, K: Floats, *, last: bool = False) -> tuple[Floats, Floats]:
    """Eigenvalues, rising, and vectors of A v = mu K v for symmetric A and definite K.

    last : compute only the largest; by the Lanczos method if the matrices are large.

    Raises
    ------
    numpy.linalg.LinAlgError
        If K is not positive definite.
    """
    L = np.linalg.cholesky(K)
    half = solve(L, A)
    reduced = solve(L, half.T)
    reduced = 0.5 * (reduced + reduced.T)
    if last and len(K) > DENSE:
        from scipy.sparse.linalg import ArpackNoConvergence, eigsh

        start = 1.0 + 0.5 * np.cos(2.4 * np.arange(len(K)))  # the same on every run
        try:
            values, vectors = cast(Any, eigsh(reduced, k=1, which="LA", v0=start))
        except ArpackNoConvergence:
            values, vectors = np.linalg.eigh(reduced)
    else:
        values, vectors = np.linalg.eigh(reduced)
    return values, solve(L.T, vectors)


def largest_mode(A: Floats, K: Floats, iterations: int = 60) -> tuple[float, Floats]:
    """Approximate largest eigenvalue of A v = mu K v and its unit vector, by the power method.

    This is accurate enough to identify the mode that loses stability. A full decomposition would
    take longer than following the path.
    """
    B = solve(K, A)
    v = np.cos(2.4 * np.arange(len(K)))
    mu, shift = 0.0, 0.0
    for _ in range(2):
        for _ in range(iterations):
            v = B @ v - shift * v
            size = float(np.linalg.norm(v))
            v /= size if size > 0.0 else 1.0
        mu = float(v @ B @ v)
        if mu >= 0.0 or shift:
            break
        shift = mu  # the eigenvalue largest in size was negative: iterate on B - shift I
    return mu, v


def least_factor(rest: Floats, growing: Floats) -> float:
    """Smallest x >= 0 for which rest + x growing is positive semidefinite; inf if there is none.

    `growing` must be positive semidefinite. On its null space x has no effect, so `rest` must be
    positive there; the Schur complement gives a generalised eigenvalue problem.
    """
    values, vectors = np.linalg.eigh(growing)
    affected = values > FLAT * max(float(values[-1]), 0.0)
    along, unaffected = vectors[:, affected], vectors[:, ~affected]
    inner = along.T @ rest @ along
    if unaffected.shape[1]:
        fixed = unaffected.T @ rest @ unaffected
        if np.linalg.eigvalsh(fixed)[0] <= 0.0:
            return 0.0 if np.linalg.eigvalsh(rest)[0] >= 0.0 else np.inf
        cross = along.T @ rest @ unaffected
        inner = inner - cross @ np.linalg.solve(fixed, cross.T)
    if not affected.any():
        return 0.0
    root = 1.0 / np.sqrt(values[affected])
    return max(0.0, -float(np.linalg.eigvalsh(root[:, None] * inner * root)[0]))


def root(
    function: Callable[[float], float], low: float, high: float, *, within: float = 1e-13
) -> float:
    """Zero of a function between two points at which its signs differ, by Brent's method."""
    from scipy.optimize import brentq

    return cast(float, brentq(cast(Any, function), low, high, xtol=within, rtol=cast(Any, 1e-12)))
