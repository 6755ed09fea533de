"""Energy of the weight, with exact derivatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.model import Body, Configuration
from panjabi.body.tree import Floats
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

STANDARD_GRAVITY = 9.80665
"""Standard acceleration of free fall [m/s2]."""


@dataclass(frozen=True, eq=False, repr=False)
class GravityEnergy(ShortRepr):
    """Potential energy of the weight and its derivatives with respect to the coordinates."""

    value: float  # [J]
    gradient: Floats  # (nq,) [N m; N]: minus the generalised force of gravity
    hessian: Floats  # (nq, nq) [N m/rad]


def gravity_energy(
    body: Body,
    q: Configuration,
    *,
    g: float = STANDARD_GRAVITY,
    relative_to: str | tuple[str, ArrayLike] | None = None,
    up: ArrayLike = (0.0, 1.0, 0.0),
) -> GravityEnergy:
    """Potential energy of the weight [J] with its gradient and Hessian in q.

    relative_to : a station or landmark, or (body, local point), that supports the weight. Heights
        are relative to it, so that a motion of the whole body does not change the energy.
    """
    from panjabi.body.kernels import load_gradient, load_hessian

    upward = _direction(up)
    if not np.isfinite(g):
        raise ParameterError(
            f"Expected a finite acceleration g in m/s2, got {g!r}; leave it out for the standard "
            f"{STANDARD_GRAVITY}."
        )
    poses = body.poses(q)
    points = np.einsum("bij,bj->bi", poses.R, body.com) + poses.t
    weight = g * body.mass
    F = weight[:, None] * upward
    D = points[:, :, None] * F[:, None, :]
    value = float(weight @ (points @ upward))
    if relative_to is not None:
        if isinstance(relative_to, str):
            place = body.place(relative_to)
            relative_to = (place.body, place.local)
        b, local = body.attachment(*relative_to)
        reference = poses.R[b] @ local + poses.t[b]
        support = -weight.sum() * upward
        F[b] += support
        D[b] += reference[:, None] * support
        value += float(support @ reference)
    nq = len(body.coordinates)
    gradient, hessian = np.empty(nq), np.empty((nq, nq))
    axes = (poses.axis_world, poses.origin_world, poses.rate)
    load_gradient(body.tree, F, D, *axes, gradient)
    load_hessian(body.tree, F, D, *axes, poses.rate2, hessian)
    return GravityEnergy(value, gradient, hessian)


def _direction(up: ArrayLike) -> Floats:
    upward = np.asarray(up, float)
    size = float(np.linalg.norm(upward)) if upward.shape == (3,) else 0.0
    if not (np.isfinite(size) and size > 0.0):
        raise ParameterError(
            f"Expected a direction up of three finite numbers, not all zero, got {up!r}; give "
            "(0, 1, 0) for the vertical of the world."
        )
    return upward / size
