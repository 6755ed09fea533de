"""Accelerations from forces: articulated bodies where the tree allows it, else the mass matrix.

The cost of the articulated-body recursion grows in proportion to the number of coordinates, that of
a Cholesky factor of the mass matrix with its cube. A coordinate that drives dofs of several joints
(a knee that moves tibia and kneecap) closes a loop, for which the recursion is not valid.
"""

from __future__ import annotations

from numba import njit

from panjabi.body.dynamics_kernels import (
    SOLVED,
    add,
    cholesky,
    cholesky_solve,
    dot,
    force_cross,
    inertia_times,
    inverse_dynamics,
    mass_matrix,
    motion_cross,
    place,
    put,
    six,
)
from panjabi.body.mechanism import DynamicsWorkspace, Mechanism
from panjabi.body.tree import Floats


@njit(cache=True, nogil=True, error_model="numpy")
def forward_dynamics(
    mechanism: Mechanism,
    q: Floats,
    qd: Floats,
    generalised: Floats,
    gravity: Floats,
    work: DynamicsWorkspace,
    qdd: Floats,
) -> int:
    """Accelerations (n,) [rad/s2; m/s2] under generalised forces (n,) [N m; N], in place.

    Returns SOLVED, or the index of a coordinate that moves no mass.
    """
    place(mechanism, q, work)
    if mechanism.one_run_each:
        return articulated_bodies(mechanism, qd, generalised, gravity, work, qdd)
    return matrix_solve(mechanism, qd, generalised, gravity, work, qdd)


@njit(cache=True, nogil=True, error_model="numpy")
def matrix_solve(
    mechanism: Mechanism,
    qd: Floats,
    generalised: Floats,
    gravity: Floats,
    work: DynamicsWorkspace,
    qdd: Floats,
) -> int:
    """`forward_dynamics` after `place`, through the Cholesky factor of the mass matrix."""
    qdd[:] = 0.0
    inverse_dynamics(mechanism, qd, qdd, gravity, work, qdd)
    for k in range(qdd.shape[0]):
        qdd[k] = generalised[k] - qdd[k]
    mass_matrix(mechanism, work, work.M)
    status = cholesky(work.M)
    if status == SOLVED:
        cholesky_solve(work.M, qdd)
    return status


@njit(cache=True, nogil=True, error_model="numpy")
def articulated_bodies(
    mechanism: Mechanism,
    qd: Floats,
    generalised: Floats,
    gravity: Floats,
    work: DynamicsWorkspace,
    qdd: Floats,
) -> int:
    """`forward_dynamics` after `place`, by Featherstone's recursion, for `one_run_each`.

    Neighbouring dofs with the same coordinate act as one dof with the axis sum rate_e S_e.
    """
    _sweep_out(mechanism, qd, work)
    parent, first = mechanism.tree.parent, mechanism.tree.first
    coordinate, run = mechanism.tree.coordinate, mechanism.run
    A, force, pivots = work.articulated, work.force, work.pivot
    T, drift, U = work.T, work.drift, work.U
    r = run.shape[0] - 2
    for b in range(parent.shape[0] - 1, 0, -1):
        p0, p1, p2, p3, p4, p5 = six(force, b)
        while r >= 0 and run[r] >= first[b]:
            k = coordinate[run[r]]
            t0, t1, t2, t3, t4, t5 = six(T, r)
            u0, u1, u2, u3, u4, u5 = _times(A, b, t0, t1, t2, t3, t4, t5)
            pivot = t0 * u0 + t1 * u1 + t2 * u2 + t3 * u3 + t4 * u4 + t5 * u5
            if not pivot.real > 0.0:
                return int(k)
            rest = generalised[k] - (t0 * p0 + t1 * p1 + t2 * p2 + t3 * p3 + t4 * p4 + t5 * p5)
            put(U, r, u0, u1, u2, u3, u4, u5)
            pivots[r, 0] = pivot
            pivots[r, 1] = rest
            for i in range(6):
                factor = U[r, i] / pivot
                A[b, i, 0] -= factor * u0
                A[b, i, 1] -= factor * u1
                A[b, i, 2] -= factor * u2
                A[b, i, 3] -= factor * u3
                A[b, i, 4] -= factor * u4
                A[b, i, 5] -= factor * u5
            d0, d1, d2, d3, d4, d5 = six(drift, r)
            c0, c1, c2, c3, c4, c5 = _times(A, b, d0, d1, d2, d3, d4, d5)
            factor = rest / pivot
            p0 += c0 + factor * u0
            p1 += c1 + factor * u1
            p2 += c2 + factor * u2
            p3 += c3 + factor * u3
            p4 += c4 + factor * u4
            p5 += c5 + factor * u5
            r -= 1
        above = parent[b]
        if above > 0:
            add(force, above, p0, p1, p2, p3, p4, p5)
            for i in range(6):
                for j in range(6):
                    A[above, i, j] += A[b, i, j]
    _sweep_accelerations(mechanism, gravity, work, qdd)
    return SOLVED


