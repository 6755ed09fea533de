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

from panjabi.body.path_kernels import path_derivatives
from panjabi.body.tree import Floats, Integers, Tree
from panjabi.body.wrap_kernels import (
    CYLINDER,
    STRAIGHT,
    TOUCHES,
    UNSOLVED,
    contact,
    level,
    new_contact,
)
from panjabi.body.wrapping import Surfaces, WrapArrays

ROUNDS = 100  # over several surfaces of one path
SAME = 1e-13  # [m] change of a length at which they have converged


class Touched(NamedTuple):
    """Paths at a posture, with the tangent points among their points."""

    start: Integers  # (nm + 1,)
    body: Integers  # (np,)
    local: Floats  # (np, 3) [m]
    over: Integers  # (np,) surface of a first tangent point, -1 for other points
    excess: Floats  # (nm,) sum over contacts of arc minus chord [m]; NaN: no geodesic was found


@njit(cache=True, nogil=True, error_model="numpy")
def into(
    surfaces: Surfaces, s: int, R: Floats, t: Floats, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """Coordinates of a world point in surface s."""
    b = surfaces.body[s]
    x -= t[b, 0]
    y -= t[b, 1]
    z -= t[b, 2]
    y0 = R[b, 0, 0] * x + R[b, 1, 0] * y + R[b, 2, 0] * z - surfaces.centre[s, 0]
    y1 = R[b, 0, 1] * x + R[b, 1, 1] * y + R[b, 2, 1] * z - surfaces.centre[s, 1]
    y2 = R[b, 0, 2] * x + R[b, 1, 2] * y + R[b, 2, 2] * z - surfaces.centre[s, 2]
    r = surfaces.rotation
    return (
        r[s, 0, 0] * y0 + r[s, 1, 0] * y1 + r[s, 2, 0] * y2,
        r[s, 0, 1] * y0 + r[s, 1, 1] * y1 + r[s, 2, 1] * y2,
        r[s, 0, 2] * y0 + r[s, 1, 2] * y1 + r[s, 2, 2] * y2,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def onto_body(
    surfaces: Surfaces, s: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """Coordinates in the body of a point in surface s."""
    r = surfaces.rotation
    return (
        surfaces.centre[s, 0] + r[s, 0, 0] * x + r[s, 0, 1] * y + r[s, 0, 2] * z,
        surfaces.centre[s, 1] + r[s, 1, 0] * x + r[s, 1, 1] * y + r[s, 1, 2] * z,
        surfaces.centre[s, 2] + r[s, 2, 0] * x + r[s, 2, 1] * y + r[s, 2, 2] * z,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def to_world(
    R: Floats, t: Floats, b: int, x: float, y: float, z: float
) -> tuple[float, float, float]:
    """World position of a point of body b."""
    return (
        t[b, 0] + R[b, 0, 0] * x + R[b, 0, 1] * y + R[b, 0, 2] * z,
        t[b, 1] + R[b, 1, 0] * x + R[b, 1, 1] * y + R[b, 1, 2] * z,
        t[b, 2] + R[b, 2, 0] * x + R[b, 2, 1] * y + R[b, 2, 2] * z,
    )


@njit(cache=True, nogil=True, error_model="numpy")
def _distance(x: Floats, y: Floats) -> float:
    return np.sqrt((x[0] - y[0]) ** 2 + (x[1] - y[1]) ** 2 + (x[2] - y[2]) ** 2)


@njit(cache=True, nogil=True, error_model="numpy")
def touched_paths(
    start: Integers, body: Integers, local: Floats, wraps: WrapArrays, R: Floats, t: Floats
) -> Touched:
    """All paths at a posture, with their tangent points.

    start, body, local : the fields of `PathArrays`. R, t : from `kernels.forward`.

    Of the pieces in the range of a wrap, the one that passes nearest to the centre (at a cylinder:
    the axis) of the surface may wrap. Several surfaces of one path are solved in turn until its
    length no longer changes.
    """
    surfaces = wraps.surfaces
    n, w = body.shape[0], wraps.surface.shape[0]
    new_start = np.empty(start.shape[0], np.int64)
    new_body = np.empty(n + 2 * w, np.int64)
    new_local = np.empty((n + 2 * w, 3))
    over = np.empty(n + 2 * w, np.int64)
    excess = np.zeros(start.shape[0] - 1)
    world = np.empty((n + 2 * w, 3))  # points, and both tangent points of each wrap
    on_body = np.empty((2 * w, 3))  # tangent points in the body
    arcs = np.empty(w)
    path = np.empty(n + w, np.int64)  # points, and n + k for both tangent points of wrap k
    a = np.empty(3)
    b = np.empty(3)
    touch = new_contact()
    count = 0
    for m in range(start.shape[0] - 1):
        new_start[m] = count
        size = 0
        for p in range(start[m], start[m + 1]):
            path[size] = p
            size += 1
        first_wrap, last_wrap = wraps.start[m], wraps.start[m + 1]
        if last_wrap > first_wrap:
            low, high = wraps.first[first_wrap], wraps.last[first_wrap] + 1
            for k in range(first_wrap + 1, last_wrap):
                low, high = min(low, wraps.first[k]), max(high, wraps.last[k] + 1)
            for p in range(low, high):
                world[p, 0], world[p, 1], world[p, 2] = to_world(
                    R, t, body[p], local[p, 0], local[p, 1], local[p, 2]
                )
            wraps_left = last_wrap - first_wrap  # to solve again since the path last changed
            before, total, k = np.inf, 0.0, first_wrap
            for _ in range(ROUNDS * (last_wrap - first_wrap)):
                size, was = _without(path, size, n + k)
                s = int(wraps.surface[k])
                place, least = -1, np.inf
                if wraps.last[k] == wraps.first[k] + 1 and size == start[m + 1] - start[m]:
                    place = wraps.first[k] - start[m]  # there is only this piece
                    _ends(path, place, n, world, surfaces, s, R, t, a, b)
                else:
                    i = 0
                    while path[i] != wraps.first[k]:
                        i += 1
                    while path[i] != wraps.last[k]:
                        _ends(path, i, n, world, surfaces, s, R, t, a, b)
                        away = _nearness(int(surfaces.kind[s]), a, b)
                        if away < least:
                            place, least = i, away
                        i += 1
                    if place >= 0 and place < i - 1:  # a, b are those of the last piece
                        _ends(path, place, n, world, surfaces, s, R, t, a, b)
                status = STRAIGHT
                if place >= 0:
                    status = contact(
                        int(surfaces.kind[s]), surfaces.size[s], surfaces.side[s], a, b, touch
                    )
                if status == UNSOLVED:
                    excess[m] = np.nan
                wraps_left -= 1
                if status == TOUCHES:
                    for i in range(size, place + 1, -1):
                        path[i] = path[i - 1]
                    path[place + 1] = n + k
                    size += 1
                    for e in range(2):
                        x = touch.first if e == 0 else touch.last
                        x0, x1, x2 = onto_body(surfaces, s, x[0], x[1], x[2])
                        j = 2 * k + e
                        on_body[j, 0], on_body[j, 1], on_body[j, 2] = x0, x1, x2
                        world[n + j, 0], world[n + j, 1], world[n + j, 2] = to_world(
                            R, t, int(surfaces.body[s]), x0, x1, x2
                        )
                    arcs[k] = touch.arc[0]
                    total += _distance(a, touch.first) + touch.arc[0]
                    total += _distance(touch.last, b) - _distance(a, b)
                if status == TOUCHES or was:
                    wraps_left = max(wraps_left, last_wrap - first_wrap - 1)
                if wraps_left == 0:
                    break
                k += 1
                if k == last_wrap:
                    if abs(total - before) < SAME:
                        break
                    before, total, k = total, 0.0, first_wrap
        for i in range(size):
            if path[i] < n:
                over[count] = -1
                new_body[count] = body[path[i]]
                for j in range(3):
                    new_local[count, j] = local[path[i], j]
                count += 1
                continue
            k = path[i] - n
            for e in range(2):
                new_body[count] = surfaces.body[wraps.surface[k]]
                for j in range(3):
                    new_local[count, j] = on_body[2 * k + e, j]
                over[count] = wraps.surface[k] if e == 0 else -1
                count += 1
            chord = 0.0
            for j in range(3):
                chord += (on_body[2 * k + 1, j] - on_body[2 * k, j]) ** 2
            excess[m] += arcs[k] - np.sqrt(chord)
    new_start[-1] = count
    return Touched(
        new_start,
        new_body[:count],
        new_local[:count],
        over[:count],
        excess,
    )


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
        s = wraps.surface[k]
        inside[k] = 0.0
        for p in range(wraps.first[k], wraps.last[k] + 1):
            x0, x1, x2 = to_world(R, t, body[p], local[p, 0], local[p, 1], local[p, 2])
            x[0], x[1], x[2] = into(surfaces, s, R, t, x0, x1, x2)
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
) -> None:
    """`path_derivatives` of paths that wrap; a length is NaN if no geodesic was found."""
    found = touched_paths(start, body, local, wraps, R, t)
    path_derivatives(
        tree, found.start, found.body, found.local, R, t, axis_world, origin_world, rate, length,
        slope,
    )  # fmt: skip
    length += found.excess


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
def _ends(
    path: Integers,
    i: int,
    n: int,
    world: Floats,
    surfaces: Surfaces,
    s: int,
    R: Floats,
    t: Floats,
    a: Floats,
    b: Floats,
) -> None:
    """Ends a, b of the piece after item i in the frame of surface s, in place."""
    j = path[i] if path[i] < n else 2 * path[i] - n + 1
    a[0], a[1], a[2] = into(surfaces, s, R, t, world[j, 0], world[j, 1], world[j, 2])
    j = path[i + 1] if path[i + 1] < n else 2 * path[i + 1] - n
    b[0], b[1], b[2] = into(surfaces, s, R, t, world[j, 0], world[j, 1], world[j, 2])


@njit(cache=True, nogil=True, error_model="numpy")
def _nearness(kind: int, a: Floats, b: Floats) -> float:
    """Squared distance [m2] of a straight piece from the centre, or from the axis of a cylinder."""
    last = 2 if kind == CYLINDER else 3
    ad = dd = 0.0
    for i in range(last):
        ad += a[i] * (b[i] - a[i])
        dd += (b[i] - a[i]) ** 2
    x = min(max(-ad / dd, 0.0), 1.0) if dd > 0.0 else 0.0
    value = 0.0
    for i in range(last):
        value += (a[i] + x * (b[i] - a[i])) ** 2
    return value
