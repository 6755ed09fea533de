"""Strands that wrap over surfaces of the skeleton: tangent points, lengths, second derivatives.

A wrap has two points on the body of its surface, among the points of its strand. Where the strand
touches, they are the tangent points, and the energy's first derivative is that of the polyline.
Where it does not touch, their places in the strand repeat the point before, so that the pieces
between have no length and no force.

The polyline with fixed tangent points lacks part of the second derivative, because the tangent
points move. `add_wrap_hessian` adds the difference, as for muscles.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from fascia.sparse.pattern import StrandPlaces
from panjabi.body.wrap_curvature_kernels import new_chain, wrap_curvature
from panjabi.body.wrap_kernels import TOUCHES, UNSOLVED, contact, new_contact
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
    free = jz.shape[2]
    for g in range(wraps.group.shape[0] - 1):
        strand = wraps.strand[g]
        low, high = wraps.group[g], wraps.group[g + 1]
        count = 0
        for k in range(low, high):
            count += touching[k]
        if count == 0 or tension[strand] == 0.0:
            continue
        m = int(unknown_start[strand + 1] - unknown_start[strand])
        chain = new_chain(count, m)
        ends = wraps.place[low] - 1, wraps.place[high - 1] + 2
        for i in range(2):
            at = points[ends[i]]
            row = i * (2 * count + 1)
            chain.point[row] = world[at]
            chain.rate[row, :, m - free :] = jz[at]
            for u in range(ndof[at]):
                for j in range(3):
                    chain.rate[row, j, slot[ends[i]] + u] += columns[at, j, u]
        done = 0
        for k in range(low, high):
            if not touching[k]:
                continue
            chain.surface[done] = wraps.surface[k]
            chain.spread[done] = spread[k, :4]
            chain.turn[done, :, m - free :] = wz[surfaces.body[wraps.surface[k]]]
            for e in range(2):
                at = points[wraps.place[k] + e]
                chain.point[2 * done + 1 + e] = world[at]
                chain.rate[2 * done + 1 + e, :, m - free :] = jz[at]
            done += 1
        more = wrap_curvature(chain, surfaces, rotation, translation)
        index = scatter_start[strand]
        for i in range(m):
            for j in range(m):
                data[scatter[index]] += tension[strand] * more[i, j]
                index += 1
