"""Muscle curves of De Groote et al. (2016) with their slopes, compiled.

`c` is the row of constants of `DeGrooteCurves.row`. Lengths are over the optimal fibre length or
the tendon slack length, velocities over the maximal shortening velocity (lengthening positive),
forces over the maximal isometric force.
"""

from __future__ import annotations

import math

from numba import njit

# Columns of the row of constants.
GAUSSIANS = 0  # three times b1 to b4
VELOCITY = 12  # d1 to d4
K_PE = 16
E_0 = 17
PASSIVE_START = 18  # exp(k_pe (l_min - 1) / e_0), the offset of the exponential
PASSIVE_SPAN = 19  # exp(k_pe) - that
TENDON = 20  # c0 to c3
COLUMNS = 24


@njit(cache=True, nogil=True, error_model="numpy")
def active(c, length):
    """Active force-length curve and its slope [1]."""
    value = 0.0
    slope = 0.0
    for k in range(GAUSSIANS, GAUSSIANS + 12, 4):
        width = c[k + 2] + c[k + 3] * length
        if width == 0.0:
            continue  # the Gaussian has no width
        off = length - c[k + 1]
        u = off / width
        bell = c[k] * math.exp(-0.5 * u * u)
        value += bell
        slope -= bell * u * (1.0 - u * c[k + 3]) / width
    return value, slope


@njit(cache=True, nogil=True, error_model="numpy")
def velocity(c, v):
    """Force-velocity curve and its slope [1]."""
    w = c[VELOCITY + 1] * v + c[VELOCITY + 2]
    root = math.sqrt(w * w + 1.0)
    value = c[VELOCITY] * math.asinh(w) + c[VELOCITY + 3]
    return value, c[VELOCITY] * c[VELOCITY + 1] / root


@njit(cache=True, nogil=True, error_model="numpy")
def velocity_inverse(c, force):
    """Velocity at which the force-velocity curve has a value [1]."""
    w = math.sinh((force - c[VELOCITY + 3]) / c[VELOCITY])
    return (w - c[VELOCITY + 2]) / c[VELOCITY + 1]


@njit(cache=True, nogil=True, error_model="numpy")
def damped_velocity(c, strength, damping, force):
    """Velocity v with strength fv(v) + damping v = force [1].

    With w = d2 v + d3 = sinh z this is A z + B sinh z = r, A = -d1 strength, B = -damping / d2,
    monotone in z. The root is smaller in size than r / (A + B) and asinh(r / B); Halley's method
    starts there. Without strength and damping the result is infinite; with a strength far below
    zero (an activation from a trial step that is too long) it is not a number.
    """
    d1 = c[VELOCITY]
    d2 = c[VELOCITY + 1]
    d3 = c[VELOCITY + 2]
    a = -d1 * strength
    b = -damping / d2
    r = strength * c[VELOCITY + 3] - force - damping * d3 / d2
    if b == 0.0:
        if a == 0.0:
            return math.copysign(math.inf, force)
        return velocity_inverse(c, force / strength)
    if not a + b > 0.0:  # a strength below zero is not valid
        return math.nan
    sign = 1.0 if r >= 0.0 else -1.0
    r *= sign
    z = r / (a + b)
    if z > 1.0:
        z = min(z, math.asinh(r / b))
    else:  # a Newton step on the cubic approximation: near rest a single exponential is then enough
        z -= b * z * z * z / (6.0 * (a + b) + 3.0 * b * z * z)
    w = 0.0
    for _ in range(30):
        e = math.exp(z)
        inverse = 1.0 / e
        sinh = 0.5 * (e - inverse)
        cosh = 0.5 * (e + inverse)
        f = a * z + b * sinh - r
        f1 = a + b * cosh
        step = 2.0 * f * f1 / (2.0 * f1 * f1 - f * b * sinh)
        z -= step
        # The next step would be of third order in this one; sinh is updated by its Taylor series.
        if abs(step) <= 1e-5 * (1.0 + z):
            w = sinh - step * (cosh - 0.5 * step * (sinh - step * cosh / 3.0))
            break
        w = math.nan
    return (sign * w - d3) / d2


@njit(cache=True, nogil=True, error_model="numpy")
def passive(c, length):
    """Passive fibre force-length curve and its slope [1]."""
    rate = c[K_PE] / c[E_0]
    rise = math.exp(rate * (length - 1.0))
    return (rise - c[PASSIVE_START]) / c[PASSIVE_SPAN], rate * rise / c[PASSIVE_SPAN]


@njit(cache=True, nogil=True, error_model="numpy")
def tendon(c, length):
    """Tendon force-length curve and its slope [1].

    The curve is negative below its zero: -0.013 at the slack length, down to -c2 far below it.
    """
    rise = c[TENDON] * math.exp(c[TENDON + 3] * (length - c[TENDON + 1]))
    return rise - c[TENDON + 2], c[TENDON + 3] * rise


@njit(cache=True, nogil=True, error_model="numpy")
def tendon_at_force(c, force):
    """Tendon length at a force, and the slope of the curve there [1]."""
    rise = force + c[TENDON + 2]
    return c[TENDON + 1] + math.log(rise / c[TENDON]) / c[TENDON + 3], c[TENDON + 3] * rise


@njit(cache=True, nogil=True, error_model="numpy")
def evaluate(c, which, x, value, slope):
    """A curve at n points, in place: 0 active, 1 velocity, 2 passive, 3 tendon; arrays (n,)."""
    for i in range(x.size):
        if which == 0:
            value[i], slope[i] = active(c, x[i])
        elif which == 1:
            value[i], slope[i] = velocity(c, x[i])
        elif which == 2:
            value[i], slope[i] = passive(c, x[i])
        else:
            value[i], slope[i] = tendon(c, x[i])
