"""A reflex model for simulation, with large angles, limited muscle moments and noise.

    y' = E^-1 [ A0 y + sum_j A_j (y + sensed noise)(t - T_j) + B (moments) ]

The matrices are those of `ReflexModel.system()`. Three moments are added that the linear system
does not have: gravity at large angles, m g h (sin phi - phi) for every body that leans; the
difference between the moment F that the loops command and the muscle moment S tanh(F / S); and
motor noise, which grows with that moment. Inertia is that of the upright posture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.delay.integrate.model import DelayModel
from panjabi.delay.integrate.noise import NoisyModel, NoisyRun, solve_noisy
from panjabi.errors import ParameterError
from panjabi.parameter import Parameter, assumed
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from panjabi.stability.reflex_model import ReflexModel

Floats = NDArray[np.float64]

HEAD = 11
"""n, m, loops, leaning bodies, S, amplitude, frequency [Hz], c_0, c_m, T_motor, T_sensory."""


@dataclass(frozen=True, repr=False)
class PlantNoise(ShortRepr):
    """Standard deviations and time constants of motor and sensory noise; all assumed."""

    motor: Parameter = field(default=assumed(0.5, "N m", "spread of the moment at rest"))
    motor_share: Parameter = field(default=assumed(0.05, "1", "spread over the active moment"))
    sensory: Parameter = field(default=assumed(0.002, "rad", "spread of every sensed angle"))
    motor_time: Parameter = field(default=assumed(0.02, "s", "as panjabi.neural.MotorNoise"))
    sensory_time: Parameter = field(default=assumed(0.1, "s", "as panjabi.neural.SensoryNoise"))


@dataclass(frozen=True, eq=False, kw_only=True, repr=False)
class Plant(ShortRepr):
    """Bodies on joints with delayed reflexes, as a nonlinear system with noise.

    Every loop needs a filter: the moment of the loop is then a state, which saturates.
    """

    model: ReflexModel
    leans: Sequence[Sequence[float]]  # (k, m) lean of each body per coordinate [1]
    weight: Sequence[float]  # m g h of every leaning body [N m/rad]
    strongest: float = math.inf  # largest moment S of the muscles [N m]
    noise: PlantNoise = field(default_factory=PlantNoise)

    def __post_init__(self) -> None:
        m = len(self.model.coordinates)
        if np.shape(self.leans) != (len(self.weight), m):
            raise ParameterError(
                f"Expected leans of shape ({len(self.weight)}, {m}) for {len(self.weight)} weights "
                f"and {m} coordinates, got {np.shape(self.leans)}; give one row for each body."
            )
        if any(loop.filter is None for loop in self.model.loops):
            raise ParameterError(
                "Expected a filter in every loop, since its moment must be a state that saturates, "
                "got a loop without filter; give for example filter=FirstOrder(0.04)."
            )
        if any(loop.acts != self.model.loops[0].acts for loop in self.model.loops):
            raise ParameterError(
                "Expected the same `acts` for all loops, since one group of muscles produces the "
                f"moment, got {[loop.acts for loop in self.model.loops]}; give all loops the same "
                "`acts`."
            )
        if not self.strongest > 0.0:
            raise ParameterError(
                f"Expected a positive strongest moment, got {self.strongest!r} N m; give a "
                "positive number, or infinity for muscles without a limit."
            )

    @cached_property
    def _system(self) -> Any:
        return self.model.system()

    @property
    def acts(self) -> Floats:
        """Moment on each coordinate per muscle moment, the same for all loops, (m,) [1]."""
        m = len(self.model.coordinates)
        return np.array(self.model.loops[0].acts or (1.0,) + (0.0,) * (m - 1))

    @property
    def size(self) -> int:
        """Number of states: linear system, motor noise, sensory noise of every coordinate."""
        return self._system.size + 1 + len(self.model.coordinates)

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the states."""
        sensed = tuple(f"noise of {name}" for name in self.model.coordinates)
        return (*self._system.state_names, "motor noise", *sensed)

    @property
    def delays(self) -> tuple[float, ...]:
        """Delays of the loops, in their order [s]."""
        return tuple(loop.delay for loop in self.model.loops)

    def vector(self, *, amplitude: float = 0.0, frequency: float = 0.0) -> Floats:
        """Parameters of the right-hand side; amplitude [N m] of a sine moment on coordinate 0."""
        system, m = self._system, len(self.model.coordinates)
        inverse = np.linalg.inv(system.E)
        late = [inverse @ term.state for term in system.delayed]
        force = [system.state_names.index(f"{loop.name}_moment") for loop in self.model.loops]
        push = inverse @ system.inputs  # (n, m): rates per moment
        strongest = self.strongest if math.isfinite(self.strongest) else 1e12
        noise = self.noise
        head = [
            system.size, m, len(late), len(self.weight), strongest, amplitude, frequency,
            noise.motor.si, noise.motor_share.si, noise.motor_time.si, noise.sensory_time.si,
        ]  # fmt: skip
        parts = [head, inverse @ system.now, *late, push, push @ self.acts, force, self.leans,
                 self.weight]  # fmt: skip
        return np.concatenate([np.ravel(np.asarray(part, float)) for part in parts])

    def delay_model(self) -> DelayModel:
        """Model for simulations without noise; start the noise states at 0."""
        return DelayModel(rhs=plant_rhs, delays=self.delays)

    def noisy_run(
        self, duration: float, *, step: float, seed: int,
        amplitude: float = 0.0, frequency: float = 0.0,
    ) -> NoisyRun:  # fmt: skip
        """A simulation from equilibrium, driven by motor and sensory noise."""
        noise = self.noise
        p = self.vector(amplitude=amplitude, frequency=frequency)
        spread = [math.sqrt(2.0 / noise.motor_time.si)]
        spread += [noise.sensory.si * math.sqrt(2.0 / noise.sensory_time.si)] * len(
            self.model.coordinates
        )
        noisy = NoisyModel(model=self.delay_model(), diffusion=plant_noise, sources=len(spread))
        return solve_noisy(
            noisy, np.zeros(self.size), (0.0, duration), step=step, seed=seed,
            p=np.concatenate([p, spread]),
        )  # fmt: skip


