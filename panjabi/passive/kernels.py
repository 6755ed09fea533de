"""Energy, moment and tangent of passive terms, units and whole columns, compiled.

A term is a type and a row of TERM_COLUMNS floats. A unit is a sequence of rows, a column a sequence
of units (`start`, CSR), so that 25 levels need a single call.
"""

from __future__ import annotations

from math import exp

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.passive.generated import closure, exponential, linear, progressive, ramp, toe

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TERM_COLUMNS = 5

# Types. Rows: axis (0 flexion-extension, 1 lateral bending, 2 axial rotation), then
LINEAR = 0  # unused, stiffness [N m/rad]
RAMP = 1  # side +1 or -1, stiffness [N m/rad], onset [rad], width [rad]
PROGRESSIVE = 2  # side, growth of stiffness [N m/rad2], onset [rad], width [rad]
EXPONENTIAL = 3  # side +1, -1, or 0 for both; amplitude [N m], scale [rad]
COUPLING = 4  # other axis, stiffness [N m/rad]: energy = stiffness x_i x_j
CLOSURE = 5  # unused, grip [N m], bias [N m], slip [rad]
TOE = 6  # side, stiffness [N m/rad], slack [rad], toe [rad]


@njit(cache=True, nogil=True)
def evaluate(kind, row, angle):
    """Energy [J], moment dE/dx [N m] and tangent [N m/rad] of one term at one angle [rad].

    The angle of a one-sided term counts in the direction of the term. COUPLING depends on two
    angles; `evaluate_unit` handles it.
    """
    if kind == LINEAR:
        return linear(row[2], angle)
    if kind == CLOSURE:
        return closure(row[2], row[3], row[4], angle)
    side = row[1]
    if kind == EXPONENTIAL:
        if side == 0.0:
            side = 1.0 if angle >= 0.0 else -1.0
        if side * angle < 0.0:
            return 0.0, 0.0, 0.0
        energy, moment, tangent = exponential(row[2], row[3], side * angle)
        return energy, side * moment, tangent
    if kind == RAMP:
        energy, moment, tangent = ramp(row[2], row[3], row[4], side * angle)
        return energy, side * moment, tangent
    if kind == PROGRESSIVE:
        energy, moment, tangent = progressive(row[2], row[3], row[4], side * angle)
        return energy, side * moment, tangent
    if kind == TOE:
        energy, moment, tangent = toe(row[2], row[3], row[4], side * angle)
        return energy, side * moment, tangent
    return 0.0, 0.0, 0.0


@njit(cache=True, nogil=True)
def relaxation(stretch: float, time: float, size: float, power: float) -> tuple[float, float]:
    """Rate at which a stretch relaxes [rad/s], and its derivative [1/s]; see `hysteresis`."""
    if power == 0.0:
        return stretch / time, 1.0 / time
    slow = (abs(stretch) / size) ** power / time
    return slow * stretch, (power + 1.0) * slow


@njit(cache=True, nogil=True)
def evaluate_axis(kinds, rows, axis, angle):
    """Sum over the terms of an axis at an angle, without coupling."""
    energy = 0.0
    moment = 0.0
    tangent = 0.0
    for i in range(kinds.size):
        if kinds[i] != COUPLING and int(rows[i, 0]) == axis:
            e, m, k = evaluate(kinds[i], rows[i], angle)
            energy += e
            moment += m
            tangent += k
    return energy, moment, tangent


@njit(cache=True, nogil=True)
def evaluate_ligament(kinds, rows, arm, stretch):
    """Energy [J], tension [N] and tangent [N/m] of terms that resist flexion, behind an arm [m].

    The argument is the stretch beyond the length at neutral [m]; a shorter ligament is slack.
    """
    if stretch <= 0.0:
        return 0.0, 0.0, 0.0
    energy, moment, tangent = evaluate_axis(kinds, rows, 0, -stretch / arm)
    return energy, -moment / arm, tangent / (arm * arm)


@njit(cache=True, nogil=True)
def evaluate_ligaments(
    place: Integers,
    start: Integers,
    kinds: Integers,
    rows: Floats,
    slack: Floats,
    arm: Floats,
    length: Floats,
    energy: Floats,
    tension: Floats,
    tangent: Floats,
) -> None:
    """Every ligament of a network, in place.

    place int64 (n,) of the ligaments in length, energy, tension and tangent; start int64 (n + 1,),
    kinds int64 (terms,), rows float64 (terms, TERM_COLUMNS), slack and arm float64 (n,).
    """
    for j in range(place.size):
        i = place[j]
        terms = slice(start[j], start[j + 1])
        energy[i], tension[i], tangent[i] = evaluate_ligament(
            kinds[terms], rows[terms], arm[j], length[i] - slack[j]
        )


