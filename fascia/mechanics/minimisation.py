"""What is minimised, how far to go, and where the descent ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fascia.sparse.factor import SymmetricFactor
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Problem(Protocol):
    """An energy to be minimised over z >= lower; see the module text for its promises."""

    size: int
    lower: Floats  # (n,), -inf where free
    pattern: tuple[Ints, Ints]  # CSC of the symmetric Hessian, both triangles, diagonal included

    def value_gradient(self, z: Floats) -> tuple[float, Floats]: ...
    def hessian(self, z: Floats) -> Floats: ...  # (nnz,), exact, may be a reused buffer
    def largest_force(self) -> float: ...  # scale of the residual at the last state


@dataclass(frozen=True, kw_only=True)
class NewtonSettings:
    """How far to go, and how hard to try."""

    tolerance: float = 1e-10  # residual aimed at, as a share of the largest force [1]
    required: float = 1e-8  # residual that still counts when round-off stops the descent [1]
    no_force: float = 1e-12  # what counts as none: where all goes slack no scale is left [N]
    iterations: int = 400
    memory: int = 5  # a step must end below the highest of this many last energies
    reuse: bool = True  # try the previous factor before making a new one

    def __post_init__(self) -> None:
        if (
            not 0.0 < self.tolerance <= self.required
            or not self.no_force >= 0.0
            or self.iterations < 0
            or self.memory < 1
        ):
            raise ParameterError(
                f"NewtonSettings(tolerance={self.tolerance:g}, required={self.required:g}, "
                f"no_force={self.no_force:g}, iterations={self.iterations}, "
                f"memory={self.memory}): need 0 < tolerance <= required, no_force >= 0, "
                "iterations >= 0 and memory >= 1; give the tolerances as shares of the largest "
                "force, no_force in newtons."
            )


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class Minimum(ShortRepr):
    """Where the descent ended. ``converged`` False means: not a minimum, see ``message``."""

    z: Floats  # (n,)
    value: float
    gradient: Floats  # (n,)
    residual: float  # largest entry of the gradient that no bound holds
    iterations: int
    factorisations: int  # made on the way; an earlier minimum's factor is not counted
    converged: bool
    message: str
    factor: SymmetricFactor | None  # for the next call
