"""The recruitment problem in arrays: activations that hold a posture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.spine.short_range import PathStiffness

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class RecruitmentProblem:
    """n coordinates, m muscles: R F = b, least <= a <= most, and the Hessian H(a).

    A force is affine in the activation, F = idle + gain a: the Hill law near one state, or exact
    with rigid tendons. H(a) = constant + sum_m F_m per_force_m + k_m(a) g_m g_m^T is the stiffness
    of the posture, g = dL/dq = -arms^T. Effort is sum weight a^p + cost a, see
    `panjabi.spine.effort`; the cost is that of compression and 0 by default.

    Raises
    ------
    ParameterError
        If shapes do not match, values are not finite, or a lower bound exceeds the upper bound.
    """

    names: tuple[str, ...]  # (m,) muscles
    coordinates: tuple[str, ...]  # (n,)
    arms: Floats  # (n, m) moment arms -dL/dq [m]
    demand: Floats  # (n,) moment that the muscles must produce [N m]
    idle: Floats  # (m,) force at activation 0 [N]
    gain: Floats  # (m,) force per activation [N]
    weight: Floats  # (m,) of the effort: Fmax [N], or Fmax lopt [N m]
    least: Floats  # (m,) smallest activation [1]
    most: Floats  # (m,) largest activation [1], may be infinite
    constant: Floats  # (n, n) [N m/rad]
    per_force: Floats  # (m, n, n) d2L/dq2 [m/rad2]
    stiffness: PathStiffness  # of the paths
    cost: Floats = field(default_factory=lambda: np.zeros(0))  # (m,) linear, in the effort's unit

    def __post_init__(self) -> None:
        n, m = len(self.coordinates), len(self.names)
        if not np.size(self.cost):
            object.__setattr__(self, "cost", np.zeros(m))
        shapes = {
            "arms": (n, m),
            "demand": (n,),
            "idle": (m,),
            "gain": (m,),
            "weight": (m,),
            "cost": (m,),
            "least": (m,),
            "most": (m,),
            "constant": (n, n),
            "per_force": (m, n, n),
        }
        for name, shape in shapes.items():
            array = np.ascontiguousarray(getattr(self, name), np.float64)
            finite = np.isfinite(array) | ((array == np.inf) if name == "most" else False)
            if array.shape != shape or not np.all(finite):
                raise ParameterError(
                    f"Expected RecruitmentProblem.{name} of shape {shape} with finite entries for "
                    f"{n} coordinates and {m} muscles, got shape {array.shape}"
                    f"{'' if np.all(finite) else ' with entries that are not finite'}; check how "
                    "it was computed."
                )
            object.__setattr__(self, name, array)
        invalid = np.flatnonzero((self.least > self.most) | (self.weight < 0.0) | (self.gain < 0.0))
        if invalid.size:
            k = int(invalid[0])
            raise ParameterError(
                f"Expected a least activation up to the largest and no negative gain or weight for "
                f"muscle {self.names[k]}, got activations {self.least[k]:g} to {self.most[k]:g}, "
                f"gain {self.gain[k]:g} N and weight {self.weight[k]:g}; check its maximal force."
            )
        skew = max(
            _skewness(self.constant),
            max((_skewness(matrix) for matrix in self.per_force), default=0.0),
        )
        if skew > 1e-9:
            raise ParameterError(
                "Expected symmetric stiffness matrices, as the Hessian of a potential, got a "
                f"matrix unsymmetric by a fraction of {skew:.1g}; check the second derivatives."
            )

    def __repr__(self) -> str:
        return (
            f"<RecruitmentProblem: {len(self.coordinates)} coordinates, {len(self.names)} muscles>"
        )

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """Whether the force of a muscle can vary, (m,)."""
        return (self.most - self.least > 1e-9) & (self.gain > 0.0) & (self.weight > 0.0)

    @property
    def start(self) -> Floats:
        """Activations of the muscles that cannot vary, 0 for the others, (m,)."""
        return np.where(self.free, 0.0, self.least)

    def forces(self, a: ArrayLike) -> Floats:
        """Forces of activations, (m,) [N]."""
        return self.idle + self.gain * np.asarray(a, float)

    def activations(self, forces: ArrayLike) -> Floats:
        """Activations of forces (m,) [N]."""
        over = np.asarray(forces, float) - self.idle
        return np.divide(over, self.gain, out=self.least.copy(), where=self.free)

    def hessian(self, a: Floats) -> Floats:
        """Stiffness H(a) of the posture, (n, n) [N m/rad]."""
        H = self.constant + np.tensordot(self.forces(a), self.per_force, 1)
        return H + (self.arms * self.stiffness(a)) @ self.arms.T

    def hessian_slope(self, a: Floats) -> Floats:
        """dH/da of every muscle, (m, n, n) [N m/rad]."""
        per = self.gain[:, None, None] * self.per_force
        return per + self.stiffness.slope(a)[:, None, None] * self.outer

    @cached_property
    def outer(self) -> Floats:
        """g g^T of every muscle, (m, n, n) [m2/rad2]."""
        return self.arms.T[:, :, None] * self.arms.T[:, None, :]

    def with_demand(self, demand: ArrayLike) -> RecruitmentProblem:
        """The same problem with other moments to produce (n,) [N m]."""
        return replace(self, demand=np.asarray(demand, float))

    def with_most(self, most: ArrayLike) -> RecruitmentProblem:
        """The same problem with other largest activations (m,) [1]."""
        return replace(self, most=np.asarray(most, float))


def _skewness(matrix: Floats) -> float:
    size = float(np.abs(matrix).max(initial=0.0))
    return float(np.abs(matrix - matrix.T).max(initial=0.0)) / size if size > 0.0 else 0.0
