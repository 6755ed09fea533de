"""Recruited muscle forces with the evidence that no forces have less effort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.recruitment.problem import RecruitmentProblem

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Residuals:
    """Violations of the conditions of an optimum, computed from the returned values."""

    equilibrium_Nm: float  # largest unbalanced moment
    bounds_N: float  # largest violation of a bound
    cone_Nm_per_rad: float  # how far the lowest eigenvalue is below the floor
    stationarity: float  # relative to the slope of the effort
    dual: float  # negative part of the multipliers, relative to the slope of the effort
    complementarity: float  # multiplier times slack, relative to the effort

    @property
    def worst(self) -> float:
        """The largest residual, each in its unit."""
        return max(vars(self).values())


@dataclass(frozen=True, eq=False, repr=False)
class Recruitment:
    """An optimum of a recruitment problem, checked by its residuals."""

    problem: RecruitmentProblem
    criterion: str
    floor: float | None  # [N m/rad]; None is equilibrium only
    forces: Floats  # (m,) [N]
    status: str  # "optimal", or "stationary" for a local search
    primal: float  # effort [1]
    dual: float  # a lower bound on the effort of any other choice [1]
    residuals: Residuals
    hessian: Floats  # (n, n) at these forces [N m/rad]
    moment_multipliers: Floats  # (n,) d effort / d demand [1/(N m)]
    lower_multipliers: Floats  # (m,) [1/N]
    upper_multipliers: Floats  # (m,) [1/N]
    cone_dual: Floats  # (n, n) positive semidefinite: d effort / d floor is its trace [rad/(N m)]
    iterations: int
    solver: str

    def __repr__(self) -> str:
        return (
            f"<Recruitment {self.status}: effort {self.primal:.4g}, gap {self.gap:.1e}, lowest "
            f"eigenvalue {self.least_stiffness:.4g} N m/rad>"
        )

    @property
    def activations(self) -> Floats:
        """Active force over the largest active force at this length, (m,) [1]; 0 if that is 0."""
        largest = self.problem.upper - self.problem.lower
        active = self.forces - self.problem.lower
        able = self.problem.free & np.isfinite(largest)
        return np.divide(active, largest, out=np.zeros_like(active), where=able)

    @property
    def gap(self) -> float:
        """Effort minus its proven lower bound, relative to the effort (or absolute below 1e-6)."""
        return abs(self.primal - self.dual) / max(self.primal, 1e-6)

    @property
    def spectrum(self) -> tuple[Floats, Floats]:
        """Eigenvalues (n,) of the Hessian, ascending [N m/rad], and eigenvectors in columns."""
        values, vectors = np.linalg.eigh(self.hessian)
        return values, vectors

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue of the Hessian [N m/rad]."""
        return float(self.spectrum[0][0])

    @property
    def mode(self) -> Floats:
        """Mode of least stiffness, (n,), of unit length, its largest entry positive."""
        return _signed(self.spectrum[1][:, 0])

    @property
    def price_of_floor(self) -> float:
        """Derivative of effort with respect to floor [rad/(N m)]; 0 if the floor is inactive."""
        return float(np.trace(self.cone_dual))

    @property
    def needing_mode(self) -> Floats | None:
        """The mode that needs muscle activity for its stiffness, (n,); None if there is none."""
        if self.price_of_floor <= 1e-9 * max(self.primal, 1e-12):
            return None
        return _signed(np.linalg.eigh(self.cone_dual)[1][:, -1])


def _signed(vector: Floats) -> Floats:
    return vector * np.sign(vector[np.argmax(np.abs(vector))])
