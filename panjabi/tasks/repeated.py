"""Repeated bending at a pace with noise, and the Lyapunov exponent of the movement."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.body.size import size_factor
from panjabi.body.standard import standard_adult, trunk_length
from panjabi.delay.roots.response import frequency_response
from panjabi.errors import ParameterError
from panjabi.neural.measures.divergence import Lyapunov, lyapunov
from panjabi.simulation.fixed_steps import fixed_step_run
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.lumped_subject import lumped
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import SpineNoise
from panjabi.spine.perturbation import MomentSine
from panjabi.spine.reduced_spine import reduced
from panjabi.spine.seat_preset import seat_noise
from panjabi.spine.subject import Subject
from panjabi.spine.trunk_sets import ANGLE, trunk_parameters, trunk_set
from panjabi.tasks.result import TaskResult
from panjabi.tasks.seated_sway import FIXED_STEPS

Floats = NDArray[np.float64]

GRAVITY = 112.0  # m g h of the trunk sets [N m/rad]
ACTIVATION = 0.015  # lag between drive and moment [s]
AMPLITUDE = 0.35  # of the movement, 20 deg [rad]; assumed
PACES = (0.5, 600.0)  # accepted paces [cycles/min]; people move at about 5 to 60
SAMPLES = 75  # of a cycle
STEP = 0.007  # of the solver at most, half the lag [s]
SETTLE = 5  # cycles left out at the start
FIT = (0.0, 0.5)  # range of the linear fit of the divergence, in cycles
LEAST_DIMENSION = 5  # smallest embedding dimension for trunk movement, as published


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class RepeatedRecord(TaskResult):
    """One trial with its Lyapunov exponent and embedding."""

    pace: float  # [cycles/min]
    cycles: int
    angle: Floats  # [rad]
    exponent: Lyapunov  # short-term, [1/s]
    seed: int

    @property
    def per_cycle(self) -> float:
        """Lyapunov exponent per cycle [1]."""
        return self.exponent.exponent * 60.0 / self.pace

    @property
    def series(self) -> dict[str, Floats]:
        """The angle."""
        return {"angle_deg": np.degrees(self.angle)}

    @property
    def measures(self) -> dict[str, Any]:
        """The exponent and its embedding."""
        return {
            "pace_per_min": self.pace,
            "cycles": self.cycles,
            "lyapunov_per_s": self.exponent.exponent,
            "lyapunov_per_cycle": self.per_cycle,
            "embedding_dimension": self.exponent.dimension,
            "embedding_delay_samples": self.exponent.delay,
            "embedding": str(self.exponent.embedding),
            "seed": self.seed,
        }


def moving_trunk(set: str = "T1", subject: Subject | None = None) -> Spine:
    """The trunk of a set, with gravity at large angles, or that of a subject.

    In a body of another size inertia goes with mass and length squared, weight with mass and
    length, delay with the length, stiffness, damping and gains with the cube of the length.
    """
    who = Subject() if subject is None else subject
    length = trunk_length(who.body)
    mass = who.body.total_mass / standard_adult().total_mass
    turned, weight = size_factor("moment", length), GRAVITY * mass * length
    p = trunk_parameters(set)
    intrinsic = turned * (p.si("stiffness") + GRAVITY)
    loops = trunk_set(
        set, filter_time=ACTIVATION, stretch_gain=turned * p.si("stretch_gain"),
        rate_gain=turned * p.si("rate_gain"), delay=length * p.si("delay"),
    ).reflexes  # fmt: skip
    spine = reduced(
        inertia=p.si("inertia") * mass * length**2, damping=turned * p.si("damping"),
        stiffness=intrinsic, weight=weight, reflexes=loops, parameters=p,
    )  # fmt: skip
    return spine if subject is None else lumped(spine, subject, subject.body, ANGLE)


def repeated_movement(
    pace: float = 20.0,
    *,
    cycles: int = 30,
    spine: Spine | None = None,
    noise: SpineNoise | None = None,
    seed: int = 0,
) -> RepeatedRecord:
    """Flexion and extension by 20 degrees at a pace [cycles/min], with the Lyapunov exponent.

    A sinusoidal moment drives the trunk. It is scaled so that the linear trunk moves by `AMPLITUDE`
    at any pace. The exponent is by Rosenstein's method over half a cycle, with `SAMPLES` samples
    per cycle and an embedding dimension by false neighbours, at least 5.

    spine : of one angle, by default `moving_trunk()`. noise : by default that of the seated person,
        with the seed.

    Raises
    ------
    ParameterError
        For a pace outside `PACES` or fewer than 10 cycles.
    """
    slowest, fastest = PACES
    if not slowest <= pace <= fastest or cycles < 10:
        raise ParameterError(
            f"Expected at least 10 cycles at a pace from {slowest:g} to {fastest:g} per minute, "
            f"got {cycles} cycles at {pace:g} per minute; give for example 30 cycles at 20 per "
            "minute."
        )
    rest = equilibrium(spine or moving_trunk())
    noise = replace(noise, seed=seed) if noise else seat_noise(seed)
    frequency = pace / 60.0
    response = frequency_response(linear_system(rest), np.array([frequency]))
    amplitude = AMPLITUDE / float(response.magnitude[0])
    sample = 1.0 / (frequency * SAMPLES)
    inner = max(int(np.ceil(sample / STEP)), 1)
    duration = (SETTLE + cycles) / frequency
    bending = MomentSine(
        amplitude, rest.model.free[0], start=0.0, length=2.0 * duration, frequency=frequency
    )
    run = fixed_step_run(
        rest, duration=duration, step=sample / inner, noise=noise, perturbations=(bending,)
    )
    keep = slice(SETTLE * SAMPLES * inner, None, inner)
    time, angle = run.time[keep], run.state[keep, 0]
    fit = (FIT[0] / frequency, FIT[1] / frequency)
    exponent = lyapunov(angle, step=sample, fit=fit, theiler=SAMPLES)
    if exponent.dimension < LEAST_DIMENSION:
        embedded = lyapunov(
            angle, step=sample, fit=fit, theiler=SAMPLES, dimension=LEAST_DIMENSION,
            delay=exponent.delay,
        )  # fmt: skip
        exponent = replace(embedded, embedding=exponent.embedding)
    return RepeatedRecord(
        task="repeated",
        subject=rest.model.subject or Subject().name,
        model="reduced",
        method=FIXED_STEPS,
        parts=(rest,),
        time=time,
        pace=pace,
        cycles=cycles,
        angle=angle,
        exponent=exponent,
        seed=seed,
    )
