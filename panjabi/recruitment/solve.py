"""Recruitment as a convex semidefinite programme, solved by Clarabel and then checked.

The condition H(a) >= B is imposed on a few modes V first, V^T (H - B) V >= 0. Modes of the solution
that are still too soft are added until none is left; of many, those without a multiplier are
removed. The last programme then has the optimum of the whole one, and its multiplier V Y V^T is a
certificate for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.recruitment.certificate import certified
from panjabi.recruitment.cone import smat, svec
from panjabi.recruitment.infeasible import InfeasibleRecruitment, explained
from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.recruitment.result import Recruitment, range_of
from panjabi.spine.effort import EffortCriterion, criterion_named, least_effort

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""Relative tolerance of the solver for feasibility and gap."""

ROUNDS = 40
"""Most programmes for one recruitment; each contains the modes that were too soft before it."""

MOST_MODES = 12
"""Modes above which those without a multiplier are removed: the time rises with their number."""

STIFF_ENOUGH = 1e-8
"""Largest negative eigenvalue of H - B of a solution, over the largest entry of H."""

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
    bound: float | Floats | None = None,
    criterion: str = "squares",
    start: Floats | None = None,
) -> Recruitment:
    """Activations of least effort that balance the moments and keep the Hessian above a bound.

    Parameters
    ----------
    bound : B of H(a) >= B: a matrix (n, n), or a number for B = number x identity [N m/rad]; None
        requires equilibrium only.
    criterion : "squares", "cube" or "volume"; see `panjabi.spine.effort`.
    start : modes (n, k) that are expected to need muscles, `Recruitment.needing_modes` of a similar
        problem. They save time and do not change the result.

    Raises
    ------
    InfeasibleRecruitment
        If no forces within their bounds do this; `.why` is the moment or mode, with proof.
    ConvergenceError
        If the solver stops without an optimum and without a proof of infeasibility.
    ParameterError
        If the bound is a negative number, not finite, or no symmetric matrix (n, n).
    """
    how = criterion_named(criterion)
    n = len(problem.coordinates)
    B = checked_bound(bound, n)
    if how.power == 2 and (B is None or start is None):
        result = _without_bound(problem, how)
        if result is not None and (B is None or not _soft(result.hessian, B).size):
            return replace(result, bound=B)
    modes = np.empty((n, 0)) if start is None else start
    for _ in range(ROUNDS):
        programme = _Programme(problem, B, how, modes)
        solution = programme.solve()
        status = str(solution.status)
        if status.endswith("PrimalInfeasible") or B is None:
            break
        soft = _soft(problem.hessian(programme.activations(np.array(solution.x))), B)
        if not soft.size:
            break
        if modes.shape[1] + soft.shape[1] > MOST_MODES:
            modes = range_of(programme.multipliers(np.array(solution.z))[3])
        modes = np.linalg.qr(np.hstack([modes, soft]))[0][:, :n]
    y, low, high, Z = programme.multipliers(np.array(solution.z))
    if status.endswith("PrimalInfeasible"):
        why = explained(problem, B, y, Z)
        if why is not None:
            raise InfeasibleRecruitment(
                f"Expected a posture that the {len(problem.names)} muscles can hold, got none: "
                f"{why.sentence}; change load, posture, strength or the required stiffness.",
                why,
            )
    result = certified(
        problem,
        criterion=how,
        bound=B,
        found=programme.activations(np.array(solution.x)),
        multipliers=(y, low, high),
        cone=Z,
        status="optimal",
        iterations=int(solution.iterations),
        solver="clarabel",
    )
    if not acceptable(result):
        raise ConvergenceError(
            "Expected an optimum or a proof that there is none, got solver status "
            f"{status} with gap {result.gap:.1e} and {result.residuals}; change the required "
            "stiffness, load or strength slightly, and look for bounds that nearly exclude each "
            "other."
        )
    return result


def _soft(H: Floats, B: Floats) -> Floats:
    """Modes (n, k) in which H - B is negative beyond rounding, and those next to them."""
    values, vectors = np.linalg.eigh(H - B)
    scale = float(np.abs(H).max())
    if values[0] >= -STIFF_ENOUGH * scale:
        return vectors[:, :0]
    return vectors[:, : max(2, int(np.sum(values < 1e-3 * scale)))][:, :8]


