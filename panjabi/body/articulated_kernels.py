"""Accelerations from forces: articulated bodies where the tree allows it, else the mass matrix.

The articulated-body recursion costs the same for every coordinate, a Cholesky factor of the mass
matrix grows with the cube of their number. A coordinate that drives dofs in several places (a knee
that moves tibia and kneecap) closes a loop that the recursion cannot walk.
"""

from __future__ import annotations

from numba import njit

from panjabi.body.dynamics_kernels import (
    SOLVED,
    cholesky,
    cholesky_solve,
    force_cross,
    inertia_times,
    inverse_dynamics,
    mass_matrix,
    motion_cross,
    place,
)
from panjabi.body.mechanism import Mechanism, Workspace
from panjabi.body.tree import Floats


@njit(cache=True, nogil=True)
def forward_dynamics(
    mechanism: Mechanism,
    q: Floats,
    qd: Floats,
    generalised: Floats,
    gravity: Floats,
    work: Workspace,
    qdd: Floats,
) -> int:
    """Accelerations (n,) [rad/s2; m/s2] under generalised forces (n,) [N m; N], in place.

    Returns SOLVED, or the index of a coordinate that moves no mass.
    """
    place(mechanism, q, work)
    if mechanism.one_run_each:
        return articulated_bodies(mechanism, qd, generalised, gravity, work, qdd)
    return matrix_solve(mechanism, qd, generalised, gravity, work, qdd)


