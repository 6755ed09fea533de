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

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.integrate import DOP853

from panjabi.body.kernels import Triple
from panjabi.body.tree import Floats

SPHERE, CYLINDER, ELLIPSOID, TORUS = range(4)
STRAIGHT, TOUCHES, UNSOLVED = range(3)

STAGES, WEIGHTS = (np.ascontiguousarray(x) for x in (DOP853.A, DOP853.B))  # order 8
STEPS = 4  # of this Runge-Kutta method along a geodesic
FIRST_STEPS = 1  # until the miss of the second point is below FIRST_CLOSE
FIRST_CLOSE = 1e-3
MOST_ITERATIONS = 60
SECTIONS = 12  # of an ellipsoid, where one does not lead to the geodesic
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
    if kind == ELLIPSOID:
        return _ellipsoid(size, side, p, q, out)
    if kind == TORUS:
        return _torus(size, p, q, out)
    return _closed_form(kind, size[0], size[1], side, p, q, out)


@njit(cache=True, nogil=True, error_model="numpy")
def _closed_form(
    kind: int, r: float, half_length: float, side: Floats, p: Floats, q: Floats, out: Contact
) -> int:
    """`contact` of a sphere or a cylinder."""
    a, b = (p[0], p[1], p[2]), (q[0], q[1], q[2])
    status, x, y, arc = around(kind, r, half_length, (side[0], side[1], side[2]), a, b)
    if status != TOUCHES:
        return status
    for i in range(3):
        out.first[i] = x[i]
        out.last[i] = y[i]
    out.arc[0] = arc
    set_spread(kind, r, arc, out.spread)
    return TOUCHES


@njit(cache=True, nogil=True, error_model="numpy")
def set_spread(kind: int, r: float, arc: float, spread: Floats) -> None:
    """Spread (4,) of `Contact` for an arc over a sphere or cylinder, in place."""
    spread[0] = spread[3] = 1.0
    spread[1] = arc
    spread[2] = 0.0
    if kind == SPHERE:
        spread[0] = spread[3] = np.cos(arc / r)
        spread[1] = r * np.sin(arc / r)
        spread[2] = -np.sin(arc / r) / r


@njit(cache=True, nogil=True, error_model="numpy")
def around(
    kind: int, r: float, half_length: float, side: Triple, p: Triple, q: Triple
) -> tuple[int, Triple, Triple, float]:
    """Status of a path around a sphere or cylinder, both tangent points, and the arc [m].

    Vectors are tuples here, because passing arrays takes longer than the calculation. A point turns
    by the angle of the circle's tangent: x = (r2 p + r l n x p) / |p|2, with the length l of its
    ray and the unit vector n normal to the plane of the path.
    """
    rise = 0.0
    p0, p1, p2 = p
    q0, q1, q2 = q
    s0, s1, s2 = side
    if kind == CYLINDER:  # as over a circle; then unroll it
        rise = q2 - p2
        p2 = q2 = s2 = 0.0
    way = _way(r, (p0, p1, p2), (q0, q1, q2), (s0, s1, s2))
    pp = p0 * p0 + p1 * p1 + p2 * p2
    qq = q0 * q0 + q1 * q1 + q2 * q2
    if way == 0 or pp <= r * r or qq <= r * r:
        return STRAIGHT, p, q, 0.0
    n0, n1, n2 = p1 * q2 - p2 * q1, p2 * q0 - p0 * q2, p0 * q1 - p1 * q0
    size = np.sqrt(n0 * n0 + n1 * n1 + n2 * n2)
    if size < 1e-12 * np.sqrt(pp * qq):  # on one line with the centre
        if p0 * q0 + p1 * q1 + p2 * q2 > 0.0:
            return STRAIGHT, p, q, 0.0
        way = 1
        if kind == CYLINDER:
            n0, n1, n2 = 0.0, 0.0, 1.0
            if p0 * s1 - p1 * s0 < 0.0:
                n2 = -1.0
        else:  # any plane is as short: that of the side, or of the axis that is most across
            if s0 == 0.0 and s1 == 0.0 and s2 == 0.0:
                least = min(abs(p0), abs(p1), abs(p2))
                if abs(p0) == least:
                    s0 = 1.0
                elif abs(p1) == least:
                    s1 = 1.0
                else:
                    s2 = 1.0
            n0, n1, n2 = p1 * s2 - p2 * s1, p2 * s0 - p0 * s2, p0 * s1 - p1 * s0
        size = np.sqrt(n0 * n0 + n1 * n1 + n2 * n2)
    size *= way
    n0 /= size
    n1 /= size
    n2 /= size
    l1 = np.sqrt(pp - r * r)
    l2 = np.sqrt(qq - r * r)
    c = r * r / pp
    d = r * l1 / pp
    x0 = c * p0 + d * (n1 * p2 - n2 * p1)
    x1 = c * p1 + d * (n2 * p0 - n0 * p2)
    x2 = c * p2 + d * (n0 * p1 - n1 * p0)
    c = r * r / qq
    d = r * l2 / qq
    y0 = c * q0 - d * (n1 * q2 - n2 * q1)
    y1 = c * q1 - d * (n2 * q0 - n0 * q2)
    y2 = c * q2 - d * (n0 * q1 - n1 * q0)
    sine = n0 * (x1 * y2 - x2 * y1) + n1 * (x2 * y0 - x0 * y2) + n2 * (x0 * y1 - x1 * y0)
    turn = math.atan2(sine, x0 * y0 + x1 * y1 + x2 * y2)
    if way < 0 and turn < 0.0:
        turn += 2.0 * math.pi
    if turn <= 0.0:
        return STRAIGHT, p, q, 0.0
    arc = r * turn
    if kind == CYLINDER:
        rise /= l1 + arc + l2
        x2 = p[2] + rise * l1
        y2 = q[2] - rise * l2
        if abs(x2) > half_length and abs(y2) > half_length:
            return STRAIGHT, p, q, 0.0
        arc *= np.sqrt(1.0 + rise * rise)
    return TOUCHES, (x0, x1, x2), (y0, y1, y2), arc


