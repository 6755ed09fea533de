"""Potential of the loads of a chain, with exact gradient and Hessian, on flat arrays.

Runs compiled and, through `py_func`, as plain Python.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from panjabi.body.kernels import forward, load_gradient, load_hessian, points_jacobian
from panjabi.body.tree import Floats, Integers, Tree


@njit(cache=True, nogil=True)
def load_potential(
    tree: Tree,
    q: Floats,
    dead_body: Integers,
    dead_local: Floats,
    dead_force: Floats,
    guide_body: Integers,
    guide_local: Floats,
    tension: float,
    g: Floats,
    H: Floats,
) -> float:
    """V = -sum f . x + tension x length of the cable [J]; gradient and Hessian in place.

    Parameters
    ----------
    dead_body (n,), dead_local (n, 3), dead_force (n, 3) : dead forces [N] at points of bodies.
    guide_body (m,), guide_local (m, 3) : the guides of the cable, in its order.
    g : (nq,) out [N m]; H : (nq, nq) out [N m/rad].

    The forces of the potential are -f and, at the ends of each piece of cable, +-tension along it.
    As constant forces they give the gradient and one part of the Hessian; the rotation of the cable
    pieces gives the other part: tension/length (1 - e e^T) between the points' Jacobians.
    """
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
    return value
