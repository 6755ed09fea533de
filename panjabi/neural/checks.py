"""Checks of arrays that a user gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError

Array = NDArray[np.float64]


def array(name: str, value: ArrayLike, shape: tuple[int, ...], unit: str) -> Array:
    """`value` as a contiguous array of a shape; one number is used for all entries.

    Raises ParameterError for another shape or an entry that is not finite.
    """
    try:
        numbers = np.asarray(value, dtype=np.float64)
        entries = np.ascontiguousarray(np.broadcast_to(numbers, shape))
    except (TypeError, ValueError):
        raise ParameterError(
            f"Expected {name} as numbers of shape {shape} [{unit}] or one number for all, got "
            f"{_shown(value)}; give one number for each entry, in order."
        ) from None
    if not np.isfinite(entries).all():
        raise ParameterError(
            f"Expected finite numbers [{unit}] for {name}, got "
            f"{np.count_nonzero(~np.isfinite(entries))} entries that are not finite; remove or "
            "fill the gaps."
        )
    return entries


def constant_commands(value: ArrayLike, muscles: int) -> Array:
    """Constant feedforward commands (muscles,) from 0 to 1; raises ParameterError otherwise."""
    u0 = array("feedforward", value, (muscles,), "1")
    if u0.min() < 0.0 or u0.max() > 1.0:
        raise ParameterError(
            f"Expected feedforward commands from 0 to 1, got {u0.min():g} to {u0.max():g}; "
            "divide each force by the capacity of its muscle."
        )
    return u0


def _shown(value: object) -> str:
    shape = np.shape(value) if isinstance(value, (list, tuple, np.ndarray)) else None
    return repr(value) if shape is None else f"of shape {shape}"
