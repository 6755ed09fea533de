"""Right-hand side of a spine model in one compiled call that allocates nothing.

`spine_rhs` has the form that `panjabi.delay.integrate.DelayModel` expects; p comes from
`packing.pack`.
"""

from __future__ import annotations

from numba import njit

from panjabi.active.muscle_kernels import Rates, muscle_rates
from panjabi.body.articulated_kernels import articulated_bodies, matrix_solve
from panjabi.body.dynamics_kernels import SOLVED, move, place
from panjabi.body.joint_force_kernels import UP, carried_forces, disc_forces
from panjabi.body.rotation_kernels import angular_velocity
from panjabi.body.tree import Floats
from panjabi.neural.loop_kernels import Signals, add_moments, add_process_noise, excite, receive
from panjabi.passive.joint_kernels import add_joints
from panjabi.passive.spring_damper import add_springs
from panjabi.spine.load_kernels import add_force, add_loads, carried_point
from panjabi.spine.packing import read_spine
from panjabi.spine.perturbation import wave
from panjabi.spine.python_call import call_python


@njit(cache=True, nogil=True)
def spine_rhs(t: float, y: Floats, delayed: Floats, p: Floats, out: Floats) -> None:
    """d y / d t (size,) in place; delayed (delays, reads) begins with the afferents."""
    data = read_spine(p)
    mechanism, work, Q, at = data.mechanism, data.work.dynamics, data.work.Q, data.start
    n, nm = data.n, data.muscle_count
    if data.python.call != 0:
        call_python(t, y, delayed, data.python, out)
    q, rate = y[:n], y[n : 2 * n]
    place(mechanism, q, work)
    for k in range(n):
        Q[k] = data.python.force[k]
    pushes = data.work.discs.pushes
    pushes[:] = 0.0
    add_applied(mechanism.tree, work, t, data.applied, Q, pushes)
    add_loads(mechanism.tree, work, data.loads, Q)
    add_process_noise(t, data.loops.noise, Q)
    stretch, stretch_rate = y[at.joints : at.compression], out[at.joints : at.compression]
    pressed = y[at.compression : at.activation]
    add_joints(q, rate, stretch, pressed, data.joints, data.work.joints, Q, stretch_rate)
    add_springs(q, rate, data.springs, Q)
    muscles = data.work.muscles
    if nm > 0:
        u, pull = data.work.excitation, data.work.pull
        excite(t, delayed, data.loops, data.python.drive, u)
        a, fibre = slice(at.activation, at.fibre), slice(at.fibre, at.short_range)
        short = slice(at.short_range, at.receptor)
        rates = Rates(pull, out[a], out[fibre], out[short])
        muscle_rates(data.muscles, q, rate, y[a], y[fibre], y[short], u, muscles, rates)
        for k in range(n):
            Q[k] += pull[k]
    if at.elements > at.receptor:
        sense(rate, pressed, data)
        signals = Signals(
            muscles.length, muscles.speed, muscles.tension, q, rate, data.work.head,
            data.work.compression,
        )  # fmt: skip
        receptor, afferent = slice(at.receptor, at.afferent), slice(at.afferent, at.elements)
        states = (y[receptor], y[afferent])
        receive(t, signals, *states, data.loops, data.work.loops, out[receptor], out[afferent])
        add_moments(t, delayed, data.loops, data.work.loops.moment, Q)
    for k in range(n):
        out[k] = rate[k]
    if mechanism.one_run_each:
        status = articulated_bodies(mechanism, rate, Q, data.gravity, work, out[n : 2 * n])
    else:
        status = matrix_solve(mechanism, rate, Q, data.gravity, work, out[n : 2 * n])
    if status != SOLVED:
        out[n] = float("nan")
    if data.compression.states > 0:
        load_discs(rate, out[n : 2 * n], data)
        c, tension = data.compression, data.work.muscles.tension
        for k in range(c.states):
            now = c.rest[k] - c.share[k] * data.work.discs.force[c.disc[k], UP]
            if k < c.pull.shape[0]:
                for m in range(nm):
                    now += c.pull[k, m] * tension[m]
            out[at.compression + k] = (now - pressed[k]) / c.time


@njit(cache=True, nogil=True)
def sense(rate, pressed, data):
    """Velocity of the head and compression of every joint into the work, after `place`."""
    work, joints = data.work.dynamics, data.joints
    angular_velocity(data.mechanism.tree, work.axis, work.rate, data.head, rate, data.work.head)
    for j in range(joints.level.shape[0]):
        k = joints.level[j]
        data.work.compression[j] = pressed[k] if k >= 0 else joints.preload[j]


@njit(cache=True, nogil=True)
def load_discs(rate, acceleration, data):
    """Force on each disc into the work, after the accelerations (n,) are known."""
    mechanism, work, discs = data.mechanism, data.work.dynamics, data.work.discs
    if not mechanism.one_run_each:
        move(mechanism, rate, acceleration, data.gravity, work)
    carried_forces(mechanism, work, discs.pushes)
    levels, pull = data.compression, data.work.muscles.force
    disc_forces(levels.discs, work.R, discs.pushes, pull, levels.pulled, discs.axes, discs.force)


@njit(cache=True, nogil=True)
def add_applied(tree, work, t, data, Q, pushes):
    """Add the external forces at time t to Q (n,) [N m; N] and to pushes (nb, 3) [N].

    `place` comes before.
    """
    where = data.place
    for k in range(where.shape[0]):
        size = wave(data.wave[k], data.tones, t)
        if size == 0.0:
            continue
        if where[k, 1] >= 0:
            Q[where[k, 1]] += size
            continue
        b = where[k, 0]
        f0, f1, f2 = (
            size * data.geometry[k, 3],
            size * data.geometry[k, 4],
            size * data.geometry[k, 5],
        )
        pushes[b, 0] += f0
        pushes[b, 1] += f1
        pushes[b, 2] += f2
        point = carried_point(work.R[b], work.t[b], data.geometry[k, :3])
        add_force(tree, work, b, point, (f0, f1, f2), Q)
