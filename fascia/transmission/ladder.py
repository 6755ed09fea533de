"""The anchored chain in closed form: what a tie at every station takes off (fascia ladder, V5).

Axial links of stiffness k, a tie k_g to ground at every node, kap = k_g / k.
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
            f"the tie ratio is {ratio:g}; give a finite number >= 0 (k_g / k). "
            "A clamped chain passes nothing on."
        )


def decay_per_station(ratio: float) -> float:
    """Displacement of a node over that of the one before it in a long chain [1]."""
    _check(ratio)
    return 1.0 + ratio / 2.0 - math.sqrt(ratio + ratio**2 / 4.0)


def displacements(ratio: float, links: int) -> Floats:
    """u_i / u_0 for i = 0..links, far end fixed."""
    _check(ratio)
    i = np.arange(links + 1)
    if ratio == 0.0:
        return (links - i) / links
    m = math.acosh(1.0 + ratio / 2.0)
    return np.sinh((links - i) * m) / math.sinh(links * m)


def force_ratio(ratio: float, links: int) -> float:
    """Force in the last link over force in the first, far end fixed [1]."""
    u = displacements(ratio, links)
    return float((u[-2] - u[-1]) / (u[0] - u[1]))
