"""Recruitment as a convex semidefinite programme, solved by Clarabel and then checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.recruitment.certificate import certified
from panjabi.recruitment.cone import smat, svec
from panjabi.recruitment.criteria import criterion as criterion_of
from panjabi.recruitment.infeasible import InfeasibleRecruitment, explained
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.recruitment.result import Recruitment

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""Relative tolerance of the solver for feasibility and gap."""

ACCEPTED = {
    "equilibrium_Nm": 1e-6,
    "bounds_N": 1e-4,
    "cone_Nm_per_rad": 1e-5,
    "stationarity": 1e-4,
    "dual": 1e-6,
    "complementarity": 1e-4,
}
"""Largest residuals of a result that is returned; those of moment and stiffness are relative to the
largest moment and stiffness of the problem."""


def solve_recruitment(
    problem: RecruitmentProblem,
    *,
    floor: float | None = 1.0,
    criterion: str = "squares",
) -> Recruitment:
    """Forces of least effort that balance the moments and keep the Hessian above a floor.

    Parameters
    ----------
    floor : smallest allowed eigenvalue of H(F) [N m/rad]; None requires equilibrium only.
    criterion : "squares" or "cubic" of active force over maximal force.

    Raises
    ------
    InfeasibleRecruitment
        If no forces within their bounds do this; `.why` is the moment or mode, with proof.
    ConvergenceError
        If the solver stops without an optimum and without a proof of infeasibility.
    ParameterError
        If the floor is negative or not finite.
    """
    how = criterion_of(criterion)
    require_floor(floor)
    programme = _Programme(problem, floor, how.power)
    solution = programme.solve()
    status = str(solution.status)
    z = np.array(solution.z)
    if status.endswith("PrimalInfeasible"):
        y, _, _, Z = programme.multipliers(z)
        why = explained(problem, floor, y, Z)
        if why is not None:
            raise InfeasibleRecruitment(
                f"Expected a posture that the {len(problem.names)} muscles can hold, got none: "
                f"{why.sentence}; change load, posture, strength or floor.",
                why,
            )
    y, low, high, Z = programme.multipliers(z)
    result = certified(
        problem,
        criterion_name=criterion,
        floor=floor,
        effort=programme.effort(np.array(solution.x)),
        multipliers=(y, low, high),
        cone=Z,
        status="optimal",
        iterations=int(solution.iterations),
        solver="clarabel",
    )
    if not acceptable(result):
        raise ConvergenceError(
            "Expected an optimum or a proof that there is none, got solver status "
            f"{status} with gap {result.gap:.1e} and {result.residuals}; change floor, load or "
            "strength slightly, and look for bounds that nearly exclude each other."
        )
    return result


def require_floor(floor: float | None) -> None:
    """Raise ParameterError for a floor that is negative or not finite; None is no floor."""
    if floor is not None and not (np.isfinite(floor) and floor >= 0.0):
        raise ParameterError(
            f"Expected a finite floor of 0 N m/rad or more, or None for equilibrium only, got "
            f"{floor!r}; give 1.0 for the default."
        )


def acceptable(result: Recruitment) -> bool:
    """Whether gap and residuals are small enough for an optimum."""
    per = {
        "equilibrium_Nm": max(float(np.abs(result.problem.demand).max(initial=0.0)), 1.0),
        "cone_Nm_per_rad": max(float(np.abs(result.hessian).max(initial=0.0)), 1.0),
    }
    small = all(
        value <= ACCEPTED[name] * per.get(name, 1.0)
        for name, value in vars(result.residuals).items()
    )
    return small and result.gap <= 1e-5


