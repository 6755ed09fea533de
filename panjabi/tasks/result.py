"""Result of a task: what was recorded, the onsets of the muscles, loads and stability."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.evidence import LeavesEvidence, outside_of
from panjabi.neural.measures.onset import Latency
from panjabi.results import LINES, WIDTH, Result, frame, plain

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

    from panjabi.active.muscle_arrays import Musculature
    from panjabi.spine.muscle_state import MuscleState

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]

ONE_SIDED = 1e-3
"""Difference of both sides of a group in activation from which each side has a channel [1]."""


@dataclass(frozen=True, eq=False, repr=False)
class TaskLoads(Result):
    """Loads of every level over time; not a number where a sample has no solution."""

    time: Floats  # (k,) [s]
    levels: tuple[str, ...]
    compression: Floats  # (k, levels) along the axis of the disc [N]
    shear: Floats  # (k, levels) forward force on the upper vertebra [N]
    strain: Mapping[str, Floats]  # "L4-L5 SSL" -> (k,), ligaments with a published failure strain

    def to_dict(self) -> dict[str, Any]:
        """Largest compression and shear of each level, and the most strained ligament."""
        peaks = {name: float(np.nanmax(x)) for name, x in self.strain.items()}
        worst = max(peaks, key=lambda name: peaks[name], default=None)
        return {
            "peak_compression_N": _peaks(self.levels, self.compression),
            "peak_shear_N": _peaks(self.levels, self.shear),
            "largest_ligament_strain": None if worst is None else peaks[worst],
            "most_strained_ligament": worst,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each time: compression and shear of every level, strains."""
        columns = {"time_s": self.time}
        for k, level in enumerate(self.levels):
            columns[f"{level} compression_N"] = self.compression[:, k]
            columns[f"{level} shear_N"] = self.shear[:, k]
        return frame({**columns, **{f"{n} strain": x for n, x in self.strain.items()}}, "time_s")


