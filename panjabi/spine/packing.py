"""A spine model, its external forces and all work arrays as one NamedTuple, and as one vector.

The right-hand side is compiled once for all models: everything it reads is in p (`flat`). So a run
allocates nothing, and two runs with different p are independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.muscle_kernels import (
    MuscleData,
    MuscleWorkspace,
    muscle_workspace,
    no_muscles,
)
from panjabi.active.step_kernels import MuscleStep, muscle_step
from panjabi.arrays import Block, Integers, Matrix, Vector
from panjabi.body.joint_force_kernels import Discs, DiscWork
from panjabi.body.mechanism import DynamicsWorkspace, Mechanism
from panjabi.errors import ParameterError
from panjabi.neural.feedforward import Commands
from panjabi.neural.loop_kernels import LoopData, LoopWork, loop_work
from panjabi.passive.joint_kernels import JointData, JointWork, joint_data, joint_work
from panjabi.passive.spring_damper import SpringDamper, SpringData, spring_data
from panjabi.spine.command_schedule import command_data
from panjabi.spine.flat import flatten, reader
from panjabi.spine.joint_forces import JointForces
from panjabi.spine.loads import ExternalLoads, LoadData
from panjabi.spine.model import Spine
from panjabi.spine.noise_paths import NoisePaths, noise_data
from panjabi.spine.passive_spine import external_loads
from panjabi.spine.perturbation import (
    WAVE_COLUMNS,
    AppliedData,
    MomentPulse,
    Perturbation,
    direction_of,
    point_of,
)
from panjabi.spine.reflexes import HEAD_BODY

Floats = NDArray[np.float64]

LOST = 1.0
"""Distance of a coordinate from its start at which balance counts as lost [rad]."""

NEVER = 1e9
"""Angle [rad] or strain [1] of failure of what does not fail; p must be finite."""


class RunLimits(NamedTuple):
    """Where a run ends."""

    start: Vector  # (n,) coordinates
    distance: float  # of a coordinate from its start [rad]
    failure: Block  # (joints, 3, 2) coordinates of failure on both sides [rad]
    tendon_strain: float  # of failure of the tendons [1]


class StepSystem(NamedTuple):
    """Matrices of the equations of an implicit step; see `solver_kernels`."""

    M: Matrix  # (n, n) mass matrix
    K: Matrix  # (n, n) stiffness of the joints
    C: Matrix  # (n, n) damping of the joints
    S: Matrix  # (n, n) the matrix that is solved, or its Cholesky factor
    back: Vector  # (n,) right-hand side
    head: Matrix  # (3, n) d angular velocity of the head / d rates
    head_q: Matrix  # (3, n) / d coordinates
    none: Vector  # (joints,) zeros
    muscles: MuscleStep


class CompressionData(NamedTuple):
    """The levels whose joint forces are known, and how units follow their compression."""

    states: int  # levels with a state; 0 if the preload of the units is constant
    time: float  # of the states [s]
    discs: Discs
    pulled: Integers  # (levels,) upper vertebra in the tree of the muscles
    disc: Integers  # (states,) disc of each state
    share: Vector  # (states,) of the compression of that disc [1]
    pull: Matrix  # (sacroiliac joints, nm) normal force by tensions, of the first states [1]
    rest: Vector  # (states,) [N]


class StateStart(NamedTuple):
    """First index of each part of the state; see `Spine.slices`."""

    joints: int
    compression: int
    activation: int
    fibre: int
    short_range: int
    receptor: int
    afferent: int
    elements: int


class PythonData(NamedTuple):
    """What the parts written in Python give at this instant."""

    force: Vector  # (n,) generalised force [N m; N]
    drive: Vector  # (nm,) added to the commands before saturation [1]
    call: int  # address of what fills both and the rates of the states; 0: no such parts


class SpineWork(NamedTuple):
    """Work arrays of an evaluation; every thread needs its own."""

    dynamics: DynamicsWorkspace
    joints: JointWork
    discs: DiscWork
    muscles: MuscleWorkspace
    Q: Vector  # (n,) generalised force [N m; N]
    pull: Vector  # (n,) of the muscles
    excitation: Vector  # (nm,) [1]
    loops: LoopWork
    head: Vector  # (3,) angular velocity of the head [rad/s]
    compression: Vector  # (joints,) [N]
    step: StepSystem


class SpineData(NamedTuple):
    """Everything that the kernels of a spine read and write."""

    n: int  # free coordinates
    muscle_count: int
    start: StateStart
    head: int  # rigid body of `mechanism` that carries the head
    gravity: Vector  # (3,) [m/s2]
    mechanism: Mechanism
    joints: JointData
    springs: SpringData
    compression: CompressionData
    muscles: MuscleData
    loops: LoopData
    applied: AppliedData
    loads: LoadData
    python: PythonData
    limits: RunLimits
    work: SpineWork


read_spine = reader(SpineData)
"""Compiled: p -> SpineData."""


def pack(
    model: Spine,
    applied: Sequence[Perturbation] = (),
    start: ArrayLike | None = None,
    commands: Commands | None = None,
    paths: NoisePaths | None = None,
    call: int = 0,
) -> Floats:
    """The model, its external forces, commands and noise as one vector p.

    start : coordinates (n,) from which the loss of balance is measured; by default those of the
        model.
    call : address of the parts in Python, see `panjabi.spine.python_call`; by default they are
        left out.

    Raises
    ------
    UnknownNameError
        If a perturbation names a body or coordinate that does not exist, or a command a muscle.
    ParameterError
        If it acts on a fixed coordinate, or the commands do not fit the muscles.
    """
    return flatten(spine_data(model, applied, start, commands, paths, call))


def spine_data(
    model: Spine,
    applied: Sequence[Perturbation] = (),
    start: ArrayLike | None = None,
    commands: Commands | None = None,
    paths: NoisePaths | None = None,
    call: int = 0,
) -> SpineData:
    """The model, its external forces, commands and noise for the kernels, with new work arrays."""
    n, nm = len(model.free), model.muscle_count
    q = model.dynamics.part(model.dynamics.held) if start is None else np.asarray(start, float)
    joints, muscles, loops = _joints(model), _muscles(model), model.loops
    if commands is not None:
        loops = loops._replace(changing=command_data(model, commands))
    if paths is not None:
        loops = loops._replace(noise=noise_data(model, paths))
    forces = model.joint_forces
    bodies, levels = len(model.dynamics.mechanism.mass), len(forces.levels)
    M, K, C, S = np.zeros((4, n, n))
    head, head_q, count = *np.zeros((2, 3, n)), len(model.joints)
    muscle = muscle_step(nm, n)
    step = StepSystem(M, K, C, S, np.zeros(n), head, head_q, np.zeros(count), muscle)
    work = SpineWork(
        model.dynamics.workspace(),
        joint_work(joints),
        DiscWork(np.zeros((bodies, 3)), np.zeros((3, 3)), np.zeros((levels, 3))),
        muscle_workspace(muscles.tree, muscles.pieces),
        np.zeros(n),
        np.zeros(n),
        np.zeros(nm),
        loop_work(loops),
        np.zeros(3),
        np.zeros(count),
        step,
    )
    start_of = StateStart(*(model.slices[name].start for name in StateStart._fields))
    carrier, _ = model.dynamics.carried(HEAD_BODY, np.zeros(3))
    return SpineData(
        n,
        nm,
        start_of,
        carrier,
        np.asarray(model.dynamics.gravity),
        model.dynamics.mechanism,
        joints,
        spring_data([e for e in model.elements if isinstance(e, SpringDamper)], model.free),
        CompressionData(
            len(model.pressed),
            1.0 if model.compression_time is None else model.compression_time.si,
            forces.discs,
            forces.pulled,
            *_unit_forces(forces, nm),
        ),
        muscles,
        loops,
        _applied(model, applied),
        _loads(model),
        PythonData(np.zeros(n), np.zeros(nm), call),
        _limits(model, q),
        work,
    )


def _unit_forces(forces: JointForces, nm: int) -> tuple[Integers, Vector, Matrix, Vector]:
    """The last fields of `CompressionData`."""
    count, units = len(forces.levels), forces.units
    if units is None:
        return np.arange(count), np.ones(count), np.zeros((0, nm)), np.zeros(count)
    closed = 1 + int(np.flatnonzero(units.share != 1.0).max())
    return units.disc, units.share, np.ascontiguousarray(units.pull[:closed]), units.rest


def _limits(model: Spine, q: Floats) -> RunLimits:
    failure = [
        np.minimum(np.array(j.unit.failure) + np.outer(j.neutral, (-1.0, 1.0)), NEVER)
        for j in model.joints
    ]
    tendon = NEVER
    if model.muscles is not None:
        tendon = min(model.muscles.units.curves.evidence["tendon_strain"].fails_at, NEVER)
    return RunLimits(q, LOST, np.array(failure, float).reshape(-1, 3, 2), tendon)


def _muscles(model: Spine) -> MuscleData:
    return no_muscles() if model.muscles is None else model.muscles.data


def _loads(model: Spine) -> LoadData:
    """The constant loads of the spine together."""
    parts = [e for e in model.elements if isinstance(e, ExternalLoads)]
    return external_loads(model, [load for part in parts for load in part.loads]).data


def _joints(model: Spine) -> JointData:
    still = np.zeros(len(model.free))
    places = [model.place_of(joint.coordinates) for joint in model.joints]
    fixed = [model.seen_by(joint, still, still)[0] for joint in model.joints]
    level = np.full(len(model.joints), -1, np.int64)
    level[list(model.pressed)] = np.arange(len(model.pressed))
    return joint_data(
        [joint.unit for joint in model.joints],
        np.array(places, np.int64).reshape(-1, 3),
        np.array(fixed, float).reshape(-1, 3),
        np.array([joint.neutral for joint in model.joints], float).reshape(-1, 3),
        level,
    )


def _applied(model: Spine, applied: Sequence[Perturbation]) -> AppliedData:
    place = np.full((len(applied), 2), -1, np.int64)
    geometry, waves = np.zeros((len(applied), 6)), np.zeros((len(applied), WAVE_COLUMNS))
    tones: list[tuple[float, ...]] = []
    for k, perturbation in enumerate(applied):
        if isinstance(perturbation, MomentPulse):
            model.body.coordinate_index(perturbation.coordinate)
            at = int(model.place_of((perturbation.coordinate,))[0])
            if at < 0:
                raise ParameterError(
                    f"Expected a moment on a free coordinate ({', '.join(model.free[:6])}...), "
                    f"got {perturbation.coordinate}, which is fixed; name a free coordinate."
                )
            place[k, 1] = at
        else:
            place[k, 0], geometry[k, :3] = model.dynamics.carried(
                perturbation.body, point_of(model.body, perturbation)
            )
            geometry[k, 3:] = direction_of(perturbation)
        waves[k] = [*perturbation.waveform, len(tones), len(perturbation.tones)]
        tones += perturbation.tones
    return AppliedData(place, geometry, waves, np.array(tones, float).reshape(-1, 3))
