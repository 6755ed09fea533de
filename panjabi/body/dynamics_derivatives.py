"""Exact derivatives of the equations of motion, momenta, and second derivatives of points.

A rigid rotation of everything below dof i by d(theta_i) changes a spatial vector x there by
S_i x x. In the rotated frame only the velocity v and acceleration a just before the dof change.
With

    P = v x S_i    and    Q = a x S_i + v x P

the force of a body below i changes, in the turned frame, by I Q + B P where
B x = v_b x* (I x) - I (v_b x x) + x x* (I v_b); likewise by 2 I P + B S_i per unit theta_i'. Summed
over a body and its descendants, I and B are 6 x 6 matrices, and every entry of the derivatives is
a dot product. (Featherstone 2008 for the notation; Singh, Russell and Wensing 2022 arrive at the
same expressions.)
"""

from __future__ import annotations

import numpy as np
from numba import njit

from panjabi.body.dynamics_kernels import (
    composites,
    dot,
    force_cross,
    inertia_times,
    inverse_dynamics,
    motion_cross,
    put,
    six,
)
from panjabi.body.mechanism import DynamicsWorkspace, Mechanism
from panjabi.body.tree import Floats, Tree


@njit(cache=True, nogil=True)
def inverse_dynamics_derivatives(
    mechanism: Mechanism,
    q: Floats,
    qd: Floats,
    qdd: Floats,
    gravity: Floats,
    work: DynamicsWorkspace,
    generalised: Floats,
    by_q: Floats,
    by_qd: Floats,
    M: Floats,
) -> None:
    """Generalised forces of inverse dynamics and their derivatives, in place, after `place`.

    generalised (n,); by_q, by_qd and by_qdd = M (n, n): row = force, column = varied coordinate.
    At qd = qdd = 0, by_q is the Hessian of the energy of the weight.
    """
    inverse_dynamics(mechanism, qd, qdd, gravity, work, generalised)
    composites(mechanism, work)
    S, rate, rate2, force = work.S, work.rate, work.rate2, work.force
    parent, first = mechanism.tree.parent, mechanism.tree.first
    coordinate, poly = mechanism.tree.coordinate, mechanism.tree.poly
    B = _velocity_matrices(mechanism, work)
    P, Q = np.zeros_like(S), np.zeros_like(S)
    _relative_changes(mechanism, qd, qdd, work, P, Q)
    # For each dof: d theta'/dq, d theta''/dq and d theta''/dq'.
    rate_by_q = np.zeros_like(rate)
    swing_by_q, swing_by_qd = np.zeros_like(rate), np.zeros_like(rate)
    for e in range(rate.shape[0]):
        k = coordinate[e]
        rate3 = 6.0 * poly[e, 3] + 24.0 * poly[e, 4] * q[k]
        rate_by_q[e] = rate2[e] * qd[k]
        swing_by_q[e] = rate2[e] * qdd[k] + rate3 * qd[k] * qd[k]
        swing_by_qd[e] = 2.0 * rate2[e] * qd[k]
    by_q[:] = 0.0
    by_qd[:] = 0.0
    M[:] = 0.0
    column = np.zeros((4, 6), S.dtype)  # I S, B^T S, and the force change per angle and per rate
    for b in range(1, parent.shape[0]):
        for e in range(first[b], first[b + 1]):
            k = coordinate[e]
            _columns(work.composite, B, b, S, P, Q, e, force, column)
            i0, i1, i2, i3, i4, i5 = six(column, 0)
            b0, b1, b2, b3, b4, b5 = six(column, 1)
            x0, x1, x2, x3, x4, x5 = six(column, 2)
            y0, y1, y2, y3, y4, y5 = six(column, 3)
            f0, f1, f2, f3, f4, f5 = six(force, b)
            by_q[k, k] += rate2[e] * dot(S, e, f0, f1, f2, f3, f4, f5)
            above = b
            stop = e + 1
            while above > 0:
                for i in range(first[above], stop):
                    n = coordinate[i]
                    inertia = dot(S, i, i0, i1, i2, i3, i4, i5)
                    with_p = dot(P, i, i0, i1, i2, i3, i4, i5)
                    e_by_i = dot(Q, i, i0, i1, i2, i3, i4, i5) + dot(P, i, b0, b1, b2, b3, b4, b5)
                    e_by_i_rate = 2.0 * with_p + dot(S, i, b0, b1, b2, b3, b4, b5)
                    by_q[k, n] += rate[e] * (
                        e_by_i * rate[i] + e_by_i_rate * rate_by_q[i] + inertia * swing_by_q[i]
                    )
                    by_qd[k, n] += rate[e] * (e_by_i_rate * rate[i] + inertia * swing_by_qd[i])
                    M[k, n] += rate[e] * inertia * rate[i]
                    if i != e:
                        i_by_e = dot(S, i, x0, x1, x2, x3, x4, x5)
                        i_by_e_rate = dot(S, i, y0, y1, y2, y3, y4, y5)
                        by_q[n, k] += rate[i] * (
                            i_by_e * rate[e] + i_by_e_rate * rate_by_q[e] + inertia * swing_by_q[e]
                        )
                        by_qd[n, k] += rate[i] * (i_by_e_rate * rate[e] + inertia * swing_by_qd[e])
                        M[n, k] += rate[i] * inertia * rate[e]
                above = parent[above]
                stop = first[above + 1]


