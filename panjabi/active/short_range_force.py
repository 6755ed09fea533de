"""Short-range force of a fibre: cross-bridges stretch with it, yield and relax.

The state is s, the short-range force over the maximal force. With the strain rate e of the fibre in
optimal lengths per second,

    ds/dt = gamma a fl e - (s / T) (1 + (s / s_y)^4),      s_y = e_y gamma a fl.

s is zero at rest and changes only with stretch or time, so that a rise of activation adds no force.
A state of strain, s over the stiffness gamma a fl, would need a term a'/a that is singular without
activation. Where a fl vanishes, so does s_y; there sqrt((a fl)^2 + LEAST^2) replaces a fl in s_y.
Then every rate is finite and smooth, and a force that is left behind decays at once. At an
activation of 1 % the yield force is 0.5 % larger than without this term.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from numba import njit

from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr

LEAST = 1e-3
"""Product of activation and force-length factor below which the yield force no longer falls."""


@njit(cache=True, nogil=True, error_model="numpy")
def short_range_rate(
    gamma: float, time: float, yield_strain: float, strength: float, strain_rate: float, s: float
) -> tuple[float, float, float, float]:
    """ds/dt [1/s] of one fibre, and its slopes by strength, strain rate and s.

    strength = a fl [1]; strain_rate [1/s].
    """
    span = strength * strength + LEAST * LEAST
    x = s / (yield_strain * gamma)
    x = x * x / span
    x *= x  # (s / s_y)^4
    return (
        gamma * strength * strain_rate - s / time * (1.0 + x),
        gamma * strain_rate + 4.0 * x * s / time * strength / span,
        gamma * strength,
        -(1.0 + 5.0 * x) / time,
    )


@dataclass(frozen=True, kw_only=True, repr=False)
class ShortRangeForce(ShortRepr):
    """Constants of the short-range force of a fibre; see the module for the equation.

    gamma is the stiffness of an isometric fibre times its optimal length over its active force. At
    constant slow stretch the fibre follows it up to about the yield strain; in a fast one the force
    exceeds the yield force by the fifth root of speed times relaxation time over yield strain.
    """

    gamma: Parameter = field(
        default_factory=lambda: Parameter(
            23.4, "1", "Cui2008", "assumed", "cat; recalled; sweep 6-60"
        )
    )
    relaxation_time: Parameter = field(
        default_factory=lambda: Parameter(0.2, "s", THIS_WORK, "assumed", "sweep 0.05-10")
    )
    yield_strain: Parameter = field(default_factory=lambda: row("srs_stretch").parameter(unit="1"))

    def __post_init__(self) -> None:
        for name, parameter in self.parameters.items():
            if not 0.0 < parameter.si < math.inf:
                raise ParameterError(
                    f"Expected ShortRangeForce.{name} above 0, got {parameter.value:g}; for "
                    "muscles without this force use Musculotendon(short_range=None)."
                )

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """The three constants by name."""
        return {name: getattr(self, name) for name in ("gamma", "relaxation_time", "yield_strain")}

    @property
    def constants(self) -> tuple[float, float, float]:
        """gamma [1], relaxation time [s] and yield strain [1], for the kernels."""
        return self.gamma.si, self.relaxation_time.si, self.yield_strain.si
