"""Right-hand side of a spine model in one compiled call that allocates nothing.

`spine_rhs` has the form that `panjabi.delay.integrate.DelayModel` expects; p comes from
`packing.pack`.
"""

from __future__ import annotations

from numba import njit

from panjabi.active.muscle_kernels import Rates, muscle_rates
from panjabi.body.articulated_kernels import articulated_bodies, matrix_solve
from panjabi.body.dynamics_kernels import SOLVED, place
from panjabi.body.tree import Floats
from panjabi.neural.smooth_kernels import saturated
from panjabi.passive.kernels import evaluate_unit, relaxation
from panjabi.spine import packing as at
from panjabi.spine.perturbation import wave


@njit(cache=True, nogil=True)
def spine_rhs(t: float, y: Floats, delayed: Floats, p: Floats, out: Floats) -> None:
    """d y / d t (size,) in place; delayed (delays, loops) holds the receptors."""
    counts = at.whole(p, at.COUNTS)
    n, nm = counts[at.N], counts[at.MUSCLES]
    q, rate = y[:n], y[n : 2 * n]
    mechanism, work = at.mechanism_of(p), at.workspace_of(p, n)
    place(mechanism, q, work)
    Q = at.floats(p, at.S_Q)
    Q[:] = at.floats(p, at.FOREIGN)
    add_applied(mechanism.tree, work, t, p, Q)
    first = 2 * n
    last = first + counts[at.BRANCHES]
    add_joints(q, rate, y[first:last], p, Q, out[first:last])
    if nm > 0:
        first, middle, last = last, last + nm, last + 2 * nm
        u = at.floats(p, at.S_EXCITATION)
        excite(delayed, p, u)
        numbers = at.floats(p, at.MUSCLE_NUMBERS)
        muscle_work = at.muscle_workspace_of(p)
        pull = at.floats(p, at.S_MUSCLE_Q)
        muscle_rates(
            at.tree_at(p, at.M_PARENT),
            at.pieces_at(p),
            at.units_of(p),
            (numbers[at.RISE], numbers[at.FALL], numbers[at.SHARPNESS]),
            q,
            rate,
            y[first:middle],
            y[middle:last],
            y[:0],
            u,
            muscle_work,
            Rates(pull, out[first:middle], out[middle:last], out[:0]),
        )
        for k in range(n):
            Q[k] += pull[k]
        first, last = last, last + counts[at.LOOPS]
        receive(muscle_work, y[first:last], p, out[first:last])
    for k in range(n):
        out[k] = rate[k]
    gravity = at.floats(p, at.GRAVITY)
    if mechanism.one_run_each:
        status = articulated_bodies(mechanism, rate, Q, gravity, work, out[n : 2 * n])
    else:
        status = matrix_solve(mechanism, rate, Q, gravity, work, out[n : 2 * n])
    if status != SOLVED:
        out[n] = float("nan")


@njit(cache=True, nogil=True)
def add_applied(tree, work, t, p, Q):
    """Add the external forces at time t to Q (n,) [N m; N], after `place`."""
    where = at.whole(p, at.APPLIED_PLACE).reshape((-1, 2))
    if where.shape[0] == 0:
        return
    geometry = at.floats(p, at.APPLIED_GEOMETRY).reshape((-1, 6))
    waves = at.floats(p, at.APPLIED_WAVE).reshape((-1, at.WAVE_COLUMNS))
    tones = at.floats(p, at.TONES).reshape((-1, 3))
    for k in range(where.shape[0]):
        size = wave(waves[k], tones, t)
        if size == 0.0:
            continue
        if where[k, 1] >= 0:
            Q[where[k, 1]] += size
            continue
        b = where[k, 0]
        l0, l1, l2, f0, f1, f2 = geometry[k]
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


@njit(cache=True, nogil=True)
def add_joints(q, rate, stretch, p, Q, stretch_rate):
    """Add the moments of all units to Q; rates of their branches and friction elements in place."""
    start, kinds = at.whole(p, at.UNIT_START), at.whole(p, at.UNIT_KIND)
    rows = at.floats(p, at.UNIT_ROW).reshape((-1, at.TERM_COLUMNS))
    where = at.whole(p, at.UNIT_PLACE).reshape((-1, 3))
    held = at.floats(p, at.UNIT_HELD).reshape((-1, 3))
    damping = at.floats(p, at.UNIT_DAMPING).reshape((-1, 3))
    branch = at.whole(p, at.BRANCH_START)
    times, stiffness = at.floats(p, at.BRANCH_TIME), at.floats(p, at.BRANCH_STIFFNESS)
    sizes, powers = at.floats(p, at.BRANCH_SIZE), at.floats(p, at.BRANCH_POWER)
    small = at.floats(p, at.S_SMALL)
    angles, moment = small[:3], small[3:6]
    tangent = small[6:15].reshape((3, 3))
    for j in range(where.shape[0]):
        for i in range(3):
            k = where[j, i]
            angles[i] = q[k] if k >= 0 else held[j, i]
        evaluate_unit(kinds, rows, start[j], start[j + 1], angles, moment, tangent)
        each = (branch[j + 1] - branch[j]) // 3
        for i in range(3):
            k = where[j, i]
            speed = rate[k] if k >= 0 else 0.0
            resisting = moment[i] + damping[j, i] * speed
            total = 0.0
            for s in range(branch[j] + i * each, branch[j] + (i + 1) * each):
                total += stiffness[s] * stretch[s]
                stretch_rate[s] = speed - relaxation(stretch[s], times[s], sizes[s], powers[s])[0]
            if k >= 0:
                Q[k] -= resisting + total


@njit(cache=True, nogil=True)
def excite(delayed, p, u):
    """Excitation of every muscle in place, (nm,) [1]."""
    u[:] = at.floats(p, at.COMMAND)
    target, which = at.whole(p, at.TARGET), at.whole(p, at.WHICH_DELAY)
    for k in range(target.shape[0]):
        u[target[k]] += delayed[which[k], k]
    width = at.floats(p, at.MUSCLE_NUMBERS)[at.WIDTH]
    for m in range(u.shape[0]):
        u[m] = saturated(u[m], width)[0]


@njit(cache=True, nogil=True)
def receive(work, receptor, p, receptor_rate):
    """Rates of the receptors in place, (loops,), after the muscles are evaluated."""
    source = at.whole(p, at.SOURCE)
    stretch, fast = at.floats(p, at.STRETCH_GAIN), at.floats(p, at.RATE_GAIN)
    force, time = at.floats(p, at.FORCE_GAIN), at.floats(p, at.FILTER_TIME)
    rest, rest_tension = at.floats(p, at.REST_LENGTH), at.floats(p, at.REST_TENSION)
    lopt, fmax = at.floats(p, at.OPTIMAL_LENGTH), at.floats(p, at.MAX_FORCE)
    for k in range(source.shape[0]):
        m = source[k]
        signal = (
            stretch[k] * (work.length[m] - rest[m]) / lopt[m]
            + fast[k] * work.speed[m] / lopt[m]
            - force[k] * (work.tension[m] - rest_tension[m]) / fmax[m]
        )
        receptor_rate[k] = (signal - receptor[k]) / time[k]
