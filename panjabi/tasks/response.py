"""The response to a push as a laboratory records it: trunk angle, rate, drives, latencies."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.neural.loop_kernels import connected
from panjabi.neural.measures.onset import latency
from panjabi.neural.smooth_kernels import saturated
from panjabi.spine.command_schedule import commanded_muscles
from panjabi.tasks.along import RunAlong, RunResult
from panjabi.tasks.condition import Condition, flexion_coordinates, names_of

if TYPE_CHECKING:
    from panjabi.simulation.record import SpineRecord
    from panjabi.spine.model import Spine

Floats = NDArray[np.float64]

GROUPS: dict[str, tuple[str, ...]] = {
    "extensors": (
        "extensors",
        "longissimus_thoracis",
        "longissimus_lumborum",
        "iliocostalis_thoracis",
        "iliocostalis_lumborum",
        "multifidus_lumbar",
    ),
    "abdominals": ("flexors", "rectus_abdominis", "external_oblique", "internal_oblique"),
}
"""Muscles of each channel; the drive is their mean excitation, weighted by strength (as EMG).

The trunk has only the pools of all extensors and of all flexors."""

LEAST_CHANGE = 0.005
"""Change of a drive that counts as an onset, as a fraction of full activation [1]; assumed."""

ONE_JOINT = (
    "one joint bends: the same push turns the thorax farther over all lumbar joints, which bend in "
    "series (--model lumbar)"
)
"""Why the angle is smaller than that of a spine with more joints."""

FORWARD = "forward simulation with reflexes"

STEP = 0.002  # between samples [s]
BASELINE = 0.1  # time before the event to which an onset is compared [s]


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class PerturbationResponse(RunResult):
    """Response to a push; angles relative to the posture before it, extension positive."""

    event: float = 0.0  # time at which the push begins [s]
    angle: Floats  # sum of the flexion-extension of all free joints [rad]
    rate: Floats  # [rad/s]
    moment: float  # of the push about the lowest joint, at equilibrium [N m]
    joints: int  # number of joints that bend
    lost_balance: bool
    outcome: str  # of the solver, as text

    @property
    def peak_angle(self) -> float:
        """Largest deviation from the posture before the push, with its sign [rad]."""
        return float(self.angle[np.abs(self.angle).argmax()])

    def drive_change(self, group: str) -> float:
        """Largest change of a drive from its mean before the push, with its sign [1]."""
        drive = self.drives[group]
        change = drive - drive[self.time < self.event].mean()
        return float(change[np.abs(change).argmax()])

    @property
    def series(self) -> dict[str, Floats]:
        """Angle and its rate."""
        return {"angle_deg": np.degrees(self.angle), "rate_deg_per_s": np.degrees(self.rate)}

    @property
    def measures(self) -> dict[str, Any]:
        """Peaks, moment of the push, and the change of each drive."""
        return {
            "peak_angle_deg": math.degrees(self.peak_angle),
            "peak_rate_deg_per_s": math.degrees(float(abs(self.rate).max())),
            "moment_Nm": self.moment,
            "bending_joints": self.joints,
            "lost_balance": self.lost_balance,
            "drive_change": {group: self.drive_change(group) for group in self.latencies},
            **({"note": ONE_JOINT} if self.joints == 1 else {}),
        }


def response(
    record: SpineRecord,
    task: str,
    condition: Condition | Spine,
    event: float,
    moment: float,
    *,
    step: float = STEP,
) -> PerturbationResponse:
    """Response from a simulation record; no latencies if the event has no baseline before it.

    event : time of the push [s]; moment : of the push [N m]; step : between samples [s].
    """
    model = record.model
    time = sample_times(record, step)
    states = record.trajectory.at(time)
    bending = flexion_coordinates(model)
    angle = states[:, bending].sum(axis=1)
    drives = pooled_drives(record, time)
    latencies = {}
    if BASELINE <= event < time[-1]:
        latencies = {
            name: latency(time, drive, event=event, least_change=LEAST_CHANGE, baseline=BASELINE)
            for name, drive in drives.items()
        }
    along = RunAlong(record)
    return PerturbationResponse(
        **names_of(condition),
        task=task,
        method=FORWARD,
        time=time,
        event=event,
        drives=drives,
        latencies=latencies,
        parts=(along,),
        angle=angle - angle[0],
        rate=states[:, [len(model.free) + k for k in bending]].sum(axis=1),
        moment=moment,
        joints=len(bending),
        lost_balance=record.lost_balance,
        outcome=record.outcome,
        along=along,
    )


def sample_times(record: SpineRecord, step: float) -> Floats:
    """Times from 0 to the end of a run, `step` [s] apart, at least eight."""
    end = record.trajectory.end
    return np.linspace(0.0, end, max(round(end / step) + 1, 8))


def pooled_drives(record: SpineRecord, time: Floats) -> dict[str, Floats]:
    """Mean excitation of each channel of `GROUPS` (times,), weighted by strength [1]."""
    assert record.model.muscles is not None
    muscles = record.model.muscles.muscles
    excited = excitation(record, time)
    drives = {}
    for name, groups in GROUPS.items():
        members = [m for m, group in enumerate(muscles.groups) if group in groups]
        strength = muscles.max_force[members]
        drives[name] = excited[:, members] @ strength / strength.sum()
    return drives


def percent_change(after: float, before: float) -> float:
    """Change relative to the value before [%], as in published tables."""
    return 100.0 * (after / before - 1.0)


def excitation(record: SpineRecord, time: Floats) -> Floats:
    """Excitation of every muscle, (times, muscles) [1]; the same as the channels of the record.

    It is faster than the channels because it computes all times at once.
    """
    model = record.model
    width = model.drive_width.si
    commands = np.tile(model.loops.command, (len(time), 1))
    if record.commands is not None:
        over_time = record.commands.drives(width)
        for muscle, column in zip(*commanded_muscles(model, record.commands), strict=True):
            commands[:, muscle] = np.interp(time, record.commands.times, over_time[:, column])
    part, c = model.slices["afferent"], model.loops.connections
    for which, delay in enumerate(model.pathways.delays):
        sensed = record.trajectory.at(np.maximum(time - delay, 0.0))[:, part]
        for k in np.flatnonzero((c.delay == which) & (c.muscle >= 0)):
            commands[:, c.muscle[k]] += arriving(sensed[:, c.afferent[k]], c, k)
    saturate_commands(commands, width)
    return commands


@njit(cache=True, nogil=True)
def arriving(signal, connections, k):
    """What a connection gives at each of the delayed signals (times,)."""
    out = np.empty_like(signal)
    for i in range(signal.shape[0]):
        out[i] = connected(signal[i], connections, k)[0]
    return out


@njit(cache=True, nogil=True)
def saturate_commands(commands, width):
    """Convert commands (times, muscles) to excitations, in place."""
    for i in range(commands.shape[0]):
        for j in range(commands.shape[1]):
            commands[i, j] = saturated(commands[i, j], width)[0]
