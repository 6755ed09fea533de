"""Equations of motion of a tree of rigid bodies on flat arrays.

    M(q) q'' + c(q, q') + g(q) = generalised force

Spatial vectors are (angular, linear) for motions and (moment, force) for forces, in world axes
about a fixed world point, the reference. It lies at the first moving body, so that lengths stay
small. World axes need no change of frame between bodies: sums over a body and its descendants are
plain sums.

Every elementary dof e has a value theta_e(q), a polynomial of one coordinate. Its rate is
theta' q', its acceleration theta' q'' + theta'' q'^2; the last term belongs to c. All kernels run
compiled and, through `kernel.py_func`, as plain Python (also on complex arrays).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from panjabi.body.kernels import forward
from panjabi.body.mechanism import DynamicsWorkspace, Mechanism
from panjabi.body.tree import Floats

SOLVED = -1
"""Status of a successful solve; another status is the index of a coordinate that moves no mass."""


# Rows of six are read and written number by number: a view of a row costs reference counting.


@njit(cache=True, nogil=True)
def six(rows, k):
    """Row k of an array of rows of six, as six numbers."""
    return rows[k, 0], rows[k, 1], rows[k, 2], rows[k, 3], rows[k, 4], rows[k, 5]


@njit(cache=True, nogil=True)
def put(rows, k, x0, x1, x2, x3, x4, x5):
    """Six numbers into row k."""
    rows[k, 0] = x0
    rows[k, 1] = x1
    rows[k, 2] = x2
    rows[k, 3] = x3
    rows[k, 4] = x4
    rows[k, 5] = x5


@njit(cache=True, nogil=True)
def add(rows, k, x0, x1, x2, x3, x4, x5):
    """Add six numbers to row k."""
    rows[k, 0] += x0
    rows[k, 1] += x1
    rows[k, 2] += x2
    rows[k, 3] += x3
    rows[k, 4] += x4
    rows[k, 5] += x5


@njit(cache=True, nogil=True)
def dot(rows, k, x0, x1, x2, x3, x4, x5):
    """Row k times six numbers: power of a force on a motion, or the other way round."""
    return (
        rows[k, 0] * x0
        + rows[k, 1] * x1
        + rows[k, 2] * x2
        + rows[k, 3] * x3
        + rows[k, 4] * x4
        + rows[k, 5] * x5
    )


@njit(cache=True, nogil=True)
def motion_cross(v0, v1, v2, v3, v4, v5, s0, s1, s2, s3, s4, s5):
    """Rate of the motion vector s that moves with the velocity v."""
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
    """Rate of the force vector f (moment, force) that moves with the velocity v."""
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
def place(mechanism: Mechanism, q: Floats, work: DynamicsWorkspace) -> None:
    """Poses, spatial axes and inertias about the reference, at the coordinates q (n,)."""
    tree, R, t, S = mechanism.tree, work.R, work.t, work.S
    axis, origin, reference = work.axis, work.origin, work.reference
    forward(tree, q, R, t, axis, origin, work.rate, work.rate2)
    z0 = t[1, 0]
    z1 = t[1, 1]
    z2 = t[1, 2]
    reference[0] = z0
    reference[1] = z1
    reference[2] = z2
    slide = tree.slide
    for e in range(slide.shape[0]):
        a0 = axis[e, 0]
        a1 = axis[e, 1]
        a2 = axis[e, 2]
        if slide[e] == 1:
            put(S, e, 0.0, 0.0, 0.0, a0, a1, a2)
        else:
            r0 = origin[e, 0] - z0
            r1 = origin[e, 1] - z1
            r2 = origin[e, 2] - z2
            put(S, e, a0, a1, a2, r1 * a2 - r2 * a1, r2 * a0 - r0 * a2, r0 * a1 - r1 * a0)
    mass, com, local, out = mechanism.mass, mechanism.com, mechanism.inertia, work.inertia
    for b in range(mass.shape[0]):
        c0 = com[b, 0]
        c1 = com[b, 1]
        c2 = com[b, 2]
        m = mass[b]
        r0 = t[b, 0] - z0 + R[b, 0, 0] * c0 + R[b, 0, 1] * c1 + R[b, 0, 2] * c2
        r1 = t[b, 1] - z1 + R[b, 1, 0] * c0 + R[b, 1, 1] * c1 + R[b, 1, 2] * c2
        r2 = t[b, 2] - z2 + R[b, 2, 0] * c0 + R[b, 2, 1] * c1 + R[b, 2, 2] * c2
        xx = m * (r1 * r1 + r2 * r2)
        yy = m * (r0 * r0 + r2 * r2)
        zz = m * (r0 * r0 + r1 * r1)
        xy = -m * r0 * r1
        xz = -m * r0 * r2
        yz = -m * r1 * r2
        for j in range(3):
            j0 = local[b, 0, j]
            j1 = local[b, 1, j]
            j2 = local[b, 2, j]
            y0 = R[b, 0, 0] * j0 + R[b, 0, 1] * j1 + R[b, 0, 2] * j2
            y1 = R[b, 1, 0] * j0 + R[b, 1, 1] * j1 + R[b, 1, 2] * j2
            y2 = R[b, 2, 0] * j0 + R[b, 2, 1] * j1 + R[b, 2, 2] * j2
            xx += y0 * R[b, 0, j]
            yy += y1 * R[b, 1, j]
            zz += y2 * R[b, 2, j]
            xy += y0 * R[b, 1, j]
            xz += y0 * R[b, 2, j]
            yz += y1 * R[b, 2, j]
        out[b, 0] = m
        out[b, 1] = m * r0
        out[b, 2] = m * r1
        out[b, 3] = m * r2
        out[b, 4] = xx
        out[b, 5] = yy
        out[b, 6] = zz
        out[b, 7] = xy
        out[b, 8] = xz
        out[b, 9] = yz


@njit(cache=True, nogil=True)
def composites(mechanism: Mechanism, work: DynamicsWorkspace) -> None:
    """Inertia of every body together with its descendants, after `place`."""
    parent, total = mechanism.tree.parent, work.composite
    for b in range(parent.shape[0]):
        for i in range(10):
            total[b, i] = work.inertia[b, i]
    for b in range(parent.shape[0] - 1, 0, -1):
        above = parent[b]
        for i in range(10):
            total[above, i] += total[b, i]


@njit(cache=True, nogil=True)
def mass_matrix(mechanism: Mechanism, work: DynamicsWorkspace, M: Floats) -> None:
    """Mass matrix (n, n) [kg m2; kg m; kg] in place, after `place`: composite rigid bodies."""
    composites(mechanism, work)
    S, rate, total = work.S, work.rate, work.composite
    parent, first = mechanism.tree.parent, mechanism.tree.first
    coordinate = mechanism.tree.coordinate
    M[:] = 0.0
    for b in range(1, parent.shape[0]):
        for e in range(first[b], first[b + 1]):
            s0, s1, s2, s3, s4, s5 = six(S, e)
            f0, f1, f2, f3, f4, f5 = inertia_times(total, b, s0, s1, s2, s3, s4, s5)
            k = coordinate[e]
            above = b
            stop = e + 1
            while above > 0:
                for i in range(first[above], stop):
                    value = rate[i] * rate[e] * dot(S, i, f0, f1, f2, f3, f4, f5)
                    n = coordinate[i]
                    M[n, k] += value
                    if i != e:
                        M[k, n] += value
                above = parent[above]
                stop = first[above + 1]


@njit(cache=True, nogil=True)
def move(
    mechanism: Mechanism, qd: Floats, qdd: Floats, gravity: Floats, work: DynamicsWorkspace
) -> None:
    """Spatial velocity and acceleration of every body, after `place`.

    gravity (3,) is the acceleration of free fall [m/s2]; the ground accelerates by minus that.
    """
    velocity, acceleration = work.velocity, work.acceleration
    S, rate, rate2 = work.S, work.rate, work.rate2
    parent, first = mechanism.tree.parent, mechanism.tree.first
    coordinate = mechanism.tree.coordinate
    put(velocity, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    put(acceleration, 0, 0.0, 0.0, 0.0, -gravity[0], -gravity[1], -gravity[2])
    for b in range(1, parent.shape[0]):
        v0, v1, v2, v3, v4, v5 = six(velocity, parent[b])
        a0, a1, a2, a3, a4, a5 = six(acceleration, parent[b])
        for e in range(first[b], first[b + 1]):
            s0, s1, s2, s3, s4, s5 = six(S, e)
            k = coordinate[e]
            x = rate[e] * qd[k]
            y = rate[e] * qdd[k] + rate2[e] * qd[k] * qd[k]
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
        put(velocity, b, v0, v1, v2, v3, v4, v5)
        put(acceleration, b, a0, a1, a2, a3, a4, a5)


@njit(cache=True, nogil=True)
def inertial_forces(mechanism: Mechanism, work: DynamicsWorkspace) -> None:
    """Inertial force of each body, I a + v x I v, after `move`."""
    velocity, acceleration = work.velocity, work.acceleration
    inertia, force = work.inertia, work.force
    for b in range(force.shape[0]):
        v0, v1, v2, v3, v4, v5 = six(velocity, b)
        a0, a1, a2, a3, a4, a5 = six(acceleration, b)
        h0, h1, h2, h3, h4, h5 = inertia_times(inertia, b, v0, v1, v2, v3, v4, v5)
        f0, f1, f2, f3, f4, f5 = inertia_times(inertia, b, a0, a1, a2, a3, a4, a5)
        g0, g1, g2, g3, g4, g5 = force_cross(v0, v1, v2, v3, v4, v5, h0, h1, h2, h3, h4, h5)
        put(force, b, f0 + g0, f1 + g1, f2 + g2, f3 + g3, f4 + g4, f5 + g5)


@njit(cache=True, nogil=True)
def inverse_dynamics(
    mechanism: Mechanism,
    qd: Floats,
    qdd: Floats,
    gravity: Floats,
    work: DynamicsWorkspace,
    generalised: Floats,
) -> None:
    """Generalised forces (n,) [N m; N] for the accelerations qdd, in place, after `place`.

    Recursive Newton-Euler. With qdd = 0: c + g; with gravity = 0 as well: c; with qd = 0: g.
    On return `work.force` is the force of each joint on all bodies that it carries. qdd and
    `generalised` may be the same array.
    """
    move(mechanism, qd, qdd, gravity, work)
    inertial_forces(mechanism, work)
    S, rate, force = work.S, work.rate, work.force
    parent, first = mechanism.tree.parent, mechanism.tree.first
    coordinate = mechanism.tree.coordinate
    generalised[:] = 0.0
    for b in range(parent.shape[0] - 1, 0, -1):
        f0, f1, f2, f3, f4, f5 = six(force, b)
        for e in range(first[b], first[b + 1]):
            generalised[coordinate[e]] += rate[e] * dot(S, e, f0, f1, f2, f3, f4, f5)
        add(force, parent[b], f0, f1, f2, f3, f4, f5)


@njit(cache=True, nogil=True)
def cholesky(M: Floats) -> int:
    """Lower Cholesky factor in place (upper part not used); returns SOLVED or the failing row."""
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
