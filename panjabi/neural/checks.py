"""Arrays that come from outside, checked once at the border."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError

Array = NDArray[np.float64]


def array(what: str, value: ArrayLike, shape: tuple[int, ...], unit: str) -> Array:
    """`value` as a contiguous array of that shape; a number stands for all entries.

    Raises ParameterError for another shape or an entry that is not finite.
    """
    try:
        given = np.asarray(value, dtype=np.float64)
        found = np.ascontiguousarray(np.broadcast_to(given, shape))
    except (TypeError, ValueError):
        raise ParameterError(
            f"{what} is {_shown(value)}; possible: numbers of shape {shape} [{unit}], or one "
            "number for all. Give one entry each, in order."
        ) from None
    if not np.isfinite(found).all():
        raise ParameterError(
            f"{what} has {np.count_nonzero(~np.isfinite(found))} entries that are not finite; "
            f"possible: finite numbers [{unit}]. Remove or fill the gaps."
        )
    return found


def held_commands(value: ArrayLike, muscles: int) -> Array:
    """Feedforward commands (muscles,), each from 0 to 1; raises ParameterError otherwise."""
    u0 = array("feedforward", value, (muscles,), "1")
    if u0.min() < 0.0 or u0.max() > 1.0:
        raise ParameterError(
            f"feedforward commands reach from {u0.min():g} to {u0.max():g}; possible: 0 to 1. "
            "Divide forces by what the muscle can do."
        )
    return u0


def _shown(value: object) -> str:
    shape = np.shape(value) if isinstance(value, (list, tuple, np.ndarray)) else None
    return repr(value) if shape is None else f"of shape {shape}"
