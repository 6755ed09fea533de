"""Muscle fibre and tendon in series, compiled: one muscle at a time, and all of them in place.

Fibre of length lf at constant thickness h, along the tendon s = sqrt(lf^2 - h^2), cos a = s / lf:

    F = Fmax [a fl(lf/lopt) fv(v) + fp(lf/lopt) + d v + r] s / lf,     v = lf' / (vmax lopt)

r is the short-range force of `short_range_force`, a state. Tendon of length L - s: F = Fmax
ft((L - s) / lts). A rigid tendon keeps lts.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from numba import njit

from panjabi.active.short_range_force import short_range_rate
from panjabi.arrays import Integers, Vector
from panjabi.tissue import de_groote_kernels as curves

SHORTEST = 1e-3
"""Smallest projected fibre length along the tendon over the optimal length, for divisions."""


class Units(NamedTuple):
    """Musculotendon units as flat arrays (nm,), and their common constants."""

    max_force: Vector  # [N]
    optimal_length: Vector  # [m]
    tendon_slack_length: Vector  # [m]
    thickness: Vector  # optimal length times sin(pennation) [m]
    elastic: Integers  # int64: 1 where the tendon stretches, 0 where it is rigid
    speed: float  # maximal shortening velocity [optimal lengths/s]
    damping: float  # d of the fibre [1]
    gamma: float  # short-range stiffness over a fl Fmax / lopt [1]; 0: no short-range force
    relaxation_time: float  # of the short-range force [s]
    yield_strain: float  # of the fibre, end of its short range [1]
    curves: Vector  # DeGrooteCurves.row


@njit(cache=True, nogil=True, error_model="numpy")
def fibre_force(c, activation, length, velocity, damping):
    """Force along the fibre over Fmax, and its slopes by length and velocity [1]."""
    fl, fl1 = curves.active(c, length)
    fv, fv1 = curves.velocity(c, velocity)
    fp, fp1 = curves.passive(c, length)
    force = activation * fl * fv + fp + damping * velocity
    return force, activation * fl1 * fv + fp1, activation * fl * fv1 + damping


@njit(cache=True, nogil=True, error_model="numpy")
def rigid_fibre(lopt, lts, h, length, velocity):
    """Fibre behind a rigid tendon: its length [1], cos a, d cos a / d path length [1/m], and rate.

    Length and rate [1/s] are over the optimal length. A path shorter than the tendon leaves the
    fibre across it.
    """
    s = length - lts
    if s <= 0.0:
        return h / lopt, 0.0, 0.0, 0.0
    lf = math.sqrt(s * s + h * h)
    cosine = s / lf
    return lf / lopt, cosine, h * h / (lf * lf * lf), velocity * cosine / lopt


@njit(cache=True, nogil=True, error_model="numpy")
def rigid(c, fmax, lopt, lts, h, speed, damping, activation, length, velocity, short_range):
    """Force [N] of one muscle with a rigid tendon, and its slopes by path length and velocity.

    The first seven arguments are the fields of `Units`, the constants c first. length [m] and
    velocity [m/s] of the path; short_range : its force over Fmax; slopes [N/m], [N s/m]. Zero where
    the path is shorter than the tendon.
    """
    fibre, cosine, turn, rate = rigid_fibre(lopt, lts, h, length, velocity)
    if cosine == 0.0:
        return 0.0, 0.0, 0.0
    scale = 1.0 / (speed * lopt)
    f, f_l, f_v = fibre_force(c, activation, fibre, rate / speed, damping)
    f += short_range
    slope = (f_l * cosine / lopt + f_v * velocity * turn * scale) * cosine + f * turn
    return fmax * f * cosine, fmax * slope, fmax * f_v * cosine * scale * cosine


@njit(cache=True, nogil=True, error_model="numpy")
def along_tendon(fibre, thickness):
    """Fibre length projected on the tendon [1]; both arguments over the optimal length.

    A fibre shorter than the thickness of the muscle is across the tendon: then SHORTEST is used.
    """
    across = fibre * fibre - thickness * thickness
    return math.sqrt(across) if across > SHORTEST * SHORTEST else SHORTEST


@njit(cache=True, nogil=True, error_model="numpy")
def elastic(c, lopt, lts, h, damping, activation, fibre, length, short_range):
    """Tendon force over Fmax, fibre velocity over the maximal velocity, and a fl of one muscle [1].

    fibre : its length over the optimal length; length [m] of the path; short_range : its force over
    Fmax.
    """
    s = along_tendon(fibre, h / lopt)
    ft, _ = curves.tendon(c, (length - s * lopt) / lts)
    fl, _ = curves.active(c, fibre)
    fp, _ = curves.passive(c, fibre)
    strength = activation * fl
    pull = ft * fibre / s - fp - short_range
    return ft, curves.damped_velocity(c, strength, damping, pull), strength


@njit(cache=True, nogil=True, error_model="numpy")
def at_rest(c, fmax, lopt, lts, h, speed, damping, activation, length):
    """Equilibrium of one muscle with an elastic tendon at a path length [m], all at rest.

    Returns force [N], fibre length over the optimal length, stiffness of the fibre along the tendon
    and of the tendon [N/m], viscosity of the fibre along the tendon [N s/m], and the residual of
    the equilibrium [N]. Zero if the path is shorter than the tendon.

    The unknown is the projected fibre length s in s + lts ft^-1(force of the fibre) = L. With the
    logarithm instead of the exponential, the equation is almost linear for Newton's method. The
    steps stay inside a shrinking bracket; at its upper end the tendon is just slack.
    """
    slack, k_tendon = curves.tendon_at_force(c, 0.0)
    high = length - lts * slack
    if high <= 0.0:
        return 0.0, h / lopt, 0.0, 0.0, 0.0, 0.0
    low = 0.0
    s = 0.98 * high
    pull = k_fibre = viscosity = lf = 0.0
    for _ in range(100):
        lf = math.sqrt(s * s + h * h)
        cosine = s / lf
        f, f_l, f_v = fibre_force(c, activation, lf / lopt, 0.0, damping)
        pull = f * cosine
        k_fibre = f_l * cosine * cosine / lopt + f * h * h / (lf * lf * lf)
        viscosity = f_v * cosine * cosine / (speed * lopt)
        tendon, k_tendon = curves.tendon_at_force(c, pull)
        gap = s + lts * tendon - length
        if gap > 0.0:
            high = s
        elif gap < 0.0:
            low = s
        else:
            break
        slope = 1.0 + lts * k_fibre / k_tendon
        new = s - gap / slope if slope > 0.0 else low
        if not low < new < high:
            new = 0.5 * (low + high)
        if abs(new - s) <= 1e-15 * length:
            break
        s = new
    hold = curves.tendon(c, (length - s) / lts)[0]
    return (
        fmax * pull,
        lf / lopt,
        fmax * k_fibre,
        fmax * k_tendon / lts,
        fmax * viscosity,
        fmax * (pull - hold),
    )


@njit(cache=True, nogil=True, error_model="numpy")
def rates(units, activation, fibre, short_range, length, velocity, force, fibre_rate, short_rate):
    """Forces [N], d fibre / dt and d short_range / dt [1/s] of all muscles, in place.

    All arrays are (nm,); short_range and its rate are (0,) for units without this force. Muscles
    with a rigid tendon have the velocity of the path; their fibre state is constant.
    """
    c, gamma = units.curves, units.gamma
    for m in range(length.shape[0]):
        fmax = units.max_force[m]
        lopt = units.optimal_length[m]
        lts = units.tendon_slack_length[m]
        h = units.thickness[m]
        a = activation[m]
        r = short_range[m] if gamma > 0.0 else 0.0
        if units.elastic[m]:
            f, v, strength = elastic(c, lopt, lts, h, units.damping, a, fibre[m], length[m], r)
            force[m] = fmax * f
            strain_rate = units.speed * v
            fibre_rate[m] = strain_rate
        else:
            fibre_rate[m] = 0.0
            lf, cosine, _, strain_rate = rigid_fibre(lopt, lts, h, length[m], velocity[m])
            v = strain_rate / units.speed
            strength = a * curves.active(c, lf)[0]
            along = strength * curves.velocity(c, v)[0] + curves.passive(c, lf)[0]
            force[m] = fmax * (along + units.damping * v + r) * cosine
        if gamma > 0.0:
            short_rate[m] = short_range_rate(
                gamma, units.relaxation_time, units.yield_strain, strength, strain_rate, r
            )[0]


@njit(cache=True, nogil=True, error_model="numpy")
def rigid_all(units, activation, length, velocity, force, by_length, by_velocity):
    """`rigid` of all muscles without short-range force, in place; all arrays (nm,)."""
    for m in range(length.shape[0]):
        force[m], by_length[m], by_velocity[m] = rigid(
            units.curves,
            units.max_force[m],
            units.optimal_length[m],
            units.tendon_slack_length[m],
            units.thickness[m],
            units.speed,
            units.damping,
            activation[m],
            length[m],
            velocity[m],
            0.0,
        )


@njit(cache=True, nogil=True, error_model="numpy")
def equilibrium(units, activation, length, out):
    """`at_rest` of all muscles, in place: out (6, nm). A rigid tendon is infinitely stiff."""
    for m in range(length.shape[0]):
        lopt = units.optimal_length[m]
        lts = units.tendon_slack_length[m]
        h = units.thickness[m]
        if units.elastic[m]:
            out[0, m], out[1, m], out[2, m], out[3, m], out[4, m], out[5, m] = at_rest(
                units.curves,
                units.max_force[m],
                lopt,
                lts,
                h,
                units.speed,
                units.damping,
                activation[m],
                length[m],
            )
            continue
        s = max(length[m] - lts, 0.0)
        out[0, m], out[2, m], out[4, m] = rigid(
            units.curves,
            units.max_force[m],
            lopt,
            lts,
            h,
            units.speed,
            units.damping,
            activation[m],
            length[m],
            0.0,
            0.0,
        )
        out[1, m] = math.sqrt(s * s + h * h) / lopt
        out[3, m] = math.inf
        out[5, m] = 0.0
