"""Criteria of effort: sums of powers of x = active force / maximal force.

Each gives what a certificate needs: value, slope, and the minimum of value + linear term on a box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import unknown

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EffortCriterion:
    """sum x^power: 2 is least squares, 3 cubed stress (Fmax is proportional to muscle area)."""

    name: str
    power: int

    def value(self, x: Floats) -> float:
        """Effort [1]."""
        return float(np.sum(np.abs(x) ** self.power))

    def slope(self, x: Floats) -> Floats:
        """Derivative of the effort with respect to x, (m,) [1]."""
        return self.power * np.maximum(x, 0.0) ** (self.power - 1)

    def least_on_box(self, line: Floats, upper: Floats) -> float:
        """Minimum of sum x^p + line x over 0 <= x <= upper [1], for the bound of weak duality."""
        descent = np.maximum(-line, 0.0) / self.power
        x = np.minimum(descent ** (1.0 / (self.power - 1)), upper)
        return self.value(x) + float(line @ x)


SQUARES = EffortCriterion("squares", 2)
CUBIC = EffortCriterion("cubic", 3)
CRITERIA: dict[str, EffortCriterion] = {c.name: c for c in (SQUARES, CUBIC)}
"""squares (default) and cubic; without a floor these are the classical criteria."""


def criterion(name: str) -> EffortCriterion:
    """A criterion by name.

    Raises
    ------
    UnknownNameError
        If there is no such criterion.
    """
    if name not in CRITERIA:
        raise unknown("criterion of recruitment", name, CRITERIA)
    return CRITERIA[name]
