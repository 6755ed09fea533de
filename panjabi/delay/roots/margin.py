"""Delay margin: the longest loop delay that keeps a system stable.

If all delayed terms have one delay T, the crossing frequencies need no search: a delayed part of
rank one gives |g(i w)| = 1, whose solutions are the imaginary eigenvalues of a Hamiltonian matrix;
a small system of any rank gives a quadratic eigenproblem for z = exp(-i w T) (Louisell 2001;
Jarlebring & Hochstenbach 2009). Otherwise the delay is increased step by step. Newton on (w, T)
refines every crossing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from panjabi.delay.roots.axis import Crossing, crossings_along, meet
from panjabi.delay.roots.counting import count_unstable
from panjabi.delay.roots.family import DelayFamily
from panjabi.delay.roots.frequencies import crossing_phases
from panjabi.delay.roots.system import LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import Result, finite

LARGEST_VERIFIED = 40  # states
BEYOND = 1e-3  # relative distance beyond a margin at which the roots are counted


@dataclass(frozen=True, repr=False)
class DelayMargin(Result):
    """The first crossing as the delay grows from zero, and all others."""

    margin: float  # [s]; inf: no delay destabilises; 0: unstable without delay
    frequency: float  # of the crossing [rad/s]; nan where there is none
    crossings: tuple[Crossing, ...]  # with exact methods the first of each frequency
    unstable_without_delay: int  # roots with a real part that is not negative, at zero delay
    method: str  # "hamiltonian", "kronecker" or "continuation"
    searched_to: float  # inf for exact methods
    reason: str
    verified: bool = False  # whether the argument principle agrees, up to 40 states

    @property
    def residual(self) -> float:
        """Largest of the crossings; M(i w) v over the size of its terms."""
        return max((c.residual for c in self.crossings), default=0.0)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a margin or crossing that does not exist is null."""
        return {
            "delay_margin_s": finite(self.margin),
            "crossing_rad_per_s": finite(self.frequency),
            "reason": self.reason,
        }

    def unstable_roots(self, delay: float) -> int:
        """Number of unstable roots at any delay, counted by the crossings below it.

        Raises
        ------
        ParameterError
            Beyond the searched delays, or if no crossing can be counted (neutral, see reason).
        """
        if not 0.0 <= delay <= self.searched_to or math.isnan(self.searched_to):
            raise ParameterError(
                f"Expected a delay from 0 to {self.searched_to:g}, got {delay!r}; search further."
            )
        number = self.unstable_without_delay
        for c in self.crossings:
            if c.value < delay:
                again = 1
                if math.isinf(self.searched_to):  # the same frequency meets the axis again
                    again += int((delay - c.value) / (2.0 * math.pi / c.frequency))
                number += again * c.roots
        return number


def delay_margin(
    system: LinearDelaySystem,
    *,
    vary: Sequence[int] | None = None,
    method: str = "exact",
    largest: float | None = None,
) -> DelayMargin:
    """Smallest delay at which a system that is stable without delay loses stability [s].

    Parameters
    ----------
    vary : numbers of the delayed terms with the varied delay; the others keep theirs. By default
        all, whose delays must then be equal.
    method : "exact", or "kronecker" or "continuation" to force one of these.
    largest : longest delay of continuation [s]; by default twenty times the longest time constant.

    Raises
    ------
    ParameterError
        If nothing is delayed, the delays differ, or the method does not apply.
    """
    terms = range(len(system.delayed)) if vary is None else sorted(set(vary))
    if not terms or any(not 0 <= j < len(system.delayed) for j in terms):
        raise ParameterError(
            f"Expected one or more of the {len(system.delayed)} delayed terms of the system, "
            f"got {list(terms)}; name terms by number from 0."
        )
    if vary is None and len(set(system.delays)) > 1:
        raise ParameterError(
            f"Expected one delay common to all terms, got the delays {system.delays} s; choose "
            "terms with `vary`."
        )
    start = tuple(0.0 if j in terms else T for j, T in enumerate(system.delays))
    family = DelayFamily(system, start, tuple(float(j in terms) for j in range(len(start))))
    alone = all(T == 0.0 for T in start)
    if not alone and method != "exact" and method != "continuation":
        raise ParameterError(
            f"Expected method 'continuation' beside other delays {start}, got {method!r}; leave "
            "`method` out."
        )
    early = _refused(family)
    if early is not None:
        return early
    if method == "continuation" or not alone:
        return _followed(family, largest)
    phases, name = crossing_phases(family.system((1.0,)), method)
    if phases is None:
        return _followed(family, largest)
    return _exact(family, phases, name)