@njit(cache=True, nogil=True)
def matrix_solve(
    mechanism: Mechanism,
    qd: Floats,
    generalised: Floats,
    gravity: Floats,
    work: Workspace,
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


@njit(cache=True, nogil=True)
def articulated_bodies(
    mechanism: Mechanism,
    qd: Floats,
    generalised: Floats,
    gravity: Floats,
    work: Workspace,
    qdd: Floats,
) -> int:
    """`forward_dynamics` after `place`, by Featherstone's recursion, for `one_run_each`.

    Dofs next to each other that share a coordinate act as one dof with the axis sum rate_e S_e.
    """
    tree = mechanism.tree
    nb = tree.parent.shape[0]
    _sweep_out(mechanism, qd, work)
    r = mechanism.run.shape[0] - 2
    for b in range(nb - 1, 0, -1):
        A = work.articulated[b]
        p0, p1, p2, p3, p4, p5 = work.force[b]
        while r >= 0 and mechanism.run[r] >= tree.first[b]:
            k = tree.coordinate[mechanism.run[r]]
            T, U, c = work.T[r], work.U[r], work.drift[r]
            t0, t1, t2, t3, t4, t5 = T
            for i in range(6):
                U[i] = (
                    A[i, 0] * t0
                    + A[i, 1] * t1
                    + A[i, 2] * t2
                    + A[i, 3] * t3
                    + A[i, 4] * t4
                    + A[i, 5] * t5
                )
            pivot = t0 * U[0] + t1 * U[1] + t2 * U[2] + t3 * U[3] + t4 * U[4] + t5 * U[5]
            if not pivot.real > 0.0:
                return k
            rest = generalised[k] - (t0 * p0 + t1 * p1 + t2 * p2 + t3 * p3 + t4 * p4 + t5 * p5)
            work.pivot[r, 0] = pivot
            work.pivot[r, 1] = rest
            share = rest / pivot
            for i in range(6):
                scaled = U[i] / pivot
                for j in range(6):
                    A[i, j] -= scaled * U[j]
            c0, c1, c2, c3, c4, c5 = c
            p0 += A[0, 0] * c0 + A[0, 1] * c1 + A[0, 2] * c2
            p0 += A[0, 3] * c3 + A[0, 4] * c4 + A[0, 5] * c5 + share * U[0]
            p1 += A[1, 0] * c0 + A[1, 1] * c1 + A[1, 2] * c2
            p1 += A[1, 3] * c3 + A[1, 4] * c4 + A[1, 5] * c5 + share * U[1]
            p2 += A[2, 0] * c0 + A[2, 1] * c1 + A[2, 2] * c2
            p2 += A[2, 3] * c3 + A[2, 4] * c4 + A[2, 5] * c5 + share * U[2]
            p3 += A[3, 0] * c0 + A[3, 1] * c1 + A[3, 2] * c2
            p3 += A[3, 3] * c3 + A[3, 4] * c4 + A[3, 5] * c5 + share * U[3]
            p4 += A[4, 0] * c0 + A[4, 1] * c1 + A[4, 2] * c2
            p4 += A[4, 3] * c3 + A[4, 4] * c4 + A[4, 5] * c5 + share * U[4]
            p5 += A[5, 0] * c0 + A[5, 1] * c1 + A[5, 2] * c2
            p5 += A[5, 3] * c3 + A[5, 4] * c4 + A[5, 5] * c5 + share * U[5]
            r -= 1
        above = tree.parent[b]
        if above > 0:
            force = work.force[above]
            force[0] += p0
            force[1] += p1
            force[2] += p2
            force[3] += p3
            force[4] += p4
            force[5] += p5
            onto = work.articulated[above]
            for i in range(6):
                for j in range(6):
                    onto[i, j] += A[i, j]
    _sweep_accelerations(mechanism, gravity, work, qdd)
    return SOLVED


@njit(cache=True, nogil=True)
def _sweep_out(mechanism: Mechanism, qd: Floats, work: Workspace) -> None:
    """Root to tip: velocities, axes of the runs, drifts, and every body's own inertia and force."""
    tree = mechanism.tree
    work.velocity[0] = 0.0
    r = 0
    for b in range(1, tree.parent.shape[0]):
        v0, v1, v2, v3, v4, v5 = work.velocity[tree.parent[b]]
        e = tree.first[b]
        while e < tree.first[b + 1]:
            T, drift = work.T[r], work.drift[r]
            x = qd[tree.coordinate[e]]
            t0, t1, t2, t3, t4, t5 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            d0, d1, d2, d3, d4, d5 = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
            while e < mechanism.run[r + 1]:
                s0, s1, s2, s3, s4, s5 = work.S[e]
                y = work.rate[e]
                c0, c1, c2, c3, c4, c5 = motion_cross(
                    v0, v1, v2, v3, v4, v5, s0, s1, s2, s3, s4, s5
                )
                z = work.rate2[e] * x * x
                w = y * x
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
                e += 1
            T[0], T[1], T[2], T[3], T[4], T[5] = t0, t1, t2, t3, t4, t5
            drift[0], drift[1], drift[2] = d0, d1, d2
            drift[3], drift[4], drift[5] = d3, d4, d5
            r += 1
        v = work.velocity[b]
        v[0], v[1], v[2], v[3], v[4], v[5] = v0, v1, v2, v3, v4, v5
        h0, h1, h2, h3, h4, h5 = inertia_times(work.inertia, b, v0, v1, v2, v3, v4, v5)
        f = work.force[b]
        f[0], f[1], f[2], f[3], f[4], f[5] = force_cross(
            v0, v1, v2, v3, v4, v5, h0, h1, h2, h3, h4, h5
        )
        _spread(work.inertia[b], work.articulated[b])


@njit(cache=True, nogil=True)
def _spread(ten: Floats, A: Floats) -> None:
    """The 6 x 6 matrix of an inertia kept as ten numbers."""
    m, h0, h1, h2, xx, yy, zz, xy, xz, yz = ten
    A[:] = 0.0
    A[0, 0], A[1, 1], A[2, 2] = xx, yy, zz
    A[0, 1] = A[1, 0] = xy
    A[0, 2] = A[2, 0] = xz
    A[1, 2] = A[2, 1] = yz
    A[3, 3] = A[4, 4] = A[5, 5] = m
    A[0, 4] = A[4, 0] = -h2
    A[0, 5] = A[5, 0] = h1
    A[1, 3] = A[3, 1] = h2
    A[1, 5] = A[5, 1] = -h0
    A[2, 3] = A[3, 2] = -h1
    A[2, 4] = A[4, 2] = h0


@njit(cache=True, nogil=True)
def _sweep_accelerations(
    mechanism: Mechanism, gravity: Floats, work: Workspace, qdd: Floats
) -> None:
    """Root to tip again: each run takes the acceleration that its unbalanced force leaves."""
    tree = mechanism.tree
    work.acceleration[0] = 0.0
    for i in range(3):
        work.acceleration[0, 3 + i] = -gravity[i]
    r = 0
    for b in range(1, tree.parent.shape[0]):
        a = work.acceleration[b]
        a[:] = work.acceleration[tree.parent[b]]
        while r < mechanism.run.shape[0] - 1 and mechanism.run[r] < tree.first[b + 1]:
            T, U, c = work.T[r], work.U[r], work.drift[r]
            rest = work.pivot[r, 1]
            for i in range(6):
                a[i] += c[i]
                rest -= U[i] * a[i]
            x = rest / work.pivot[r, 0]
            qdd[tree.coordinate[mechanism.run[r]]] = x
            for i in range(6):
                a[i] += T[i] * x
            r += 1
