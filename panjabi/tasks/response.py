"""The response to a push as a laboratory records it: trunk angle, rate, drives, latencies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.evidence import LeavesEvidence, outside_of
from panjabi.neural.loop_kernels import connected
from panjabi.neural.measures.onset import Latency, latency
from panjabi.neural.smooth_kernels import saturated
from panjabi.results import Result, frame
from panjabi.tasks.condition import Condition, flexion_coordinates

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

    from panjabi.simulation.record import SpineRecord

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

STEP = 0.002  # between samples [s]
BASELINE = 0.1  # time before the event to which an onset is compared [s]


@dataclass(frozen=True, eq=False, repr=False)
class PerturbationResponse(Result):
    """Response to a push; angles relative to the posture before it, extension positive."""

    condition: Condition
    event: float  # time at which the push begins [s]
    time: Floats  # [s]
    angle: Floats  # sum of the flexion-extension of all free joints [rad]
    rate: Floats  # [rad/s]
    drives: Mapping[str, Floats]  # group -> mean excitation [1]
    latencies: Mapping[str, Latency]  # group -> onset in its drive
    moment: float  # of the push about the lowest joint, at equilibrium [N m]
    joints: int  # number of joints that bend
    lost_balance: bool
    outcome: str  # of the solver, as text
    parts: tuple[LeavesEvidence, ...] = field(default=(), repr=False)  # the record of the run

    @cached_property
    def outside_evidence(self) -> tuple[str, ...]:
        """What the run leaves of the evidence, in words; computed when it is read."""
        return outside_of(self.parts)

    @property
    def peak_angle(self) -> float:
        """Largest deviation from the posture before the push, with its sign [rad]."""
        return float(self.angle[np.abs(self.angle).argmax()])

    def drive_change(self, group: str) -> float:
        """Largest change of a drive from its mean before the push, with its sign [1]."""
        drive = self.drives[group]
        change = drive - drive[self.time < self.event].mean()
        return float(change[np.abs(change).argmax()])

    def to_dict(self) -> dict[str, Any]:
        """Measures of the response as plain values for a JSON file; samples: `to_pandas`."""
        value: dict[str, Any] = {
            "subject": self.condition.subject.name,
            "peak_angle_deg": math.degrees(self.peak_angle),
            "peak_rate_deg_per_s": math.degrees(float(abs(self.rate).max())),
            "moment_Nm": self.moment,
            "bending_joints": self.joints,
            "lost_balance": self.lost_balance,
            "outside_evidence": list(self.outside_evidence),
        }
        for group, onset in self.latencies.items():
            value[f"{group}_latency_s"] = onset.seconds
            value[f"{group}_direction"] = onset.direction
            value[f"{group}_drive_change"] = self.drive_change(group)
        if self.joints == 1:
            value["note"] = ONE_JOINT
        return value

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each sample: angle, rate and drives over time."""
        drives = {f"{group}_drive": drive for group, drive in self.drives.items()}
        angles = {"angle_deg": np.degrees(self.angle), "rate_deg_per_s": np.degrees(self.rate)}
        return frame({"time_s": self.time, **angles, **drives}, "time_s")


def response(
    record: SpineRecord, condition: Condition, event: float, moment: float, *, step: float = STEP
) -> PerturbationResponse:
    """Response from a simulation record; no latencies if the event has no baseline before it.

    event : time of the push [s]; moment : of the push [N m]; step : between samples [s].
    """
    model = record.model
    assert model.muscles is not None
    muscles = model.muscles.muscles
    end = record.trajectory.end
    time = np.linspace(0.0, end, max(round(end / step) + 1, 8))
    states = record.trajectory.at(time)
    bending = flexion_coordinates(model)
    angle = states[:, bending].sum(axis=1)
    rate = states[:, [len(model.free) + k for k in bending]].sum(axis=1)
    excited = excitation(record, time)
    drives = {}
    for name, groups in GROUPS.items():
        members = [m for m, group in enumerate(muscles.groups) if group in groups]
        strength = muscles.max_force[members]
        drives[name] = excited[:, members] @ strength / strength.sum()
    latencies = {}
    if BASELINE <= event < end:
        latencies = {
            name: latency(time, drive, event=event, least_change=LEAST_CHANGE, baseline=BASELINE)
            for name, drive in drives.items()
        }
    return PerturbationResponse(
        condition, event, time, angle - angle[0], rate, drives, latencies, moment, len(bending),
        record.lost_balance, record.outcome, (record,),
    )  # fmt: skip


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
