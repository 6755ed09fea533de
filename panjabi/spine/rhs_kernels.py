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
from panjabi.body.kernels import along_dof
from panjabi.body.tree import Floats
from panjabi.neural.loop_kernels import Signals, excite, receive
from panjabi.passive.joint_kernels import add_joints
from panjabi.spine.packing import read_spine
from panjabi.spine.perturbation import wave


@njit(cache=True, nogil=True)
def spine_rhs(t: float, y: Floats, delayed: Floats, p: Floats, out: Floats) -> None:
    """d y / d t (size,) in place; delayed (delays, loops) holds the receptors."""
    data = read_spine(p)
    mechanism, work, Q = data.mechanism, data.work.dynamics, data.work.Q
    n, nm = data.n, data.muscle_count
    q, rate = y[:n], y[n : 2 * n]
    place(mechanism, q, work)
    Q[:] = data.python
    pushes = data.work.discs.pushes
    pushes[:] = 0.0
    add_applied(mechanism.tree, work, t, data.applied, Q, pushes)
    first = 2 * n
    last = first + data.joints.time.shape[0]
    pressed = slice(last, last + data.compression.states)
    add_joints(
        q, rate, y[first:last], y[pressed], data.joints, data.work.joints, Q, out[first:last]
    )
    last = pressed.stop
    if nm > 0:
        a, fibre = last, last + nm
        short, first = fibre + nm, fibre + nm + data.short_range_count
        u, muscles, pull = data.work.excitation, data.work.muscles, data.work.pull
        excite(delayed, data.loops, u)
        rates = Rates(pull, out[a:fibre], out[fibre:short], out[short:first])
        muscle_rates(
            data.muscles, q, rate, y[a:fibre], y[fibre:short], y[short:first], u, muscles, rates
        )
        for k in range(n):
            Q[k] += pull[k]
        last = first + data.loops.source.shape[0]
        signals = Signals(muscles.length, muscles.speed, muscles.tension)
        receive(signals, y[first:last], data.loops, out[first:last])
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
        for k in range(data.compression.states):
            now = -data.work.discs.force[k, UP]
            out[pressed.start + k] = (now - y[pressed.start + k]) / data.compression.time


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
        l0, l1, l2, f0, f1, f2 = data.geometry[k]
        pushes[b, 0] += size * f0
        pushes[b, 1] += size * f1
        pushes[b, 2] += size * f2
        R = work.R[b]
        x0 = R[0, 0] * l0 + R[0, 1] * l1 + R[0, 2] * l2 + work.t[b, 0]
        x1 = R[1, 0] * l0 + R[1, 1] * l1 + R[1, 2] * l2 + work.t[b, 1]
        x2 = R[2, 0] * l0 + R[2, 1] * l1 + R[2, 2] * l2 + work.t[b, 2]
        force, moment = (f0, f1, f2), (x1 * f2 - x2 * f1, x2 * f0 - x0 * f2, x0 * f1 - x1 * f0)
        while b > 0:
            for e in range(tree.first[b], tree.first[b + 1]):
                value = along_dof(tree, e, work.axis, work.origin, force, moment)
                Q[tree.coordinate[e]] += size * work.rate[e] * value
            b = tree.parent[b]
