"""Standing as tasks: quiet standing with noise, and isometric exertion of the trunk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from panjabi.delay.roots.system import UnstableError
from panjabi.errors import ConvergenceError, unknown
from panjabi.neural.measures.stabilogram import sway
from panjabi.passive.directions import DIRECTIONS, direction
from panjabi.results import plain
from panjabi.simulation.spine_run import simulate
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.levels import AXES
from panjabi.spine.static_build import static_view
from panjabi.spine.strength import WORLD_AXIS, strength
from panjabi.stability.sway_spectrum import (
    SpineSway,
    quiet_noise,
    spine_sway,
    swaying_body,
    turn_of,
)
from panjabi.tasks.along import RunAlong, RunResult
from panjabi.tasks.bending import LIMBER, key_times, start_of
from panjabi.tasks.condition import MODELS, names_of, spine_of
from panjabi.tasks.motion import BodyMotion, smooth
from panjabi.tasks.movement import MovementResult, follow
from panjabi.tasks.response import pooled_drives, sample_times
from panjabi.tasks.task_contract import Task, option

if TYPE_CHECKING:
    from panjabi.tasks.condition import Who

Floats = NDArray[np.float64]

NOISY = "forward simulation with reflexes and noise"
SAMPLING = 0.02  # between samples of a record of sway [s]
SETTLED = 5.0  # left out at the start of a record of sway [s]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class StandingRecord(RunResult):
    """Sway in quiet standing: rotation of the thorax, or of the head, about its mean."""

    body: str  # whose rotation it is
    rotation: Floats  # (k, 3) about the axes of flexion-extension, bending and rotation [rad]
    expected: SpineSway | None  # of the linear system; None: it is unstable
    seed: int

    @property
    def rms(self) -> dict[str, float]:
        """Standard deviation of the rotation about each axis [rad]."""
        return dict(zip(AXES, self.rotation.std(axis=0).tolist(), strict=True))

    @property
    def series(self) -> dict[str, Floats]:
        """Rotation about each axis."""
        return {f"{axis}_deg": np.degrees(x) for axis, x in zip(AXES, self.rotation.T, strict=True)}

    @property
    def measures(self) -> dict[str, Any]:
        """Sway in the record, and beside it that of the linear system."""
        bending = sway(self.time, self.rotation[:, 0])
        expected = {} if self.expected is None else self.expected.axes
        return {
            "body": self.body,
            **{f"{axis}_rms_deg": float(np.degrees(sd)) for axis, sd in self.rms.items()},
            **{f"expected_{axis}_rms_deg": float(np.degrees(sd)) for axis, sd in expected.items()},
            "FE_range_deg": float(np.degrees(bending.range)),
            "FE_mean_frequency_Hz": bending.mean_frequency_hz,
            "seed": self.seed,
        }


@dataclass(frozen=True, kw_only=True)
class StandTask(Task):
    """Stand quietly under noise of motor commands, of senses and of the load."""

    name: ClassVar[str] = "stand"
    models: ClassVar[tuple[str, ...]] = MODELS
    duration: float = option(60.0, "s", "duration of the record", low=2.0, high=3600.0)
    seed: int = option(0, "1", "random seed", low=0)

    def run(self, who: Who = None) -> StandingRecord:
        """Sway of the record, which begins `SETTLED` seconds after the run.

        Raises
        ------
        ConvergenceError
            If the spine loses balance.
        """
        condition = self.condition(who)
        rest = equilibrium(spine_of(condition))
        noise = quiet_noise(rest.model)
        record = simulate(
            rest, noise=replace(noise, seed=self.seed), duration=SETTLED + self.duration
        )
        if record.stopped:
            raise ConvergenceError(
                f"Expected a spine that keeps its balance, got {record.outcome!r} in quiet "
                "standing; choose other gains, or see verdict(spine)."
            )
        try:
            expected = spine_sway(rest, noise)
        except UnstableError:
            expected = None
        every = sample_times(record, SAMPLING)
        time = every[every >= SETTLED]
        body = swaying_body(rest.model)
        moved = record.trajectory.at(time)[:, rest.model.slices["q"]] - rest.q
        rotation = moved @ turn_of(rest, body).T
        along = RunAlong(record)
        return StandingRecord(
            **names_of(condition),
            task=self.name,
            method=NOISY,
            time=time - SETTLED,
            drives=pooled_drives(record, time),
            parts=(along,),
            body=body,
            rotation=rotation - rotation.mean(axis=0),
            expected=expected,
            seed=self.seed,
            along=along,
        )


@dataclass(frozen=True, kw_only=True)
class ExertTask(Task):
    """Push against a fixed harness with a rising fraction of the strength, the posture held."""

    name: ClassVar[str] = "exert"
    models: ClassVar[tuple[str, ...]] = LIMBER
    direction: str = option("extension", "name", "moment of the trunk on the harness")
    effort: float = option(
        0.5, "1", "fraction of the largest moment at the end", low=0.0, high=0.95
    )
    duration: float = option(2.0, "s", "of the rise", low=0.2, high=600.0)
    pause: float = option(0.6, "s", "without effort before, and at the end", low=0.1, high=600.0)
    samples: int = option(17, "1", "number of samples", low=8, high=2001)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.direction not in DIRECTIONS:
            raise unknown("direction", self.direction, DIRECTIONS)

    def run(self, who: Who = None) -> MovementResult:
        condition = self.condition(who)
        keys = key_times([self.pause, self.duration, self.pause])
        time = np.linspace(0.0, keys[-1], self.samples)
        body, start = start_of(condition)
        largest = strength(static_view(spine_of(condition)), self.direction).moment
        axis, sign = direction(self.direction)
        exerted = largest * self.effort * smooth(time, keys, [0.0, 0.0, 1.0, 1.0])
        from_harness = -sign * np.outer(exerted, WORLD_AXIS[axis])
        q = np.tile(start, (self.samples, 1))
        motion = BodyMotion(body, time, q, moment=from_harness)
        angles = {f"{self.direction.replace(' ', '_')}_moment_Nm": exerted}
        found = follow(self.name, condition, motion, angles=angles, event=self.pause)
        return replace(found, further=plain({"strength_Nm": largest, "effort": self.effort}))
