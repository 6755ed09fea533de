"""The same recruitment problem solved by a local search, as in the literature, for comparison.

A local search ends at a stationary point. It cannot prove that no better optimum exists.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.errors import ConvergenceError
from panjabi.recruitment.certificate import certified
from panjabi.recruitment.criteria import criterion as criterion_of
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.recruitment.result import Recruitment
from panjabi.recruitment.solve import require_floor


def local_search(
    problem: RecruitmentProblem,
    *,
    start: ArrayLike,
    floor: float | None = 1.0,
    criterion: str = "squares",
    iterations: int = 500,
) -> Recruitment:
    """A stationary recruitment by sequential quadratic programming (SciPy's SLSQP).

    start : forces (m,) [N] at which the search starts. The floor is a constraint on the
    eigenvalues. The search returns no multipliers: those of the result are zero, and its gap is no
    proof of optimality.

    Raises
    ------
    ConvergenceError
        If the search stops without meeting the constraints.
    ParameterError
        If the floor is negative or not finite.
    """
    from scipy.optimize import minimize

    require_floor(floor)
    objective = criterion_of(criterion)
    n = len(problem.coordinates)
    largest_effort = problem.effort(problem.upper)
    moment_per_effort = problem.arms * problem.unit
    constraints: list[dict[str, Any]] = [
        {
            "type": "eq",
            "fun": lambda x: problem.arms @ problem.forces(x) - problem.demand,
            "jac": lambda x: moment_per_effort,
        }
    ]

    def eigenvalues(x: Any) -> Any:
        return np.linalg.eigvalsh(problem.hessian(problem.forces(x))) - (floor or 0.0)

    def slopes(x: Any) -> Any:
        F = problem.forces(x)
        vectors = np.linalg.eigh(problem.hessian(F))[1]
        parts = np.einsum("mij,ik,jk->km", problem.hessian_slope(F), vectors, vectors)
        return parts * problem.unit

    if floor is not None:
        constraints.append({"type": "ineq", "fun": eigenvalues, "jac": slopes})
    minimum = minimize(
        objective.value,
        np.clip(problem.effort(start), 0.0, largest_effort),
        jac=objective.slope,
        bounds=list(zip(np.zeros(len(largest_effort)), largest_effort, strict=True)),
        constraints=constraints,
        method="SLSQP",
        options={"maxiter": iterations, "ftol": 1e-14},
    )
    zero = np.zeros(len(largest_effort))
    result = certified(
        problem,
        criterion_name=criterion,
        floor=floor,
        effort=minimum.x,
        multipliers=(np.zeros(n), zero, zero),
        cone=np.zeros((n, n)),
        status="stationary",
        iterations=int(minimum.nit),
        solver="slsqp",
    )
    residuals = result.residuals
    if max(residuals.equilibrium_Nm, residuals.cone_Nm_per_rad) > 1e-4:
        raise ConvergenceError(
            "Expected muscle forces that meet equilibrium and floor within 1e-4, got "
            f"{residuals} after {minimum.nit} iterations ({minimum.message}); a local search may "
            "fail where an optimum exists, so use solve_recruitment."
        )
    return result
