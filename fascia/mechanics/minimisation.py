"""Records of the minimisation: the problem, the settings of Newton's method, and the result."""

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


class MinimisationProblem(Protocol):
    """An energy to minimise over z >= lower, with gradient and exact Hessian."""

    size: int
    lower: Floats  # (n,), -inf where free
    pattern: tuple[Ints, Ints]  # CSC of the symmetric Hessian, both triangles, diagonal included

    def value_gradient(self, z: Floats) -> tuple[float, Floats]: ...
    def hessian(self, z: Floats) -> Floats: ...  # (nnz,), exact, may be a reused buffer
    def largest_force(self) -> float: ...  # scale of the residual at the last state


@dataclass(frozen=True, kw_only=True)
class NewtonSettings:
    """Tolerances and limits of Newton's method."""

    tolerance: float = 1e-10  # target of the residual, as a fraction of the largest force [1]
    required: float = 1e-8  # residual that is accepted if round-off stops the descent [1]
    no_force: float = 1e-12  # residual that counts as zero, also if all strands are slack [N]
    iterations: int = 400
    memory: int = 5  # a step must end below the highest of this many last energies
    reuse: bool = True  # try the previous factor before a new factorisation

    def __post_init__(self) -> None:
        if (
            not 0.0 < self.tolerance <= self.required
            or not self.no_force >= 0.0
            or self.iterations < 0
            or self.memory < 1
        ):
            raise ParameterError(
                "Expected NewtonSettings with 0 < tolerance <= required, no_force >= 0, "
                f"iterations >= 0 and memory >= 1, got tolerance={self.tolerance:g}, "
                f"required={self.required:g}, no_force={self.no_force:g}, "
                f"iterations={self.iterations}, memory={self.memory}; give the tolerances as "
                "fractions of the largest force and no_force in newtons."
            )


@dataclass(repr=False, frozen=True, eq=False, kw_only=True)
class Minimum(ShortRepr):
    """Last state of the descent. ``converged`` False: not a minimum; see ``message``."""

    z: Floats  # (n,)
    value: float
    gradient: Floats  # (n,)
    residual: float  # largest entry of the gradient that no bound balances
    iterations: int
    factorisations: int  # of this run, without the factor of an earlier minimum
    converged: bool
    message: str
    factor: SymmetricFactor | None  # for the next call