@njit(cache=True, nogil=True)
def plant_rhs(t, y, delayed, p, out):
    """Rates (size,) of a plant; delayed[j] holds all states over loop j."""
    n, m, loops, bodies = int(p[0]), int(p[1]), int(p[2]), int(p[3])
    strongest = p[4]
    A = HEAD
    late = A + n * n
    push = late + loops * n * n
    acts = push + n * m
    force = acts + n
    leans = force + loops
    weight = leans + bodies * m
    moment = p[5] * math.sin(2.0 * math.pi * p[6] * t)
    for i in range(n):
        total = p[push + i * m] * moment
        for k in range(n):
            total += p[A + i * n + k] * y[k]
        out[i] = total
    commanded = 0.0
    for j in range(loops):
        commanded += y[int(p[force + j])]
        at = late + j * n * n
        for k in range(n):
            sensed = delayed[j, k]
            if k < m:
                sensed += delayed[j, n + 1 + k]
            for i in range(n):
                out[i] += p[at + i * n + k] * sensed
    muscle_moment = strongest * math.tanh(commanded / strongest)
    change = commanded - muscle_moment + (p[7] + p[8] * abs(muscle_moment)) * y[n]
    for i in range(n):
        out[i] += p[acts + i] * change
    for b in range(bodies):
        lean = 0.0
        for c in range(m):
            lean += p[leans + b * m + c] * y[c]
        tipping = p[weight + b] * (math.sin(lean) - lean)
        for c in range(m):
            size = p[leans + b * m + c] * tipping
            for i in range(n):
                out[i] += p[push + i * m + c] * size
    out[n] = -y[n] / p[9]
    for c in range(m):
        out[n + 1 + c] = -y[n + 1 + c] / p[10]


@njit(cache=True, nogil=True)
def plant_noise(t, y, delayed, p, out):
    """Diffusion (size, 1 + m) of the noise states; its values are at the end of p."""
    n, m = int(p[0]), int(p[1])
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = 0.0
    for c in range(m + 1):
        out[n + c, c] = p[p.size - (m + 1) + c]
