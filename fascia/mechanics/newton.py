"""Newton's method for energies with slack parts, bounds and a sparse exact Hessian.

The energy has a continuous gradient and a Hessian that may jump (a strand goes
slack) and may be singular (nothing holds a node). What makes Newton proceed
nevertheless lives here and never reaches the reported Hessian: a diagonal
shift (Levenberg 1944), a line search on energy and slope that may pass through
somewhat higher energies (Grippo, Lampariello and Lucidi 1986), so that a step may tighten
many slack strands at once, and an active set for one-sided contacts (Bertsekas
1982; Hintermueller, Ito and Kunisch 2003). Where the matrix has changed little, a
few conjugate gradient steps with the previous factor replace a new one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fascia.mechanics.local_relaxation import settle
from fascia.mechanics.minimisation import Minimum, NewtonSettings, Problem
from fascia.sparse.factor import SymmetricFactor
from fascia.sparse.matrix import SymmetricMatrix

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ARMIJO = 1e-4
ROUND_OFF = 1e-14  # relative scatter of the energy below which only slopes are trusted
# (a problem that knows its scatter better, being a small difference of large numbers, says so)
STALLED = 5  # steps without a better residual after which a sufficient one is taken
SETTLED = 0.1  # a step that cuts the residual by this much: the matrix hardly changes any more
LOCAL_FROM = 1000  # unknowns from which a local disturbance is worth a look of its own
FLOOR = 1e-12  # shift that is always there, as a share of the typical stiffness
FIRST_SHIFT = 1e-3  # largest shift that one useless step may call for
NULL_PIVOT = 1e-8  # of the typical stiffness: below, a pivot betrays a mode nothing resists


def minimise(
    problem: Problem,
    z0: Floats,
    *,
    settings: NewtonSettings | None = None,
    factor: SymmetricFactor | Minimum | None = None,
) -> Minimum:
    """Local minimum of the problem's energy near ``z0`` (the global one if it is convex).

    ``factor`` takes the factorisation of an earlier minimum with as many unknowns, the same
    pattern or not. It serves as long as it shortens the way, is replaced when it does
    not, and is never changed.
    """
    settings = NewtonSettings() if settings is None else settings
    if isinstance(factor, Minimum):
        factor = factor.factor
    return _Descent(problem, settings, factor).run(np.array(z0, float))


class _Descent:
    """One run of the method; its fields are what changes from step to step."""

    def __init__(
        self, problem: Problem, settings: NewtonSettings, factor: SymmetricFactor | None
    ) -> None:
        self.problem = problem
        self.settings = settings
        self.matrix = SymmetricMatrix(*problem.pattern)
        self.typical = 1.0  # stiffness of an average unknown at the last Hessian
        if factor is not None and (factor.size != problem.size or not factor.positive_definite):
            factor = None
        self.factor = factor
        self.own = False  # whether the factor may be overwritten
        self.made = 0  # factorisations
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
            factorisations=self.made,
            converged=converged,
            message=message,
            factor=self.factor,
        )

    # -- direction ---------------------------------------------------------------------------

    def direction(self, z: Floats, gradient: Floats, residual: float, goal: float) -> Floats | None:
        """Newton step of the shifted Hessian with the active contacts held."""
        matrix = self.matrix
        matrix.data[:] = self.problem.hessian(z)
        diagonal = np.abs(matrix.diagonal())
        self.typical = float(diagonal.mean()) or 1.0
        held, fixed, rhs = None, None, -gradient
        if self.bounded:
            # held: at its bound, or a step of its own stiffness would take it there
            stiff = np.maximum(diagonal + self.shift, FLOOR * self.typical)
            held = z - self.problem.lower <= gradient / stiff
            if held.any():
                fixed = np.where(held, self.problem.lower - z, 0.0)
                rhs -= matrix.product(fixed)
                rhs[held] = 0.0
                matrix.hold(held, self.typical)
        shift = max(FLOOR * self.typical, self.shift)
        for _ in range(40):
            step = self.solve(rhs, shift, goal, residual)
            if step is not None:
                break
            shift = self.shift = max(100.0 * shift, 1e-8 * self.typical)
        else:
            return None
        self.used_shift = shift
        if held is not None and fixed is not None:
            step = np.where(held, fixed, step)
            if step @ gradient >= 0.0:
                step = np.where(held, 0.0, step)
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
        elif not self.own:
            factor = factor.twin()
        self.factor, self.own = factor, True
        self.made += 1
        if not factor.refactor(matrix.data, shift):
            return None
        return factor.solve(rhs)

    def refine(self, rhs: Floats, shift: float, reduction: float) -> Floats | None:
        """Conjugate gradients with the old factor; None where a new one is the better deal."""
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
            gone = np.log(max(new, 1e-300) / first)
            if gone <= goal:
                if np.abs(r).max() <= 0.1 * largest:  # nodes the old factor thought loose, too
                    return x
                if k >= limit:
                    return None
            elif k > 1 and (gone >= 0.0 or k * (goal / gone - 1.0) > limit):
                return None  # at this pace the rest of the way costs more than a new factor
            p = y + (new / ry) * p
            ry = new
        return None

    # -- step length -------------------------------------------------------------------------

    def search(
        self, z: Floats, value: float, gradient: Floats, step: Floats
    ) -> tuple[Floats, float, Floats] | None:
        """Step length by energy and slope; the new state, or None if there is no descent."""
        problem, lower = self.problem, self.problem.lower
        if not float(gradient @ step) < 0.0:
            return None
        scatter = ROUND_OFF * max(abs(value), 1e-300)
        known = getattr(problem, "scatter", None)
        if known is not None:
            scatter = max(scatter, known())
        self.energies = [*self.energies, value][-self.settings.memory :]
        ceiling = max(self.energies)
        length, found = 1.0, None
        for _ in range(40):
            trial = z + length * step
            if self.bounded:
                trial = np.maximum(trial, lower)
                if length == 1.0:  # a step onto the bound ends on it, rounding aside
                    trial = np.where(step == lower - z, lower, trial)
            move = trial - z
            new_value, new_gradient = problem.value_gradient(trial)
            if not np.isfinite(new_value):
                length *= 0.1
                continue
            start, end = float(gradient @ move), float(new_gradient @ move)
            if -start > 10.0 * scatter:
                enough = new_value <= ceiling + ARMIJO * start
            else:  # the energy is blind for so small a step: the slope has to fall
                enough = new_value <= value + scatter and end <= -0.5 * start
            if start < 0.0 and enough:
                found = (trial, new_value, new_gradient)
                break
            ratio = start / (start - end) if end > 0.0 > start else 0.5
            length *= min(max(ratio, 0.1), 0.5)
        self.adapt(length, found is not None)
        return found

    def adapt(self, length: float, found: bool) -> None:
        """Choose the next shift from how much of this step was usable."""
        self.full_step = length == 1.0
        if found and length < 0.25:
            # where nothing resists, a step is inverse to the shift: choose one that would do
            wanted = min(0.25 / length * self.used_shift, FIRST_SHIFT * self.typical)
            self.shift = max(8.0 * self.shift, wanted)
        elif length == 1.0:
            self.shift /= 3.0
        if self.shift < 1e-9 * self.typical:
            self.shift = 0.0

    def strengthen(self) -> bool:
        """After a failed search: a larger shift, until it is hopeless."""
        self.try_old = False
        self.shift = max(100.0 * self.used_shift, 1e-6 * self.typical)
        return self.shift < 1e6 * self.typical


def null_unknowns(problem: Problem, z: Floats) -> Ints:
    """Unknowns whose place nothing determines at ``z``, in order.

    They take part in a displacement that the exact Hessian does not resist. Found
    with one factorisation of the Hessian plus a tiny shift: if its pivots show that
    there are such modes, a few inverse iterations bring them out.
    """
    matrix = SymmetricMatrix(*problem.pattern)
    matrix.data[:] = problem.hessian(z)
    diagonal = np.abs(matrix.diagonal())
    typical = float(diagonal.max(initial=0.0))
    if typical == 0.0:
        return np.arange(problem.size)
    empty = diagonal <= NULL_PIVOT * typical  # nothing at all, not even through others
    matrix.hold(empty, typical)
    factor = SymmetricFactor(*problem.pattern, getattr(problem, "block", None))
    shift = 1e-3 * NULL_PIVOT * typical
    loose = empty.copy()
    if not factor.refactor(matrix.data, shift):
        return np.flatnonzero(loose)  # not a minimum: the question has no answer
    modes = int(np.count_nonzero(factor.pivots() <= NULL_PIVOT * typical))
    if modes:
        block = np.random.default_rng(0).normal(size=(problem.size, modes + 2))
        for _ in range(3):
            block, _ = np.linalg.qr(factor.solve(block))
        image = np.stack([matrix.product(column) for column in block.T], axis=1)
        energy, turn = np.linalg.eigh(block.T @ image)
        weak = np.abs(block @ turn[:, energy <= NULL_PIVOT * typical])
        loose |= (weak > 1e-6 * weak.max(initial=1e-300)).any(axis=1)
    return np.flatnonzero(loose)


def _residual(z: Floats, gradient: Floats, lower: Floats) -> float:
    """Largest gradient entry that a bound does not hold."""
    if len(z) == 0:
        return 0.0
    free = np.abs(gradient)
    free[(z <= lower) & (gradient > 0.0)] = 0.0
    return float(free.max())
