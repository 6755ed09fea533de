"""Arm raise: the reaction of a quick arm movement, and when the deep muscles begin before it.

The arm moves as prescribed. Its weight and inertia give moments on the levels, computed for the
trunk at rest, that act on the spine in a run with reflexes. Deep and superficial muscles have
commands that rise around the onset of the deltoid.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from panjabi.body.dynamics import Dynamics
from panjabi.errors import unknown
from panjabi.neural.feedforward import FEEDFORWARD_WINDOW, Anticipation, arm_raise
from panjabi.neural.measures.onset import Latency, latency
from panjabi.parameter import assumed
from panjabi.simulation.spine_run import simulate
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.levels import AXES
from panjabi.spine.perturbation import MomentWave, moment_wave
from panjabi.stability.sway_spectrum import turn_of
from panjabi.tasks.along import RunAlong, RunResult
from panjabi.tasks.bending import LIMBER
from panjabi.tasks.condition import names_of, spine_of
from panjabi.tasks.motion import smooth
from panjabi.tasks.response import FORWARD, LEAST_CHANGE, excitation, sample_times
from panjabi.tasks.result import group_drives
from panjabi.tasks.task_contract import Task, option

if TYPE_CHECKING:
    from panjabi.spine.equilibrium_solver import Equilibrium
    from panjabi.spine.model import Spine
    from panjabi.tasks.condition import Who

Floats = NDArray[np.float64]

DELTOID = 0.3  # onset of the deltoid in the run [s]
BEFORE = 0.1  # earliest onset before it, and length of the baseline [s]
AFTER = 0.4  # latest onset after it [s]
TO_MOTION = assumed(50.0, "ms", "onset of the deltoid to the motion of the arm; sweep 30-80")

DEEP = ("early", "late", "absent")
LABELS = {
    "transversus_abdominis": "transversus",
    "longissimus_thoracis": "superficial",
    "longissimus_lumborum": "superficial",
    "iliocostalis_thoracis": "superficial",
    "iliocostalis_lumborum": "superficial",
}
"""Group of the body -> group of `panjabi.neural.arm_raise`."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class ArmRaiseRecord(RunResult):
    """Response of the spine to an arm raise; latencies are relative to the deltoid."""

    event: float = DELTOID
    rotation: Floats  # (k, 3) of the thorax, about the axes of `AXES` [rad]
    levels: dict[str, float]  # largest turn of each level away from its start [rad]
    deep: str

    @property
    def feedforward(self) -> dict[str, bool]:
        """Whether the onset of each group lies in the window that counts as feedforward."""
        low, high = (edge.si for edge in FEEDFORWARD_WINDOW)
        return {
            group: onset.seconds is not None and low <= onset.seconds <= high
            for group, onset in self.latencies.items()
        }

    @property
    def series(self) -> dict[str, Floats]:
        """Rotation of the thorax about each axis."""
        return {f"{axis}_deg": np.degrees(x) for axis, x in zip(AXES, self.rotation.T, strict=True)}

    @property
    def measures(self) -> dict[str, Any]:
        """Peaks of the rotation of thorax and levels, and which groups are feedforward."""
        peaks = np.degrees(np.abs(self.rotation).max(axis=0)).tolist()
        return {
            "deep": self.deep,
            **{f"peak_{axis}_deg": peak for axis, peak in zip(AXES, peaks, strict=True)},
            "peak_turn_of_level_deg": {k: float(np.degrees(x)) for k, x in self.levels.items()},
            "feedforward": self.feedforward,
        }


