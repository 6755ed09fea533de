"""Hysteresis: Maxwell branches and friction elements, parallel to the relaxed law.

Both are springs in series with a dashpot, and have the same state, the stretch y of the spring:

    dy/dt = dx/dt - (y / T) |y / Y|^(m - 1)

A Maxwell branch has m = 1: its moment relaxes with the time T. A friction element has a large m: it
is a spring until its stretch comes near Y, then it slides with a moment that hardly depends on the
rate, and at rest it keeps most of this moment for hours. At the reference rate v0 it slides with
the stretch Y, so T = Y / v0. For m to infinity it is a play element (elastic, perfectly plastic),
and several in parallel are an Iwan model. For finite m it is smooth, so it has a derivative.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Hysteresis(ShortRepr):
    """Branches and friction elements by axis, each with a stretch as state, and viscous damping.

    Branch j on axis i has the moment stiffness[i][j] y_ij and the time times[j]. Friction element j
    on axis i has the moment friction[i][j] y_ij and slides at the stretch yields[i][j]. Damping
    adds the moment damping[i] dx_i/dt. All of them dissipate energy in every motion.
    """

    times: tuple[float, ...] = ()  # relaxation times [s], assumed
    stiffness: tuple[tuple[float, ...], ...] = ((), (), ())  # [N m/rad], fitted
    damping: tuple[float, float, float] = (0.0, 0.0, 0.0)  # [N m s/rad], assumed, to be varied
    friction: tuple[tuple[float, ...], ...] = ((), (), ())  # [N m/rad] while stuck, fitted
    yields: tuple[tuple[float, ...], ...] = ((), (), ())  # [rad], assumed
    exponent: float = 12.0  # m of the friction elements, 6 to 24; assumed
    rate: float = math.radians(0.5)  # v0, at which they slide with the stretch Y [rad/s], assumed

    def __post_init__(self) -> None:
        if len(self.stiffness) != 3 or any(len(s) != len(self.times) for s in self.stiffness):
            raise ParameterError(
                "Expected stiffness of the branches for three axes with one value for each of "
                f"{len(self.times)} times, got {self.stiffness}; give 0 for a branch that an axis "
                "does not have."
            )
        sizes = {len(row) for row in (*self.friction, *self.yields)}
        if len(self.friction) != 3 or len(self.yields) != 3 or len(sizes) != 1:
            raise ParameterError(
                "Expected friction and yields for three axes with equally many elements, got "
                f"{self.friction} and {self.yields}; give 0 for an element that an axis does not "
                "have."
            )
        numbers = (*self.damping, *(k for s in (*self.stiffness, *self.friction) for k in s))
        above = (*self.times, *(y for row in self.yields for y in row), self.rate)
        if not (all(t > 0.0 for t in above) and all(v >= 0.0 for v in numbers)):
            raise ParameterError(
                "Expected times, yields and rate above 0, and stiffness, friction and damping from "
                f"0, got times {self.times} s, yields {self.yields} rad, rate {self.rate:g} rad/s, "
                f"stiffness {self.stiffness}, friction {self.friction}, damping {self.damping}; "
                "correct the values (others would produce energy)."
            )
        if not 1.0 < self.exponent < math.inf:
            raise ParameterError(
                f"Expected an exponent of friction above 1, got {self.exponent:g}; give 6 to 24."
            )

    @property
    def count(self) -> int:
        """Number of states of an axis: branches, then friction elements."""
        return len(self.times) + len(self.yields[0])

    @property
    def springs(self) -> Array:
        """Stiffness of the springs (3, count) [N m/rad]: branches, then friction elements."""
        return np.array([[*s, *f] for s, f in zip(self.stiffness, self.friction, strict=True)])

    @property
    def decay(self) -> tuple[Array, Array, Array]:
        """T [s], Y [rad] and m - 1 [1] of every state, each (3, count)."""
        n = len(self.times)
        time = np.array([[*self.times, *(y / self.rate for y in row)] for row in self.yields])
        size = np.array([[*[1.0] * n, *row] for row in self.yields])
        power = np.zeros((3, self.count))
        power[:, n:] = self.exponent - 1.0
        return time.reshape(3, -1), size.reshape(3, -1), power
