"""Spindles, compiled, for any number of them: the static formula, and three fibres without mass.

Without its mass the force balance of an intrafusal fibre of Mileusnic et al. (2006),

    T = C b sign(v) |v|^a (x - R) + K_PR (x - L_PR) + g,    x = L - L_SR - T / K_SR,

gives the velocity v = dx/dt of its polar region in closed form,

    v = sign(Q) (|Q| / (C b (x - R)))^(1/a),    Q = T - g - K_PR (x - L_PR),

and the tension follows dT/dt = K_SR (dL/dt - v). As 1/a > 3, v is smooth through rest, the change
of C there included, and needs no smoothing.

Lengths are in optimal fascicle lengths L0, forces in force units FU, rates of firing in pulses/s.
State of one spindle: dynamic activation of bag1, static activation of bag2 (the chain has no
activation state), tensions of bag1, bag2, chain.
"""

from __future__ import annotations

import math

from numba import njit

from panjabi.neural.smooth_kernels import rectified, signed_power

STATES = 5
SIGNALS = 7  # of the Jacobians: length, velocity, then the states

# Columns of the constants.
K_SR, K_PR, L_SR, LN_SR, L_PR, LN_PR, R, A, C_LONG, C_SHORT = range(10)
TIME_1, TIME_2, FREQUENCY_1, FREQUENCY_2, FREQUENCY_C = range(10, 15)
BETA, BETA_F, GAMMA_F = 15, 16, 17  # of bag1; + 3 for bag2, + 6 for the chain
G_1, G_2, G_SECONDARY, SHARE, L_SECONDARY, OCCLUSION, WIDTH, LEAST_POLAR = range(24, 32)


@njit(cache=True, nogil=True)
def algebraic(c, stretch, velocity, firing, by_stretch, by_velocity):
    """Static formula and its slopes; c = (r0, c_v, p, c_d, v0, corner), lengths in mm, all (n,)."""
    for i in range(stretch.size):
        power, slope = signed_power(velocity[i], c[2], c[4])
        firing[i], on = rectified(c[0] + c[1] * power + c[3] * stretch[i], c[5])
        by_stretch[i] = on * c[3]
        by_velocity[i] = on * c[1] * slope


@njit(cache=True, nogil=True)
def fusimotor(rate, half):
    """Activation that a fusimotor rate leads to [1]."""
    return rate * rate / (rate * rate + half * half)


@njit(cache=True, nogil=True)
def polar_velocity(c, fibre, f, length, tension):
    """v of one fibre [L0/s] and its slopes in length, tension and activation f."""
    first = BETA + 3 * fibre
    b = c[first] + c[first + 1] * f
    x = length - c[L_SR] - tension / c[K_SR]
    reach = x - c[R]
    moves = 1.0
    if reach < c[LEAST_POLAR]:  # below the valid range the lever is constant
        reach = c[LEAST_POLAR]
        moves = 0.0
    q = tension - c[first + 2] * f - c[K_PR] * (x - c[L_PR])
    lever = (c[C_LONG] if q >= 0.0 else c[C_SHORT]) * b * reach
    n = abs(q) / lever
    power = 1.0 / c[A]
    slope = power * n ** (power - 1.0) / lever  # dv / dq
    v = math.copysign(n**power, q)
    by_reach = -power * v / reach * moves
    by_length = -c[K_PR] * slope + by_reach
    by_tension = (1.0 + c[K_PR] / c[K_SR]) * slope - by_reach / c[K_SR]
    by_f = -c[first + 2] * slope - power * v / b * c[first + 1]
    return v, by_length, by_tension, by_f


@njit(cache=True, nogil=True)
def rates(c, length, velocity, gamma, state, out):
    """d state / dt of all spindles.

    length, velocity (n,) in L0 and L0/s; gamma (n, 2) dynamic and static fusimotor rates;
    state and out (n, STATES).
    """
    for i in range(length.size):
        f = state[i, 1]
        out[i, 0] = (fusimotor(gamma[i, 0], c[FREQUENCY_1]) - state[i, 0]) / c[TIME_1]
        out[i, 1] = (fusimotor(gamma[i, 1], c[FREQUENCY_2]) - f) / c[TIME_2]
        for fibre in range(3):
            f = fusimotor(gamma[i, 1], c[FREQUENCY_C]) if fibre == 2 else state[i, fibre]
            v = polar_velocity(c, fibre, f, length[i], state[i, 2 + fibre])[0]
            out[i, 2 + fibre] = c[K_SR] * (velocity[i] - v)


