"""The same question put to a local search, as the literature does; kept for comparison.

It starts somewhere, moves downhill and cannot know whether there is something better elsewhere.
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


def local_search(
    problem: RecruitmentProblem,
    *,
    start: ArrayLike,
    floor: float | None = 1.0,
    criterion: str = "squares",
    iterations: int = 500,
) -> Recruitment:
    """A stationary choice found by sequential quadratic programming (SciPy's SLSQP) from a start.

    start : (m,) forces [N]. The floor is a bound on the smallest eigenvalues. Multipliers are not
    returned by the search; those of the result are zero and its gap is that of no proof.

    Raises
    ------
    ConvergenceError
        If the search stops without meeting the constraints.
    """
    from scipy.optimize import minimize

    how = criterion_of(criterion)
    n = len(problem.coordinates)
    room = problem.effort(problem.upper)
    turn = problem.arms * problem.unit
    constraints: list[dict[str, Any]] = [
        {
            "type": "eq",
            "fun": lambda x: problem.arms @ problem.forces(x) - problem.demand,
            "jac": lambda x: turn,
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
    found = minimize(
        how.value,
        np.clip(problem.effort(start), 0.0, room),
        jac=how.slope,
        bounds=list(zip(np.zeros(len(room)), room, strict=True)),
        constraints=constraints,
        method="SLSQP",
        options={"maxiter": iterations, "ftol": 1e-14},
    )
    zero = np.zeros(len(room))
    result = certified(
        problem,
        criterion_name=criterion,
        floor=floor,
        effort=found.x,
        multipliers=(np.zeros(n), zero, zero),
        cone=np.zeros((n, n)),
        status="stationary",
        iterations=int(found.nit),
        solver="slsqp",
    )
    off = result.residuals
    if max(off.equilibrium_Nm, off.cone_Nm_per_rad) > 1e-4:
        raise ConvergenceError(
            f"the search stopped after {found.nit} iterations ({found.message}) with {off}; a "
            "local search may fail where an optimum exists. Use solve_recruitment."
        )
    return result
