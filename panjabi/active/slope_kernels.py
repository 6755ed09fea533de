"""Slopes of the muscles' equations, one muscle at a time, and of their paths; compiled."""

from __future__ import annotations

import math

from numba import njit

from panjabi.active.line_kernels import Pieces
from panjabi.active.musculotendon_kernels import SHORTEST, Units, rigid
from panjabi.body.tree import Floats, Tree
from panjabi.tissue import de_groote_kernels as curves

# Slopes of one muscle.
FORCE_LENGTH = 0  # d tension / d path length [N/m]
FORCE_SPEED = 1  # d tension / d path speed [N s/m]
FORCE_FIBRE = 2  # d tension / d fibre [N]
FORCE_ACTIVATION = 3  # d tension / d activation [N]
RATE_LENGTH = 4  # d fibre rate / d path length [1/(m s)]
RATE_FIBRE = 5  # d fibre rate / d fibre [1/s]
RATE_ACTIVATION = 6  # d fibre rate / d activation [1/s]
SLOPES = 7


@njit(cache=True, nogil=True)
def muscle_slopes(
    units: Units, activation: Floats, fibre: Floats, length: Floats, speed: Floats, out: Floats
) -> None:
    """Slopes of tension and fibre rate of all muscles in place, out (nm, SLOPES).

    activation, fibre (over its optimal length), path length [m] and speed [m/s] : (nm,).
    """
    c, d = units.curves, units.damping
    for m in range(length.shape[0]):
        fmax, lopt = units.max_force[m], units.optimal_length[m]
        lts, h = units.tendon_slack_length[m], units.thickness[m] / units.optimal_length[m]
        row = out[m]
        row[:] = 0.0
        if not units.elastic[m]:
            _, row[FORCE_LENGTH], row[FORCE_SPEED] = rigid(
                c, fmax, lopt, lts, h * lopt, units.speed, d, activation[m], length[m], speed[m]
            )
            s = length[m] - lts
            if s > 0.0:
                lf = math.sqrt(s * s + h * h * lopt * lopt)
                fl, _ = curves.active(c, lf / lopt)
                fv, _ = curves.velocity(c, speed[m] * s / lf / (units.speed * lopt))
                row[FORCE_ACTIVATION] = fmax * fl * fv * s / lf
            continue
        lf, a = fibre[m], activation[m]
        across = lf * lf - h * h
        s, turn = SHORTEST, 0.0  # turn = d s / d lf
        if across > SHORTEST * SHORTEST:
            s = math.sqrt(across)
            turn = lf / s
        ft, ft1 = curves.tendon(c, (length[m] - s * lopt) / lts)
        fl, fl1 = curves.active(c, lf)
        fp, fp1 = curves.passive(c, lf)
        v = curves.damped_velocity(c, a * fl, d, ft * lf / s - fp)
        fv, fv1 = curves.velocity(c, v)
        by_lf = -ft1 * lopt / lts * turn * lf / s + ft * (1.0 - turn * lf / s) / s - fp1
        factor = units.speed / (a * fl * fv1 + d)
        row[FORCE_LENGTH] = fmax * ft1 / lts
        row[FORCE_FIBRE] = -fmax * ft1 * lopt / lts * turn
        row[RATE_LENGTH] = factor * ft1 / lts * lf / s
        row[RATE_FIBRE] = factor * (by_lf - a * fl1 * fv)
        row[RATE_ACTIVATION] = -factor * fl * fv


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
            u0, u1, u2 = direction[k]
            m0, m1, m2 = moment[k]
            a, b = pieces.body[k]
            while a != b:
                sign = 1.0
                body = b
                if b > a:
                    b = tree.parent[b]
                else:
                    body, sign = a, -1.0
                    a = tree.parent[a]
                for e in range(tree.first[body], tree.first[body + 1]):
                    a0, a1, a2 = axis[e]
                    if tree.slide[e] == 1:
                        value = a0 * u0 + a1 * u1 + a2 * u2
                    else:
                        o0, o1, o2 = origin[e]
                        value = (
                            a0 * (m0 - o1 * u2 + o2 * u1)
                            + a1 * (m1 - o2 * u0 + o0 * u2)
                            + a2 * (m2 - o0 * u1 + o1 * u0)
                        )
                    slope[m, tree.coordinate[e]] += sign * rate[e] * value