@njit(cache=True, nogil=True, error_model="numpy")
def _way(r: float, p: Triple, q: Triple, side: Triple) -> int:
    """1 for the shorter arc about the origin, -1 for the longer, 0 for a straight path.

    The middle of the arc is on the required side. Where the shorter arc is on this side, or without
    a side, the path is straight unless the straight line comes closer than r.
    """
    p0, p1, p2 = p
    q0, q1, q2 = q
    if side[0] != 0.0 or side[1] != 0.0 or side[2] != 0.0:
        far = np.sqrt(p0 * p0 + p1 * p1 + p2 * p2)
        near = np.sqrt(q0 * q0 + q1 * q1 + q2 * q2)
        along = side[0] * (p0 * near + q0 * far)  # the side along the bisector of p and q
        along += side[1] * (p1 * near + q1 * far)
        along += side[2] * (p2 * near + q2 * far)
        if along < 0.0:
            return -1
    d0, d1, d2 = q0 - p0, q1 - p1, q2 - p2
    dd = d0 * d0 + d1 * d1 + d2 * d2
    x = -(p0 * d0 + p1 * d1 + p2 * d2)
    x = min(max(x / dd, 0.0), 1.0) if dd > 0.0 else 0.0
    misses = (p0 + x * d0) ** 2 + (p1 + x * d1) ** 2 + (p2 + x * d2) ** 2 >= r * r
    return 0 if misses else 1


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
def _rates(kind: int, size: Floats, y: Floats, dy: Floats) -> None:
    """Rates dy (10,) of y = (x, t, A, C, B, D) along a geodesic, in place."""
    if kind == TORUS:
        rho = np.sqrt(y[0] * y[0] + y[1] * y[1])
        c0 = y[0] / rho
        c1 = y[1] / rho
        away = rho - size[0]
        along = c0 * y[3] + c1 * y[4]
        across = c0 * y[4] - c1 * y[3]
        tube2 = away * away + y[2] * y[2]
        bend = (along * along + across * across * away / rho + y[5] * y[5]) / tube2
        gauss = away / (rho * tube2)
        dy[3] = -bend * away * c0
        dy[4] = -bend * away * c1
        dy[5] = -bend * y[2]
    else:
        w0 = 1.0 / (size[0] * size[0])
        w1 = 1.0 / (size[1] * size[1])
        w2 = 1.0 / (size[2] * size[2])
        g0 = w0 * y[0]
        g1 = w1 * y[1]
        g2 = w2 * y[2]
        square = 1.0 / (g0 * g0 + g1 * g1 + g2 * g2)
        bend = (w0 * y[3] * y[3] + w1 * y[4] * y[4] + w2 * y[5] * y[5]) * square
        gauss = w0 * w1 * w2 * square * square
        dy[3] = -bend * g0
        dy[4] = -bend * g1
        dy[5] = -bend * g2
    for i in range(3):
        dy[i] = y[3 + i]
    dy[6] = y[7]
    dy[7] = -gauss * y[6]
    dy[8] = y[9]
    dy[9] = -gauss * y[8]