@dataclass(frozen=True, kw_only=True)
class ArmRaiseTask(Task):
    """Raise the right arm quickly; the deep muscles begin early, late, or not at all."""

    name: ClassVar[str] = "arm-raise"
    models: ClassVar[tuple[str, ...]] = LIMBER
    deep: str = option("early", "name", "onset of transversus abdominis: early, late or absent")
    angle: float = option(90.0, "deg", "shoulder flexion at the end", low=5.0, high=150.0)
    rise: float = option(0.4, "s", "time of the arm movement", low=0.1, high=10.0)
    amplitude: float = option(0.02, "1", "command that is added", low=0.0, high=0.8)
    duration: float = option(1.5, "s", "duration of the run", low=0.8, high=20.0)

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.deep not in DEEP:
            raise unknown("onset of the deep muscles", self.deep, DEEP)

    def run(self, who: Who = None) -> ArmRaiseRecord:
        condition = self.condition(who)
        rest = equilibrium(spine_of(condition))
        model = rest.model
        record = simulate(
            rest,
            self.reaction(rest),
            duration=self.duration,
            commands=self.anticipation(model).over_time(),
        )
        time = sample_times(record, 0.002)
        assert model.muscles is not None
        drives = group_drives(model.muscles.muscles, excitation(record, time))
        moved = record.trajectory.at(time)[:, model.slices["q"]] - rest.q
        along = RunAlong(record)
        return ArmRaiseRecord(
            **names_of(condition),
            task=self.name,
            method=FORWARD,
            time=time,
            drives=drives,
            latencies=onsets(time, drives),
            parts=(along,),
            rotation=moved @ turn_of(rest, "T12").T,
            levels=_turns(model, moved),
            deep=self.deep,
            along=along,
        )

    def anticipation(self, model: Spine) -> Anticipation:
        """The commands of a spine whose excitations hold it at rest."""
        assert model.muscles is not None
        labels = [LABELS.get(group, "") for group in model.muscles.muscles.groups]
        if self.deep == "absent":
            labels = [label if label != "transversus" else "" for label in labels]
        return arm_raise(
            model.excitation, labels, late=self.deep == "late", amplitude=self.amplitude,
            event=DELTOID,
        )  # fmt: skip

    def reaction(self, rest: Equilibrium) -> tuple[MomentWave, ...]:
        """Moments of the moving arm on the coordinates of the spine, which stays at rest.

        They contain the change of the arm's weight, and end after the run.
        """
        model, arm = rest.model, "shoulder_flexion_r"
        free = (*model.free, arm)
        dynamics = Dynamics(model.body, free, model.dynamics.held, model.dynamics.gravity)
        start = dynamics.part(model.dynamics.held)
        begin = DELTOID + TO_MOTION.si
        time = np.linspace(begin, self.duration + 0.2, 401)
        keys = [0.0, begin, begin + self.rise, self.duration + 10.0]
        fine = np.linspace(time[0], time[-1], 8001)
        turned = np.radians(self.angle) * smooth(fine, keys, [0.0, 0.0, 1.0, 1.0])
        rate = np.gradient(turned, fine)
        acceleration = np.gradient(rate, fine)
        still = np.zeros(len(free))
        weight = dynamics.weight(start)[:-1]
        moments = np.empty((len(time), len(model.free)))
        for k, i in enumerate(range(0, 8001, 20)):
            q, v, a = start.copy(), still.copy(), still.copy()
            q[-1], v[-1], a[-1] = q[-1] + turned[i], rate[i], acceleration[i]
            moments[k] = weight - dynamics.inverse(q, v, a)[:-1]
        return tuple(
            moment_wave(name, time, moments[:, k])
            for k, name in enumerate(model.free)
            if np.abs(moments[:, k]).max() > 1e-6
        )


def onsets(time: Floats, drives: dict[str, Floats]) -> dict[str, Latency]:
    """Onset of each group against that of the deltoid; those before it are negative [s]."""
    found: dict[str, Latency] = {}
    for group, drive in drives.items():
        onset = latency(
            time,
            drive,
            event=DELTOID - BEFORE,
            least_change=LEAST_CHANGE,
            baseline=BEFORE,
            window=(0.0, BEFORE + AFTER),
            reflex_window=(BEFORE + 0.03, BEFORE + 0.15),
        )
        seconds = None if onset.seconds is None else onset.seconds - BEFORE
        found[group] = replace(onset, seconds=seconds)
    return found


def _turns(model: Spine, moved: Floats) -> dict[str, float]:
    """Largest size of the change of the angles of each level [rad]."""
    found: dict[str, float] = {}
    for joint in model.joints:
        place = model.place_of(joint.coordinates)
        turned = moved[:, place[place >= 0]]
        found[joint.unit.level] = float(np.linalg.norm(turned, axis=1).max())
    return found
