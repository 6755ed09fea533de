"""Motion of a model with the file's own functions, as trees that are exact at a posture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from panjabi.body.tree import POLYNOMIAL_TERMS, Floats, Integers, Tree
from panjabi.io.functions import Piecewise, composed, shifted
from panjabi.io.osim_coordinates import OsimCoordinate, chain
from panjabi.io.osim_joints import SHIFT, Joint

Chain = tuple[Piecewise, ...]
SAMPLES = 401
NO_RANGE = 4.0 * np.pi  # wider than this is "unlimited" [rad or m]


@dataclass(frozen=True)
class Fit:
    """A function of the file for which the body's tree holds a polynomial of degree 4 only."""

    body: str
    motion: str  # rotation1, translation2, ...
    coordinate: str
    low: float  # range fitted over [rad or m]
    high: float
    largest_deviation: float  # there [rad or m]
    unit: str  # of the deviation

    def __str__(self) -> str:
        return (
            f"{self.motion} of {self.body}: the function of {self.coordinate} is no polynomial of "
            f"degree 4 or less; `body` holds a fit from {self.low:.4g} to {self.high:.4g} that is "
            f"off by up to {self.largest_deviation:.2g} {self.unit}, `body_at(q)` is exact at q"
        )


def series(functions: Chain, x: float) -> Floats:
    """Taylor coefficients at x of functions applied one after the other, (5,)."""
    result = np.array([x, 1.0, 0.0, 0.0, 0.0])
    for function in functions:
        result = composed(function.taylor(result[0]), result)
    return result


def exact_polynomial(functions: Chain) -> Floats | None:
    """Coefficients (5,) from the constant upwards, or None where no degree 4 is enough."""
    degree = 1
    for function in functions:
        if function.degree is None:
            return None
        degree *= function.degree
    return series(functions, 0.0) if degree < POLYNOMIAL_TERMS else None


def osculating(functions: Chain, x: float) -> Floats:
    """The polynomial (5,) that has the value and the first four derivatives at x."""
    return shifted(series(functions, x), -x)


@dataclass(frozen=True, eq=False)
class Motions:
    """All elementary motions of a model: a tree without polynomials, and the file's functions."""

    frame: Tree  # poly is empty
    functions: tuple[Chain, ...]  # (ne,) from the free coordinate to the motion
    labels: tuple[tuple[str, str], ...]  # (ne,) body and name of the motion
    exact: Floats  # (ne, 5) polynomials; NaN where degree 4 is not enough

    @cached_property
    def inexact(self) -> Integers:
        """Motions that the tree cannot hold."""
        return np.flatnonzero(np.isnan(self.exact[:, 0]))

    def tree_at(self, q: Floats) -> Tree:
        """The tree whose motions have the file's values and derivatives up to the fourth at q.

        Everything that rests on up to two derivatives (poses, lengths, moment arms, mass matrix,
        Hessians) is exact there, and on the whole piece of a spline, but not beyond it.
        """
        poly = self.exact.copy()
        for e in self.inexact:
            poly[e] = osculating(self.functions[e], float(q[self.frame.coordinate[e]]))
        return self.frame._replace(poly=poly)

    def nominal(self, names: Sequence[str], ranges: Floats) -> tuple[Tree, tuple[Fit, ...]]:
        """One tree for all postures, with what its fits miss."""
        poly, fits = self.exact.copy(), []
        for e in self.inexact:
            k = int(self.frame.coordinate[e])
            low, high = _span(self.functions[e], *ranges[k])
            x = 0.5 * (low + high - (high - low) * np.cos(np.linspace(0.0, np.pi, SAMPLES)))
            y = np.array([series(self.functions[e], value)[0] for value in x])
            fitted = np.polynomial.Polynomial.fit(x, y, POLYNOMIAL_TERMS - 1)
            poly[e] = np.pad(c := fitted.convert().coef, (0, POLYNOMIAL_TERMS - len(c)))
            body, label = self.labels[e]
            unit = "m" if self.frame.slide[e] else "rad"
            missed = float(np.abs(fitted(x) - y).max())
            fits.append(Fit(body, label, names[k], low, high, missed, unit))
        return self.frame._replace(poly=poly), tuple(fits)


def _span(functions: Chain, low: float, high: float) -> tuple[float, float]:
    """The coordinate's range; where that is no real range, the span of the function's points."""
    borders = functions[0].borders
    if high - low > NO_RANGE and len(borders) > 1:
        return float(borders[0]), float(borders[-1])
    return (low, high) if low < high else (low - 1e-3, low + 1e-3)


def build_motions(
    joints: Sequence[Joint], coordinates: Mapping[str, OsimCoordinate], free: Sequence[str]
) -> Motions:
    """Flat arrays of the joints, one a body in the order of the bodies, parents first."""
    index = {"ground": 0} | {j.child: b for b, j in enumerate(joints, start=1)}
    motions = [(j, m) for j in joints for m in j.motions]
    chains = [chain(coordinates, m.coordinate) for _, m in motions]
    functions = tuple((*before, m.function) for (_, m), (_, before) in
                      zip(motions, chains, strict=True))  # fmt: skip
    missing = np.full(POLYNOMIAL_TERMS, np.nan)
    exact = [missing if (p := exact_polynomial(f)) is None else p for f in functions]
    count = len(motions)
    frame = Tree(
        np.array([-1] + [index[j.parent] for j in joints], np.int64),
        np.array([np.zeros(3)] + [j.loc for j in joints]),
        np.array([np.eye(3)] + [j.R0 for j in joints]),
        np.array([np.zeros(3)] + [j.child_loc for j in joints]),
        np.cumsum([0, 0] + [len(j.motions) for j in joints]).astype(np.int64),
        np.array([m.kind == SHIFT for _, m in motions], np.int64),
        np.array([m.axis for _, m in motions]).reshape(count, 3),
        np.array([free.index(name) for name, _ in chains], np.int64),
        np.zeros((count, POLYNOMIAL_TERMS)),
    )
    return Motions(
        frame,
        functions,
        tuple((j.child, m.label) for j, m in motions),
        np.array(exact).reshape(count, POLYNOMIAL_TERMS),
    )
