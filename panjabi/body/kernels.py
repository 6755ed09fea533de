"""Kinematics of a tree of rigid bodies on flat arrays, with exact first and second derivatives.

A joint is a fixed transformation followed by elementary degrees of freedom, each a rotation about
or a translation along an axis:

    child = parent * Trans(loc) * r0 * dof_1 * ... * dof_n * Trans(-child_loc)

An elementary value theta_e is a polynomial in one coordinate q_k; so the coupled motions of the
knee need no special case. Everything here runs compiled and, through `kernel.py_func`, as plain
Python (also on complex arrays, which the tests use for complex-step derivatives).

Elementary dofs are stored body by body, with parents before children. A dof moves every dof with a
larger index on the same body or on a descendant, and all points there.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from panjabi.body.tree import Floats, Integers, Tree

Triple = tuple[float, float, float]

__all__ = [
    "Tree",
    "along_dof",
    "angular_jacobian",
    "forward",
    "load_gradient",
    "load_hessian",
    "points_jacobian",
    "subtree_loads",
]


@njit(cache=True, nogil=True)
def forward(
    tree: Tree,
    q: Floats,
    R: Floats,
    t: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    rate2: Floats,
) -> None:
    """World pose of every body, and every dof's axis, at the coordinates q; all in place.

    Parameters
    ----------
    q : (nq,) coordinates [rad or m].
    R, t : (nb, 3, 3), (nb, 3) out: a point of body b lies at R[b] @ local + t[b] [m].
    axis_world : (ne, 3) out: unit axis of the dof in the world.
    origin_world : (ne, 3) out: point on the axis of a rotation [m].
    rate, rate2 : (ne,) out: d theta / dq and d2 theta / dq2 in the coordinate of the dof.
    """
    parents, loc, r0, child_loc = tree.parent, tree.loc, tree.r0, tree.child_loc
    first, slide, axis = tree.first, tree.slide, tree.axis
    coordinate, poly = tree.coordinate, tree.poly
    for b in range(parents.shape[0]):
        parent = parents[b]
        if parent < 0:
            for i in range(3):
                t[b, i] = loc[b, i]
                for j in range(3):
                    R[b, i, j] = r0[b, i, j]
        else:
            for i in range(3):
                t[b, i] = t[parent, i]
                for k in range(3):
                    t[b, i] += R[parent, i, k] * loc[b, k]
                for j in range(3):
                    R[b, i, j] = (
                        R[parent, i, 0] * r0[b, 0, j]
                        + R[parent, i, 1] * r0[b, 1, j]
                        + R[parent, i, 2] * r0[b, 2, j]
                    )
        for e in range(first[b], first[b + 1]):
            x = q[coordinate[e]]
            p0 = poly[e, 0]
            p1 = poly[e, 1]
            p2 = poly[e, 2]
            p3 = poly[e, 3]
            p4 = poly[e, 4]
            value = p0 + x * (p1 + x * (p2 + x * (p3 + x * p4)))
            rate[e] = p1 + x * (2.0 * p2 + x * (3.0 * p3 + x * 4.0 * p4))
            rate2[e] = 2.0 * p2 + x * (6.0 * p3 + x * 12.0 * p4)
            u0 = axis[e, 0]
            u1 = axis[e, 1]
            u2 = axis[e, 2]
            for i in range(3):
                axis_world[e, i] = R[b, i, 0] * u0 + R[b, i, 1] * u1 + R[b, i, 2] * u2
                origin_world[e, i] = t[b, i]
            if slide[e] == 1:
                for i in range(3):
                    t[b, i] += axis_world[e, i] * value
            else:
                # Rotate the columns about the world axis: v + sin (a x v) + (1 - cos) a x (a x v).
                s = np.sin(value)
                c1 = 1.0 - np.cos(value)
                a0 = axis_world[e, 0]
                a1 = axis_world[e, 1]
                a2 = axis_world[e, 2]
                for j in range(3):
                    v0 = R[b, 0, j]
                    v1 = R[b, 1, j]
                    v2 = R[b, 2, j]
                    w0 = a1 * v2 - a2 * v1
                    w1 = a2 * v0 - a0 * v2
                    w2 = a0 * v1 - a1 * v0
                    R[b, 0, j] = v0 + s * w0 + c1 * (a1 * w2 - a2 * w1)
                    R[b, 1, j] = v1 + s * w1 + c1 * (a2 * w0 - a0 * w2)
                    R[b, 2, j] = v2 + s * w2 + c1 * (a0 * w1 - a1 * w0)
        for i in range(3):
            for k in range(3):
                t[b, i] -= R[b, i, k] * child_loc[b, k]


@njit(cache=True, nogil=True, error_model="numpy")
def along_dof(
    tree: Tree,
    e: int,
    axis_world: Floats,
    origin_world: Floats,
    force: Triple,
    moment: Triple,
) -> float:
    """Generalised force on dof e [N or N m] of a force with a moment about the world's origin."""
    f0, f1, f2 = force
    m0, m1, m2 = moment
    a0, a1, a2 = axis_world[e, 0], axis_world[e, 1], axis_world[e, 2]
    if tree.slide[e] == 1:
        return a0 * f0 + a1 * f1 + a2 * f2
    o0, o1, o2 = origin_world[e, 0], origin_world[e, 1], origin_world[e, 2]
    return (
        a0 * (m0 - o1 * f2 + o2 * f1)
        + a1 * (m1 - o2 * f0 + o0 * f2)
        + a2 * (m2 - o0 * f1 + o1 * f0)
    )


