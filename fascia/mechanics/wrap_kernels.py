"""Strands that wrap over surfaces of the skeleton: tangent points, lengths, second derivatives.

A wrap has two points on the body of its surface, among the points of its strand. Where the strand
touches, they are the tangent points, and the energy's first derivative is that of the polyline.
Where it does not touch, their places in the strand repeat the point before, so that the pieces
between have no length and no force.

The polyline with fixed tangent points lacks part of the second derivative, because the tangent
points move. `add_wrap_hessian` adds the difference. Over several surfaces of one piece of the
strand, the middle of each free ray between two surfaces is eliminated (a Schur complement).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from fascia.sparse.pattern import StrandPlaces
from panjabi.body.wrap_kernels import TOUCHES, UNSOLVED, contact, lateral, level, new_contact
from panjabi.body.wrapped_path_kernels import into, onto_body, to_world
from panjabi.body.wrapping import Surfaces

__all__ = ["FlatWraps", "Moving", "add_wrap_hessian", "wrap_strands"]

ROUNDS = 100
SAME = 1e-14  # [m]


class FlatWraps(NamedTuple):
    """Wraps of the strands; those on the same piece of a strand form a group, in its order."""

    surfaces: Surfaces
    surface: np.ndarray  # (W,)
    place: np.ndarray  # (W,) index in `strand_points` of the first of its two points
    group: np.ndarray  # (groups + 1,) wraps of group g are group[g] .. group[g + 1] - 1
    strand: np.ndarray  # (groups,)


class Moving(NamedTuple):
    """Bodies and points at a posture, and how they move with the unknowns; see `strand_hessian`."""

    rotation: np.ndarray  # (nb, 3, 3)
    translation: np.ndarray  # (nb, 3) [m]
    world: np.ndarray  # (points, 3) [m]
    columns: np.ndarray  # (points, 3, 3) d point / d slip
    jz: np.ndarray  # (points, 3, free) d point / d coordinate
    wz: np.ndarray  # (nb, 3, free) angular velocity of a body per unit coordinate


@njit(cache=True, nogil=True, error_model="numpy")
def _into(surfaces, s, rotation, translation, x, out):
    """Coordinates in surface s of a world point x, in place."""
    out[0], out[1], out[2] = into(
        surfaces.rotation, surfaces.centre, s, surfaces.body[s], rotation, translation, x[0], x[1],
        x[2],
    )  # fmt: skip


@njit(cache=True, nogil=True, error_model="numpy")
def wrap_strands(
    wraps: FlatWraps,
    points: np.ndarray,
    rotation: np.ndarray,
    translation: np.ndarray,
    world: np.ndarray,
    members: np.ndarray,
    touching: np.ndarray,
    spread: np.ndarray,
    excess: np.ndarray,
) -> bool:
    """Tangent points of all wraps at a posture, in place; False if a geodesic is not found.

    points : the `strand_points` of the network. world : (points, 3) in, with the tangent points
    out. members : out, `points` with the places of wraps that do not touch repeating the point
    before. touching : (W,) out. spread : (W, 5) out, see `Contact`, and the length on the surface.
    excess : (strands,) out, arc minus chord [m].
    """
    surfaces = wraps.surfaces
    out = new_contact()
    a = np.empty(3)
    b = np.empty(3)
    x = np.empty(3)
    members[:] = points
    excess[:] = 0.0
    solved = True
    for g in range(wraps.group.shape[0] - 1):
        low, high = wraps.group[g], wraps.group[g + 1]
        start = points[wraps.place[low] - 1]
        end = points[wraps.place[high - 1] + 2]
        for k in range(low, high):
            touching[k] = False
        for _ in range(ROUNDS):
            moved = 0.0
            for k in range(low, high):
                before, after = start, end
                for other in range(low, k):
                    if touching[other]:
                        before = points[wraps.place[other] + 1]
                for other in range(high - 1, k, -1):
                    if touching[other]:
                        after = points[wraps.place[other]]
                s = wraps.surface[k]
                _into(surfaces, s, rotation, translation, world[before], a)
                _into(surfaces, s, rotation, translation, world[after], b)
                status = contact(
                    int(surfaces.kind[s]), surfaces.size[s], surfaces.side[s], a, b, out
                )
                if status == UNSOLVED:
                    solved = False
                was = touching[k]
                touching[k] = status == TOUCHES
                if not touching[k]:
                    moved += 1.0 if was else 0.0
                    continue
                for e in range(2):
                    p = points[wraps.place[k] + e]
                    y = out.first if e == 0 else out.last
                    y0, y1, y2 = onto_body(
                        surfaces.rotation, surfaces.centre, s, (y[0], y[1], y[2])
                    )
                    x[0], x[1], x[2] = to_world(
                        rotation, translation, int(surfaces.body[s]), y0, y1, y2
                    )
                    for i in range(3):
                        moved += abs(x[i] - world[p, i]) if was else 1.0
                        world[p, i] = x[i]
                spread[k, :4] = out.spread
                spread[k, 4] = out.arc[0]
            if high - low == 1 or moved < SAME:
                break
        for k in range(low, high):
            place = wraps.place[k]
            if touching[k]:
                p, q = points[place], points[place + 1]
                chord = np.sqrt(
                    (world[q, 0] - world[p, 0]) ** 2
                    + (world[q, 1] - world[p, 1]) ** 2
                    + (world[q, 2] - world[p, 2]) ** 2
                )
                excess[wraps.strand[g]] += spread[k, 4] - chord
            else:
                members[place] = members[place - 1]
                members[place + 1] = members[place - 1]
    return solved


@njit(cache=True, nogil=True, error_model="numpy")
def _rate_of_end(point, place, slot, ndof, columns, jz, m, direction, row):
    """Add direction . d(point)/d(unknown) of a strand to its row."""
    free = jz.shape[2]
    for u in range(ndof[point]):
        for i in range(3):
            row[slot[place] + u] += direction[i] * columns[point, i, u]
    for c in range(free):
        for i in range(3):
            row[m - free + c] += direction[i] * jz[point, i, c]


@njit(cache=True, nogil=True, error_model="numpy")
def _rate_of_body(body, on, world, at, jz, wz, m, direction, row):
    """Subtract direction . d(place)/d(coordinate) of a place `at` of a body with the point `on`."""
    free = jz.shape[2]
    r0 = at[0] - world[on, 0]
    r1 = at[1] - world[on, 1]
    r2 = at[2] - world[on, 2]
    for c in range(free):
        w0, w1, w2 = wz[body, 0, c], wz[body, 1, c], wz[body, 2, c]
        row[m - free + c] -= (
            direction[0] * (jz[on, 0, c] + w1 * r2 - w2 * r1)
            + direction[1] * (jz[on, 1, c] + w2 * r0 - w0 * r2)
            + direction[2] * (jz[on, 2, c] + w0 * r1 - w1 * r0)
        )


@njit(cache=True, nogil=True, error_model="numpy")
def _turned(surfaces, s, rotation, v):
    """A direction in the frame of surface s, in the world."""
    return rotation[surfaces.body[s]] @ (surfaces.rotation[s] @ v)


@njit(cache=True, nogil=True, error_model="numpy")
def _reduced(H, m):
    """Schur complement of the unknowns from m on."""
    if H.shape[0] == m:
        return H
    across = np.ascontiguousarray(H[m:, :m])
    return H[:m, :m] - np.ascontiguousarray(across.T) @ np.ascontiguousarray(
        np.linalg.solve(np.ascontiguousarray(H[m:, m:]), across)
    )


@njit(cache=True, nogil=True, error_model="numpy")
def add_wrap_hessian(
    wraps: FlatWraps,
    points: np.ndarray,
    places: StrandPlaces,
    ndof: np.ndarray,
    moving: Moving,
    touching: np.ndarray,
    spread: np.ndarray,
    tension: np.ndarray,
    data: np.ndarray,
) -> None:
    """Add to the CSC values `data` what `strand_hessian` lacks for the strands that touch.

    places : a `StrandPlaces`. moving : a `Moving`.
    """
    rotation, translation, world, columns, jz, wz = moving
    slot, unknown_start, scatter_start, scatter, _ = places
    surfaces = wraps.surfaces
    path = new_contact()
    a = np.empty(3)
    b = np.empty(3)
    b1 = np.empty(3)
    b2 = np.empty(3)
    n = np.empty(3)
    free = jz.shape[2]
    for g in range(wraps.group.shape[0] - 1):
        strand = wraps.strand[g]
        low, high = wraps.group[g], wraps.group[g + 1]
        count = 0
        for k in range(low, high):
            count += touching[k]
        if count == 0 or tension[strand] == 0.0:
            continue
        m = unknown_start[strand + 1] - unknown_start[strand]
        size = m + 2 * (count - 1)
        true = np.zeros((size, size))
        frozen = np.zeros((size, size))
        first_place, last_place = wraps.place[low] - 1, wraps.place[high - 1] + 2
        before = world[points[first_place]].copy()
        across = np.zeros((2, 3))  # directions across the ray before
        done = 0
        for k in range(low, high):
            if not touching[k]:
                continue
            done += 1
            s = wraps.surface[k]
            on_first, on_last = points[wraps.place[k]], points[wraps.place[k] + 1]
            across_next = np.zeros((2, 3))
            after = world[points[last_place]].copy()
            if done < count:  # the middle of the free ray to the next surface
                following = k + 1
                while not touching[following]:
                    following += 1
                after = 0.5 * (world[on_last] + world[points[wraps.place[following]]])
                ray = after - world[on_last]
                across_next[0] = np.cross(ray, np.eye(3)[np.argmin(np.abs(ray))])
                across_next[0] /= np.sqrt(np.sum(across_next[0] ** 2))
                across_next[1] = np.cross(ray, across_next[0])
                across_next[1] /= np.sqrt(np.sum(across_next[1] ** 2))
                # The middle moves in both bodies while they turn: u . (w2 - w1) x (its motion).
                ray /= np.sqrt(np.sum(ray**2))
                one, other = surfaces.body[s], surfaces.body[wraps.surface[following]]
                for j in range(2):
                    turning = np.cross(across_next[j], ray)
                    column = m + 2 * (done - 1) + j
                    for c in range(free):
                        value = 0.0
                        for i in range(3):
                            value += (wz[other, i, c] - wz[one, i, c]) * turning[i]
                        for H in (true, frozen):
                            H[m - free + c, column] += value
                            H[column, m - free + c] += value
            kind, shape = int(surfaces.kind[s]), surfaces.size[s]
            _into(surfaces, s, rotation, translation, before, a)
            _into(surfaces, s, rotation, translation, after, b)
            _into(surfaces, s, rotation, translation, world[on_first], path.first)
            _into(surfaces, s, rotation, translation, world[on_last], path.last)
            path.spread[:] = spread[k, :4]
            c11, c12, c22, l1, l2 = lateral(kind, shape, a, b, path, b1, b2)
            rows = np.zeros((4, size))  # rates across both rays: b1, n1, b2, n2
            for e in range(4):
                if e % 2 == 0:
                    n[:] = b1 if e == 0 else b2
                else:
                    level(kind, shape, path.first if e == 1 else path.last, n)
                    n /= np.sqrt(np.sum(n**2))
                v = _turned(surfaces, s, rotation, n)
                if e < 2:
                    if done == 1:
                        _rate_of_end(
                            points[first_place], first_place, slot, ndof, columns, jz, m, v, rows[e]
                        )
                    else:
                        rows[e, m + 2 * (done - 2)] = np.dot(v, across[0])
                        rows[e, m + 2 * (done - 2) + 1] = np.dot(v, across[1])
                    _rate_of_body(surfaces.body[s], on_first, world, before, jz, wz, m, v, rows[e])
                else:
                    if done == count:
                        _rate_of_end(
                            points[last_place], last_place, slot, ndof, columns, jz, m, v, rows[e]
                        )
                    else:
                        rows[e, m + 2 * (done - 1)] = np.dot(v, across_next[0])
                        rows[e, m + 2 * (done - 1) + 1] = np.dot(v, across_next[1])
                    _rate_of_body(surfaces.body[s], on_last, world, after, jz, wz, m, v, rows[e])
            for i in range(size):
                for j in range(size):
                    normal = rows[1, i] * rows[1, j] / l1 + rows[3, i] * rows[3, j] / l2
                    true[i, j] += (
                        normal
                        + c11 * rows[0, i] * rows[0, j]
                        + c12 * (rows[0, i] * rows[2, j] + rows[2, i] * rows[0, j])
                        + c22 * rows[2, i] * rows[2, j]
                    )
                    frozen[i, j] += (
                        normal + rows[0, i] * rows[0, j] / l1 + rows[2, i] * rows[2, j] / l2
                    )
            before = after
            across = across_next
        more = _reduced(true, m) - _reduced(frozen, m)
        index = scatter_start[strand]
        for i in range(m):
            for j in range(m):
                data[scatter[index]] += tension[strand] * more[i, j]
                index += 1
