"""Equations of motion of a tree of rigid bodies on flat arrays.

    M(q) q'' + c(q, q') + g(q) = generalised force

Spatial vectors are (angular, linear) for motions and (moment, force) for forces, in world axes
about one world point, the reference, which is put at the first moving body so that lengths stay
small. In world axes nothing has to be carried from one body's frame to the next: sums over a body
and its descendants are plain sums.

Every elementary dof e has a value theta_e(q), a polynomial of one coordinate. Its rate is
theta' q', its acceleration theta' q'' + theta'' q'^2; the last term belongs to c. All kernels run
compiled and, through `kernel.py_func`, as plain Python (also on complex arrays).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from panjabi.body.kernels import forward
from panjabi.body.mechanism import Mechanism, Workspace
from panjabi.body.tree import Floats

SOLVED = -1
"""Status of a solve that went through; else the index of a coordinate that moves no mass."""


@njit(cache=True, nogil=True)
def motion_cross(v0, v1, v2, v3, v4, v5, s0, s1, s2, s3, s4, s5):
    """Rate of the motion vector s carried along with the velocity v."""
    return (
        v1 * s2 - v2 * s1,
        v2 * s0 - v0 * s2,
        v0 * s1 - v1 * s0,
        v1 * s5 - v2 * s4 + v4 * s2 - v5 * s1,
        v2 * s3 - v0 * s5 + v5 * s0 - v3 * s2,
        v0 * s4 - v1 * s3 + v3 * s1 - v4 * s0,
    )


@njit(cache=True, nogil=True)
def force_cross(v0, v1, v2, v3, v4, v5, f0, f1, f2, f3, f4, f5):
    """Rate of the force vector f (moment, force) carried along with the velocity v."""
    return (
        v1 * f2 - v2 * f1 + v4 * f5 - v5 * f4,
        v2 * f0 - v0 * f2 + v5 * f3 - v3 * f5,
        v0 * f1 - v1 * f0 + v3 * f4 - v4 * f3,
        v1 * f5 - v2 * f4,
        v2 * f3 - v0 * f5,
        v0 * f4 - v1 * f3,
    )


@njit(cache=True, nogil=True)
def inertia_times(inertia, b, w0, w1, w2, u0, u1, u2):
    """Momentum (angular, linear) of the inertia in row b at the velocity (w, u)."""
    m = inertia[b, 0]
    h0 = inertia[b, 1]
    h1 = inertia[b, 2]
    h2 = inertia[b, 3]
    xy = inertia[b, 7]
    xz = inertia[b, 8]
    yz = inertia[b, 9]
    return (
        inertia[b, 4] * w0 + xy * w1 + xz * w2 + h1 * u2 - h2 * u1,
        xy * w0 + inertia[b, 5] * w1 + yz * w2 + h2 * u0 - h0 * u2,
        xz * w0 + yz * w1 + inertia[b, 6] * w2 + h0 * u1 - h1 * u0,
        m * u0 + w1 * h2 - w2 * h1,
        m * u1 + w2 * h0 - w0 * h2,
        m * u2 + w0 * h1 - w1 * h0,
    )


@njit(cache=True, nogil=True)
def place(mechanism: Mechanism, q: Floats, work: Workspace) -> None:
    """Poses, spatial axes and inertias about the reference, at the coordinates q (n,)."""
    tree = mechanism.tree
    forward(tree, q, work.R, work.t, work.axis, work.origin, work.rate, work.rate2)
    nb = tree.parent.shape[0]
    reference = work.reference
    for i in range(3):
        reference[i] = work.t[1, i]
    for e in range(tree.slide.shape[0]):
        a0, a1, a2 = work.axis[e]
        S = work.S[e]
        if tree.slide[e] == 1:
            S[0], S[1], S[2], S[3], S[4], S[5] = 0.0, 0.0, 0.0, a0, a1, a2
        else:
            r0 = work.origin[e, 0] - reference[0]
            r1 = work.origin[e, 1] - reference[1]
            r2 = work.origin[e, 2] - reference[2]
            S[0], S[1], S[2] = a0, a1, a2
            S[3] = r1 * a2 - r2 * a1
            S[4] = r2 * a0 - r0 * a2
            S[5] = r0 * a1 - r1 * a0
    for b in range(nb):
        R = work.R[b]
        own = mechanism.inertia[b]
        c0, c1, c2 = mechanism.com[b]
        m = mechanism.mass[b]
        r0 = work.t[b, 0] - reference[0] + R[0, 0] * c0 + R[0, 1] * c1 + R[0, 2] * c2
        r1 = work.t[b, 1] - reference[1] + R[1, 0] * c0 + R[1, 1] * c1 + R[1, 2] * c2
        r2 = work.t[b, 2] - reference[2] + R[2, 0] * c0 + R[2, 1] * c1 + R[2, 2] * c2
        out = work.inertia[b]
        out[0], out[1], out[2], out[3] = m, m * r0, m * r1, m * r2
        out[4] = m * (r1 * r1 + r2 * r2)
        out[5] = m * (r0 * r0 + r2 * r2)
        out[6] = m * (r0 * r0 + r1 * r1)
        out[7], out[8], out[9] = -m * r0 * r1, -m * r0 * r2, -m * r1 * r2
        for j in range(3):
            y0 = R[0, 0] * own[0, j] + R[0, 1] * own[1, j] + R[0, 2] * own[2, j]
            y1 = R[1, 0] * own[0, j] + R[1, 1] * own[1, j] + R[1, 2] * own[2, j]
            y2 = R[2, 0] * own[0, j] + R[2, 1] * own[1, j] + R[2, 2] * own[2, j]
            out[4] += y0 * R[0, j]
            out[5] += y1 * R[1, j]
            out[6] += y2 * R[2, j]
            out[7] += y0 * R[1, j]
            out[8] += y0 * R[2, j]
            out[9] += y1 * R[2, j]


@njit(cache=True, nogil=True)
def composites(mechanism: Mechanism, work: Workspace) -> None:
    """Inertia of every body together with its descendants, after `place`."""
    parent, total = mechanism.tree.parent, work.composite
    total[:] = work.inertia
    for b in range(parent.shape[0] - 1, 0, -1):
        for i in range(10):
            total[parent[b], i] += total[b, i]


@njit(cache=True, nogil=True)
def mass_matrix(mechanism: Mechanism, work: Workspace, M: Floats) -> None:
    """Mass matrix (n, n) [kg m2; kg m; kg] in place, after `place`: composite rigid bodies."""
    tree, S, rate = mechanism.tree, work.S, work.rate
    composites(mechanism, work)
    M[:] = 0.0
    for b in range(1, tree.parent.shape[0]):
        for e in range(tree.first[b], tree.first[b + 1]):
            s0, s1, s2, s3, s4, s5 = S[e]
            f0, f1, f2, f3, f4, f5 = inertia_times(work.composite, b, s0, s1, s2, s3, s4, s5)
            k = tree.coordinate[e]
            above = b
            stop = e + 1
            while above >= 0:
                for i in range(tree.first[above], stop):
                    value = (
                        S[i, 0] * f0
                        + S[i, 1] * f1
                        + S[i, 2] * f2
                        + S[i, 3] * f3
                        + S[i, 4] * f4
                        + S[i, 5] * f5
                    )
                    value *= rate[i] * rate[e]
                    n = tree.coordinate[i]
                    M[n, k] += value
                    if i != e:
                        M[k, n] += value
                above = tree.parent[above]
                if above >= 0:
                    stop = tree.first[above + 1]


@njit(cache=True, nogil=True)
def move(mechanism: Mechanism, qd: Floats, qdd: Floats, gravity: Floats, work: Workspace) -> None:
    """Spatial velocity and acceleration of every body, after `place`.

    gravity (3,) is the acceleration of free fall [m/s2]; the ground is given minus that.
    """
    tree = mechanism.tree
    velocity, acceleration = work.velocity, work.acceleration
    velocity[0] = 0.0
    acceleration[0] = 0.0
    for i in range(3):
        acceleration[0, 3 + i] = -gravity[i]
    for b in range(1, tree.parent.shape[0]):
        v0, v1, v2, v3, v4, v5 = velocity[tree.parent[b]]
        a0, a1, a2, a3, a4, a5 = acceleration[tree.parent[b]]
        for e in range(tree.first[b], tree.first[b + 1]):
            s0, s1, s2, s3, s4, s5 = work.S[e]
            k = tree.coordinate[e]
            x = work.rate[e] * qd[k]
            y = work.rate[e] * qdd[k] + work.rate2[e] * qd[k] * qd[k]
            c0, c1, c2, c3, c4, c5 = motion_cross(v0, v1, v2, v3, v4, v5, s0, s1, s2, s3, s4, s5)
            a0 += s0 * y + c0 * x
            a1 += s1 * y + c1 * x
            a2 += s2 * y + c2 * x
            a3 += s3 * y + c3 * x
            a4 += s4 * y + c4 * x
            a5 += s5 * y + c5 * x
            v0 += s0 * x
            v1 += s1 * x
            v2 += s2 * x
            v3 += s3 * x
            v4 += s4 * x
            v5 += s5 * x
        v, a = velocity[b], acceleration[b]
        v[0], v[1], v[2], v[3], v[4], v[5] = v0, v1, v2, v3, v4, v5
        a[0], a[1], a[2], a[3], a[4], a[5] = a0, a1, a2, a3, a4, a5


@njit(cache=True, nogil=True)
def inertial_forces(mechanism: Mechanism, work: Workspace) -> None:
    """Force that each body's own motion needs, I a + v x I v, after `move`."""
    for b in range(mechanism.mass.shape[0]):
        v0, v1, v2, v3, v4, v5 = work.velocity[b]
        a0, a1, a2, a3, a4, a5 = work.acceleration[b]
        h0, h1, h2, h3, h4, h5 = inertia_times(work.inertia, b, v0, v1, v2, v3, v4, v5)
        f0, f1, f2, f3, f4, f5 = inertia_times(work.inertia, b, a0, a1, a2, a3, a4, a5)
        g0, g1, g2, g3, g4, g5 = force_cross(v0, v1, v2, v3, v4, v5, h0, h1, h2, h3, h4, h5)
        f = work.force[b]
        f[0], f[1], f[2] = f0 + g0, f1 + g1, f2 + g2
        f[3], f[4], f[5] = f3 + g3, f4 + g4, f5 + g5


