"""How a run is computed: tolerance, pair, step sizes. Nothing of the body."""

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
        estimate / (atol + rtol |y|) is at most 1. atol may have one value a state, in the
        state's unit.
    method : "explicit" (order 5); "implicit" (order 4, L-stable, needs the model's Jacobian) or
        "rosenbrock" (order 3, linearly implicit, L-stable, content with a rough Jacobian or with
        the linear algebra of the model itself).
    largest_step, first_step : [s]; first_step None: chosen from the equations.
    track : breaking points up to this order are stepped on exactly (0: none).
    inner : share of the tolerance to which a step is repeated that reads its own result; Newton's
        method goes to a twentieth of it.
    most_steps : accepted steps after which the run is given up.
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
                f"rtol is {self.rtol:g} and atol {self.atol!r}; possible: rtol from {LEAST_RTOL:g} "
                "to below 1, atol above 0. Give tolerances the arithmetic can reach."
            )
        if not self.largest_step > 0.0 or (self.first_step is not None and not self.first_step > 0):
            raise ParameterError(
                f"largest_step is {self.largest_step!r} s, first_step {self.first_step!r} s; "
                "steps are positive. Leave them out to have them chosen."
            )
        if not 0.0 < self.inner <= 1.0:
            raise ParameterError(
                f"inner is {self.inner!r}; possible: above 0 to 1, a share of the tolerance. Leave "
                "it out for 0.02."
            )
        if not 0 <= self.track <= 5 or self.most_steps < 1:
            raise ParameterError(
                f"track is {self.track!r}, most_steps {self.most_steps!r}; possible: 0 to 5, and "
                "1 or more. Both pairs gain nothing from breaking points beyond order 5."
            )
