"""The command at which the saturating drive of a muscle gives an excitation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.neural.smooth_kernels import unsaturated
from panjabi.parameter import THIS_WORK, Parameter

LEAST = 1e-4
"""Excitations from here to one minus this can be commanded."""

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
    wanted = np.asarray(excitation, float)
    check_excitation(wanted)
    return np.array([unsaturated(u, width) for u in wanted])


def check_excitation(excitation: NDArray[np.float64]) -> None:
    """Refuse what cannot be commanded; see `command`."""
    if excitation.size and not (excitation.min() >= LEAST and excitation.max() <= 1.0 - LEAST):
        raise ParameterError(
            f"excitation lies between {excitation.min():g} and {excitation.max():g}; {LEAST:g} to "
            f"{1.0 - LEAST:g} is possible. A muscle at rest keeps a little."
        )
