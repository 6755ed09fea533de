"""Curves in the plane of two deficits on which a trunk of one co-contraction sways just so much.

Pseudo-arc-length continuation with the exact gradient of the variance; seeds are changes of sign on
lines across the box.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panjabi.stability.one_joint_trunk import ReducedTrunk
from panjabi.statements.quiet_stance import Noise, loop_of, variance_slopes, variances
from panjabi.statements.required import stable_ranges

Floats = NDArray[np.float64]

STEP = 0.02  # in shares of the box
LINES = 9  # across the box, each way
PLACES = 60  # on a line
MOST = 2000  # points a curve
SAME = 0.5 * STEP


def level_curves(
    trunk: ReducedTrunk,
    names: tuple[str, str],
    box: tuple[tuple[float, float], tuple[float, float]],
    aim: float,
    noise: Noise,
) -> tuple[Floats, ...]:
    """Curves (m, 2) on which the sway is `aim` [rad] at the co-contraction of the trunk."""
    low, high = np.array(box, float).T
    size = high - low

    def at(u: Floats) -> ReducedTrunk:
        return trunk.changed(**dict(zip(names, map(float, low + u * size), strict=True)))

    def level(u: Floats) -> float:
        """log of variance over aim; large where the trunk falls."""
        here = at(u)
        ranges = stable_ranges(
            here, share=here.gain * here.strength, delay=here.delay + here.extra_delay
        )
        if not any(r.least < here.stiffness < r.most for r in ranges):
            return 50.0
        loop = loop_of(here)
        return float(np.log(variances(here, loop, loop.stiffness, noise)[0] / aim**2))

    def gradient(u: Floats) -> Floats:
        here = at(u)
        value, by = variance_slopes(here, loop_of(here), noise)
        slopes = [sum(by[k] * v for k, v in here.slopes(n).items()) for n in names]
        return np.array(slopes) * size / value

    curves: list[Floats] = []
    for k in range(LINES):
        across = (k + 0.5) / LINES
        for axis in (0, 1):
            seeds = np.full((PLACES, 2), across)
            seeds[:, axis] = np.linspace(0.0, 1.0, PLACES)
            values = np.array([level(u) for u in seeds])
            for j in np.flatnonzero(np.sign(values[1:]) != np.sign(values[:-1])):
                u = _halved(level, seeds[j], seeds[j + 1])
                if abs(level(u)) > 1e-6 or any(
                    np.linalg.norm(c - u, axis=1).min() < SAME for c in curves
                ):
                    continue
                ahead, back = (_walk(level, gradient, u, side) for side in (1.0, -1.0))
                curves.append(np.array([*back[::-1], u, *ahead]))
    return tuple(low + c * size for c in curves)


def _halved(level, one: Floats, other: Floats) -> Floats:
    """Where the level is zero between two places of different sign."""
    side = np.sign(level(one))
    for _ in range(50):
        middle = 0.5 * (one + other)
        if np.sign(level(middle)) == side:
            one = middle
        else:
            other = middle
    return 0.5 * (one + other)


def _walk(level, gradient, start: Floats, side: float) -> list[Floats]:
    """Points from a start along the curve to the edge of the box, or round it."""
    points: list[Floats] = []
    u, before = start, None
    for _ in range(MOST):
        g = gradient(u)
        along = side * np.array([-g[1], g[0]]) / np.linalg.norm(g)
        if before is not None and along @ before < 0.0:
            along = -along
        new = u + STEP * along
        leaves = np.any(new < 0.0) or np.any(new > 1.0)
        if leaves:
            room = np.where(along > 0.0, 1.0 - u, -u) / np.where(along == 0.0, np.inf, along)
            new = np.clip(u + max(float(room[room > 0.0].min(initial=STEP)), 0.0) * along, 0, 1)
        for _ in range(12):
            value = level(new)
            if value >= 50.0:
                return points
            if abs(value) < 1e-10:
                break
            g = gradient(new)
            g = g * np.isin(new, (0.0, 1.0), invert=True) if leaves else g
            new = np.clip(new - value * g / max(float(g @ g), 1e-300), 0.0, 1.0)
        points.append(new)
        if leaves or (len(points) > 3 and np.linalg.norm(new - start) < 0.6 * STEP):
            return points
        u, before, side = new, along, 1.0
    return points
