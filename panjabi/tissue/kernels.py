"""Energy, tension and tangent of every built-in law, as compiled functions of one length.

Both the law classes and the network solver call these functions. A law is a type (an integer, the
argument `kind`) and a row of at most LAW_COLUMNS floats. Energy, tension and tangent of a slack
strand are exactly zero.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

LAW_COLUMNS = 14

USER = -1  # a custom law in Python: skipped here, the caller evaluates it
COLLAGEN = 0  # slack length [m], stiffness EA [N], transition strain [1]
MUSCLE = 1  # columns below

# Columns of a muscle row.
_FMAX = 0  # max isometric force [N]
_LO = 1  # optimal fibre length [m]
_LTS = 2  # tendon slack length [m]
_THICK = 3  # thickness, constant = lo sin(pennation) [m]
_E0 = 4  # fibre strain where passive force starts [1]
_DE = 5  # e_1 - e_0, strain from there to one Fmax [1]
_POWER = 6  # p = k_1 (e_1 - e_0) [1]
_SCALE = 7  # factor on the passive curve [1]
_ACT = 8  # activation [1]
_WIDTH = 9  # width of the Gaussian active curve [1]
_KT = 10  # tendon: slope beyond the toe, Fmax per strain; inf = rigid tendon [1]
_ET = 11  # tendon: transition strain [1]
_START = 12  # fibre length along the tendon where the path is just slack [m]
_SLACK = 13  # path length where tension starts = start + lts [m]

_HALF_ROOT_PI = 0.5 * math.sqrt(math.pi)


@njit(cache=True, nogil=True)
def collagen(slack, stiffness, transition, stretch):
    """Slack, quadratic toe, linear, as function of stretch = length - slack [m].

    The argument is the stretch and not the length: this keeps full relative precision near zero.
    """
    if stretch <= 0.0:
        return 0.0, 0.0, 0.0
    strain = stretch / slack
    if strain <= transition:
        tension = 0.5 * stiffness * strain * strain / transition
        return slack * tension * strain / 3.0, tension, stiffness * strain / (transition * slack)
    over = strain - 0.5 * transition
    energy = slack * stiffness * (0.5 * over * over + transition * transition / 24.0)
    return energy, stiffness * over, stiffness / slack


@njit(cache=True, nogil=True)
def fibre(row, reach):
    """Fibre energy, force along the tendon and its slope, and the passive part of that force.

    reach = projected fibre length along the tendon minus that of the just slack path [m].
    Force along the tendon P = F cos a. The thickness is constant, so the pennation angle changes
    with length, and dP/ds = F' cos^2 a + F sin^2 a / lf.
    """
    lo = row[_LO]
    thick = row[_THICK]
    power = row[_POWER]
    fmax = row[_FMAX]
    longest_slack = lo * (1.0 + row[_E0])  # fibre length where passive force starts
    projected_slack = math.sqrt(longest_slack * longest_slack - thick * thick)
    s = row[_START] + reach
    length = math.sqrt(s * s + thick * thick)
    # = length - longest_slack, without cancellation of digits
    beyond = (reach + (row[_START] - projected_slack)) * (s + projected_slack)
    beyond /= length + longest_slack

    energy = 0.0
    passive = 0.0
    slope = 0.0
    if beyond > 0.0:
        x = beyond / (lo * row[_DE])
        strength = fmax * row[_SCALE]
        rise = x ** (power - 1.0)
        passive = strength * rise * x
        energy = passive * x * lo * row[_DE] / (power + 1.0)
        slope = strength * power * rise / (lo * row[_DE])
    force = passive
    if row[_ACT] > 0.0:
        u = (length / lo - 1.0) / row[_WIDTH]
        active = row[_ACT] * fmax * math.exp(-u * u)
        force += active
        slope -= 2.0 * u * active / (row[_WIDTH] * lo)
        at_slack = (thick / lo - 1.0) / row[_WIDTH]  # an active fibre is slack only at s = 0
        area = math.erf(u) - math.erf(at_slack)
        energy += row[_ACT] * fmax * lo * row[_WIDTH] * _HALF_ROOT_PI * area
    if length > 0.0:
        cosine = s / length
        turning = force * (thick / length) ** 2 / length
    else:  # unpennated fibre of length zero
        cosine = 1.0
        turning = 0.0
    return energy, force * cosine, slope * cosine * cosine + turning, passive * cosine


@njit(cache=True, nogil=True)
def fibre_reach(row, stretch):
    """The part of the stretch beyond slack that the fibre takes; the tendon takes the rest [m].

    Root of P(reach) = T_tendon(stretch - reach) by Newton's method inside a shrinking bracket. The
    root is unique, because the falling slope of the fibre is always smaller in size than the slope
    of the tendon; the law class checks this.
    """
    if not stretch > 0.0 or math.isinf(row[_KT]):
        return stretch
    tendon = row[_FMAX] * row[_KT]
    low = 0.0
    high = stretch
    reach = 0.9 * stretch
    if row[_ACT] > 0.0 and row[_THICK] == 0.0:
        # An unpennated active fibre has force even at length zero, perhaps more than its tendon.
        pull = fibre(row, 0.0)[1]
        if pull >= collagen(row[_LTS], tendon, row[_ET], stretch)[1]:
            return 0.0
    for _ in range(100):
        _, pull, k_fibre, _ = fibre(row, reach)
        _, hold, k_tendon = collagen(row[_LTS], tendon, row[_ET], stretch - reach)
        gap = pull - hold
        if gap > 0.0:
            high = reach
        elif gap < 0.0:
            low = reach
        else:
            break
        slope = k_fibre + k_tendon
        new = reach - gap / slope if slope > 0.0 else low
        # Convergence is quadratic: after a Newton step this small only rounding is left.
        done = abs(new - reach) <= 1e-11 * stretch
        if not low < new < high:
            new = reach if done else 0.5 * (low + high)
        reach = new
        if done:
            break
    return reach


@njit(cache=True, nogil=True)
def muscle(row, length):
    """Muscle in series with its tendon; the fibre length is solved for and eliminated."""
    stretch = length - row[_SLACK]
    if stretch <= 0.0:
        return 0.0, 0.0, 0.0
    if math.isinf(row[_KT]):
        energy, pull, k_fibre, _ = fibre(row, stretch)
        return energy, pull, k_fibre
    reach = fibre_reach(row, stretch)
    e_fibre, pull, k_fibre, _ = fibre(row, reach)
    e_tendon, hold, k_tendon = collagen(row[_LTS], row[_FMAX] * row[_KT], row[_ET], stretch - reach)
    total = k_fibre + k_tendon
    if reach == 0.0 or total == 0.0:  # shortest fibre, or no force
        return e_fibre + e_tendon, hold, k_tendon
    # The two forces agree up to rounding. Another Newton step in closed form is their mean, each
    # weighted by the stiffness of the other; this is exact also if one of them is nearly rigid.
    tension = (k_tendon * pull + k_fibre * hold) / total
    return e_fibre + e_tendon, tension, k_fibre * k_tendon / total


@njit(cache=True, nogil=True)
def evaluate(kind, row, length):
    """Energy [J], tension [N] and tangent dT/dl [N/m] of a law at a length [m].

    An unknown type (also USER) gives NaN for all three.
    """
    if kind == COLLAGEN:
        return collagen(row[0], row[1], row[2], length - row[0])
    if kind == MUSCLE:
        return muscle(row, length)
    return np.nan, np.nan, np.nan


@njit(cache=True, nogil=True)
def evaluate_all(
    kinds: Integers,
    rows: Floats,
    lengths: Floats,
    energy: Floats,
    tension: Floats,
    tangent: Floats,
) -> None:
    """`evaluate` for every strand, in place; strands of type USER stay unchanged.

    kinds int64 (strands,), rows float64 (strands, LAW_COLUMNS), all others float64 (strands,).
    """
    for i in range(lengths.size):
        if kinds[i] >= 0:
            energy[i], tension[i], tangent[i] = evaluate(kinds[i], rows[i], lengths[i])


@njit(cache=True, nogil=True)
def evaluate_lengths(kind, row, lengths, energy, tension, tangent):
    """`evaluate` of a law at many lengths, in place; all arrays float64 (lengths,)."""
    for i in range(lengths.size):
        energy[i], tension[i], tangent[i] = evaluate(kind, row, lengths[i])
