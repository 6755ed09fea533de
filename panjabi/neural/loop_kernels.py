"""Reflex loops and commands of a spine, compiled.

Every loop has afferents: a source, a receptor with its states, and the low-passed signal of the
receptor, which is the only state that is read with a delay. Connections lead from afferents to
muscles, or as a moment to a coordinate.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.arrays import Block, IntegerMatrix, Integers, Matrix, Vector
from panjabi.neural.receptor_kernels import (
    FIRST_ORDER,
    FORCE,
    INPUTS,
    RATE,
    STATES,
    STRETCH,
    ReceptorData,
    ReceptorWork,
    receptor_output,
    receptor_slopes,
    receptor_step,
    receptor_work,
)
from panjabi.neural.smooth_kernels import limited, rectified, saturated

# sources of afferents
MUSCLE, ANGLES, HEAD, COMPRESSION = range(4)


class Signals(NamedTuple):
    """What receptors sense."""

    length: Vector  # (nm,) path [m]
    speed: Vector  # (nm,) [m/s]
    tension: Vector  # (nm,) [N]
    q: Vector  # (n,) coordinates [rad]
    rate: Vector  # (n,) [rad/s]
    head: Vector  # (3,) angular velocity of the head in space [rad/s]
    compression: Vector  # (levels,) [N]


class AfferentData(NamedTuple):
    """Sources of all afferents."""

    source: Integers  # (afferents,)
    index: Integers  # (afferents,) muscle or level
    place: IntegerMatrix  # (afferents, 3) free coordinates, below 0 for none
    weight: Matrix  # (afferents, 3) of the coordinates, or of the head's rotation
    length: Vector  # (afferents,) that counts as a stretch of one [m; 1]
    force: Vector  # (afferents,) that counts as a force of one [N]
    rest_length: Vector  # (afferents,) at equilibrium [m; rad; 1]
    rest_force: Vector  # (afferents,) [N]
    filter_time: Vector  # (afferents,) [s]


class ConnectionData(NamedTuple):
    """Paths from afferents to muscles and coordinates."""

    afferent: Integers  # (connections,)
    delay: Integers  # (connections,) index of the delay
    muscle: Integers  # (connections,) below 0 for a moment
    coordinate: Integers  # (connections,) below 0 for a muscle
    excites: Integers  # (connections,) 1 with a threshold
    threshold: Vector  # (connections,)
    corner: Vector  # (connections,)


class CommandData(NamedTuple):
    """Commands as functions of time, which replace the constant ones from time 0 on."""

    time: Vector  # (k,) corners, rising [s]
    drive: Matrix  # (k, columns) command before saturation [1], linear between the corners
    muscle: Integers  # (targets,)
    column: Integers  # (targets,) of `drive`


class NoiseData(NamedTuple):
    """Samples of noise from time 0 on, linear in between; no rows for none."""

    step: float  # [s]
    motor: Matrix  # (samples, nm) of unit variance
    proportional: float  # spread of the motor noise over the excitation or the moment [1]
    constant: float  # its spread at an excitation of 0 [1]
    moment: Matrix  # (samples, n) of unit variance; 0 where no loop acts on the coordinate
    at_rest: float  # spread of the motor noise at a moment of 0 [N m]
    sensory: Matrix  # (samples, afferents) of the stretch, or of the angle of the head [rad]
    process: Matrix  # (samples, n) generalised force [N m; N]


class LoopData(NamedTuple):
    """Commands of the muscles and all loops."""

    command: Vector  # (nm,) constant command before saturation [1]
    changing: CommandData
    noise: NoiseData
    width: float  # of the corners of the saturation [1]
    afferents: AfferentData
    receptors: ReceptorData
    connections: ConnectionData
    largest: Vector  # (n,) of all loops on a coordinate together [N m]; 0: no limit


class LoopWork(NamedTuple):
    """Work arrays of the loops."""

    receptor: ReceptorWork
    square: Matrix  # (STATES, STATES)
    slopes: Block  # (afferents that are not first order, 1 + STATES, INPUTS)
    slot: Integers  # (afferents,) index in `slopes`, below 0 for a first-order receptor
    moment: Vector  # (n,) of the loops on each coordinate [N m]


def constant_commands() -> CommandData:
    """No command that changes with time."""
    none = np.zeros(0, np.int64)
    return CommandData(np.zeros(0), np.zeros((0, 0)), none, none)


def no_noise() -> NoiseData:
    """No noise."""
    none = np.zeros((0, 0))
    return NoiseData(1.0, none, 0.0, 0.0, none, 0.0, none, none)


def loop_work(loops: LoopData) -> LoopWork:
    """Work arrays for these loops."""
    slot = np.full(len(loops.receptors.kind), -1)
    other = np.flatnonzero(loops.receptors.kind != FIRST_ORDER)
    slot[other] = np.arange(len(other))
    slopes = np.zeros((len(other), 1 + STATES, INPUTS))
    moment = np.zeros(len(loops.largest))
    return LoopWork(receptor_work(), np.zeros((STATES, STATES)), slopes, slot, moment)


@njit(cache=True, nogil=True)
def connected(late: float, c: ConnectionData, k: int) -> tuple[float, float]:
    """What connection k gives at a delayed signal, and its slope; 0 at a signal of 0."""
    if c.excites[k] == 0:
        return late, 1.0
    value, slope = rectified(late - c.threshold[k], c.corner[k])
    return value - rectified(-c.threshold[k], c.corner[k])[0], slope


@njit(cache=True, nogil=True)
def between(t: float, time: Vector) -> tuple[int, int, float]:
    """The corners around t and the fraction of the way to the second; the ends outside."""
    low, high = 0, time.shape[0] - 1
    if t <= time[low]:
        return low, low, 0.0
    if t >= time[high]:
        return high, high, 0.0
    while high - low > 1:
        middle = (low + high) // 2
        if time[middle] <= t:
            low = middle
        else:
            high = middle
    return low, high, (t - time[low]) / (time[high] - time[low])


@njit(cache=True, nogil=True)
def set_commands(t, loops, u):
    """Commands at time t before saturation in place, (nm,) [1]."""
    for m in range(u.shape[0]):
        u[m] = loops.command[m]
    c = loops.changing
    if c.time.shape[0] > 0 and t >= 0.0:
        i, j, fraction = between(t, c.time)
        for k in range(c.muscle.shape[0]):
            start = c.drive[i, c.column[k]]
            u[c.muscle[k]] = start + fraction * (c.drive[j, c.column[k]] - start)


@njit(cache=True, nogil=True)
def sample(t: float, step: float, samples: int) -> tuple[int, int, float]:
    """The samples around t and the fraction of the way to the second; the ends outside."""
    position = t / step
    if position <= 0.0:
        return 0, 0, 0.0
    if position >= samples - 1:
        return samples - 1, samples - 1, 0.0
    i = int(position)
    return i, i + 1, position - i


@njit(cache=True, nogil=True)
def add_process_noise(t, noise, Q):
    """Add the process noise at time t to Q (n,) [N m; N]."""
    path = noise.process
    if path.shape[0] > 0:
        i, j, fraction = sample(t, noise.step, path.shape[0])
        for k in range(Q.shape[0]):
            Q[k] += path[i, k] + fraction * (path[j, k] - path[i, k])


@njit(cache=True, nogil=True)
def excite(t, delayed, loops, drive, u):
    """Excitation of every muscle at time t in place, (nm,) [1].

    delayed (delays, afferents); drive (nm,) is what other parts add to the commands.
    """
    c = loops.connections
    set_commands(t, loops, u)
    for m in range(u.shape[0]):
        u[m] += drive[m]
    for k in range(c.afferent.shape[0]):
        m = c.muscle[k]
        if m >= 0 and c.excites[k] == 0:
            u[m] += delayed[c.delay[k], c.afferent[k]]
        elif m >= 0:
            u[m] += connected(delayed[c.delay[k], c.afferent[k]], c, k)[0]
    noise = loops.noise
    if noise.motor.shape[0] > 0:
        i, j, fraction = sample(t, noise.step, noise.motor.shape[0])
        for m in range(u.shape[0]):
            spread = noise.proportional * saturated(u[m], loops.width)[0] + noise.constant
            start = noise.motor[i, m]
            u[m] += spread * (start + fraction * (noise.motor[j, m] - start))
    for m in range(u.shape[0]):
        u[m] = saturated(u[m], loops.width)[0]


@njit(cache=True, nogil=True)
def sum_moments(delayed: Matrix, c: ConnectionData, moment: Vector) -> None:
    """Signals of the loops whose target is a coordinate, in place (n,) [N m]."""
    moment[:] = 0.0
    for k in range(c.afferent.shape[0]):
        if c.coordinate[k] >= 0:
            late = float(delayed[c.delay[k], c.afferent[k]])
            moment[c.coordinate[k]] += connected(late, c, k)[0]


@njit(cache=True, nogil=True)
def add_moments(t, delayed, loops, moment, Q):
    """Subtract the limited moments of the loops on coordinates, with their noise, from Q (n,)."""
    sum_moments(delayed, loops.connections, moment)
    noise, path = loops.noise, loops.noise.moment
    i, j, fraction = sample(t, noise.step, path.shape[0])
    for k in range(Q.shape[0]):
        size = limited(moment[k], loops.largest[k])[0]
        if path.shape[0] > 0:
            spread = noise.proportional * abs(size) + noise.at_rest
            size += spread * (path[i, k] + fraction * (path[j, k] - path[i, k]))
        Q[k] -= size


@njit(cache=True, nogil=True)
def sensed(k: int, a: AfferentData, s: Signals) -> tuple[float, float, float]:
    """Stretch, rate and force of afferent k, before the values at rest are subtracted."""
    m = a.index[k]
    if a.source[k] == MUSCLE:
        return float(s.length[m]), float(s.speed[m]), float(s.tension[m])
    x = 0.0
    v = 0.0
    if a.source[k] == ANGLES:
        for i in range(3):
            if a.place[k, i] >= 0:
                x += a.weight[k, i] * s.q[a.place[k, i]]
                v += a.weight[k, i] * s.rate[a.place[k, i]]
    elif a.source[k] == HEAD:
        for i in range(3):
            v += a.weight[k, i] * s.head[i]
    else:
        return 0.0, 0.0, float(s.compression[m])
    return x, v, 0.0


@njit(cache=True, nogil=True)
def sensed_from_rest(k: int, a: AfferentData, s: Signals) -> tuple[float, float, float]:
    """Stretch, rate and force of afferent k in the units of its receptor."""
    x, v, f = sensed(k, a, s)
    x, v = (x - a.rest_length[k]) / a.length[k], v / a.length[k]
    return x, v, (f - a.rest_force[k]) / a.force[k]


@njit(cache=True, nogil=True)
def receive(t, signals, state, afferent, loops, work, state_rate, afferent_rate):
    """Rates of the receptors' states and of the afferents (afferents,) at time t in place."""
    a, receptors, noise = loops.afferents, loops.receptors, loops.noise
    noisy = noise.sensory.shape[0] > 0
    i, j, fraction = sample(t, noise.step, noise.sensory.shape[0])
    error = 0.0
    for k in range(a.source.shape[0]):
        if noisy:
            start = noise.sensory[i, k]
            error = start + fraction * (noise.sensory[j, k] - start)
        if receptors.kind[k] == FIRST_ORDER and a.source[k] == MUSCLE:  # without calls: most are
            m = a.index[k]
            x = (signals.length[m] - a.rest_length[k]) / a.length[k] + error
            f = (signals.tension[m] - a.rest_force[k]) / a.force[k]
            out = receptors.gain[k, STRETCH] * x - receptors.gain[k, FORCE] * f
            out += receptors.gain[k, RATE] * signals.speed[m] / a.length[k]
            afferent_rate[k] = (out - afferent[k]) / a.filter_time[k]
            continue
        x, v, f = sensed_from_rest(k, a, signals)
        part = slice(receptors.first[k], receptors.first[k + 1])
        if a.source[k] != HEAD:
            x += error
        out = receptor_output(k, x, v, f, state[part], receptors, work.receptor, state_rate[part])
        if a.source[k] == HEAD:
            out += receptors.gain[k, STRETCH] * error
        afferent_rate[k] = (out - receptors.rest[k] - afferent[k]) / a.filter_time[k]


