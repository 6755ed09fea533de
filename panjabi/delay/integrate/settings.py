"""Settings of the solver: tolerance, method, step sizes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from panjabi.errors import ParameterError, unknown

Method = Literal["explicit", "implicit", "rosenbrock"]
METHODS: tuple[Method, ...] = ("explicit", "implicit", "rosenbrock")
LEAST_RTOL = 1e-13


@dataclass(frozen=True)
class Settings:
    """Settings of the adaptive solver.

    rtol, atol : a step is accepted when the root mean square over the states of
        estimate / (atol + rtol |y|) is at most 1. atol may have one value per state, in the
        state's unit.
    method : "explicit" (order 5); "implicit" (order 4, L-stable, needs the model's Jacobian) or
        "rosenbrock" (order 3, linearly implicit, L-stable, accepts an approximate Jacobian or the
        linear algebra of the model).
    largest_step, first_step : [s]; first_step None: chosen from the equations.
    track : breaking points up to this order are stepped on exactly (0: none).
    inner : fraction of the tolerance at which the iteration of a step that reads its own result
        ends; Newton's method ends at a twentieth of it.
    most_steps : number of accepted steps after which the run stops with an error.
    """

    rtol: float = 1e-6
    atol: ArrayLike = 1e-9
    method: Method = "explicit"
    largest_step: float = math.inf
    first_step: float | None = None
    track: int = 5
    inner: float = 0.02
    most_steps: int = 10_000_000

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise unknown("method", self.method, METHODS)
        atol = np.asarray(self.atol, dtype=float)
        if not (LEAST_RTOL <= self.rtol < 1.0) or not np.all(np.isfinite(atol) & (atol > 0.0)):
            raise ParameterError(
                f"Expected rtol from {LEAST_RTOL:g} to below 1 and atol above 0, got rtol "
                f"{self.rtol:g} and atol {self.atol!r}; give tolerances that floating-point "
                "arithmetic can reach."
            )
        if not self.largest_step > 0.0 or (self.first_step is not None and not self.first_step > 0):
            raise ParameterError(
                f"Expected positive steps, got largest_step {self.largest_step!r} s and "
                f"first_step {self.first_step!r} s; leave them out to let the solver choose."
            )
        if not 0.0 < self.inner <= 1.0:
            raise ParameterError(
                "Expected inner as a fraction of the tolerance above 0 and up to 1, got "
                f"{self.inner!r}; leave it out for 0.02."
            )
        if not 0 <= self.track <= 5 or self.most_steps < 1:
            raise ParameterError(
                "Expected track from 0 to 5 and most_steps of 1 or more, got track "
                f"{self.track!r} and most_steps {self.most_steps!r}; breaking points beyond "
                "order 5 do not improve any pair, so give 5 or less."
            )