@njit(cache=True, nogil=True)
def add_terms(kinds, rows, first, last, angles, factor, moment, tangent):
    """Energy of the terms first..last-1; `factor` times their moment (3,) and tangent is added."""
    energy = 0.0
    for i in range(first, last):
        axis = int(rows[i, 0])
        if kinds[i] == COUPLING:
            other = int(rows[i, 1])
            stiffness = rows[i, 2]
            energy += stiffness * angles[axis] * angles[other]
            moment[axis] += factor * stiffness * angles[other]
            moment[other] += factor * stiffness * angles[axis]
            tangent[axis, other] += factor * stiffness
            tangent[other, axis] += factor * stiffness
        else:
            e, m, k = evaluate(kinds[i], rows[i], angles[axis])
            energy += e
            moment[axis] += factor * m
            tangent[axis, axis] += factor * k
    return energy


@njit(cache=True, nogil=True)
def evaluate_unit(kinds, rows, first, last, angles, moment, tangent):
    """Energy of the terms first..last-1; moment (3,) and tangent (3, 3) are filled in place."""
    moment[:] = 0.0
    tangent[:, :] = 0.0
    return add_terms(kinds, rows, first, last, angles, 1.0, moment, tangent)


@njit(cache=True, nogil=True)
def compression_factor(law, compression):
    """f(P) of the preloaded terms [1] and its derivative [1/N], at a compression P [N].

    law (4,): base, gain, scale [N], share [1/N] in f = base + gain (1 - exp(-P / scale)) + share P.
    A unit that is pulled (P < 0) is as stiff as one without compression: tension is not modelled.
    """
    if compression <= 0.0:
        return law[0], 0.0
    left = exp(-compression / law[2])
    factor = law[0] + law[1] * (1.0 - left) + law[3] * compression
    return factor, law[1] / law[2] * left + law[3]


@njit(cache=True, nogil=True)
def evaluate_compressed(
    kinds, rows, first, middle, last, law, compression, angles, moment, tangent, by_compression
):
    """A unit under a compression P [N]: energies [J] of its plain and preloaded terms, and f(P).

    The terms first..middle-1 are plain, those of middle..last-1 are preloaded. Both energies are
    without the factor: W = plain + f(P) preloaded. Filled in place: moment dW/dx (3,) [N m],
    tangent (3, 3) [N m/rad] and d moment / dP (3,) [m]; law (4,) as in `compression_factor`.
    """
    factor, slope = compression_factor(law, compression)
    moment[:] = 0.0
    tangent[:, :] = 0.0
    by_compression[:] = 0.0
    preloaded = add_terms(kinds, rows, middle, last, angles, 1.0, by_compression, tangent)
    for i in range(3):
        moment[i] = factor * by_compression[i]
        by_compression[i] *= slope
        for j in range(3):
            tangent[i, j] *= factor
    plain = add_terms(kinds, rows, first, middle, angles, 1.0, moment, tangent)
    return plain, preloaded, factor


@njit(cache=True, nogil=True)
def evaluate_units(start, kinds, rows, angles, energy, moment, tangent):
    """Every unit of a column, in place.

    start int64 (units + 1,), kinds int64 (terms,), rows float64 (terms, TERM_COLUMNS), angles
    (units, 3); energy (units,), moment (units, 3), tangent (units, 3, 3).
    """
    for u in range(start.size - 1):
        energy[u] = evaluate_unit(
            kinds, rows, start[u], start[u + 1], angles[u], moment[u], tangent[u]
        )


@njit(cache=True, nogil=True)
def evaluate_structures(start, kinds, rows, law, angles, compression, energy, moment, rise):
    """What each structure of a relaxed unit carries at many states, in place.

    start int64 (structures, 3): first plain term, first preloaded term, end; angles (times, 3),
    compression (times,); energy (times, structures) [J], moment (times, structures, 3) [N m], rise:
    derivative of the energy with the compression (times, structures) [m].
    """
    tangent = np.empty((3, 3))
    part = np.empty(3)
    for t in range(angles.shape[0]):
        factor, slope = compression_factor(law, compression[t])
        for s in range(start.shape[0]):
            first, middle, last = start[s]
            part[:] = 0.0
            plain = add_terms(kinds, rows, first, middle, angles[t], 1.0, part, tangent)
            preloaded = add_terms(kinds, rows, middle, last, angles[t], factor, part, tangent)
            energy[t, s] = plain + factor * preloaded
            rise[t, s] = slope * preloaded
            for i in range(3):
                moment[t, s, i] = part[i]
