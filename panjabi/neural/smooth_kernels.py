"""Smooth forms of the kinks of receptors and pools, each with its width and its exact slope."""

from __future__ import annotations

import math

from numba import njit

_FAR = 36.0  # exp(-36) is below rounding


@njit(cache=True, nogil=True)
def signed_power(v: float, p: float, v0: float) -> tuple[float, float]:
    """|v|^p sign v as v (v^2 + v0^2)^((p-1)/2), and its slope.

    For p < 1 the slope at rest is v0^(p-1), not infinite.
    """
    square = v * v + v0 * v0
    if square == 0.0:
        return 0.0, math.inf if p < 1.0 else (1.0 if p == 1.0 else 0.0)
    rise = square ** (0.5 * (p - 1.0))
    return v * rise, rise * (p * v * v + v0 * v0) / square


@njit(cache=True, nogil=True)
def rectified(x: float, width: float) -> tuple[float, float]:
    """max(x, 0) as width ln(1 + exp(x / width)), and its slope; width 0 gives the kink."""
    if width == 0.0 or abs(x) > _FAR * width:
        return (x, 1.0) if x > 0.0 else (0.0, 0.0)
    z = x / width
    if z > 0.0:
        e = math.exp(-z)
        return x + width * math.log1p(e), 1.0 / (1.0 + e)
    e = math.exp(z)
    return width * math.log1p(e), e / (1.0 + e)


@njit(cache=True, nogil=True)
def saturated(x: float, width: float) -> tuple[float, float]:
    """x limited to 0 to 1 with rounded corners, and its slope."""
    low, low_slope = rectified(x, width)
    high, high_slope = rectified(x - 1.0, width)
    return low - high, low_slope - high_slope


@njit(cache=True, nogil=True)
def limited(x: float, largest: float) -> tuple[float, float]:
    """x limited to both sides as largest tanh(x / largest), and its slope; 0: no limit."""
    if largest == 0.0:
        return x, 1.0
    z = math.tanh(x / largest)
    return largest * z, 1.0 - z * z


@njit(cache=True, nogil=True)
def unsaturated(u: float, width: float) -> float:
    """The x whose `saturated` is u, for 0 < u < 1."""
    low = math.log(-math.expm1(-u / width))  # exponents below 0: neither can overflow
    return u + width * (low - math.log(-math.expm1((u - 1.0) / width)))
