"""Delay spectra: the lumped trunk against a plain pseudospectral code, and a lumbar-sized model.

The peer is the textbook method: one Chebyshev mesh for every state, eigenvalues, no refinement.
The table shows its error and its time. Target: the rightmost roots of a model of hundreds of
states with a delay for each muscle in under 2 s.
"""

from __future__ import annotations

from timing import seconds

# isort: split
import numpy as np

from panjabi.delay.roots import (
    DelayTerm,
    LinearDelaySystem,
    characteristic_roots,
    count_unstable,
    delay_margin,
    stability_map,
)
from panjabi.spine import equilibrium, trunk_family, trunk_set
from panjabi.spine.linear_system import linear_system


def plain(A0: np.ndarray, A1: np.ndarray, delay: float, nodes: int) -> np.ndarray:
    """Eigenvalues of the generator with the whole state on every node."""
    n = len(A0)
    x = np.cos(np.pi * np.arange(nodes + 1) / nodes)
    c = np.array([2.0, *np.ones(nodes - 1), 2.0]) * (-1.0) ** np.arange(nodes + 1)
    gap = x[:, None] - x + np.eye(nodes + 1)
    D = np.outer(c, 1.0 / c) / gap
    D -= np.diag(D.sum(axis=1))
    G = np.kron(D * 2.0 / delay, np.eye(n))
    G[:n] = 0.0
    G[:n, :n], G[:n, -n:] = A0, A1
    return np.linalg.eigvals(G)


def lumbar_sized(joints: int = 18, muscles: int = 244, seed: int = 1) -> LinearDelaySystem:
    """Random spine with a lag and a separate delay for every muscle, 2 joints + muscles states."""
    rng = np.random.default_rng(seed)
    n = 2 * joints + muscles
    L = rng.normal(size=(joints, joints)) / np.sqrt(joints)
    J = np.diag(rng.uniform(0.02, 0.5, joints))
    K, B = 60.0 * (L @ L.T) + 40.0 * np.eye(joints), 2.0 * np.eye(joints)
    arms = rng.normal(scale=0.03, size=(muscles, joints))
    E, A = np.eye(n), np.zeros((n, n))
    q, w, a = slice(0, joints), slice(joints, 2 * joints), slice(2 * joints, n)
    E[w, w], A[q, w] = J, np.eye(joints)
    A[w, q], A[w, w] = -K, -B
    A[w, a], A[a, a] = -arms.T, -np.eye(muscles) / 0.015
    terms = []
    for m, delay in enumerate(rng.uniform(0.02, 0.06, muscles)):
        past = np.zeros((n, n))
        past[2 * joints + m, q] = 60.0 * arms[m] / 0.015
        past[2 * joints + m, w] = 4.0 * arms[m] / 0.015
        terms.append(DelayTerm(float(delay), past))
    return LinearDelaySystem(mass=E, now=A, delayed=tuple(terms))


def main() -> None:
    system = linear_system(equilibrium(trunk_set("T1", delay=0.1)))
    A0, A1 = system.now, system.delayed[0].state
    exact = characteristic_roots(system, count=2, nodes=60).rightmost
    ours = seconds(lambda: characteristic_roots(system, count=2), 50)
    error = abs(characteristic_roots(system, count=2).rightmost - exact)
    print(f"trunk, rightmost pair            {1e3 * ours:9.2f} ms   error {error:.1e}")
    for nodes in (10, 20, 40):
        took = seconds(lambda nodes=nodes: plain(A0, A1, 0.1, nodes), 50)
        error = float(np.abs(plain(A0, A1, 0.1, nodes) - exact).min())
        print(
            f"  plain, {nodes:2} nodes                {1e3 * took:9.2f} ms   error {error:.1e}   "
            f"ours / plain {ours / took:.1f}"
        )
    print(
        f"trunk, unstable roots counted    {1e3 * seconds(lambda: count_unstable(system)):9.2f} ms"
    )
    filtered = linear_system(equilibrium(trunk_set("T1", filter_time=0.015)))
    print(
        f"trunk with lag, delay margin     {1e3 * seconds(lambda: delay_margin(filtered)):9.2f} ms"
    )
    family = trunk_family("T1", "stretch_gain", "delay")
    box = ((0.0, 1200.0), (0.0, 0.3))
    took = seconds(lambda: stability_map(family, box), 3)
    print(f"trunk, map of gain and delay     {1e3 * took:9.0f} ms")
    large = lumbar_sized()
    took = seconds(lambda: characteristic_roots(lumbar_sized(), count=6), 3)
    result = characteristic_roots(large, count=6)
    print(
        f"{large.size} states, {len(large.delayed)} delays, 6 roots  {1e3 * took:9.0f} ms   "
        f"residual {result.residual.max():.1e}   within 2 s: {'yes' if took < 2.0 else 'no'}"
    )


if __name__ == "__main__":
    main()
