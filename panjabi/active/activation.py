"""Activation from excitation: first-order dynamics with two rates and a smooth transition."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.parameter import Parameter
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def activation_rate(
    rise: float, fall: float, sharpness: float, excitation: float, activation: float
) -> tuple[float, float, float]:
    """da/dt [1/s] of one muscle, and its slopes by activation and by excitation [1/s]."""
    gap = excitation - activation
    # tanh(b gap) by the exponential, which is faster
    switch = 1.0 - 2.0 / (math.exp(min(2.0 * sharpness * gap, 700.0)) + 1.0)
    f = 0.5 * switch
    f1 = 0.5 * sharpness * (1.0 - switch * switch)  # df / d gap
    shape = 0.5 + 1.5 * activation
    up = 1.0 / (rise * shape)
    down = shape / fall
    speed = (f + 0.5) * up + (0.5 - f) * down
    by_gap = f1 * (up - down)
    by_shape = -(f + 0.5) * up / shape + (0.5 - f) / fall
    by_excitation = speed + gap * by_gap
    return speed * gap, gap * 1.5 * by_shape - by_excitation, by_excitation


@njit(cache=True, nogil=True, error_model="numpy")
def activation_rates(rise, fall, sharpness, excitation, activation, out):
    """da/dt of all muscles, in place, (nm,) [1/s]."""
    for m in range(activation.shape[0]):
        out[m] = activation_rate(rise, fall, sharpness, excitation[m], activation[m])[0]


@dataclass(frozen=True, kw_only=True, repr=False)
class ActivationDynamics(ShortRepr):
    """First-order activation after De Groote et al. (2016).

        da/dt = [(f + 1/2) / (T_a (1/2 + 3a/2)) + (1/2 - f) (1/2 + 3a/2) / T_d] (e - a)
        f = tanh(b (e - a)) / 2

    Sources disagree on the sharpness b: 0.1 hardly switches, so that both times act together; 10
    gives the two intended rates, and is used.
    """

    rise_time: Parameter = field(
        default_factory=lambda: Parameter(15.0, "ms", "DeGroote2016", "assumed", "T_a")
    )
    fall_time: Parameter = field(
        default_factory=lambda: Parameter(60.0, "ms", "DeGroote2016", "assumed", "T_d")
    )
    sharpness: Parameter = field(
        default_factory=lambda: Parameter(10.0, "1", "SymPy", "assumed", "b; OpenSim has 0.1")
    )

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of excitation and activation [1]: from none to full, by their definition."""
        full = Parameter(1.0, "1", self.rise_time.source, "assumed", "full activation")
        return {"excitation": EvidenceRange("excitation", full, least=replace(full, value=0.0))}

    def __post_init__(self) -> None:
        for name in ("rise_time", "fall_time", "sharpness"):
            if not getattr(self, name).si > 0.0:
                raise ParameterError(
                    f"Expected ActivationDynamics.{name} above 0, got "
                    f"{getattr(self, name).value:g}; leave it out for the value of De Groote et "
                    "al. (2016)."
                )

    @property
    def constants(self) -> tuple[float, float, float]:
        """Rise time [s], fall time [s], sharpness [1] for the kernels."""
        return self.rise_time.si, self.fall_time.si, self.sharpness.si

    def rate(self, excitation: ArrayLike, activation: ArrayLike) -> Floats:
        """da/dt [1/s] at excitations and activations from 0 to 1, arrays of equal shape.

        Raises
        ------
        ParameterError
            If a value is outside this range.
        """
        e, a = np.broadcast_arrays(np.asarray(excitation, float), np.asarray(activation, float))
        for name, values in (("excitation", e), ("activation", a)):
            if not np.all((values >= 0.0) & (values <= 1.0)):
                raise ParameterError(
                    f"Expected {name} from 0 to 1, got {values!r}; give fractions of full {name}."
                )
        out = np.empty(e.size)
        activation_rates(*self.constants, np.ascontiguousarray(e.ravel()), a.ravel().copy(), out)
        return out.reshape(e.shape)
