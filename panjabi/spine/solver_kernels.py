"""The linear algebra of a spine model's implicit steps, without a large matrix.

The rate of every state but q and q' depends on itself, on q and q', and (fibres) on the activation
of the same muscle. So these states are eliminated one by one from (1 - w J) x = b; one matrix over
the rates of the free coordinates remains,

    S = M + w C + w^2 K,   fibre and tendon in series inside K.

J here leaves out what is never stiff: the rotation of paths and bodies, the weight, external
forces. A W-method keeps its order with any J; the stiff parts keep it stable.
"""

from __future__ import annotations

from typing import NamedTuple

from numba import njit

from panjabi.active.activation import activation_rate
from panjabi.active.line_kernels import body_twists, line_motion
from panjabi.active.slope_kernels import (
    FORCE_ACTIVATION,
    FORCE_FIBRE,
    FORCE_LENGTH,
    FORCE_SPEED,
    RATE_ACTIVATION,
    RATE_FIBRE,
    RATE_LENGTH,
    SLOPES,
    line_slopes,
    muscle_slopes,
)
from panjabi.body.dynamics_kernels import SOLVED, cholesky, cholesky_solve, mass_matrix, place
from panjabi.body.kernels import forward
from panjabi.body.tree import Floats
from panjabi.passive.kernels import evaluate_unit, relaxation
from panjabi.spine import packing as at
from panjabi.spine.rhs_kernels import excite

EVALUATE, FACTOR, SOLVE = 0.0, 1.0, 2.0
"""Tasks of `spine_linear`, in work[0, 0]."""


class StepSystem(NamedTuple):
    """Arrays of the linear system of a step, all views of one buffer."""

    M: Floats  # (n, n) mass matrix
    K: Floats  # (n, n) stiffness of the joints
    C: Floats  # (n, n) damping of the joints
    S: Floats  # (n, n) Cholesky factor of the matrix that is solved
    slope: Floats  # (muscles, n) slope of each length
    slopes: Floats  # (muscles, SLOPES) of force and fibre rate
    decay: Floats  # (muscles,) d activation rate / d activation
    fibre_factor: Floats  # (muscles,)
    pull: Floats  # (muscles,) lengthening of a solution
    back: Floats  # (n,) right-hand side
    relax: Floats  # (branches,) d relaxation / d stretch


def solver_size(n: int, muscles: int, branches: int) -> int:
    """Number of floats that `spine_linear` needs at the end of p."""
    return 4 * n * n + muscles * (n + SLOPES + 3) + n + branches


@njit(cache=True, nogil=True)
def spine_linear(t: float, y: Floats, delayed: Floats, p: Floats, work: Floats) -> None:
    """Slopes at (t, y), then the factor of 1 - w J, then its solutions, in place.

    work[0, 0] : task; work[0, 1] : w; work[0, 2] : out, 1 on success.
    work[1] : right-hand side and solution.
    """
    counts = at.whole(p, at.COUNTS)
    n, nm = counts[at.N], counts[at.MUSCLES]
    system = _step_system(p, n, nm, counts[at.BRANCHES])
    task, w = work[0, 0], work[0, 1]
    work[0, 2] = 1.0
    if task == EVALUATE:
        _evaluate(y, delayed, p, counts, system)
        _relaxations(y[2 * n : 2 * n + counts[at.BRANCHES]], p, system.relax)
    elif task == FACTOR:
        if not _factor(w, p, system):
            work[0, 2] = 0.0
    else:
        _solve(w, p, counts, system, work[1])


@njit(cache=True, nogil=True)
def _step_system(p, n, nm, branches):
    """The arrays of the linear system in the buffer of p."""
    buffer = at.floats(p, at.SOLVER)
    square, here = n * n, 4 * n * n
    slopes = here + nm * n
    decay = slopes + nm * SLOPES
    back = decay + 3 * nm
    return StepSystem(
        buffer[:square].reshape((n, n)),
        buffer[square : 2 * square].reshape((n, n)),
        buffer[2 * square : 3 * square].reshape((n, n)),
        buffer[3 * square : here].reshape((n, n)),
        buffer[here:slopes].reshape((nm, n)),
        buffer[slopes:decay].reshape((nm, SLOPES)),
        buffer[decay : decay + nm],
        buffer[decay + nm : decay + 2 * nm],
        buffer[decay + 2 * nm : back],
        buffer[back : back + n],
        buffer[back + n : back + n + branches],
    )


