"""Function elements of an OpenSim file as piecewise polynomials."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from panjabi.body.tree import Floats
from panjabi.io import functions
from panjabi.io.findings import Findings
from panjabi.io.functions import Piecewise
from panjabi.io.markup import Element


def named_function(
    element: Element, role: str, findings: Findings, affects: str
) -> Piecewise | None:
    """The function that an element holds under a role, `<function>` or `name="function"`.

    None when there is none; a function of a kind that is not known is listed and is zero.
    """
    holder = element.first(role)
    if holder is not None:
        found = holder.children[0].take() if holder.children else None
    else:
        found = element.named(role)
    if found is None:
        return None
    return read_function(found, findings, affects)


def read_function(element: Element, findings: Findings, affects: str) -> Piecewise:
    """The function of an element; of a kind that is not known, zero, and it is listed."""
    reader = READERS.get(element.tag)
    if reader is not None:
        return reader(element)
    if element.tag == "MultiplierFunction":
        factor = element.number("scale", default=1.0)
        inner = named_function(element, "function", findings, affects)
        return (inner or functions.constant(0.0)).times(factor)
    known = ", ".join((*READERS, "MultiplierFunction"))
    findings.leave_out(element, f"held at zero; functions known here are {known}", affects)
    return functions.constant(0.0)


def _constant(element: Element) -> Piecewise:
    return functions.constant(element.number("value", default=0.0))


def _linear(element: Element) -> Piecewise:
    slope, intercept = element.numbers("coefficients", count=2, default=(1.0, 0.0))
    return functions.linear(slope, intercept)


def _polynomial(element: Element) -> Piecewise:
    """The file writes the coefficient of the highest power first."""
    return functions.polynomial(element.numbers("coefficients")[::-1] or [0.0])


def _spline(element: Element) -> Piecewise:
    return functions.simm_spline(*_points(element))


def _broken_line(element: Element) -> Piecewise:
    return functions.piecewise_linear(*_points(element))


def _points(element: Element) -> tuple[Floats, Floats]:
    x, y = np.array(element.numbers("x")), np.array(element.numbers("y"))
    if len(x) != len(y) or not len(x) or (np.diff(x) <= 0.0).any():
        raise element.wrong(
            f"has {len(x)} values of x and {len(y)} of y, or x that do not rise",
            "as many of both, with rising x, are possible",
            "Correct the points.",
        )
    return x, y


READERS: dict[str, Callable[[Element], Piecewise]] = {
    "Constant": _constant,
    "LinearFunction": _linear,
    "PolynomialFunction": _polynomial,
    "SimmSpline": _spline,
    "NaturalCubicSpline": _spline,
    "natCubicSpline": _spline,
    "PiecewiseLinearFunction": _broken_line,
}