@njit(cache=True, nogil=True)
def points_jacobian(
    tree: Tree,
    bodies: Integers,
    points_world: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    J: Floats,
) -> None:
    """Exact d(point)/dq of points fixed to bodies, in place.

    Parameters
    ----------
    bodies : (np,) body of each point.
    points_world : (np, 3) positions of the points at this q [m].
    axis_world, origin_world, rate : from `forward` at the same q.
    J : (np, 3, nq) out [m/rad or m/m].
    """
    J[:] = 0.0
    for p in range(bodies.shape[0]):
        b = bodies[p]
        while b >= 0:
            for e in range(tree.first[b], tree.first[b + 1]):
                k = tree.coordinate[e]
                a0, a1, a2 = axis_world[e]
                if tree.slide[e] == 1:
                    J[p, 0, k] += rate[e] * a0
                    J[p, 1, k] += rate[e] * a1
                    J[p, 2, k] += rate[e] * a2
                else:
                    x0 = points_world[p, 0] - origin_world[e, 0]
                    x1 = points_world[p, 1] - origin_world[e, 1]
                    x2 = points_world[p, 2] - origin_world[e, 2]
                    J[p, 0, k] += rate[e] * (a1 * x2 - a2 * x1)
                    J[p, 1, k] += rate[e] * (a2 * x0 - a0 * x2)
                    J[p, 2, k] += rate[e] * (a0 * x1 - a1 * x0)
            b = tree.parent[b]


@njit(cache=True, nogil=True)
def angular_jacobian(tree: Tree, axis_world: Floats, rate: Floats, W: Floats) -> None:
    """Angular velocity of every body per unit coordinate velocity, in place.

    W : (nb, 3, nq) out, world axes. A direction d fixed to body b moves by W[b][:, k] x d per q_k.
    """
    W[:] = 0.0
    for b in range(tree.parent.shape[0]):
        parent = tree.parent[b]
        if parent >= 0:
            W[b] = W[parent]
        for e in range(tree.first[b], tree.first[b + 1]):
            if tree.slide[e] == 0:
                for i in range(3):
                    W[b, i, tree.coordinate[e]] += rate[e] * axis_world[e, i]


@njit(cache=True, nogil=True)
def subtree_loads(tree: Tree, F: Floats, D: Floats, F_sub: Floats, D_sub: Floats) -> None:
    """Loads summed over each body and all its descendants, in place.

    F (nb, 3) [N] and D (nb, 3, 3) [N m] per body in; F_sub, D_sub of the same shapes out.
    """
    F_sub[:] = F
    D_sub[:] = D
    for b in range(tree.parent.shape[0] - 1, 0, -1):
        parent = tree.parent[b]
        for i in range(3):
            F_sub[parent, i] += F_sub[b, i]
            for j in range(3):
                D_sub[parent, i, j] += D_sub[b, i, j]


