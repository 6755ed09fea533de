"""When a matrix that grows with a factor becomes positive semidefinite: exact, by eigenvalues."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FLAT = 1e-10
"""Eigenvalues of the growing part below this share of its largest count as zero."""


def least_factor(rest: Floats, growing: Floats) -> float:
    """Smallest x from 0 with rest + x growing >= 0, growing >= 0; inf if there is none.

    On the null space of the growing part nothing helps, so `rest` must be positive there; the
    remainder (its Schur complement) gives a generalised eigenvalue problem.
    """
    values, vectors = np.linalg.eigh(growing)
    helped = values > FLAT * max(float(values[-1]), 0.0)
    along, still = vectors[:, helped], vectors[:, ~helped]
    inner = along.T @ rest @ along
    if still.shape[1]:
        fixed = still.T @ rest @ still
        if np.linalg.eigvalsh(fixed)[0] <= 0.0:
            return 0.0 if np.linalg.eigvalsh(rest)[0] >= 0.0 else np.inf
        cross = along.T @ rest @ still
        inner = inner - cross @ np.linalg.solve(fixed, cross.T)
    if not helped.any():
        return 0.0
    root = 1.0 / np.sqrt(values[helped])
    return max(0.0, -float(np.linalg.eigvalsh(root[:, None] * inner * root)[0]))