@njit(cache=True, nogil=True, error_model="numpy")
def _times(A, b, x0, x1, x2, x3, x4, x5):
    """The 6 x 6 matrix A[b] times six numbers."""
    return (
        A[b, 0, 0] * x0 + A[b, 0, 1] * x1 + A[b, 0, 2] * x2
        + A[b, 0, 3] * x3 + A[b, 0, 4] * x4 + A[b, 0, 5] * x5,
        A[b, 1, 0] * x0 + A[b, 1, 1] * x1 + A[b, 1, 2] * x2
        + A[b, 1, 3] * x3 + A[b, 1, 4] * x4 + A[b, 1, 5] * x5,
        A[b, 2, 0] * x0 + A[b, 2, 1] * x1 + A[b, 2, 2] * x2
        + A[b, 2, 3] * x3 + A[b, 2, 4] * x4 + A[b, 2, 5] * x5,
        A[b, 3, 0] * x0 + A[b, 3, 1] * x1 + A[b, 3, 2] * x2
        + A[b, 3, 3] * x3 + A[b, 3, 4] * x4 + A[b, 3, 5] * x5,
        A[b, 4, 0] * x0 + A[b, 4, 1] * x1 + A[b, 4, 2] * x2
        + A[b, 4, 3] * x3 + A[b, 4, 4] * x4 + A[b, 4, 5] * x5,
        A[b, 5, 0] * x0 + A[b, 5, 1] * x1 + A[b, 5, 2] * x2
        + A[b, 5, 3] * x3 + A[b, 5, 4] * x4 + A[b, 5, 5] * x5,
    )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_out(mechanism: Mechanism, qd: Floats, work: DynamicsWorkspace) -> None:
    """Root to tip: velocities, axes of the runs, drifts, and inertia and force of each body."""
    parent, first = mechanism.tree.parent, mechanism.tree.first
    coordinate, run = mechanism.tree.coordinate, mechanism.run
    S, T, drift, rate, rate2 = work.S, work.T, work.drift, work.rate, work.rate2
    velocity, force, inertia, A = work.velocity, work.force, work.inertia, work.articulated
    put(velocity, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    r = 0
    for b in range(1, parent.shape[0]):
        v0, v1, v2, v3, v4, v5 = six(velocity, parent[b])
        while r < run.shape[0] - 1 and run[r] < first[b + 1]:
            x = qd[coordinate[run[r]]]
            t0, t1, t2, t3, t4, t5 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            d0, d1, d2, d3, d4, d5 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            for e in range(run[r], run[r + 1]):
                s0, s1, s2, s3, s4, s5 = six(S, e)
                c0, c1, c2, c3, c4, c5 = motion_cross(
                    v0, v1, v2, v3, v4, v5, s0, s1, s2, s3, s4, s5
                )
                y = rate[e]
                w = y * x
                z = rate2[e] * x * x
                d0 += c0 * w + s0 * z
                d1 += c1 * w + s1 * z
                d2 += c2 * w + s2 * z
                d3 += c3 * w + s3 * z
                d4 += c4 * w + s4 * z
                d5 += c5 * w + s5 * z
                t0 += s0 * y
                t1 += s1 * y
                t2 += s2 * y
                t3 += s3 * y
                t4 += s4 * y
                t5 += s5 * y
                v0 += s0 * w
                v1 += s1 * w
                v2 += s2 * w
                v3 += s3 * w
                v4 += s4 * w
                v5 += s5 * w
            put(T, r, t0, t1, t2, t3, t4, t5)
            put(drift, r, d0, d1, d2, d3, d4, d5)
            r += 1
        put(velocity, b, v0, v1, v2, v3, v4, v5)
        h0, h1, h2, h3, h4, h5 = inertia_times(inertia, b, v0, v1, v2, v3, v4, v5)
        f0, f1, f2, f3, f4, f5 = force_cross(v0, v1, v2, v3, v4, v5, h0, h1, h2, h3, h4, h5)
        put(force, b, f0, f1, f2, f3, f4, f5)
        _spread(inertia, A, b)


@njit(cache=True, nogil=True, error_model="numpy")
def _spread(inertia: Floats, A: Floats, b: int) -> None:
    """The ten numbers of body b's inertia as the 6 x 6 matrix A[b]."""
    for i in range(3):
        for j in range(3):
            A[b, i, 3 + j] = 0.0
            A[b, 3 + i, j] = 0.0
            A[b, 3 + i, 3 + j] = 0.0
        A[b, i, i] = inertia[b, 4 + i]
        A[b, 3 + i, 3 + i] = inertia[b, 0]
    A[b, 0, 1] = A[b, 1, 0] = inertia[b, 7]
    A[b, 0, 2] = A[b, 2, 0] = inertia[b, 8]
    A[b, 1, 2] = A[b, 2, 1] = inertia[b, 9]
    A[b, 1, 5] = A[b, 5, 1] = -inertia[b, 1]
    A[b, 2, 4] = A[b, 4, 2] = inertia[b, 1]
    A[b, 2, 3] = A[b, 3, 2] = -inertia[b, 2]
    A[b, 0, 5] = A[b, 5, 0] = inertia[b, 2]
    A[b, 0, 4] = A[b, 4, 0] = -inertia[b, 3]
    A[b, 1, 3] = A[b, 3, 1] = inertia[b, 3]


@njit(cache=True, nogil=True, error_model="numpy")
def _sweep_accelerations(
    mechanism: Mechanism, gravity: Floats, work: DynamicsWorkspace, qdd: Floats
) -> None:
    """Root to tip again: the acceleration of each run from its unbalanced force."""
    parent, first = mechanism.tree.parent, mechanism.tree.first
    coordinate, run = mechanism.tree.coordinate, mechanism.run
    T, drift, U, pivots, acceleration = work.T, work.drift, work.U, work.pivot, work.acceleration
    put(acceleration, 0, 0.0, 0.0, 0.0, -gravity[0], -gravity[1], -gravity[2])
    r = 0
    for b in range(1, parent.shape[0]):
        a0, a1, a2, a3, a4, a5 = six(acceleration, parent[b])
        while r < run.shape[0] - 1 and run[r] < first[b + 1]:
            d0, d1, d2, d3, d4, d5 = six(drift, r)
            a0 += d0
            a1 += d1
            a2 += d2
            a3 += d3
            a4 += d4
            a5 += d5
            x = (pivots[r, 1] - dot(U, r, a0, a1, a2, a3, a4, a5)) / pivots[r, 0]
            qdd[coordinate[run[r]]] = x
            t0, t1, t2, t3, t4, t5 = six(T, r)
            a0 += t0 * x
            a1 += t1 * x
            a2 += t2 * x
            a3 += t3 * x
            a4 += t4 * x
            a5 += t5 * x
            r += 1
        put(acceleration, b, a0, a1, a2, a3, a4, a5)
