"""Muscle fibre and tendon in series, compiled: one muscle at a time, and all of them in place.

Fibre of length lf at constant thickness h, along the tendon s = sqrt(lf^2 - h^2), cos a = s / lf:

    F = Fmax [a fl(lf/lopt) fv(v) + fp(lf/lopt) + d v] s / lf,     v = lf' / (vmax lopt)

Tendon of length L - s: F = Fmax ft((L - s) / lts). A rigid tendon keeps lts.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.body.tree import Floats
from panjabi.tissue import de_groote_kernels as curves

SHORTEST = 1e-3
"""Fibre length along the tendon, over the optimal one, below which nothing is divided by it."""


class Units(NamedTuple):
    """Musculotendon units as flat arrays (nm,), and the constants they share."""

    max_force: Floats  # [N]
    optimal_length: Floats  # [m]
    tendon_slack_length: Floats  # [m]
    thickness: Floats  # optimal length times sin(pennation) [m]
    elastic: np.ndarray  # bool: whether the tendon stretches
    speed: float  # greatest speed of shortening [optimal lengths/s]
    damping: float  # d of the fibre [1]
    curves: Floats  # DeGrooteCurves.row


@njit(cache=True, nogil=True)
def fibre_force(c, activation, length, velocity, damping):
    """Force along the fibre over Fmax, and its slopes by length and velocity [1]."""
    fl, fl1 = curves.active(c, length)
    fv, fv1 = curves.velocity(c, velocity)
    fp, fp1 = curves.passive(c, length)
    force = activation * fl * fv + fp + damping * velocity
    return force, activation * fl1 * fv + fp1, activation * fl * fv1 + damping


@njit(cache=True, nogil=True)
def rigid(units, m, activation, length, velocity):
    """Force [N] of muscle m with a rigid tendon, and its slopes by path length and velocity.

    length [m] and velocity [m/s] of the path; slopes [N/m], [N s/m]. Zero where the path is
    shorter than the tendon.
    """
    s = length - units.tendon_slack_length[m]
    if s <= 0.0:
        return 0.0, 0.0, 0.0
    lopt = units.optimal_length[m]
    h = units.thickness[m]
    lf = math.sqrt(s * s + h * h)
    cosine = s / lf
    scale = 1.0 / (units.speed * lopt)
    v = velocity * cosine * scale
    f, f_l, f_v = fibre_force(units.curves, activation, lf / lopt, v, units.damping)
    turn = h * h / (lf * lf * lf)  # d cos / d s
    fmax = units.max_force[m]
    slope = (f_l * cosine / lopt + f_v * velocity * turn * scale) * cosine + f * turn
    return fmax * f * cosine, fmax * slope, fmax * f_v * cosine * scale * cosine


@njit(cache=True, nogil=True)
def elastic(units, m, activation, fibre, length):
    """Force [N] of muscle m with an elastic tendon, and d fibre / dt [1/s].

    fibre : its length over the optimal one; length [m] of the path. A fibre shorter than the
    muscle is thick lies across: it then counts as SHORTEST along the tendon.
    """
    lopt = units.optimal_length[m]
    h = units.thickness[m] / lopt
    across = fibre * fibre - h * h
    s = math.sqrt(across) if across > SHORTEST * SHORTEST else SHORTEST
    c = units.curves
    ft, _ = curves.tendon(c, (length - s * lopt) / units.tendon_slack_length[m])
    fl, _ = curves.active(c, fibre)
    fp, _ = curves.passive(c, fibre)
    v = curves.damped_velocity(c, activation * fl, units.damping, ft * fibre / s - fp)
    return units.max_force[m] * ft, units.speed * v


@njit(cache=True, nogil=True)
def at_rest(units, m, activation, length):
    """Equilibrium of muscle m at a path length [m], fibre and path at rest.

    Returns force [N], fibre length over the optimal one, stiffness of the fibre along the tendon
    and of the tendon [N/m], viscosity of the fibre along the tendon [N s/m], and the residual of
    the balance [N]. Newton's steps on the fibre's length along the tendon inside a shrinking
    bracket: at its upper end the tendon is just slack, at its lower end it outdoes the fibre.
    """
    c = units.curves
    fmax = units.max_force[m]
    lopt = units.optimal_length[m]
    lts = units.tendon_slack_length[m]
    h = units.thickness[m]
    if not units.elastic[m]:
        force, k, viscosity = rigid(units, m, activation, length, 0.0)
        s = max(length - lts, 0.0)
        return force, math.sqrt(s * s + h * h) / lopt, k, math.inf, viscosity, 0.0
    slack, _ = curves.tendon_at_force(c, 0.0)
    high = length - lts * slack
    if high <= 0.0:  # the path is shorter than the tendon: nothing pulls
        return 0.0, h / lopt, 0.0, 0.0, 0.0, 0.0
    low = 0.0
    s = max(length - 1.03 * lts, 0.5 * high)
    pull = hold = k_fibre = k_tendon = viscosity = 0.0
    for _ in range(100):
        lf = math.sqrt(s * s + h * h)
        cosine = s / lf
        f, f_l, f_v = fibre_force(c, activation, lf / lopt, 0.0, units.damping)
        pull = f * cosine
        k_fibre = f_l * cosine * cosine / lopt + f * h * h / (lf * lf * lf)
        viscosity = f_v * cosine * cosine / (units.speed * lopt)
        hold, k_tendon = curves.tendon(c, (length - s) / lts)
        k_tendon /= lts
        gap = pull - hold
        if gap > 0.0:
            high = s
        elif gap < 0.0:
            low = s
        else:
            break
        slope = k_fibre + k_tendon
        new = s - gap / slope if slope > 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - s) <= 1e-15 * length:
            break
        s = new
    return (
        fmax * hold,
        math.sqrt(s * s + h * h) / lopt,
        fmax * k_fibre,
        fmax * k_tendon,
        fmax * viscosity,
        fmax * (pull - hold),
    )


@njit(cache=True, nogil=True)
def rates(units, activation, fibre, length, velocity, force, fibre_rate):
    """Forces [N] and d fibre / dt [1/s] of all muscles, in place; all arrays (nm,).

    Muscles with a rigid tendon take the path's velocity; their fibre state stands still.
    """
    for m in range(length.shape[0]):
        if units.elastic[m]:
            force[m], fibre_rate[m] = elastic(units, m, activation[m], fibre[m], length[m])
        else:
            force[m] = rigid(units, m, activation[m], length[m], velocity[m])[0]
            fibre_rate[m] = 0.0


@njit(cache=True, nogil=True)
def equilibrium(units, activation, length, out):
    """`at_rest` of all muscles, in place: out (6, nm)."""
    for m in range(length.shape[0]):
        f, lf, kf, kt, viscosity, residual = at_rest(units, m, activation[m], length[m])
        out[0, m] = f
        out[1, m] = lf
        out[2, m] = kf
        out[3, m] = kt
        out[4, m] = viscosity
        out[5, m] = residual


@njit(cache=True, nogil=True)
def rigid_all(units, activation, length, velocity, force, by_length, by_velocity):
    """`rigid` of all muscles, in place; all arrays (nm,)."""
    for m in range(length.shape[0]):
        force[m], by_length[m], by_velocity[m] = rigid(
            units, m, activation[m], length[m], velocity[m]
        )


@njit(cache=True, nogil=True)
def tendon_slopes(units, fibre, length, slope):
    """d force / d path length [N/m] of all muscles with the fibre held, in place, (nm,).

    What the tendon alone resists with; a rigid tendon has no such number, NaN.
    """
    for m in range(length.shape[0]):
        if not units.elastic[m]:
            slope[m] = np.nan
            continue
        lopt = units.optimal_length[m]
        h = units.thickness[m] / lopt
        across = fibre[m] * fibre[m] - h * h
        s = math.sqrt(across) if across > SHORTEST * SHORTEST else SHORTEST
        lts = units.tendon_slack_length[m]
        slope[m] = units.max_force[m] * curves.tendon(units.curves, (length[m] - s * lopt) / lts)[1]
        slope[m] /= lts
