"""Units as joints of a spine, compiled: moments, rates of their states, and their step equations.

The states of a joint are the stretches of its Maxwell branches and friction elements, axis by axis.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.arrays import IntegerMatrix, Integers, Matrix, Vector
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.kernels import TERM_COLUMNS, evaluate_compressed, relaxation

Floats = NDArray[np.float64]


class JointData(NamedTuple):
    """All joints of a spine as flat arrays."""

    start: Integers  # (joints + 1,) terms of each unit: plain ones, then preloaded ones
    middle: Integers  # (joints,) the first preloaded term
    law: Matrix  # (joints, 4) factor of the compression, see `kernels.compression_factor`
    level: Integers  # (joints,) state of its compression, below 0 if that is constant
    preload: Vector  # (joints,) constant compression [N]
    kinds: Integers  # (terms,)
    rows: Matrix  # (terms, TERM_COLUMNS)
    place: IntegerMatrix  # (joints, 3) coordinate of each angle, below 0 if it is fixed
    fixed: Matrix  # (joints, 3) value of fixed coordinates [rad]
    neutral: Matrix  # (joints, 3) coordinates at which the unit is neutral [rad]
    damping: Matrix  # (joints, 3) [N m s/rad]
    branch: Integers  # (joints + 1,) states of each joint
    time: Vector  # (states,) `Hysteresis.decay`
    size: Vector  # (states,)
    power: Vector  # (states,)
    springs: Vector  # (states,) stiffness without the factor of the compression [N m/rad]


class JointWork(NamedTuple):
    """Work arrays of the joints."""

    angles: Vector  # (3,)
    moment: Vector  # (3,)
    tangent: Matrix  # (3, 3)
    by_compression: Vector  # (3,)
    stiffness: Vector  # (states,) of the springs under compression [N m/rad]
    relax: Vector  # (states,) d relaxation / d stretch


def joint_data(
    units: Sequence[FunctionalSpinalUnit],
    place: NDArray[np.int64],
    fixed: Floats,
    neutral: Floats,
    level: NDArray[np.int64],
) -> JointData:
    """Flat arrays of units; the other arguments (joints, 3) and (joints,) as in `JointData`."""
    tables = [unit.compressed for unit in units]
    start = np.cumsum([0, *(kinds.size for kinds, _, _ in tables)], dtype=np.int64)
    middle = start[:-1] + np.array([plain for _, _, plain in tables], np.int64)
    decay = [np.stack([part.ravel() for part in unit.hysteresis.decay]) for unit in units]
    time, size, power = np.concatenate([np.empty((3, 0)), *decay], axis=1)
    springs = [unit.springs.ravel() for unit in units]
    return JointData(
        start,
        middle,
        np.array([unit.stiffening.law for unit in units], float).reshape(-1, 4),
        level,
        np.array([unit.preload for unit in units], float),
        np.concatenate([np.empty(0, np.int64), *(kinds for kinds, _, _ in tables)]),
        np.concatenate([np.empty((0, TERM_COLUMNS)), *(rows for _, rows, _ in tables)]),
        place,
        fixed,
        neutral,
        np.array([unit.hysteresis.damping for unit in units], float).reshape(-1, 3),
        np.cumsum([0, *(k.size for k in springs)], dtype=np.int64),
        time,
        size,
        power,
        np.concatenate([np.empty(0), *springs]),
    )


def joint_work(data: JointData) -> JointWork:
    """Work arrays for these joints."""
    three, states = np.zeros((3, 3)), np.zeros((2, len(data.time)))
    return JointWork(np.zeros(3), np.zeros(3), three, np.zeros(3), *states)


@njit(cache=True, nogil=True)
def evaluate_joint(j, q, compression, data, work):
    """Moment and tangent of unit j at q and the compressions of the levels; factor f(P) [1]."""
    for i in range(3):
        k = data.place[j, i]
        work.angles[i] = (q[k] if k >= 0 else data.fixed[j, i]) - data.neutral[j, i]
    level = data.level[j]
    _, _, factor = evaluate_compressed(
        data.kinds,
        data.rows,
        data.start[j],
        data.middle[j],
        data.start[j + 1],
        data.law[j],
        compression[level] if level >= 0 else data.preload[j],
        work.angles,
        work.moment,
        work.tangent,
        work.by_compression,
    )
    return factor


@njit(cache=True, nogil=True)
def add_joints(q, rate, stretch, compression, data, work, Q, stretch_rate):
    """Add the moments of all units to Q; rates of their states in place.

    compression (levels,) [N]; stretch, stretch_rate (states,).
    """
    moment, branch = work.moment, data.branch
    for j in range(data.place.shape[0]):
        factor = evaluate_joint(j, q, compression, data, work)
        each = (branch[j + 1] - branch[j]) // 3
        for i in range(3):
            k = data.place[j, i]
            speed = rate[k] if k >= 0 else 0.0
            resisting = moment[i] + data.damping[j, i] * speed
            total = 0.0
            for s in range(branch[j] + i * each, branch[j] + (i + 1) * each):
                total += factor * data.springs[s] * stretch[s]
                decay = relaxation(stretch[s], data.time[s], data.size[s], data.power[s])[0]
                stretch_rate[s] = speed - decay
            if k >= 0:
                Q[k] -= resisting + total


# --- the equations (1 - w J) x = b of a step ------------------------------------------------------


@njit(cache=True, nogil=True)
def joint_slopes(q, stretch, compression, data, work, K, C):
    """Add tangent and damping of every unit to K, C (n, n); slopes of its states into the work."""
    tangent = work.tangent
    for j in range(data.place.shape[0]):
        factor = evaluate_joint(j, q, compression, data, work)
        for s in range(data.branch[j], data.branch[j + 1]):
            work.stiffness[s] = factor * data.springs[s]
        for i in range(3):
            k = data.place[j, i]
            if k < 0:
                continue
            C[k, k] += data.damping[j, i]
            for other in range(3):
                if data.place[j, other] >= 0:
                    K[k, data.place[j, other]] += tangent[i, other]
    for s in range(stretch.shape[0]):
        work.relax[s] = relaxation(stretch[s], data.time[s], data.size[s], data.power[s])[1]


@njit(cache=True, nogil=True)
def reduce_joints(w, data, work, S):
    """Add the eliminated states to the matrix S (n, n) of the rates."""
    branch = data.branch
    for j in range(data.place.shape[0]):
        each = (branch[j + 1] - branch[j]) // 3
        for i in range(3):
            k = data.place[j, i]
            if k >= 0:
                for s in range(branch[j] + i * each, branch[j] + (i + 1) * each):
                    S[k, k] += w * w * work.stiffness[s] / (1.0 + w * work.relax[s])


@njit(cache=True, nogil=True)
def eliminate_joints(w, data, work, x, back):
    """States x as far as they do not depend on rates, and their part of the right-hand side."""
    branch = data.branch
    for j in range(data.place.shape[0]):
        each = (branch[j + 1] - branch[j]) // 3
        for i in range(3):
            for s in range(branch[j] + i * each, branch[j] + (i + 1) * each):
                x[s] /= 1.0 + w * work.relax[s]
                if data.place[j, i] >= 0:
                    back[data.place[j, i]] -= w * work.stiffness[s] * x[s]


@njit(cache=True, nogil=True)
def complete_joints(w, data, work, rate, x):
    """States x with the rates (n,) of the solution."""
    branch = data.branch
    for j in range(data.place.shape[0]):
        each = (branch[j + 1] - branch[j]) // 3
        for i in range(3):
            if data.place[j, i] >= 0:
                for s in range(branch[j] + i * each, branch[j] + (i + 1) * each):
                    x[s] += w * rate[data.place[j, i]] / (1.0 + w * work.relax[s])
