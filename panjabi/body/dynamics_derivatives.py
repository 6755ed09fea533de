"""Exact derivatives of the equations of motion, momenta, and second derivatives of points.

Turning everything below dof i rigidly by d(theta_i) changes a spatial vector x there by S_i x x.
Seen from the turned frame only the velocity and acceleration of what stays behind, v and a just
before the dof, are different. With

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
    force_cross,
    inertia_times,
    inverse_dynamics,
    motion_cross,
)
from panjabi.body.mechanism import Mechanism, Workspace
from panjabi.body.tree import Floats, Tree


@njit(cache=True, nogil=True)
def inverse_dynamics_derivatives(
    mechanism: Mechanism,
    q: Floats,
    qd: Floats,
    qdd: Floats,
    gravity: Floats,
    work: Workspace,
    generalised: Floats,
    by_q: Floats,
    by_qd: Floats,
    M: Floats,
) -> None:
    """Generalised forces of inverse dynamics and their derivatives, in place, after `place`.

    generalised (n,); by_q, by_qd and by_qdd = M (n, n): row = force, column = what is varied.
    At qd = qdd = 0, by_q is the Hessian of the energy of the weight.
    """
    tree = mechanism.tree
    inverse_dynamics(mechanism, qd, qdd, gravity, work, generalised)
    composites(mechanism, work)
    B = _velocity_matrices(mechanism, work)
    ne = tree.slide.shape[0]
    P, Q = np.zeros_like(work.S), np.zeros_like(work.S)
    _relative_changes(mechanism, qd, qdd, work, P, Q)
    # Of each dof: d theta'/dq, and d theta''/dq, d theta''/dq'.
    rate_by_q = np.zeros_like(work.rate)
    swing_by_q, swing_by_qd = np.zeros_like(work.rate), np.zeros_like(work.rate)
    for e in range(ne):
        k = tree.coordinate[e]
        x = q[k]
        rate3 = 6.0 * tree.poly[e, 3] + 24.0 * tree.poly[e, 4] * x
        rate_by_q[e] = work.rate2[e] * qd[k]
        swing_by_q[e] = work.rate2[e] * qdd[k] + rate3 * qd[k] * qd[k]
        swing_by_qd[e] = 2.0 * work.rate2[e] * qd[k]
    by_q[:] = 0.0
    by_qd[:] = 0.0
    M[:] = 0.0
    IS, BS = np.zeros_like(P[0]), np.zeros_like(P[0])
    X, Y = np.zeros_like(P[0]), np.zeros_like(P[0])
    for b in range(1, tree.parent.shape[0]):
        F = work.force[b]
        for e in range(tree.first[b], tree.first[b + 1]):
            k = tree.coordinate[e]
            _columns(work.composite, b, B[b], work.S[e], P[e], Q[e], F, IS, BS, X, Y)
            own = 0.0
            for j in range(6):
                own += work.S[e, j] * F[j]
            by_q[k, k] += work.rate2[e] * own
            above = b
            stop = e + 1
            while above > 0:
                for i in range(tree.first[above], stop):
                    n = tree.coordinate[i]
                    inertia, e_by_i, e_by_i_rate = 0.0, 0.0, 0.0
                    i_by_e, i_by_e_rate = 0.0, 0.0
                    for j in range(6):
                        inertia += IS[j] * work.S[i, j]
                        e_by_i += IS[j] * Q[i, j] + BS[j] * P[i, j]
                        e_by_i_rate += 2.0 * IS[j] * P[i, j] + BS[j] * work.S[i, j]
                        i_by_e += work.S[i, j] * X[j]
                        i_by_e_rate += work.S[i, j] * Y[j]
                    rate = work.rate[e]
                    by_q[k, n] += rate * (
                        e_by_i * work.rate[i] + e_by_i_rate * rate_by_q[i] + inertia * swing_by_q[i]
                    )
                    by_qd[k, n] += rate * (e_by_i_rate * work.rate[i] + inertia * swing_by_qd[i])
                    M[k, n] += rate * inertia * work.rate[i]
                    if i != e:
                        rate = work.rate[i]
                        by_q[n, k] += rate * (
                            i_by_e * work.rate[e]
                            + i_by_e_rate * rate_by_q[e]
                            + inertia * swing_by_q[e]
                        )
                        by_qd[n, k] += rate * (
                            i_by_e_rate * work.rate[e] + inertia * swing_by_qd[e]
                        )
                        M[n, k] += rate * inertia * work.rate[e]
                above = tree.parent[above]
                if above > 0:
                    stop = tree.first[above + 1]


@njit(cache=True, nogil=True)
def _velocity_matrices(mechanism: Mechanism, work: Workspace) -> Floats:
    """B (nb, 6, 6) of every body with all its descendants."""
    parent = mechanism.tree.parent
    nb = parent.shape[0]
    B = np.zeros((nb, 6, 6), work.S.dtype)
    one = np.zeros(6)
    for b in range(1, nb):
        v0, v1, v2, v3, v4, v5 = work.velocity[b]
        h0, h1, h2, h3, h4, h5 = inertia_times(work.inertia, b, v0, v1, v2, v3, v4, v5)
        for j in range(6):
            one[j] = 1.0
            x0, x1, x2, x3, x4, x5 = one
            one[j] = 0.0
            i0, i1, i2, i3, i4, i5 = inertia_times(work.inertia, b, x0, x1, x2, x3, x4, x5)
            first = force_cross(v0, v1, v2, v3, v4, v5, i0, i1, i2, i3, i4, i5)
            c0, c1, c2, c3, c4, c5 = motion_cross(v0, v1, v2, v3, v4, v5, x0, x1, x2, x3, x4, x5)
            second = inertia_times(work.inertia, b, c0, c1, c2, c3, c4, c5)
            third = force_cross(x0, x1, x2, x3, x4, x5, h0, h1, h2, h3, h4, h5)
            for i in range(6):
                B[b, i, j] = first[i] - second[i] + third[i]
    for b in range(nb - 1, 0, -1):
        if parent[b] > 0:
            B[parent[b]] += B[b]
    return B


@njit(cache=True, nogil=True)
def _relative_changes(
    mechanism: Mechanism, qd: Floats, qdd: Floats, work: Workspace, P: Floats, Q: Floats
) -> None:
    """P and Q of every dof, after `move`: the velocity and acceleration just before it, crossed."""
    tree = mechanism.tree
    for b in range(1, tree.parent.shape[0]):
        v = work.velocity[tree.parent[b]].copy()
        a = work.acceleration[tree.parent[b]].copy()
        for e in range(tree.first[b], tree.first[b + 1]):
            v0, v1, v2, v3, v4, v5 = v
            a0, a1, a2, a3, a4, a5 = a
            s0, s1, s2, s3, s4, s5 = work.S[e]
            p = motion_cross(v0, v1, v2, v3, v4, v5, s0, s1, s2, s3, s4, s5)
            p0, p1, p2, p3, p4, p5 = p
            first = motion_cross(a0, a1, a2, a3, a4, a5, s0, s1, s2, s3, s4, s5)
            second = motion_cross(v0, v1, v2, v3, v4, v5, p0, p1, p2, p3, p4, p5)
            k = tree.coordinate[e]
            rate = work.rate[e] * qd[k]
            swing = work.rate[e] * qdd[k] + work.rate2[e] * qd[k] * qd[k]
            for j in range(6):
                P[e, j] = p[j]
                Q[e, j] = first[j] + second[j]
                v[j] += work.S[e, j] * rate
                a[j] += work.S[e, j] * swing + p[j] * rate


@njit(cache=True, nogil=True)
def _columns(composite, b, B, S, P, Q, F, IS, BS, X, Y):
    """What a dof's dot products need: I S, B^T S, and the force changes X per angle, Y per rate."""
    s0, s1, s2, s3, s4, s5 = S
    p0, p1, p2, p3, p4, p5 = P
    q0, q1, q2, q3, q4, q5 = Q
    f0, f1, f2, f3, f4, f5 = F
    turned = force_cross(s0, s1, s2, s3, s4, s5, f0, f1, f2, f3, f4, f5)
    with_s = inertia_times(composite, b, s0, s1, s2, s3, s4, s5)
    with_p = inertia_times(composite, b, p0, p1, p2, p3, p4, p5)
    with_q = inertia_times(composite, b, q0, q1, q2, q3, q4, q5)
    for i in range(6):
        IS[i] = with_s[i]
        X[i] = turned[i] + with_q[i]
        Y[i] = 2.0 * with_p[i]
        BS[i] = 0.0
        for j in range(6):
            X[i] += B[i, j] * P[j]
            Y[i] += B[i, j] * S[j]
            BS[i] += B[j, i] * S[j]


