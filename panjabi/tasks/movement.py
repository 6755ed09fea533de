"""A spine along a motion: muscle forces, loads and stability at every sample (inverse dynamics).

At each sample weight, inertia, held mass and damping of the joints give the moment that the muscles
must provide. Recruitment finds the activations of least effort that provide it and keep the margin
of stability. Levels are free unless they were measured, so that a level gives way where its muscles
would have to fight one another. Muscles follow the Hill law at rest, so force does not fall with
the velocity of a fibre, and branches and friction of the units have relaxed. No reflex acts; the
stability is that of the posture of the sample, held with these activations, with its reflexes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Unpack

import numpy as np
from numpy.typing import NDArray

from panjabi.body.dynamics import Dynamics
from panjabi.body.scaling import size_outside_evidence
from panjabi.errors import ConvergenceError
from panjabi.neural.measures.onset import Latency, latency
from panjabi.passive.readings import structure_series
from panjabi.recruitment.free_posture import FreePosture, recruit_posture
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import recruit
from panjabi.recruitment.required import MARGIN
from panjabi.results import ShortRepr
from panjabi.spine.force_closure import disc_levels
from panjabi.spine.joint_forces import JointForces
from panjabi.spine.levels import vertebrae_of
from panjabi.spine.static_build import static_view
from panjabi.spine.static_model import HeldLoad
from panjabi.spine.strength import exertions
from panjabi.tasks.along import INSTANTS, frozen, stability_of
from panjabi.tasks.condition import names_of, spine_of
from panjabi.tasks.response import LEAST_CHANGE
from panjabi.tasks.result import TaskLoads, TaskResult, TaskStability, group_drives
from panjabi.tissue.evidence import fibre_range

if TYPE_CHECKING:
    from panjabi.spine.equilibrium_solver import Equilibrium
    from panjabi.spine.model import Spine
    from panjabi.spine.model_build import SpineOptions
    from panjabi.spine.static_model import StaticSpine
    from panjabi.tasks.condition import Condition
    from panjabi.tasks.motion import BodyMotion

Floats = NDArray[np.float64]

INVERSE = "inverse dynamics: recruitment with a margin at every sample, no feedback"
BALANCE = "inverse dynamics: recruitment for balance alone at every sample, no feedback"
SILENT = 0.01
"""Activation of a group below which it counts as silent in an exertion [1]."""


@dataclass(frozen=True, eq=False, repr=False)
class MotionSample(ShortRepr):
    """One instant of a motion: the spine in its posture, and the moment that muscles must give."""

    time: float  # [s]
    spine: Spine
    view: StaticSpine  # with inertia, damping and external moments as its push


@dataclass(frozen=True, eq=False, repr=False)
class SampleSolution(ShortRepr):
    """Muscles at one sample."""

    view: StaticSpine  # with its units under the compression
    activations: Floats  # (m,) [1]
    forces: Floats  # (m,) [N]
    free: FreePosture | None = None  # where the levels were free


Solve = Callable[[MotionSample, SampleSolution | None], SampleSolution]
"""Finds the muscles at a sample, beginning near the solution before; raises if there are none."""


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class MovementResult(TaskResult):
    """Muscles, loads and stability along a motion; samples without a solution are not a number."""

    angles: Mapping[str, Floats]  # name with unit -> (k,), what describes the motion
    samples: tuple[MotionSample, ...] = field(repr=False)
    solutions: tuple[SampleSolution | None, ...] = field(repr=False)
    unsolved: tuple[str, ...] = ()  # samples without a solution, and why, in words
    further: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Further measures; each name ends in its unit."""

    @cached_property
    def outside_evidence(self) -> tuple[str, ...]:
        """What leaves the evidence, in words, each with the first time at which it does."""
        first: dict[tuple[str, ...], str] = {}
        for at, found in zip(self.samples, self.solutions, strict=True):
            if found is None:
                continue
            view, when = found.view, f"from {at.time:.4g} s"
            for unit, angles in zip(view.units, view.angles, strict=True):
                for d in unit.departures(angles):
                    first.setdefault((d.name, d.quantity, d.where), f"{d}, {when}")
            for words in fibre_range().outside(view.muscles.fibre, view.muscles.names):
                first.setdefault(("fibres",), f"{words}, {when}")
        known = size_outside_evidence(self.samples[0].spine.body)
        return (*known, *first.values())

    @property
    def solved(self) -> NDArray[np.bool_]:
        """Whether each sample has a solution (k,)."""
        return np.array([s is not None for s in self.solutions])

    @cached_property
    def activations(self) -> Floats:
        """Activation of every muscle (k, m) [1]."""
        return self._table(lambda s: s.activations)

    @cached_property
    def forces(self) -> Floats:
        """Force of every muscle (k, m) [N]."""
        return self._table(lambda s: s.forces)

    @property
    def series(self) -> dict[str, Floats]:
        """The motion."""
        return dict(self.angles)

    @property
    def measures(self) -> dict[str, Any]:
        """Largest activation of each group over its largest in maximal exertions when upright."""
        return {
            "samples": len(self.time),
            "unsolved": list(self.unsolved),
            "peak_percent_MVC": {
                group: 100.0 * float(np.nanmax(drive)) / self._largest(group)
                for group, drive in self.drives.items()
            },
            **self.further,
        }

    @cached_property
    def loads(self) -> TaskLoads:
        """Loads at every sample."""
        levels = self.samples[0].view.levels
        strain: dict[str, Floats] = {}
        pressed = self._table(lambda s: s.view.compression(s.forces))
        for k, level in enumerate(levels):
            unit = self.samples[0].view.units[k]
            angles = np.array(
                [
                    (s or at).view.angles[k]
                    for s, at in zip(self.solutions, self.samples, strict=True)
                ]
            )
            found = structure_series(unit, angles, np.maximum(np.nan_to_num(pressed[:, k]), 0.0))
            for s, name in enumerate(found.names):
                if not np.isnan(found.strain[0, s]):
                    strain[f"{level} {name}"] = np.where(self.solved, found.strain[:, s], np.nan)
        return TaskLoads(
            self.time, levels, pressed, self._table(lambda s: s.view.shear(s.forces)), strain
        )

    @cached_property
    def stability(self) -> TaskStability:
        """Stability at `INSTANTS` samples."""
        solved = np.flatnonzero(self.solved)
        chosen = sorted({int(solved[round(x)]) for x in np.linspace(0, len(solved) - 1, INSTANTS)})
        return stability_of([(self.samples[k].time, self.equilibrium_at(k)) for k in chosen])

    def equilibrium_at(self, sample: int) -> Equilibrium:
        """The posture of a sample with its activations, as an equilibrium; see `frozen`.

        Raises
        ------
        ConvergenceError
            If this sample has no solution.
        """
        found, at = self.solutions[sample], self.samples[sample]
        if found is None:
            raise ConvergenceError(
                f"Expected a sample with a solution, got sample {sample} at {at.time:g} s; see "
                "`unsolved`."
            )
        return frozen(at.spine, found.view.q[found.view.indices], found.activations)

    @cached_property
    def _exertions(self) -> dict[str, Floats]:
        """Group -> its activation (6,) in the maximal exertions at the first sample."""
        view = self.samples[0].view
        found = [view.muscles.activation(each.forces) for each in exertions(view)]
        return group_drives(view.muscles, np.array(found))

    def _largest(self, group: str) -> float:
        own = [x.max() for name, x in self._exertions.items() if name in group or group in name]
        largest = max(own, default=0.0)
        return float(largest) if largest > SILENT else 1.0

    def _table(self, read: Callable[[SampleSolution], Floats]) -> Floats:
        """A quantity at every sample (k, ...)."""
        first = read(next(s for s in self.solutions if s is not None))
        none = np.full(first.shape, np.nan)
        return np.array([none if s is None else read(s) for s in self.solutions])


