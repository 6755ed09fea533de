"""Stiffness read off a curve: least-squares slopes over stated windows (S9)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fascia.errors import ReadoutError

Floats = NDArray[np.float64]

SLR_WINDOWS_DEG = ((20.0, 70.0), (20.0, 50.0), (40.0, 70.0), (30.0, 60.0))
"""The first is the default (assumed: the paper was not seen); the others are printed beside it."""

CURVE_STEP_DEG = 2.0
"""Spacing of the curve and of the slope windows [deg]; end angles are root-found instead."""


def slope(x: Floats, y: Floats) -> float:
    """Least-squares slope of y against x, in units of y per unit of x."""
    x = np.asarray(x, float)
    y = np.asarray(y, float)
    spread = x - x.mean()
    scale = spread @ spread
    if len(x) < 2 or scale == 0.0:
        raise ReadoutError(
            f"a slope needs at least two different abscissae and has {len(x)} points; "
            "widen the window or ask for more angles"
        )
    return float(spread @ (y - y.mean()) / scale)


def window_points(window_deg: tuple[float, float], step_deg: float = CURVE_STEP_DEG) -> Floats:
    """Evenly spaced angles over a window [rad]."""
    low, high = window_deg
    if not 0.0 <= low < high:
        raise ReadoutError(
            f"the window {low:g} to {high:g} deg is empty or negative; give it as (low, high)"
        )
    return np.radians(np.arange(low, high + 1e-9, step_deg))
