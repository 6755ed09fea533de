"""Sway of a spine at rest: standard deviation of a body's rotation under noise.

Motor noise e_m, sensory noise e_s and process noise e_p are independent Ornstein-Uhlenbeck
processes with the spread d and time constant T of their kind (`SpineNoise`), so the variance of a
rotation w y of the linear system M(s) y = sum of b e is

    variance = 1/pi integral of sum |w M(i omega)^-1 b|^2 2 d^2 T / (1 + (omega T)^2) d omega

from 0 to infinity. No run in time is needed. The steps of a run are left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from panjabi.delay.roots.condensed_spectrum import Condensed, border_states
from panjabi.delay.roots.system import UnstableError
from panjabi.neural.noise import SensoryNoise
from panjabi.parameter import assumed
from panjabi.results import Result, ShortRepr
from panjabi.spine.derivatives import jacobian
from panjabi.spine.levels import AXES, vertebrae_of
from panjabi.spine.linear_system import linear_system
from panjabi.spine.noise_paths import ProcessNoise, SpineNoise, process_spread, sensory_spread

if TYPE_CHECKING:
    from panjabi.spine.equilibrium_solver import Equilibrium
    from panjabi.spine.model import Spine

Floats = NDArray[np.float64]

BAND = "rms within a band of 1 Hz"
LOAD = assumed(1.0, "N m", f"{BAND}; moment on every angle of the trunk")
NECK_LOAD = assumed(0.1, "N m", f"{BAND}; on every angle of the neck, as its share of the margin")
SENSED = assumed(0.1, "deg", f"{BAND}; of every sensed angle")

RANGE = (1e-3, 400.0)  # frequencies [rad/s]
PANELS, ORDER = 100, 4  # of the Gauss-Legendre rule over the logarithm of the frequency
WORLD = (2, 0, 1)  # axis of FE, LB and AR in the world


@dataclass(frozen=True, repr=False)
class SpineSway(Result):
    """Standard deviations of the rotation of one body [rad]."""

    body: str
    axes: dict[str, float]  # of flexion-extension, lateral bending and axial rotation
    kinds: dict[str, float]  # of all axes, by kind of noise: motor, sensory, process

    @property
    def total(self) -> float:
        """Root of the sum of the variances of the three axes [rad]."""
        return math.hypot(*self.axes.values())

    def __str__(self) -> str:
        parts = ", ".join(f"{axis} {math.degrees(sd):.3g} deg" for axis, sd in self.axes.items())
        return f"sway of {self.body}: {parts}"


@dataclass(frozen=True, eq=False, repr=False)
class NoisySystem(ShortRepr):
    """Linear system of an equilibrium with its noise."""

    small: Condensed
    rows: Floats  # rotation of the body about the axes of AXES, per state (3, n)
    noise: dict[str, tuple[Floats, float]]  # kind -> inputs times their spread (n, k), time [s]
    body: str

    @cached_property
    def stable(self) -> bool:
        """Whether no root lies right of the imaginary axis."""
        return self.small.count_right_of(0.0) == 0

    def sway(self) -> SpineSway:
        """Sway, for a stable system only."""
        w, weight = _nodes()
        X = self.small.left(self.rows, 1j * w)
        variance: dict[str, Floats] = {}
        for kind, (inputs, time) in self.noise.items():
            density = 2.0 * time / (1.0 + (w * time) ** 2)
            power = (np.abs(X @ inputs) ** 2).sum(axis=2)
            variance[kind] = (weight * density) @ power / math.pi
        axes = np.sqrt(sum(variance.values(), np.zeros(3)))
        return SpineSway(
            self.body,
            dict(zip(AXES, axes.tolist(), strict=True)),
            {kind: math.sqrt(float(v.sum())) for kind, v in variance.items()},
        )


def spine_sway(
    rest: Equilibrium, noise: SpineNoise | None = None, *, body: str | None = None
) -> SpineSway:
    """Sway of a body at an equilibrium [rad]; by default of `swaying_body` in `quiet_noise`.

    Raises
    ------
    UnstableError
        If a root lies right of the imaginary axis.
    """
    system = noisy_system(rest, noise, body=body)
    if not system.stable:
        raise UnstableError(
            "Expected a stable equilibrium for a sway, got roots right of the imaginary axis; see "
            "verdict(spine), then change gains or co-contraction."
        )
    return system.sway()


def noisy_system(
    rest: Equilibrium, noise: SpineNoise | None = None, *, body: str | None = None
) -> NoisySystem:
    """The linear system of an equilibrium with its noise as inputs."""
    model = rest.model
    noise = noise or quiet_noise(model)
    body = body or swaying_body(model)
    derivative = jacobian(model, rest.state, friction="stuck")
    system = linear_system(rest)
    keep = np.flatnonzero(derivative.moving)
    rows = np.zeros((3, model.size))
    rows[:, model.slices["q"]] = turn_of(rest, body)
    inputs: dict[str, tuple[Floats, float]] = {}
    if noise.motor is not None and model.muscle_count:
        spread = noise.motor.sd(model.excitation)
        inputs["motor"] = derivative.commands * spread, noise.motor.time_constant
    if noise.sensory is not None and model.loop_count:
        spread = sensory_spread(model, noise.sensory)
        inputs["sensory"] = derivative.senses * spread, noise.sensory.time_constant
    if noise.process is not None:
        spread = process_spread(model, noise.process)
        inputs["process"] = derivative.inputs * spread, noise.process.time_constant
    rows = rows[:, keep]
    small = Condensed(system, (*border_states(system), *np.flatnonzero(rows.any(axis=0)).tolist()))
    return NoisySystem(small, rows, {k: (b[keep], t) for k, (b, t) in inputs.items()}, body)


def quiet_noise(model: Spine) -> SpineNoise:
    """Noise of quiet stance: motor noise by default, with `LOAD` or `NECK_LOAD`, and `SENSED`."""
    load = LOAD if swaying_body(model) == "T1" else NECK_LOAD
    return stance_noise(SENSED.si, load.si)


def stance_noise(sensed: float, load: float) -> SpineNoise:
    """Motor noise by default, with spreads of senses and of the moment in a band of 1 Hz.

    Such a spread is d 2 sqrt(T) of noise with the spread d and the time constant T.
    """
    time = 0.1  # time constant of both [s]
    return SpineNoise(
        sensory=SensoryNoise(proprioceptive=0.5 * sensed / math.sqrt(time), time_constant=time),
        process=ProcessNoise(moment=0.5 * load / math.sqrt(time), time_constant=time),
    )


def turn_of(rest: Equilibrium, body: str) -> Floats:
    """Rotation of a body about the axes of `AXES` per free coordinate (3, n) [1]."""
    turn = rest.model.dynamics.angular_velocity(rest.q, np.zeros_like(rest.q), body)[2]
    return turn[list(WORLD)]


def swaying_body(model: Spine) -> str:
    """The thorax (T1) where levels below it move, else the topmost body."""
    levels = [joint.unit.level for joint in model.joints]
    below = any(level[0] in "LT" and not level.startswith("T1-") for level in levels)
    return "T1" if below else vertebrae_of(levels[-1])[0]


def _nodes() -> tuple[Floats, Floats]:
    """Frequencies [rad/s] and weights of an integral over them."""
    z, weight = np.polynomial.legendre.leggauss(ORDER)
    edges = np.linspace(math.log(RANGE[0]), math.log(RANGE[1]), PANELS + 1)
    half = 0.5 * np.diff(edges)[:, None]
    w = np.exp(edges[:-1, None] + half * (1.0 + z)).ravel()
    return w, (half * weight).ravel() * w
