"""Frequencies at which a system with one delay can have a root on the imaginary axis.

Each comes with the phase w T modulo a full turn, so that the delays follow at once.
"""

from __future__ import annotations

import math

import numpy as np

from panjabi.delay.roots.system import Floats, LinearDelaySystem
from panjabi.delay.roots.taps import Taps
from panjabi.errors import ParameterError, unknown

LARGEST_KRONECKER = 16  # states; its eigenproblem has 2 n^2 of them
NEAR = 1e-5  # largest distance of a double solution from the axis or the unit circle

Phases = list[tuple[float, float]]


def crossing_phases(system: LinearDelaySystem, method: str = "exact") -> tuple[Phases | None, str]:
    """(w [rad/s], w T in (0, 2 pi]) of all crossings; None if no exact method applies."""
    if method not in ("exact", "kronecker"):
        raise unknown("method", method, ("exact", "kronecker", "continuation"))
    taps = system.taps
    if not taps.rows.size:  # the gains are zero: nothing is delayed
        return [], method
    if method == "exact":
        single = rank_one(taps)
        if single is not None:
            return hamiltonian(taps, *single), "hamiltonian"
    if system.size <= LARGEST_KRONECKER:
        return kronecker(taps), "kronecker"
    if method == "kronecker":
        raise ParameterError(
            f"Expected at most {LARGEST_KRONECKER} states for the Kronecker method, got "
            f"{system.size}; leave `method` out."
        )
    return None, "continuation"


def rank_one(taps: Taps) -> tuple[Floats, Floats, Floats] | None:
    """b (n,), r (n,), q (n,) with delayed part b (r + s q)^T; None at a higher rank."""
    both = np.concatenate([taps.state, taps.rate], axis=1)
    U, strength, Vt = np.linalg.svd(both, full_matrices=False)
    if strength.size > 1 and strength[1] > 1e-14 * strength[0]:
        return None
    n, c = len(taps.now), len(taps.columns)
    b, r, q = np.zeros(n), np.zeros(n), np.zeros(n)
    np.add.at(b, taps.rows, U[:, 0] * strength[0])
    r[taps.columns], q[taps.columns] = Vt[0, :c], Vt[0, c:]
    return b, r, q


def hamiltonian(taps: Taps, b: Floats, r: Floats, q: Floats) -> Phases:
    """Solutions of |g(i w)| = 1, g(s) = (r + s q)^T (s E - A0)^-1 b, and the phase of g.

    1 - g(-s) g(s) vanishes at eigenvalues of the Hamiltonian matrix of g; its feedthrough is
    q^T E^-1 b, the gain of the delayed acceleration as a fraction of the inertia.
    """
    A, b = np.linalg.solve(taps.mass, taps.now), np.linalg.solve(taps.mass, b)
    c, d = r + A.T @ q, float(q @ b)
    if abs(abs(d) - 1.0) < 1e-12:
        raise ParameterError(
            f"Expected a delayed acceleration with a gain below the inertia, got {abs(d):.6g} "
            "times the inertia, the limit of neutral stability; lower its gain or filter it."
        )
    u = np.concatenate([d * c, b]) / (1.0 - d * d)  # the loop signal from (x, p)
    H = np.zeros((2 * len(A), 2 * len(A)))
    n = len(A)
    H[:n, :n], H[n:, n:] = A, -A.T
    H[n:, :n] -= np.outer(c, c)
    H[:n] += np.outer(b, u)
    H[n:] -= d * np.outer(c, u)
    phases: Phases = []
    for value in np.linalg.eigvals(H):
        w = float(value.imag)
        if w <= 0.0 or abs(value.real) > NEAR * abs(value):
            continue
        g = d + complex(c @ np.linalg.solve(1j * w * np.eye(n) - A, b))
        phases.append((w, _turn(np.angle(g))))
    return phases


def kronecker(taps: Taps) -> Phases:
    """All z on the unit circle with det(i w F(z) - A(z)) = 0 for some real w, and its phase.

    With v the null vector, v x conj(v) solves a quadratic eigenproblem in z without w.
    """
    n = len(taps.now)
    E, A = taps.mass, taps.now
    S, N = np.zeros((n, n)), np.zeros((n, n))
    at = (taps.rows[:, None], taps.columns[None, :])
    np.add.at(S, at, taps.state)
    np.add.at(N, at, taps.rate)
    quadratic = np.kron(S, E) - np.kron(N, A)
    linear = np.kron(A, E) - np.kron(S, N) + np.kron(E, A) - np.kron(N, S)
    constant = np.kron(E, S) - np.kron(A, N)
    import scipy.linalg

    m = n * n
    left, right = np.zeros((2 * m, 2 * m)), np.eye(2 * m)
    left[:m, m:] = np.eye(m)
    left[m:, :m], left[m:, m:] = -constant, -linear
    right[m:, m:] = quadratic
    values = scipy.linalg.eigvals(left, right)
    phases: Phases = []
    for z in values[np.isfinite(values)]:
        if abs(abs(z) - 1.0) > 10.0 * NEAR:
            continue
        z = z / abs(z)
        for s in np.linalg.eigvals(np.linalg.solve(E - z * N, A + z * S)):
            if s.imag > 0.0 and abs(s.real) < 1e3 * NEAR * abs(s):
                phases.append((float(s.imag), _turn(-np.angle(z))))
    return phases


def _turn(angle: float) -> float:
    """The same angle in (0, 2 pi]."""
    turned = angle % (2.0 * math.pi)
    return turned if turned > 0.0 else 2.0 * math.pi
