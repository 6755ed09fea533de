"""Muscles in the equations (1 - w J) x = b of an implicit step, compiled.

Activation and fibre of a muscle depend on each other and on the length of its path alone, so they
are eliminated muscle by muscle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.active.activation import activation_rate
from panjabi.active.line_kernels import body_twists, line_motion
from panjabi.active.slope_kernels import (
    FORCE_ACTIVATION,
    FORCE_FIBRE,
    FORCE_LENGTH,
    FORCE_SPEED,
    RATE_ACTIVATION,
    RATE_FIBRE,
    RATE_LENGTH,
    SLOPES,
    line_slopes,
    muscle_slopes,
)
from panjabi.arrays import Matrix, Vector
from panjabi.body.kernels import forward


class MuscleStep(NamedTuple):
    """Slopes of all muscles at the start of a step, and parts of its solution."""

    slope: Matrix  # (nm, n) slope of each length
    slopes: Matrix  # (nm, SLOPES) of force and fibre rate
    decay: Vector  # (nm,) d activation rate / d activation
    fibre_factor: Vector  # (nm,)
    length: Vector  # (nm,) changes of path length, its rate and the tension in the solution
    speed: Vector  # (nm,)
    tension: Vector  # (nm,)


def muscle_step(muscles: int, n: int) -> MuscleStep:
    """Work arrays for so many muscles over n coordinates."""
    return MuscleStep(
        np.zeros((muscles, n)), np.zeros((muscles, SLOPES)), *(np.zeros(muscles) for _ in range(5))
    )


@njit(cache=True, nogil=True)
def step_slopes(q, rate, activation, fibre, excitation, data, work, step):
    """Slopes of paths, tensions, fibres and activations at a state, in place."""
    tree, pieces, v = data.tree, data.pieces, work
    forward(tree, q, v.R, v.t, v.axis_world, v.origin_world, v.rate, v.rate2)
    body_twists(tree, rate, v.axis_world, v.origin_world, v.rate, v.omega, v.v)
    line_motion(pieces, v.R, v.t, v.omega, v.v, v.direction, v.moment, v.length, v.speed)
    line_slopes(
        tree, pieces, v.direction, v.moment, v.axis_world, v.origin_world, v.rate, step.slope
    )
    muscle_slopes(data.units, activation, fibre, v.length, v.speed, step.slopes)
    for m in range(activation.shape[0]):
        _, step.decay[m], _ = activation_rate(
            data.rise, data.fall, data.sharpness, excitation[m], activation[m]
        )


@njit(cache=True, nogil=True)
def reduce_muscles(w, step, S):
    """Add fibres and tendons in series to the lower half of the matrix S (n, n) of the rates."""
    slope, slopes, factor = step.slope, step.slopes, step.fibre_factor
    for m in range(slope.shape[0]):
        s = slopes[m]
        factor[m] = 1.0 / (1.0 - w * s[RATE_FIBRE])
        stiff = s[FORCE_LENGTH] + s[FORCE_FIBRE] * w * s[RATE_LENGTH] * factor[m]
        stiff = w * (s[FORCE_SPEED] + w * stiff)
        for i in range(slope.shape[1]):
            if slope[m, i] != 0.0:
                x = stiff * slope[m, i]
                for j in range(i + 1):
                    S[i, j] += x * slope[m, j]


@njit(cache=True, nogil=True)
def eliminate_muscles(w, step, q, a, fibre, back):
    """States as far as they do not depend on rates, and their part of the right-hand side."""
    slope, slopes, factor = step.slope, step.slopes, step.fibre_factor
    n = slope.shape[1]
    for m in range(slope.shape[0]):
        s = slopes[m]
        a[m] /= 1.0 - w * step.decay[m]
        along = 0.0
        for i in range(n):
            along += slope[m, i] * q[i]
        fibre[m] = factor[m] * (fibre[m] + w * (s[RATE_ACTIVATION] * a[m] + s[RATE_LENGTH] * along))
        force = w * (
            s[FORCE_LENGTH] * along + s[FORCE_FIBRE] * fibre[m] + s[FORCE_ACTIVATION] * a[m]
        )
        for i in range(n):
            back[i] -= force * slope[m, i]


@njit(cache=True, nogil=True)
def complete_muscles(w, step, q, rate, a, fibre):
    """Fibres with the solved q and rates (n,); changes of length, speed and tension in place."""
    slope, slopes = step.slope, step.slopes
    n = slope.shape[1]
    for m in range(slope.shape[0]):
        along = 0.0
        moved = 0.0
        for i in range(n):
            along += slope[m, i] * rate[i]
            moved += slope[m, i] * q[i]
        s = slopes[m]
        fibre[m] += step.fibre_factor[m] * w * w * s[RATE_LENGTH] * along
        force = s[FORCE_LENGTH] * moved + s[FORCE_SPEED] * along
        force += s[FORCE_FIBRE] * fibre[m] + s[FORCE_ACTIVATION] * a[m]
        step.length[m], step.speed[m], step.tension[m] = moved, along, force
