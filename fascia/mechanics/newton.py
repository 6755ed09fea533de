"""Newton's method for energies with slack parts, bounds and a sparse exact Hessian.

The energy has a continuous gradient and a Hessian that may jump (a strand goes
slack) and may be singular (nothing holds a node). What makes Newton proceed
nevertheless lives here and never reaches the reported Hessian: a diagonal
shift (Levenberg), a line search on energy and slope, and an active set for
one-sided contacts (Bertsekas 1982). Where the matrix has changed little, a few
conjugate gradient steps with the previous factor replace a new factorisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fascia.mechanics.factor import SymmetricFactor
from panjabi.errors import ParameterError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ARMIJO = 1e-4
ROUND_OFF = 1e-14  # relative scatter of the energy below which only slopes are trusted
# (a problem that knows its scatter better, being a small difference of large numbers, says so)
STALLED = 5  # steps without a better residual after which a sufficient one is taken
NULL_STIFFNESS = 1e-9  # of the typical diagonal: what no strand determines


class Problem(Protocol):
    """An energy to be minimised over z >= lower; see the module text for its promises."""

    size: int
    lower: Floats  # (n,), -inf where free
    pattern: tuple[Ints, Ints]  # CSC of the symmetric Hessian, both triangles, diagonal included

    def value_gradient(self, z: Floats) -> tuple[float, Floats]: ...
    def hessian(self, z: Floats) -> Floats: ...  # (nnz,), exact, may be a reused buffer
    def largest_force(self) -> float: ...  # scale of the residual at the last state


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How far to go, and how hard to try."""

    tolerance: float = 1e-10  # residual aimed at, as a share of the largest force [1]
    required: float = 1e-8  # residual that still counts when round-off stops the descent [1]
    no_force: float = 1e-12  # what counts as none: where all goes slack no scale is left [N]
    iterations: int = 200
    reuse: bool = True  # try the previous factor before making a new one

    def __post_init__(self) -> None:
        if (
            not 0.0 < self.tolerance <= self.required
            or not self.no_force >= 0.0
            or self.iterations < 0
        ):
            raise ParameterError(
                f"Settings(tolerance={self.tolerance:g}, required={self.required:g}, "
                f"no_force={self.no_force:g}, iterations={self.iterations}): need 0 < tolerance "
                "<= required, no_force >= 0 and iterations >= 0; give the tolerances as shares "
                "of the largest force, no_force in newtons."
            )


@dataclass(frozen=True, eq=False, kw_only=True)
class Minimum:
    """Where the descent ended. ``converged`` False means: not a minimum, see ``message``."""

    z: Floats  # (n,)
    value: float
    gradient: Floats  # (n,)
    residual: float  # largest entry of the gradient that no bound holds
    iterations: int
    factorisations: int
    converged: bool
    message: str
    factor: SymmetricFactor | None  # for the next call


def minimise(
    problem: Problem,
    z0: Floats,
    *,
    settings: Settings | None = None,
    factor: SymmetricFactor | Minimum | None = None,
) -> Minimum:
    """Local minimum of the problem's energy near ``z0`` (the global one if it is convex).

    ``factor`` takes the factorisation of an earlier minimum; it serves as long
    as it shortens the way and is replaced when it does not.
    """
    settings = Settings() if settings is None else settings
    if isinstance(factor, Minimum):
        factor = factor.factor
    return _Descent(problem, settings, factor).run(np.array(z0, float))