@njit(cache=True, nogil=True)
def _evaluate(y, delayed, p, counts, system):
    """Mass matrix, stiffness and damping of the joints, slopes of the muscles."""
    M, K, C = system.M, system.K, system.C
    slope, slopes, decay = system.slope, system.slopes, system.decay
    n, nm = counts[at.N], counts[at.MUSCLES]
    q, rate = y[:n], y[n : 2 * n]
    mechanism, work = at.mechanism_of(p), at.workspace_of(p, n)
    place(mechanism, q, work)
    mass_matrix(mechanism, work, M)
    K[:] = 0.0
    C[:] = 0.0
    _joints(q, p, K, C)
    if nm == 0:
        return
    tree, pieces, units = at.tree_at(p, at.M_PARENT), at.pieces_at(p), at.units_of(p)
    v = at.muscle_workspace_of(p)
    forward(tree, q, v.R, v.t, v.axis_world, v.origin_world, v.rate, v.rate2)
    body_twists(tree, rate, v.axis_world, v.origin_world, v.rate, v.omega, v.v)
    line_motion(pieces, v.R, v.t, v.omega, v.v, v.direction, v.moment, v.length, v.speed)
    line_slopes(tree, pieces, v.direction, v.moment, v.axis_world, v.origin_world, v.rate, slope)
    first = 2 * n + counts[at.BRANCHES]
    activation, fibre = y[first : first + nm], y[first + nm : first + 2 * nm]
    muscle_slopes(units, activation, fibre, activation[:0], v.length, v.speed, slopes)
    u, numbers = at.floats(p, at.S_EXCITATION), at.floats(p, at.MUSCLE_NUMBERS)
    excite(delayed, p, u)
    for m in range(nm):
        _, decay[m], _ = activation_rate(
            numbers[at.RISE], numbers[at.FALL], numbers[at.SHARPNESS], u[m], activation[m]
        )


@njit(cache=True, nogil=True)
def _joints(q, p, K, C):
    """Add tangent and damping of every unit."""
    start, kinds = at.whole(p, at.UNIT_START), at.whole(p, at.UNIT_KIND)
    rows = at.floats(p, at.UNIT_ROW).reshape((-1, at.TERM_COLUMNS))
    where = at.whole(p, at.UNIT_PLACE).reshape((-1, 3))
    held = at.floats(p, at.UNIT_HELD).reshape((-1, 3))
    damping = at.floats(p, at.UNIT_DAMPING).reshape((-1, 3))
    small = at.floats(p, at.S_SMALL)
    angles, moment, tangent = small[:3], small[3:6], small[6:15].reshape((3, 3))
    for j in range(where.shape[0]):
        for i in range(3):
            angles[i] = q[where[j, i]] if where[j, i] >= 0 else held[j, i]
        evaluate_unit(kinds, rows, start[j], start[j + 1], angles, moment, tangent)
        for i in range(3):
            k = where[j, i]
            if k < 0:
                continue
            C[k, k] += damping[j, i]
            for other in range(3):
                if where[j, other] >= 0:
                    K[k, where[j, other]] += tangent[i, other]


@njit(cache=True, nogil=True)
def _relaxations(stretch, p, relax):
    """Slopes of the relaxation of branches and friction elements in place."""
    times = at.floats(p, at.BRANCH_TIME)
    sizes, powers = at.floats(p, at.BRANCH_SIZE), at.floats(p, at.BRANCH_POWER)
    for s in range(relax.shape[0]):
        relax[s] = relaxation(stretch[s], times[s], sizes[s], powers[s])[1]


@njit(cache=True, nogil=True)
def _factor(w, p, system):
    """S and its Cholesky factor; False where S is not positive definite."""
    M, K, C, S = system.M, system.K, system.C, system.S
    slope, slopes = system.slope, system.slopes
    fibre_factor, relax = system.fibre_factor, system.relax
    n, nm = M.shape[0], slope.shape[0]
    for i in range(n):
        for j in range(n):
            S[i, j] = M[i, j] + w * (C[i, j] + w * K[i, j])
    where = at.whole(p, at.UNIT_PLACE).reshape((-1, 3))
    branch = at.whole(p, at.BRANCH_START)
    stiffness = at.floats(p, at.BRANCH_STIFFNESS)
    for j in range(where.shape[0]):
        each = (branch[j + 1] - branch[j]) // 3
        for i in range(3):
            k = where[j, i]
            if k >= 0:
                for s in range(branch[j] + i * each, branch[j] + (i + 1) * each):
                    S[k, k] += w * w * stiffness[s] / (1.0 + w * relax[s])
    for m in range(nm):
        s = slopes[m]
        fibre_factor[m] = 1.0 / (1.0 - w * s[RATE_FIBRE])
        stiff = s[FORCE_LENGTH] + s[FORCE_FIBRE] * w * s[RATE_LENGTH] * fibre_factor[m]
        stiff = w * (s[FORCE_SPEED] + w * stiff)
        for i in range(n):
            if slope[m, i] != 0.0:
                x = stiff * slope[m, i]
                for j in range(i + 1):
                    S[i, j] += x * slope[m, j]
    return cholesky(S) == SOLVED