@dataclass(frozen=True, eq=False, repr=False)
class TaskStability(Result):
    """Stability at sampled instants of a task, each linearised as if the posture were held.

    A root right of 0 is a growing deviation only while it grows faster than the task moves on. The
    root is the rightmost one that a search from many starts finds; it is not counted.
    """

    time: Floats  # (s,) [s]
    rightmost: Complexes  # (s,) root with reflexes and delays [1/s]
    least_stiffness: Floats  # (s,) eigenvalue of the fast Hessian without reflexes [N m/rad]
    least_rate_squared: Floats  # (s,) least eigenvalue of M^-1 H [1/s2]

    @property
    def stable(self) -> bool:
        """Whether no sampled instant has a root right of the imaginary axis."""
        return bool((self.rightmost.real < 0.0).all())

    def to_dict(self) -> dict[str, Any]:
        """Plain values, a list over the instants."""
        return {
            "stable": self.stable,
            "time_s": self.time.tolist(),
            "rightmost_root_real_per_s": plain(self.rightmost.real),
            "rightmost_root_imag_rad_per_s": plain(self.rightmost.imag),
            "least_stiffness_Nm_per_rad": plain(self.least_stiffness),
            "least_eigenvalue_of_inverse_M_H_per_s2": plain(self.least_rate_squared),
        }


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class TaskResult(Result):
    """What every task returns; the results of single tasks have further fields."""

    task: str  # name, as for `task`
    subject: str  # name of the subject
    model: str  # region or preset of the spine
    method: str  # how it was computed, in words
    time: Floats  # (k,) of series and drives [s]
    event: float | None = None  # time from which onsets count [s]
    drives: Mapping[str, Floats] = field(default_factory=dict[str, Floats])
    """Group -> mean excitation or activation (k,), weighted by strength, as an EMG shows it [1]."""
    latencies: Mapping[str, Latency] = field(default_factory=dict[str, Latency])
    """Group -> onset in its drive, against the event."""
    parts: tuple[LeavesEvidence, ...] = field(default=(), repr=False)

    def __repr__(self) -> str:
        """Name, task, method and the first measures, at most ten lines."""
        values = {k: v for k, v in self.measures.items() if isinstance(v, (int, float, str))}
        shown = [
            f"  {k}: {v:.4g}" if isinstance(v, float) else f"  {k}: {v}" for k, v in values.items()
        ]
        head = [type(self).__name__, f"  {self.task} of {self.subject} ({self.model})"]
        return "\n".join(line[:WIDTH] for line in [*head, f"  {self.method}", *shown][:LINES])

    @cached_property
    def outside_evidence(self) -> tuple[str, ...]:
        """What the task leaves of the evidence, in words; computed when it is read."""
        return outside_of(self.parts)

    @property
    def series(self) -> dict[str, Floats]:
        """Recorded quantities over `time` (k,); each name ends in its unit."""
        return {}

    @property
    def measures(self) -> dict[str, Any]:
        """What is measured in the record; each name ends in its unit."""
        return {}

    @property
    def loads(self) -> TaskLoads | None:
        """Compression, shear and ligament strain; None: the model has no levels."""
        return None

    @property
    def stability(self) -> TaskStability | None:
        """Stability at sampled instants of the task."""
        return None

    @property
    def onsets(self) -> dict[str, dict[str, Any]]:
        """The onset table: latency [s], direction and threshold of each group."""
        return {
            group: {
                "latency_s": onset.seconds,
                "direction": onset.direction,
                "in_reflex_window": onset.in_reflex_window,
                "threshold": onset.threshold,
            }
            for group, onset in self.latencies.items()
        }

    def to_dict(self) -> dict[str, Any]:
        """Measures, onsets, loads and stability as plain values; samples: `to_pandas`."""
        return {
            "task": self.task,
            "subject": self.subject,
            "model": self.model,
            "method": self.method,
            **plain(self.measures),
            "peak_drive_percent": {g: 100.0 * float(np.nanmax(x)) for g, x in self.drives.items()},
            "onsets": self.onsets,
            "loads": None if self.loads is None else self.loads.to_dict(),
            "stability": None if self.stability is None else self.stability.to_dict(),
            "outside_evidence": list(self.outside_evidence),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each sample: recorded quantities, and the drive of every group."""
        drives = {f"{group} drive": drive for group, drive in self.drives.items()}
        return frame({"time_s": self.time, **self.series, **drives}, "time_s")

    @property
    def base(self) -> dict[str, Any]:
        """The values of the fields of this class by name, for a result with more fields."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


def group_drives(muscles: Musculature | MuscleState, activations: Floats) -> dict[str, Floats]:
    """Mean activation of each group (k,), weighted by strength; activations (k, muscles) [1].

    "right multifidus_lumbar" and "left ..." where both sides differ by more than `ONE_SIDED`.
    """
    right = np.array([name.endswith("_r") for name in muscles.names])
    groups = np.array(muscles.groups)
    drives: dict[str, Floats] = {}
    for group in sorted(set(muscles.groups)):
        sides = [(groups == group) & side for side in (right, ~right)]
        means = [_mean(activations, muscles.max_force, side) for side in sides if side.any()]
        if len(means) == 2 and np.nanmax(np.abs(means[0] - means[1])) > ONE_SIDED:
            drives |= {f"right {group}": means[0], f"left {group}": means[1]}
        else:
            drives[group] = _mean(activations, muscles.max_force, groups == group)
    return drives


def _mean(activations: Floats, strength: Floats, members: NDArray[np.bool_]) -> Floats:
    whole = float(strength[members].sum())
    if whole == 0.0:  # muscles without any force have no activation
        return np.zeros(len(activations))
    return activations[:, members] @ strength[members] / whole


def _peaks(levels: tuple[str, ...], values: Floats) -> dict[str, float]:
    """The value of each level that is largest in size, with its sign."""
    size = np.where(np.isnan(values), 0.0, np.abs(values))
    return {level: float(values[int(size[:, k].argmax()), k]) for k, level in enumerate(levels)}