def unstable_without_delay(system: LinearDelaySystem) -> int:
    """Roots of a system at zero (varied) delay whose real part is not negative."""
    if any(system.delays):
        from panjabi.delay.roots.spectrum import characteristic_roots

        spectrum = characteristic_roots(system, count=max(8, system.size))
        return int(
            spectrum.multiplicity[spectrum.roots.real >= -1e-12 * np.abs(spectrum.roots)].sum()
        )
    E, A = system.taps.without_delay
    values = np.linalg.eigvals(np.linalg.solve(E, A))
    return int((values.real >= -1e-13 * np.abs(values).max()).sum())


def _refused(family: DelayFamily) -> DelayMargin | None:
    """Margins that need no crossing: unstable at zero delay, or neutral beyond its bound."""
    number = unstable_without_delay(family.system((0.0,)))
    if number:
        return DelayMargin(
            0.0, math.nan, (), number, "none", math.nan,
            f"{number} root{'s are' if number > 1 else ' is'} not stable even without the delay",
        )  # fmt: skip
    radius = family.system((1.0,)).neutral_radius
    if radius >= 1.0:
        return DelayMargin(
            0.0, math.nan, (), 0, "none", math.nan,
            f"a delayed acceleration acts unfiltered with {radius:.4g} times the inertia, so any "
            "delay, however short, destabilises; use a filter or a gain below the inertia",
        )  # fmt: skip
    return None


def _exact(family: DelayFamily, phases: Iterable[tuple[float, float]], name: str) -> DelayMargin:
    crossings: list[Crossing] = []
    for w, phase in phases:
        crossing = meet(family, phase / w, w)
        if crossing is not None and all(
            abs(crossing.frequency - c.frequency) > 1e-9 * w
            or abs(crossing.value - c.value) > 1e-9 / w
            for c in crossings
        ):
            crossings.append(crossing)
    crossings.sort(key=lambda c: c.value)
    return _verified(family, _answer(crossings, name, math.inf))


def _verified(family: DelayFamily, result: DelayMargin) -> DelayMargin:
    """The same margin, checked against a count of the roots a little beyond it.

    Raises
    ------
    ConvergenceError
        If they disagree: a crossing is missing, for example because two coincide.
    """
    system = family.system((0.0,))
    if system.size > LARGEST_VERIFIED:
        return result
    E, A = system.taps.without_delay
    slowest = 1.0 / float(np.abs(np.linalg.eigvals(np.linalg.solve(E, A))).min())
    delay = slowest if math.isinf(result.margin) else (1.0 + BEYOND) * result.margin
    try:
        counted = count_unstable(family.system((delay,)))
    except ConvergenceError:  # another root lies on the axis just there
        return result
    if counted != result.unstable_roots(delay):
        raise ConvergenceError(
            f"Expected {counted} unstable roots at {delay:.9g} s by the argument principle, got "
            f"{result.unstable_roots(delay)} from the crossings, so a crossing is missing; use "
            "method='continuation'."
        )
    return replace(result, verified=True)


def _followed(family: DelayFamily, largest: float | None) -> DelayMargin:
    if largest is None:
        E, A = family.system((0.0,)).taps.without_delay
        values = np.linalg.eigvals(np.linalg.solve(E, A))
        largest = 20.0 / float(np.abs(values).min())
    if not (math.isfinite(largest) and largest > 0.0):
        raise ParameterError(
            f"Expected `largest` as a positive finite delay, got {largest!r}; give the longest "
            "delay to search."
        )
    # Outwards in growing steps: a margin far below the largest delay costs little.
    low, high, crossings = 0.0, largest / 64.0, []
    while not crossings and low < largest:
        crossings = list(crossings_along(family, low, high))
        low, high = high, min(2.0 * high, largest)
    return _answer(crossings, "continuation", low)


def _answer(crossings: list[Crossing], name: str, searched: float) -> DelayMargin:
    leaving = [c for c in crossings if c.direction > 0.0]
    if not leaving:
        where = "" if math.isinf(searched) else f" up to {searched:.6g}"
        return DelayMargin(
            math.inf, math.nan, tuple(crossings), 0, name, searched,
            f"no root meets the imaginary axis{where}",
        )  # fmt: skip
    first = leaving[0]
    return DelayMargin(
        first.value, first.frequency, tuple(crossings), 0, name, searched,
        f"a pair of roots crosses at {first.frequency:.6g} rad/s",
    )  # fmt: skip
