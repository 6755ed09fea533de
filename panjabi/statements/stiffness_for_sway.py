"""The stiffness needed in addition to a reflex for a target sway, and its co-contraction.

On the imaginary axis, s = i w, the characteristic equation is linear in the stiffness K,

    K = -(J s^2 + B s + g (k_p + k_v s) exp(-s T) / (T_a s + 1)),

so every K with a root on the axis is a real value of the right side (D-subdivision). The number of
unstable roots on each side of that K follows from the derivative of the root. Within a stable range
the variance first decreases and then increases; the smallest stiffness that is enough is returned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.stability.one_joint_trunk import ReducedTrunk
from panjabi.statements.quiet_stance import Noise, StanceLoop, variances

Floats = NDArray[np.float64]
Complexes = NDArray[Any]

GRID = np.geomspace(1e-4, 1.0, 80)[:-1]  # points in a stable range, denser at its lower end
HIGHEST = 400.0  # highest frequency of the search [rad/s]
POINTS = 1500


@dataclass(frozen=True)
class StiffnessRange:
    """A range of stiffness in which the trunk is stable [N m/rad]."""

    least: float
    most: float


def stable_ranges(trunk: ReducedTrunk, *, share: float, delay: float) -> tuple[StiffnessRange, ...]:
    """The ranges of stiffness K in which the trunk is stable, in rising order.

    share : reflex as a fraction of the intact reflex, gain times strength [1].
    delay : of the loop [s].
    """
    J, B = trunk.inertia, trunk.damping
    kp, kv, lag = share * trunk.stretch_gain, share * trunk.rate_gain, trunk.activation_time

    def right_side(s: Complexes) -> tuple[Complexes, Complexes]:
        """K(s) and its derivative with respect to s."""
        late = np.exp(-s * delay) / (lag * s + 1.0)
        drive = kp + kv * s
        slope = (kv - drive * (delay + lag / (lag * s + 1.0))) * late
        return -(J * s**2 + B * s + drive * late), -(2.0 * J * s + B + slope)

    w = np.linspace(0.0, HIGHEST, POINTS)[1:]
    value = np.imag(right_side(1j * w)[0])
    at = np.flatnonzero(np.sign(value[1:]) != np.sign(value[:-1]))
    low, high, side = w[at], w[at + 1], np.sign(value[at])
    for _ in range(48):
        middle = 0.5 * (low + high)
        same = np.sign(np.imag(right_side(1j * middle)[0])) == side
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    s = 1j * np.concatenate([[0.0], 0.5 * (low + high)])
    at_axis, slope = right_side(s)
    K = np.real(at_axis)
    moving = np.sign(np.real(slope))  # sign of Re ds/dK = Re 1/(dK/ds)
    step = moving * np.where(np.imag(s) == 0.0, 1, 2)
    order = np.argsort(K)
    count = 1  # for K far below the first crossing there is one unstable root
    ranges: list[StiffnessRange] = []
    for i, k in enumerate(order):
        count += int(step[k])
        if count == 0:
            upper = K[order[i + 1]] if i + 1 < len(order) else math.inf
            ranges.append(StiffnessRange(float(K[k]), float(upper)))
    return tuple(ranges)


def required_stiffness(
    trunk: ReducedTrunk, *, sway: float, share: float, delay: float, noise: Noise
) -> tuple[float, float]:
    """Smallest and largest stiffness K of the range with a sway of at most `sway` [rad] [N m/rad].

    share : reflex as a fraction of the intact reflex [1]. (nan, nan) if no stiffness is enough.
    """
    loop = StanceLoop(0.0, share * trunk.stretch_gain, share * trunk.rate_gain, delay)
    for stable in stable_ranges(trunk, share=share, delay=delay):
        top = min(stable.most, stable.least + trunk.muscle_stiffness + 10.0 * trunk.stretch_gain)
        grid = stable.least + (top - stable.least) * GRID
        enough = variances(trunk, loop, grid, noise) <= sway**2
        if enough.any():
            break
    else:
        return math.nan, math.nan
    first = int(np.argmax(enough))
    last = len(grid) if enough[first:].all() else first + int(np.argmin(enough[first:]))

    def edge(inside: float, outside: float) -> float:
        """Stiffness at which the variance equals sway^2."""
        for _ in range(40):
            middle = 0.5 * (inside + outside)
            if variances(trunk, loop, middle, noise)[0] <= sway**2:
                inside = middle
            else:
                outside = middle
        return inside

    low = edge(grid[first], grid[first - 1]) if first else float(grid[0])
    high = edge(grid[last - 1], grid[last]) if last < len(grid) else math.inf
    return low, high


def activation_for(
    trunk: ReducedTrunk, stiffness: float, *, passive_loss: Floats, strength_loss: float
) -> Floats:
    """Least co-contraction (k,) [1] for a stiffness [N m/rad] at passive losses (k,); nan: none.

    By bisection, since stiffness increases with co-contraction.
    """
    strength = 1.0 - strength_loss
    left = 1.0 - np.asarray(passive_loss, float)

    def surplus(a: Floats) -> Floats:
        compression = trunk.weight_compression + strength * a * trunk.muscle_compression
        factor = 1.0 - trunk.preload_gain * np.expm1(-compression / trunk.preload_scale)
        active = strength * a * trunk.muscle_stiffness
        return left * trunk.passive * factor + active - trunk.weight - stiffness

    low, high = np.zeros_like(left), np.ones_like(left)
    enough = surplus(low) >= 0.0
    never = surplus(high) < 0.0
    for _ in range(54):
        middle = 0.5 * (low + high)
        less = surplus(middle) < 0.0
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return np.where(never, np.nan, np.where(enough, 0.0, high))