class _Descent:
    """One run of the method; its fields are what changes from step to step."""

    def __init__(
        self, problem: Problem, settings: Settings, factor: SymmetricFactor | None
    ) -> None:
        self.problem = problem
        self.settings = settings
        indptr, indices = problem.pattern
        self.matrix = _Matrix(indptr, indices)
        if factor is not None and factor.size != problem.size:
            factor = None
        self.factor = factor
        self.made = 0  # factorisations
        self.fresh = False  # the factor belongs to a matrix close to the present one
        self.try_old = factor is not None and factor.positive_definite
        self.shift = 0.0
        self.radius = np.inf  # [m] how far a direction without stiffness may go
        self.bounded = bool(np.isfinite(problem.lower).any())

    def run(self, z: Floats) -> Minimum:
        problem, settings = self.problem, self.settings
        if self.bounded:
            z = np.maximum(z, problem.lower)
        value, gradient = problem.value_gradient(z)
        message, converged = "", False
        iteration, best, idle = 0, np.inf, 0
        while True:
            residual = _residual(z, gradient, problem.lower)
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
            if moved is None:
                if self.strengthen():
                    iteration += 1
                    continue
                message = "no descent along the Newton direction"
                break
            z, value, gradient = moved
            iteration += 1
        if not converged and residual <= settings.required * scale:
            converged, message = True, f"converged to round-off ({message})"
        return Minimum(
            z=z,
            value=value,
            gradient=gradient,
            residual=float(residual),
            iterations=iteration,
            factorisations=self.made,
            converged=converged,
            message=message,
            factor=self.factor,
        )

    # -- direction ---------------------------------------------------------------------------

    def direction(self, z, gradient, residual, goal) -> Floats | None:
        """Newton step of the shifted Hessian with the active contacts held."""
        data = self.problem.hessian(z)
        matrix = self.matrix
        matrix.load(data)
        self.typical = matrix.typical()
        held = None
        if self.bounded:
            lower = self.problem.lower
            stiff = np.maximum(matrix.diagonal(), 1e-12 * self.typical)
            held = (gradient > 0.0) & (z - lower <= gradient / stiff)
            if not held.any():
                held = None
        rhs = -gradient
        if held is not None:
            fixed = np.where(held, self.problem.lower - z, 0.0)
            rhs = rhs - matrix.product(fixed)
            rhs[held] = 0.0
            matrix.hold(held)
        floor = 1e-12 * self.typical
        shift = max(floor, residual / self.radius, self.shift)
        for _ in range(40):
            step = self.solve(rhs, shift, goal, residual)
            if step is not None:
                break
            shift = max(100.0 * shift, 1e-8 * self.typical)
            self.shift = shift
        else:
            return None
        self.used_shift = shift
        if held is not None:
            step = np.where(held, fixed, step)
            if step @ gradient >= 0.0:
                step = np.where(held, 0.0, step)
        return step

    def solve(self, rhs, shift, goal, residual) -> Floats | None:
        if self.try_old and self.factor is not None and self.settings.reuse:
            step = self.refine(rhs, shift, max(0.3 * goal / residual, 0.01))
            if step is not None:
                return step
            self.try_old = False
        if self.factor is None:
            coordinates = getattr(self.problem, "block", None)
            self.factor = SymmetricFactor(self.matrix.indptr, self.matrix.indices, coordinates)
        self.made += 1
        if not self.factor.refactor(self.matrix.shifted(shift)):
            return None
        return self.factor.solve(rhs)

    def refine(self, rhs, shift, reduction, limit=12) -> Floats | None:
        """Conjugate gradients with the old factor; None when it stalls or meets a bad matrix."""
        solve, matrix = self.factor.solve, self.matrix
        x = np.zeros_like(rhs)
        r = rhs.copy()
        y = solve(r)
        p = y.copy()
        ry = r @ y
        target = reduction**2 * ry
        for k in range(limit):
            hp = matrix.product(p) + shift * p
            curvature = p @ hp
            if curvature <= 0.0 or ry <= 0.0:
                return None
            a = ry / curvature
            x += a * p
            r -= a * hp
            y = solve(r)
            new = r @ y
            if new <= target:
                return x
            if k >= 2 and new > 0.25 ** (k + 1) * ry and new > 0.5 * ry:
                return None
            p = y + (new / ry) * p
            ry = new
        return None

    # -- step length -------------------------------------------------------------------------

    def search(self, z, value, gradient, step):
        """Step length by energy and slope; returns the new state or None."""
        problem = self.problem
        slope0 = float(gradient @ step)
        if not slope0 < 0.0:
            return None
        scatter = ROUND_OFF * max(abs(value), 1e-300)
        known = getattr(problem, "scatter", None)
        if known is not None:
            scatter = max(scatter, known())
        length, best = 1.0, None
        for _ in range(40):
            trial = z + length * step
            if self.bounded:
                trial = np.maximum(trial, problem.lower)
            move = trial - z
            new_value, new_gradient = problem.value_gradient(trial)
            if np.isfinite(new_value):
                start = float(gradient @ move)
                end = float(new_gradient @ move)
                level = new_value <= value + scatter and end <= -(1.0 - 2.0 * ARMIJO) * start
                if new_value <= value + ARMIJO * start or level:
                    best = (trial, new_value, new_gradient)
                    break
                ratio = start / (start - end) if end > 0.0 and start < 0.0 else 0.5
                length *= min(max(ratio, 0.1), 0.5)
            else:
                length *= 0.1
        self.adapt(length, step, best is not None)
        return best

    def adapt(self, length: float, step: Floats, found: bool) -> None:
        """Choose the next shift from how much of this step was usable."""
        largest = float(np.abs(step).max())
        if not found or length < 0.25:
            self.radius = 4.0 * length * largest
            self.try_old = False
        else:
            if length == 1.0:
                self.radius *= 10.0
            self.shift *= 0.1
            if self.shift < 1e-9 * self.typical:
                self.shift = 0.0
            self.try_old = length == 1.0

    def strengthen(self) -> bool:
        """After a failed search: a larger shift, until it is hopeless."""
        self.shift = max(100.0 * self.used_shift, 1e-6 * self.typical)
        return self.shift < 1e6 * self.typical


