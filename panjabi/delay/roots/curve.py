"""Curves in the plane of two parameters along which a root stays on the imaginary axis.

Unknowns are the two parameters, as fractions of their box, and the frequency. For a curve of zero
roots the frequency is fixed at zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from panjabi._continuation import (
    Equations,
    Floats,
    Follower,
    correct,
    follow_in_box,
    tangent,
)
from panjabi.delay.roots.axis import Crossing, bordered, crossings_along, edges
from panjabi.delay.roots.family import Family, ParameterLine
from panjabi.errors import ConvergenceError
from panjabi.results import ShortRepr

TURN = 0.995  # cosine of the largest turn in a step: a chord is within 4e-4 of its arc


@dataclass(frozen=True, eq=False, repr=False)
class BoundaryCurve(ShortRepr):
    """Parameters at which a pair of roots (or a real one) lies on the imaginary axis."""

    points: Floats  # (m, 2) the two parameters
    frequency: Floats  # (m,) [rad/s]; zeros for a curve of zero roots
    normal: Floats  # (m - 1, 2) of every segment, in fractions of the box, to more unstable roots
    residual: float  # largest of M(i w) v over the size of its terms
    closed: bool
    end: str  # "edge", "closed", "frequency zero" or "points": reason of its end

    @property
    def roots(self) -> int:
        """Number of roots that cross the axis there: 2, or 1 for a zero root."""
        return 2 if np.any(self.frequency > 0.0) else 1


class BoundaryTracer:
    """Boundaries of a two-parameter family over a box, as curves in fractions of the box."""

    def __init__(self, family: Family, low: Floats, high: Floats) -> None:
        self.family, self.low, self.size = family, low, high - low

    def parameters(self, fraction: Floats) -> Floats:
        """The parameters at a point in fractions of the box."""
        return self.low + fraction * self.size

    def equations(self, scale: float) -> Equations:
        """The condition on z = (fraction, fraction, frequency / scale), or without a frequency.

        The borders of the first point are kept, so that the residual is smooth along a curve.
        """
        borders = None

        def at(z: Floats) -> tuple[Floats, Floats]:
            nonlocal borders
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
                return np.array([here.g.real]), np.array([[b.real for b in by]])
            by.append(1j * scale * here.slope(system.matrix_rate(s)))
            J = np.array([[b.real for b in by], [b.imag for b in by]])
            return np.array([here.g.real, here.g.imag]), J

        return at

    def normal(self, fraction: Floats, frequency: float) -> tuple[Floats, float]:
        """d(Re s)/d(fractions), and the residual of the root."""
        p = self.parameters(fraction)
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
        t0 = tangent(self.equations(scale)(z0)[1])
        ahead, end = self._half(z0, t0, scale, step, limit)
        if end == "closed":
            return self._curve([*ahead, z0], scale, True, end)
        back, other = self._half(z0, -t0, scale, step, limit)
        ends = {end, other}
        reason = next((e for e in ("frequency zero", "points") if e in ends), "edge")
        return self._curve([*reversed(back[1:]), *ahead], scale, False, reason)

    def _half(
        self, z: Floats, t: Floats, scale: float, step: float, limit: int
    ) -> tuple[list[Floats], str]:
        """The curve from a point in one direction."""
        follower = Follower(
            self.equations(scale), z, t, step=step, longest=step, lost=self._lost, turn=TURN,
            grow=1.4, largest=0.2,
        )  # fmt: skip
        points, end = follow_in_box(
            follower, points=limit, stop=lambda z: len(z) == 3 and z[2] <= 0.0
        )
        if end == "stop" or (len(z) == 3 and points[-1][2] <= 0.0):
            points[-1] = self._to_zero(points[-2], points[-1] - points[-2], scale)
            return points, "frequency zero"
        return points, end

    def _lost(self, z: Floats) -> ConvergenceError:
        return ConvergenceError(
            f"Expected a stability boundary that continues at {self.parameters(z[:2])} of "
            f"{self.family.names}, got none, perhaps at a singular point where boundaries touch; "
            "use a smaller step or another box."
        )

    def _to_zero(self, z: Floats, move: Floats, scale: float) -> Floats:
        """The limit of vanishing frequency, from two points near it (even in the frequency)."""
        ends = []
        for small in (2e-3, 1e-3):
            guess = z + (small - z[2]) / move[2] * move
            guess[2] = small
            point = correct(self.equations(scale), guess, np.array([0.0, 0.0, 1.0]), largest=0.2)
            if point is None:
                return z
            ends.append(point.x)
        limit = (4.0 * ends[1] - ends[0]) / 3.0
        limit[2] = 0.0
        return limit

    def _curve(self, zs: list[Floats], scale: float, closed: bool, end: str) -> BoundaryCurve:
        z = np.array(zs)
        w = scale * z[:, 2] if z.shape[1] == 3 else np.zeros(len(z))
        normal, residual = self.normals(z[:, :2], w)
        return BoundaryCurve(self.parameters(z[:, :2]), w, normal, residual, closed, end)

    def normals(self, fractions: Floats, frequency: Floats) -> tuple[Floats, float]:
        """Normal of every segment, at its middle; the largest residual of the vertices."""
        middle = 0.5 * (fractions[1:] + fractions[:-1])
        w = 0.5 * (frequency[1:] + frequency[:-1])
        normal = [self.normal(p, v)[0] for p, v in zip(middle, w, strict=True)]
        residual = [self.normal(p, v)[1] for p, v in zip(fractions, frequency, strict=True)]
        return np.array(normal), max(residual)


def on_line(
    family: Family, start: Floats, end: Floats, *, steps: int
) -> list[tuple[Floats, Crossing]]:
    """Crossings on the straight line between two points of the parameters, with those points."""
    line = ParameterLine(family, start, end - start)
    return [
        (np.asarray(line.point(c.value), np.float64), c)
        for c in crossings_along(line, 0.0, 1.0, steps=steps)
    ]
