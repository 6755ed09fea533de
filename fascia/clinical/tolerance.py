"""The sensory end point of a stretch test (S11): discomfort reaches the tolerated limit."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from panjabi.body.size import size_factor
from panjabi.errors import ParameterError
from panjabi.parameter import THIS_WORK, Parameter

NORM_SLR = Parameter(
    (106 * 68.5 + 108 * 76.3) / 214,
    "deg",
    "Youdas2005",
    "assumed",
    conditions="mean of 106 men and 108 women, 20-79 years; both means recalled (SD-1, SD-2)",
)
"""Angle at which the median adult ends the straight-leg raise."""

NERVE_WEIGHT = Parameter(
    1000.0,
    "N",
    THIS_WORK,
    "assumed",
    conditions="discomfort of nerve strain 1, in newtons of hamstring force",
)


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """Discomfort P = w_m T_hamstring + w_n nerve strain + w_f T_fascia, in newtons.

    The test ends where P reaches ``limit``. The weights are: hamstring force
    [1], nerve strain [N], fascial tension [1].
    """

    limit: float
    muscle_weight: float = 1.0
    nerve_weight: float = NERVE_WEIGHT.value
    fascia_weight: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.limit) and self.limit > 0.0):
            raise ParameterError(
                f"Expected a positive and finite limit of discomfort, got {self.limit:g} N; "
                "calibrate it on a norm with fascia.clinical.calibrate_tolerance."
            )
        for name in ("muscle_weight", "nerve_weight", "fascia_weight"):
            value = getattr(self, name)
            if not (math.isfinite(value) and value >= 0.0):
                raise ParameterError(
                    f"Expected {name} of zero or above, got {value:g}; give a finite weight >= 0."
                )

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The limit, its norm and the nerve weight, with the values in use; all assumed (S11)."""
        parameters = {
            "norm_slr": NORM_SLR,
            "nerve_weight": NERVE_WEIGHT,
            "discomfort_limit": Parameter(
                self.limit, "N", THIS_WORK, "assumed", conditions="where the test is stopped"
            ),
        }
        if self.nerve_weight != NERVE_WEIGHT.value:
            parameters["nerve_weight"] = NERVE_WEIGHT.with_value(self.nerve_weight)
        return parameters

    def sized(self, length: float) -> Tolerance:
        """The tolerance of a body of `length` times the stature: equal stress and nerve strain."""
        force = size_factor("force", length)
        return replace(self, limit=force * self.limit, nerve_weight=force * self.nerve_weight)

    def discomfort(self, hamstring_force: float, nerve_strain: float, fascia_force: float) -> float:
        """P [N] for a force [N], a strain [1] and a fascial tension [N]."""
        return (
            self.muscle_weight * hamstring_force
            + self.nerve_weight * nerve_strain
            + self.fascia_weight * fascia_force
        )
