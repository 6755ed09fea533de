"""A spine from matrices: J q'' + B q' + K q = weight that leans + moments of reflexes.

>>> trunk = reduced(inertia=5.0, damping=30.0, stiffness=-100.0, reflexes=(
...     ReflexLoop(source="angle", target="angle", stretch_gain=400.0, delay=0.06),))
>>> equilibrium(trunk)

It is a `Spine` like any other. Its inertia is that of slides: J = L L' means that slide k, of 1 kg,
moves sideways by the sum of L_ik q_i, so that the mass matrix is J at any posture. A weight that
leans is a short pendulum of the wanted m g h, whose small inertia is part of J.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.dynamics import Dynamics
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.landmarks import Frame
from panjabi.body.model import Body
from panjabi.body.tree import GROUND, POLYNOMIAL_TERMS, Tree
from panjabi.errors import ParameterError
from panjabi.neural.loops import ReflexLoop
from panjabi.parameter import Parameter
from panjabi.passive.spring_damper import SpringDamper, square
from panjabi.spine.model import Spine
from panjabi.spine.reflexes import HEAD_BODY

Floats = NDArray[np.float64]

SHARE = 1e-3
"""Share of the smallest inertia that the pendulums of the weights may have."""

LONGEST = 0.1
"""Longest pendulum [m]."""

AXIS = np.array([0.0, 0.0, 1.0])
"""Of pendulums and slides: gravity turns pendulums about it and does not move the slides."""


def reduced(
    *,
    inertia: ArrayLike,
    damping: ArrayLike = 0.0,
    stiffness: ArrayLike = 0.0,
    coordinates: Sequence[str] = ("angle",),
    reflexes: Sequence[ReflexLoop] = (),
    weight: ArrayLike = (),
    leans: ArrayLike | None = None,
    parameters: Mapping[str, Parameter] | None = None,
) -> Spine:
    """A spine of m angles that rests upright at zero; numbers for m = 1, (m, m) matrices for more.

    Parameters
    ----------
    inertia, damping, stiffness : J [kg m2], positive definite; B [N m s/rad]; K [N m/rad], without
        the weights below.
    reflexes : loops whose sources and targets are coordinates, with gains in N m/rad and N m s/rad
        and their own delay.
    weight : m g h of every leaning body (k,) [N m/rad]; a positive one topples. Its moment is
        m g h sin(lean).
    leans : lean of each body per coordinate (k, m) [1]; by default body k leans by coordinate k.

    Raises
    ------
    ParameterError
        If the inertia is not symmetric and positive definite, or shapes do not fit.
    """
    names = tuple(coordinates)
    J, m = square("inertia", inertia, names), len(names)
    least = float(np.linalg.eigvalsh(0.5 * (J + J.T))[0])
    if not (least > 0.0 and np.allclose(J, J.T, rtol=1e-12, atol=0.0)):
        shown = J.item() if J.size == 1 else J.tolist()
        raise ParameterError(
            "Expected a positive inertia in kg m2, a symmetric positive definite matrix for "
            f"several coordinates, got {shown}; correct the inertia."
        )
    W = np.atleast_1d(np.asarray(weight, float))
    lean = np.eye(m)[: len(W)] if leans is None else np.array(leans, float)
    if lean.shape != (len(W), m) or not (np.isfinite(lean).all() and np.isfinite(W).all()):
        raise ParameterError(
            f"Expected leans of shape ({len(W)}, {m}) for {len(W)} weights and {m} coordinates, "
            f"got {lean.shape}; give one row for each body."
        )
    body = _slides(names, J, W, lean, least)
    return Spine(
        dynamics=Dynamics(body, names),
        reflexes=tuple(reflexes),
        elements=(SpringDamper(names, stiffness, damping),),
        parameters=dict(parameters or {}),
    )


def _slides(coordinates: tuple[str, ...], J: Floats, W: Floats, lean: Floats, least: float) -> Body:
    """Slides and pendulums on the ground, along and about one axis."""
    some = W != 0.0
    W, lean = W[some], lean[some]
    most = float(np.abs(W) @ (lean**2).sum(axis=1)) / STANDARD_GRAVITY
    height = np.sign(W) * (min(LONGEST, SHARE * least / most) if most > 0.0 else 0.0)
    mass = np.concatenate([np.ones(len(J)), W / (STANDARD_GRAVITY * height)])
    L = np.linalg.cholesky(J - np.einsum("k,ki,kj->ij", W * height / STANDARD_GRAVITY, lean, lean))
    turns = np.vstack([L.T, lean])  # angle of each body per coordinate
    count = len(turns) + 1
    body, coordinate = np.nonzero(turns)
    poly = np.zeros((len(body), POLYNOMIAL_TERMS))
    poly[:, 1] = turns[body, coordinate]
    first = np.concatenate([[0, 0], np.cumsum(np.bincount(body, minlength=len(turns)))])
    com = np.zeros((count, 3))
    com[1 + len(J) :, 1] = height
    tree = Tree(
        parent=np.array([-1] + [0] * len(turns), np.int64),
        loc=np.zeros((count, 3)),
        r0=np.tile(np.eye(3), (count, 1, 1)),
        child_loc=np.zeros((count, 3)),
        first=first.astype(np.int64),
        slide=(body < len(J)).astype(np.int64),
        axis=np.tile(AXIS, (len(body), 1)),
        coordinate=coordinate.astype(np.int64),
        poly=poly,
    )
    slides = [f"slide {k + 1}" for k in range(len(J))]
    return Body(
        names=(GROUND, *slides, *(f"weight {k + 1}" for k in range(len(W)))),
        coordinates=coordinates,
        ranges=np.tile([-np.pi, np.pi], (len(J), 1)),
        signs=dict.fromkeys(coordinates, "leaning"),
        translations=frozenset(),
        mass=np.concatenate([[0.0], mass]),
        com=com,
        inertia=np.zeros((count, 3, 3)),
        tree=tree,
        frames={HEAD_BODY: Frame(HEAD_BODY, GROUND, np.zeros(3), np.eye(3))},
        aliases={},
        landmarks={},
        stations={},
        muscles={},
        scale=np.ones(count),
        floor=np.zeros(2),
        stature=0.0,
    )
