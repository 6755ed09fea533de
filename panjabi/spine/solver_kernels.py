"""The linear algebra of a spine model's implicit steps, without a large matrix.

The rate of every state but q and q' depends on itself, on q and q', and on the other states of the
same muscle. So these states are eliminated muscle by muscle and branch by branch from
(1 - w J) x = b; one matrix over the rates of the free coordinates remains,

    S = M + w C + w^2 K,   fibre, short-range force and tendon in series inside K.

J here leaves out what is never stiff: the rotation of paths and bodies, the weight, external
forces, and the effect of compression on moments. A W-method keeps its order with any J; the stiff
parts keep it stable.
"""

from __future__ import annotations

from numba import njit

from panjabi.active.musculotendon_kernels import rates
from panjabi.active.step_kernels import (
    complete_muscles,
    eliminate_muscles,
    reduce_muscles,
    step_slopes,
)
from panjabi.body.dynamics_kernels import SOLVED, cholesky, cholesky_solve, mass_matrix, place
from panjabi.body.rotation_kernels import angular_velocity_slopes
from panjabi.body.tree import Floats
from panjabi.neural.loop_kernels import Signals, complete_loops, excite, loop_slopes
from panjabi.passive.joint_kernels import (
    complete_joints,
    eliminate_joints,
    joint_slopes,
    reduce_joints,
)
from panjabi.passive.spring_damper import spring_slopes
from panjabi.spine.packing import read_spine
from panjabi.spine.rhs_kernels import sense

EVALUATE, FACTOR, SOLVE = 0.0, 1.0, 2.0
"""Tasks of `spine_linear`, in work[0, 0]."""


@njit(cache=True, nogil=True)
def spine_linear(t: float, y: Floats, delayed: Floats, p: Floats, work: Floats) -> None:
    """Slopes at (t, y), then the factor of 1 - w J, then its solutions, in place.

    work[0, 0] : task; work[0, 1] : w; work[0, 2] : out, 1 on success.
    work[1] : right-hand side and solution.
    """
    data = read_spine(p)
    task, w = work[0, 0], work[0, 1]
    work[0, 2] = 1.0
    if task == EVALUATE:
        _evaluate(t, y, delayed, data)
    elif task == FACTOR:
        if not _factor(w, data):
            work[0, 2] = 0.0
    else:
        _solve(w, data, work[1])


@njit(cache=True, nogil=True)
def _evaluate(t, y, delayed, data):
    """Mass matrix, stiffness and damping of the joints, slopes of the muscles."""
    step, n, nm = data.work.step, data.n, data.muscle_count
    q, rate = y[:n], y[n : 2 * n]
    place(data.mechanism, q, data.work.dynamics)
    mass_matrix(data.mechanism, data.work.dynamics, step.M)
    step.K[:] = 0.0
    step.C[:] = 0.0
    at, work = data.start, data.work
    stretch, pressed = y[at.joints : at.compression], y[at.compression : at.activation]
    joint_slopes(q, stretch, pressed, data.joints, work.joints, step.K, step.C)
    spring_slopes(data.springs, step.K, step.C)
    muscles, u = work.muscles, work.excitation
    if nm > 0:
        excite(t, delayed, data.loops, data.python.drive, u)
        activation, fibre = y[at.activation : at.fibre], y[at.fibre : at.short_range]
        short = y[at.short_range : at.receptor]
        step_slopes(q, rate, activation, fibre, short, u, data.muscles, muscles, step.muscles)
        if work.loops.slopes.shape[0] > 0:  # slopes of tendon organs depend on the tension
            scratch = step.muscles.tension, step.muscles.speed
            rates(
                data.muscles.units, activation, fibre, short, muscles.length, muscles.speed,
                muscles.tension, *scratch,
            )  # fmt: skip
    if at.elements > at.receptor:
        body, tree = work.dynamics, data.mechanism.tree
        sense(rate, pressed, data)
        angular_velocity_slopes(
            tree, body.axis, body.rate, body.rate2, data.head, rate, step.head_q, step.head
        )
        signals = Signals(
            muscles.length, muscles.speed, muscles.tension, q, rate, work.head, work.compression
        )
        loop_slopes(signals, y[at.receptor : at.afferent], data.loops, work.loops)


@njit(cache=True, nogil=True)
def _factor(w, data):
    """S and its Cholesky factor; False where S is not positive definite."""
    step, n = data.work.step, data.n
    for i in range(n):
        for j in range(n):
            step.S[i, j] = step.M[i, j] + w * (step.C[i, j] + w * step.K[i, j])
    reduce_joints(w, data.joints, data.work.joints, step.S)
    reduce_muscles(w, step.muscles, step.S)
    return cholesky(step.S) == SOLVED


@njit(cache=True, nogil=True)
def _solve(w, data, x):
    """x = (1 - w J)^-1 x; x contains all states."""
    step, n = data.work.step, data.n
    at = data.start
    q, rate, stretch = x[:n], x[n : 2 * n], x[at.joints : at.compression]
    for k in range(at.compression, at.activation):
        x[k] /= 1.0 + w / data.compression.time
    a, fibre = x[at.activation : at.fibre], x[at.fibre : at.short_range]
    short = x[at.short_range : at.receptor]
    M, K, back = step.M, step.K, step.back
    for i in range(n):
        back[i] = 0.0
        for j in range(n):
            back[i] += M[i, j] * rate[j] - w * K[i, j] * q[j]
    eliminate_joints(w, data.joints, data.work.joints, stretch, back)
    eliminate_muscles(w, step.muscles, q, a, fibre, short, back)
    cholesky_solve(step.S, back)
    for i in range(n):
        rate[i] = back[i]
        q[i] += w * back[i]
    complete_joints(w, data.joints, data.work.joints, rate, stretch)
    complete_muscles(w, step.muscles, q, rate, a, fibre, short)
    if at.elements > at.receptor:
        muscles, head = step.muscles, data.work.head
        for i in range(3):
            head[i] = 0.0
            for j in range(n):
                head[i] += step.head[i, j] * rate[j]
        changes = Signals(muscles.length, muscles.speed, muscles.tension, q, rate, head, step.none)
        receptor, afferent = x[at.receptor : at.afferent], x[at.afferent : at.elements]
        complete_loops(w, changes, data.loops, data.work.loops, receptor, afferent)
