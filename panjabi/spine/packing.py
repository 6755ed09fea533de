"""A spine model as one vector of floats, and its parts from this vector.

The right-hand side is compiled once for all models: everything it reads, with its scratch arrays,
is in p. The head of p contains the start of each field, with the bits of integers. So a run
allocates nothing, and two runs with different p are independent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.active.line_kernels import Pieces
from panjabi.active.muscle_kernels import (
    MuscleWorkspace,
    muscle_workspace,
)
from panjabi.active.musculotendon_kernels import Units
from panjabi.body.mechanism import DynamicsWorkspace, Mechanism
from panjabi.body.tree import Tree
from panjabi.neural.command import command
from panjabi.passive.functional_unit import stack
from panjabi.passive.kernels import TERM_COLUMNS
from panjabi.spine.model import Spine
from panjabi.spine.perturbation import (
    WAVE_COLUMNS,
    MomentPulse,
    Perturbation,
    direction_of,
    point_of,
)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NONE = -(2**62)
"""A negative index whose bits are a finite float: p must be finite as a whole."""

(
    COUNTS, GRAVITY,
    PARENT, LOC, R0, CHILD_LOC, FIRST, SLIDE, AXIS, COORDINATE, POLY, MASS, COM, INERTIA, RUN,
    UNIT_START, UNIT_KIND, UNIT_ROW, UNIT_PLACE, UNIT_HELD, UNIT_DAMPING,
    BRANCH_START, BRANCH_TIME, BRANCH_SIZE, BRANCH_POWER, BRANCH_STIFFNESS,
    M_PARENT, M_LOC, M_R0, M_CHILD_LOC, M_FIRST, M_SLIDE, M_AXIS, M_COORDINATE, M_POLY,
    PIECE_FIRST, PIECE_BODY, PIECE_LOCAL, PIECE_FIXED,
    MAX_FORCE, OPTIMAL_LENGTH, SLACK_LENGTH, THICKNESS, ELASTIC, CURVES, MUSCLE_NUMBERS,
    COMMAND, REST_LENGTH, REST_TENSION,
    SOURCE, TARGET, WHICH_DELAY, STRETCH_GAIN, RATE_GAIN, FORCE_GAIN, FILTER_TIME,
    APPLIED_PLACE, APPLIED_GEOMETRY, APPLIED_WAVE, TONES,
    FOREIGN,
    W_R, W_T, W_AXIS, W_ORIGIN, W_RATE, W_RATE2, W_REFERENCE, W_S, W_INERTIA, W_COMPOSITE,
    W_VELOCITY, W_ACCELERATION, W_FORCE, W_ARTICULATED, W_RUN_AXIS, W_DRIFT, W_U, W_PIVOT, W_M,
    V_R, V_T, V_AXIS, V_ORIGIN, V_RATE, V_RATE2, V_OMEGA, V_V, V_FORCE, V_TORQUE, V_DIRECTION,
    V_MOMENT, V_LENGTH, V_SPEED, V_TENSION,
    S_Q, S_MUSCLE_Q, S_EXCITATION, S_SMALL,
    SOLVER,
) = range(100)  # fmt: skip
FIELDS = 100

# counts[...]
N, UNITS, BRANCHES, MUSCLES, LOOPS, FOREIGN_STATES, ONE_RUN_EACH, SIZE = range(8)
COUNT_NUMBERS = 8
# muscle numbers
SPEED, DAMPING, RISE, FALL, SHARPNESS, WIDTH = range(6)


def pack(model: Spine, applied: Sequence[Perturbation] = (), solver: int = 0) -> Floats:
    """The model and its external forces as one vector, with `solver` free floats at its end.

    Raises
    ------
    UnknownNameError
        If a perturbation names a body or coordinate that does not exist.
    ParameterError
        If it acts on a fixed coordinate.
    """
    fields: list[NDArray[Any]] = [np.empty(0)] * FIELDS

    def put(start: int, *arrays: object) -> None:
        for k, array in enumerate(arrays):
            fields[start + k] = np.asarray(array)

    mechanism, n = model.dynamics.mechanism, len(model.free)
    counts = np.zeros(COUNT_NUMBERS, np.int64)
    counts[N], counts[UNITS] = n, len(model.joints)
    counts[BRANCHES] = sum(joint.states for joint in model.joints)
    counts[MUSCLES], counts[LOOPS] = model.muscle_count, model.loop_count
    counts[FOREIGN_STATES] = sum(element.states for element in model.elements)
    counts[ONE_RUN_EACH], counts[SIZE] = mechanism.one_run_each, model.size
    put(COUNTS, counts, model.dynamics.gravity)
    put(PARENT, *_without_minus(mechanism.tree), *mechanism[1:5])
    put(UNIT_START, *_units(model))
    nm = model.muscle_count
    if model.muscles is None:
        empty = Tree(*(np.zeros(s, d) for s, d in _TREE_SHAPES))
        put(M_PARENT, *empty)
        put(PIECE_FIRST, np.zeros(1, np.int64), np.empty((0, 2), np.int64))
        put(MUSCLE_NUMBERS, np.ones(6))
    else:
        units, pieces = model.muscles.units.units, model.muscles.pieces
        tree = model.muscles.muscles.tree
        put(M_PARENT, *_without_minus(tree))
        put(PIECE_FIRST, *pieces)
        put(MAX_FORCE, *units[:4], units.elastic, units.curves)
        width = model.drive_width.si
        numbers = [units.speed, units.damping, *model.muscles.units.activation.constants, width]
        put(MUSCLE_NUMBERS, np.array(numbers), command(model.excitation, width))
        put(REST_LENGTH, model.rest_length, model.rest_tension)
        put(V_R, *muscle_workspace(tree, pieces))
    loops = model.reflexes
    if loops is not None:
        put(SOURCE, loops.source, loops.target, loops.which_delay, loops.stretch_gain)
        put(RATE_GAIN, loops.rate_gain, loops.force_gain, loops.filter_time)
    put(APPLIED_PLACE, *_applied(model, applied))
    put(FOREIGN, np.zeros(n))
    put(W_R, *model.dynamics.workspace())
    put(S_Q, np.zeros(n), np.zeros(n), np.zeros(nm), np.zeros(18), np.zeros(solver))
    return _joined(fields)


_TREE_SHAPES = (
    ((1,), np.int64), ((1, 3), float), ((1, 3, 3), float), ((1, 3), float), ((2,), np.int64),
    ((0,), np.int64), ((0, 3), float), ((0,), np.int64), ((0, 5), float),
)  # fmt: skip


def _without_minus(tree: Tree) -> Tree:
    return tree._replace(parent=np.where(tree.parent < 0, NONE, tree.parent))


def _units(model: Spine) -> tuple[NDArray[Any], ...]:
    units = [joint.unit for joint in model.joints]
    start, kinds, rows = stack(units)
    place = np.full((len(units), 3), NONE, np.int64)
    held, damping = np.zeros((len(units), 3)), np.zeros((len(units), 3))
    branch, stiffness = [0], [np.empty(0)]
    decay = [(np.empty(0), np.empty(0), np.empty(0))]
    for k, joint in enumerate(model.joints):
        at = model.place_of(joint.coordinates)
        place[k] = np.where(at >= 0, at, NONE)
        held[k], _ = model.seen_by(joint, np.zeros(len(model.free)), np.zeros(len(model.free)))
        damping[k] = joint.unit.hysteresis.damping
        branch.append(branch[-1] + joint.states)
        decay.append(joint.unit.hysteresis.decay)
        stiffness.append(joint.unit.branch_stiffness.ravel())
    ends = np.array(branch, np.int64)
    columns = zip(*decay, strict=True)
    times, sizes, powers = (np.concatenate([a.ravel() for a in part]) for part in columns)
    return (
        start, kinds, rows.reshape(-1, TERM_COLUMNS), place, held, damping, ends,
        times, sizes, powers, np.concatenate(stiffness),
    )  # fmt: skip


def _applied(model: Spine, applied: Sequence[Perturbation]) -> tuple[NDArray[Any], ...]:
    from panjabi.errors import ParameterError

    place = np.full((len(applied), 2), NONE, np.int64)
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
    return place, geometry, waves, np.array(tones, float).reshape(-1, 3)


def _joined(fields: list[NDArray[Any]]) -> Floats:
    """Head with the start of every field, then the fields."""
    flat = [
        np.ascontiguousarray(f, np.int64).ravel().view(float)
        if f.dtype.kind in "iub"
        else np.ascontiguousarray(f, float).ravel()
        for f in fields
    ]
    start = FIELDS + 1 + np.cumsum([0, *(f.size for f in flat)], dtype=np.int64)
    return np.concatenate([start.view(float), *flat])


# --- out of the vector, compiled ------------------------------------------------------------------


@njit(cache=True, nogil=True, inline="always")
def floats(p: Floats, k: int) -> Floats:
    """Field k (values,)."""
    head = p[: FIELDS + 1].view(np.int64)
    return p[head[k] : head[k + 1]]


@njit(cache=True, nogil=True, inline="always")
def whole(p: Floats, k: int) -> Integers:
    """Field k as integers (values,)."""
    head = p[: FIELDS + 1].view(np.int64)
    return p[head[k] : head[k + 1]].view(np.int64)


@njit(cache=True, nogil=True)
def tree_at(p: Floats, k: int) -> Tree:
    """The tree whose nine fields begin at k."""
    return Tree(
        whole(p, k),
        floats(p, k + 1).reshape((-1, 3)),
        floats(p, k + 2).reshape((-1, 3, 3)),
        floats(p, k + 3).reshape((-1, 3)),
        whole(p, k + 4),
        whole(p, k + 5),
        floats(p, k + 6).reshape((-1, 3)),
        whole(p, k + 7),
        floats(p, k + 8).reshape((-1, 5)),
    )


@njit(cache=True, nogil=True)
def mechanism_of(p: Floats) -> Mechanism:
    """Bodies and joints for the equations of motion."""
    return Mechanism(
        tree_at(p, PARENT),
        floats(p, MASS),
        floats(p, COM).reshape((-1, 3)),
        floats(p, INERTIA).reshape((-1, 3, 3)),
        whole(p, RUN),
        whole(p, COUNTS)[ONE_RUN_EACH] == 1,
    )


@njit(cache=True, nogil=True)
def workspace_of(p: Floats, n: int) -> DynamicsWorkspace:
    """Scratch of the equations of motion."""
    return DynamicsWorkspace(
        floats(p, W_R).reshape((-1, 3, 3)),
        floats(p, W_T).reshape((-1, 3)),
        floats(p, W_AXIS).reshape((-1, 3)),
        floats(p, W_ORIGIN).reshape((-1, 3)),
        floats(p, W_RATE),
        floats(p, W_RATE2),
        floats(p, W_REFERENCE),
        floats(p, W_S).reshape((-1, 6)),
        floats(p, W_INERTIA).reshape((-1, 10)),
        floats(p, W_COMPOSITE).reshape((-1, 10)),
        floats(p, W_VELOCITY).reshape((-1, 6)),
        floats(p, W_ACCELERATION).reshape((-1, 6)),
        floats(p, W_FORCE).reshape((-1, 6)),
        floats(p, W_ARTICULATED).reshape((-1, 6, 6)),
        floats(p, W_RUN_AXIS).reshape((-1, 6)),
        floats(p, W_DRIFT).reshape((-1, 6)),
        floats(p, W_U).reshape((-1, 6)),
        floats(p, W_PIVOT).reshape((-1, 2)),
        floats(p, W_M).reshape((n, n)),
    )


@njit(cache=True, nogil=True)
def pieces_at(p: Floats) -> Pieces:
    """Moving pieces of the muscles."""
    return Pieces(
        whole(p, PIECE_FIRST),
        whole(p, PIECE_BODY).reshape((-1, 2)),
        floats(p, PIECE_LOCAL).reshape((-1, 2, 3)),
        floats(p, PIECE_FIXED),
    )


@njit(cache=True, nogil=True)
def units_of(p: Floats) -> Units:
    """Musculotendon units."""
    numbers = floats(p, MUSCLE_NUMBERS)
    return Units(
        floats(p, MAX_FORCE),
        floats(p, OPTIMAL_LENGTH),
        floats(p, SLACK_LENGTH),
        floats(p, THICKNESS),
        whole(p, ELASTIC),
        numbers[SPEED],
        numbers[DAMPING],
        0.0,
        1.0,
        1.0,
        floats(p, CURVES),
    )


@njit(cache=True, nogil=True)
def muscle_workspace_of(p: Floats) -> MuscleWorkspace:
    """Scratch of the muscles."""
    return MuscleWorkspace(
        floats(p, V_R).reshape((-1, 3, 3)),
        floats(p, V_T).reshape((-1, 3)),
        floats(p, V_AXIS).reshape((-1, 3)),
        floats(p, V_ORIGIN).reshape((-1, 3)),
        floats(p, V_RATE),
        floats(p, V_RATE2),
        floats(p, V_OMEGA).reshape((-1, 3)),
        floats(p, V_V).reshape((-1, 3)),
        floats(p, V_FORCE).reshape((-1, 3)),
        floats(p, V_TORQUE).reshape((-1, 3)),
        floats(p, V_DIRECTION).reshape((-1, 3)),
        floats(p, V_MOMENT).reshape((-1, 3)),
        floats(p, V_LENGTH),
        floats(p, V_SPEED),
        floats(p, V_TENSION),
    )