@dataclass(frozen=True)
class _Programme:
    """min ½ v.P v + c.v with A v + s = b, s in a product of cones; v = (x, t of x^3, k)."""

    problem: RecruitmentProblem
    floor: float | None
    power: int

    @property
    def free(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.problem.free)

    def solve(self) -> Any:
        from importlib import import_module

        from scipy import sparse

        clarabel: Any = import_module("clarabel")  # its stubs lack the cones
        p, free = self.problem, self.free
        mf = free.size
        cubic = self.power == 3
        series = p.series if self.floor is not None else None
        size = mf * (1 + cubic + (series is not None))
        unit = p.unit[free]
        rows: list[Any] = []
        right: list[Floats] = []
        cones: list[Any] = []

        def add(block: Any, values: Floats, cone: Any) -> None:
            rows.append(block)
            right.append(values)
            cones.append(cone)

        def on_effort(block: Any) -> Any:
            block = sparse.csc_matrix(block)
            return sparse.hstack([block, sparse.csc_matrix((block.shape[0], size - mf))])

        moment = p.demand - p.arms @ p.lower
        add(on_effort(p.arms[:, free] * unit), moment, clarabel.ZeroConeT(len(moment)))
        add(on_effort(-sparse.identity(mf)), np.zeros(mf), clarabel.NonnegativeConeT(mf))
        largest_effort = p.effort(p.upper)[free]
        bounded = np.flatnonzero(np.isfinite(largest_effort))
        if bounded.size:
            add(
                on_effort(sparse.identity(mf).tocsr()[bounded]),
                largest_effort[bounded],
                clarabel.NonnegativeConeT(bounded.size),
            )
        if self.floor is not None:
            n = len(p.coordinates)
            fixed = ~p.free
            base = p.constant + np.tensordot(p.lower, p.per_force, 1) - self.floor * np.eye(n)
            blocks = [svec(p.per_force[free]).T * unit]
            if cubic:
                blocks.append(np.zeros((blocks[0].shape[0], mf)))
            if series is not None:
                g = series.slopes[free]
                blocks.append(svec(g[:, :, None] * g[:, None, :]).T * (series.fibre[free] * unit))
                g = series.slopes[fixed]
                base = base + g.T @ (series.stiffness(p.lower)[fixed][:, None] * g)
            add(-sparse.csc_matrix(np.hstack(blocks)), svec(base), clarabel.PSDTriangleConeT(n))
        for k in range(mf if cubic else 0):  # x <= t^(1/3) 1^(2/3)
            block = sparse.lil_matrix((3, size))
            block[0, mf + k], block[2, k] = -1.0, -1.0
            add(block, np.array([0.0, 1.0, 0.0]), clarabel.PowerConeT(1.0 / 3.0))
        for k in range(mf if series is not None else 0):
            block, values = _in_series(series, p, int(free[k]), k, size - mf + k, size)
            add(block, values, clarabel.SecondOrderConeT(3))
        P = sparse.csc_matrix((size, size))
        c = np.zeros(size)
        if cubic:
            c[mf : 2 * mf] = 1.0
        else:
            P = sparse.diags(np.r_[np.full(mf, 2.0), np.zeros(size - mf)], format="csc")
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
        settings.max_threads = 1
        A = sparse.vstack(rows, format="csc")
        return clarabel.DefaultSolver(P, c, A, np.concatenate(right), cones, settings).solve()

    def effort(self, v: Floats) -> Floats:
        """Effort x (m,) from the solver's variables."""
        x = np.zeros(len(self.problem.names))
        x[self.free] = v[: self.free.size]
        return x

    def multipliers(self, z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Multipliers of moments (n,), lower and upper bounds (m,), and of the cone (n, n)."""
        p, free = self.problem, self.free
        n, m, mf = len(p.coordinates), len(p.names), free.size
        low, high = np.zeros(m), np.zeros(m)
        y, z = z[:n], z[n:]
        low[free], z = z[:mf], z[mf:]
        bounded = free[np.isfinite(p.upper[free])]
        high[bounded], z = z[: bounded.size], z[bounded.size :]
        cone = smat(z[: n * (n + 1) // 2]) if self.floor is not None else np.zeros((n, n))
        return y, low, high, cone


def _in_series(
    series: Any, p: RecruitmentProblem, muscle: int, x: int, k: int, size: int
) -> tuple[Any, Floats]:
    """k <= a b / (a + b) as the cone (a - k)(a + b) >= a^2, scaled by a at force `unit`."""
    from scipy import sparse

    unit = p.unit[muscle]
    whole = series.fibre[muscle] * unit
    at_lower = series.fibre[muscle] * p.lower[muscle] / whole
    tendon = (series.tendon[muscle] + series.tendon_slope[muscle] * p.lower[muscle]) / whole
    slope = series.tendon_slope[muscle] * unit / whole
    # s = (2a + b - k, 2a, -b - k) with a = at_lower + x, b = tendon + slope x
    block = sparse.lil_matrix((3, size))
    block[0, x], block[0, k] = -(2.0 + slope), 1.0
    block[1, x] = -2.0
    block[2, x], block[2, k] = slope, 1.0
    return block, np.array([2.0 * at_lower + tendon, 2.0 * at_lower, -tendon])
