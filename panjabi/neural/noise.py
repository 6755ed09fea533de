"""Band-limited motor and sensory noise from a seed.

Noise of unit variance is an Ornstein-Uhlenbeck process of time constant T, corner 1 / (2 pi T),
stepped exactly on a grid, so that its variance does not depend on the step:

    x_{n+1} = phi x_n + sqrt(1 - phi^2) xi,    phi = exp(-step / T)
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.cohort.random_numbers import random_generator
from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.neural.checks import array
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet
from panjabi.results import ShortRepr
from panjabi.tissue._base import require

Array = NDArray[np.float64]


@njit(cache=True, nogil=True)
def ornstein_uhlenbeck(phi, normal):
    """Turn independent normal samples (samples, channels) into the process, in place."""
    fresh = math.sqrt((1.0 - phi) * (1.0 + phi))
    for i in range(1, normal.shape[0]):
        for j in range(normal.shape[1]):
            normal[i, j] = phi * normal[i - 1, j] + fresh * normal[i, j]


@dataclass(frozen=True, eq=False, repr=False)
class NoisePath(ShortRepr):
    """One path of noise of unit variance on a grid from time 0; linear between the samples.

    Between samples the variance is lower, by a third of step / T at most: choose the step well
    below the time constant.
    """

    step: float  # [s]
    values: Array  # (samples, channels)
    time_constant: float  # [s]

    def at(self, time: float) -> Array:
        """The channels at a time [s], shape (channels,)."""
        last = self.values.shape[0] - 1
        position = time / self.step
        if not 0.0 <= position <= last * (1.0 + 1e-12):
            raise ParameterError(
                f"Expected a time from 0 to {last * self.step:g} s, got {time:g} s; draw a "
                "longer path."
            )
        i = min(int(position), last - 1)
        fraction = position - i
        return (1.0 - fraction) * self.values[i] + fraction * self.values[i + 1]


def band_limited(
    rng: np.random.Generator | int,
    *,
    duration: float,
    step: float,
    channels: int,
    time_constant: float,
) -> NoisePath:
    """A path of unit variance from 0 to at least `duration`, stationary from its first sample."""
    for name, value in (("duration", duration), ("step", step), ("time_constant", time_constant)):
        require("band_limited", name, value, unit="s", above=0.0, advice="Give a time.")
    if channels < 1:
        raise ParameterError(
            f"Expected 1 or more channels of noise, got {channels}; give one for each muscle or "
            "sense."
        )
    rng = random_generator(rng)
    normal = rng.standard_normal((math.ceil(duration / step - 1e-9) + 1, channels))
    ornstein_uhlenbeck(math.exp(-step / time_constant), normal)
    return NoisePath(step, normal, time_constant)


@dataclass(frozen=True, kw_only=True)
class MotorNoise:
    """Noise on commands whose spread grows with the command: sd = c_m |u| + c_0."""

    proportional: float = 0.05  # c_m [1], assumed
    constant: float = 0.001  # c_0 [1], assumed
    moment: float = 0.0  # c_0 of loops that act on a coordinate [N m]
    time_constant: float = 0.02  # [s], assumed: 8 Hz

    def __post_init__(self) -> None:
        for name in ("proportional", "constant"):
            require("MotorNoise", name, getattr(self, name), unit="1", at_least=0.0,
                    advice="A spread is 0 or more.")  # fmt: skip
        require("MotorNoise", "moment", self.moment, unit="N m", at_least=0.0,
                advice="A spread is 0 or more.")  # fmt: skip
        require("MotorNoise", "time_constant", self.time_constant, unit="s", above=0.0,
                advice="White noise has no finite spread.")  # fmt: skip

    def sd(self, command: ArrayLike) -> Array:
        """Standard deviation of the noise at a command [1]."""
        return self.proportional * np.abs(np.asarray(command, dtype=np.float64)) + self.constant

    def added(self, command: ArrayLike, unit_noise: ArrayLike) -> Array:
        """Command plus noise, limited to 0 to 1; `unit_noise` from a NoisePath."""
        command = np.asarray(command, dtype=np.float64)
        noise = array("unit_noise", unit_noise, command.shape, "1")
        return np.clip(command + self.sd(command) * noise, 0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class SensoryNoise:
    """Noise of a sensed angle; graviceptive about ten times proprioceptive."""

    proprioceptive: float  # sd [rad]
    ratio: float = 10.0  # graviceptive over proprioceptive [1]
    time_constant: float = 0.1  # [s], assumed
    parameters: ParameterSet | None = None

    def __post_init__(self) -> None:
        require("SensoryNoise", "proprioceptive", self.proprioceptive, unit="rad", at_least=0.0,
                advice="A spread is 0 or more.")  # fmt: skip
        require("SensoryNoise", "ratio", self.ratio, unit="1", at_least=0.0,
                advice="In stance it is about 10.")  # fmt: skip
        require("SensoryNoise", "time_constant", self.time_constant, unit="s", above=0.0,
                advice="White noise has no finite spread.")  # fmt: skip

    @property
    def graviceptive(self) -> float:
        """Standard deviation of the graviceptive sense [rad]."""
        return self.ratio * self.proprioceptive


def stance_noise(proprioceptive: float = 1e-3) -> SensoryNoise:
    """Sensory noise in the ratio of stance (van der Kooij and Peterka 2011); level assumed."""
    ratio = row("N074").parameter(unit="1")
    known = {
        "ratio": ratio,
        "proprioceptive": Parameter(proprioceptive, "rad", THIS_WORK, "assumed", "level"),
    }
    return SensoryNoise(
        proprioceptive=proprioceptive, ratio=ratio.si, parameters=ParameterSet(known)
    )
