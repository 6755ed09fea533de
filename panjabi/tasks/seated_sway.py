"""Sway of a person on an unstable seat, driven by noise, and its usual measures."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.delay.roots.spectrum import characteristic_roots
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.neural.measures.stabilogram import Diffusion, Sway, diffusion, sway
from panjabi.simulation.fixed_steps import fixed_step_run
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.linear_system import linear_system
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import SpineNoise
from panjabi.spine.seat_preset import seat_noise, seat_spine
from panjabi.spine.subject import Subject
from panjabi.tasks.result import TaskResult

Floats = NDArray[np.float64]

SETTLE = 10.0  # left out at the start [s]
SHORTEST = 5.0  # trial [s]; the shortest lags of the diffusion need a third of it
STEP = 0.005  # of the solver, an eighth of the shortest lag [s]
SAMPLING = 0.02  # of the record [s]
FIXED_STEPS = "forward simulation with reflexes and noise, in equal steps"
LOST = 0.6  # lean at which a person has fallen off [rad]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class SittingRecord(TaskResult):
    """One trial: angles, moment and their measures."""

    seat: Floats  # tilt of the seat in space [rad]
    trunk: Floats  # lean of the trunk in space [rad]
    moment: Floats  # lumbar moment that the loops command, before the delay [N m]
    rightmost: complex  # root of the linear system [1/s]
    sway: Sway  # of the seat
    diffusion: Diffusion  # of the seat
    seed: int

    @property
    def stable(self) -> bool:
        """Whether the upright posture is linearly stable."""
        return self.rightmost.real < 0.0

    @property
    def rms_trunk(self) -> float:
        """Standard deviation of the trunk's lean [rad]."""
        return float(self.trunk.std())

    @property
    def rms_moment(self) -> float:
        """Standard deviation of the moment [N m]."""
        return float(self.moment.std())

    @property
    def series(self) -> dict[str, Floats]:
        """Seat, trunk and moment."""
        return {
            "seat_deg": np.degrees(self.seat),
            "trunk_deg": np.degrees(self.trunk),
            "moment_Nm": self.moment,
        }

    @property
    def measures(self) -> dict[str, Any]:
        """Sway of seat and trunk, and the stability of the upright posture."""
        return {
            "stable": self.stable,
            "rightmost_root_real_per_s": self.rightmost.real,
            "seat_rms_deg": math.degrees(self.sway.rms),
            "seat_range_deg": math.degrees(self.sway.range),
            "seat_mean_frequency_Hz": self.sway.mean_frequency_hz,
            "seat_short_diffusion_rad2_per_s": self.diffusion.short,
            "seat_long_diffusion_rad2_per_s": self.diffusion.long,
            "trunk_rms_deg": math.degrees(self.rms_trunk),
            "moment_rms_Nm": self.rms_moment,
            "seed": self.seed,
        }


def sitting(
    spine: Spine | None = None,
    *,
    duration: float = 60.0,
    seed: int = 0,
    noise: SpineNoise | None = None,
) -> SittingRecord:
    """Sway in a trial of a duration [s], after `SETTLE` seconds that are left out.

    spine : by default `spine_model("seat")`; its first two angles are those of seat and lumbar
        joint, and all loops act on the second. noise : by default that of the seated person, with
        the seed.

    Raises
    ------
    ParameterError
        For a duration below `SHORTEST`.
    ConvergenceError
        If the person falls off the seat.
    """
    if not duration >= SHORTEST:
        raise ParameterError(
            f"Expected a duration of {SHORTEST:g} s or more, got {duration:g} s; give for example "
            "60 s. The measures of sway need many periods."
        )
    rest = equilibrium(spine or seat_spine())
    model = rest.model
    noise = replace(noise, seed=seed) if noise else seat_noise(seed)
    run = fixed_step_run(rest, duration=SETTLE + duration, step=STEP, noise=noise)
    keep = slice(round(SETTLE / run.step), None, max(round(SAMPLING / run.step), 1))
    lean = run.state[:, 0] + run.state[:, 1]
    if np.abs(lean).max() > LOST:
        at = run.time[int(np.argmax(np.abs(lean) > LOST))]
        raise ConvergenceError(
            f"Expected a trunk lean below {LOST:g} rad during the trial, got more after {at:.3g} s "
            "(the person has fallen off the seat); give lower gains, a shorter delay or stiffer "
            "springs."
        )
    time, seat = run.time[keep] - run.time[keep][0], run.state[keep, 0]
    return SittingRecord(
        task="sway",
        subject=model.subject or Subject().name,
        model="seat",
        method=FIXED_STEPS,
        parts=(rest,),
        time=time,
        seat=seat,
        trunk=lean[keep],
        moment=run.state[keep][:, model.slices["afferent"]].sum(axis=1),
        rightmost=complex(characteristic_roots(linear_system(rest)).rightmost),
        sway=sway(time, seat),
        diffusion=diffusion(time, seat, longest=10.0),
        seed=seed,
    )
