"""Energy terms of a spine in the potential of skeleton and network: units and passive muscles."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from panjabi.active.muscle_arrays import Musculature
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.results import ShortRepr
from panjabi.tissue.de_groote import DeGrooteCurves

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class UnitsTerm(ShortRepr):
    """Energy of functional spinal units over all coordinates of the body."""

    units: tuple[FunctionalSpinalUnit, ...]
    index: Ints  # (units, 3) of each unit's coordinates

    def energy(self, q: Floats) -> float:
        return sum(u.evaluate(q[i])[0] for u, i in zip(self.units, self.index, strict=True))

    def gradient(self, q: Floats) -> Floats:
        out = np.zeros_like(q)
        for unit, i in zip(self.units, self.index, strict=True):
            out[i] += unit.evaluate(q[i])[1]
        return out

    def hessian(self, q: Floats) -> Floats:
        out = np.zeros((len(q), len(q)))
        for unit, i in zip(self.units, self.index, strict=True):
            out[np.ix_(i, i)] += unit.evaluate(q[i])[2]
        return out


@dataclass(frozen=True, eq=False, repr=False)
class PassiveMusclesTerm(ShortRepr):
    """Energy of muscles without activation, with rigid tendons and the published passive curve.

    Fibre length f from the path at constant thickness, x = f / lopt, tension Fmax p(x) cos(a);
    since dL cos(a) = df the energy is Fmax lopt times the integral of p, in closed form for the
    exponential curve. Below the length where p is zero there is no tension.
    """

    muscles: Musculature
    index: Ints  # (n,) of its coordinates among the body's
    curves: DeGrooteCurves = field(default_factory=DeGrooteCurves.published)

    @cached_property
    def _curve(self) -> tuple[float, float, float, float]:
        """k / e_0, s, exp(k) - s, and the length where p is zero."""
        si = self.curves.parameters.si
        rate = si("k_pe") / si("e_0")
        start = float(np.exp(rate * (si("l_min") - 1.0)))
        return rate, start, float(np.exp(si("k_pe"))) - start, si("l_min")

    def _fibres(self, length: Floats) -> tuple[Floats, Floats, Floats]:
        """Fibre over optimal length, cos and sin of pennation."""
        m = self.muscles
        along = np.maximum(length - m.tendon_slack_length, 0.05 * m.optimal_length)
        thickness = m.optimal_length * np.sin(m.pennation)
        fibre = np.hypot(along, thickness)
        return fibre / m.optimal_length, along / fibre, thickness / fibre

    def tension(self, length: Floats) -> tuple[Floats, Floats]:
        """Tension [N] and its slope [N/m] of every muscle at path lengths (nm,)."""
        rate, start, scale, zero = self._curve
        m = self.muscles
        x, cosine, sine = self._fibres(length)
        on = x > zero
        grown = np.where(on, np.exp(rate * (np.maximum(x, zero) - 1.0)), 0.0)
        p, slope = np.where(on, grown - start, 0.0) / scale, rate * grown / scale
        stiffness = slope * cosine**2 + p * sine**2 / x
        return m.max_force * p * cosine, m.max_force * stiffness / m.optimal_length

    def energy(self, q: Floats) -> float:
        rate, start, scale, zero = self._curve
        m = self.muscles
        x = np.maximum(self._fibres(m.geometry(q[self.index]).length)[0], zero)
        grown = (np.exp(rate * (x - 1.0)) - np.exp(rate * (zero - 1.0))) / rate
        area = (grown - start * (x - zero)) / scale
        return float((m.max_force * m.optimal_length) @ area)

    def gradient(self, q: Floats) -> Floats:
        geometry = self.muscles.geometry(q[self.index])
        out = np.zeros_like(q)
        out[self.index] = geometry.slope.T @ self.tension(geometry.length)[0]
        return out

    def hessian(self, q: Floats) -> Floats:
        pose = self.muscles.pose(q[self.index])
        geometry = self.muscles.geometry(pose)
        tension, stiffness = self.tension(geometry.length)
        block = self.muscles.tension_curvature(pose, tension)
        block += geometry.slope.T @ (stiffness[:, None] * geometry.slope)
        out = np.zeros((len(q), len(q)))
        out[np.ix_(self.index, self.index)] = block
        return out