class _Matrix:
    """The Hessian of the present step: loaded, held, shifted, multiplied."""

    def __init__(self, indptr: Ints, indices: Ints) -> None:
        from scipy.sparse import csc_matrix

        n = len(indptr) - 1
        self.indptr, self.indices = indptr, indices
        self.columns = np.repeat(np.arange(n), np.diff(indptr))
        self.places = np.flatnonzero(self.columns == indices)
        if len(self.places) != n:
            raise ParameterError(
                f"the Hessian's pattern has {len(self.places)} diagonal entries for {n} unknowns; "
                "every unknown needs one: add the missing diagonal entries to the pattern."
            )
        self.data = np.zeros(len(indices))
        self.sparse = csc_matrix((self.data, indices, indptr), shape=(n, n))

    def load(self, data: Floats) -> None:
        self.sparse.data[:] = data

    def diagonal(self) -> Floats:
        return self.sparse.data[self.places]

    def typical(self) -> float:
        d = np.abs(self.diagonal())
        return float(d.mean()) or 1.0

    def product(self, x: Floats) -> Floats:
        return self.sparse @ x

    def hold(self, held: NDArray[np.bool_]) -> None:
        """Cut the rows and columns of held unknowns out; they keep a unit-like diagonal."""
        data = self.sparse.data
        typical = self.typical()
        data[held[self.columns] | held[self.indices]] = 0.0
        data[self.places[held]] = typical

    def shifted(self, shift: float) -> Floats:
        out = self.sparse.data.copy()
        out[self.places] += shift
        return out


def null_unknowns(problem: Problem, z: Floats) -> Ints:
    """Unknowns that nothing determines at ``z``: no stiffness of their own, or of their group."""
    indptr, indices = problem.pattern
    matrix = _Matrix(indptr, indices)
    matrix.load(problem.hessian(z))
    diagonal = matrix.diagonal()
    return np.flatnonzero(np.abs(diagonal) <= NULL_STIFFNESS * np.abs(diagonal).max(initial=1e-300))


def _residual(z: Floats, gradient: Floats, lower: Floats) -> float:
    """Largest gradient entry that a bound does not hold."""
    if len(z) == 0:
        return 0.0
    free = gradient.copy()
    free[(z <= lower) & (gradient > 0.0)] = 0.0
    return float(np.abs(free).max())
