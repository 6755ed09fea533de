"""Number of roots right of a line, by the argument principle: a check that needs no root.

h(s) = det(F(s)^-1 M(s)) / (s - x + a)^n with F = E - sum N_j exp(-s T_j) tends to 1 at infinity.
Its phase at s = x, followed continuously from infinity along the line, is pi times the number of
roots to the right.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from panjabi.delay.roots.system import Complexes, Floats, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError

FAR = 20.0  # multiple of the bound on the roots
TURN = 0.7  # largest change of phase between two points [rad]
BOUND_STEPS = 60
LARGEST_BLOCK = 2_000_000  # numbers in a stack of matrices
CLOSEST = 1e-10  # spacing, as a fraction of the bound, at which a root counts as on the line


def count_unstable(system: LinearDelaySystem) -> int:
    """Number of roots with positive real part."""
    return count_right_of(system, 0.0)


def count_right_of(system: LinearDelaySystem, real_part: float) -> int:
    """Number of roots s with Re s > real_part, with their multiplicity.

    Raises
    ------
    ParameterError
        For a neutral system in which infinitely many roots may lie there.
    ConvergenceError
        If a root lies on the line to within rounding, so that the number is undecided.
    """
    if not np.isfinite(real_part):
        raise ParameterError(
            f"Expected real_part as a finite number in 1/s, got {real_part!r}; give 0 to count "
            "unstable roots."
        )
    x, n = float(real_part), system.size
    bound = root_bound(system, x)
    far = FAR * bound
    taps = system.taps
    longest = float(taps.delay.max()) if taps.delay.size else 0.0
    w = [np.zeros(1), np.geomspace(1e-4 * bound, far, 160)]
    if longest:
        turns = min(0.5 * bound, 60.0 / longest)
        w.append(np.arange(0.0, turns, 0.3 / longest))
    w = np.unique(np.concatenate(w))
    phase, pace = _phase(system, x, w, bound)
    while True:
        gap = np.diff(w)
        change = np.angle(np.exp(1j * np.diff(phase)))
        wide = np.maximum(pace[1:], pace[:-1]) * gap > TURN
        wide |= np.abs(change) > TURN
        if not wide.any():
            break
        if gap[wide].min() < CLOSEST * bound:
            at = w[:-1][wide][np.argmin(gap[wide])]
            raise ConvergenceError(
                f"Expected no root on the line Re s = {x:g}, got one to within rounding near "
                f"{at:.6g} rad/s, so the roots right of the line cannot be counted; move the "
                "line or change a parameter."
            )
        more = w[:-1][wide] + 0.5 * gap[wide]
        phase_more, pace_more = _phase(system, x, more, bound)
        order = np.argsort(np.concatenate([w, more]))
        w = np.concatenate([w, more])[order]
        phase = np.concatenate([phase, phase_more])[order]
        pace = np.concatenate([pace, pace_more])[order]
    # At the far end every factor of h is close to 1: the sum of principal phases is the right one.
    last = x + 1j * w[-1]
    F = _difference_part(system, np.array([last]))[0]
    factors = np.linalg.eigvals(np.linalg.solve(F, system.matrix(last))) / last
    end = float(np.angle(factors).sum()) - n * float(np.angle((last - x + bound) / last))
    at_line = end - float(change.sum())
    number = at_line / np.pi
    if abs(number - round(number)) > 0.05:
        raise ConvergenceError(
            f"Expected a whole number of roots right of {x:g}, got {number:.3f} from the phase, "
            "because a root is close to the line or the matrices are badly scaled; move the "
            "line."
        )
    return round(number)


def root_bound(system: LinearDelaySystem, real_part: float) -> float:
    """Upper bound on |s| of the roots right of the line [1/s].

    M(s) v = 0 with the moduli of its entries limits |s| to the spectral radius of
    (I - sum |N|)^-1 (|A0| + sum |A_j|), with delayed parts times exp(-x T_j).
    """
    from scipy.sparse import csr_matrix

    taps, n = system.taps, system.size
    grown = np.exp(-real_part * taps.delay)
    if np.array_equal(taps.mass, np.eye(n)):
        A, into = np.abs(taps.now), np.zeros((n, len(grown)))
        into[taps.rows, np.arange(len(grown))] = grown
    else:
        E = np.linalg.inv(taps.mass)
        A, into = np.abs(E @ taps.now), grown * np.abs(E[:, taps.rows])
    late = csr_matrix(into)
    A[:, taps.columns] += late @ np.abs(taps.state)
    if np.any(taps.rate):
        N = np.zeros((n, n))
        N[:, taps.columns] = late @ np.abs(taps.rate)
        if np.abs(np.linalg.eigvals(N)).max() >= 1.0:
            raise ParameterError(
                "Expected delayed accelerations with a gain below the inertia, got a neutral "
                f"system that may have infinitely many roots right of {real_part:g}; put a "
                "filter between drive and force."
            )
        A = np.linalg.solve(np.eye(n) - N, A)
    return max(_radius_bound(csr_matrix(A)), abs(real_part), 1e-12)


def _radius_bound(A: Any) -> float:
    """Upper bound on the spectral radius of a sparse matrix without negative entries.

    For every positive vector x the largest (A x)_i / x_i is one (Collatz and Wielandt); x
    approaches the eigenvector.
    """
    x = np.ones(A.shape[0])
    bound = np.inf
    for _ in range(BOUND_STEPS):
        y = A @ x
        bound = min(bound, float((y / x).max()))
        x = x + y / max(bound, 1e-300)
        x = np.maximum(x / x.max(), 1e-12)
    return bound


def _difference_part(system: LinearDelaySystem, s: Complexes) -> Complexes:
    """F(s) = E - sum N_j exp(-s T_j), (k, n, n)."""
    taps = system.taps
    F = np.broadcast_to(taps.mass.astype(complex), (len(s), *taps.mass.shape)).copy()
    if np.any(taps.rate):
        away = np.exp(-s[:, None] * taps.delay)[:, :, None] * taps.rate
        np.subtract.at(F, taps.places, away)
    return F


def _phase(system: LinearDelaySystem, x: float, w: Floats, shift: float) -> tuple[Floats, Floats]:
    """Phase of h at x + i w, and a bound on how fast it turns [s]."""
    block = max(1, LARGEST_BLOCK // system.size**2)
    if len(w) > block:
        parts = [_phase(system, x, w[k : k + block], shift) for k in range(0, len(w), block)]
        return np.concatenate([p for p, _ in parts]), np.concatenate([q for _, q in parts])
    s = x + 1j * w
    M, F = system.matrix(s), _difference_part(system, s)
    taps = system.taps
    sign = np.linalg.slogdet(M)[0] / np.linalg.slogdet(F)[0]
    phase = np.angle(sign) - system.size * np.angle(s - x + shift)
    with np.errstate(all="ignore"):
        inverse = np.linalg.solve(M, system.matrix_rate(s))
    pace = np.abs(np.trace(inverse, axis1=1, axis2=2) - system.size / (s - x + shift))
    if np.any(taps.rate):
        away = np.exp(-s[:, None] * taps.delay)[:, :, None] * taps.rate * taps.delay[:, None]
        dF = np.zeros_like(F)
        np.add.at(dF, taps.places, away)
        pace = pace + np.abs(np.trace(np.linalg.solve(F, dF), axis1=1, axis2=2))
    return phase, pace
