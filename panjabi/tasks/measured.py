"""A measured motion, with or without electromyograms, as a task.

With electromyograms the activations are the measured ones, corrected so that every joint is in
equilibrium: EMG-assisted optimisation (Cholewicki and McGill 1994, 1996). It minimises

    sum Fmax (a / e - 1)^2 over muscles with EMG e  +  sum Fmax a^2 over the others

where an EMG below `FLOOR` counts as `FLOOR` in the quotient, so that a silent muscle may begin.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError, ParameterError, UnknownNameError
from panjabi.io.motion_files import (
    TimeTable,
    checked_emg,
    filtered,
    orientations,
    read_emg,
    read_markers,
    read_motion,
)
from panjabi.neural.command import LEAST
from panjabi.spine.effort import least_effort
from panjabi.tasks.bending import start_of
from panjabi.tasks.condition import spine_of
from panjabi.tasks.motion import BodyMotion
from panjabi.tasks.movement import (
    INVERSE,
    MotionSample,
    MovementResult,
    SampleSolution,
    Solve,
    follow,
    recruited,
    recruited_freely,
)
from panjabi.tasks.task_contract import Task, option

if TYPE_CHECKING:
    from panjabi.body.model import Body
    from panjabi.spine.muscle_state import MuscleState
    from panjabi.tasks.condition import Who

Floats = NDArray[np.float64]

FLOOR = 0.01
"""EMG below which a muscle counts as active by this much in the quotient [1]."""

ASSISTED = "inverse dynamics: EMG-assisted optimisation at every sample, no feedback"
ROUNDS = 60  # largest number of steps until preload and activations agree
SETTLED = 1e-6  # change of an activation that ends them [1]


@dataclass(frozen=True, kw_only=True)
class MeasuredTask(Task):
    """Follow a measured motion; with EMG the muscles are as active as measured, in equilibrium."""

    name: ClassVar[str] = "measured"
    models: ClassVar[tuple[str, ...]] = ("lumbar", "thoracolumbar", "cervical", "whole")
    motion: str | Path | TimeTable = option("", "file", "motion: .mot, .sto or .trc")
    emg: str | Path | TimeTable | None = option(None, "file", "EMG: CSV or .sto, fraction of MVC")
    pelvis_markers: str = option("", "names", "markers of the pelvis in a .trc file, A,B,C")
    thorax_markers: str = option("", "names", "markers of the thorax in a .trc file, A,B,C")
    cutoff: float = option(6.0, "Hz", "filter on the motion; 0: none", low=0.0, high=100.0)
    samples: int = option(41, "1", "number of samples", low=4, high=20001)

    def run(self, who: Who = None) -> MovementResult:
        """Muscles, loads and stability along the motion.

        Columns are coordinates of the body or movements such as "lumbar flexion"
        (`Body.flexed`). Levels that are not measured one by one are free. Markers give pelvis and
        lumbar spine as they turn from the first row, which counts as the posture of the subject.

        Raises
        ------
        DataFileError
            For a file that cannot be read.
        UnknownNameError
            For a column that is neither coordinate nor movement, or an EMG of no muscle.
        ParameterError, PostureError
            For a wrong value; the message names column and row. Nothing has been computed then.
        ConvergenceError
            If no sample has a solution.
        """
        condition = self.condition(who)
        table = self._motion()
        body, start = start_of(condition)
        if self.cutoff > 0.0:
            table = filtered(table, self.cutoff)
        motion = motion_of(table, body, start).resampled(self.samples)
        angles = {f"{n}_deg": np.interp(motion.time, table.time, table.column(n)) for n in
                  table.names if table.degrees}  # fmt: skip
        spine = spine_of(condition)
        single = set(spine.free) <= set(table.names)
        solve, method = (recruited if single else recruited_freely), INVERSE
        emg = None
        if self.emg is not None:
            given = self.emg if isinstance(self.emg, TimeTable) else read_emg(self.emg)
            emg = checked_emg(given)
            assert spine.muscles is not None
            targets(emg, spine.muscles.muscles, 0.0)
            solve, method = assisted(emg, free=not single), ASSISTED
        found = follow(
            self.name, condition, motion, angles=angles, event=float(motion.time[0]), solve=solve,
            method=method,
        )  # fmt: skip
        return found if emg is None else replace(found, further=_gains(found, emg))

    def _motion(self) -> TimeTable:
        """The table of the motion, angles in degrees from markers."""
        if isinstance(self.motion, TimeTable):
            return self.motion
        if not self.motion:
            raise ParameterError(
                "Expected a motion for the task measured, got none; give a file (--motion) or a "
                "TimeTable."
            )
        if Path(self.motion).suffix.lower() != ".trc":
            return read_motion(self.motion)
        markers = read_markers(self.motion)
        low, high = (text.split(",") for text in (self.pelvis_markers, self.thorax_markers))
        return trunk_angles(markers, [n.strip() for n in low], [n.strip() for n in high])


def trunk_angles(markers: TimeTable, pelvis: list[str], thorax: list[str]) -> TimeTable:
    """Movements of pelvis and lumbar spine [deg] from markers of pelvis and thorax.

    Axes of the markers are forward, up and right; the first row counts as the start. The thorax
    turns against the pelvis by flexion-extension, then bending, then rotation.
    """
    from scipy.spatial.transform import Rotation

    low, high = orientations(markers, pelvis), orientations(markers, thorax)
    against = np.einsum("kji,kjl->kil", low, high)
    names = (
        "pelvis posterior tilt", "pelvis right list", "pelvis left rotation",
        "lumbar extension", "lumbar right bending", "lumbar left rotation",
    )  # fmt: skip
    turns = [Rotation.from_matrix(R).as_euler("ZXY", degrees=True) for R in (low, against)]
    return TimeTable(markers.time, names, np.hstack(turns), degrees=True, source=markers.source)


def motion_of(table: TimeTable, body: Body, start: Floats) -> BodyMotion:
    """The motion of a body from columns that are coordinates or movements, others as at the start.

    Raises
    ------
    UnknownNameError
        For a column that is neither, with its name.
    PostureError
        For a value out of range, with its row.
    """
    from panjabi.body.movements import coordinate_values

    ranges = dict(zip(body.coordinates, body.ranges, strict=True))
    q = np.tile(start, (len(table.time), 1))
    for name in table.names:
        values = table.column(name)
        scale = np.radians(1.0) if table.degrees else 1.0
        if name in body.coordinates:
            scale = 1.0 if name in body.translations else scale
            q[:, body.coordinate_index(name)] = scale * values
            continue
        try:
            parts = coordinate_values({name: 1.0}, ranges)
        except UnknownNameError as error:
            raise UnknownNameError(f"Column {name!r} of {table.source}: {error}") from None
        for coordinate, part in parts.items():
            q[:, body.coordinate_index(coordinate)] += scale * part * values
    return BodyMotion(body, table.time, q, still=False)


def targets(emg: TimeTable, muscles: Any, time: float) -> Floats:
    """Measured activation of every muscle at a time (m,) [1]; not a number: not measured.

    muscles : a `Musculature` or `MuscleState`. A column is a group, "right GROUP", "left GROUP" or
    a muscle; more than one column of a muscle is an error.

    Raises
    ------
    UnknownNameError
        For a column of no muscle.
    ParameterError
        For a muscle in two columns.
    """
    names, groups = np.array(muscles.names), np.array(muscles.groups)
    right = np.array([name.endswith("_r") for name in muscles.names])
    out = np.full(len(names), np.nan)
    for k, column in enumerate(emg.names):
        side, _, group = column.partition(" ")
        if side in ("right", "left") and group:
            members = (groups == group) & (right == (side == "right"))
        else:
            members = (groups == column) | (names == column)
        if not members.any():
            known = sorted({*muscles.groups})
            raise UnknownNameError(
                f"Expected a muscle group as column of {emg.source}, got {column!r}; give one of "
                f"{', '.join(known)}, with 'right ' or 'left ' before it for one side."
            )
        if np.isfinite(out[members]).any():
            raise ParameterError(
                f"Expected one column of {emg.source} for every muscle, got a second one in "
                f"{column!r}; leave one of them out."
            )
        out[members] = np.interp(time, emg.time, emg.values[:, k])
    return out


def assisted(emg: TimeTable, *, free: bool) -> Solve:
    """The measured activations with the least correction that balances every joint.

    free : levels have the posture that recruitment without EMG gives them.
    """

    def solve(sample: MotionSample, before: SampleSolution | None) -> SampleSolution:
        posture = recruited_freely(sample, before) if free else None
        view = sample.view if posture is None else posture.view
        e = targets(emg, view.muscles, sample.time)
        seen, strength = np.isfinite(e), view.muscles.max_force
        weight = np.where(seen, strength / np.maximum(e, FLOOR) ** 2, strength)
        wanted = np.where(seen, e, 0.0)
        least = np.where(seen, LEAST, sample.spine.cocontraction)
        a = np.clip(wanted if before is None else before.activations, least, 1.0 - LEAST)
        for _ in range(ROUNDS):
            pressed = view.compression(view.muscles.tension(a))
            view = view.with_preload(pressed)
            at = view.muscles.tangent(a)
            pulls = at.gain > 0.0
            G = (view.muscles.arms * at.gain)[:, pulls]
            missing = view.demand - view.muscles.arms @ at.force + G @ (a - wanted)[pulls]
            low, high = (least - wanted)[pulls], (1.0 - LEAST - wanted)[pulls]
            change, _, holds = least_effort(weight[pulls], G, missing, low, high)
            if not holds:
                break
            chosen = a.copy()
            chosen[pulls] = wanted[pulls] + change
            moved = float(np.abs(chosen - a).max())
            a = chosen
            if moved < SETTLED:
                return SampleSolution(
                    view, a, view.muscles.tension(a), None if posture is None else posture.free
                )
        raise ConvergenceError(
            f"Expected activations near the EMG that balance the joints at {sample.time:g} s, got "
            "none; check the scale of the EMG, the load and the sign of the motion."
        )

    return solve


def _gains(found: MovementResult, emg: TimeTable) -> dict[str, Any]:
    """Correction of the EMG: mean quotient of each column, and the spread of the difference."""
    muscles: MuscleState = found.samples[0].view.muscles
    table = np.array([targets(emg, muscles, t) for t in found.time])
    seen = np.isfinite(table) & found.solved[:, None]
    away = (found.activations - table)[seen]
    quotient = found.activations / np.maximum(table, FLOOR)
    gains: dict[str, float] = {}
    for k, column in enumerate(emg.names):
        own = targets(TimeTable(emg.time, (column,), emg.values[:, [k]]), muscles, 0.0)
        members = seen & np.isfinite(own)
        gains[column] = float(quotient[members].mean())
    spread = 100.0 * float(np.sqrt(np.mean(away**2)))
    return {"emg_gain": gains, "emg_correction_rms_percent": spread}
