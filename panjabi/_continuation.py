"""Following the curve F(x) = 0 of n equations in n + 1 unknowns: predictor and corrector.

Pseudo-arc-length continuation (Keller 1977): a step along the tangent, then Newton's method in the
plane normal to it. The equations supply their exact Jacobian. Scale the unknowns so that a step
length means about the same in each of them. Nothing here depends on the meaning of the curve.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError, ParameterError

Floats = NDArray[np.float64]

Equations = Callable[[Floats], tuple[Floats, Floats]]
"""x (n + 1,) -> F (n,) and its Jacobian (n, n + 1)."""

CORRECTIONS = 12  # most Newton steps back to the curve
ZERO = 1e-11  # residual over the largest entry of the Jacobian that counts as zero
SHORTEST = 1e-7  # shortest step over the first step; below it the search fails


@dataclass(frozen=True, eq=False)
class Point:
    """A point of a curve."""

    x: Floats  # (n + 1,)
    jacobian: Floats  # (n, n + 1) at x
    corrections: int  # number of Newton steps


def correct(
    equations: Equations, x: Floats, normal: Floats, *, largest: float = 0.5
) -> Point | None:
    """The point of the curve in the plane through x with this normal; None where Newton fails.

    largest : largest change of an unknown in one Newton step; a larger one counts as failure.
    """
    start, step, previous = x, np.full(len(x), np.inf), np.inf
    for count in range(CORRECTIONS + 1):
        try:
            F, J = equations(x)
            off = float(normal @ (x - start))
            size = float(np.abs(F).max())
            if size <= ZERO * float(np.abs(J).max()) and abs(off) <= 1e-10:
                return Point(x, J, count)
            if count == CORRECTIONS and np.abs(step).max() < 1e-10:  # only rounding is left
                return Point(x, J, count)
            if not np.isfinite(size) or (count > 2 and size > 10.0 * previous):
                return None
            previous = size
            step = cast(Any, np.linalg.solve(np.vstack([J, normal]), -np.append(F, off)))
        except (np.linalg.LinAlgError, ParameterError):  # for example impossible parameters
            return None
        if not np.isfinite(step).all() or np.abs(step).max() > largest:
            return None
        x = x + step
    return None


def tangent(jacobian: Floats, along: Floats | None = None) -> Floats:
    """Unit tangent (n + 1,) of a curve from its Jacobian, in the sense of `along`."""
    if along is None:
        return np.linalg.svd(jacobian)[2][-1]
    right = np.zeros(len(along))
    right[-1] = 1.0
    t = cast(Any, np.linalg.solve(np.vstack([jacobian, along]), right))
    return t / np.linalg.norm(t)


class Follower:
    """A point on a curve that advances by steps of adapted length.

    Parameters
    ----------
    lost : returns the error to raise when no step from the point x succeeds.
    turn : cosine of the largest angle between successive tangents.
    grow : factor on the step length after a quick correction.
    """

    def __init__(
        self,
        equations: Equations,
        x: Floats,
        direction: Floats,
        *,
        step: float,
        longest: float,
        lost: Callable[[Floats], ConvergenceError],
        turn: float = -1.0,
        grow: float = 1.5,
        largest: float = 0.5,
    ) -> None:
        self.equations, self.x, self.tangent, self.step = equations, x, direction, step
        self._longest, self._shortest, self._lost = longest, SHORTEST * step, lost
        self._turn, self._grow, self._largest = turn, grow, largest

    @property
    def predicted(self) -> Floats:
        """One step along the tangent."""
        return self.x + self.step * self.tangent

    def advance(self, allowed: Callable[[Floats], bool] = lambda x: True) -> Point | None:
        """The next point; None where the step failed, and the next step is half as long.

        Raises
        ------
        ConvergenceError
            If even the shortest step fails.
        """
        point = correct(self.equations, self.predicted, self.tangent, largest=self._largest)
        if point is not None and allowed(point.x):
            t = tangent(point.jacobian, self.tangent)
            if t @ self.tangent >= self._turn:
                self.x, self.tangent = point.x, t
                quick = point.corrections <= 4
                self.step = min(self.step * (self._grow if quick else 0.7), self._longest)
                return point
        self.step *= 0.5
        if self.step < self._shortest:
            raise self._lost(self.x)
        return None


def follow_in_box(
    follower: Follower, *, points: int, stop: Callable[[Floats], bool] = lambda x: False
) -> tuple[list[Floats], str]:
    """Points of the curve, start included, while the first two unknowns lie from 0 to 1.

    The second value is the reason for the end: "edge" of the box, "closed" curve, "stop" (the last
    point fulfils `stop`) or "points" (the number of points is reached).
    """
    start = follower.x
    curve = [start]
    while len(curve) < points:
        if not inside_box(follower.predicted):
            last = on_edge(follower.equations, follower.x, follower.predicted)
            if last is not None and np.linalg.norm(last - follower.x) < 2.0 * follower.step:
                return [*curve, last], "edge"
        length = follower.step
        if follower.advance(inside_box) is None:
            continue
        curve.append(follower.x)
        if stop(follower.x):
            return curve, "stop"
        if len(curve) > 4 and np.linalg.norm(follower.x - start) < 0.6 * length:
            return curve, "closed"
    return curve, "points"


def inside_box(x: Floats) -> bool:
    """Whether the first two unknowns lie from 0 to 1."""
    return bool(np.all(x[:2] >= -1e-12) and np.all(x[:2] <= 1.0 + 1e-12))


def on_edge(equations: Equations, inside: Floats, outside: Floats) -> Floats | None:
    """The point of the curve on the edge of the box between two points; None if it has none."""
    move = outside[:2] - inside[:2]
    part = np.where(outside[:2] < 0.0, -inside[:2], 1.0 - inside[:2])
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where((outside[:2] < 0.0) | (outside[:2] > 1.0), part / move, np.inf)
    axis = int(np.argmin(part))
    guess = inside + min(max(float(part[axis]), 0.0), 1.0) * (outside - inside)
    guess[axis] = 0.0 if outside[axis] < 0.0 else 1.0
    point = correct(equations, guess, np.eye(len(guess))[axis], largest=0.2)
    return point.x if point is not None and inside_box(point.x) else None
