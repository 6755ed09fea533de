"""Semicircular canals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.tissue._base import require

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Canals:
    """Semicircular canals: angular velocity of the head with its slow part removed.

    State: low-passed velocity, one per axis; dz/dt = (velocity - z) / T_c, signal = velocity - z.
    In a reflex loop the brain stem adds the leaky integral of the signal, of time constant T_N.
    """

    time: float = 6.0  # T_c [s], assumed
    integrator_time: float = 1.0  # T_N [s], assumed

    def __post_init__(self) -> None:
        for name in ("time", "integrator_time"):
            require("Canals", name, getattr(self, name), unit="s", above=0.0,
                    advice="Canals have time constants of a few seconds.")  # fmt: skip

    def signal(self, velocity: ArrayLike, state: ArrayLike) -> Array:
        """Sensed velocity [rad/s], same shape as `velocity`."""
        return np.asarray(velocity, dtype=np.float64) - np.asarray(state, dtype=np.float64)

    def state_rate(self, velocity: ArrayLike, state: ArrayLike) -> Array:
        """d state / dt [rad/s2]."""
        return self.signal(velocity, state) / self.time

    def transfer(self, s: ArrayLike) -> NDArray[np.complex128]:
        """Sensed over true velocity at complex frequencies s [1/s]."""
        s = np.asarray(s, dtype=np.complex128)
        return self.time * s / (self.time * s + 1.0)
