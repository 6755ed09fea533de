"""Muscle paths over wrapping surfaces at one posture, on flat arrays.

A piece that touches a surface gets the two tangent points as further points of the path, on the
body of the surface. The length is stationary with respect to them, so that the polyline through
all points has the exact first derivative, and the path's length is that of the polyline plus the
difference of arc and chord of every contact.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from panjabi.body.kernels import Triple
from panjabi.body.path_kernels import path_slope
from panjabi.body.tree import Floats, Integers, Tree
from panjabi.body.wrap_kernels import (
    CYLINDER,
    STRAIGHT,
    TOUCHES,
    UNSOLVED,
    Contact,
    around,
    contact,
    level,
    new_contact,
)
from panjabi.body.wrapping import WrapArrays

ROUNDS = 100  # over several surfaces of one path
SAME = 1e-13  # [m] change of a length at which they have converged


class Touched(NamedTuple):
    """Paths at a posture, with the tangent points among their points."""

    start: Integers  # (nm + 1,)
    body: Integers  # (np,)
    local: Floats  # (np, 3) [m]
    wrap: Integers  # (np,) wrap of a first tangent point, -1 for other points
    excess: Floats  # (nm,) sum over contacts of arc minus chord [m]; NaN: no geodesic was found
    arc: Floats  # (nw,) length on the surface of each wrap that touches [m]
    spread: Floats  # (nw, 4) see `Contact`; only of geodesics without closed form


@njit(cache=True, nogil=True, error_model="numpy")
def into(
    rotation: Floats,
    centre: Floats,
    s: int,
    b: int,
    R: Floats,
    t: Floats,
    x: float,
    y: float,
    z: float,
) -> Triple:
    """Coordinates of a world point in surface s on body b. rotation, centre : of all surfaces.

    Arguments are arrays, because a NamedTuple of arrays takes longer to pass than this takes.
    """
    x -= t[b, 0]
    y -= t[b, 1]
    z -= t[b, 2]
    return from_body(
        rotation,
        centre,
        s,
        R[b, 0, 0] * x + R[b, 1, 0] * y + R[b, 2, 0] * z,
        R[b, 0, 1] * x + R[b, 1, 1] * y + R[b, 2, 1] * z,
        R[b, 0, 2] * x + R[b, 1, 2] * y + R[b, 2, 2] * z,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def from_body(rotation: Floats, centre: Floats, s: int, x: float, y: float, z: float) -> Triple:
    """Coordinates in surface s of a point of its body."""
    x -= centre[s, 0]
    y -= centre[s, 1]
    z -= centre[s, 2]
    return (
        rotation[s, 0, 0] * x + rotation[s, 1, 0] * y + rotation[s, 2, 0] * z,
        rotation[s, 0, 1] * x + rotation[s, 1, 1] * y + rotation[s, 2, 1] * z,
        rotation[s, 0, 2] * x + rotation[s, 1, 2] * y + rotation[s, 2, 2] * z,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def onto_body(rotation: Floats, centre: Floats, s: int, at: Triple) -> Triple:
    """Coordinates in the body of a point in surface s."""
    x, y, z = at
    return (
        centre[s, 0] + rotation[s, 0, 0] * x + rotation[s, 0, 1] * y + rotation[s, 0, 2] * z,
        centre[s, 1] + rotation[s, 1, 0] * x + rotation[s, 1, 1] * y + rotation[s, 1, 2] * z,
        centre[s, 2] + rotation[s, 2, 0] * x + rotation[s, 2, 1] * y + rotation[s, 2, 2] * z,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def to_world(R: Floats, t: Floats, b: int, x: float, y: float, z: float) -> Triple:
    """World position of a point of body b."""
    return (
        t[b, 0] + R[b, 0, 0] * x + R[b, 0, 1] * y + R[b, 0, 2] * z,
        t[b, 1] + R[b, 1, 0] * x + R[b, 1, 1] * y + R[b, 1, 2] * z,
        t[b, 2] + R[b, 2, 0] * x + R[b, 2, 1] * y + R[b, 2, 2] * z,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _distance(x: Triple | Floats, y: Triple | Floats) -> float:
    return np.sqrt((x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2 + (x[2] - y[2]) ** 2)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _over(
    kind: int,
    size: Floats,
    side: Floats,
    begin: Triple,
    end: Triple,
    ends: Floats,
    touch: Contact,
) -> tuple[int, Triple, Triple, float]:
    """Result of `around` for a surface of any shape. ends : (2, 3) work space, as `touch`."""
    if kind <= CYLINDER:
        return around(kind, size[0], size[1], (side[0], side[1], side[2]), begin, end)
    ends[0, 0], ends[0, 1], ends[0, 2] = begin
    ends[1, 0], ends[1, 1], ends[1, 2] = end
    status = contact(kind, size, side, ends[0], ends[1], touch)
    first, last = touch.first, touch.last
    return status, (first[0], first[1], first[2]), (last[0], last[1], last[2]), touch.arc[0]


@njit(cache=True, nogil=True, error_model="numpy")
def touching_paths(
    start: Integers, body: Integers, local: Floats, wraps: WrapArrays, R: Floats, t: Floats
) -> Touched:
    """The paths that touch a surface at a posture; the others have no points here.

    start, body, local : the fields of `PathArrays`. R, t : from `kernels.forward`.

    Of the pieces in the range of a wrap, the one that passes nearest to the centre (at a cylinder:
    the axis) of the surface may wrap. Several surfaces of one path are solved in turn until its
    length no longer changes.
    """
    surfaces, wrap_start, wrap_surface, wrap_first, wrap_last = wraps
    kind, on, rotation, centre, sizes, sides = surfaces
    nm, n, w = start.shape[0] - 1, body.shape[0], wrap_surface.shape[0]
    room = 2 * w
    for m in range(nm):
        if wrap_start[m + 1] > wrap_start[m]:
            room += start[m + 1] - start[m]
    new_start = np.empty(nm + 1, np.int64)
    new_body = np.empty(room, np.int64)
    new_local = np.empty((room, 3))
    new_wrap = np.empty(room, np.int64)
    excess = np.zeros(nm)
    arcs = np.empty(w)
    spread = np.empty((w, 4))
    world = np.empty((0, 3))  # points, and both tangent points of each wrap; made where needed
    on_body = np.empty((0, 3))  # tangent points in the body
    path = np.empty(0, np.int64)  # points, and n + k for both tangent points of wrap k
    ends = np.empty((2, 3))
    touch = new_contact()
    count = 0
    for m in range(nm):
        new_start[m] = count
        k, last_wrap = wrap_start[m], wrap_start[m + 1]
        if last_wrap == k:
            continue
        if last_wrap == k + 1 and wrap_last[k] == wrap_first[k] + 1:  # only one piece may wrap
            s, p = int(wrap_surface[k]), int(wrap_first[k])
            c, one_body, two_body = int(on[s]), int(body[p]), int(body[p + 1])
            x, y, z = local[p, 0], local[p, 1], local[p, 2]
            if one_body == c:
                begin = from_body(rotation, centre, s, x, y, z)
            else:
                x, y, z = to_world(R, t, one_body, x, y, z)
                begin = into(rotation, centre, s, c, R, t, x, y, z)
            x, y, z = local[p + 1, 0], local[p + 1, 1], local[p + 1, 2]
            if two_body == c:
                end = from_body(rotation, centre, s, x, y, z)
            else:
                x, y, z = to_world(R, t, two_body, x, y, z)
                end = into(rotation, centre, s, c, R, t, x, y, z)
            status, one, other, arc = _over(
                int(kind[s]), sizes[s], sides[s], begin, end, ends, touch
            )
            if status != TOUCHES:
                if status == UNSOLVED:
                    excess[m] = np.nan
                continue
            for i in range(start[m], start[m + 1]):
                new_body[count] = body[i]
                new_wrap[count] = -1
                for j in range(3):
                    new_local[count, j] = local[i, j]
                count += 1
                if i == p:
                    x, y, z = onto_body(rotation, centre, s, one)
                    new_local[count, 0], new_local[count, 1], new_local[count, 2] = x, y, z
                    x, y, z = onto_body(rotation, centre, s, other)
                    count += 1
                    new_local[count, 0], new_local[count, 1], new_local[count, 2] = x, y, z
                    count += 1
                    new_body[count - 2] = new_body[count - 1] = on[s]
                    new_wrap[count - 2], new_wrap[count - 1] = k, -1
            arcs[k] = arc
            if kind[s] > CYLINDER:
                spread[k] = touch.spread
            excess[m] = arc - _distance(one, other)
            continue
        if path.shape[0] == 0:
            world, on_body = np.empty((n + 2 * w, 3)), np.empty((2 * w, 3))
            path = np.empty(n + w, np.int64)
        size = 0
        for p in range(start[m], start[m + 1]):
            path[size] = p
            size += 1
        first_wrap = k
        low, high = wrap_first[k], wrap_last[k] + 1
        for k in range(first_wrap + 1, last_wrap):
            low, high = min(low, wrap_first[k]), max(high, wrap_last[k] + 1)
        for p in range(low, high):
            world[p, 0], world[p, 1], world[p, 2] = to_world(
                R, t, int(body[p]), local[p, 0], local[p, 1], local[p, 2]
            )
        wraps_left = last_wrap - first_wrap  # to solve again since the path last changed
        before, total, k = np.inf, 0.0, first_wrap
        for _ in range(ROUNDS * (last_wrap - first_wrap)):
            size, was = _without(path, size, n + k)
            s, c = int(wrap_surface[k]), int(on[wrap_surface[k]])
            place, least = -1, np.inf
            i = 0
            while path[i] != wrap_first[k]:
                i += 1
            while path[i] != wrap_last[k]:
                if place < 0 and path[i + 1] == wrap_last[k]:  # the only piece
                    place = i
                    break
                begin = _end(path[i], n, 1, world, rotation, centre, s, c, R, t)
                end = _end(path[i + 1], n, 0, world, rotation, centre, s, c, R, t)
                away = _nearness(int(kind[s]), begin, end)
                if away < least:
                    place, least = i, away
                i += 1
            status = STRAIGHT
            if place >= 0:
                begin = _end(path[place], n, 1, world, rotation, centre, s, c, R, t)
                end = _end(path[place + 1], n, 0, world, rotation, centre, s, c, R, t)
                status, one, other, arcs[k] = _over(
                    int(kind[s]), sizes[s], sides[s], begin, end, ends, touch
                )
            if status == UNSOLVED:
                excess[m] = np.nan
            wraps_left -= 1
            if status == TOUCHES:
                for i in range(size, place + 1, -1):
                    path[i] = path[i - 1]
                path[place + 1] = n + k
                size += 1
                if kind[s] > CYLINDER:
                    spread[k] = touch.spread
                for j in range(2):
                    at = one if j == 0 else other
                    x, y, z = onto_body(rotation, centre, s, at)
                    j += 2 * k
                    on_body[j, 0], on_body[j, 1], on_body[j, 2] = x, y, z
                    x, y, z = to_world(R, t, c, x, y, z)
                    world[n + j, 0], world[n + j, 1], world[n + j, 2] = x, y, z
                total += _distance(begin, one) + arcs[k] + _distance(other, end)
                total -= _distance(begin, end)
            if status == TOUCHES or was:
                wraps_left = max(wraps_left, last_wrap - first_wrap - 1)
            if wraps_left == 0:
                break
            k += 1
            if k == last_wrap:
                if abs(total - before) < SAME:
                    break
                before, total, k = total, 0.0, first_wrap
        if size == start[m + 1] - start[m]:
            continue
        for i in range(size):
            if path[i] < n:
                new_wrap[count] = -1
                new_body[count] = body[path[i]]
                for j in range(3):
                    new_local[count, j] = local[path[i], j]
                count += 1
                continue
            k = path[i] - n
            for e in range(2):
                new_body[count] = on[wrap_surface[k]]
                for j in range(3):
                    new_local[count, j] = on_body[2 * k + e, j]
                new_wrap[count] = k if e == 0 else -1
                count += 1
            excess[m] += arcs[k] - _distance(on_body[2 * k], on_body[2 * k + 1])
    new_start[nm] = count
    return Touched(
        new_start, new_body[:count], new_local[:count], new_wrap[:count], excess, arcs, spread
    )


@njit(cache=True, nogil=True, error_model="numpy")
def touched_paths(
    start: Integers, body: Integers, local: Floats, wraps: WrapArrays, R: Floats, t: Floats
) -> Touched:
    """All paths at a posture, with their tangent points; arguments as for `touching_paths`."""
    found = touching_paths(start, body, local, wraps, R, t)
    size = body.shape[0] + found.body.shape[0]
    new_start = np.zeros_like(start)
    new_body, new_local = np.empty(size, np.int64), np.empty((size, 3))
    new_wrap = np.full(size, -1)
    count = 0
    for m in range(start.shape[0] - 1):
        low, high = found.start[m], found.start[m + 1]
        if high > low:
            new_body[count : count + high - low] = found.body[low:high]
            new_local[count : count + high - low] = found.local[low:high]
            new_wrap[count : count + high - low] = found.wrap[low:high]
        else:
            low, high = start[m], start[m + 1]
            new_body[count : count + high - low] = body[low:high]
            new_local[count : count + high - low] = local[low:high]
        count += high - low
        new_start[m + 1] = count
    return Touched(
        new_start, new_body[:count], new_local[:count], new_wrap[:count], found.excess, found.arc,
        found.spread,
    )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def points_inside(
    body: Integers, local: Floats, wraps: WrapArrays, R: Floats, t: Floats, inside: Floats
) -> None:
    """How deep [m] a point in the range of each wrap lies in its surface, (nw,), in place.

    It is 0 outside. Of an ellipsoid and a torus it is an estimate of first order.
    """
    surfaces = wraps.surfaces
    x = np.empty(3)
    g = np.empty(3)
    for k in range(wraps.surface.shape[0]):
        s = int(wraps.surface[k])
        inside[k] = 0.0
        for p in range(wraps.first[k], wraps.last[k] + 1):
            x0, x1, x2 = to_world(R, t, int(body[p]), local[p, 0], local[p, 1], local[p, 2])
            x[0], x[1], x[2] = into(
                surfaces.rotation, surfaces.centre, s, int(surfaces.body[s]), R, t, x0, x1, x2
            )
            if int(surfaces.kind[s]) == CYLINDER and abs(x[2]) > surfaces.size[s, 1]:
                continue
            f = level(int(surfaces.kind[s]), surfaces.size[s], x, g)
            steep = np.sqrt(g[0] * g[0] + g[1] * g[1] + g[2] * g[2])
            if f < 0.0:
                inside[k] = max(inside[k], -f / steep if steep > 0.0 else np.inf)


@njit(cache=True, nogil=True, error_model="numpy")
def wrapped_derivatives(
    tree: Tree,
    start: Integers,
    body: Integers,
    local: Floats,
    wraps: WrapArrays,
    R: Floats,
    t: Floats,
    axis_world: Floats,
    origin_world: Floats,
    rate: Floats,
    length: Floats,
    slope: Floats,
) -> int:
    """`path_derivatives` of paths that wrap; a path over which no geodesic is found, or -1."""
    found = touching_paths(start, body, local, wraps, R, t)
    first, new_body, new_local, _, excess, _, _ = found
    slope[:] = 0.0
    unsolved = -1
    for m in range(start.shape[0] - 1):
        if np.isnan(excess[m]):
            unsolved = m
        if first[m + 1] > first[m]:
            length[m] = excess[m] + path_slope(
                tree, first[m], first[m + 1], new_body, new_local, R, t, axis_world, origin_world,
                rate, slope[m],
            )  # fmt: skip
        else:
            length[m] = excess[m] + path_slope(
                tree, start[m], start[m + 1], body, local, R, t, axis_world, origin_world, rate,
                slope[m],
            )  # fmt: skip
    return unsolved


@njit(cache=True, nogil=True, error_model="numpy")
def _without(path: Integers, size: int, item: int) -> tuple[int, bool]:
    """Remove an item from the first `size` items; the new size, and whether it was there."""
    for i in range(size):
        if path[i] == item:
            for j in range(i, size - 1):
                path[j] = path[j + 1]
            return size - 1, True
    return size, False


@njit(cache=True, nogil=True, error_model="numpy")
def _end(
    item: int,
    n: int,
    last: int,
    world: Floats,
    rotation: Floats,
    centre: Floats,
    s: int,
    b: int,
    R: Floats,
    t: Floats,
) -> Triple:
    """An item of a path in surface s on body b; of two tangent points the first or the last."""
    j = item if item < n else 2 * item - n + last
    return into(rotation, centre, s, b, R, t, world[j, 0], world[j, 1], world[j, 2])


@njit(cache=True, nogil=True, error_model="numpy")
def _nearness(kind: int, a: Triple, b: Triple) -> float:
    """Squared distance [m2] of a straight piece from the centre, or from the axis of a cylinder."""
    a2, d2 = a[2], b[2] - a[2]
    if kind == CYLINDER:
        a2 = d2 = 0.0
    d0, d1 = b[0] - a[0], b[1] - a[1]
    dd = d0 * d0 + d1 * d1 + d2 * d2
    x = -(a[0] * d0 + a[1] * d1 + a2 * d2)
    x = min(max(x / dd, 0.0), 1.0) if dd > 0.0 else 0.0
    return (a[0] + x * d0) ** 2 + (a[1] + x * d1) ** 2 + (a2 + x * d2) ** 2
