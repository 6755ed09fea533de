"""What a laboratory would record of a push: trunk angle, its rate, EMG-like drives, latencies."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.neural.command import command
from panjabi.neural.measures.onset import Latency, latency
from panjabi.neural.smooth_kernels import saturated
from panjabi.results import Result, frame
from panjabi.tasks.condition import Condition, flexion_coordinates

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports]

    from panjabi.simulation.record import SpineRecord

Floats = NDArray[np.float64]

GROUPS: dict[str, tuple[str, ...]] = {
    "extensors": (
        "longissimus_thoracis",
        "longissimus_lumborum",
        "iliocostalis_thoracis",
        "iliocostalis_lumborum",
        "multifidus_lumbar",
    ),
    "abdominals": ("rectus_abdominis", "external_oblique", "internal_oblique"),
}
"""Muscles whose mean excitation, weighted by strength, is one EMG-like channel."""

LEAST_CHANGE = 0.005
"""Change of a drive that counts as an onset, as a share of full activation [1]; assumed."""

STEP = 0.002  # between samples [s]
BASELINE = 0.1  # before the event that an onset is held against [s]


@dataclass(frozen=True, eq=False, repr=False)
class PerturbationResponse(Result):
    """Samples of one run; angles about the posture before the push, extension positive."""

    condition: Condition
    event: float  # when the push begins [s]
    time: Floats  # [s]
    angle: Floats  # sum of the flexion-extension of all free joints [rad]
    rate: Floats  # [rad/s]
    drives: Mapping[str, Floats]  # group -> mean excitation [1]
    latencies: Mapping[str, Latency]  # group -> onset in its drive
    moment: float  # of the push about the lowest joint, at rest [N m]
    lost_balance: bool
    outcome: str  # of the solver, in words

    @property
    def peak_angle(self) -> float:
        """Largest departure from the posture, with its sign [rad]."""
        return float(self.angle[np.abs(self.angle).argmax()])

    def drive_change(self, group: str) -> float:
        """Largest departure of a drive from before the push, with its sign [1]."""
        drive = self.drives[group]
        change = drive - drive[self.time < self.event].mean()
        return float(change[np.abs(change).argmax()])

    def to_dict(self) -> dict[str, Any]:
        """What is measured of the run, as plain values for a JSON file; samples: `to_pandas`."""
        value: dict[str, Any] = {
            "peak_angle_deg": math.degrees(self.peak_angle),
            "peak_rate_deg_per_s": math.degrees(float(abs(self.rate).max())),
            "moment_Nm": self.moment,
            "lost_balance": self.lost_balance,
        }
        for group, onset in self.latencies.items():
            value[f"{group}_latency_s"] = onset.seconds
            value[f"{group}_direction"] = onset.direction
            value[f"{group}_drive_change"] = self.drive_change(group)
        return value

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each sample: angle, rate and drives over time."""
        drives = {f"{group}_drive": drive for group, drive in self.drives.items()}
        angles = {"angle_deg": np.degrees(self.angle), "rate_deg_per_s": np.degrees(self.rate)}
        return frame({"time_s": self.time, **angles, **drives}, "time_s")


def response(
    record: SpineRecord, condition: Condition, event: float, moment: float, *, step: float = STEP
) -> PerturbationResponse:
    """The laboratory's view of a run; without latencies where nothing lies before the event."""
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
    found = {}
    if BASELINE <= event < end:
        found = {
            name: latency(time, drive, event=event, least_change=LEAST_CHANGE, baseline=BASELINE)
            for name, drive in drives.items()
        }
    return PerturbationResponse(
        condition, event, time, angle - angle[0], rate, drives, found, moment,
        record.lost_balance, record.outcome,
    )  # fmt: skip


def percent_change(after: float, before: float) -> float:
    """Change against before [%], as published tables give it."""
    return 100.0 * (after / before - 1.0)


def excitation(record: SpineRecord, time: Floats) -> Floats:
    """Excitation of every muscle (times, nm) [1]; the same as the channels of the record.

    All times at once: a channel is computed sample by sample.
    """
    model = record.model
    width = model.drive_width.si
    commands = np.tile(command(model.excitation, width), (len(time), 1))
    loops = model.reflexes
    if loops is not None:
        part = model.slices["receptor"]
        for delay in loops.delays:
            heard = record.trajectory.at(np.maximum(time - delay, 0.0))[:, part]
            for k in np.flatnonzero(loops.delay == delay):
                commands[:, loops.target[k]] += heard[:, k]
    saturate_commands(commands, width)
    return commands


@njit(cache=True, nogil=True)
def saturate_commands(commands, width):
    """Commands (times, nm) into excitations, in place."""
    for i in range(commands.shape[0]):
        for j in range(commands.shape[1]):
            commands[i, j] = saturated(commands[i, j], width)[0]
