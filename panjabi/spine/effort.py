"""Effort of muscles, the one criterion by which activations are chosen.

    effort = sum of w a^p,    a the activation of the Hill law, w = Fmax (or the volume Fmax lopt)

The weight makes the effort independent of the cutting of a muscle into fascicles: parallel parts
with the same activation have the same effort as the whole. Recruitment (`panjabi.recruitment`) and
the equilibrium of a spine (`panjabi.spine.equilibrium`) use this criterion, and without a condition
on the stiffness also the same solver, `least_effort`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import unknown

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EffortCriterion:
    """sum w a^power with w = Fmax or Fmax times the optimal fibre length."""

    name: str
    power: int
    by_volume: bool
    unit: str  # of the effort

    def weights(self, max_force: Floats, optimal_length: Floats) -> Floats:
        """w of every muscle (m,): Fmax [N], or Fmax lopt [N m]."""
        return max_force * optimal_length if self.by_volume else max_force

    def value(self, a: Floats, weight: Floats) -> float:
        """Effort, in `unit`."""
        return float(weight @ np.abs(a) ** self.power)

    def slope(self, a: Floats, weight: Floats) -> Floats:
        """Derivative of the effort with respect to the activations (m,)."""
        sign = np.sign(a) if self.power % 2 == 0 else 1.0
        return self.power * weight * sign * np.abs(a) ** (self.power - 1)

    def least_on_box(self, line: Floats, weight: Floats, low: Floats, high: Floats) -> float:
        """Minimum of sum w |a|^p + line a over low <= a <= high, for the bound of weak duality."""
        w = np.where(weight > 0.0, weight, 1.0)
        size = (np.abs(line) / (self.power * w)) ** (1.0 / (self.power - 1))
        a = np.clip(-np.sign(line) * size, low, high)
        return self.value(a, weight) + float(line @ a)


SQUARES = EffortCriterion("squares", 2, by_volume=False, unit="N")
CUBE = EffortCriterion("cube", 3, by_volume=False, unit="N")
VOLUME = EffortCriterion("volume", 2, by_volume=True, unit="N m")
CRITERIA: dict[str, EffortCriterion] = {c.name: c for c in (SQUARES, CUBE, VOLUME)}
"""squares: sum Fmax a^2 (default); cube: sum Fmax a^3; volume: sum Fmax lopt a^2."""


def criterion_named(name: str) -> EffortCriterion:
    """A criterion by name.

    Raises
    ------
    UnknownNameError
        If there is no such criterion.
    """
    if name not in CRITERIA:
        raise unknown("criterion of effort", name, CRITERIA)
    return CRITERIA[name]


def least_effort(
    weight: Floats, G: Floats, wanted: Floats, low: Floats, high: Floats
) -> tuple[Floats, Floats, bool]:
    """min sum w a^2 with G a = wanted and low <= a <= high, by Newton's method on its dual.

    Parameters
    ----------
    weight : (m,) positive. G : (n, m) moment per activation [N m]. wanted : (n,) [N m].

    Returns the activations (m,), the multipliers x (n,) with a = clip(G^T x / w), and whether the
    limits allow a solution. If not, the activations are the nearest, and x is meaningless.
    """
    from scipy.optimize import lsq_linear

    per = G / weight

    def dual(x: Floats) -> tuple[float, Floats, Floats]:
        unclipped = per.T @ x
        a = np.clip(unclipped, low, high)
        return float(x @ wanted - (weight * a) @ (unclipped - 0.5 * a)), unclipped, a

    gram = per @ G.T
    ridge = 1e-10 * np.trace(gram) / len(wanted) * np.eye(len(wanted))
    x = cast(Floats, np.linalg.solve(gram + ridge, wanted))
    scale = max(1.0, float(np.abs(wanted).max(initial=0.0)))
    value, unclipped, a = dual(x)
    for _ in range(100):
        gap = wanted - G @ a
        if np.linalg.norm(gap) <= 1e-12 * scale:
            return a, x, True
        inside = (unclipped > low) & (unclipped < high)
        # with every activation at a limit: the steps of free activations, which are too short
        J: Floats = per[:, inside] @ G[:, inside].T if inside.any() else gram
        step = cast(Floats, np.linalg.solve(J + ridge, gap))
        fraction, rise, higher = 1.0, float(gap @ step), value
        while fraction > 1e-9:
            higher, unclipped, a = dual(x + fraction * step)
            if higher >= value + 1e-4 * fraction * rise - 1e-14 * abs(value):
                break
            fraction *= 0.5
        x, value = x + fraction * step, higher
    # does a solution exist?
    root = np.sqrt(weight)
    solution = lsq_linear(G / root, wanted, (low * root, high * root), method="bvls", tol=1e-14)
    nearest = np.clip(solution.x / root, low, high)
    return nearest, x, bool(np.linalg.norm(G @ nearest - wanted) <= 1e-8 * scale)