@njit(cache=True, nogil=True)
def momentum(mechanism: Mechanism, work: Workspace, total: Floats) -> float:
    """Kinetic energy [J], after `move`; momentum (6,) about the reference [N m s; N s] in place."""
    total[:] = 0.0
    energy = 0.0
    for b in range(1, mechanism.mass.shape[0]):
        v0, v1, v2, v3, v4, v5 = work.velocity[b]
        h = inertia_times(work.inertia, b, v0, v1, v2, v3, v4, v5)
        for i in range(6):
            total[i] += h[i]
            energy += 0.5 * h[i] * work.velocity[b, i]
    return energy


@njit(cache=True, nogil=True)
def centre_jacobian(mechanism: Mechanism, work: Workspace, J: Floats) -> None:
    """Derivative (3, n) of the centre of mass of all bodies [m/rad; m/m], in place, after `place`.

    The ground of the mechanism counts with the mass of what is held on it.
    """
    tree = mechanism.tree
    composites(mechanism, work)
    whole = mechanism.mass.sum()
    J[:] = 0.0
    for b in range(1, tree.parent.shape[0]):
        m, h0, h1, h2 = work.composite[b, :4]
        for e in range(tree.first[b], tree.first[b + 1]):
            s0, s1, s2, s3, s4, s5 = work.S[e]
            k = tree.coordinate[e]
            share = work.rate[e] / whole
            J[0, k] += share * (s1 * h2 - s2 * h1 + m * s3)
            J[1, k] += share * (s2 * h0 - s0 * h2 + m * s4)
            J[2, k] += share * (s0 * h1 - s1 * h0 + m * s5)


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
