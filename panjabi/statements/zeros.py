"""One root of a function between two places of different sign."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def zero_between(f: Callable[[float], float], low: float, high: float, *, within: float) -> float:
    """Where f is zero, to `within` in its argument; f(low) and f(high) differ in sign."""
    from scipy.optimize import brentq

    found: Any = brentq(f, low, high, xtol=within)
    return float(found)