@njit(cache=True, nogil=True)
def _solve(w, p, counts, system, x):
    """x = (1 - w J)^-1 x; x contains all states."""
    n, nm, nb = counts[at.N], counts[at.MUSCLES], counts[at.BRANCHES]
    M, K, S = system.M, system.K, system.S
    slope, slopes, decay = system.slope, system.slopes, system.decay
    fibre_factor, pull, back, relax = system.fibre_factor, system.pull, system.back, system.relax
    q, v, branch = x[:n], x[n : 2 * n], x[2 * n : 2 * n + nb]
    a, fibre = x[2 * n + nb : 2 * n + nb + nm], x[2 * n + nb + nm : 2 * n + nb + 2 * nm]
    where = at.whole(p, at.UNIT_PLACE).reshape((-1, 3))
    first = at.whole(p, at.BRANCH_START)
    stiffness = at.floats(p, at.BRANCH_STIFFNESS)
    # right-hand side of S v = ...
    for i in range(n):
        back[i] = 0.0
        for j in range(n):
            back[i] += M[i, j] * v[j] - w * K[i, j] * q[j]
    for j in range(where.shape[0]):
        each = (first[j + 1] - first[j]) // 3
        for i in range(3):
            for s in range(first[j] + i * each, first[j] + (i + 1) * each):
                branch[s] /= 1.0 + w * relax[s]
                if where[j, i] >= 0:
                    back[where[j, i]] -= w * stiffness[s] * branch[s]
    for m in range(nm):
        s = slopes[m]
        a[m] /= 1.0 - w * decay[m]
        along = 0.0
        for i in range(n):
            along += slope[m, i] * q[i]
        fibre[m] = fibre_factor[m] * (
            fibre[m] + w * (s[RATE_ACTIVATION] * a[m] + s[RATE_LENGTH] * along)
        )
        force = w * (
            s[FORCE_LENGTH] * along + s[FORCE_FIBRE] * fibre[m] + s[FORCE_ACTIVATION] * a[m]
        )
        for i in range(n):
            back[i] -= force * slope[m, i]
    cholesky_solve(S, back)
    for i in range(n):
        v[i] = back[i]
        q[i] += w * back[i]
    for j in range(where.shape[0]):
        each = (first[j + 1] - first[j]) // 3
        for i in range(3):
            if where[j, i] >= 0:
                for s in range(first[j] + i * each, first[j] + (i + 1) * each):
                    branch[s] += w * v[where[j, i]] / (1.0 + w * relax[s])
    source, time = at.whole(p, at.SOURCE), at.floats(p, at.FILTER_TIME)
    lopt, fmax = at.floats(p, at.OPTIMAL_LENGTH), at.floats(p, at.MAX_FORCE)
    stretch, fast = at.floats(p, at.STRETCH_GAIN), at.floats(p, at.RATE_GAIN)
    tendon = at.floats(p, at.FORCE_GAIN)
    for m in range(nm):
        along = 0.0
        for i in range(n):
            along += slope[m, i] * v[i]
        fibre[m] += fibre_factor[m] * w * w * slopes[m, RATE_LENGTH] * along
        pull[m] = along
    receptor = x[2 * n + nb + 2 * nm :]
    for k in range(source.shape[0]):
        m = source[k]
        moved = 0.0
        for i in range(n):
            moved += slope[m, i] * q[i]
        s = slopes[m]
        force = s[FORCE_LENGTH] * moved + s[FORCE_SPEED] * pull[m]
        force += s[FORCE_FIBRE] * fibre[m] + s[FORCE_ACTIVATION] * a[m]
        new = (stretch[k] * moved + fast[k] * pull[m]) / lopt[m] - tendon[k] * force / fmax[m]
        receptor[k] = (receptor[k] + w * new / time[k]) / (1.0 + w / time[k])
