"""Functions of one coordinate as piecewise polynomials: the file's own, with exact derivatives.

Constant, linear, polynomial, spline and multiplied functions are all piecewise polynomials, so one
class holds each without loss.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import comb

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.tree import POLYNOMIAL_TERMS, Floats


@dataclass(frozen=True, eq=False)
class Piecewise:
    """A function of one variable as polynomials between borders.

    Piece i is sum_k coefficients[i, k] (x - origin[i])^k, for x from borders[i - 1] on and below
    borders[i]; the first and the last piece reach to infinity.
    """

    borders: Floats  # (n - 1,) ascending
    origin: Floats  # (n,)
    coefficients: Floats  # (n, terms)

    def taylor(self, x: float, terms: int = POLYNOMIAL_TERMS) -> Floats:
        """Taylor coefficients f(x), f'(x), f''(x)/2, ..., (terms,)."""
        piece = int(np.searchsorted(self.borders, x, side="right"))
        series = shifted(self.coefficients[piece], x - self.origin[piece])
        return np.pad(series, (0, max(0, terms - len(series))))[:terms]

    def __call__(self, x: float) -> float:
        """Value."""
        return float(self.taylor(x, 1)[0])

    @property
    def degree(self) -> int | None:
        """Degree where one polynomial serves everywhere, else None."""
        if len(self.borders):
            return None
        nonzero = np.flatnonzero(self.coefficients[0])
        return int(nonzero[-1]) if len(nonzero) else 0

    def times(self, factor: float) -> Piecewise:
        """The function multiplied by a number."""
        return replace(self, coefficients=factor * self.coefficients)


def shifted(coefficients: ArrayLike, h: float) -> Floats:
    """Coefficients of p(x + h) in powers of x, from those of p."""
    c = np.asarray(coefficients, float)
    n = len(c)
    return np.array([sum(comb(j, k) * c[j] * h ** (j - k) for j in range(k, n)) for k in range(n)])


def composed(outer: Floats, inner: Floats) -> Floats:
    """Taylor coefficients of f(g(x)) from those of f at g(x) and of g at x, same order."""
    step = inner.copy()
    step[0] = 0.0
    result = np.zeros_like(inner)
    for c in outer[::-1]:
        result = np.convolve(result, step)[: len(inner)]
        result[0] += c
    return result


def polynomial(ascending: ArrayLike) -> Piecewise:
    """One polynomial everywhere, coefficients from the constant upwards."""
    return Piecewise(np.empty(0), np.zeros(1), np.atleast_2d(np.asarray(ascending, float)))


def constant(value: float) -> Piecewise:
    """The same value everywhere."""
    return polynomial([value])


def linear(slope: float = 1.0, intercept: float = 0.0) -> Piecewise:
    """slope x + intercept."""
    return polynomial([intercept, slope])


def piecewise_linear(x: ArrayLike, y: ArrayLike) -> Piecewise:
    """Straight lines between points, the first and last going on beyond them."""
    x, y = np.asarray(x, float), np.asarray(y, float)
    if len(x) == 1:
        return constant(float(y[0]))
    slope = np.diff(y) / np.diff(x)
    return Piecewise(x[1:-1], x[:-1], np.column_stack([y[:-1], slope]))


def simm_spline(x: ArrayLike, y: ArrayLike) -> Piecewise:
    """The cubic spline of SIMM and OpenSim: C2, straight beyond the first and last point.

    The third derivative of the first piece is that of the cubic through the first four points, and
    likewise at the end; with three points it is zero there, and two points give a line.

    References
    ----------
    Forsythe, Malcolm, Moler (1977), Computer Methods for Mathematical Computations, spline.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    n = len(x)
    if n < 3:
        return piecewise_linear(x, y)
    h, slope = np.diff(x), np.diff(y) / np.diff(x)
    # Unknown are the second derivatives m at the points.
    A, b = np.zeros((n, n)), np.zeros(n)
    for i in range(1, n - 1):
        A[i, i - 1 : i + 2] = h[i - 1], 2.0 * (h[i - 1] + h[i]), h[i]
        b[i] = 6.0 * (slope[i] - slope[i - 1])
    A[0, :2], A[-1, -2:] = (-1.0, 1.0), (-1.0, 1.0)
    if n > 3:
        b[0] = h[0] * _third_derivative(x[:4], y[:4])
        b[-1] = h[-1] * _third_derivative(x[-4:], y[-4:])
    m = np.linalg.solve(A, b)
    first = slope - h * (2.0 * m[:-1] + m[1:]) / 6.0
    last = slope[-1] + h[-1] * (m[-2] + 2.0 * m[-1]) / 6.0
    zero = 0.0
    rows = [
        [y[0], first[0], zero, zero],
        *np.column_stack([y[:-1], first, m[:-1] / 2.0, np.diff(m) / (6.0 * h)]),
        [y[-1], last, zero, zero],
    ]
    return Piecewise(x, np.concatenate([x[:1], x[:-1], x[-1:]]), np.array(rows))


def _third_derivative(x: Floats, y: Floats) -> float:
    """Of the cubic through four points: six times the third divided difference."""
    table = y
    for k in range(1, 4):
        table = np.diff(table) / (x[k:] - x[:-k])
    return 6.0 * float(table[0])
