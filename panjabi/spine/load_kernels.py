"""Constant loads on flat arrays: generalised force, and potential with exact derivatives.

Runs compiled and, through `py_func`, as plain Python.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from panjabi.body.kernels import (
    along_dof,
    forward,
    load_gradient,
    load_hessian,
    points_jacobian,
)


@njit(cache=True, nogil=True)
def add_force(tree, work, b, point, force, Q):
    """Add a force (3,) at a world point (3,) of body b to Q (n,); `place` comes before."""
    x, f = point, force
    moment = (x[1] * f[2] - x[2] * f[1], x[2] * f[0] - x[0] * f[2], x[0] * f[1] - x[1] * f[0])
    while b > 0:
        for e in range(tree.first[b], tree.first[b + 1]):
            value = along_dof(tree, e, work.axis, work.origin, force, moment)
            Q[tree.coordinate[e]] += work.rate[e] * value
        b = tree.parent[b]


@njit(cache=True, nogil=True)
def carried_point(R, t, local):
    """World position of a point of a body at R (3, 3), t (3,), as three numbers."""
    x, y, z = local
    return (
        R[0, 0] * x + R[0, 1] * y + R[0, 2] * z + t[0],
        R[1, 0] * x + R[1, 1] * y + R[1, 2] * z + t[1],
        R[2, 0] * x + R[2, 1] * y + R[2, 2] * z + t[2],
    )


@njit(cache=True, nogil=True)
def add_loads(tree, work, data, Q):
    """Add the generalised force of constant loads to Q (n,): minus the gradient of their potential.

    `place` comes before.
    """
    for k in range(data.moment.shape[0]):
        Q[k] += data.moment[k]
    for p in range(data.body.shape[0]):
        b = data.body[p]
        f0, f1, f2 = data.force[p]
        point = carried_point(work.R[b], work.t[b], data.local[p])
        add_force(tree, work, b, point, (f0, f1, f2), Q)
    for p in range(data.guide_body.shape[0] - 1):
        low, high = data.guide_body[p], data.guide_body[p + 1]
        x = carried_point(work.R[low], work.t[low], data.guide_local[p])
        y = carried_point(work.R[high], work.t[high], data.guide_local[p + 1])
        d0, d1, d2 = y[0] - x[0], y[1] - x[1], y[2] - x[2]
        pull = data.tension / np.sqrt(d0 * d0 + d1 * d1 + d2 * d2)
        add_force(tree, work, low, x, (pull * d0, pull * d1, pull * d2), Q)
        add_force(tree, work, high, y, (-pull * d0, -pull * d1, -pull * d2), Q)


@njit(cache=True, nogil=True)
def load_potential(tree, q, data, g, H):
    """V = -sum f . x + tension x length of the cable - moments [J]; gradient and Hessian in place.

    data : `LoadData`; g : (nq,) out [N m]; H : (nq, nq) out [N m/rad].

    The forces of the potential are -f and, at the ends of each piece of cable, +-tension along it.
    As constant forces they give the gradient and one part of the Hessian; the rotation of the cable
    pieces gives the other part: tension/length (1 - e e^T) between the points' Jacobians.
    """
    dead_body, dead_local, dead_force = data.body, data.local, data.force
    guide_body, guide_local, tension = data.guide_body, data.guide_local, data.tension
    nb, ne, nq = tree.parent.shape[0], tree.slide.shape[0], q.shape[0]
    R, t = np.empty((nb, 3, 3)), np.empty((nb, 3))
    axis, origin = np.empty((ne, 3)), np.empty((ne, 3))
    rate, rate2 = np.empty(ne), np.empty(ne)
    forward(tree, q, R, t, axis, origin, rate, rate2)
    F, D = np.zeros((nb, 3)), np.zeros((nb, 3, 3))
    value = 0.0
    x = np.empty(3)
    for p in range(dead_body.shape[0]):
        b = dead_body[p]
        for i in range(3):
            x[i] = t[b, i]
            for j in range(3):
                x[i] += R[b, i, j] * dead_local[p, j]
        for j in range(3):
            value -= dead_force[p, j] * x[j]
            F[b, j] -= dead_force[p, j]
            for i in range(3):
                D[b, i, j] -= x[i] * dead_force[p, j]
    m = guide_body.shape[0] if tension != 0.0 else 0
    points = np.empty((m, 3))
    pieces = np.empty((max(m - 1, 0), 4))  # direction and length
    for p in range(m):
        b = guide_body[p]
        for i in range(3):
            points[p, i] = t[b, i]
            for j in range(3):
                points[p, i] += R[b, i, j] * guide_local[p, j]
    for p in range(m - 1):
        length = 0.0
        for i in range(3):
            pieces[p, i] = points[p + 1, i] - points[p, i]
            length += pieces[p, i] ** 2
        length = np.sqrt(length)
        pieces[p, 3] = length
        value += tension * length
        low, high = guide_body[p], guide_body[p + 1]
        for i in range(3):
            pieces[p, i] /= length
        for j in range(3):
            pull = tension * pieces[p, j]
            F[high, j] += pull
            F[low, j] -= pull
            for i in range(3):
                D[high, i, j] += points[p + 1, i] * pull
                D[low, i, j] -= points[p, i] * pull
    load_gradient(tree, F, D, axis, origin, rate, g)
    load_hessian(tree, F, D, axis, origin, rate, rate2, H)
    if m > 1:
        J = np.empty((m, 3, nq))
        points_jacobian(tree, guide_body[:m], points, axis, origin, rate, J)
        across = np.empty((3, nq))
        for p in range(m - 1):
            e0, e1, e2, length = pieces[p]
            for k in range(nq):
                b0 = J[p + 1, 0, k] - J[p, 0, k]
                b1 = J[p + 1, 1, k] - J[p, 1, k]
                b2 = J[p + 1, 2, k] - J[p, 2, k]
                along = e0 * b0 + e1 * b1 + e2 * b2
                across[0, k] = b0 - along * e0
                across[1, k] = b1 - along * e1
                across[2, k] = b2 - along * e2
            H += (tension / length) * (across.T @ across)
    for k in range(nq):
        g[k] -= data.moment[k]
        value -= data.moment[k] * q[k]
    return value
