"""Newton on the characteristic matrix, and roots that coincide.

The bordered system [[M(s), M'(s) v], [v*, 0]] stays regular at a simple root. At a root of
multiplicity m Newton only creeps and rounding spreads the copies by eps^(1/m); their mean is
well conditioned, and a contour integral round them gives it together with their number.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from panjabi.stability.delays.system import Complexes, LinearDelaySystem

STEPS = 40
EPS = 2.3e-16
CIRCLE = 64  # points of a contour: its integrals converge geometrically


@dataclass(frozen=True, eq=False)
class Root:
    """A root, its unit null vector, and how well M(s) v vanishes."""

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
    v = start_vector(system, s)
    best: Root | None = None
    last = np.inf
    for _ in range(STEPS):
        x = _solve(system.matrix(s), system.matrix_rate(s) @ v, s)
        along = v.conj() @ x
        if not np.isfinite(along) or along == 0.0:
            break
        change = -complex(1.0 / along)
        if real:
            change = complex(change.real, 0.0)
        step = abs(change)
        if step > 1e3 * (1.0 + abs(guess)):
            break  # far out; or on top of a multiple root, where rounding throws Newton off
        v = x / np.linalg.norm(x)
        s += change
        residual = float(np.linalg.norm(system.matrix(s) @ v)) / system.taps.scale(s)
        if best is None or residual <= best.residual or step < 1e-8 * (1.0 + abs(s)):
            best = Root(s, v, residual, step)
        small = 1e-14 * (1.0 + abs(s))
        if step <= small or (step <= 1e4 * small and step >= 0.5 * last):
            break
        if residual <= 4.0 * EPS and step >= 0.3 * last:
            break  # creeps towards a multiple root
        last = step
    return best


def start_vector(system: LinearDelaySystem, s: complex) -> Complexes:
    """Two steps of inverse iteration towards the null vector of M(s)."""
    v = np.exp(2.4j * np.arange(system.size) ** 2)  # the same on every run, not across to much
    M = system.matrix(s)
    for _ in range(2):
        v = _solve(M, v, s)
        v = v / np.linalg.norm(v)
    return v


def _solve(M: Complexes, b: Complexes, s: complex) -> Complexes:
    try:
        return np.linalg.solve(M, b)
    except np.linalg.LinAlgError:  # exactly singular: any tiny shift gives the null vector
        return np.linalg.solve(M + EPS * max(float(np.abs(M).max()), 1.0) * np.eye(len(M)), b)


def merged(system: LinearDelaySystem, roots: list[Root]) -> list[Root]:
    """Copies of a multiple root put together; distinct neighbours stay apart."""
    left, out = list(roots), []
    while left:
        root = left.pop(0)
        radius = 1e-3 * (1.0 + abs(root.value))
        near = [r for r in left if abs(r.value - root.value) < radius]
        crept = root.step > 1e-11 * (1.0 + abs(root.value))
        if not near and not crept:
            out.append(root)
            continue
        whole = _cluster(system, root, radius)
        if whole is None:
            out.append(root)
            continue
        out.append(whole)
        left = [r for r in left if abs(r.value - whole.value) >= radius]
    return out


def _cluster(system: LinearDelaySystem, root: Root, radius: float) -> Root | None:
    """The multiple root near one of its copies; None where the roots differ truly."""
    centre = root.value
    for _ in range(2):  # the second circle is centred on the mean
        turn = np.exp(2j * np.pi * (np.arange(CIRCLE) + 0.5) / CIRCLE)
        s = centre + 3.0 * radius * turn
        try:
            inverse = np.linalg.solve(system.matrix(s), system.matrix_rate(s))
        except np.linalg.LinAlgError:
            return None
        density = np.trace(inverse, axis1=1, axis2=2) * 3.0 * radius * turn / CIRCLE
        number = density.sum()
        many = round(number.real)
        if many < 1 or abs(number - many) > 1e-6:
            return None
        offset = 3.0 * radius * turn
        mean = complex((density * offset).sum() / many)
        spread = complex((density * (offset - mean) ** 2).sum() / many)
        centre = centre + mean
    # Rounding of the data alone moves the copies of an m-fold root by eps^(1/m).
    if many > 1 and abs(spread) > (10.0 * EPS ** (1.0 / many) * (1.0 + abs(centre))) ** 2:
        return None
    if abs(centre.imag) < 1e-9 * (1.0 + abs(centre)) and abs(root.value.imag) < radius:
        centre = complex(centre.real, 0.0)
    v = start_vector(system, centre)
    residual = float(np.linalg.norm(system.matrix(centre) @ v)) / system.taps.scale(centre)
    return Root(centre, v, residual, 0.0, many)
