"""The command at which the saturating drive of a muscle gives an excitation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.neural.smooth_kernels import unsaturated
from panjabi.parameter import THIS_WORK, Parameter

LEAST = 1e-4
"""Smallest excitation that a command gives; the largest is 1 - LEAST."""

DRIVE_WIDTH = Parameter(
    0.01, "1", THIS_WORK, "assumed", "over which excitation bends into 0 and into 1"
)


def command(excitation: ArrayLike, width: float) -> NDArray[np.float64]:
    """Commands of excitations (nm,).

    Raises
    ------
    ParameterError
        For an excitation outside `LEAST` to 1 - `LEAST`.
    """
    excitations = np.asarray(excitation, float)
    check_excitation(excitations)
    return np.array([unsaturated(u, width) for u in excitations])


def check_excitation(excitation: NDArray[np.float64]) -> None:
    """Raise ParameterError for an excitation that no command gives; see `command`."""
    if excitation.size and not (excitation.min() >= LEAST and excitation.max() <= 1.0 - LEAST):
        raise ParameterError(
            f"Expected excitations from {LEAST:g} to {1.0 - LEAST:g}, got {excitation.min():g} "
            f"to {excitation.max():g}; give a small excitation to a muscle at rest."
        )
