"""Slopes of the muscles' equations, one muscle at a time, and of their paths; compiled."""

from __future__ import annotations

import math

from numba import njit

from panjabi.active.line_kernels import Pieces
from panjabi.active.musculotendon_kernels import SHORTEST, Units, rigid, rigid_fibre
from panjabi.active.short_range_force import short_range_rate
from panjabi.body.path_kernels import add_piece_slope
from panjabi.body.tree import Floats, Tree
from panjabi.tissue import de_groote_kernels as curves

# Slopes of one muscle: of its tension, of the rate of its fibre, of the rate of its short-range
# force. Fibre and short-range force are over the optimal length and the maximal force.
FORCE_LENGTH = 0  # d tension / d path length [N/m]
FORCE_SPEED = 1  # d tension / d path speed [N s/m]
FORCE_FIBRE = 2  # d tension / d fibre [N]
FORCE_ACTIVATION = 3  # d tension / d activation [N]
FORCE_SHORT = 4  # d tension / d short-range force [N]
RATE_LENGTH = 5  # d fibre rate / d path length [1/(m s)]
RATE_FIBRE = 6  # d fibre rate / d fibre [1/s]
RATE_ACTIVATION = 7  # d fibre rate / d activation [1/s]
RATE_SHORT = 8  # d fibre rate / d short-range force [1/s]
SHORT_LENGTH = 9  # d rate of the short-range force / d path length [1/(m s)]
SHORT_SPEED = 10  # ... / d path speed [1/m]
SHORT_FIBRE = 11  # ... / d fibre [1/s]
SHORT_ACTIVATION = 12  # ... / d activation [1/s]
SHORT_SHORT = 13  # ... / d short-range force [1/s]
SLOPES = 14


@njit(cache=True, nogil=True, error_model="numpy")
def muscle_slopes(
    units: Units,
    activation: Floats,
    fibre: Floats,
    short_range: Floats,
    length: Floats,
    speed: Floats,
    out: Floats,
) -> None:
    """Slopes of tension and state rates of all muscles in place, out (nm, SLOPES).

    activation, fibre (over its optimal length), short_range (over the maximal force, (0,) for units
    without it), path length [m] and speed [m/s] : (nm,).
    """
    for m in range(length.shape[0]):
        r = short_range[m] if units.gamma > 0.0 else 0.0
        out[m] = 0.0
        if units.elastic[m]:
            _elastic_slopes(units, m, activation[m], fibre[m], r, length[m], out[m])
        else:
            _rigid_slopes(units, m, activation[m], r, length[m], speed[m], out[m])


@njit(cache=True, nogil=True, error_model="numpy")
def _rigid_slopes(units, m, a, r, length, speed, row):
    """Slopes of a muscle with a rigid tendon."""
    c, d = units.curves, units.damping
    fmax, lopt = units.max_force[m], units.optimal_length[m]
    lts, h = units.tendon_slack_length[m], units.thickness[m]
    _, row[FORCE_LENGTH], row[FORCE_SPEED] = rigid(
        c, fmax, lopt, lts, h, units.speed, d, a, length, speed, r
    )
    lf, cosine, turn, rate = rigid_fibre(lopt, lts, h, length, speed)
    fl, fl1 = curves.active(c, lf)
    fv, _ = curves.velocity(c, rate / units.speed)
    row[FORCE_ACTIVATION] = fmax * fl * fv * cosine
    if units.gamma > 0.0:
        row[FORCE_SHORT] = fmax * cosine
        _, by_strength, by_rate, row[SHORT_SHORT] = short_range_rate(
            units.gamma, units.relaxation_time, units.yield_strain, a * fl, rate, r
        )
        row[SHORT_LENGTH] = (by_strength * a * fl1 * cosine + by_rate * speed * turn) / lopt
        row[SHORT_SPEED] = by_rate * cosine / lopt
        row[SHORT_ACTIVATION] = by_strength * fl


@njit(cache=True, nogil=True, error_model="numpy")
def _elastic_slopes(units, m, a, lf, r, length, row):
    """Slopes of a muscle with an elastic tendon."""
    c, d = units.curves, units.damping
    fmax, lopt, lts = units.max_force[m], units.optimal_length[m], units.tendon_slack_length[m]
    h = units.thickness[m] / lopt
    across = lf * lf - h * h
    s, turn = SHORTEST, 0.0  # turn = d s / d lf
    if across > SHORTEST * SHORTEST:
        s = math.sqrt(across)
        turn = lf / s
    ft, ft1 = curves.tendon(c, (length - s * lopt) / lts)
    fl, fl1 = curves.active(c, lf)
    fp, fp1 = curves.passive(c, lf)
    v = curves.damped_velocity(c, a * fl, d, ft * lf / s - fp - r)
    fv, fv1 = curves.velocity(c, v)
    by_lf = -ft1 * lopt / lts * turn * lf / s + ft * (1.0 - turn * lf / s) / s - fp1
    factor = units.speed / (a * fl * fv1 + d)
    row[FORCE_LENGTH] = fmax * ft1 / lts
    row[FORCE_FIBRE] = -fmax * ft1 * lopt / lts * turn
    row[RATE_LENGTH] = factor * ft1 / lts * lf / s
    row[RATE_FIBRE] = factor * (by_lf - a * fl1 * fv)
    row[RATE_ACTIVATION] = -factor * fl * fv
    if units.gamma > 0.0:
        row[RATE_SHORT] = -factor
        _, by_strength, by_rate, by_short = short_range_rate(
            units.gamma, units.relaxation_time, units.yield_strain, a * fl, units.speed * v, r
        )
        row[SHORT_LENGTH] = by_rate * row[RATE_LENGTH]
        row[SHORT_FIBRE] = by_rate * row[RATE_FIBRE] + by_strength * a * fl1
        row[SHORT_ACTIVATION] = by_rate * row[RATE_ACTIVATION] + by_strength * fl
        row[SHORT_SHORT] = by_rate * row[RATE_SHORT] + by_short


@njit(cache=True, nogil=True)
def line_slopes(
    tree: Tree,
    pieces: Pieces,
    direction: Floats,
    moment: Floats,
    axis: Floats,
    origin: Floats,
    rate: Floats,
    slope: Floats,
) -> None:
    """d path length / d q of all muscles in place, slope (nm, n) [m/rad], after `line_motion`.

    Only coordinates between the two bodies of a piece change its length.
    """
    slope[:] = 0.0
    for m in range(pieces.first.shape[0] - 1):
        for k in range(pieces.first[m], pieces.first[m + 1]):
            add_piece_slope(
                tree,
                (pieces.body[k, 0], pieces.body[k, 1]),
                (direction[k, 0], direction[k, 1], direction[k, 2]),
                (moment[k, 0], moment[k, 1], moment[k, 2]),
                axis,
                origin,
                rate,
                slope[m],
            )
        if pieces.share[m] != 0.0:
            k, f = pieces.body.shape[0], -pieces.share[m]
            add_piece_slope(
                tree,
                (pieces.line_body[0], pieces.line_body[1]),
                (f * direction[k, 0], f * direction[k, 1], f * direction[k, 2]),
                (f * moment[k, 0], f * moment[k, 1], f * moment[k, 2]),
                axis,
                origin,
                rate,
                slope[m],
            )
