"""Receptors of reflex loops, compiled, one at a time: output, rates of their states, slopes.

A receptor senses a stretch x, its rate v and a force f, counted as its source defines them, and has
up to `STATES` states z. Its output is a command, from gains and in the case of spindles and organs
from firing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.arrays import Block, Integers, Matrix, Vector
from panjabi.body.tree import Floats
from panjabi.neural import spindle_kernels, tendon_organ

STATES = spindle_kernels.STATES
INPUTS = 3 + STATES  # of slopes: x, v, f, then the states

# kinds of receptor, with their number of states; constants of each
FIRST_ORDER = 0
LEADING = 1  # first order with acceleration: the filter time
CANALS = 2  # time of the canals, of the integrator, the filter time
ALGEBRAIC = 3  # `spindle_kernels.algebraic`
SPINDLE = 4  # `Spindle.constants`
ORGAN = 5  # `TendonOrgan.constants`
STATE_COUNT = (0, 1, 3, 0, spindle_kernels.STATES, tendon_organ.STATES)

# columns of the gains
STRETCH, RATE, ACCELERATION, FORCE, FIRING, SECONDARY = range(6)


class ReceptorData(NamedTuple):
    """All receptors as flat arrays."""

    kind: Integers  # (receptors,)
    first: Integers  # (receptors + 1,) their states
    gain: Matrix  # (receptors, 6)
    constants: Vector  # of all kinds, one after another
    start: Integers  # (receptors + 1,) constants of each; receptors of one loop share them
    drive: Matrix  # (receptors, 2) fusimotor rates [1/s]
    offset: Vector  # (receptors,) length [1] or force [N] at equilibrium
    scale: Vector  # (receptors,) length [mm] or force [N] for one unit of x or f
    rest: Vector  # (receptors,) output at equilibrium before it is subtracted


class ReceptorWork(NamedTuple):
    """Work arrays for one receptor."""

    one: Vector  # (1,)
    two: Vector  # (1,)
    three: Vector  # (1,)
    pair: Matrix  # (1, 2)
    rates: Block  # (1, STATES, 2 + STATES)
    firing: Block  # (1, 2, 2 + STATES)
    force: Matrix  # (1, 3)
    value: Vector  # (1,)
    state: Vector  # (STATES,)
    slopes: Matrix  # (1 + STATES, INPUTS)


def receptor_work() -> ReceptorWork:
    """New work arrays."""
    return ReceptorWork(
        np.zeros(1), np.zeros(1), np.zeros(1), np.zeros((1, 2)),
        np.zeros((1, STATES, 2 + STATES)), np.zeros((1, 2, 2 + STATES)), np.zeros((1, 3)),
        np.zeros(1), np.zeros(STATES), np.zeros((1 + STATES, INPUTS)),
    )  # fmt: skip


@njit(cache=True, nogil=True)
def receptor_output(
    k: int,
    x: float,
    v: float,
    f: float,
    z: Floats,
    data: ReceptorData,
    work: ReceptorWork,
    z_rate: Floats,
) -> float:
    """Output of receptor k [1, or N m] before its value at rest; rates of its states in place."""
    kind, gain = data.kind[k], data.gain[k]
    c = data.constants[data.start[k] : data.start[k + 1]]
    if kind <= LEADING:
        out = gain[STRETCH] * x + gain[RATE] * v - gain[FORCE] * f
        if kind == LEADING:
            z_rate[0] = (v - z[0]) / c[0]
            out += gain[ACCELERATION] * z_rate[0]
        return out
    if kind == CANALS:
        sensed = v - z[0]
        z_rate[0] = sensed / c[0]
        z_rate[1] = sensed - z[1] / c[1]
        z_rate[2] = (sensed - z[2]) / c[2]
        return gain[STRETCH] * z[1] + gain[RATE] * sensed + gain[ACCELERATION] * z_rate[2]
    one, two, pair = work.one, work.two, work.pair
    if kind == ALGEBRAIC:
        one[0], two[0] = data.scale[k] * x, data.scale[k] * v
        spindle_kernels.algebraic(c, one, two, work.value, work.three, work.force[0, :1])
        return gain[FIRING] * work.value[0]
    if kind == SPINDLE:
        one[0], two[0] = data.offset[k] + x, v
        drive, state = data.drive[k : k + 1], z.reshape((1, -1))
        spindle_kernels.rates(c, one, two, drive, state, z_rate.reshape((1, -1)))
        spindle_kernels.afferents(c, one, state, pair, work.firing)
        return gain[FIRING] * pair[0, 0] + gain[SECONDARY] * pair[0, 1]
    one[0] = max(data.offset[k] + data.scale[k] * f, 0.0)
    state = z.reshape((1, -1))
    tendon_organ.rates(c, one, state, z_rate.reshape((1, -1)))
    tendon_organ.firing(c, one, state, work.value, work.force)
    return gain[FIRING] * work.value[0]


@njit(cache=True, nogil=True)
def receptor_slopes(
    k: int,
    x: float,
    v: float,
    f: float,
    z: Floats,
    data: ReceptorData,
    work: ReceptorWork,
    out: Floats,
) -> None:
    """Slopes (1 + states, INPUTS) of output, then of the states' rates, in x, v, f, z; in place."""
    kind, gain = data.kind[k], data.gain[k]
    c = data.constants[data.start[k] : data.start[k + 1]]
    out[:] = 0.0
    if kind <= LEADING:
        out[0, 0], out[0, 1], out[0, 2] = gain[STRETCH], gain[RATE], -gain[FORCE]
        if kind == LEADING:
            out[0, 1] += gain[ACCELERATION] / c[0]
            out[0, 3] = -gain[ACCELERATION] / c[0]
            out[1, 1], out[1, 3] = 1.0 / c[0], -1.0 / c[0]
        return
    if kind == CANALS:
        lead = gain[ACCELERATION] / c[2]
        out[0, 1], out[0, 3] = gain[RATE] + lead, -gain[RATE] - lead
        out[0, 4], out[0, 5] = gain[STRETCH], -lead
        out[1, 1], out[1, 3] = 1.0 / c[0], -1.0 / c[0]
        out[2, 1], out[2, 3], out[2, 4] = 1.0, -1.0, -1.0 / c[1]
        out[3, 1], out[3, 3], out[3, 5] = 1.0 / c[2], -1.0 / c[2], -1.0 / c[2]
        return
    one, two, scale = work.one, work.two, data.scale[k]
    if kind == ALGEBRAIC:
        one[0], two[0] = scale * x, scale * v
        spindle_kernels.algebraic(c, one, two, work.value, work.three, work.force[0, :1])
        out[0, 0] = gain[FIRING] * scale * work.three[0]
        out[0, 1] = gain[FIRING] * scale * work.force[0, 0]
        return
    state = z.reshape((1, -1))
    if kind == SPINDLE:
        one[0], two[0] = data.offset[k] + x, v
        spindle_kernels.rates_jacobian(c, one, two, data.drive[k : k + 1], state, work.rates)
        spindle_kernels.afferents(c, one, state, work.pair, work.firing)
        for i in range(2 + STATES):
            column = i if i < 2 else i + 1  # no force
            out[0, column] = gain[FIRING] * work.firing[0, 0, i]
            out[0, column] += gain[SECONDARY] * work.firing[0, 1, i]
            for j in range(STATES):
                out[1 + j, column] = work.rates[0, j, i]
        return
    one[0] = max(data.offset[k] + scale * f, 0.0)
    tendon_organ.firing(c, one, state, work.value, work.force)
    if data.offset[k] + scale * f < 0.0:  # a tendon cannot push: it is slack
        scale = 0.0
    out[0, 2] = gain[FIRING] * scale * work.force[0, 0]
    out[0, 3], out[0, 4] = gain[FIRING] * work.force[0, 1], gain[FIRING] * work.force[0, 2]
    out[1, 4] = 1.0
    out[2, 2] = scale * c[0] / (one[0] + c[1])
    out[2, 3], out[2, 4] = -c[7], -c[6]


@njit(cache=True, nogil=True)
def receptor_step(w, count, slopes, dx, dv, df, z, A):
    """States z (count,) of (1 - w J) z = b + w (changes of x, v, f), in place; A is work."""
    for i in range(count):
        z[i] += w * (slopes[1 + i, 0] * dx + slopes[1 + i, 1] * dv + slopes[1 + i, 2] * df)
        for j in range(count):
            A[i, j] = (1.0 if i == j else 0.0) - w * slopes[1 + i, 3 + j]
    for i in range(count):  # no pivoting: receptors are stable, so the diagonal stays above 0
        for r in range(i + 1, count):
            factor = A[r, i] / A[i, i]
            for j in range(i, count):
                A[r, j] -= factor * A[i, j]
            z[r] -= factor * z[i]
    for i in range(count - 1, -1, -1):
        for j in range(i + 1, count):
            z[i] -= A[i, j] * z[j]
        z[i] /= A[i, i]
