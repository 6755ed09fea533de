"""Curves of constant sway in the plane of two deficits, at constant co-contraction.

Curves are followed with the exact gradient of the variance. They start at changes of sign on lines
across the box.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panjabi._continuation import Follower, follow_in_box, tangent
from panjabi.errors import ConvergenceError
from panjabi.stability.algebra import root
from panjabi.stability.one_joint_trunk import ReducedTrunk
from panjabi.statements.quiet_stance import Noise, loop_of, variance_slopes, variances
from panjabi.statements.stiffness_for_sway import stable_ranges

Floats = NDArray[np.float64]

STEP = 0.02  # along a curve, as a fraction of the box
LINES = 9  # across the box, in each direction
PLACES = 60  # points on a line
MOST = 2000  # points of a curve
FALLS = 50.0  # level of an unstable trunk
SAME = 0.5 * STEP  # distance below which a start lies on a known curve


def level_curves(
    trunk: ReducedTrunk,
    names: tuple[str, str],
    box: tuple[tuple[float, float], tuple[float, float]],
    aim: float,
    noise: Noise,
) -> tuple[Floats, ...]:
    """Curves (m, 2) with sway `aim` [rad] at the co-contraction of the trunk."""
    low, high = np.array(box, float).T
    size = high - low

    def at(u: Floats) -> ReducedTrunk:
        return trunk.changed(**dict(zip(names, map(float, low + u * size), strict=True)))

    def level(u: Floats) -> float:
        """Logarithm of variance over aim^2; large if the trunk is unstable."""
        here = at(u)
        ranges = stable_ranges(
            here, share=here.gain * here.strength, delay=here.delay + here.extra_delay
        )
        if not any(r.least < here.stiffness < r.most for r in ranges):
            return FALLS
        loop = loop_of(here)
        return float(np.log(variances(here, loop, loop.stiffness, noise)[0] / aim**2))

    def equations(u: Floats) -> tuple[Floats, Floats]:
        there = level(u)
        if there == FALLS:
            return np.array([np.inf]), np.zeros((1, 2))
        here = at(u)
        value, by = variance_slopes(here, loop_of(here), noise)
        slopes = [sum(by[k] * v for k, v in here.slopes(n).items()) for n in names]
        return np.array([there]), (np.array(slopes) * size / value)[None]

    def lost(u: Floats) -> ConvergenceError:
        return ConvergenceError(
            "Expected a next point on the curve of constant sway, got none beyond "
            f"{names} = {(low + u * size).tolist()}; choose another range of deficits or another "
            "co-contraction."
        )

    curves: list[Floats] = []
    for k in range(LINES):
        across = (k + 0.5) / LINES
        for axis in (0, 1):
            seeds = np.full((PLACES, 2), across)
            seeds[:, axis] = np.linspace(0.0, 1.0, PLACES)
            values = np.array([level(u) for u in seeds])
            for j in np.flatnonzero(np.sign(values[1:]) != np.sign(values[:-1])):
                seed, move = seeds[j], seeds[j + 1] - seeds[j]
                u = seed + move * root(lambda x, a=seed, d=move: level(a + x * d), 0.0, 1.0)
                if abs(level(u)) > 1e-6 or any(
                    np.linalg.norm(c - u, axis=1).min() < SAME for c in curves
                ):
                    continue
                t = tangent(equations(u)[1])
                halves = []
                for along in (t, -t):
                    follower = Follower(equations, u, along, step=STEP, longest=STEP, lost=lost)
                    halves.append(follow_in_box(follower, points=MOST))
                    if halves[-1][1] == "closed":
                        break
                (ahead, _), *back = halves
                curves.append(np.array([*(p for half, _ in back for p in half[:0:-1]), *ahead]))
    return tuple(low + c * size for c in curves)