@njit(cache=True, nogil=True)
def rates_jacobian(c, length, velocity, gamma, state, out):
    """Slopes of `rates`, out (n, STATES, SIGNALS)."""
    out[:] = 0.0
    for i in range(length.size):
        out[i, 0, 2] = -1.0 / c[TIME_1]
        out[i, 1, 3] = -1.0 / c[TIME_2]
        for fibre in range(3):
            f = fusimotor(gamma[i, 1], c[FREQUENCY_C]) if fibre == 2 else state[i, fibre]
            _, by_length, by_tension, by_f = polar_velocity(
                c, fibre, f, length[i], state[i, 2 + fibre]
            )
            out[i, 2 + fibre, 0] = -c[K_SR] * by_length
            out[i, 2 + fibre, 1] = c[K_SR]
            out[i, 2 + fibre, 4 + fibre] = -c[K_SR] * by_tension
            if fibre < 2:
                out[i, 2 + fibre, 2 + fibre] = -c[K_SR] * by_f


@njit(cache=True, nogil=True)
def afferents(c, length, state, out, slopes):
    """Primary and secondary firing [1/s], out (n, 2), and slopes (n, 2, SIGNALS).

    Bag1, or bag2 and chain, drive the primary ending, whichever is larger, plus a fraction of the
    smaller (partial occlusion). No firing below zero; corners rounded over the width.
    """
    slopes[:] = 0.0
    width = c[WIDTH]
    on_series = c[SHARE] * c[L_SECONDARY] / c[L_SR]
    on_polar = (1.0 - c[SHARE]) * c[L_SECONDARY] / c[L_PR]
    for i in range(length.size):
        threshold = c[LN_SR] - c[L_SR]
        bag1, bag1_slope = rectified(c[G_1] * (state[i, 2] / c[K_SR] - threshold), width)
        bag2, bag2_slope = rectified(c[G_2] * (state[i, 3] / c[K_SR] - threshold), width)
        chain, chain_slope = rectified(c[G_2] * (state[i, 4] / c[K_SR] - threshold), width)
        excess, bag1_leads = rectified(bag1 - bag2 - chain, width)
        s = c[OCCLUSION]
        out[i, 0] = (bag2 + chain) + excess + s * (bag1 - excess)
        by_bag1 = bag1_leads + s * (1.0 - bag1_leads)
        by_bag2 = 1.0 - bag1_leads + s * bag1_leads
        slopes[i, 0, 4] = by_bag1 * bag1_slope * c[G_1] / c[K_SR]
        slopes[i, 0, 5] = by_bag2 * bag2_slope * c[G_2] / c[K_SR]
        slopes[i, 0, 6] = by_bag2 * chain_slope * c[G_2] / c[K_SR]
        total = 0.0
        for fibre in range(1, 3):
            series = state[i, 2 + fibre] / c[K_SR]
            total += on_series * (series - threshold)
            total += on_polar * (length[i] - series - c[L_SR] - c[LN_PR])
        firing, slope = rectified(c[G_SECONDARY] * total, width)
        out[i, 1] = firing
        slopes[i, 1, 0] = slope * c[G_SECONDARY] * 2.0 * on_polar
        for fibre in range(1, 3):
            slopes[i, 1, 4 + fibre] = slope * c[G_SECONDARY] * (on_series - on_polar) / c[K_SR]


@njit(cache=True, nogil=True)
def at_rest(c, length, gamma, out):
    """Steady state at constant length (n,) and drive (n, 2), out (n, STATES)."""
    for i in range(length.size):
        out[i, 0] = fusimotor(gamma[i, 0], c[FREQUENCY_1])
        out[i, 1] = fusimotor(gamma[i, 1], c[FREQUENCY_2])
        for fibre in range(3):
            f = fusimotor(gamma[i, 1], c[FREQUENCY_C]) if fibre == 2 else out[i, fibre]
            active = c[BETA + 3 * fibre + 2] * f
            force = active + c[K_PR] * (length[i] - c[L_SR] - c[L_PR])
            out[i, 2 + fibre] = force / (1.0 + c[K_PR] / c[K_SR])
