"""What muscles leave of the range of their curves: fibre length, velocity, tendon strain."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from panjabi.active.musculotendon import Musculotendon

Floats = NDArray[np.float64]


def muscle_values(
    units: Musculotendon, fibre: Floats, length: Floats, fibre_rate: Floats
) -> dict[str, Floats]:
    """Values of the arguments that have a range, each (..., nm) [1].

    fibre [1], over the optimal length, path length [m] and fibre_rate [1/s] are (..., nm). A rigid
    tendon has no strain.
    """
    u = units.units
    thickness = u.thickness / u.optimal_length
    along = np.sqrt(np.maximum(fibre**2 - thickness**2, 0.0)) * u.optimal_length
    strain = (length - along) / u.tendon_slack_length - 1.0
    return {
        "fibre_length": fibre,
        "fibre_velocity": fibre_rate / u.speed,
        "tendon_strain": np.where(u.elastic.astype(bool), strain, 0.0),
    }


def muscles_outside(
    units: Musculotendon, values: dict[str, Floats], acting: NDArray[np.bool_]
) -> tuple[str, ...]:
    """Descriptions of the muscles (nm,) that leave the range of a curve, or ().

    acting (nm,) : muscles with tension; without tension a curve has no effect.
    """
    names = [n for n, k in zip(units.muscles.names, acting, strict=True) if k]
    if not names:
        return ()
    return tuple(
        words
        for name, known in units.curves.evidence.items()
        for words in known.outside(values[name][acting], names)
    )


def check_tendons(units: Musculotendon, values: dict[str, Floats], names: Sequence[str]) -> None:
    """Raise ParameterError if a tendon is beyond failure."""
    units.curves.evidence["tendon_strain"].check(values["tendon_strain"], names)