@njit(cache=True, nogil=True)
def inverse_dynamics(
    mechanism: Mechanism,
    qd: Floats,
    qdd: Floats,
    gravity: Floats,
    work: Workspace,
    generalised: Floats,
) -> None:
    """Generalised forces (n,) [N m; N] for the accelerations qdd, in place, after `place`.

    Recursive Newton-Euler. With qdd = 0: c + g; with gravity = 0 as well: c; with qd = 0: g.
    Leaves in `work.force` what each joint hands on to all it carries.
    """
    tree = mechanism.tree
    move(mechanism, qd, qdd, gravity, work)
    inertial_forces(mechanism, work)
    generalised[:] = 0.0
    for b in range(tree.parent.shape[0] - 1, 0, -1):
        f0, f1, f2, f3, f4, f5 = work.force[b]
        for e in range(tree.first[b], tree.first[b + 1]):
            s0, s1, s2, s3, s4, s5 = work.S[e]
            generalised[tree.coordinate[e]] += work.rate[e] * (
                s0 * f0 + s1 * f1 + s2 * f2 + s3 * f3 + s4 * f4 + s5 * f5
            )
        above = work.force[tree.parent[b]]
        above[0] += f0
        above[1] += f1
        above[2] += f2
        above[3] += f3
        above[4] += f4
        above[5] += f5


@njit(cache=True, nogil=True)
def cholesky(M: Floats) -> int:
    """Lower factor of a symmetric matrix in place (upper part left over); SOLVED or the bad row."""
    n = M.shape[0]
    for j in range(n):
        pivot = M[j, j]
        for k in range(j):
            pivot -= M[j, k] * M[j, k]
        if not pivot.real > 0.0:
            return j
        root = np.sqrt(pivot)
        M[j, j] = root
        for i in range(j + 1, n):
            value = M[i, j]
            for k in range(j):
                value -= M[i, k] * M[j, k]
            M[i, j] = value / root
    return SOLVED


@njit(cache=True, nogil=True)
def cholesky_solve(L: Floats, x: Floats) -> None:
    """Solution of L L^T y = x, in place of x."""
    n = L.shape[0]
    for i in range(n):
        for k in range(i):
            x[i] -= L[i, k] * x[k]
        x[i] /= L[i, i]
    for i in range(n - 1, -1, -1):
        x[i] /= L[i, i]
        for k in range(i):
            x[k] -= L[i, k] * x[i]