def recruited(
    sample: MotionSample,
    before: SampleSolution | None,
    *,
    margin: tuple[float, float] | None = MARGIN,
) -> SampleSolution:
    """Activations of least effort with a margin in the posture of the sample; see `recruit`."""
    found = recruit(sample.view, margin=margin, least_activation=sample.spine.cocontraction)
    return SampleSolution(found.spine, found.activations, found.forces)


def recruited_freely(
    sample: MotionSample,
    before: SampleSolution | None,
    *,
    margin: tuple[float, float] | None = MARGIN,
    least: float | Floats | None = None,
) -> SampleSolution:
    """The same with free levels: only the orientation of the top is that of the sample.

    The search starts at the solution of the sample before; see `recruit_posture`.

    least : least activation [1]; by default the co-contraction of the spine.
    """
    found = recruit_posture(
        sample.view,
        margin=margin,
        near=None if before is None else before.free,
        starts=(0.0,),
        least_activation=sample.spine.cocontraction if least is None else least,
    )
    at = found.recruitment
    return SampleSolution(at.spine, at.activations, at.forces, found)


def follow(
    task: str,
    condition: Condition | Spine,
    motion: BodyMotion,
    *,
    angles: Mapping[str, Floats],
    event: float = 0.0,
    solve: Solve = recruited_freely,
    method: str = INVERSE,
    alter: Callable[[Spine], Spine] | None = None,
    **changes: Unpack[SpineOptions],
) -> MovementResult:
    """Muscles, loads and stability along a motion.

    angles : what describes the motion, by name with unit; event : time from which onsets count [s];
    alter : changes the spine of each sample; changes : arguments of `spine_model`.

    Raises
    ------
    ConvergenceError
        If no sample has a solution; otherwise the result names the samples without one.
    """
    samples = tuple(samples_of(condition, motion, alter, **changes))
    solutions: list[SampleSolution | None] = []
    unsolved: list[str] = []
    for number, sample in enumerate(samples):
        try:
            before = next((s for s in reversed(solutions) if s is not None), None)
            solutions.append(solve(sample, before))
        except (ConvergenceError, InfeasibleRecruitment) as error:
            solutions.append(None)
            unsolved.append(f"sample {number} at {sample.time:.4g} s: {error}")
    if len(unsolved) == len(samples):
        raise ConvergenceError(
            f"Expected muscles that hold the motion of the task {task}, got none at any sample; "
            f"the first says: {unsolved[0]}"
        )
    result = MovementResult(
        **names_of(condition),
        task=task,
        method=method,
        time=motion.time,
        event=event,
        angles=angles,
        samples=samples,
        solutions=tuple(solutions),
        unsolved=tuple(unsolved),
    )
    drives = group_drives(samples[0].view.muscles, result.activations)
    return replace(result, drives=drives, latencies=_onsets(motion.time, drives, event))