@njit(cache=True, nogil=True)
def _velocity_matrices(mechanism: Mechanism, work: DynamicsWorkspace) -> Floats:
    """B (nb, 6, 6) of every body with all its descendants."""
    parent, inertia, velocity = mechanism.tree.parent, work.inertia, work.velocity
    nb = parent.shape[0]
    B = np.zeros((nb, 6, 6), inertia.dtype)
    unit = np.eye(6)
    for b in range(1, nb):
        v0, v1, v2, v3, v4, v5 = six(velocity, b)
        h0, h1, h2, h3, h4, h5 = inertia_times(inertia, b, v0, v1, v2, v3, v4, v5)
        for j in range(6):
            x0, x1, x2, x3, x4, x5 = six(unit, j)
            i0, i1, i2, i3, i4, i5 = inertia_times(inertia, b, x0, x1, x2, x3, x4, x5)
            first = force_cross(v0, v1, v2, v3, v4, v5, i0, i1, i2, i3, i4, i5)
            c0, c1, c2, c3, c4, c5 = motion_cross(v0, v1, v2, v3, v4, v5, x0, x1, x2, x3, x4, x5)
            second = inertia_times(inertia, b, c0, c1, c2, c3, c4, c5)
            third = force_cross(x0, x1, x2, x3, x4, x5, h0, h1, h2, h3, h4, h5)
            for i in range(6):
                B[b, i, j] = first[i] - second[i] + third[i]
    for b in range(nb - 1, 0, -1):
        for i in range(6):
            for j in range(6):
                B[parent[b], i, j] += B[b, i, j]
    return B


@njit(cache=True, nogil=True)
def _relative_changes(
    mechanism: Mechanism, qd: Floats, qdd: Floats, work: DynamicsWorkspace, P: Floats, Q: Floats
) -> None:
    """P and Q of every dof, after `move`, from the velocity and acceleration just before it."""
    parent, first = mechanism.tree.parent, mechanism.tree.first
    coordinate = mechanism.tree.coordinate
    S, rate, rate2 = work.S, work.rate, work.rate2
    before = np.zeros((2, 6), S.dtype)
    for b in range(1, parent.shape[0]):
        before[0] = work.velocity[parent[b]]
        before[1] = work.acceleration[parent[b]]
        for e in range(first[b], first[b + 1]):
            v0, v1, v2, v3, v4, v5 = six(before, 0)
            a0, a1, a2, a3, a4, a5 = six(before, 1)
            s0, s1, s2, s3, s4, s5 = six(S, e)
            p0, p1, p2, p3, p4, p5 = motion_cross(v0, v1, v2, v3, v4, v5, s0, s1, s2, s3, s4, s5)
            with_a = motion_cross(a0, a1, a2, a3, a4, a5, s0, s1, s2, s3, s4, s5)
            with_v = motion_cross(v0, v1, v2, v3, v4, v5, p0, p1, p2, p3, p4, p5)
            put(P, e, p0, p1, p2, p3, p4, p5)
            k = coordinate[e]
            x = rate[e] * qd[k]
            y = rate[e] * qdd[k] + rate2[e] * qd[k] * qd[k]
            for j in range(6):
                Q[e, j] = with_a[j] + with_v[j]
                before[0, j] += S[e, j] * x
                before[1, j] += S[e, j] * y + P[e, j] * x


