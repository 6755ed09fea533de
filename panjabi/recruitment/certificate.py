"""Check of optimality from the activations and multipliers alone, independent of the solver."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from panjabi.recruitment.problem import RecruitmentProblem
from panjabi.recruitment.result import Recruitment, Residuals
from panjabi.spine.effort import EffortCriterion

Floats = NDArray[np.float64]


def certified(
    problem: RecruitmentProblem,
    *,
    criterion: EffortCriterion,
    bound: Floats | None,
    found: Floats,
    multipliers: tuple[Floats, Floats, Floats],
    cone: Floats,
    status: str,
    iterations: int,
    solver: str,
) -> Recruitment:
    """The result of a recruitment with its residuals and its proven lower bound.

    Parameters
    ----------
    bound : B of H(a) >= B (n, n) [N m/rad]; None is equilibrium only.
    found : activations (m,).
    multipliers : of R F = b (n,), of a >= least (m,) and of a <= most (m,).
    cone : dual matrix of H(a) >= B, (n, n).
    """
    p = problem
    moment, low, high = multipliers
    a = np.clip(found, p.least, p.most)
    F, H, slope = p.forces(a), p.hessian(a), p.hessian_slope(a)
    B = np.zeros_like(H) if bound is None else bound
    values, vectors = np.linalg.eigh(0.5 * (cone + cone.T))
    Z = (vectors * np.maximum(values, 0.0)) @ vectors.T
    line = p.gain * (moment @ p.arms) - np.tensordot(slope, Z, 2)
    reduced = criterion.slope(a, p.weight) + p.cost + line
    gradient = np.where(p.free, reduced - low + high, 0.0)
    size = max(float(np.abs(criterion.slope(a, p.weight)).max(initial=0.0)), 1e-9 * _whole(p))
    primal = criterion.value(a, p.weight) + float(p.cost @ a)
    bounded = p.free & np.isfinite(p.most)
    slack = float(np.abs(low * (a - p.least)).sum())
    slack += float(np.abs(high[bounded] * (p.most - a)[bounded]).sum())
    above = float(np.linalg.eigvalsh(H - B)[0])
    slack += abs(float(np.sum(Z * (H - B))))
    negative = max(
        *(float(-v.min(initial=0.0)) for v in (low, high)),
        float(-values.min(initial=0.0)) * float(np.abs(H).max(initial=1.0)),
    )
    residuals = Residuals(
        equilibrium_Nm=float(np.abs(p.arms @ F - p.demand).max(initial=0.0)),
        bounds_N=float(np.abs((found - a) * p.gain).max(initial=0.0)),
        cone_Nm_per_rad=0.0 if bound is None else max(-above, 0.0),
        stationarity=float(np.abs(gradient).max(initial=0.0)) / size,
        dual=negative / size,
        complementarity=slack / max(primal, 1e-6 * _whole(p)),
    )
    # weak duality for any (moment, Z): H is concave, so its tangent at a is an upper bound
    at_zero = H - np.tensordot(a, slope, 1)
    held = np.where(p.free, p.most, p.least)
    dual = criterion.least_on_box(p.cost + line, p.weight, p.least, held)
    dual += float(moment @ (p.arms @ p.idle - p.demand)) - float(np.sum(Z * (at_zero - B)))
    return Recruitment(
        problem=p,
        criterion=criterion,
        bound=bound,
        activations=a,
        status=status,
        primal=primal,
        dual=dual,
        residuals=residuals,
        hessian=H,
        moment_multipliers=-moment,
        lower_multipliers=low,
        upper_multipliers=high,
        cone_dual=Z,
        iterations=iterations,
        solver=solver,
    )


def _whole(problem: RecruitmentProblem) -> float:
    """Effort of all muscles at full activation, a scale that is never zero."""
    return float(problem.weight.sum()) or 1.0