def samples_of(
    condition: Condition | Spine,
    motion: BodyMotion,
    alter: Callable[[Spine], Spine] | None = None,
    **changes: Unpack[SpineOptions],
) -> list[MotionSample]:
    """The spine and the required moments at every time of a motion.

    Raises
    ------
    PanjabiError
        As `spine_model`.
    """
    rates, accelerations = motion.slopes
    found: list[MotionSample] = []
    for k, time in enumerate(motion.time.tolist()):
        options: SpineOptions = {**changes, "posture": motion.coordinates[k].tolist()}
        if motion.mass is not None and motion.mass[k] > 0.0:
            place = None if motion.place is None else tuple(motion.place[k].tolist())
            options["load"] = HeldLoad(float(motion.mass[k]), place)
        spine = spine_of(condition, **options)
        spine = spine if alter is None else alter(spine)
        view = static_view(spine)
        push, pressed = _inertia(spine, view, motion, rates[k], accelerations[k])
        push += _damping(spine, view, rates[k])
        if motion.moment is not None:
            top, bottom = vertebrae_of(view.levels[-1])[0], vertebrae_of(view.levels[0])[1]
            push += motion.moment[k] @ view.rotation(top, bottom)
        found.append(MotionSample(time, spine, replace(view, push=push, pressed=pressed)))
    return found


def _inertia(
    spine: Spine, view: StaticSpine, motion: BodyMotion, rate: Floats, acceleration: Floats
) -> tuple[Floats, Floats]:
    """Moments (n,) [N m] and forces on the discs (levels, 3) [N] by the motion itself."""
    names = spine.body.coordinates
    moving = [names[c] for c in motion.moving]
    free = tuple(dict.fromkeys([*spine.free, *moving]))
    dynamics = Dynamics(spine.body, free, view.q, spine.dynamics.gravity)
    at = [spine.body.coordinate_index(c) for c in free]
    q, v, a = view.q[at], rate[at], acceleration[at]
    still, none = np.zeros_like(v), np.empty(0)
    moment = dynamics.inverse(q, v, a) - dynamics.weight(q)
    discs = disc_levels(view.levels)
    joints = JointForces(dynamics, None, discs)
    force = joints.on_discs(q, v, a, none) - joints.on_discs(q, still, still, none)
    units = spine.joint_forces.units
    order = np.arange(len(discs)) if units is None else units.disc
    return -moment[: len(spine.free)], force[order]


def _damping(spine: Spine, view: StaticSpine, rate: Floats) -> Floats:
    """Moments (n,) of the viscous damping of the units [N m]."""
    n = len(spine.free)
    q, v, total = view.q[view.indices], rate[view.indices], np.zeros(n)
    for joint in spine.joints:
        x, speed = spine.seen_by(joint, q, v)
        state, pressed = np.zeros(joint.states), np.zeros(1)
        force = joint.force(x, speed, state, pressed)
        force = force - joint.force(x, np.zeros_like(speed), state, pressed)
        place = spine.place_of(joint.coordinates)
        np.add.at(total, place[place >= 0], force[place >= 0])
    return total


def _onsets(time: Floats, drives: Mapping[str, Floats], event: float) -> dict[str, Latency]:
    """Onset of every group; none if fewer than three samples lie before the event."""
    if int((time < event).sum()) < 3:
        return {}
    end = float(time[-1] - event)
    return {
        group: latency(
            time,
            drive,
            event=event,
            least_change=LEAST_CHANGE,
            baseline=event - float(time[0]),
            window=(0.0, end),
        )
        for group, drive in drives.items()
        if np.isfinite(drive).all()
    }
