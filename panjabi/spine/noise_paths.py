"""Motor, sensory and process noise of a run of a spine, as paths from a seed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from panjabi.cohort.random_numbers import generator, natural
from panjabi.errors import ParameterError
from panjabi.neural.loop_kernels import ANGLES, HEAD, MUSCLE, NoiseData
from panjabi.neural.noise import MotorNoise, NoisePath, SensoryNoise, band_limited
from panjabi.spine.model import Spine
from panjabi.tissue._base import require

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class ProcessNoise:
    """Moments on all free angles, independent of one another: breathing, heartbeat, small loads."""

    moment: float  # standard deviation [N m]
    time_constant: float = 0.1  # [s], assumed: 1.6 Hz

    def __post_init__(self) -> None:
        require("ProcessNoise", "moment", self.moment, unit="N m", at_least=0.0,
                advice="A spread is 0 or more.")  # fmt: skip
        require("ProcessNoise", "time_constant", self.time_constant, unit="s", above=0.0,
                advice="White noise has no finite spread.")  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SpineNoise:
    """Noise of a run: which kinds, the seed, and the step of the paths.

    Every path is an Ornstein-Uhlenbeck process of the time constant T of its kind, with corner
    1 / (2 pi T), sampled at `step` and linear in between, so nothing above 1 / (2 step) is resolved
    and the mean variance is up to step / (3 T) lower. Equal seeds give equal paths to the last bit;
    a longer run begins with the path of a shorter one, and a kind does not change the others.

    - motor: added to the command of every muscle before it saturates; the spread follows the
      excitation without noise. Also added to the moment of the loops on a coordinate, where it
      follows that moment.
    - sensory: the spread of a sensed angle, independent in every afferent. A muscle senses it as
      stretch through the root sum of squares of its moment arms at equilibrium, a loop from angles
      directly, a loop from the head as its angle, with the graviceptive spread. Loops from a
      compression have none.
    - process: moments on the free angles.
    """

    motor: MotorNoise | None = field(default_factory=MotorNoise)
    sensory: SensoryNoise | None = None
    process: ProcessNoise | None = None
    seed: int = 0
    step: float = 0.005  # [s]

    def __post_init__(self) -> None:
        natural("seed", self.seed)
        require("SpineNoise", "step", self.step, unit="s", above=0.0, advice="Give a time.")
        kinds = (self.motor, MotorNoise), (self.sensory, SensoryNoise), (self.process, ProcessNoise)
        for kind, expected in kinds:
            if not (kind is None or isinstance(kind, expected)):
                raise ParameterError(
                    f"Expected noise as {expected.__name__} or None, got {kind!r}; make one."
                )
            if kind is not None and self.step > 0.5 * kind.time_constant:
                raise ParameterError(
                    f"Expected a step of noise up to half the time constant of "
                    f"{type(kind).__name__}, {0.5 * kind.time_constant:g} s, got {self.step:g} s; "
                    "give a shorter step."
                )


class NoisePaths(NamedTuple):
    """The paths of unit variance of one run; None for noise that it does not have."""

    noise: SpineNoise
    motor: NoisePath | None  # channels: muscles
    moment: NoisePath | None  # motor noise of loops on coordinates; free coordinates
    sensory: NoisePath | None  # afferents
    process: NoisePath | None  # free coordinates

    @property
    def kinks(self) -> tuple[float, ...]:
        """Times [s] at which the slopes jump."""
        samples = [len(p.values) for p in self[1:] if p is not None]
        return tuple((self.noise.step * np.arange(max(samples, default=0))).tolist())


def noise_paths(model: Spine, noise: SpineNoise, duration: float) -> NoisePaths:
    """Paths of a run of this duration [s]."""

    def path(
        kind: MotorNoise | SensoryNoise | ProcessNoise | None, stream: str, channels: int
    ) -> NoisePath | None:
        if kind is None or not channels:
            return None
        return band_limited(
            generator(noise.seed, stream=stream), duration=duration, step=noise.step,
            channels=channels, time_constant=kind.time_constant,
        )  # fmt: skip

    return NoisePaths(
        noise,
        path(noise.motor, "motor noise", model.muscle_count),
        path(noise.motor, "moment noise", len(model.free) if np.any(_acted(model)) else 0),
        path(noise.sensory, "sensory noise", model.loop_count),
        path(noise.process, "process noise", len(model.free)),
    )


def sensory_spread(model: Spine, noise: SensoryNoise) -> Floats:
    """Spread of what each afferent senses: of the head [rad], else of its stretch [1]."""
    a, spread = model.loops.afferents, np.zeros(model.loop_count)
    angles, arms = _angles(model), np.zeros(model.muscle_count)
    if model.muscles is not None:
        slope = model.muscles.muscles.geometry(model.rest_q).slope
        arms = np.sqrt((slope[:, angles] ** 2).sum(axis=1))
    for k, source in enumerate(a.source):
        if source == MUSCLE:
            spread[k] = noise.proprioceptive * arms[a.index[k]] / a.length[k]
        elif source == ANGLES:
            free = a.place[k] >= 0
            spread[k] = noise.proprioceptive * np.sqrt((a.weight[k][free] ** 2).sum())
        elif source == HEAD:
            spread[k] = noise.graviceptive
    return spread


def process_spread(model: Spine, noise: ProcessNoise) -> Floats:
    """Spread of the generalised force on each free coordinate (n,): angles only [N m]."""
    return np.where(_angles(model), noise.moment, 0.0)


def _acted(model: Spine) -> NDArray[np.bool_]:
    """Free coordinates (n,) on which a loop acts with a moment."""
    targets = {c.coordinate for c in model.pathways.connections}
    return np.isin(np.arange(len(model.free)), sorted(targets))


def _angles(model: Spine) -> NDArray[np.bool_]:
    return np.array([c not in model.body.translations for c in model.free], bool)


def noise_data(model: Spine, paths: NoisePaths) -> NoiseData:
    """The paths for the kernels, sensory and process noise with their spread."""
    noise, none = paths.noise, np.zeros((0, 0))
    motor, moment, sensory, process = none, none, none, none
    proportional, constant, at_rest = 0.0, 0.0, 0.0
    if noise.motor is not None:
        proportional, constant = noise.motor.proportional, noise.motor.constant
        at_rest = noise.motor.moment
        motor = none if paths.motor is None else paths.motor.values
        moment = none if paths.moment is None else paths.moment.values * _acted(model)
    if noise.sensory is not None and paths.sensory is not None:
        sensory = paths.sensory.values * sensory_spread(model, noise.sensory)
    if noise.process is not None and paths.process is not None:
        process = paths.process.values * process_spread(model, noise.process)
    return NoiseData(noise.step, motor, proportional, constant, moment, at_rest, sensory, process)
