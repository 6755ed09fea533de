"""Recruited muscle forces with the evidence that no forces have less effort."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.spine.effort import EffortCriterion

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Residuals:
    """Violations of the conditions of an optimum, computed from the returned values."""

    equilibrium_Nm: float  # largest unbalanced moment
    bounds_N: float  # largest violation of a bound
    cone_Nm_per_rad: float  # how far the lowest eigenvalue of H - B is below 0
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
    criterion: EffortCriterion
    bound: Floats | None  # B of H >= B (n, n) [N m/rad]; None is equilibrium only
    activations: Floats  # (m,) [1]
    status: str  # "optimal", or "stationary" for a local search
    primal: float  # effort [unit of the criterion]
    dual: float  # a lower bound on the effort of any other choice
    residuals: Residuals
    hessian: Floats  # (n, n) at these activations [N m/rad]
    moment_multipliers: Floats  # (n,) d effort / d demand
    lower_multipliers: Floats  # (m,) d effort / d least
    upper_multipliers: Floats  # (m,) -d effort / d most
    cone_dual: Floats  # (n, n) positive semidefinite: d effort / d B
    iterations: int
    solver: str

    def __repr__(self) -> str:
        return (
            f"<Recruitment {self.status}: effort {self.primal:.4g} {self.criterion.unit}, gap "
            f"{self.gap:.1e}, least stiffness {self.least_stiffness:.4g} N m/rad>"
        )

    @property
    def forces(self) -> Floats:
        """Muscle forces, (m,) [N]."""
        return self.problem.forces(self.activations)

    @property
    def gap(self) -> float:
        """Effort minus its proven lower bound, relative to the effort."""
        least = 1e-6 * float(self.problem.weight.sum())
        return abs(self.primal - self.dual) / max(self.primal, least)

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
    def price_of_bound(self) -> float:
        """Relative rise of the effort per relative rise of the bound [1]; 0 if it is inactive."""
        if self.bound is None:
            return 0.0
        return float(np.sum(self.cone_dual * self.bound)) / max(self.primal, 1e-300)

    @property
    def needing_modes(self) -> Floats:
        """Orthonormal modes (n, k) whose stiffness costs effort, the costliest last."""
        stiff = float(np.abs(self.hessian).max(initial=1.0))
        if float(np.trace(self.cone_dual)) * stiff <= 1e-7 * self.primal:
            return np.empty((len(self.cone_dual), 0))
        return range_of(self.cone_dual)

    @property
    def needing_mode(self) -> Floats | None:
        """The mode whose stiffness costs the most effort, (n,); None if there is none."""
        modes = self.needing_modes
        return _signed(modes[:, -1]) if modes.size else None


def range_of(Z: Floats) -> Floats:
    """Orthonormal eigenvectors (n, k) of a positive semidefinite matrix without its null space."""
    values, vectors = np.linalg.eigh(Z)
    return vectors[:, values > 1e-7 * values[-1]] if values[-1] > 0.0 else vectors[:, :0]


def _signed(vector: Floats) -> Floats:
    return vector * np.sign(vector[np.argmax(np.abs(vector))])
