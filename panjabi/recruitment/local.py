"""The same recruitment problem solved by a local search, as in the literature, for comparison.

A local search ends at a stationary point. It cannot prove that no better optimum exists.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ConvergenceError
from panjabi.recruitment.certificate import certified
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.recruitment.result import Recruitment
from panjabi.recruitment.solve import checked_bound
from panjabi.spine.effort import criterion_named

Floats = NDArray[np.float64]


def local_search(
    problem: RecruitmentProblem,
    *,
    start: ArrayLike,
    bound: float | Floats | None = 1.0,
    criterion: str = "squares",
    iterations: int = 500,
) -> Recruitment:
    """A stationary recruitment by sequential quadratic programming (SciPy's SLSQP).

    start : forces (m,) [N] at which the search starts. The bound is a constraint on the
    eigenvalues of H - B. The search returns no multipliers: those of the result are zero, and its
    gap is no proof of optimality.

    Raises
    ------
    ConvergenceError
        If the search stops without meeting the constraints.
    ParameterError
        As `solve_recruitment`.
    """
    from scipy.optimize import minimize

    how = criterion_named(criterion)
    p, n = problem, len(problem.coordinates)
    B = checked_bound(bound, n)
    moment, floor = p.arms * p.gain, np.zeros((n, n)) if B is None else B
    constraints: list[dict[str, Any]] = [
        {
            "type": "eq",
            "fun": lambda a: p.arms @ p.forces(a) - p.demand,
            "jac": lambda a: moment,
        }
    ]

    def eigenvalues(a: Any) -> Any:
        return np.linalg.eigvalsh(p.hessian(a) - floor)

    def slopes(a: Any) -> Any:
        vectors = np.linalg.eigh(p.hessian(a) - floor)[1]
        return np.einsum("mij,ik,jk->km", p.hessian_slope(a), vectors, vectors)

    if B is not None:
        constraints.append({"type": "ineq", "fun": eigenvalues, "jac": slopes})
    scale = float(p.weight.mean())
    minimum = minimize(
        lambda a: how.value(a, p.weight) / scale,
        np.clip(p.activations(start), p.least, p.most),
        jac=lambda a: how.slope(a, p.weight) / scale,
        bounds=list(zip(p.least, p.most, strict=True)),
        constraints=constraints,
        method="SLSQP",
        options={"maxiter": iterations, "ftol": 1e-14},
    )
    zero = np.zeros(len(p.names))
    result = certified(
        p,
        criterion=how,
        bound=B,
        found=minimum.x,
        multipliers=(np.zeros(n), zero, zero),
        cone=np.zeros((n, n)),
        status="stationary",
        iterations=int(minimum.nit),
        solver="slsqp",
    )
    residuals = result.residuals
    if max(residuals.equilibrium_Nm, residuals.cone_Nm_per_rad) > 1e-4:
        raise ConvergenceError(
            "Expected muscle forces that meet equilibrium and bound within 1e-4, got "
            f"{residuals} after {minimum.nit} iterations ({minimum.message}); a local search may "
            "fail where an optimum exists, so use solve_recruitment."
        )
    return result
