"""The paths of the rightmost roots while one parameter, such as the delay, grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from panjabi.errors import ParameterError
from panjabi.stability.delays.axis import Crossing, crossings_along, speed
from panjabi.stability.delays.family import Family
from panjabi.stability.delays.spectrum import characteristic_roots
from panjabi.stability.delays.system import Complexes, Floats


@dataclass(frozen=True, eq=False)
class RootLoci:
    """Branches of roots with non-negative imaginary part; nan where a branch is not among them."""

    name: str  # of the parameter
    values: Floats  # (k,)
    branches: Complexes  # (b, k) [1/s]
    crossings: tuple[Crossing, ...]


def root_loci(family: Family, values: Sequence[float] | Floats, *, count: int = 6) -> RootLoci:
    """Branches of the `count` rightmost roots over rising values of the one parameter.

    A root is joined to the branch whose predicted place (by its exact speed) is nearest.
    """
    at = np.asarray(values, float)
    if len(family.names) != 1 or at.ndim != 1 or len(at) < 2 or np.any(np.diff(at) <= 0.0):
        raise ParameterError(
            f"root loci of {family.names} over {at.shape} values were asked; possible: one "
            "parameter and two or more rising values. Sort them."
        )
    open_: list[tuple[list[complex], complex]] = []  # branch, predicted speed
    for k, value in enumerate(at):
        system = family.system((value,))
        (rate,) = family.rates((value,))
        roots = [complex(s) for s in characteristic_roots(system, count=count).roots if s.imag >= 0]
        moves = [speed(system, s, system.parameter_rate(s, rate)) for s in roots]
        step = value - at[k - 1] if k else 0.0
        gaps = [
            (abs(branch[-1] + step * pace - s), b, r)
            for b, (branch, pace) in enumerate(open_)
            if np.isfinite(branch[-1])
            for r, s in enumerate(roots)
        ]
        taken_b: set[int] = set()
        taken_r: set[int] = set()
        for gap, b, r in sorted(gaps):
            if b in taken_b or r in taken_r or gap > 0.3 * (1.0 + abs(roots[r])):
                continue
            open_[b] = ([*open_[b][0], roots[r]], moves[r])
            taken_b.add(b)
            taken_r.add(r)
        for b, (branch, pace) in enumerate(open_):
            if b not in taken_b:
                open_[b] = ([*branch, complex(np.nan, np.nan)], pace)
        for r, s in enumerate(roots):
            if r not in taken_r:
                open_.append(([complex(np.nan, np.nan)] * k + [s], moves[r]))
    branches = np.array([branch for branch, _ in open_])
    met = crossings_along(family, float(at[0]), float(at[-1]))
    return RootLoci(family.names[0], at, branches, met)