# --- the equations (1 - w J) x = b of a step ------------------------------------------------------


@njit(cache=True, nogil=True)
def loop_slopes(signals, state, loops, work):
    """Slopes of all receptors that are not of first order, into the work."""
    a, receptors = loops.afferents, loops.receptors
    for k in range(a.source.shape[0]):
        slot = work.slot[k]
        if slot >= 0:
            x, v, f = sensed_from_rest(k, a, signals)
            z = state[receptors.first[k] : receptors.first[k + 1]]
            receptor_slopes(k, x, v, f, z, receptors, work.receptor, work.slopes[slot])


@njit(cache=True, nogil=True)
def complete_loops(w, changes, loops, work, state, afferent):
    """States of receptors and afferents of (1 - w J) x = b from the changes of what they sense."""
    a, receptors = loops.afferents, loops.receptors
    for k in range(a.source.shape[0]):
        if a.source[k] == MUSCLE:  # without calls: most are
            m = a.index[k]
            x, v, f = changes.length[m], changes.speed[m], changes.tension[m]
        else:
            x, v, f = sensed(k, a, changes)
        x, v, f = x / a.length[k], v / a.length[k], f / a.force[k]
        slot = work.slot[k]
        if slot < 0:
            new = receptors.gain[k, STRETCH] * x - receptors.gain[k, FORCE] * f
            new += receptors.gain[k, RATE] * v
        else:
            slopes = work.slopes[slot]
            z = state[receptors.first[k] : receptors.first[k + 1]]
            receptor_step(w, z.shape[0], slopes, x, v, f, z, work.square)
            new = slopes[0, 0] * x + slopes[0, 1] * v + slopes[0, 2] * f
            for i in range(z.shape[0]):
                new += slopes[0, 3 + i] * z[i]
        time = a.filter_time[k]
        afferent[k] = (afferent[k] + w * new / time) / (1.0 + w / time)
