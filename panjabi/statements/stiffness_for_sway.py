"""The stiffness that a reflex needs beside it for a sway, and the co-contraction that gives it.

On the axis, s = i w, the characteristic equation is linear in the stiffness K,

    K = -(J s^2 + B s + g (k_p + k_v s) exp(-s T) / (T_a s + 1)),

so every value of K with a root on it is found among the real ones of the right side
(D-subdivision); which side of each has how many roots follows from the speed of the root. Within
the stable range the variance falls and then rises; the first stiffness that is enough is taken.
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

GRID = np.geomspace(1e-4, 1.0, 80)[:-1]  # places in a stable range, denser at its lower end
HIGHEST = 400.0  # frequency looked at [rad/s]
POINTS = 1500


@dataclass(frozen=True)
class StiffnessRange:
    """Stiffness between which every root lies left of the axis [N m/rad]."""

    least: float
    most: float


def stable_ranges(trunk: ReducedTrunk, *, share: float, delay: float) -> tuple[StiffnessRange, ...]:
    """The ranges of stiffness K at which the trunk is stable, rising.

    share : of the intact reflex, gain times strength [1]; delay : of the loop [s].
    """
    J, B = trunk.inertia, trunk.damping
    kp, kv, lag = share * trunk.stretch_gain, share * trunk.rate_gain, trunk.activation_time

    def right_side(s: Complexes) -> tuple[Complexes, Complexes]:
        """K(s) and its derivative with s."""
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
    moving = np.sign(np.real(slope))  # of ds/dK = 1/(dK/ds): where the root goes as K grows
    step = moving * np.where(np.imag(s) == 0.0, 1, 2)
    order = np.argsort(K)
    count = 1  # far below every K one root runs away
    found: list[StiffnessRange] = []
    for i, k in enumerate(order):
        count += int(step[k])
        if count == 0:
            upper = K[order[i + 1]] if i + 1 < len(order) else math.inf
            found.append(StiffnessRange(float(K[k]), float(upper)))
    return tuple(found)


def required_stiffness(
    trunk: ReducedTrunk, *, sway: float, share: float, delay: float, noise: Noise
) -> tuple[float, float]:
    """Least stiffness K at which the trunk sways no more than `sway` [rad], and the next too large.

    (nan, nan) where no stiffness does it.
    """
    loop = StanceLoop(0.0, share * trunk.stretch_gain, share * trunk.rate_gain, delay)
    for found in stable_ranges(trunk, share=share, delay=delay):
        top = min(found.most, found.least + trunk.muscle_stiffness + 10.0 * trunk.stretch_gain)
        grid = found.least + (top - found.least) * GRID
        enough = variances(trunk, loop, grid, noise) <= sway**2
        if enough.any():
            break
    else:
        return math.nan, math.nan
    first = int(np.argmax(enough))
    last = len(grid) if enough[first:].all() else first + int(np.argmin(enough[first:]))

    def edge(inside: float, outside: float) -> float:
        """Where the variance is just small enough."""
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
    """Least co-contraction (k,) that gives a stiffness [N m/rad] at passive losses (k,); nan: none.

    Stiffness rises with co-contraction, so halving the bracket ends at rounding.
    """
    strength = 1.0 - strength_loss
    left = 1.0 - np.asarray(passive_loss, float)

    def surplus(a: Floats) -> Floats:
        pressed = trunk.weight_compression + strength * a * trunk.muscle_compression
        factor = 1.0 - trunk.preload_gain * np.expm1(-pressed / trunk.preload_scale)
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
