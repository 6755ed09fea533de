"""The pseudospectral matrix whose eigenvalues approach the characteristic roots.

Only signals that some delayed term reads have a history: z = V^T y, with as many columns as the
rank of the delayed rows. Delays of very different length have separate meshes, so that few nodes
resolve a short loop beside a long one.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from panjabi.delay.roots.system import Floats, LinearDelaySystem
    from panjabi.delay.roots.taps import Taps

SPREAD = 5.0  # delays within this factor share one mesh


@cache
def chebyshev(nodes: int) -> tuple[Floats, Floats, Floats]:
    """Nodes on [-1, 0] from 0 to -1, barycentric weights, differentiation matrix; nodes + 1."""
    j = np.arange(nodes + 1)
    x = 0.5 * (np.cos(np.pi * j / nodes) - 1.0)
    # Differences of nodes by the product of sines, which does not cancel.
    half = np.pi / (2.0 * nodes)
    gap = np.sin((j[:, None] + j) * half) * np.sin((j - j[:, None]) * half)
    w = (-1.0) ** j
    w[0], w[-1] = 0.5 * w[0], 0.5 * w[-1]
    np.fill_diagonal(gap, 1.0)
    D = w / w[:, None] / gap
    np.fill_diagonal(D, 0.0)
    np.fill_diagonal(D, -D.sum(axis=1))
    return x, w, D


def interpolation(x: Floats, w: Floats, at: float) -> Floats:
    """Row that gives a polynomial's value at a point from its values at the nodes."""
    gap = at - x
    hit = np.abs(gap) < 1e-15
    if hit.any():
        return hit.astype(float)
    row = w / gap
    return row / row.sum()


def history_length(system: LinearDelaySystem) -> float:
    """Longest delay [s]; zero where nothing is delayed."""
    delay = system.taps.delay
    return float(delay.max()) if delay.size else 0.0


def groups(taps: Taps) -> list[np.ndarray]:
    """Indices of taps that share a mesh: delays within a factor of the group's longest."""
    order = np.argsort(-taps.delay, kind="stable")
    meshes: list[list[int]] = []
    for i in order:
        if meshes and taps.delay[meshes[-1][0]] <= SPREAD * taps.delay[i]:
            meshes[-1].append(int(i))
        else:
            meshes.append([int(i)])
    return [np.array(members) for members in meshes]


def signals(state: Floats, rate: Floats) -> Floats:
    """Orthonormal V (c, r) that spans the signals of the rows."""
    both = np.concatenate([state, rate])
    largest = np.abs(both).max(axis=1)  # first, because the square of a small number can be zero
    both = both[largest > 0.0] / largest[largest > 0.0][:, None]
    both /= np.linalg.norm(both, axis=1)[:, None]
    _, strength, Vt = np.linalg.svd(both, full_matrices=False)
    return Vt[strength > 1e-13 * strength[0]].T


def generator(system: LinearDelaySystem, nodes: int) -> Floats:
    """The matrix on `nodes` + 1 Chebyshev nodes per group; the first node is the present state."""
    taps: Taps = system.taps
    n = system.size
    parts = []
    size = n
    for members in groups(taps):
        basis = signals(taps.state[members], taps.rate[members])
        V = np.zeros((n, basis.shape[1]))
        V[taps.columns] = basis
        parts.append((members, basis, V, size))
        size += nodes * basis.shape[1]
    G = np.zeros((size, size))
    G[:n, :n] = taps.now
    x, w, D = chebyshev(nodes)
    for members, basis, V, start in parts:
        r = basis.shape[1]
        length = float(taps.delay[members].max())
        past = slice(start, start + nodes * r)
        state, rate = taps.state[members] @ basis, taps.rate[members] @ basis
        rows = np.zeros((n, nodes + 1, r))
        for i, tap in enumerate(members):
            here = interpolation(x, w, -float(taps.delay[tap]) / length)
            slope = here @ D / length
            rows[taps.rows[tap]] += here[:, None] * state[i] + slope[:, None] * rate[i]
        G[:n, :n] += rows[:, 0] @ V.T
        G[:n, past] = rows[:, 1:].reshape(n, nodes * r)
        moved = D / length
        G[past, past] = np.kron(moved[1:, 1:], np.eye(r))
        G[past, :n] = np.kron(moved[1:, :1], V.T)
    G[:n] = np.linalg.solve(taps.mass, G[:n])
    return G
