"""Stiffness from a curve: least-squares slopes over windows of angle (S9)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fascia.errors import ReadoutError

Floats = NDArray[np.float64]

SLR_WINDOWS_DEG = ((20.0, 70.0), (20.0, 50.0), (40.0, 70.0), (30.0, 60.0))
"""The first is the default (assumed: the paper was not read); the others are also printed."""

CURVE_STEP_DEG = 2.0
"""Spacing of the curve and of the slope windows [deg]; root finding gives the end angle."""


def slope(x: Floats, y: Floats) -> float:
    """Least-squares slope of y against x, in units of y per unit of x."""
    x = np.asarray(x, float)
    y = np.asarray(y, float)
    spread = x - x.mean()
    scale = spread @ spread
    if len(x) < 2 or scale == 0.0:
        raise ReadoutError(
            f"Expected at least two different abscissae for a slope, got {len(x)} points; "
            "widen the window or add angles."
        )
    return float(spread @ (y - y.mean()) / scale)


def window_points(window_deg: tuple[float, float], step_deg: float = CURVE_STEP_DEG) -> Floats:
    """Evenly spaced angles over a window [rad]."""
    low, high = window_deg
    if not 0.0 <= low < high:
        raise ReadoutError(
            f"Expected a window (low, high) with 0 <= low < high, got {low:g} to {high:g} deg, "
            "which is empty or negative; exchange or correct the limits."
        )
    return np.radians(np.arange(low, high + 1e-9, step_deg))
