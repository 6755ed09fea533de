"""Compiled loops over strands: positions, lengths, gradient and Hessian of the stored energy.

A strand is a polyline through points. A point lies on a body (body 0 is the
ground) at ``local + basis @ u``, where ``u`` are up to three slips [m]; its
world position is ``R local + t``. Skeleton coordinates that are free to move
enter through ``jz`` (d point / d coordinate) and ``wz`` (angular velocity of
each body per unit coordinate). A strand of length L and energy W(L) gives

    gradient  T dL,      Hessian  T' dL dL^T + T d2L,      T = W'(L).

d2L is the geometric stiffness of every segment. `panjabi.body.kernels.load_hessian`
adds the second derivative of the skeleton. A segment whose ends coincide has no
direction and exerts no force. All kernels run as plain Python through ``.py_func``.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from fascia.sparse.pattern import StrandPlaces

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@njit(cache=True, nogil=True)
def world_points(
    body: Ints,
    local: Floats,
    dof: Ints,
    ndof: Ints,
    basis: Floats,
    rotation: Floats,
    translation: Floats,
    u: Floats,
    out: Floats,
) -> None:
    """World position of every point [m] -> ``out`` (points, 3)."""
    for p in range(body.shape[0]):
        x = local[p, 0]
        y = local[p, 1]
        z = local[p, 2]
        d = dof[p]
        for a in range(ndof[p]):
            s = u[d + a]
            x += basis[p, 0, a] * s
            y += basis[p, 1, a] * s
            z += basis[p, 2, a] * s
        b = body[p]
        if b == 0:
            out[p, 0] = x
            out[p, 1] = y
            out[p, 2] = z
        else:
            for i in range(3):
                out[p, i] = (
                    rotation[b, i, 0] * x
                    + rotation[b, i, 1] * y
                    + rotation[b, i, 2] * z
                    + translation[b, i]
                )


@njit(cache=True, nogil=True)
def world_columns(body: Ints, ndof: Ints, basis: Floats, rotation: Floats, out: Floats) -> None:
    """Direction of every slip in the world frame -> ``out`` (points, 3, 3), columns."""
    for p in range(body.shape[0]):
        b = body[p]
        for a in range(ndof[p]):
            for i in range(3):
                if b == 0:
                    out[p, i, a] = basis[p, i, a]
                else:
                    out[p, i, a] = (
                        rotation[b, i, 0] * basis[p, 0, a]
                        + rotation[b, i, 1] * basis[p, 1, a]
                        + rotation[b, i, 2] * basis[p, 2, a]
                    )


@njit(cache=True, nogil=True)
def strand_lengths(start: Ints, points: Ints, world: Floats, length: Floats) -> None:
    """Length of every polyline [m] -> ``length`` (strands,)."""
    for s in range(start.shape[0] - 1):
        total = 0.0
        for k in range(start[s], start[s + 1] - 1):
            i = points[k]
            j = points[k + 1]
            dx = world[j, 0] - world[i, 0]
            dy = world[j, 1] - world[i, 1]
            dz = world[j, 2] - world[i, 2]
            total += np.sqrt(dx * dx + dy * dy + dz * dz)
        length[s] = total


@njit(cache=True, nogil=True)
def point_forces(start: Ints, points: Ints, world: Floats, tension: Floats, out: Floats) -> None:
    """dV/d(point) of all strands [N] -> ``out`` (points, 3); minus the force on the point."""
    out[:] = 0.0
    for s in range(start.shape[0] - 1):
        force = tension[s]
        if force == 0.0:
            continue
        for k in range(start[s], start[s + 1] - 1):
            i = points[k]
            j = points[k + 1]
            dx = world[j, 0] - world[i, 0]
            dy = world[j, 1] - world[i, 1]
            dz = world[j, 2] - world[i, 2]
            segment = np.sqrt(dx * dx + dy * dy + dz * dz)
            if segment == 0.0:
                continue
            scale = force / segment
            out[i, 0] -= scale * dx
            out[i, 1] -= scale * dy
            out[i, 2] -= scale * dz
            out[j, 0] += scale * dx
            out[j, 1] += scale * dy
            out[j, 2] += scale * dz


@njit(cache=True, nogil=True)
def slip_gradient(
    dof: Ints, ndof: Ints, columns: Floats, force: Floats, tie: Floats, u: Floats, out: Floats
) -> None:
    """dV/du: point forces along the slips, plus the ties [N] -> ``out`` (slips,)."""
    for i in range(tie.shape[0]):
        out[i] = tie[i] * u[i]
    for p in range(dof.shape[0]):
        d = dof[p]
        for a in range(ndof[p]):
            out[d + a] += (
                columns[p, 0, a] * force[p, 0]
                + columns[p, 1, a] * force[p, 1]
                + columns[p, 2, a] * force[p, 2]
            )


@njit(cache=True, nogil=True)
def body_loads(body: Ints, world: Floats, force: Floats, total: Floats, dyad: Floats) -> None:
    """Sum of forces and of outer(position, force) per body, for the skeleton's gradient."""
    total[:] = 0.0
    dyad[:] = 0.0
    for p in range(body.shape[0]):
        b = body[p]
        if b == 0:
            continue
        for j in range(3):
            f = force[p, j]
            total[b, j] += f
            for i in range(3):
                dyad[b, i, j] += world[p, i] * f


