"""What has to be decided: which muscle forces hold a posture, in arrays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.stiffness import in_series
from panjabi.errors import ParameterError

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SeriesStiffness:
    """Stiffness of each muscle as fibres in series with tendon: concave in its force.

    k(F) = (a F) b(F) / (a F + b(F)) with b(F) = tendon + tendon_slope F, all (m,); it acts on the
    outer product of the slopes dL/dq, (m, n).
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
    Effort counts what a muscle adds to its lower bound, its passive force: x = (F - lower) / unit.

    Raises
    ------
    ParameterError
        For arrays that do not fit together, are not finite, or bounds the wrong way round.
    """

    names: tuple[str, ...]  # (m,) muscles
    coordinates: tuple[str, ...]  # (n,)
    arms: Floats  # (n, m) moment arms -dL/dq [m]
    demand: Floats  # (n,) moment the muscles must give [N m]
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
                    f"RecruitmentProblem.{name} has shape {array.shape}"
                    f"{'' if np.all(finite) else ' with entries that are not finite'}; finite "
                    f"{shape} is possible for {n} coordinates and {m} muscles. Look at what made "
                    "it."
                )
            object.__setattr__(self, name, array)
        wrong = np.flatnonzero((self.lower > self.upper) | (self.unit <= 0.0))
        if wrong.size:
            k = int(wrong[0])
            raise ParameterError(
                f"muscle {self.names[k]} has bounds {self.lower[k]:g} to {self.upper[k]:g} N and "
                f"unit {self.unit[k]:g} N; a lower bound below the upper one and a positive unit "
                "are possible. Check its passive and maximal force."
            )
        skew = max(
            _skewness(self.constant),
            max((_skewness(one) for one in self.per_force), default=0.0),
        )
        if skew > 1e-9:
            raise ParameterError(
                f"a stiffness matrix is unsymmetric by {skew:.1g} of its size; the Hessian of a "
                "potential is symmetric. Check the second derivatives."
            )

    def __repr__(self) -> str:
        return (
            f"<RecruitmentProblem: {len(self.coordinates)} coordinates, {len(self.names)} muscles>"
        )

    @cached_property
    def free(self) -> NDArray[np.bool_]:
        """(m,) muscles whose force can be chosen: bounds further apart than 1e-9 of the unit."""
        return self.upper - self.lower > 1e-9 * self.unit

    def effort(self, forces: ArrayLike) -> Floats:
        """x of every muscle, (m,) [1]."""
        return (np.asarray(forces, float) - self.lower) / self.unit

    def forces(self, effort: ArrayLike) -> Floats:
        """Forces of efforts, (m,) [N]."""
        return self.lower + self.unit * np.asarray(effort, float)

    def hessian(self, forces: ArrayLike) -> Floats:
        """H(F), (n, n) [N m/rad]."""
        F = np.asarray(forces, float)
        H = self.constant + np.tensordot(F, self.per_force, 1)
        if self.series is not None:
            g = self.series.slopes
            H = H + g.T @ (self.series.stiffness(F)[:, None] * g)
        return H

    def hessian_slope(self, forces: ArrayLike) -> Floats:
        """dH/dF of every muscle, (m, n, n) [m/rad]; does not depend on F without series part."""
        if self.series is None:
            return self.per_force
        g = self.series.slopes
        outer = g[:, :, None] * g[:, None, :]
        return self.per_force + self.series.slope(forces)[:, None, None] * outer

    def with_demand(self, demand: ArrayLike) -> RecruitmentProblem:
        """The same muscles asked for other moments."""
        return replace(self, demand=np.asarray(demand, float))

    def with_upper(self, upper: ArrayLike) -> RecruitmentProblem:
        """The same posture with weaker or stronger muscles."""
        return replace(self, upper=np.asarray(upper, float))


def _skewness(matrix: Floats) -> float:
    size = float(np.abs(matrix).max(initial=0.0))
    return float(np.abs(matrix - matrix.T).max(initial=0.0)) / size if size > 0.0 else 0.0
