"""Why no muscle forces hold a posture: the moment or the mode that cannot be reached.

For any y (n,) and any positive semidefinite Z, all forces that hold the posture satisfy
<Z, H(F) - floor I> - y.(R F - b) >= 0. If the maximum of this over the bounds of F is negative,
no forces hold the posture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import PanjabiError
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.results import Result

Floats = NDArray[np.float64]

UNANSWERED = (
    "coactivation_percent_MVC", "lowest_eigenvalue_Nm_per_rad", "compression_N", "shear_N",
    "disc_pressure_Pa", "effort", "gap", "residuals", "mode_that_needs_the_muscles",
    "activation_percent_MVC", "preload_iterations", "preload_change_N", "outside_evidence",
)  # fmt: skip
"""Keys of the result of a recruitment that are null for an infeasible recruitment."""


@dataclass(frozen=True, eq=False, repr=False)
class Infeasibility(Result):
    """A proof that there is no solution, and its meaning in words."""

    kind: str  # "moment", "mode" or "moment and mode"
    moment: Floats  # (n,) combination of joint moments that cannot be reached, zeros if only a mode
    mode: Floats  # (n,) mode that cannot be stiffened, zeros if only a moment
    shortfall: float  # of the moment [N m], or of the mode [N m/rad]
    sentence: str  # explanation

    def to_dict(self) -> dict[str, Any]:
        """The keys of `SpineRecruitment.to_dict`; all except status and explanation are null."""
        return {"status": "infeasible", "explanation": self.sentence, **dict.fromkeys(UNANSWERED)}


class InfeasibleRecruitment(PanjabiError, ValueError):
    """Error: no muscle forces within their bounds hold the posture; `why` is the proof."""

    def __init__(self, message: str, why: Infeasibility) -> None:
        super().__init__(message)
        self.why = why


def explained(
    problem: RecruitmentProblem, floor: float | None, y: Floats, Z: Floats
) -> Infeasibility | None:
    """What a certificate (y, Z) of a solver proves; None if it proves nothing."""
    values, vectors = np.linalg.eigh(0.5 * (Z + Z.T))
    Z = (vectors * np.maximum(values, 0.0)) @ vectors.T
    stiff, turned = float(np.trace(Z)), float(np.linalg.norm(y))
    # a mode is normalised by the trace of Z, a moment by the length of y
    slope = problem.hessian_slope(problem.lower)  # H is concave in F: its tangent is an upper bound
    gain = np.tensordot(slope, Z, 2)
    at_lower = float(np.sum(Z * problem.hessian(problem.lower))) - (floor or 0.0) * stiff
    pull = y @ problem.arms
    room = problem.upper - problem.lower
    helping = np.maximum(gain - pull, 0.0)
    most = at_lower + float(y @ (problem.demand - problem.arms @ problem.lower))
    most += float(
        np.sum(np.where(helping > 0.0, helping * np.where(helping > 0.0, room, 0.0), 0.0))
    )
    if not most < 0.0:
        return None
    mode = vectors[:, -1] if stiff > 0.0 else np.zeros_like(y)
    if stiff * _scale(problem) < 1e-6 * turned * _moment_scale(problem):
        return _moment_only(problem, y / turned)
    if turned * _moment_scale(problem) < 1e-6 * stiff * _scale(problem):
        return _mode_only(problem, floor, Z / stiff, mode, -most / stiff)
    sentence = (
        f"equilibrium and the floor of {floor:g} N m/rad exclude each other: forces that balance "
        f"the moments ({_combination(problem, y)}) leave the stiffness of the mode "
        f"({_combination(problem, mode)}) below the floor by at least {-most / stiff:.3g} N m/rad"
    )
    return Infeasibility("moment and mode", y / turned, mode, -most / stiff, sentence)


def _moment_only(problem: RecruitmentProblem, y: Floats) -> Infeasibility:
    needed = -float(y @ problem.demand)
    pull = -y @ problem.arms
    best = np.where(pull > 0.0, problem.upper, problem.lower)
    most = float(np.sum(np.where(pull != 0.0, pull * np.where(pull != 0.0, best, 0.0), 0.0)))
    sentence = (
        f"the moment ({_combination(problem, -y)}) must be {needed:.4g} N m and the muscles give "
        f"at most {most:.4g} N m"
    )
    return Infeasibility("moment", -y, np.zeros_like(y), needed - most, sentence)


def _mode_only(
    problem: RecruitmentProblem, floor: float | None, Z: Floats, mode: Floats, missing: float
) -> Infeasibility:
    sentence = (
        f"the mode ({_combination(problem, mode)}) must have a stiffness of {floor:g} N m/rad and "
        f"is below it by at least {missing:.4g} N m/rad for all muscle forces"
    )
    return Infeasibility("mode", np.zeros_like(mode), mode, missing, sentence)


def _combination(problem: RecruitmentProblem, vector: Floats, most: int = 4) -> str:
    """The largest terms of a combination as text: "0.82 L4_L5_FE -0.31 L3_L4_FE"."""
    order = np.argsort(-np.abs(vector))[:most]
    parts = [k for k in order if abs(vector[k]) > 0.1 * abs(vector[order[0]])]
    size = float(np.linalg.norm(vector))
    text = " ".join(f"{vector[k] / size:+.2f} {problem.coordinates[k]}" for k in parts)
    return text.removeprefix("+")


def _scale(problem: RecruitmentProblem) -> float:
    return max(float(np.abs(problem.constant).max(initial=0.0)), 1.0)


def _moment_scale(problem: RecruitmentProblem) -> float:
    return max(float(np.abs(problem.demand).max(initial=0.0)), 1.0)
