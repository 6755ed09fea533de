"""Weights of pain and of compression in the effort, both assumed and 0 by default.

Van Dieen, Flor and Hodges (2017) argue that people with back pain may avoid activity of a painful
muscle, or load on the spine. Here a weight per group multiplies the effort of its muscles, and
compression is added as a cost that is linear in the activations. The problem stays convex.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.parameter import USER, Parameter
from panjabi.spine.muscle_state import MuscleState

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class EffortWeights:
    """Additional effort of painful groups [1], and effort per summed compression [1]."""

    nociception: Mapping[str, float] = field(default_factory=dict[str, float])
    compression: float = 0.0

    def __post_init__(self) -> None:
        for name, value in {**self.nociception, "compression_weight": self.compression}.items():
            if not (np.isfinite(value) and value >= 0.0):
                raise ParameterError(
                    f"Expected a finite weight of 0 or more for {name}, got {value!r}; 0 changes "
                    "nothing."
                )

    def factors(self, muscles: MuscleState) -> Floats:
        """Factor on the effort of every muscle (m,) [1].

        Raises
        ------
        UnknownNameError
            For a group or muscle that the spine does not have.
        """
        factors = np.ones(len(muscles.names))
        for name, weight in self.nociception.items():
            factors[muscles.members(name)] += weight
        return factors

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The weights that are not 0."""
        given = {f"nociception_{name}": value for name, value in self.nociception.items()}
        given["compression_weight"] = self.compression
        return {
            name: Parameter(value, "1", USER, "assumed", "requested")
            for name, value in given.items()
            if value
        }


PLAIN = EffortWeights()
