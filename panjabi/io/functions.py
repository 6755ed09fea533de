"""Functions of one coordinate with exact derivatives, and their elements in an OpenSim file.

Constant, linear, polynomial, spline and multiplied functions are piecewise polynomials, so one
class represents them exactly; a sine has another class.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from math import comb, factorial

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.tree import POLYNOMIAL_TERMS, Floats
from panjabi.io.findings import Findings
from panjabi.io.markup import Element
from panjabi.results import ShortRepr

ROUNDING = 8.0 * np.finfo(float).eps
MOST_COEFFICIENTS = 60


@dataclass(frozen=True, eq=False, repr=False)
class Piecewise(ShortRepr):
    """A function of one variable as polynomials between borders.

    Piece i is sum_k coefficients[i, k] (x - origin[i])^k for borders[i - 1] <= x < borders[i]; the
    first and the last piece extend to infinity.
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
        """Degree if the function is a single polynomial, otherwise None."""
        if len(self.borders):
            return None
        nonzero = np.flatnonzero(self.coefficients[0])
        return int(nonzero[-1]) if len(nonzero) else 0

    def times(self, factor: float) -> Piecewise:
        """The function multiplied by a number."""
        return replace(self, coefficients=factor * self.coefficients)


@dataclass(frozen=True)
class Sine:
    """amplitude sin(frequency x + phase) + offset."""

    amplitude: float
    frequency: float = 1.0
    phase: float = 0.0
    offset: float = 0.0

    @property
    def degree(self) -> int | None:
        """None, since a sine is not a polynomial."""
        return None

    @property
    def borders(self) -> Floats:
        """No borders between pieces, (0,)."""
        return np.empty(0)

    def taylor(self, x: float, terms: int = POLYNOMIAL_TERMS) -> Floats:
        """Taylor coefficients f(x), f'(x), f''(x)/2, ..., (terms,)."""
        k = np.arange(terms)
        angle = self.frequency * x + self.phase + 0.5 * np.pi * k
        factorials = np.array([factorial(n) for n in k], float)
        series = np.asarray(self.amplitude * self.frequency**k * np.sin(angle) / factorials, float)
        series[0] += self.offset
        return series

    def __call__(self, x: float) -> float:
        """Value."""
        return float(self.taylor(x, 1)[0])

    def times(self, factor: float) -> Sine:
        """The function multiplied by a number."""
        return replace(self, amplitude=factor * self.amplitude, offset=factor * self.offset)


Function = Piecewise | Sine


def cosine(amplitude: float) -> Sine:
    """amplitude cos x."""
    return Sine(amplitude, phase=0.5 * np.pi)


def shifted(coefficients: ArrayLike, h: float) -> Floats:
    """Coefficients of p(x + h) in powers of x, from those of p."""
    c = np.asarray(coefficients, float)
    n = len(c)
    return np.array([sum(comb(j, k) * c[j] * h ** (j - k) for j in range(k, n)) for k in range(n)])


def composed(outer: Floats, inner: Floats) -> Floats:
    """Taylor coefficients of f(g(x)) from those of f at g(x) and of g at x, of the same order."""
    step = inner.copy()
    step[0] = 0.0
    result = np.zeros_like(inner)
    for c in outer[::-1]:
        result = np.convolve(result, step)[: len(inner)]
        result[0] += c
    return result


def polynomial(ascending: ArrayLike) -> Piecewise:
    """A polynomial, with coefficients from the constant upwards."""
    return Piecewise(np.empty(0), np.zeros(1), np.atleast_2d(np.asarray(ascending, float)))


def constant(value: float) -> Piecewise:
    """A constant function."""
    return polynomial([value])


def linear(slope: float = 1.0, intercept: float = 0.0) -> Piecewise:
    """slope x + intercept."""
    return polynomial([intercept, slope])


def piecewise_linear(x: ArrayLike, y: ArrayLike) -> Piecewise:
    """Straight lines between points; the first and the last continue beyond the points.

    A single line if all points lie on it to rounding.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if len(x) == 1:
        return constant(float(y[0]))
    steepness = (y[-1] - y[0]) / (x[-1] - x[0])
    line = linear(float(steepness), float(y[0] - steepness * x[0]))
    size = np.abs(y).max() + abs(steepness) * np.abs(x).max()
    if np.abs(line.coefficients[0] @ [np.ones_like(x), x] - y).max() <= ROUNDING * size:
        return line
    slope = np.diff(y) / np.diff(x)
    return Piecewise(x[1:-1], x[:-1], np.column_stack([y[:-1], slope]))


def simm_spline(x: ArrayLike, y: ArrayLike) -> Piecewise:
    """The cubic spline of SIMM and OpenSim: C2, straight beyond the first and last point.

    The third derivative of the first piece is that of the cubic through the first four points, and
    similarly at the end; with three points it is zero. Points on a line give that line.

    References
    ----------
    Forsythe, Malcolm, Moler (1977), Computer Methods for Mathematical Computations, spline.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    n = len(x)
    line = piecewise_linear(x, y)
    if line.degree is not None:
        return line
    h, slope = np.diff(x), np.diff(y) / np.diff(x)
    # The unknowns are the second derivatives m at the points.
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
    """Third derivative of the cubic through four points: six times the third divided difference."""
    table = y
    for k in range(1, 4):
        table = np.diff(table) / (x[k:] - x[:-k])
    return 6.0 * float(table[0])


