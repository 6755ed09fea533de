"""Following where a root stays on the imaginary axis while two parameters change.

Unknowns are the two parameters, in shares of their box, and the frequency; pseudo-arc-length
continuation goes round folds. A curve of zero roots is the same with the frequency held at zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from panjabi.delay.roots.axis import Crossing, bordered, crossings_along, edges
from panjabi.delay.roots.family import Family, ParameterLine
from panjabi.delay.roots.system import Floats
from panjabi.errors import ConvergenceError, ParameterError

CORRECTIONS = 10
SHORTEST = 1e-5
TURN = 0.995  # cosine of the largest turn in a step: a chord is within 4e-4 of its arc


@dataclass(frozen=True, eq=False)
class BoundaryCurve:
    """Parameters at which a pair of roots (or a real one) lies on the imaginary axis."""

    points: Floats  # (m, 2) the two parameters
    frequency: Floats  # (m,) [rad/s]; zeros for a curve of zero roots
    normal: Floats  # (m - 1, 2) of every segment, in shares of the box, to more unstable roots
    residual: float  # largest of M(i w) v over the size of its terms
    closed: bool
    end: str  # "edge", "closed", "frequency zero" or "points": why it ends

    @property
    def roots(self) -> int:
        """How many roots change side at it: 2, or 1 for a zero root."""
        return 2 if np.any(self.frequency > 0.0) else 1


class Walker:
    """Predictor and corrector on one boundary of a two-parameter family over a box."""

    def __init__(self, family: Family, low: Floats, high: Floats) -> None:
        self.family, self.low, self.size = family, low, high - low

    def parameters(self, share: Floats) -> Floats:
        """The parameters at a point given in shares of the box."""
        return self.low + share * self.size

    def at(
        self, z: Floats, scale: float, borders: tuple | None = None
    ) -> tuple[Floats, Floats, tuple]:
        """Residual, Jacobian and borders; z = (share, share, frequency / scale) or without it."""
        p = self.parameters(z[:2])
        system = self.family.system(p)
        s = 1j * scale * z[2] if len(z) == 3 else 0j
        M = system.matrix(s)
        borders = borders or edges(M)
        here = bordered(M, *borders)
        by = [
            here.slope(system.parameter_rate(s, rate)) * size
            for rate, size in zip(self.family.rates(p), self.size, strict=True)
        ]
        if len(z) == 2:
            return np.array([here.g.real]), np.array([[b.real for b in by]]), borders
        by.append(1j * scale * here.slope(system.matrix_rate(s)))
        J = np.array([[b.real for b in by], [b.imag for b in by]])
        return np.array([here.g.real, here.g.imag]), J, borders

    def correct(self, z: Floats, t: Floats, scale: float) -> tuple[Floats, int] | None:
        """The curve's point in the plane across t through z, and the steps it took."""
        start, borders = z, None
        for count in range(CORRECTIONS):
            try:
                F, J, borders = self.at(z, scale, borders)
                step = np.linalg.solve(np.vstack([J, t]), -np.append(F, t @ (z - start)))
            except (np.linalg.LinAlgError, ParameterError):
                return None
            if not np.isfinite(step).all() or np.abs(step).max() > 0.2:
                return None
            z = z + step
            if np.abs(step).max() < 1e-13:
                return z, count
        return (z, CORRECTIONS) if np.abs(step).max() < 1e-10 else None

    def tangent(self, z: Floats, scale: float, along: Floats | None) -> Floats:
        """Unit tangent, on the side of `along`."""
        _, J, _ = self.at(z, scale)
        t = np.linalg.svd(J)[2][-1]
        return t if along is None or t @ along >= 0.0 else -t

    def normal(self, share: Floats, frequency: float) -> tuple[Floats, float]:
        """d(Re s)/d(shares), and the residual of the root."""
        p = self.parameters(share)
        system = self.family.system(p)
        s = 1j * float(frequency)
        M = system.matrix(s)
        b, c = edges(M)
        down = b.conj() @ system.matrix_rate(s) @ c
        gradient = [
            float((-(b.conj() @ system.parameter_rate(s, rate) @ c) / down).real) * size
            for rate, size in zip(self.family.rates(p), self.size, strict=True)
        ]
        return np.array(gradient), float(np.linalg.norm(M @ c)) / system.taps.scale(s)

    def follow(self, seed: Floats, frequency: float, step: float, limit: int) -> BoundaryCurve:
        """The whole curve through a point, in both directions, inside the box."""
        scale = frequency or 1.0
        z0 = np.append(seed, 1.0) if frequency else np.array(seed)
        t0 = self.tangent(z0, scale, None)
        ahead, end = self._walk(z0, t0, scale, step, limit)
        if end == "closed":
            return self._curve([*ahead, z0], scale, True, end)
        back, other = self._walk(z0, -t0, scale, step, limit)
        ends = {end, other}
        told = next((e for e in ("frequency zero", "points") if e in ends), "edge")
        return self._curve([*reversed(back[1:]), *ahead], scale, False, told)

    def _walk(
        self, z: Floats, t: Floats, scale: float, step: float, limit: int
    ) -> tuple[list[Floats], str]:
        points, length, start = [z], step, z
        longest = step
        while len(points) < limit:
            ahead = z + length * t
            if not _inside(ahead):
                last = self._to_edge(z, ahead, scale)
                if last is not None and np.linalg.norm(last - z) < 2.0 * length:
                    points.append(last)
                    return points, "edge"
            there = self.correct(ahead, t, scale)
            turned = None if there is None else self.tangent(there[0], scale, t)
            if there is None or turned is None or turned @ t < TURN or not _inside(there[0]):
                length *= 0.5
                if length < SHORTEST * step:
                    raise ConvergenceError(
                        f"a stability boundary was lost at {self.parameters(z[:2])} of "
                        f"{self.family.names}; possible: a singular point, where boundaries touch. "
                        "Take a smaller step or another box."
                    )
                continue
            new, count = there
            if len(new) == 3 and new[2] <= 0.0:
                points.append(self._to_zero(z, t, scale, z[2]))
                return points, "frequency zero"
            z, t = new, turned
            points.append(z)
            if len(points) > 4 and np.linalg.norm(z - start) < 0.6 * length:
                return points, "closed"
            length = min(length * (1.4 if count <= 3 else 0.8), longest)
        return points, "points"

    def _to_edge(self, inside: Floats, outside: Floats, scale: float) -> Floats | None:
        """The curve's point on the edge of the box between two points, if it is there."""
        move = outside[:2] - inside[:2]
        share = np.where(outside[:2] < 0.0, -inside[:2], 1.0 - inside[:2])
        with np.errstate(divide="ignore", invalid="ignore"):
            share = np.where((outside[:2] < 0.0) | (outside[:2] > 1.0), share / move, np.inf)
        axis = int(np.argmin(share))
        guess = inside + min(max(float(share[axis]), 0.0), 1.0) * (outside - inside)
        fixed = np.zeros(len(guess))
        fixed[axis] = 1.0
        guess[axis] = 0.0 if outside[axis] < 0.0 else 1.0
        there = self.correct(guess, fixed, scale)
        if there is None or not _inside(there[0]) or (len(guess) == 3 and there[0][2] <= 0.0):
            return None
        return there[0]

    def _to_zero(self, z: Floats, t: Floats, scale: float, frequency: float) -> Floats:
        """The limit of vanishing frequency, from two points near it (even in the frequency)."""
        fixed = np.array([0.0, 0.0, 1.0])
        ends = []
        for small in (2e-3, 1e-3):
            guess = z + (small - z[2]) / t[2] * t if abs(t[2]) > 1e-6 else z.copy()
            guess[2] = small
            there = self.correct(guess, fixed, scale)
            if there is None:
                return z
            ends.append(there[0])
        limit = (4.0 * ends[1] - ends[0]) / 3.0
        limit[2] = 0.0
        return limit

    def _curve(self, zs: list[Floats], scale: float, closed: bool, end: str) -> BoundaryCurve:
        z = np.array(zs)
        w = scale * z[:, 2] if z.shape[1] == 3 else np.zeros(len(z))
        normal, residual = self.normals(z[:, :2], w)
        return BoundaryCurve(self.parameters(z[:, :2]), w, normal, residual, closed, end)

    def normals(self, shares: Floats, frequency: Floats) -> tuple[Floats, float]:
        """Normal of every segment, at its middle; the largest residual of the vertices."""
        middle = 0.5 * (shares[1:] + shares[:-1])
        w = 0.5 * (frequency[1:] + frequency[:-1])
        normal = [self.normal(p, v)[0] for p, v in zip(middle, w, strict=True)]
        residual = [self.normal(p, v)[1] for p, v in zip(shares, frequency, strict=True)]
        return np.array(normal), max(residual)


def _inside(z: Floats) -> bool:
    edge = 1e-12
    return bool(np.all(z[:2] >= -edge) and np.all(z[:2] <= 1.0 + edge))


def on_line(
    family: Family, start: Floats, end: Floats, *, steps: int
) -> list[tuple[Floats, Crossing]]:
    """Crossings on the straight line between two points of the parameters, with those points."""
    line = ParameterLine(family, start, end - start)
    return [(line.point(c.value), c) for c in crossings_along(line, 0.0, 1.0, steps=steps)]