@njit(cache=True, nogil=True)
def load_gradient(
    tree: Tree,
    F: Floats,
    D: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    g: Floats,
) -> None:
    """Sum over points of f . dp/dq, in place: generalised forces of forces f at points p.

    Parameters
    ----------
    F : (nb, 3) sum of f over the points of each body [N].
    D : (nb, 3, 3) sum of outer(p_world, f) over the points of each body [N m].
    axis_world, origin_world, rate : from `forward` at the same q.
    g : (nq,) out [N m or N].
    """
    F_sub = np.empty_like(F)
    D_sub = np.empty_like(D)
    subtree_loads(tree, F, D, F_sub, D_sub)
    g[:] = 0.0
    for b in range(tree.parent.shape[0]):
        force = F_sub[b, 0], F_sub[b, 1], F_sub[b, 2]
        moment = (
            D_sub[b, 1, 2] - D_sub[b, 2, 1],
            D_sub[b, 2, 0] - D_sub[b, 0, 2],
            D_sub[b, 0, 1] - D_sub[b, 1, 0],
        )
        for e in range(tree.first[b], tree.first[b + 1]):
            value = along_dof(tree, e, axis_world, origin_world, force, moment)
            g[tree.coordinate[e]] += rate[e] * value


@njit(cache=True, nogil=True)
def load_hessian(
    tree: Tree,
    F: Floats,
    D: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    rate2: Floats,
    H: Floats,
) -> None:
    """Sum over points of f . d2p/dq2 with constant forces f, in place; symmetric, exact.

    Arguments as in `load_gradient`; H (nq, nq) out [N m].

    For a rotation j and a rotation i at or before it on the path to the root,
    d2p = a_i x (a_j x r), r = p - o_j. Summed with f over the points below j, with
    M = sum outer(r, f), this is a_i . (M a_j - tr(M) a_j): a vector per dof j, then a dot product
    per ancestor. A translation j under a rotation i gives a_i x a_j; a translation i gives zero.
    Driven dofs follow by the chain rule; their curvature rate2 multiplies the gradient.
    """
    F_sub = np.empty_like(F)
    D_sub = np.empty_like(D)
    subtree_loads(tree, F, D, F_sub, D_sub)
    H[:] = 0.0
    for b in range(tree.parent.shape[0]):
        f0, f1, f2 = F_sub[b]
        for e in range(tree.first[b], tree.first[b + 1]):
            a0, a1, a2 = axis_world[e]
            k = tree.coordinate[e]
            if tree.slide[e] == 1:
                v0 = a1 * f2 - a2 * f1
                v1 = a2 * f0 - a0 * f2
                v2 = a0 * f1 - a1 * f0
                first_derivative = a0 * f0 + a1 * f1 + a2 * f2
            else:
                o0, o1, o2 = origin_world[e]
                m00 = D_sub[b, 0, 0] - o0 * f0
                m01 = D_sub[b, 0, 1] - o0 * f1
                m02 = D_sub[b, 0, 2] - o0 * f2
                m10 = D_sub[b, 1, 0] - o1 * f0
                m11 = D_sub[b, 1, 1] - o1 * f1
                m12 = D_sub[b, 1, 2] - o1 * f2
                m20 = D_sub[b, 2, 0] - o2 * f0
                m21 = D_sub[b, 2, 1] - o2 * f1
                m22 = D_sub[b, 2, 2] - o2 * f2
                v0 = m01 * a1 + m02 * a2 - (m11 + m22) * a0
                v1 = m10 * a0 + m12 * a2 - (m00 + m22) * a1
                v2 = m20 * a0 + m21 * a1 - (m00 + m11) * a2
                first_derivative = a0 * (m12 - m21) + a1 * (m20 - m02) + a2 * (m01 - m10)
            H[k, k] += rate2[e] * first_derivative
            above = b
            stop = e + 1
            while above >= 0:
                for i in range(tree.first[above], stop):
                    if tree.slide[i] == 0:
                        second = (
                            axis_world[i, 0] * v0 + axis_world[i, 1] * v1 + axis_world[i, 2] * v2
                        )
                        value = rate[i] * rate[e] * second
                        n = tree.coordinate[i]
                        H[n, k] += value
                        if i != e:
                            H[k, n] += value
                above = tree.parent[above]
                if above >= 0:
                    stop = tree.first[above + 1]
