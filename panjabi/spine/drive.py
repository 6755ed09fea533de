"""From what a muscle is told to its excitation: a clip to 0..1 without corners."""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.provenance import THIS_WORK, Parameter

LEAST = 1e-4
"""Excitations from here to one minus this can be commanded."""

DRIVE_WIDTH = Parameter(
    0.02, "1", THIS_WORK, "assumed", "over which excitation bends into 0 and into 1"
)


@njit(cache=True, nogil=True)
def drive(x, width):
    """Excitation from 0 to 1 at a command x, and its slope [1].

    (sqrt(x^2 + w^2) - sqrt((x - 1)^2 + w^2) + 1) / 2: x in the middle, never 0 nor 1.
    """
    low = math.sqrt(x * x + width * width)
    high = math.sqrt((x - 1.0) * (x - 1.0) + width * width)
    return 0.5 * (low - high + 1.0), 0.5 * (x / low - (x - 1.0) / high)


def command(excitation: ArrayLike, width: float) -> NDArray[np.float64]:
    """Command at which `drive` gives an excitation, of its shape.

    Raises
    ------
    ParameterError
        For an excitation outside `LEAST` to 1 - `LEAST`.
    """
    wanted = np.asarray(excitation, float)
    if wanted.size and not (wanted.min() >= LEAST and wanted.max() <= 1.0 - LEAST):
        raise ParameterError(
            f"excitation lies between {wanted.min():g} and {wanted.max():g}; {LEAST:g} to "
            f"{1.0 - LEAST:g} is possible. A muscle at rest keeps a little: give at least {LEAST:g}."
        )
    low, high = np.full(wanted.shape, -10.0), np.full(wanted.shape, 11.0)
    for _ in range(80):
        middle = 0.5 * (low + high)
        near, far = np.hypot(middle, width), np.hypot(middle - 1.0, width)
        above = 0.5 * (near - far + 1.0) > wanted
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return 0.5 * (low + high)
