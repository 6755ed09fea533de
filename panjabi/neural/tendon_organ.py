"""Golgi tendon organ: logarithm of force, then a lead filter of second order.

    x = gain ln(F / F0 + 1),    r / x = (1.7 s^2 + 2.58 s + 0.4) / (s^2 + 2.2 s + 0.4),    r >= 0

Written with two states in controller form, z1' = z2 and z2' = x - a1 z2 - a0 z1.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.neural.checks import array
from panjabi.neural.smooth_kernels import rectified
from panjabi.parameter import ParameterSet
from panjabi.tissue._base import require

Array = NDArray[np.float64]
STATES = 2


@njit(cache=True, nogil=True)
def rates(c, force, state, out):
    """d state / dt of all organs; force (n,) [N], state and out (n, 2)."""
    for i in range(force.size):
        x = c[0] * np.log1p(force[i] / c[1])
        out[i, 0] = state[i, 1]
        out[i, 1] = x - c[6] * state[i, 1] - c[7] * state[i, 0]


@njit(cache=True, nogil=True)
def firing(c, force, state, out, slopes):
    """Firing [1/s], out (n,), and slopes (n, 3) in force and the two states."""
    for i in range(force.size):
        x = c[0] * np.log1p(force[i] / c[1])
        weight_2 = c[3] - c[2] * c[6]
        weight_1 = c[4] - c[2] * c[7]
        raw = c[2] * x + weight_2 * state[i, 1] + weight_1 * state[i, 0]
        out[i], on = rectified(raw, c[5])
        slopes[i, 0] = on * c[2] * c[0] / (force[i] + c[1])
        slopes[i, 1] = on * weight_1
        slopes[i, 2] = on * weight_2


@dataclass(frozen=True)
class TendonOrgan:
    """Ib firing of many organs; force (n,) of the motor units in series [N], state (n, 2)."""

    parameters: ParameterSet
    smooth_rate: float = 1.0  # width of the corner at zero firing [1/s], assumed; 0 gives the kink

    def __post_init__(self) -> None:
        require("TendonOrgan", "smooth_rate", self.smooth_rate, unit="1/s", at_least=0.0,
                advice="About 1 pulse per second rounds the corner enough.")  # fmt: skip
        for name in ("gain", "force_scale", "denominator_1", "denominator_0"):
            require("TendonOrgan", name, self.parameters.si(name), unit="1", above=0.0,
                    advice="The filter must be stable and the scale positive.")  # fmt: skip

    @cached_property
    def constants(self) -> Array:
        """gain, F0, numerator (3), width, denominator (2)."""
        p = self.parameters.si
        numerator = [p("numerator_2"), p("numerator_1"), p("numerator_0")]
        denominator = [p("denominator_1"), p("denominator_0")]
        return np.array([p("gain"), p("force_scale"), *numerator, self.smooth_rate, *denominator])

    def rest(self, force: ArrayLike) -> Array:
        """Steady state at constant force, shape (n, 2)."""
        force = self._force(force)
        c = self.constants
        return np.column_stack([c[0] * np.log1p(force / c[1]) / c[7], np.zeros_like(force)])

    def state_rate(self, force: ArrayLike, state: ArrayLike) -> Array:
        """d state / dt, shape (n, 2)."""
        force = self._force(force)
        out = np.empty((force.size, STATES))
        rates(self.constants, force, array("state", state, out.shape, "1/s, 1"), out)
        return out

    def firing(self, force: ArrayLike, state: ArrayLike) -> Array:
        """Firing [1/s], shape (n,)."""
        return self._firing(force, state)[0]

    def firing_slopes(self, force: ArrayLike, state: ArrayLike) -> Array:
        """Slopes of `firing` in force and the two states, shape (n, 3), exact."""
        return self._firing(force, state)[1]

    def _firing(self, force: ArrayLike, state: ArrayLike) -> tuple[Array, Array]:
        force = self._force(force)
        state = array("state", state, (force.size, STATES), "1/s, 1")
        out, slopes = np.empty(force.size), np.empty((force.size, 3))
        firing(self.constants, force, state, out, slopes)
        return out, slopes

    def frequency_response(self, frequency_hz: ArrayLike) -> NDArray[np.complex128]:
        """r / x of the filter at frequencies [Hz], complex."""
        s = 2j * np.pi * np.asarray(frequency_hz, dtype=np.float64)
        c = self.constants
        return (c[2] * s**2 + c[3] * s + c[4]) / (s**2 + c[6] * s + c[7])

    def _force(self, force: ArrayLike) -> Array:
        tension = array("force", force, (np.size(force),), "N")
        if tension.min(initial=0.0) < 0.0:
            raise ParameterError(
                f"Expected tendon forces of 0 N or more, got {tension.min():g} N; give "
                "tensions, because a tendon cannot push."
            )
        return tension


def standard_tendon_organ() -> TendonOrgan:
    """The organ with the constants of the table."""
    parameters = {"gain": row("N124").parameter(unit="1/s"), "force_scale": row("N125").parameter()}
    for name, id in (("numerator", "N126"), ("denominator", "N127")):
        published = row(id)
        for order, text in zip((2, 1, 0), published.text.split(","), strict=True):
            parameters[f"{name}_{order}"] = published.parameter(float(text), unit="1")
    return TendonOrgan(ParameterSet(parameters))
