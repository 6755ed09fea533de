"""Newton's method for energies with slack parts, bounds and a sparse exact Hessian.

The energy has a continuous gradient. Its Hessian may jump (a strand becomes slack)
and may be singular (a node without stiffness). Three measures make Newton's method
converge; the reported Hessian does not contain them: a diagonal shift (Levenberg
1944); a line search on energy and slope that allows a limited rise of the energy
(Grippo, Lampariello and Lucidi 1986), so that one step can tighten many slack
strands; and an active set for one-sided contacts (Bertsekas 1982; Hintermueller, Ito
and Kunisch 2003). If the matrix has changed little, a few conjugate gradient steps
with the previous factor replace a new factorisation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fascia.mechanics.local_relaxation import settle
from fascia.mechanics.minimisation import MinimisationProblem, Minimum, NewtonSettings
from fascia.sparse.factor import SymmetricFactor
from fascia.sparse.matrix import SymmetricMatrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ARMIJO = 1e-4
ROUND_OFF = 1e-14  # relative scatter of the energy below which only slopes are used
# (a problem whose energy is a small difference of large numbers gives its scatter itself)
STALLED = 5  # steps without a better residual after which a sufficient residual is accepted
SETTLED = 0.1  # after a step that cuts the residual by this factor the matrix hardly changes
LOCAL_FROM = 1000  # unknowns from which a local disturbance is solved separately
FLOOR = 1e-12  # smallest shift, as a fraction of the typical stiffness
FIRST_SHIFT = 1e-3  # largest shift after one failed step, as a fraction of the typical stiffness


def minimise(
    problem: MinimisationProblem,
    z0: Floats,
    *,
    settings: NewtonSettings | None = None,
    factor: SymmetricFactor | Minimum | None = None,
) -> Minimum:
    """Local minimum of the problem's energy near ``z0`` (the global minimum if it is convex).

    ``factor`` is the factorisation of an earlier minimum with the same number of unknowns; the
    pattern may differ. It is used while it saves work, then replaced, and never changed.
    """
    settings = NewtonSettings() if settings is None else settings
    if isinstance(factor, Minimum):
        factor = factor.factor
    return _Descent(problem, settings, factor).run(np.array(z0, float))


class _Descent:
    """One run of the method; its fields change from step to step."""

    def __init__(
        self, problem: MinimisationProblem, settings: NewtonSettings, factor: SymmetricFactor | None
    ) -> None:
        self.problem = problem
        self.settings = settings
        self.matrix = SymmetricMatrix(*problem.pattern)
        self.typical = 1.0  # stiffness of an average unknown at the last Hessian
        if factor is not None and (factor.size != problem.size or not factor.positive_definite):
            factor = None
        self.factor = factor
        self.overwritable = False  # whether the factor may be overwritten
        self.factorisations = 0
        self.try_old = factor is not None
        self.shift = 0.0
        self.used_shift = 0.0
        self.full_step = False
        self.bounded = bool((problem.lower > -np.inf).any())
        self.energies: list[float] = []

    def run(self, z: Floats) -> Minimum:
        problem, settings = self.problem, self.settings
        if self.bounded:
            z = np.maximum(z, problem.lower)
        elif self.try_old and settings.reuse and problem.size >= LOCAL_FROM:
            z = settle(problem, z)
        value, gradient = problem.value_gradient(z)
        message, converged = "", False
        iteration, best, idle = 0, np.inf, 0
        residual = _residual(z, gradient, problem.lower)
        while True:
            scale = problem.largest_force()
            if not np.isfinite(value) or not np.isfinite(residual):
                message = "energy or gradient is not finite at the start"
                break
            if residual <= max(settings.tolerance * scale, settings.no_force):
                converged, message = True, "converged"
                break
            best, idle = (residual, 0) if residual < 0.5 * best else (best, idle + 1)
            if idle >= STALLED and residual <= settings.required * scale:
                message = f"no better residual in {idle} steps"
                break
            if iteration == settings.iterations:
                message = f"no convergence in {iteration} iterations"
                break
            step = self.direction(z, gradient, residual, settings.tolerance * scale)
            if step is None:
                message = "no shift makes the Hessian positive definite"
                break
            moved = self.search(z, value, gradient, step)
            iteration += 1
            if moved is not None:
                z, value, gradient = moved
                before, residual = residual, _residual(z, gradient, problem.lower)
                self.try_old = self.full_step and residual < SETTLED * before
                self.shift = min(self.shift, self.typical * before / scale)
            elif not self.strengthen():
                message = "no descent along the Newton direction"
                break
        if not converged and residual <= settings.required * scale:
            converged, message = True, f"converged to round-off ({message})"
        return Minimum(
            z=z,
            value=value,
            gradient=gradient,
            residual=residual,
            iterations=iteration,
            factorisations=self.factorisations,
            converged=converged,
            message=message,
            factor=self.factor,
        )

    # -- direction ---------------------------------------------------------------------------

    def direction(self, z: Floats, gradient: Floats, residual: float, goal: float) -> Floats | None:
        """Newton step of the shifted Hessian with active contacts fixed at their bound."""
        matrix = self.matrix
        matrix.data[:] = self.problem.hessian(z)
        diagonal = np.abs(matrix.diagonal())
        self.typical = float(diagonal.mean()) or 1.0
        active, fixed, rhs = None, None, -gradient
        if self.bounded:
            # active: at its bound, or a step with its diagonal stiffness would reach the bound
            stiff = np.maximum(diagonal + self.shift, FLOOR * self.typical)
            active = z - self.problem.lower <= gradient / stiff
            if active.any():
                fixed = np.where(active, self.problem.lower - z, 0.0)
                rhs -= matrix.product(fixed)
                rhs[active] = 0.0
                matrix.hold(active, self.typical)
        shift = max(FLOOR * self.typical, self.shift)
        for _ in range(40):
            step = self.solve(rhs, shift, goal, residual)
            if step is not None:
                break
            shift = self.shift = max(100.0 * shift, 1e-8 * self.typical)
        else:
            return None
        self.used_shift = shift
        if active is not None and fixed is not None:
            step = np.where(active, fixed, step)
            if step @ gradient >= 0.0:
                step = np.where(active, 0.0, step)
        return step

    def solve(self, rhs: Floats, shift: float, goal: float, residual: float) -> Floats | None:
        """Solution with the shifted matrix; None if that is not positive definite."""
        if self.try_old and self.settings.reuse:
            step = self.refine(rhs, shift, max(0.3 * goal / residual, 0.01))
            if step is not None:
                return step
            self.try_old = False
        factor, matrix = self.factor, self.matrix
        if factor is None or not factor.fits(matrix.indptr, matrix.indices):
            where = getattr(self.problem, "block", None)
            factor = SymmetricFactor(matrix.indptr, matrix.indices, where)
        elif not self.overwritable:
            factor = factor.twin()
        self.factor, self.overwritable = factor, True
        self.factorisations += 1
        if not factor.refactor(matrix.data, shift):
            return None
        return factor.solve(rhs)

    def refine(self, rhs: Floats, shift: float, reduction: float) -> Floats | None:
        """Solution by conjugate gradients with the old factor; None if a new factor is cheaper."""
        assert self.factor is not None
        limit = self.factor.solves_per_factorisation
        if limit < 2 or not self.factor.positive_definite:
            return None
        solve, matrix = self.factor.solve, self.matrix
        x = np.zeros_like(rhs)
        r = rhs.copy()
        y = solve(r)
        p = y.copy()
        ry = first = float(r @ y)
        goal = 2.0 * np.log(reduction)
        largest = float(np.abs(rhs).max())
        for k in range(1, 2 * limit + 1):
            hp = matrix.product(p) + shift * p
            curvature = float(p @ hp)
            if not (curvature > 0.0 and ry > 0.0):
                return None
            a = ry / curvature
            x += a * p
            r -= a * hp
            y = solve(r)
            new = float(r @ y)
            progress = np.log(max(new, 1e-300) / first)
            if progress <= goal:
                if np.abs(r).max() <= 0.1 * largest:  # also at nodes loose in the old factor
                    return x
                if k >= limit:
                    return None
            elif k > 1 and (progress >= 0.0 or k * (goal / progress - 1.0) > limit):
                return None  # at this rate the remaining steps cost more than a new factor
            p = y + (new / ry) * p
            ry = new
        return None

    # -- step length -------------------------------------------------------------------------

    def search(
        self, z: Floats, value: float, gradient: Floats, step: Floats
    ) -> tuple[Floats, float, Floats] | None:
        """New state with a step length from energy and slope, or None without descent."""
        problem, lower = self.problem, self.problem.lower
        if not float(gradient @ step) < 0.0:
            return None
        scatter = ROUND_OFF * max(abs(value), 1e-300)
        known = getattr(problem, "scatter", None)
        if known is not None:
            scatter = max(scatter, known())
        self.energies = [*self.energies, value][-self.settings.memory :]
        ceiling = max(self.energies)
        length, accepted = 1.0, None
        for _ in range(40):
            trial = z + length * step
            if self.bounded:
                trial = np.maximum(trial, lower)
                if length == 1.0:  # a step to the bound ends exactly there, despite rounding
                    trial = np.where(step == lower - z, lower, trial)
            move = trial - z
            new_value, new_gradient = problem.value_gradient(trial)
            if not np.isfinite(new_value):
                length *= 0.1
                continue
            start, end = float(gradient @ move), float(new_gradient @ move)
            if -start > 10.0 * scatter:
                enough = new_value <= ceiling + ARMIJO * start
            else:  # the change of energy is below rounding: the slope has to fall
                enough = new_value <= value + scatter and end <= -0.5 * start
            if start < 0.0 and enough:
                accepted = (trial, new_value, new_gradient)
                break
            ratio = start / (start - end) if end > 0.0 > start else 0.5
            length *= min(max(ratio, 0.1), 0.5)
        self.adapt(length, accepted is not None)
        return accepted

    def adapt(self, length: float, accepted: bool) -> None:
        """Choose the next shift from the length of this step."""
        self.full_step = length == 1.0
        if accepted and length < 0.25:
            # without stiffness the step is inverse to the shift: choose the shift accordingly
            target = min(0.25 / length * self.used_shift, FIRST_SHIFT * self.typical)
            self.shift = max(8.0 * self.shift, target)
        elif length == 1.0:
            self.shift /= 3.0
        if self.shift < 1e-9 * self.typical:
            self.shift = 0.0

    def strengthen(self) -> bool:
        """Enlarge the shift after a failed search; False when the shift is too large."""
        self.try_old = False
        self.shift = max(100.0 * self.used_shift, 1e-6 * self.typical)
        return self.shift < 1e6 * self.typical


def _residual(z: Floats, gradient: Floats, lower: Floats) -> float:
    """Largest gradient entry that no bound balances."""
    if len(z) == 0:
        return 0.0
    free = np.abs(gradient)
    free[(z <= lower) & (gradient > 0.0)] = 0.0
    return float(free.max())