def _without_bound(problem: RecruitmentProblem, how: EffortCriterion) -> Recruitment | None:
    """Equilibrium only, by the solver that `panjabi.spine.equilibrium` uses; None if impossible."""
    p, free = problem, problem.free
    arms = p.arms * p.gain
    wanted = p.demand - p.arms @ p.forces(p.start)
    moved = p.cost[free] / (2.0 * p.weight[free])  # sum w a^2 + c a = sum w (a + moved)^2 - ...
    limits = p.least[free] + moved, p.most[free] + moved
    found, x, holds = least_effort(
        p.weight[free], arms[:, free], wanted + arms[:, free] @ moved, *limits
    )
    if not holds:
        return None
    a = p.least.copy()
    a[free] = found - moved
    slope = np.where(free, 2.0 * (p.weight * a - arms.T @ x) + p.cost, 0.0)
    result = certified(
        p,
        criterion=how,
        bound=None,
        found=a,
        multipliers=(-2.0 * x, np.maximum(slope, 0.0), np.maximum(-slope, 0.0)),
        cone=np.zeros_like(p.constant),
        status="optimal",
        iterations=0,
        solver="dual Newton",
    )
    return result if acceptable(result) else None


def checked_bound(bound: float | Floats | None, n: int) -> Floats | None:
    """The bound as a symmetric matrix (n, n), or None.

    Raises
    ------
    ParameterError
        For a negative number, numbers that are not finite, or another shape.
    """
    if bound is None:
        return None
    if np.ndim(bound) == 0:
        if not (np.isfinite(bound) and float(bound) >= 0.0):
            raise ParameterError(
                f"Expected a finite bound of 0 N m/rad or more, or None for equilibrium only, got "
                f"{bound!r}; give 1.0 for the floor of older tables."
            )
        return float(bound) * np.eye(n)
    B = np.asarray(bound, float)
    if B.shape != (n, n) or not np.isfinite(B).all() or not np.allclose(B, B.T):
        raise ParameterError(
            f"Expected a finite symmetric bound of shape {(n, n)}, got shape {B.shape}; take it "
            "from required_stiffness()."
        )
    return B


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
    """min ½ v.P v + c.v with A v + s = b, s in a product of cones; v = (a, t of a^3, k)."""

    problem: RecruitmentProblem
    bound: Floats | None
    how: EffortCriterion
    modes: Floats  # V (n, r), orthonormal

    @cached_property
    def free(self) -> NDArray[np.int64]:
        return np.flatnonzero(self.problem.free)

    @cached_property
    def scale(self) -> float:
        """Mean weight, by which the effort is divided for the solver."""
        return float(self.problem.weight[self.free].mean()) if self.free.size else 1.0

    def solve(self) -> Any:
        from importlib import import_module

        from scipy import sparse

        clarabel: Any = import_module("clarabel")  # its stubs lack the cones
        p, free = self.problem, self.free
        mf = free.size
        cubic = self.how.power == 3
        springs = p.stiffness
        elastic = np.isfinite(springs.tendon) & (springs.fibre + springs.fibre_slope != 0.0)
        V = self.modes
        stiff = self.bound is not None and V.shape[1] > 0
        series = free[elastic[free]] if stiff else free[:0]
        size = mf * (1 + cubic) + series.size
        gain = p.gain[free]
        rows: list[Any] = []
        right: list[Floats] = []
        cones: list[Any] = []

        def add(block: Any, values: Floats, those: list[Any]) -> None:
            rows.append(block)
            right.append(values)
            cones.extend(those)

        def on_activation(block: Any) -> Any:
            block = sparse.csc_matrix(block)
            return sparse.hstack([block, sparse.csc_matrix((block.shape[0], size - mf))])

        moment = p.demand - p.arms @ p.forces(p.start)
        add(on_activation(p.arms[:, free] * gain), moment, [clarabel.ZeroConeT(len(moment))])
        add(on_activation(-sparse.identity(mf)), -p.least[free], [clarabel.NonnegativeConeT(mf)])
        bounded = np.flatnonzero(np.isfinite(p.most[free]))
        if bounded.size:
            add(
                on_activation(sparse.identity(mf).tocsr()[bounded]),
                p.most[free][bounded],
                [clarabel.NonnegativeConeT(bounded.size)],
            )
        if self.bound is not None and stiff:  # V^T (H - B) V >= 0
            fixed, along = ~p.free, p.arms.T @ V
            outer = along[:, :, None] * along[:, None, :]
            base = p.constant + np.tensordot(p.forces(p.start), p.per_force, 1) - self.bound
            base = V.T @ base @ V + np.tensordot(springs(p.start)[fixed], outer[fixed], 1)
            direct = p.free & ~elastic  # fibre alone, affine in the activation
            base = base + np.tensordot(springs.fibre[direct], outer[direct], 1)
            per = gain[:, None, None] * (V.T @ p.per_force[free] @ V)
            per = per + np.where(direct, springs.fibre_slope, 0.0)[free, None, None] * outer[free]
            blocks = [svec(per).T]
            if cubic:
                blocks.append(np.zeros((blocks[0].shape[0], mf)))
            stiffest = np.abs(springs.fibre + springs.fibre_slope)[series]
            blocks.append(svec(outer[series]).T * stiffest)
            cone = clarabel.PSDTriangleConeT(V.shape[1])
            add(-sparse.csc_matrix(np.hstack(blocks)), svec(base), [cone])
        # |a| <= t^(1/3) 1^(2/3)
        t = np.arange(mf if cubic else 0)
        entries = [(3 * t, mf + t, -1.0), (3 * t + 2, t, -1.0)]
        block = _sparse(entries, (3 * t.size, size))
        add(block, np.tile([0.0, 1.0, 0.0], t.size), [clarabel.PowerConeT(1.0 / 3.0)] * t.size)
        # k <= f t / (f + t) as (f - k)(f + t) >= f^2: s = (2f + t - k, 2f, -t - k) over |f(1)|
        place = np.full(len(p.names), -1)
        place[free] = np.arange(mf)
        whole = np.abs(springs.fibre + springs.fibre_slope)[series]
        f0, f1, t0, t1 = (values[series] / whole for values in vars(springs).values())
        row, a, k = (
            3 * np.arange(series.size),
            place[series],
            size - series.size + np.arange(series.size),
        )
        entries = [
            (row, a, -(2.0 * f1 + t1)), (row, k, 1.0), (row + 1, a, -2.0 * f1),
            (row + 2, a, t1), (row + 2, k, 1.0),
        ]  # fmt: skip
        block = _sparse(entries, (3 * series.size, size))
        values = np.column_stack([2.0 * f0 + t0, 2.0 * f0, -t0]).ravel()
        add(block, values, [clarabel.SecondOrderConeT(3)] * series.size)
        weight = p.weight[free] / self.scale
        P = sparse.csc_matrix((size, size))
        c = np.zeros(size)
        c[:mf] = p.cost[free] / self.scale
        if cubic:
            c[mf : 2 * mf] = weight
        else:
            P = sparse.diags(np.r_[2.0 * weight, np.zeros(size - mf)], format="csc")
        settings = clarabel.DefaultSettings()
        settings.verbose = False
        settings.tol_gap_abs = settings.tol_gap_rel = settings.tol_feas = TOLERANCE
        settings.max_threads = 1
        A = sparse.vstack(rows, format="csc")
        return clarabel.DefaultSolver(P, c, A, np.concatenate(right), cones, settings).solve()

    def activations(self, v: Floats) -> Floats:
        """Activations (m,) from the solver's variables."""
        a = self.problem.least.copy()
        a[self.free] = v[: self.free.size]
        return a

    def multipliers(self, z: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Multipliers of moments (n,), lower and upper bounds (m,), and of the cone (n, n)."""
        p, free = self.problem, self.free
        n, m, mf = len(p.coordinates), len(p.names), free.size
        low, high = np.zeros(m), np.zeros(m)
        z = self.scale * z
        y, z = z[:n], z[n:]
        low[free], z = z[:mf], z[mf:]
        bounded = free[np.isfinite(p.most[free])]
        high[bounded], z = z[: bounded.size], z[bounded.size :]
        V, r = self.modes, self.modes.shape[1]
        return y, low, high, V @ smat(z[: r * (r + 1) // 2]) @ V.T


def _sparse(entries: list[tuple[Any, Any, Any]], shape: tuple[int, int]) -> Any:
    """A sparse matrix from (rows, columns, values); a value may be one number."""
    from scipy import sparse

    rows = np.concatenate([row for row, _, _ in entries])
    columns = np.concatenate([column for _, column, _ in entries])
    values = np.concatenate([np.broadcast_to(v, row.shape) for row, _, v in entries])
    return sparse.csc_matrix((values, (rows, columns)), shape=shape)
