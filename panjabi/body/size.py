"""How tissue changes with the size of a body: every power of a length is here.

A body of another size has the same tissue: equal strains, stresses and angles. Then an area goes
with the square of the length, a force (stress times area) with the square, and a moment (force
times lever) with the cube. `docs/size.md` has the derivation. Modules that scale a value take the
factor from `size_factor`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, get_args

import numpy as np

from panjabi.body.model import Body
from panjabi.errors import ParameterError

Sizeable = Literal[
    "angle", "strain", "stress", "length", "linear stiffness", "area", "force", "moment",
    "rotational stiffness",
]  # fmt: skip
"""Quantities of tissue that follow from a length."""

POWERS: Mapping[Sizeable, int] = {
    "angle": 0,
    "strain": 0,
    "stress": 0,
    "length": 1,
    "linear stiffness": 1,
    "area": 2,
    "force": 2,
    "moment": 3,
    "rotational stiffness": 3,
}
"""Power of the length with which each quantity goes, at equal strain and stress (derived)."""


def size_factor(quantity: Sizeable, length: float) -> float:
    """Factor on a quantity [1] where lengths are `length` times those of the standard adult.

    Raises
    ------
    ParameterError
        For a length factor that is not positive, or another quantity.
    """
    if quantity not in POWERS:
        raise ParameterError(
            f"Expected a quantity of {', '.join(get_args(Sizeable))}, got {quantity!r}; choose one."
        )
    if not (math.isfinite(length) and length > 0.0):
        raise ParameterError(
            f"Expected a length factor above 0, got {length!r}; give the length over that of the "
            "standard adult."
        )
    return float(length) ** POWERS[quantity]


def joint_length(body: Body, coordinate: str) -> float:
    """Size of the joint with this coordinate over that of the standard adult [1].

    The geometric mean of the factors of the two bodies that the joint connects.
    """
    dof = int(np.flatnonzero(body.tree.coordinate == body.coordinate_index(coordinate))[0])
    upper = int(np.searchsorted(body.tree.first, dof, "right")) - 1
    return math.sqrt(body.scale[upper] * body.scale[body.tree.parent[upper]])
