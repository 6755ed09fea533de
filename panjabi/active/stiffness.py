"""Short-range stiffness: the stiffness of a muscle against a small quick stretch.

Each law gives the stiffness of the whole path [N/m] at a tension F, and d k / d F. The stiffness is
zero without tension: a slack muscle has no stiffness, so co-contraction needs force.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.muscle_arrays import Musculature
from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.tissue.de_groote import DeGrooteCurves

Floats = NDArray[np.float64]


class ShortRangeStiffness(Protocol):
    """Stiffness of muscles from their tension and path length."""

    def stiffness(
        self, muscles: Musculature, tension: ArrayLike, length: ArrayLike
    ) -> tuple[Floats, Floats]:
        """k (nm,) [N/m] and d k / d tension (nm,) [1/m]."""
        ...


@dataclass(frozen=True)
class Bergmark:
    """k = q F / L with the path length L; q is from 0.5 to 42 in the literature (recalled)."""

    q: Parameter = field(
        default_factory=lambda: Parameter(
            10.0, "1", THIS_WORK, "assumed", "between 0.5 and 42, both recalled; 40 is Bergmark's"
        )
    )

    def __post_init__(self) -> None:
        _not_negative("Bergmark.q", self.q)

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Ranges of q [1], and of the stretch over the optimal fibre length [1]."""
        most = Parameter(42.0, "1", THIS_WORK, "assumed", "values in the literature, recalled")
        q = EvidenceRange("factor q of short-range stiffness", most, least=replace(most, value=0.5))
        return {"q": q, "stretch": stretch_range()}

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Description of a q that leaves the values of the literature, or ()."""
        return self.evidence["q"].outside([self.q.si], ["muscles"])

    def stiffness(
        self, muscles: Musculature, tension: ArrayLike, length: ArrayLike
    ) -> tuple[Floats, Floats]:
        """k (nm,) [N/m] and d k / d tension (nm,) [1/m]; see the class."""
        F, L = muscles.per_muscle(tension, "tension"), muscles.per_muscle(length, "length")
        slope = self.q.si / L
        return slope * F, slope


@dataclass(frozen=True)
class Cui:
    """Fibre stiffness gamma F / lopt in series with the tendon stiffness at this force.

    Both are affine in F, so their series is concave. The stiffness of the tendon is the slope of
    the De Groote curve at the force F: c3 (F + c2 Fmax) / lts. Pennation is neglected.

    References
    ----------
    Cui, Perreault, Maas, Sandercock (2008), Modeling short-range stiffness of feline lower
    hindlimb muscles, J Biomech 41:1945.
    """

    gamma: Parameter = field(
        default_factory=lambda: Parameter(23.4, "1", "Cui2008", "assumed", "cat; recalled")
    )
    curves: DeGrooteCurves = field(default_factory=DeGrooteCurves.refit)

    def __post_init__(self) -> None:
        _not_negative("Cui.gamma", self.gamma)

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the stretch over the optimal fibre length [1]."""
        return {"stretch": stretch_range()}

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Nothing is outside: the law has no other parameter with a range."""
        return ()

    def stiffness(
        self, muscles: Musculature, tension: ArrayLike, length: ArrayLike
    ) -> tuple[Floats, Floats]:
        """k (nm,) [N/m] and d k / d tension (nm,) [1/m]; see the class. Length is unused."""
        F = muscles.per_muscle(tension, "tension")
        c2, c3 = self.curves.parameters.si("c2"), self.curves.parameters.si("c3")
        fibre_slope = self.gamma.si / muscles.optimal_length
        tendon_slope = c3 / muscles.tendon_slack_length
        fibre = fibre_slope * F
        tendon = tendon_slope * (F + c2 * muscles.max_force)
        by_fibre, by_tendon = in_series(fibre, tendon)
        return fibre * by_fibre, fibre_slope * by_fibre**2 + tendon_slope * by_tendon**2


@cache
def stretch_range() -> EvidenceRange:
    """Stretch of the fibre over its optimal length [1] at which the short range ends."""
    return EvidenceRange("quick stretch of the fibre", row("srs_stretch").parameter(unit="1"))


def in_series(fibre: Floats, tendon: Floats) -> tuple[Floats, Floats]:
    """Fractions of a stretch that fibre and tendon take, from their stiffnesses (nm,) [N/m].

    The stiffness of the path is that of the fibre times its fraction. For a muscle without force
    both stiffnesses are zero, and so are both fractions.
    """
    total = fibre + tendon
    whole = np.where(total > 0.0, total, 1.0)
    return tendon / whole, fibre / whole


def hill_slope(
    muscles: Musculature, activation: ArrayLike, fibre_length: ArrayLike, curves: DeGrooteCurves
) -> Floats:
    """Slope of the active force-length curve at constant activation, (nm,) [N/m].

    This is not short-range stiffness but the change of force after the muscle has settled at
    another length. It is negative beyond the optimal length, where the muscle still resists a quick
    stretch. fibre_length is over the optimal length.
    """
    a = muscles.per_muscle(activation, "activation")
    _, slope = curves.active(muscles.per_muscle(fibre_length, "fibre_length"))
    return a * muscles.max_force * slope / muscles.optimal_length


def _not_negative(name: str, parameter: Parameter) -> None:
    if parameter.si < 0.0:
        raise ParameterError(
            f"Expected {name} from 0, got {parameter.value:g}; give for example 0.5 to 42 for q as "
            "in the literature (0: no stiffness)."
        )
