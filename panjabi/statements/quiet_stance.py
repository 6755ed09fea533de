"""Sway of a trunk in quiet stance: standard deviation of its angle, exact for the linear system.

White torque w disturbs the body, white noise n the sensed angle. With H = 1/(J s^2 + B s + K + G)
and G the reflex with delay and lag,

    angle = H (w - G n),     variance = integral of |H|^2 (S_w + |G|^2 S_n) over the frequency.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.delay.roots.response import require_stable
from panjabi.parameter import Parameter, assumed
from panjabi.results import ShortRepr
from panjabi.stability.one_joint_trunk import ReducedTrunk

Floats = NDArray[np.float64]


BAND = "rms within a band of 1 Hz"
TORQUE = assumed(1.0, "N m", BAND)
SENSOR = assumed(0.1, "deg", BAND)


@dataclass(frozen=True, repr=False)
class Noise(ShortRepr):
    """Strength of both noises as the standard deviation within a band of 1 Hz; assumed."""

    torque: Parameter = TORQUE
    sensor: Parameter = SENSOR


@dataclass(frozen=True)
class StanceLoop:
    """Parameters of the variance in addition to inertia, damping and lag."""

    stiffness: float  # [N m/rad]
    stretch_gain: float  # [N m/rad]
    rate_gain: float  # [N m s/rad]
    delay: float  # [s]


@cache
def _nodes() -> tuple[Floats, Floats]:
    """Frequencies [rad/s] and weights [Hz] that resolve resonance and delay."""
    edges = np.concatenate([np.linspace(0.0, 60.0, 121), np.geomspace(60.0, 3000.0, 50)[1:]])
    z, weight = np.polynomial.legendre.leggauss(6)
    half = 0.5 * np.diff(edges)
    w = (edges[:-1] + half)[:, None] + half[:, None] * z
    return w.ravel(), (half[:, None] * weight).ravel() / (2.0 * math.pi)


def loop_of(trunk: ReducedTrunk) -> StanceLoop:
    """Stiffness, gains and delay of a trunk."""
    scale, delay = trunk.gain * trunk.strength, trunk.delay + trunk.extra_delay
    gains = (scale * trunk.stretch_gain, scale * trunk.rate_gain)
    return StanceLoop(trunk.stiffness, *gains, delay)


def variances(
    trunk: ReducedTrunk, loop: StanceLoop, stiffness: ArrayLike, noise: Noise, *, rise: float = 1.0
) -> Floats:
    """Variance of the angle (k,) [rad2] at stiffnesses (k,), for which the loop must be stable.

    rise : factor on the power of the sensor noise [1].
    """
    w, weight = _nodes()
    K = np.atleast_1d(np.asarray(stiffness, float))[:, None]
    rest, G = _parts(trunk, loop, w)
    power = noise.torque.si**2 + rise * noise.sensor.si**2 * np.abs(G) ** 2
    return (power / np.abs(rest + K) ** 2) @ weight


def variance_slopes(
    trunk: ReducedTrunk, loop: StanceLoop, noise: Noise, *, rise: float = 1.0
) -> tuple[float, dict[str, float]]:
    """Variance [rad2] and its exact derivatives with respect to the loop's values and `rise`."""
    w, weight = _nodes()
    rest, G = _parts(trunk, loop, w)
    s = 1j * w
    H = 1.0 / (rest + loop.stiffness)
    late = np.exp(-s * loop.delay) / (trunk.activation_time * s + 1.0)
    size, sensed = np.abs(H) ** 2, rise * noise.sensor.si**2
    power = noise.torque.si**2 + sensed * np.abs(G) ** 2
    slopes = {}
    moves = {"stiffness": None, "stretch_gain": late, "rate_gain": s * late, "delay": -s * G}
    for name, dG in moves.items():
        change = np.ones_like(s) if dG is None else dG
        change_of_power = -2.0 * size * (H * change).real * power
        if dG is not None:
            change_of_power = change_of_power + size * 2.0 * sensed * (G.conj() * dG).real
        slopes[name] = float(change_of_power @ weight)
    slopes["rise"] = float((size * noise.sensor.si**2 * np.abs(G) ** 2) @ weight)
    return float((size * power) @ weight), slopes


def trunk_sway(trunk: ReducedTrunk, noise: Noise | None = None, *, rise: float = 1.0) -> float:
    """Standard deviation of the angle [rad].

    rise : factor on the power of the sensor noise [1].

    Raises
    ------
    UnstableError
        If the trunk is unstable.
    """
    require_stable(trunk.system(), "a sway")
    loop = loop_of(trunk)
    return math.sqrt(float(variances(trunk, loop, loop.stiffness, noise or Noise(), rise=rise)[0]))


def _parts(trunk: ReducedTrunk, loop: StanceLoop, w: Floats) -> tuple[NDArray, NDArray]:
    """J s^2 + B s + G (without K), and G, at s = i w."""
    s = 1j * w
    G = (loop.stretch_gain + loop.rate_gain * s) * np.exp(-s * loop.delay)
    G = G / (trunk.activation_time * s + 1.0)
    return trunk.inertia * s**2 + trunk.damping * s + G, G
