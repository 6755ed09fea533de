"""Check of optimality from the forces and multipliers alone, independent of the solver."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panjabi.recruitment.criteria import criterion
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.recruitment.result import Recruitment, Residuals

Floats = NDArray[np.float64]


def certified(
    problem: RecruitmentProblem,
    *,
    criterion_name: str,
    floor: float | None,
    effort: Floats,
    multipliers: tuple[Floats, Floats, Floats],
    cone: Floats,
    status: str,
    iterations: int,
    solver: str,
) -> Recruitment:
    """The result of a recruitment with its residuals and its proven lower bound.

    Parameters
    ----------
    effort : x = active force / unit, (m,).
    multipliers : of R F = b (n,), of x >= 0 (m,) and of x <= upper (m,).
    cone : dual matrix of H(F) >= floor, (n, n).
    """
    moment, low, high = multipliers
    objective = criterion(criterion_name)
    largest_effort = problem.effort(problem.upper)
    x = np.clip(effort, 0.0, largest_effort)
    F = problem.forces(x)
    H = problem.hessian(F)
    slope = problem.hessian_slope(F)
    values, vectors = np.linalg.eigh(0.5 * (cone + cone.T))
    Z = (vectors * np.maximum(values, 0.0)) @ vectors.T
    line = problem.unit * (moment @ problem.arms - np.tensordot(slope, Z, 2))
    reduced = objective.slope(x) + line
    gradient = np.where(problem.free, reduced - low + high, 0.0)
    size = max(float(np.abs(objective.slope(x)).max(initial=0.0)), 1e-9)
    primal = objective.value(x)
    slack = np.where(
        np.isfinite(largest_effort),
        high * np.where(np.isfinite(largest_effort), largest_effort - x, 0.0),
        0.0,
    )
    least = float(np.linalg.eigvalsh(H)[0])
    inner = 0.0 if floor is None else float(np.sum(Z * H) - floor * np.trace(Z))
    open_products = float(np.abs(low * x).sum() + np.abs(slack).sum()) + abs(inner)
    negative = max(
        *(float(-v.min(initial=0.0)) for v in (low, high)),
        float(-values.min(initial=0.0)) * _stiff(H),
    )
    residuals = Residuals(
        equilibrium_Nm=float(np.abs(problem.arms @ F - problem.demand).max(initial=0.0)),
        bounds_N=float(np.abs((effort - x) * problem.unit).max(initial=0.0)),
        cone_Nm_per_rad=0.0 if floor is None else max(floor - least, 0.0),
        stationarity=float(np.abs(gradient).max(initial=0.0)) / size,
        dual=negative / size,
        complementarity=open_products / max(primal, 1e-6),
    )
    # weak duality for any (moment, Z): H is concave, so its tangent at F is an upper bound
    at_zero = H - np.tensordot(problem.unit * x, slope, 1)
    bound = objective.least_on_box(line, np.where(problem.free, largest_effort, 0.0))
    bound += float(moment @ (problem.arms @ problem.lower - problem.demand))
    bound -= float(np.sum(Z * at_zero)) - (floor or 0.0) * float(np.trace(Z))
    return Recruitment(
        problem=problem,
        criterion=criterion_name,
        floor=floor,
        forces=F,
        status=status,
        primal=primal,
        dual=bound,
        residuals=residuals,
        hessian=H,
        moment_multipliers=-moment,
        lower_multipliers=low / problem.unit,
        upper_multipliers=high / problem.unit,
        cone_dual=Z,
        iterations=iterations,
        solver=solver,
    )


def _stiff(H: Floats) -> float:
    return float(np.abs(H).max(initial=1.0))