# --- composition ---------------------------------------------------------------------------

Chain = tuple[Function, ...]
"""Functions that are applied in this order."""


def series(functions: Chain, x: float) -> Floats:
    """Taylor coefficients at x of functions applied one after the other, (5,)."""
    result = np.array([x, 1.0, 0.0, 0.0, 0.0])
    for function in functions:
        result = composed(function.taylor(result[0]), result)
    return result


def exact_polynomial(functions: Chain) -> Floats | None:
    """Coefficients (5,) from the constant upwards, or None if degree 4 is not enough."""
    degree = 1
    for function in functions:
        if function.degree is None:
            return None
        degree *= function.degree
    return series(functions, 0.0) if degree < POLYNOMIAL_TERMS else None


def osculating(functions: Chain, x: float) -> Floats:
    """The polynomial (5,) with the value and the first four derivatives at x."""
    return shifted(series(functions, x), -x)


# --- in a file -----------------------------------------------------------------------------


def named_function(
    element: Element, role: str, findings: Findings, affects: str
) -> Function | None:
    """The function in an element for a role: in `<role>`, with name="role", or its only object.

    None if there is none. A function of unknown type is listed and read as zero.
    """
    holder = element.first(role)
    if holder is not None:
        function = holder.children[0] if holder.children else None
    else:
        unnamed = [c for c in element.children if c.tag[:1].isupper() and not c.name]
        function = element.named(role) or (unnamed[0] if len(unnamed) == 1 else None)
    if function is None:
        return None
    return read_function(function.take(), findings, affects)


def read_function(element: Element, findings: Findings, affects: str) -> Function:
    """The function of an element; a function of unknown type is listed and read as zero."""
    reader = READERS.get(element.tag)
    if reader is not None:
        return reader(element)
    if element.tag == "MultiplierFunction":
        factor = element.number("scale", default=1.0)
        inner = named_function(element, "function", findings, affects)
        return (inner or constant(0.0)).times(factor)
    known = ", ".join((*READERS, "MultiplierFunction"))
    findings.leave_out(element, f"read as zero; known functions: {known}", affects)
    return constant(0.0)


def _constant(element: Element) -> Function:
    return constant(element.number("value", default=0.0))


def _linear(element: Element) -> Function:
    slope, intercept = element.numbers("coefficients", count=2, default=(1.0, 0.0))
    return linear(slope, intercept)


def _polynomial(element: Element) -> Function:
    """A polynomial; in the file the coefficient of the highest power is first."""
    coefficients = element.numbers("coefficients")
    if len(coefficients) > MOST_COEFFICIENTS:
        raise element.wrong(
            f"at most {MOST_COEFFICIENTS} coefficients",
            str(len(coefficients)),
            "write a spline instead",
        )
    return polynomial(coefficients[::-1] or [0.0])


def _sine(element: Element) -> Function:
    sizes = {"amplitude": 1.0, "omega": 1.0, "phase": 0.0, "offset": 0.0}
    return Sine(*(element.number(tag, default=value) for tag, value in sizes.items()))


def _through(element: Element, curve: Callable[[Floats, Floats], Piecewise]) -> Piecewise:
    x, y = np.array(element.numbers("x")), np.array(element.numbers("y"))
    if len(x) != len(y) or not len(x) or (np.diff(x) <= 0.0).any():
        raise element.wrong(
            "as many values of y as of x, with increasing x",
            f"{len(x)} values of x and {len(y)} of y, or x that do not increase",
            "correct the points",
        )
    if len(x) > 1 and np.diff(x).min() <= ROUNDING * np.abs(x).max():
        raise element.wrong(
            "points far enough apart for a curve",
            "points that are too close together",
            "remove some of them",
        )
    return curve(x, y)


READERS: dict[str, Callable[[Element], Function]] = {
    "Constant": _constant,
    "LinearFunction": _linear,
    "PolynomialFunction": _polynomial,
    "Sine": _sine,
    "SimmSpline": partial(_through, curve=simm_spline),
    "PiecewiseLinearFunction": partial(_through, curve=piecewise_linear),
}
