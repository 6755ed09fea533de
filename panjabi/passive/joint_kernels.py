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
from panjabi.passive.functional_unit import FunctionalSpinalUnit, stack
from panjabi.passive.kernels import TERM_COLUMNS, evaluate_unit, relaxation

Floats = NDArray[np.float64]


class JointData(NamedTuple):
    """All joints of a spine as flat arrays."""

    start: Integers  # (joints + 1,) terms of each unit
    kinds: Integers  # (terms,)
    rows: Matrix  # (terms, TERM_COLUMNS)
    place: IntegerMatrix  # (joints, 3) coordinate of each angle, below 0 if it is fixed
    fixed: Matrix  # (joints, 3) value of fixed angles [rad]
    damping: Matrix  # (joints, 3) [N m s/rad]
    branch: Integers  # (joints + 1,) states of each joint
    time: Vector  # (states,) `Hysteresis.decay`
    size: Vector  # (states,)
    power: Vector  # (states,)
    stiffness: Vector  # (states,) [N m/rad]


class JointWork(NamedTuple):
    """Work arrays of the joints."""

    angles: Vector  # (3,)
    moment: Vector  # (3,)
    tangent: Matrix  # (3, 3)
    relax: Vector  # (states,) d relaxation / d stretch


def joint_data(
    units: Sequence[FunctionalSpinalUnit], place: NDArray[np.int64], fixed: Floats
) -> JointData:
    """Flat arrays of units; place and fixed (joints, 3) as in `JointData`."""
    start, kinds, rows = stack(units)
    decay = [np.stack([part.ravel() for part in unit.hysteresis.decay]) for unit in units]
    time, size, power = np.concatenate([np.empty((3, 0)), *decay], axis=1)
    stiffness = [unit.branch_stiffness.ravel() for unit in units]
    return JointData(
        start,
        kinds,
        rows.reshape(-1, TERM_COLUMNS),
        place,
        fixed,
        np.array([unit.hysteresis.damping for unit in units], float).reshape(-1, 3),
        np.cumsum([0, *(k.size for k in stiffness)], dtype=np.int64),
        time,
        size,
        power,
        np.concatenate([np.empty(0), *stiffness]),
    )


def joint_work(data: JointData) -> JointWork:
    """Work arrays for these joints."""
    return JointWork(np.zeros(3), np.zeros(3), np.zeros((3, 3)), np.zeros(len(data.time)))


@njit(cache=True, nogil=True)
def add_joints(q, rate, stretch, data, work, Q, stretch_rate):
    """Add the moments of all units to Q; rates of their states in place."""
    angles, moment, branch = work.angles, work.moment, data.branch
    for j in range(data.place.shape[0]):
        for i in range(3):
            k = data.place[j, i]
            angles[i] = q[k] if k >= 0 else data.fixed[j, i]
        evaluate_unit(
            data.kinds, data.rows, data.start[j], data.start[j + 1], angles, moment, work.tangent
        )
        each = (branch[j + 1] - branch[j]) // 3
        for i in range(3):
            k = data.place[j, i]
            speed = rate[k] if k >= 0 else 0.0
            resisting = moment[i] + data.damping[j, i] * speed
            total = 0.0
            for s in range(branch[j] + i * each, branch[j] + (i + 1) * each):
                total += data.stiffness[s] * stretch[s]
                decay = relaxation(stretch[s], data.time[s], data.size[s], data.power[s])[0]
                stretch_rate[s] = speed - decay
            if k >= 0:
                Q[k] -= resisting + total


# --- the equations (1 - w J) x = b of a step ------------------------------------------------------


@njit(cache=True, nogil=True)
def joint_slopes(q, stretch, data, work, K, C):
    """Add tangent and damping of every unit to K, C (n, n); slopes of relaxation into the work."""
    angles, tangent = work.angles, work.tangent
    for j in range(data.place.shape[0]):
        for i in range(3):
            angles[i] = q[data.place[j, i]] if data.place[j, i] >= 0 else data.fixed[j, i]
        evaluate_unit(
            data.kinds, data.rows, data.start[j], data.start[j + 1], angles, work.moment, tangent
        )
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
                    S[k, k] += w * w * data.stiffness[s] / (1.0 + w * work.relax[s])


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
                    back[data.place[j, i]] -= w * data.stiffness[s] * x[s]


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
