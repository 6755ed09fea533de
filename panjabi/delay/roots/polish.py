"""Newton on the characteristic matrix, and roots that coincide.

The bordered system [[M(s), M'(s) v], [v*, 0]] stays regular at a simple root. At a root of
multiplicity m Newton converges slowly and rounding spreads the copies by eps^(1/m). Their mean is
well conditioned, and a contour integral around them gives the mean and their number.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from panjabi.delay.roots.system import Complexes, LinearDelaySystem

STEPS = 40
EPS = 2.3e-16
CIRCLE = 64  # points of a contour: its integrals converge geometrically
LARGEST_POWER = 700.0  # exp of more is beyond the largest double


@dataclass(frozen=True, eq=False)
class Root:
    """A root, its unit null vector, and the residual of M(s) v."""

    value: complex  # [1/s]
    vector: Complexes = field(repr=False)  # (n,)
    residual: float  # |M(s) v| over the size of the terms of M
    step: float  # size of Newton's last step [1/s]
    multiplicity: int = 1


def polish(system: LinearDelaySystem, guess: complex) -> Root | None:
    """The root Newton reaches; None when it diverges."""
    s = complex(guess)
    real = abs(s.imag) <= 1e-9 * (1.0 + abs(s))
    if real:
        s = complex(s.real, 0.0)
    with np.errstate(over="ignore", invalid="ignore"):  # exp(-s T) far to the left
        return _newton(system, s, real)


def _newton(system: LinearDelaySystem, s: complex, real: bool) -> Root | None:
    taps, far = system.taps, 1e3 * (1.0 + abs(s))
    v = start_vector(system, s)
    M, slope = taps.matrix_and_rate(s)
    best: Root | None = None
    last = np.inf
    for _ in range(STEPS):
        x = _solve(M, slope @ v)
        along = v.conj() @ x
        if not np.isfinite(along) or along == 0.0:
            break
        change = -complex(1.0 / along)
        if real:
            change = complex(change.real, 0.0)
        step = abs(change)
        if step > far:
            break  # far away; or at a multiple root, where rounding misleads Newton
        v = x / np.linalg.norm(x)
        s += change
        M, slope = taps.matrix_and_rate(s)
        residual = float(np.linalg.norm(M @ v)) / taps.scale(s)
        if best is None or residual <= best.residual or step < 1e-8 * (1.0 + abs(s)):
            best = Root(s, v, residual, step)
        small = 1e-14 * (1.0 + abs(s))
        if step <= small or (step <= 1e4 * small and step >= 0.5 * last):
            break
        if residual <= 4.0 * EPS and (step >= 0.3 * last or step < 1e-12 * (1.0 + abs(s))):
            break  # at rounding, or slow towards a multiple root
        last = step
    return best


def start_vector(system: LinearDelaySystem, s: complex) -> Complexes:
    """Two steps of inverse iteration towards the null vector of M(s)."""
    v = np.exp(2.4j * np.arange(system.size) ** 2)  # the same on every run, and rarely orthogonal
    M = system.matrix(s)
    for _ in range(2):
        v = _solve(M, v)
        v = v / np.abs(v).max()  # first, because the square of a small number can be zero
        v = v / np.linalg.norm(v)
    return v


def _solve(M: Complexes, b: Complexes) -> Complexes:
    try:
        return np.linalg.solve(M, b)
    except np.linalg.LinAlgError:  # exactly singular: any tiny shift gives the null vector
        return np.linalg.solve(M + EPS * max(float(np.abs(M).max()), 1.0) * np.eye(len(M)), b)


def merged(system: LinearDelaySystem, roots: list[Root], doubtful: list[float]) -> list[Root]:
    """The roots with copies of a multiple root merged and close roots separated.

    doubtful : for every root the distance within which Newton may have missed a neighbour, 0 where
        there is no sign of a neighbour.
    """
    order = sorted(range(len(roots)), key=lambda i: -doubtful[i])
    waiting, separated = [(roots[i], doubtful[i]) for i in order], []
    while waiting:
        root, doubt = waiting.pop(0)
        size = 1.0 + abs(root.value)
        radius = max(3e-3 * size, 2.0 * doubt)
        near = [r for r, _ in waiting if abs(r.value - root.value) < 1e-3 * size]
        if not near and not doubt and root.step <= 1e-11 * size:
            separated.append(root)
            continue
        neighbours = cluster(system, root.value, radius)
        if neighbours is None:
            separated.append(root)
            continue
        separated.extend(neighbours)
        waiting = [(r, d) for r, d in waiting if abs(r.value - root.value) >= radius]
    return _upper(separated)


def _upper(roots: list[Root]) -> list[Root]:
    """Each root once, and of a conjugate pair the upper one."""
    kept: list[Root] = []
    for root in roots:
        value = complex(root.value.real, abs(root.value.imag))
        if all(abs(value - k.value) > 1e-9 * (1.0 + abs(value)) for k in kept):
            vector = root.vector if root.value.imag >= 0.0 else root.vector.conj()
            kept.append(replace(root, value=value, vector=vector))
    return kept


def cluster(system: LinearDelaySystem, centre: complex, radius: float) -> list[Root] | None:
    """All roots in a circle, from contour integrals of the trace of M^-1 M'.

    Their number and power sums give a polynomial whose zeros are polished; zeros that rounding of
    the data could have pulled apart are one root of that multiplicity. None where the circle
    passes too near to a root, contains more than four, or exp(-s T) overflows on it.
    """
    turn = np.exp(2j * np.pi * (np.arange(CIRCLE) + 0.5) / CIRCLE)
    offset = radius * turn
    if system.taps.delay.size and system.taps.delay.max() * (radius - centre.real) > LARGEST_POWER:
        return None
    try:
        s = centre + offset
        inverse = np.linalg.solve(system.matrix(s), system.matrix_rate(s))
    except np.linalg.LinAlgError:
        return None
    density = np.trace(inverse, axis1=1, axis2=2) * offset / CIRCLE
    count = round(density.sum().real)
    if not 1 <= count <= 4 or abs(density.sum() - count) > 1e-6:
        return None
    sums = [complex((density * turn**k).sum()) for k in range(1, count + 1)]
    mean = sums[0] / count
    spread = 0.0 if count == 1 else abs(sums[1] / count - mean**2)
    middle = centre + radius * mean
    if count > 1 and radius**2 * spread < (10.0 * EPS ** (1.0 / count) * (1.0 + abs(middle))) ** 2:
        if radius > 1e-2 * (1.0 + abs(middle)):  # a smaller circle is more accurate
            return cluster(system, middle, 3e-3 * (1.0 + abs(middle)))
        if abs(middle.imag) < 1e-9 * (1.0 + abs(middle)):
            middle = complex(middle.real, 0.0)
        v = start_vector(system, middle)
        residual = float(np.linalg.norm(system.matrix(middle) @ v)) / system.taps.scale(middle)
        return [Root(middle, v, residual, 0.0, count)]
    polished = [polish(system, centre + radius * z) for z in np.roots(_polynomial(sums))]
    return [root for root in polished if root is not None]


def _polynomial(sums: list[complex]) -> list[complex]:
    """Coefficients of the polynomial whose zeros have these power sums (Newton's identities)."""
    e = [1.0 + 0j]
    for k in range(1, len(sums) + 1):
        e.append(sum((-1) ** (i - 1) * e[k - i] * sums[i - 1] for i in range(1, k + 1)) / k)
    return [(-1) ** k * value for k, value in enumerate(e)]
