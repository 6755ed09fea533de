"""Muscles in the equations (1 - w J) x = b of an implicit step, compiled.

Activation, fibre and short-range force of a muscle depend on each other and on the length of its
path alone, so they are eliminated muscle by muscle.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.active.activation import activation_rate
from panjabi.active.line_kernels import body_twists, line_motion, place_wraps
from panjabi.active.slope_kernels import (
    FORCE_ACTIVATION,
    FORCE_FIBRE,
    FORCE_LENGTH,
    FORCE_SHORT,
    FORCE_SPEED,
    RATE_ACTIVATION,
    RATE_FIBRE,
    RATE_LENGTH,
    RATE_SHORT,
    SHORT_ACTIVATION,
    SHORT_FIBRE,
    SHORT_LENGTH,
    SHORT_SHORT,
    SHORT_SPEED,
    SLOPES,
    line_slopes,
    muscle_slopes,
)
from panjabi.arrays import Matrix, Vector
from panjabi.body.kernels import forward


class MuscleStep(NamedTuple):
    """Slopes of all muscles at the start of a step, and parts of its solution."""

    slope: Matrix  # (nm, n) slope of each length
    slopes: Matrix  # (nm, SLOPES) of force and rates
    decay: Vector  # (nm,) d activation rate / d activation
    inverse: Matrix  # (nm, 4) of the equations of fibre and short-range force, row by row
    follow: Matrix  # (nm, 2) change of fibre and short-range force per rate of the path
    length: Vector  # (nm,) changes of path length, its rate and the tension in the solution
    speed: Vector  # (nm,)
    tension: Vector  # (nm,)


def muscle_step(muscles: int, n: int) -> MuscleStep:
    """Work arrays for so many muscles over n coordinates."""
    return MuscleStep(
        np.zeros((muscles, n)),
        np.zeros((muscles, SLOPES)),
        np.zeros(muscles),
        np.zeros((muscles, 4)),
        np.zeros((muscles, 2)),
        *np.zeros((3, muscles)),
    )


@njit(cache=True, nogil=True)
def step_slopes(q, rate, activation, fibre, short, excitation, data, work, step):
    """Slopes of paths, tensions, fibres and activations at a state, in place."""
    tree, pieces, v = data.tree, data.pieces, work
    forward(tree, q, v.R, v.t, v.axis_world, v.origin_world, v.rate, v.rate2)
    place_wraps(pieces, v.R, v.t)
    body_twists(tree, rate, v.axis_world, v.origin_world, v.rate, v.omega, v.v)
    line_motion(pieces, v.R, v.t, v.omega, v.v, v.direction, v.moment, v.length, v.speed)
    line_slopes(
        tree, pieces, v.direction, v.moment, v.axis_world, v.origin_world, v.rate, step.slope
    )
    muscle_slopes(data.units, activation, fibre, short, v.length, v.speed, step.slopes)
    for m in range(activation.shape[0]):
        _, step.decay[m], _ = activation_rate(
            data.rise, data.fall, data.sharpness, excitation[m], activation[m]
        )


@njit(cache=True, nogil=True)
def reduce_muscles(w, step, S):
    """Add the muscles' stiffness to the lower half of the matrix S (n, n) of the rates.

    Fibre f and short-range force r of a muscle solve (1 - w J) (f, r) = b, two equations.
    """
    slope, slopes = step.slope, step.slopes
    for m in range(slope.shape[0]):
        s, inverse, follow = slopes[m], step.inverse[m], step.follow[m]
        f, r = 1.0 - w * s[RATE_FIBRE], 1.0 - w * s[SHORT_SHORT]
        factor = 1.0 / (f * r - w * w * s[RATE_SHORT] * s[SHORT_FIBRE])
        inverse[0], inverse[1] = r * factor, w * s[RATE_SHORT] * factor
        inverse[2], inverse[3] = w * s[SHORT_FIBRE] * factor, f * factor
        # f and r per rate of the path, which lengthens it by w
        by_fibre, by_short = w * w * s[RATE_LENGTH], w * (w * s[SHORT_LENGTH] + s[SHORT_SPEED])
        follow[0] = inverse[0] * by_fibre + inverse[1] * by_short
        follow[1] = inverse[2] * by_fibre + inverse[3] * by_short
        stiff = w * s[FORCE_LENGTH] + s[FORCE_SPEED]
        stiff = w * (stiff + s[FORCE_FIBRE] * follow[0] + s[FORCE_SHORT] * follow[1])
        for i in range(slope.shape[1]):
            if slope[m, i] != 0.0:
                x = stiff * slope[m, i]
                for j in range(i + 1):
                    S[i, j] += x * slope[m, j]


@njit(cache=True, nogil=True)
def eliminate_muscles(w, step, q, a, fibre, short, back):
    """States as far as they do not depend on rates, and their part of the right-hand side.

    short : (nm,), or (0,) for muscles without short-range force.
    """
    slope, slopes, with_short = step.slope, step.slopes, short.shape[0] > 0
    n = slope.shape[1]
    for m in range(slope.shape[0]):
        s, inverse = slopes[m], step.inverse[m]
        a[m] /= 1.0 - w * step.decay[m]
        along = 0.0
        for i in range(n):
            along += slope[m, i] * q[i]
        f = fibre[m] + w * (s[RATE_ACTIVATION] * a[m] + s[RATE_LENGTH] * along)
        force = s[FORCE_LENGTH] * along + s[FORCE_ACTIVATION] * a[m]
        if with_short:
            r = short[m] + w * (s[SHORT_ACTIVATION] * a[m] + s[SHORT_LENGTH] * along)
            fibre[m] = inverse[0] * f + inverse[1] * r
            short[m] = inverse[2] * f + inverse[3] * r
            force += s[FORCE_SHORT] * short[m]
        else:
            fibre[m] = inverse[0] * f
        force = w * (force + s[FORCE_FIBRE] * fibre[m])
        for i in range(n):
            back[i] -= force * slope[m, i]


@njit(cache=True, nogil=True)
def complete_muscles(w, step, q, rate, a, fibre, short):
    """States with the solved q and rates (n,); changes of length, speed and tension in place."""
    slope, slopes, with_short = step.slope, step.slopes, short.shape[0] > 0
    n = slope.shape[1]
    for m in range(slope.shape[0]):
        along = 0.0
        moved = 0.0
        for i in range(n):
            along += slope[m, i] * rate[i]
            moved += slope[m, i] * q[i]
        s = slopes[m]
        fibre[m] += step.follow[m, 0] * along
        force = s[FORCE_LENGTH] * moved + s[FORCE_SPEED] * along
        force += s[FORCE_FIBRE] * fibre[m] + s[FORCE_ACTIVATION] * a[m]
        if with_short:
            short[m] += step.follow[m, 1] * along
            force += s[FORCE_SHORT] * short[m]
        step.length[m], step.speed[m], step.tension[m] = moved, along, force