@njit(cache=True, nogil=True, error_model="numpy")
def _follow(
    kind: int, size: Floats, x: Floats, t: Floats, length: float, steps: int, spread: Floats,
    room: Floats,
) -> None:  # fmt: skip
    """Move x and the direction t (3,) along the geodesic by `length`, and set `spread`, in place.

    The method of order 8 of Dormand and Prince. room : (14, 10) work space.
    """
    h = length / steps
    y = room[12]
    z = room[13]
    for i in range(3):
        y[i] = x[i]
        y[3 + i] = t[i]
        y[6 + i] = 0.0
    y[6] = y[9] = 1.0
    for _ in range(steps):
        _rates(kind, size, y, room[0])
        for stage in range(1, 12):
            for i in range(10):
                z[i] = y[i]
            for other in range(stage):
                factor = h * STAGES[stage, other]
                if factor != 0.0:
                    for i in range(10):
                        z[i] += factor * room[other, i]
            _rates(kind, size, z, room[stage])
        for stage in range(12):
            factor = h * WEIGHTS[stage]
            for i in range(10):
                y[i] += factor * room[stage, i]
    for i in range(3):
        x[i] = y[i]
        t[i] = y[3 + i]
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
    room = np.empty((14, 10))
    steps = FIRST_STEPS
    for iteration in range(MOST_ITERATIONS):
        s -= _to_tangent(kind, size, p, x, u, g)
        l1 = np.sqrt((x[0] - p[0]) ** 2 + (x[1] - p[1]) ** 2 + (x[2] - p[2]) ** 2)
        n = g / np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
        b = np.cross(n, u)
        out.first[:] = x
        out.last[:] = x
        t = u.copy()
        _follow(kind, size, out.last, t, s, steps, out.spread, room)
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
        miss = (abs(beside) + abs(above)) / (scale + abs(ahead) + l1)
        if steps == STEPS and miss < CLOSE:
            out.arc[0] = s
            return TOUCHES if s > 0.0 else STRAIGHT
        if miss < FIRST_CLOSE:
            steps = STEPS
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
    ad = dd = 0.0
    for i in range(3):
        d = (q[i] - p[i]) / size[i]
        ad += p[i] / size[i] * d
        dd += d * d
    nearest = min(max(-ad / dd, 0.0), 1.0)
    away = 0.0
    for i in range(3):
        away += ((p[i] + nearest * (q[i] - p[i])) / size[i]) ** 2
    if away >= 1.0:
        return STRAIGHT
    status = _by_section(size, side, np.zeros(3), p, q, out)
    if status == STRAIGHT or (status == TOUCHES and _on_side(side, out)):
        return status
    status = _by_several_sections(size, side, p, q, out)
    if status == UNSOLVED:  # where one end is very close to the surface, start from the other
        status = _by_several_sections(size, side, q, p, out)
        for i in range(3):
            out.first[i], out.last[i] = out.last[i], out.first[i]
        out.spread[0], out.spread[3] = out.spread[3], out.spread[0]
    return status


@njit(cache=True, nogil=True, error_model="numpy")
def _on_side(side: Floats, path: Contact) -> bool:
    """Whether the middle of a path is on the required side; the section through p, q and the centre
    turns quickly where their line passes close to the centre.
    """
    along = 0.0
    for i in range(3):
        along += side[i] * (path.first[i] + path.last[i])
    return along >= 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _by_section(size: Floats, side: Floats, c: Floats, p: Floats, q: Floats, out: Contact) -> int:
    """The path over an ellipsoid by Newton's method from the path over a plane section.

    c : centre of the section over the unit sphere. The section is the circle around c in the plane
    of c and the images of p and q.
    """
    r = np.sqrt(1.0 - c[0] * c[0] - c[1] * c[1] - c[2] * c[2])
    status = _closed_form(SPHERE, r, 0.0, side / size, p / size - c, q / size - c, out)
    if status != TOUCHES:
        return status
    half = 0.5 * out.arc[0] / r
    chord = 0.0
    for i in range(3):
        out.first[i] = (out.first[i] + c[i]) * size[i]
        out.last[i] = (out.last[i] + c[i]) * size[i]
        chord += (out.last[i] - out.first[i]) ** 2
    out.arc[0] = np.sqrt(chord) * half / np.sin(half) if half < 2.0 else np.mean(size) * 2.0 * half
    return _solve(ELLIPSOID, size, p, q, half > 0.5 * np.pi, out)


@njit(cache=True, nogil=True, error_model="numpy")
def _by_several_sections(size: Floats, side: Floats, p: Floats, q: Floats, out: Contact) -> int:
    """The shortest of the geodesics from plane sections through p and q at several angles.

    For the few points, close to the surface, from which the section through the centre fails or
    leads to the other side. A path on the required side precedes a shorter one.
    """
    a = p / size
    b = q / size
    u = (b - a) / np.sqrt(np.sum((b - a) ** 2))
    foot = a - np.dot(a, u) * u
    away = np.sqrt(np.sum(foot * foot))
    if away == 0.0:
        return UNSOLVED
    across = np.cross(u, foot / away)
    best = new_contact()
    least = np.inf
    found_on_side = False
    for i in range(SECTIONS):
        angle = np.pi * (i + 0.5) / SECTIONS
        c = away * np.cos(angle) * (np.cos(angle) * foot / away + np.sin(angle) * across)
        if _by_section(size, side, c, p, q, out) == TOUCHES:
            length = np.sqrt(np.sum((out.first - p) ** 2)) + out.arc[0]
            length += np.sqrt(np.sum((q - out.last) ** 2))
            on_side = _on_side(side, out)
            if (on_side and not found_on_side) or (on_side == found_on_side and length < least):
                least = length
                found_on_side = on_side
                best.first[:] = out.first
                best.last[:] = out.last
                best.arc[:] = out.arc
                best.spread[:] = out.spread
    out.first[:] = best.first
    out.last[:] = best.last
    out.arc[:] = best.arc
    out.spread[:] = best.spread
    return TOUCHES if least < np.inf else UNSOLVED


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
    a, b = frame @ (p - middle), frame @ (q - middle)
    touch = _closed_form(CYLINDER, size[1], np.inf, inward, a, b, out)
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
