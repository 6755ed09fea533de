"""Primary spindle ending as a static formula of stretch and rate of stretch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.literature import row
from panjabi.neural import spindle_kernels as kernels
from panjabi.neural.checks import array
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet
from panjabi.tissue._base import require

Array = NDArray[np.float64]
_MM = 1e-3


@dataclass(frozen=True, kw_only=True)
class AlgebraicSpindle:
    """Firing of a primary ending from stretch and its rate, without states.

    rate = r0 + c_v sign(v) |v|^p + c_d d, d in mm and v in mm/s as in the source, with
    |v|^p sign v in its smooth form v (v^2 + v0^2)^((p-1)/2) and no firing below zero.
    """

    background: float  # r0 [1/s]
    rate_gain: float  # c_v [1/s per (mm/s)^p]
    exponent: float  # p [1]
    stretch_gain: float  # c_d [1/s per mm]
    smooth_velocity: float  # v0 [m/s]: below it the velocity term is linear
    smooth_rate: float = 1.0  # width of the corner at zero firing [1/s]
    parameters: ParameterSet | None = None

    def __post_init__(self) -> None:
        owner = "AlgebraicSpindle"
        for name in ("background", "rate_gain", "stretch_gain", "smooth_rate"):
            require(owner, name, getattr(self, name), unit="1/s", at_least=0.0,
                    advice="A spindle fires more when it is stretched.")  # fmt: skip
        require(owner, "exponent", self.exponent, unit="1", above=0.0, at_most=1.0,
                advice="Published exponents lie near 0.6.")  # fmt: skip
        require(owner, "smooth_velocity", self.smooth_velocity, unit="m/s", above=0.0,
                advice="At 0 the slope at rest is infinite; choose a small value.")  # fmt: skip

    @property
    def constants(self) -> Array:
        """The flat constants that the kernel reads; lengths in mm."""
        return np.array(
            [self.background, self.rate_gain, self.exponent, self.stretch_gain,
             self.smooth_velocity / _MM, self.smooth_rate]
        )  # fmt: skip

    def firing(self, stretch: ArrayLike, velocity: ArrayLike) -> Array:
        """Firing [1/s] at a stretch [m] and a rate of stretch [m/s], broadcast together."""
        return self._evaluate(stretch, velocity)[0]

    def slopes(self, stretch: ArrayLike, velocity: ArrayLike) -> tuple[Array, Array]:
        """d firing / d stretch [1/s per m] and d firing / d velocity [1/s per m/s], exact."""
        return self._evaluate(stretch, velocity)[1:]

    def _evaluate(self, stretch: ArrayLike, velocity: ArrayLike) -> tuple[Array, Array, Array]:
        shape = np.broadcast_shapes(np.shape(stretch), np.shape(velocity))
        d = array("stretch", stretch, shape, "m").ravel()
        v = array("velocity", velocity, shape, "m/s").ravel()
        out = np.empty((3, d.size))
        kernels.algebraic(self.constants, d / _MM, v / _MM, out[0], out[1], out[2])
        out[1:] /= _MM
        return out[0].reshape(shape), out[1].reshape(shape), out[2].reshape(shape)


def prochazka_gorassini_1998(*, smooth_velocity: float = 1e-3) -> AlgebraicSpindle:
    """Primary endings of cat hamstrings: 82 + 4.3 v^0.6 + 2 d (recalled, so assumed).

    v0 = 1 mm/s is assumed; in a spectrum it sets the slope at rest, so vary it.
    """
    source = row("N131")

    def assumed(value: float, what: str) -> Parameter:
        return Parameter(value, "1/s", source.bib, "assumed", f"{what}; {source.conditions}")

    parameters = {
        "background": assumed(82.0, "firing at rest"),
        "rate_gain": assumed(4.3, "per (mm/s)^0.6"),
        "exponent": Parameter(0.6, "1", source.bib, "assumed", "power of velocity"),
        "stretch_gain": assumed(2.0, "per mm"),
        "smooth_velocity": Parameter(1e3 * smooth_velocity, "mm/s", THIS_WORK, "assumed", "v0"),
    }
    return AlgebraicSpindle(
        **{name: p.si for name, p in parameters.items()}, parameters=ParameterSet(parameters)
    )
