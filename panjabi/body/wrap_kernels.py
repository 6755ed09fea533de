"""Shortest path over a wrapping surface between two points, in the frame of the surface.

A path leaves its first point along a straight ray, meets the surface at a tangent point, follows a
geodesic, and leaves along another ray. On sphere and cylinder the geodesic has a closed form: a
great circle and a helix. On ellipsoid and torus it is the solution of

    x'' = -(x' H x') g / |g|^2,    f(x) = 0,    g = grad f,  H = hess f,

whose first tangent point and length are found by Newton's method, so that the last ray meets the
second point.

The length is stationary with respect to the tangent points. Its first derivative is therefore the
unit vector of each ray. For the second derivative one needs the lateral deviation y of nearby
geodesics, y'' + K y = 0 with the Gaussian curvature K: (y, y') at the last tangent point is the
matrix [[A, B], [C, D]] times (y, y') at the first one. With rays of lengths l1 and l2, outward
normals n and lateral directions b = n x t, the second derivative of the length is

    n1 n1 / l1 + n2 n2 / l2 + ((A + C l2) b1 b1 - b1 b2 - b2 b1 + (D + C l1) b2 b2) / beta,
    beta = A l1 + B + l2 (C l1 + D).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.body.tree import Floats

SPHERE, CYLINDER, ELLIPSOID, TORUS = range(4)
STRAIGHT, TOUCHES, UNSOLVED = range(3)

STEPS = 32  # of the classical Runge-Kutta method along a geodesic
MOST_ITERATIONS = 60
CLOSE = 1e-13  # miss of the second point over the size of the surface
LARGEST_TURN = 0.25  # of a Newton step [rad]
SHRINK = 0.9  # of the largest step from one iteration to the next, so that no cycle stays
SAMPLES = 16  # of a straight line, for its place nearest to a circle


class Contact(NamedTuple):
    """Result of `contact`, in the frame of the surface."""

    first: Floats  # (3,) tangent point next to the first point [m]
    last: Floats  # (3,) [m]
    arc: Floats  # (1,) length over the surface [m]
    spread: Floats  # (4,) A [1], B [m], C [1/m], D [1]


@njit(cache=True, nogil=True, error_model="numpy")
def new_contact() -> Contact:
    """Memory for a contact."""
    return Contact(np.zeros(3), np.zeros(3), np.zeros(1), np.zeros(4))


@njit(cache=True, nogil=True, error_model="numpy")
def contact(kind: int, size: Floats, side: Floats, p: Floats, q: Floats, out: Contact) -> int:
    """Whether the path from p to q (3,) touches a surface, and where; `out` is set if it does.

    Returns TOUCHES, STRAIGHT, or UNSOLVED if Newton's method fails. A path with an end inside the
    surface is straight.
    """
    if kind == SPHERE:
        return _sphere(size[0], side, p, q, out)
    if kind == CYLINDER:
        return _cylinder(size[0], size[1], side, p, q, out)
    if kind == ELLIPSOID:
        return _ellipsoid(size, side, p, q, out)
    return _torus(size, p, q, out)


@njit(cache=True, nogil=True, error_model="numpy")
def _circle(
    r: float, d1: float, d2: float, cosine: float, sine: float, along: float, across: float
) -> tuple[float, float, float, float]:
    """Sense (1, -1), wrapped angle and angles of both tangent points of a path around a circle.

    d1, d2 : distance of both points from the centre. cosine, sine : of the angle from the first to
    the second. along, across : required side, in axes with the first point on the first axis; the
    middle of the wrapped arc is on this side. With 0 0 the path is on the shorter side.
    """
    angle = np.arctan2(sine, cosine)
    sense = 1.0 if angle >= 0.0 else -1.0
    angle = abs(angle)
    half = 0.5 * angle
    if along * np.cos(half) + across * sense * np.sin(half) < 0.0:
        sense = -sense
        angle = 2.0 * np.pi - angle
    a1 = np.arccos(r / d1)
    a2 = np.arccos(r / d2)
    return sense, angle - a1 - a2, sense * a1, sense * (angle - a2)


@njit(cache=True, nogil=True, error_model="numpy")
def _misses(r: float, n: int, side: Floats, p: Floats, q: Floats) -> bool:
    """Whether the straight line passes the first n axes' origin beyond r, on the required side.

    It only spares work: on the required side the middle of p and q is decisive, as in `_circle`.
    """
    ad = dd = 0.0
    for i in range(n):
        ad += p[i] * (q[i] - p[i])
        dd += (q[i] - p[i]) ** 2
    x = min(max(-ad / dd, 0.0), 1.0) if dd > 0.0 else 0.0
    away = along = p2 = q2 = 0.0
    for i in range(n):
        away += (p[i] + x * (q[i] - p[i])) ** 2
        p2 += p[i] * p[i]
        q2 += q[i] * q[i]
    if away < r * r:
        return False
    for i in range(n):  # along the bisector of p and q
        along += side[i] * (p[i] * np.sqrt(q2) + q[i] * np.sqrt(p2))
    return along >= 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _sphere(r: float, side: Floats, p: Floats, q: Floats, out: Contact) -> int:
    d1 = np.sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
    d2 = np.sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2])
    if d1 <= r or d2 <= r or _misses(r, 3, side, p, q):
        return STRAIGHT
    e = p / d1
    cosine = (e[0] * q[0] + e[1] * q[1] + e[2] * q[2]) / d2
    f = q / d2 - cosine * e
    sine = np.sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2])
    if sine < 1e-12:  # both points on one line with the centre: any plane is as short
        if cosine > 0.0:
            return STRAIGHT
        f[:] = 0.0
        if side[0] != 0.0 or side[1] != 0.0 or side[2] != 0.0:
            f[:] = side
        else:
            f[np.argmin(np.abs(e))] = 1.0
        f -= (e[0] * f[0] + e[1] * f[1] + e[2] * f[2]) * e
        f /= np.sqrt(f[0] * f[0] + f[1] * f[1] + f[2] * f[2])
    else:
        f /= sine
    along = side[0] * e[0] + side[1] * e[1] + side[2] * e[2]
    across = side[0] * f[0] + side[1] * f[1] + side[2] * f[2]
    _, turn, first, last = _circle(r, d1, d2, cosine, sine, along, across)
    if turn <= 0.0:
        return STRAIGHT
    for i in range(3):
        out.first[i] = r * (np.cos(first) * e[i] + np.sin(first) * f[i])
        out.last[i] = r * (np.cos(last) * e[i] + np.sin(last) * f[i])
    out.arc[0] = r * turn
    out.spread[0] = out.spread[3] = np.cos(turn)
    out.spread[1] = r * np.sin(turn)
    out.spread[2] = -np.sin(turn) / r
    return TOUCHES


@njit(cache=True, nogil=True, error_model="numpy")
def _cylinder(
    r: float, half_length: float, side: Floats, p: Floats, q: Floats, out: Contact
) -> int:
    d1 = np.sqrt(p[0] * p[0] + p[1] * p[1])
    d2 = np.sqrt(q[0] * q[0] + q[1] * q[1])
    if d1 <= r or d2 <= r:
        return STRAIGHT
    if _misses(r, 2, side, p, q):
        return STRAIGHT
    e0 = p[0] / d1
    e1 = p[1] / d1
    cosine = (e0 * q[0] + e1 * q[1]) / d2
    sine = (e0 * q[1] - e1 * q[0]) / d2
    along = e0 * side[0] + e1 * side[1]
    across = e0 * side[1] - e1 * side[0]
    _, turn, first, last = _circle(r, d1, d2, cosine, sine, along, across)
    if turn <= 0.0:
        return STRAIGHT
    l1 = np.sqrt(d1 * d1 - r * r)
    l2 = np.sqrt(d2 * d2 - r * r)
    rise = (q[2] - p[2]) / (l1 + r * turn + l2)
    z1 = p[2] + rise * l1
    z2 = q[2] - rise * l2
    if abs(z1) > half_length and abs(z2) > half_length:
        return STRAIGHT
    out.first[0] = r * (np.cos(first) * e0 - np.sin(first) * e1)
    out.first[1] = r * (np.cos(first) * e1 + np.sin(first) * e0)
    out.first[2] = z1
    out.last[0] = r * (np.cos(last) * e0 - np.sin(last) * e1)
    out.last[1] = r * (np.cos(last) * e1 + np.sin(last) * e0)
    out.last[2] = z2
    out.arc[0] = r * turn * np.sqrt(1.0 + rise * rise)
    out.spread[0] = out.spread[3] = 1.0
    out.spread[1] = out.arc[0]
    out.spread[2] = 0.0
    return TOUCHES


# --- ellipsoid and torus ---------------------------------------------------------------------


@njit(cache=True, nogil=True, error_model="numpy")
def level(kind: int, size: Floats, x: Floats, g: Floats) -> float:
    """f at x, zero on the surface and positive outside, and its gradient g (3,), in place."""
    if kind == TORUS:
        rho = np.sqrt(x[0] * x[0] + x[1] * x[1])
        away = rho - size[0]
        g[0] = 2.0 * away * x[0] / rho
        g[1] = 2.0 * away * x[1] / rho
        g[2] = 2.0 * x[2]
        return away * away + x[2] * x[2] - size[1] * size[1]
    f = -1.0
    for i in range(3):
        a = 1.0
        if kind == ELLIPSOID:
            a = size[i]
        elif kind == SPHERE or i < 2:
            a = size[0]
        else:
            a = np.inf
        g[i] = 2.0 * x[i] / (a * a)
        f += x[i] * x[i] / (a * a)
    return f


@njit(cache=True, nogil=True, error_model="numpy")
def _bend(kind: int, size: Floats, x: Floats, u: Floats, v: Floats) -> float:
    """u . H v, the second derivative of f at x."""
    if kind == TORUS:
        rho = np.sqrt(x[0] * x[0] + x[1] * x[1])
        c0 = x[0] / rho
        c1 = x[1] / rho
        along = (c0 * u[0] + c1 * u[1]) * (c0 * v[0] + c1 * v[1])
        across = (c0 * u[1] - c1 * u[0]) * (c0 * v[1] - c1 * v[0])
        return 2.0 * (along + across * (rho - size[0]) / rho + u[2] * v[2])
    value = 0.0
    for i in range(3):
        value += 2.0 * u[i] * v[i] / (size[i] * size[i])
    return value


@njit(cache=True, nogil=True, error_model="numpy")
def _curvatures(
    kind: int, size: Floats, x: Floats, t: Floats, g: Floats, b: Floats
) -> tuple[float, float]:
    """t . H t / |g|^2 and the Gaussian curvature at x; g is set, b (3,) is work space."""
    level(kind, size, x, g)
    g2 = g[0] * g[0] + g[1] * g[1] + g[2] * g[2]
    b[0] = g[1] * t[2] - g[2] * t[1]
    b[1] = g[2] * t[0] - g[0] * t[2]
    b[2] = g[0] * t[1] - g[1] * t[0]
    tt = _bend(kind, size, x, t, t)
    tb = _bend(kind, size, x, t, b)
    bb = _bend(kind, size, x, b, b)
    t2 = t[0] * t[0] + t[1] * t[1] + t[2] * t[2]
    return tt / g2, (tt * bb - tb * tb) / (g2 * g2 * t2 * t2)


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(kind: int, size: Floats, x: Floats, t: Floats, length: float, spread: Floats) -> None:
    """Move x and the direction t (3,) along the geodesic by `length`, and set `spread`, in place.

    The classical Runge-Kutta method on (x, t, A, C, B, D).
    """
    h = length / STEPS
    g = np.empty(3)
    b = np.empty(3)
    y = np.zeros(10)
    z = np.empty(10)
    k = np.empty((4, 10))
    y[:3] = x
    y[3:6] = t
    y[6] = y[9] = 1.0
    for _ in range(STEPS):
        for stage in range(4):
            ahead = 0.0 if stage == 0 else (1.0 if stage == 3 else 0.5)
            for i in range(10):
                z[i] = y[i] if stage == 0 else y[i] + ahead * h * k[stage - 1, i]
            normal, gauss = _curvatures(kind, size, z[:3], z[3:6], g, b)
            for i in range(3):
                k[stage, i] = z[3 + i]
                k[stage, 3 + i] = -normal * g[i]
            k[stage, 6] = z[7]
            k[stage, 7] = -gauss * z[6]
            k[stage, 8] = z[9]
            k[stage, 9] = -gauss * z[8]
        for i in range(10):
            y[i] += h / 6.0 * (k[0, i] + 2.0 * (k[1, i] + k[2, i]) + k[3, i])
    x[:] = y[:3]
    t[:] = y[3:6]
    spread[0] = y[6]
    spread[1] = y[8]
    spread[2] = y[7]
    spread[3] = y[9]


@njit(cache=True, nogil=True, error_model="numpy")
def _to_tangent(kind: int, size: Floats, p: Floats, x: Floats, u: Floats, g: Floats) -> float:
    """Move x to where the ray from p touches the surface; the distance moved along the ray [m].

    u : (3,) out, unit vector of the ray. g : (3,) out, gradient at x.
    """
    moved = 0.0
    n = np.empty(3)
    for _ in range(MOST_ITERATIONS):
        f = level(kind, size, x, g)
        u[:] = x - p
        far = np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
        u /= far
        steep = np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
        n[:] = g / steep
        slope = g[0] * u[0] + g[1] * u[1] + g[2] * u[2]
        # Unknown steps ds along the ray and dn along the normal, for f = 0 and g . (x - p) = 0.
        a00 = slope
        a01 = steep
        a10 = far * _bend(kind, size, x, u, u) + slope
        a11 = far * _bend(kind, size, x, n, u) + steep
        det = a00 * a11 - a01 * a10
        ds = (-f * a11 + slope * far * a01) / det
        dn = (-slope * far * a00 + f * a10) / det
        x += ds * u + dn * n
        moved += ds
        if abs(ds) + abs(dn) < 1e-15 * (far + size[0]):
            break
    level(kind, size, x, g)
    u[:] = x - p
    u /= np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
    return moved


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(kind: int, size: Floats, p: Floats, q: Floats, long_way: bool, out: Contact) -> int:
    """Geodesic path from p to q; `out` has approximate tangent points and arc, and gets exact ones.

    Each iteration turns the first ray by the lateral miss of q over beta, and changes the length
    on the surface by the miss along the normal.
    """
    x = out.first.copy()
    u = np.empty(3)
    g = np.empty(3)
    s = out.arc[0]
    scale = max(size[0], size[1])
    for iteration in range(MOST_ITERATIONS):
        s -= _to_tangent(kind, size, p, x, u, g)
        l1 = np.sqrt((x[0] - p[0]) ** 2 + (x[1] - p[1]) ** 2 + (x[2] - p[2]) ** 2)
        n = g / np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
        b = np.cross(n, u)
        out.first[:] = x
        out.last[:] = x
        t = u.copy()
        _follow(kind, size, out.last, t, s, out.spread)
        level(kind, size, out.last, g)
        steep = np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
        n2 = g / steep
        b2 = np.cross(n2, t)
        to = q - out.last
        ahead = to[0] * t[0] + to[1] * t[1] + to[2] * t[2]
        beside = to[0] * b2[0] + to[1] * b2[1] + to[2] * b2[2]
        above = to[0] * n2[0] + to[1] * n2[1] + to[2] * n2[2]
        if not np.isfinite(above + beside + s):
            return UNSOLVED
        A, B, C, D = out.spread
        beta = A * l1 + B + ahead * (C * l1 + D)
        bend = _bend(kind, size, out.last, t, t) / steep
        # Beyond a conjugate point beta < 0. The shortest path has none: turn to where it shortens.
        turn = beside / (beta if long_way else abs(beta))
        more = -above / (bend * max(ahead, 1e-3 * scale))
        if abs(beside) + abs(above) < CLOSE * (scale + abs(ahead) + l1):
            out.arc[0] = s
            return TOUCHES if s > 0.0 else STRAIGHT
        most = LARGEST_TURN * SHRINK**iteration
        s += min(max(more, -most * scale), most * scale)
        x += l1 * min(max(turn, -most), most) * b
    return UNSOLVED


@njit(cache=True, nogil=True, error_model="numpy")
def _ellipsoid(size: Floats, side: Floats, p: Floats, q: Floats, out: Contact) -> int:
    """A path over an ellipsoid touches where its image over the unit sphere does.

    The image of the great circle is the first approximation of the geodesic. A path that passes
    beyond the ellipsoid on the wrong side is straight.
    """
    d = (q - p) / size
    a = p / size
    nearest = min(max(-np.dot(a, d) / np.dot(d, d), 0.0), 1.0)
    a += nearest * d
    if np.dot(a, a) >= 1.0:
        return STRAIGHT
    touch = _sphere(1.0, side / size, p / size, q / size, out)
    if touch != TOUCHES:
        return touch
    long_way = out.arc[0] > np.pi
    out.first[:] = out.first * size
    out.last[:] = out.last * size
    chord = out.last - out.first
    length = np.sqrt(chord[0] * chord[0] + chord[1] * chord[1] + chord[2] * chord[2])
    half = 0.5 * out.arc[0]  # wrapped angle on the unit sphere
    out.arc[0] = length * half / np.sin(half) if half < 2.0 else np.mean(size) * 2.0 * half
    return _solve(ELLIPSOID, size, p, q, long_way, out)


@njit(cache=True, nogil=True, error_model="numpy")
def _nearest_on_ring(ring: float, p: Floats, q: Floats) -> float:
    """Fraction of the segment from p to q that is nearest to the circle of radius `ring` in z = 0.

    Newton's method from the best of `SAMPLES` places.
    """
    d = q - p
    best, where = np.inf, 0.5
    for i in range(SAMPLES):
        s = (i + 0.5) / SAMPLES
        x = p + s * d
        away = np.sqrt(x[0] * x[0] + x[1] * x[1]) - ring
        if away * away + x[2] * x[2] < best:
            best = away * away + x[2] * x[2]
            where = s
    for _ in range(MOST_ITERATIONS):
        x = p + where * d
        rho = np.sqrt(x[0] * x[0] + x[1] * x[1])
        rate = (x[0] * d[0] + x[1] * d[1]) / rho
        bend = (d[0] * d[0] + d[1] * d[1] - rate * rate) / rho
        slope = (rho - ring) * rate + x[2] * d[2]
        curve = rate * rate + (rho - ring) * bend + d[2] * d[2]
        if curve <= 0.0:
            break
        step = slope / curve
        where -= step
        if abs(step) < 1e-14:
            break
    return min(max(where, 0.0), 1.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _torus(size: Floats, p: Floats, q: Floats, out: Contact) -> int:
    """A path through the ring of a torus; size: radius of the ring, radius of the tube.

    The first approximation is the path over the cylinder that touches the tube where the straight
    line is nearest; it touches where the path over the torus does.
    """
    g = np.empty(3)
    if level(TORUS, size, p, g) <= 0.0 or level(TORUS, size, q, g) <= 0.0:
        return STRAIGHT
    near = p + _nearest_on_ring(size[0], p, q) * (q - p)
    rho = np.sqrt(near[0] * near[0] + near[1] * near[1])
    c0 = near[0] / rho
    c1 = near[1] / rho
    frame = np.array([[-c0, -c1, 0.0], [0.0, 0.0, 1.0], [-c1, c0, 0.0]])  # rows; z along the tube
    middle = np.array([size[0] * c0, size[0] * c1, 0.0])
    inward = np.array([1.0, 0.0, 0.0])
    touch = _cylinder(size[1], np.inf, inward, frame @ (p - middle), frame @ (q - middle), out)
    if touch != TOUCHES:
        return touch
    out.first[:] = out.first @ frame + middle
    out.last[:] = out.last @ frame + middle
    return _solve(TORUS, size, p, q, False, out)


# --- derivatives and paths -------------------------------------------------------------------


@njit(cache=True, nogil=True, error_model="numpy")
def lateral(
    kind: int, size: Floats, p: Floats, q: Floats, path: Contact, b1: Floats, b2: Floats
) -> tuple[float, float, float, float, float]:
    """Coefficients of b1 b1, b1 b2 and b2 b2 in the second derivative, and l1, l2 [m].

    b1, b2 : (3,) out, the lateral directions at both tangent points.
    """
    g = np.empty(3)
    level(kind, size, path.first, g)
    u = path.first - p
    l1 = np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
    steep = np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
    b1[:] = np.cross(g, u) / (steep * l1)
    level(kind, size, path.last, g)
    u = q - path.last
    l2 = np.sqrt(u[0] * u[0] + u[1] * u[1] + u[2] * u[2])
    steep = np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
    b2[:] = np.cross(g, u) / (steep * l2)
    A, B, C, D = path.spread
    beta = A * l1 + B + l2 * (C * l1 + D)
    return (A + l2 * C) / beta, -1.0 / beta, (D + l1 * C) / beta, l1, l2


@njit(cache=True, nogil=True, error_model="numpy")
def path_hessian(
    kind: int, size: Floats, p: Floats, q: Floats, path: Contact, H: Floats, normals: Floats
) -> None:
    """Second derivative (6, 6) [1/m] of the length with respect to p and q, in place.

    normals : (2, 6) out: outward normal at each tangent point, in the places of its point.
    """
    b1 = np.empty(3)
    b2 = np.empty(3)
    c11, c12, c22, l1, l2 = lateral(kind, size, p, q, path, b1, b2)
    g = np.empty(3)
    normals[:] = 0.0
    level(kind, size, path.first, g)
    normals[0, :3] = g / np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
    level(kind, size, path.last, g)
    normals[1, 3:] = g / np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
    for i in range(3):
        for j in range(3):
            H[i, j] = c11 * b1[i] * b1[j] + normals[0, i] * normals[0, j] / l1
            H[i, 3 + j] = c12 * b1[i] * b2[j]
            H[3 + j, i] = H[i, 3 + j]
            H[3 + i, 3 + j] = c22 * b2[i] * b2[j] + normals[1, 3 + i] * normals[1, 3 + j] / l2
