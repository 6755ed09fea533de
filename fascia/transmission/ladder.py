"""Attenuation along an anchored chain, in closed form (fascia ladder, V5).

Axial links of stiffness k; every node has an attachment stiffness k_g to ground (its tie); the
ratio is k_g / k.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError

Floats = NDArray[np.float64]


def _check(ratio: float) -> None:
    if not (math.isfinite(ratio) and ratio >= 0.0):
        raise ParameterError(
            f"Expected a finite tie ratio k_g / k of at least 0, got {ratio:g}; give a finite "
            "number >= 0 (a clamped chain transmits nothing)."
        )


def _rate(ratio: float) -> float:
    """m of cosh m = 1 + ratio / 2, from sinh(m / 2) so that a small ratio stays accurate."""
    return 2.0 * math.asinh(math.sqrt(ratio) / 2.0)


def decay_per_station(ratio: float) -> float:
    """Displacement of a node over that of the previous node in a long chain [1].

    1 + ratio/2 - sqrt(ratio + ratio^2/4).
    """
    _check(ratio)
    return math.exp(-_rate(ratio))


def displacements(ratio: float, links: int) -> Floats:
    """u_i / u_0 for i = 0..links [1], far end fixed: sinh((links - i) m) / sinh(links m)."""
    _check(ratio)
    i = np.arange(links + 1)
    m = _rate(ratio)
    if m * links < 1e-8:  # higher terms are below rounding
        return (links - i) / links
    return np.exp(-i * m) * np.expm1(-2.0 * (links - i) * m) / math.expm1(-2.0 * links * m)


def force_ratio(ratio: float, links: int) -> float:
    """Force in the last link over force in the first, far end fixed [1]."""
    u = displacements(ratio, links)
    return float((u[-2] - u[-1]) / (u[0] - u[1]))
