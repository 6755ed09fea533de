"""Short-range stiffness of muscles: what a contracted muscle resists a stretch with, at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.provenance import THIS_WORK, Parameter
from panjabi.reference import row
from panjabi.spine.muscle_state import MuscleState

Floats = NDArray[np.float64]

Q_VALUES = (5.0, 10.0, 20.0, 40.0)
"""For which results are printed: q is known to a factor only."""

Q_REASON = (
    "q = 10: assumed, fixed before any comparison; near the middle (in the logarithm) of the 0.5 to "
    "42 of Crisco & Panjabi (1991), recalled; 40 of Bergmark (1989) is its upper end, recalled"
)

TENDON_SHIFT, TENDON_RATE = 0.25, 33.93669377311689  # c2, c3 of De Groote et al. (2016)


class SeriesParts(NamedTuple):
    """Fibre and tendon stiffness of every muscle as lines in its force: a F and b + c F, (m,)."""

    fibre: Floats  # a [1/m]
    tendon: Floats  # b [N/m]
    tendon_slope: Floats  # c [1/m]


@dataclass(frozen=True)
class Bergmark:
    """k = q F / L, with L the whole path: linear in the force."""

    q: float = 10.0  # [1]

    def __post_init__(self) -> None:
        if not (np.isfinite(self.q) and self.q >= 0.0):
            raise ParameterError(
                f"q is {self.q!r}; 0 and above is possible, 0.5 to 42 in the literature. {Q_REASON}."
            )

    def per_force(self, muscles: MuscleState) -> Floats:
        """dk/dF of every muscle, (m,) [1/m]."""
        return self.q / muscles.length

    def series(self, muscles: MuscleState) -> SeriesParts | None:
        """No tendon apart."""
        return None

    def stiffness(self, muscles: MuscleState, forces: Floats) -> Floats:
        """k of every muscle, (m,) [N/m]."""
        return self.per_force(muscles) * forces

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        return {"short_range_q": Parameter(self.q, "1", THIS_WORK, "assumed", Q_REASON)}

    def __str__(self) -> str:
        return f"k = q F/L, q = {self.q:g}"


@dataclass(frozen=True)
class FibreAndTendon:
    """Fibre k = gamma F / lopt (Cui 2008) in series with the tendon of De Groote (2016).

    The tendon's curve has the slope c3 (F + c2 Fmax)/lts at the force F: concave together.
    """

    gamma: float = field(default_factory=lambda: row("srs_gamma").number)  # [1]

    def __post_init__(self) -> None:
        if not (np.isfinite(self.gamma) and self.gamma > 0.0):
            raise ParameterError(
                f"gamma is {self.gamma!r}; a positive number is possible. 23.4 is recalled from "
                "Cui et al. (2008)."
            )

    def per_force(self, muscles: MuscleState) -> Floats:
        """Nothing linear, (m,)."""
        return np.zeros(len(muscles.names))

    def series(self, muscles: MuscleState) -> SeriesParts:
        """Stiffness of fibres and tendons as lines in the force."""
        slack = np.maximum(muscles.tendon_slack, 1e-4)  # no tendon: as good as rigid
        slope = TENDON_RATE / slack
        return SeriesParts(
            self.gamma / muscles.optimal_fibre, TENDON_SHIFT * slope * muscles.max_force, slope
        )

    def stiffness(self, muscles: MuscleState, forces: Floats) -> Floats:
        """k of every muscle, (m,) [N/m]."""
        parts = self.series(muscles)
        fibre, tendon = parts.fibre * forces, parts.tendon + parts.tendon_slope * forces
        return fibre * tendon / (fibre + tendon)

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        known = row("srs_gamma").parameter()
        same = self.gamma == known.si
        return {"short_range_gamma": known if same else known.with_value(self.gamma)}

    def __str__(self) -> str:
        return f"fibre {self.gamma:g} F/lopt in series with tendon"


ShortRange = Bergmark | FibreAndTendon
