"""Chosen muscle forces with the evidence that nothing cheaper would do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.recruitment.problem import RecruitmentProblem

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Residuals:
    """How far the conditions of an optimum are missed, computed from the returned numbers."""

    equilibrium_Nm: float  # largest unbalanced moment
    bounds_N: float  # largest violation of a bound
    cone_Nm_per_rad: float  # how far the lowest eigenvalue is below the floor
    stationarity: float  # relative to the slope of the effort
    dual: float  # negative part of multipliers, relative to the largest of their kind
    complementarity: float  # multiplier times slack, relative to the effort

    @property
    def worst(self) -> float:
        """The largest of them, in their units."""
        return max(vars(self).values())


@dataclass(frozen=True, eq=False, repr=False)
class Recruitment:
    """An optimum of a recruitment problem; exists only when its residuals say that it is one."""

    problem: RecruitmentProblem
    criterion: str
    floor: float | None  # [N m/rad]; None is equilibrium only
    forces: Floats  # (m,) [N]
    status: str  # "optimal"; "stationary" of a search that cannot know more
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
        """Active force over what the muscle can give at this length, (m,) [1]; 0 where nothing."""
        room = self.problem.upper - self.problem.lower
        active = self.forces - self.problem.lower
        able = self.problem.free & np.isfinite(room)
        return np.divide(active, room, out=np.zeros_like(active), where=able)

    @property
    def gap(self) -> float:
        """Effort minus its proven lower bound, relative to the effort (or absolute below 1e-6)."""
        return abs(self.primal - self.dual) / max(self.primal, 1e-6)

    @property
    def spectrum(self) -> tuple[Floats, Floats]:
        """Eigenvalues (n,) rising, and eigenvectors in columns, of the Hessian."""
        values, vectors = np.linalg.eigh(self.hessian)
        return values, vectors

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue of the Hessian [N m/rad]."""
        return float(self.spectrum[0][0])

    @property
    def mode(self) -> Floats:
        """The weakest mode, (n,), of unit length, its largest entry positive."""
        return _signed(self.spectrum[1][:, 0])

    @property
    def price_of_floor(self) -> float:
        """d effort / d floor [rad/(N m)]: 0 when equilibrium alone keeps the floor."""
        return float(np.trace(self.cone_dual))

    @property
    def needing_mode(self) -> Floats | None:
        """The mode for whose sake muscles are active, (n,); None while the floor costs nothing."""
        if self.price_of_floor <= 1e-9 * max(self.primal, 1e-12):
            return None
        return _signed(np.linalg.eigh(self.cone_dual)[1][:, -1])


def _signed(vector: Floats) -> Floats:
    return vector * np.sign(vector[np.argmax(np.abs(vector))])