@njit(cache=True, nogil=True)
def strand_hessian(
    start: Ints,
    points: Ints,
    places: StrandPlaces,
    ndof: Ints,
    world: Floats,
    columns: Floats,
    jz: Floats,
    tension: Floats,
    tangent: Floats,
    tie: Floats,
    data: Floats,
) -> None:
    """Hessian of all strands and ties, scattered into the CSC values ``data`` [N/m].

    ``places`` is a `StrandPlaces`. Slack strands add nothing, and no shift is added here.
    `turning_hessian` adds the rotation of the slip directions with their bodies.
    """
    slot, unknown_start, scatter_start, scatter, diagonal = places
    data[:] = 0.0
    for i in range(tie.shape[0]):
        data[diagonal[i]] += tie[i]
    free = jz.shape[2]
    widest = 0
    for s in range(start.shape[0] - 1):
        widest = max(widest, unknown_start[s + 1] - unknown_start[s])
    hess = np.empty((widest, widest))
    dlength = np.empty(widest)
    vector = np.empty((6 + free, 3))
    place = np.empty(6 + free, np.int64)
    for s in range(start.shape[0] - 1):
        force = tension[s]
        stiff = tangent[s]
        m = unknown_start[s + 1] - unknown_start[s]
        if m == 0 or (force == 0.0 and stiff == 0.0):
            continue
        for i in range(m):
            dlength[i] = 0.0
            for j in range(m):
                hess[i, j] = 0.0
        for k in range(start[s], start[s + 1] - 1):
            i = points[k]
            j = points[k + 1]
            nx = world[j, 0] - world[i, 0]
            ny = world[j, 1] - world[i, 1]
            nz = world[j, 2] - world[i, 2]
            segment = np.sqrt(nx * nx + ny * ny + nz * nz)
            if segment == 0.0:
                continue
            nx /= segment
            ny /= segment
            nz /= segment
            count = 0
            for a in range(ndof[i]):
                place[count] = slot[k] + a
                for c in range(3):
                    vector[count, c] = -columns[i, c, a]
                count += 1
            for a in range(ndof[j]):
                place[count] = slot[k + 1] + a
                for c in range(3):
                    vector[count, c] = columns[j, c, a]
                count += 1
            for a in range(free):
                place[count] = m - free + a
                for c in range(3):
                    vector[count, c] = jz[j, c, a] - jz[i, c, a]
                count += 1
            geometric = force / segment
            for a in range(count):
                along = nx * vector[a, 0] + ny * vector[a, 1] + nz * vector[a, 2]
                dlength[place[a]] += along
                px = geometric * (vector[a, 0] - along * nx)
                py = geometric * (vector[a, 1] - along * ny)
                pz = geometric * (vector[a, 2] - along * nz)
                for c in range(count):
                    hess[place[a], place[c]] += (
                        px * vector[c, 0] + py * vector[c, 1] + pz * vector[c, 2]
                    )
        k = scatter_start[s]
        for i in range(m):
            for j in range(m):
                data[scatter[k]] += hess[i, j] + stiff * dlength[i] * dlength[j]
                k += 1


@njit(cache=True, nogil=True)
def turning_hessian(
    body: Ints,
    dof: Ints,
    ndof: Ints,
    columns: Floats,
    wz: Floats,
    force: Floats,
    border: Ints,
    data: Floats,
) -> None:
    """Cross terms of slip and skeleton, because slip directions rotate with their body [N].

    ``data`` receives the terms. ``force`` is dV/d(point) of strands and dead loads together;
    ``border[0, i, c]`` and ``border[1, i, c]`` are the indices in ``data`` of (slip i,
    coordinate c) and of its mirror entry.
    """
    for p in range(body.shape[0]):
        b = body[p]
        if b == 0:
            continue
        for a in range(ndof[p]):
            # f . (w x c) = w . (c x f)
            mx = columns[p, 1, a] * force[p, 2] - columns[p, 2, a] * force[p, 1]
            my = columns[p, 2, a] * force[p, 0] - columns[p, 0, a] * force[p, 2]
            mz = columns[p, 0, a] * force[p, 1] - columns[p, 1, a] * force[p, 0]
            for c in range(wz.shape[2]):
                turned = wz[b, 0, c] * mx + wz[b, 1, c] * my + wz[b, 2, c] * mz
                data[border[0, dof[p] + a, c]] += turned
                data[border[1, dof[p] + a, c]] += turned


@njit(cache=True, nogil=True)
def elongations(start: Ints, points: Ints, world: Floats, velocity: Floats, out: Floats) -> None:
    """Rate of lengthening of every strand for known point velocities -> ``out`` (strands,)."""
    for s in range(start.shape[0] - 1):
        total = 0.0
        for k in range(start[s], start[s + 1] - 1):
            i = points[k]
            j = points[k + 1]
            dx = world[j, 0] - world[i, 0]
            dy = world[j, 1] - world[i, 1]
            dz = world[j, 2] - world[i, 2]
            segment = np.sqrt(dx * dx + dy * dy + dz * dz)
            if segment == 0.0:
                continue
            total += (
                dx * (velocity[j, 0] - velocity[i, 0])
                + dy * (velocity[j, 1] - velocity[i, 1])
                + dz * (velocity[j, 2] - velocity[i, 2])
            ) / segment
        out[s] = total
