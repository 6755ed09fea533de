"""The recruitment problem in arrays: muscle forces that hold a posture."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.stiffness import in_series
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class SeriesStiffness(ShortRepr):
    """Stiffness of each muscle as fibres in series with tendon, a concave function of its force.

    k(F) = (a F) b(F) / (a F + b(F)) with b(F) = tendon + tendon_slope F, all (m,). The Hessian
    gets k times the outer product of the slopes dL/dq, (m, n).
    """

    fibre: Floats  # a: fibre stiffness per force, gamma / lopt [1/m]
    tendon: Floats  # b at zero force [N/m]
    tendon_slope: Floats  # d b / d F [1/m]
    slopes: Floats  # (m, n) dL/dq [m/rad]

    def stiffness(self, forces: ArrayLike) -> Floats:
        """k of every muscle at its force, (m,) [N/m]."""
        fibre, tendon = self._parts(forces)
        return fibre * in_series(fibre, tendon)[0]

    def slope(self, forces: ArrayLike) -> Floats:
        """dk/dF, (m,) [1/m]."""
        by_fibre, by_tendon = in_series(*self._parts(forces))
        return self.fibre * by_fibre**2 + self.tendon_slope * by_tendon**2

    def _parts(self, forces: ArrayLike) -> tuple[Floats, Floats]:
        F = np.asarray(forces, float)
        return self.fibre * F, self.tendon + self.tendon_slope * F


@dataclass(frozen=True, eq=False, repr=False)
class RecruitmentProblem:
    """n joint coordinates, m muscles: R F = b, lower <= F <= upper, and the Hessian of F.

    H(F) = constant + sum_m F_m per_force_m (+ series stiffness) is the stiffness of the posture.
    Effort is the force above the lower bound, which is the passive force: x = (F - lower) / unit.

    Raises
    ------
    ParameterError
        If shapes do not match, values are not finite, or a lower bound exceeds the upper bound.
    """

    names: tuple[str, ...]  # (m,) muscles
    coordinates: tuple[str, ...]  # (n,)
    arms: Floats  # (n, m) moment arms -dL/dq [m]
    demand: Floats  # (n,) moment that the muscles must produce [N m]
    lower: Floats  # (m,) [N]
    upper: Floats  # (m,) [N], may be infinite
    unit: Floats  # (m,) force of effort 1, Fmax [N]
    constant: Floats  # (n, n) [N m/rad]
    per_force: Floats  # (m, n, n) [m/rad]
    series: SeriesStiffness | None = field(default=None)

    def __post_init__(self) -> None:
        n, m = len(self.coordinates), len(self.names)
        shapes = {
            "arms": (n, m),
            "demand": (n,),
            "lower": (m,),
            "upper": (m,),
            "unit": (m,),
            "constant": (n, n),
            "per_force": (m, n, n),
        }
        for name, shape in shapes.items():
            array = np.ascontiguousarray(getattr(self, name), np.float64)
            finite = np.isfinite(array) | ((array == np.inf) if name == "upper" else False)
            if array.shape != shape or not np.all(finite):
                raise ParameterError(
                    f"Expected RecruitmentProblem.{name} of shape {shape} with finite entries for "
                    f"{n} coordinates and {m} muscles, got shape {array.shape}"
                    f"{'' if np.all(finite) else ' with entries that are not finite'}; check how "
                    "it was computed."
                )
            object.__setattr__(self, name, array)
        invalid = np.flatnonzero((self.lower > self.upper) | (self.unit <= 0.0))
        if invalid.size:
            k = int(invalid[0])
            raise ParameterError(
                f"Expected a lower bound up to the upper bound and a positive unit for muscle "
                f"{self.names[k]}, got bounds {self.lower[k]:g} to {self.upper[k]:g} N and unit "
                f"{self.unit[k]:g} N; check its passive and maximal force."
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
        """Whether the force of a muscle can vary, (m,): bounds differ by more than 1e-9 unit."""
        return self.upper - self.lower > 1e-9 * self.unit

    def effort(self, forces: ArrayLike) -> Floats:
        """Effort x of every muscle, (m,) [1]."""
        return (np.asarray(forces, float) - self.lower) / self.unit

    def forces(self, effort: ArrayLike) -> Floats:
        """Forces of efforts, (m,) [N]."""
        return self.lower + self.unit * np.asarray(effort, float)

    def hessian(self, forces: ArrayLike) -> Floats:
        """Stiffness H(F) of the posture, (n, n) [N m/rad]."""
        F = np.asarray(forces, float)
        H = self.constant + np.tensordot(F, self.per_force, 1)
        if self.series is not None:
            g = self.series.slopes
            H = H + g.T @ (self.series.stiffness(F)[:, None] * g)
        return H

    def hessian_slope(self, forces: ArrayLike) -> Floats:
        """dH/dF of every muscle, (m, n, n) [m/rad]; constant without `series`."""
        if self.series is None:
            return self.per_force
        g = self.series.slopes
        outer = g[:, :, None] * g[:, None, :]
        return self.per_force + self.series.slope(forces)[:, None, None] * outer

    def with_demand(self, demand: ArrayLike) -> RecruitmentProblem:
        """The same problem with other moments to produce (n,) [N m]."""
        return replace(self, demand=np.asarray(demand, float))

    def with_upper(self, upper: ArrayLike) -> RecruitmentProblem:
        """The same problem with other largest forces (m,) [N]."""
        return replace(self, upper=np.asarray(upper, float))


def _skewness(matrix: Floats) -> float:
    size = float(np.abs(matrix).max(initial=0.0))
    return float(np.abs(matrix - matrix.T).max(initial=0.0)) / size if size > 0.0 else 0.0
