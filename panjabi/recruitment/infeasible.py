"""Why no muscle forces hold a posture: the moment or the mode that cannot be reached.

For any y (n,) and any positive semidefinite Z, all forces that hold the posture satisfy
<Z, H(a) - B> - y.(R F - b) >= 0. If the maximum of this over the bounds of F is negative,
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

ENDLESS = 1e6
"""Activation that stands for an infinite upper limit in a proof [1]."""

UNANSWERED = (
    "coactivation_percent_MVC", "lowest_eigenvalue_Nm_per_rad", "compression_N", "shear_N",
    "disc_pressure_Pa", "effort", "effort_unit", "residual_Nm", "required", "gap", "residuals",
    "mode_that_needs_the_muscles", "activation_percent", "activation_percent_MVC",
    "electrode_percent_MVC",
    "preload_iterations", "preload_change_N", "outside_evidence",
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
    problem: RecruitmentProblem, bound: Floats | None, y: Floats, Z: Floats
) -> Infeasibility | None:
    """What a certificate (y, Z) of a solver proves; None if it proves nothing."""
    values, vectors = np.linalg.eigh(0.5 * (Z + Z.T))
    Z = (vectors * np.maximum(values, 0.0)) @ vectors.T
    stiff, turned = float(np.trace(Z)), float(np.linalg.norm(y))
    # a mode is normalised by the trace of Z, a moment by the length of y
    p = problem
    B = np.zeros_like(p.constant) if bound is None else bound
    # a sum over the muscles, each term concave in its activation: greatest where its slope is 0
    springs, along = p.stiffness, np.tensordot(p.outer, Z, 2)
    line = p.gain * (np.tensordot(p.per_force, Z, 2) - y @ p.arms)
    low, high = p.least.copy(), np.where(p.free, np.minimum(p.most, ENDLESS), p.least)
    for _ in range(80):
        middle = 0.5 * (low + high)
        rising = line + along * springs.slope(middle) > 0.0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    most = float(np.sum(Z * (p.hessian(high) - B)) + y @ (p.demand - p.arms @ p.forces(high)))
    if not most < 0.0:
        return None
    mode = vectors[:, -1] if stiff > 0.0 else np.zeros_like(y)
    if stiff * _scale(problem) < 1e-6 * turned * _moment_scale(problem):
        return _moment_only(problem, y / turned)
    if turned * _moment_scale(problem) < 1e-6 * stiff * _scale(problem):
        return _mode_only(problem, Z / stiff, B, mode, -most / stiff)
    sentence = (
        "equilibrium and the required stiffness exclude each other: forces that balance "
        f"the moments ({_combination(problem, y)}) leave the stiffness of the mode "
        f"({_combination(problem, mode)}) short by at least {-most / stiff:.3g} N m/rad"
    )
    return Infeasibility("moment and mode", y / turned, mode, -most / stiff, sentence)


def _moment_only(problem: RecruitmentProblem, y: Floats) -> Infeasibility:
    needed = -float(y @ problem.demand)
    pull = -y @ problem.arms
    best = np.where((pull > 0.0) & problem.free, problem.most, problem.least)
    most = float(pull[pull != 0.0] @ problem.forces(best)[pull != 0.0])
    sentence = (
        f"the moment ({_combination(problem, -y)}) must be {needed:.4g} N m and the muscles give "
        f"at most {most:.4g} N m"
    )
    return Infeasibility("moment", -y, np.zeros_like(y), needed - most, sentence)


def _mode_only(
    problem: RecruitmentProblem, Z: Floats, B: Floats, mode: Floats, missing: float
) -> Infeasibility:
    sentence = (
        f"the mode ({_combination(problem, mode)}) must have a stiffness of "
        f"{float(np.sum(Z * B)):.4g} N m/rad and is below it by at least {missing:.4g} N m/rad for "
        "all muscle forces"
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
