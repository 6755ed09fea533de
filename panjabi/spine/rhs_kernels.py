"""Right-hand side of a spine model in one compiled call that allocates nothing.

`spine_rhs` has the form that `panjabi.delay.integrate.DelayModel` expects; p comes from
`packing.pack`.
"""

from __future__ import annotations

from numba import njit

from panjabi.active.muscle_kernels import Rates, muscle_rates
from panjabi.body.articulated_kernels import articulated_bodies, matrix_solve
from panjabi.body.dynamics_kernels import SOLVED, place
from panjabi.body.rotation_kernels import angular_velocity
from panjabi.body.tree import Floats
from panjabi.neural.loop_kernels import Signals, add_moments, excite, receive
from panjabi.passive.joint_kernels import add_joints
from panjabi.spine.packing import read_spine
from panjabi.spine.perturbation import wave


@njit(cache=True, nogil=True)
def spine_rhs(t: float, y: Floats, delayed: Floats, p: Floats, out: Floats) -> None:
    """d y / d t (size,) in place; delayed (delays, reads) begins with the afferents."""
    data = read_spine(p)
    mechanism, work, Q, at = data.mechanism, data.work.dynamics, data.work.Q, data.start
    n, nm = data.n, data.muscle_count
    q, rate = y[:n], y[n : 2 * n]
    place(mechanism, q, work)
    Q[:] = data.python.force
    add_applied(mechanism.tree, work, t, data.applied, Q)
    stretch, stretch_rate = y[at.joints : at.activation], out[at.joints : at.activation]
    add_joints(q, rate, stretch, data.joints, data.work.joints, Q, stretch_rate)
    muscles = data.work.muscles
    if nm > 0:
        u, pull = data.work.excitation, data.work.pull
        excite(delayed, data.loops, data.python.drive, u)
        a, fibre = slice(at.activation, at.fibre), slice(at.fibre, at.fibre + nm)
        rates = Rates(pull, out[a], out[fibre])
        muscle_rates(data.muscles, q, rate, y[a], y[fibre], u, muscles, rates)
        for k in range(n):
            Q[k] += pull[k]
    if at.elements > at.receptor:
        head = data.work.head
        angular_velocity(mechanism.tree, work.axis, work.rate, data.head, rate, head)
        signals = Signals(
            muscles.length, muscles.speed, muscles.tension, q, rate, head, data.work.compression
        )
        receptor, afferent = slice(at.receptor, at.afferent), slice(at.afferent, at.elements)
        states = (y[receptor], y[afferent])
        receive(signals, *states, data.loops, data.work.loops, out[receptor], out[afferent])
        add_moments(delayed, data.loops, Q)
    for k in range(n):
        out[k] = rate[k]
    if mechanism.one_run_each:
        status = articulated_bodies(mechanism, rate, Q, data.gravity, work, out[n : 2 * n])
    else:
        status = matrix_solve(mechanism, rate, Q, data.gravity, work, out[n : 2 * n])
    if status != SOLVED:
        out[n] = float("nan")


@njit(cache=True, nogil=True)
def add_applied(tree, work, t, data, Q):
    """Add the external forces at time t to Q (n,) [N m; N], after `place`."""
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
        R = work.R[b]
        x0 = R[0, 0] * l0 + R[0, 1] * l1 + R[0, 2] * l2 + work.t[b, 0]
        x1 = R[1, 0] * l0 + R[1, 1] * l1 + R[1, 2] * l2 + work.t[b, 1]
        x2 = R[2, 0] * l0 + R[2, 1] * l1 + R[2, 2] * l2 + work.t[b, 2]
        while b > 0:
            for e in range(tree.first[b], tree.first[b + 1]):
                a0, a1, a2 = work.axis[e]
                if tree.slide[e] == 1:
                    value = a0 * f0 + a1 * f1 + a2 * f2
                else:
                    r0 = x0 - work.origin[e, 0]
                    r1 = x1 - work.origin[e, 1]
                    r2 = x2 - work.origin[e, 2]
                    value = (
                        (a1 * r2 - a2 * r1) * f0
                        + (a2 * r0 - a0 * r2) * f1
                        + (a0 * r1 - a1 * r0) * f2
                    )
                Q[tree.coordinate[e]] += size * work.rate[e] * value
            b = tree.parent[b]