@njit(cache=True, nogil=True)
def _columns(composite, B, b, S, P, Q, e, force, out):
    """I S, B^T S, and the force changes per angle and per rate, of dof e on body b."""
    s0, s1, s2, s3, s4, s5 = six(S, e)
    p0, p1, p2, p3, p4, p5 = six(P, e)
    q0, q1, q2, q3, q4, q5 = six(Q, e)
    f0, f1, f2, f3, f4, f5 = six(force, b)
    turned = force_cross(s0, s1, s2, s3, s4, s5, f0, f1, f2, f3, f4, f5)
    with_s = inertia_times(composite, b, s0, s1, s2, s3, s4, s5)
    with_p = inertia_times(composite, b, p0, p1, p2, p3, p4, p5)
    with_q = inertia_times(composite, b, q0, q1, q2, q3, q4, q5)
    for i in range(6):
        out[0, i] = with_s[i]
        out[1, i] = 0.0
        out[2, i] = turned[i] + with_q[i]
        out[3, i] = 2.0 * with_p[i]
        for j in range(6):
            out[1, i] += B[b, j, i] * S[e, j]
            out[2, i] += B[b, i, j] * P[e, j]
            out[3, i] += B[b, i, j] * S[e, j]


@njit(cache=True, nogil=True)
def momentum(mechanism: Mechanism, work: DynamicsWorkspace, total: Floats) -> float:
    """Kinetic energy [J], after `move`; momentum (6,) about the reference [N m s; N s] in place."""
    total[:] = 0.0
    energy = 0.0
    for b in range(1, mechanism.mass.shape[0]):
        v0, v1, v2, v3, v4, v5 = six(work.velocity, b)
        h = inertia_times(work.inertia, b, v0, v1, v2, v3, v4, v5)
        for i in range(6):
            total[i] += h[i]
            energy += 0.5 * h[i] * work.velocity[b, i]
    return energy


@njit(cache=True, nogil=True)
def centre_jacobian(mechanism: Mechanism, work: DynamicsWorkspace, J: Floats) -> None:
    """Derivative (3, n) of the centre of mass of all bodies [m/rad; m/m], in place, after `place`.

    The ground of the mechanism has the mass of the bodies that are fixed to it.
    """
    tree = mechanism.tree
    composites(mechanism, work)
    whole = mechanism.mass.sum()
    J[:] = 0.0
    for b in range(1, tree.parent.shape[0]):
        m, h0, h1, h2, _, _ = six(work.composite, b)
        for e in range(tree.first[b], tree.first[b + 1]):
            s0, s1, s2, s3, s4, s5 = six(work.S, e)
            k = tree.coordinate[e]
            factor = work.rate[e] / whole
            J[0, k] += factor * (s1 * h2 - s2 * h1 + m * s3)
            J[1, k] += factor * (s2 * h0 - s0 * h2 + m * s4)
            J[2, k] += factor * (s0 * h1 - s1 * h0 + m * s5)


@njit(cache=True, nogil=True)
def point_second_derivatives(
    tree: Tree,
    body: int,
    point: Floats,
    axis: Floats,
    origin: Floats,
    rate: Floats,
    rate2: Floats,
    D: Floats,
) -> None:
    """Second derivatives (3, n, n) of a world point (3,) fixed to a body, in place; symmetric.

    axis, origin, rate, rate2 : from `forward` at the same q.
    """
    D[:] = 0.0
    b = body
    while b >= 0:
        for e in range(tree.first[b], tree.first[b + 1]):
            u0, u1, u2 = axis[e]
            if tree.slide[e] == 0:
                a0, a1, a2 = axis[e]
                r0 = point[0] - origin[e, 0]
                r1 = point[1] - origin[e, 1]
                r2 = point[2] - origin[e, 2]
                u0 = a1 * r2 - a2 * r1
                u1 = a2 * r0 - a0 * r2
                u2 = a0 * r1 - a1 * r0
            k = tree.coordinate[e]
            D[0, k, k] += rate2[e] * u0
            D[1, k, k] += rate2[e] * u1
            D[2, k, k] += rate2[e] * u2
            above = b
            stop = e + 1
            while above >= 0:
                for i in range(tree.first[above], stop):
                    if tree.slide[i] == 1:
                        continue
                    a0, a1, a2 = axis[i]
                    both = rate[i] * rate[e]
                    x = both * (a1 * u2 - a2 * u1)
                    y = both * (a2 * u0 - a0 * u2)
                    z = both * (a0 * u1 - a1 * u0)
                    n = tree.coordinate[i]
                    D[0, n, k] += x
                    D[1, n, k] += y
                    D[2, n, k] += z
                    if i != e:
                        D[0, k, n] += x
                        D[1, k, n] += y
                        D[2, k, n] += z
                above = tree.parent[above]
                if above >= 0:
                    stop = tree.first[above + 1]
        b = tree.parent[b]
