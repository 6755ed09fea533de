"""The paths of the rightmost roots while one parameter, such as the delay, grows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from panjabi.delay.roots.axis import Crossing, crossings_along, speed
from panjabi.delay.roots.family import Family
from panjabi.delay.roots.spectrum import characteristic_roots
from panjabi.delay.roots.system import Complexes, Floats
from panjabi.errors import ParameterError

LOST = 0.3  # relative error of a prediction above which a root belongs to another branch
ROUGH = 0.02  # relative error of a prediction above which the step is halved
FINEST = 3e-4  # shortest step, as a fraction of the range


@dataclass(frozen=True, eq=False)
class RootLoci:
    """Branches of roots with non-negative imaginary part; nan where a branch is not followed."""

    name: str  # of the parameter
    values: Floats  # (k,)
    branches: Complexes  # (b, k) [1/s]
    crossings: tuple[Crossing, ...]


def root_loci(family: Family, values: Sequence[float] | Floats, *, count: int = 6) -> RootLoci:
    """Branches of the `count` rightmost roots over rising values of the one parameter.

    A root continues the branch whose prediction (by its exact speed) is nearest; intermediate
    values are added where predictions are inaccurate.
    """
    at = np.asarray(values, float)
    if len(family.names) != 1 or at.ndim != 1 or len(at) < 2 or np.any(np.diff(at) <= 0.0):
        raise ParameterError(
            f"Expected one parameter and two or more rising values, got {family.names} and "
            f"values of shape {at.shape}; sort the values."
        )
    todo, done = [float(v) for v in reversed(at)], []
    open_: list[tuple[list[complex], complex]] = []  # branch, speed of its last root
    while todo:
        value = todo.pop()
        roots, moves = _roots(family, value, count)
        step = value - done[-1] if done else 0.0
        pairs, gap = _matched(open_, roots, step)
        ends = [b for b, (branch, _) in enumerate(open_) if np.isfinite(branch[-1])]
        torn = len(pairs) < min(len(ends), len(roots))  # a branch ends where another begins
        if done and (gap > ROUGH or torn) and step > FINEST * (at[-1] - at[0]):
            todo += [value, value - 0.5 * step]  # real roots that meet turn off sharply
            continue
        for b, (branch, pace) in enumerate(open_):
            r = pairs.get(b)
            open_[b] = (
                [*branch, complex(np.nan, np.nan) if r is None else roots[r]],
                pace if r is None else moves[r],
            )
        for r in set(range(len(roots))) - set(pairs.values()):
            open_.append(([complex(np.nan, np.nan)] * len(done) + [roots[r]], moves[r]))
        done.append(value)
    branches = np.array([branch for branch, _ in open_])
    crossings = crossings_along(family, float(at[0]), float(at[-1]))
    return RootLoci(family.names[0], np.array(done), branches, crossings)


def _roots(family: Family, value: float, count: int) -> tuple[list[complex], list[complex]]:
    system = family.system((value,))
    (rate,) = family.rates((value,))
    roots = [complex(s) for s in characteristic_roots(system, count=count).roots if s.imag >= 0.0]
    return roots, [speed(system, s, system.parameter_rate(s, rate)) for s in roots]


def _matched(
    branches: list[tuple[list[complex], complex]], roots: list[complex], step: float
) -> tuple[dict[int, int], float]:
    """Branch -> root, nearest first, and the largest error of a prediction among them."""
    gaps = sorted(
        (abs(branch[-1] + step * pace - s) / (1.0 + abs(s)), b, r)
        for b, (branch, pace) in enumerate(branches)
        if np.isfinite(branch[-1])
        for r, s in enumerate(roots)
    )
    pairs: dict[int, int] = {}
    worst = 0.0
    for gap, b, r in gaps:
        if b not in pairs and r not in pairs.values() and gap < LOST:
            pairs[b] = r
            worst = max(worst, gap)
    return pairs, worst
