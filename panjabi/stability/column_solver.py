"""Equilibrium of a column under loads, by Newton's method on its potential."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.tree import Floats
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import Result
from panjabi.spine.loads import LevelMoment, Load, Potential
from panjabi.spine.model import Spine
from panjabi.spine.passive_spine import external_loads, passive_view
from panjabi.stability.algebra import definite, solve

MOMENT_TOLERANCE = 1e-10
"""Residual moment at convergence [N m]; moments in these columns are 0.1 to 100 N m."""

LONGEST_STEP = 0.2
"""Largest change of an angle in a Newton step [rad]; stiffening laws need short steps."""


@dataclass(frozen=True, eq=False, repr=False)
class ColumnEquilibrium(Result):
    """A shape in which joints and loads are in equilibrium, with the residual moment."""

    column: Spine
    loads: tuple[Load, ...]
    z: Floats  # free coordinates [rad]
    potential: Potential
    residual: float  # largest unbalanced moment [N m]
    iterations: int

    @property
    def angles(self) -> Floats:
        """Angles of every level, (levels, 3) [rad]."""
        return passive_view(self.column).angles(self.z)

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Loads on units beyond the range of the published tests, as sentences."""
        return passive_view(self.column).outside_evidence(self.z)

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue of the Hessian [N m/rad]; positive where the shape is stable."""
        return float(np.linalg.eigvalsh(self.potential.hessian)[0])

    @property
    def stable(self) -> bool:
        """Whether the potential has a minimum at this shape."""
        return definite(self.potential.hessian)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; angles of every level about its three axes."""
        angles = np.degrees(self.angles).tolist()
        return {
            "angles_deg": dict(zip(passive_view(self.column).levels, angles, strict=True)),
            "stable": self.stable,
            "least_stiffness_Nm_per_rad": self.least_stiffness,
            "residual_Nm": self.residual,
            "iterations": self.iterations,
            "outside_evidence": list(self.outside_evidence),
        }


def column_equilibrium(
    column: Spine,
    loads: Load | Iterable[Load] = (),
    *,
    start: ArrayLike | None = None,
    iterations: int = 200,
) -> ColumnEquilibrium:
    """The minimum of the potential that Newton's method reaches from a starting shape.

    start : angles [rad], by default the neutral shape.

    Raises
    ------
    ConvergenceError
        If no minimum is reached. For dead loads that the joints cannot balance there is none.
    ParameterError
        If a functional spinal unit bears a moment beyond failure in that shape.
    """
    applied = (loads,) if isinstance(loads, Load) else tuple(loads)
    passive, external = passive_view(column), external_loads(column, applied) if applied else None
    z = passive.start() if start is None else np.array(start, float)
    state = passive.potential(z, external)
    for iteration in range(iterations + 1):
        residual = float(np.abs(state.gradient).max())
        if residual <= MOMENT_TOLERANCE:
            passive.check(z)
            return ColumnEquilibrium(column, applied, z, state, residual, iteration)
        step = _descent(state)
        slope = float(state.gradient @ step)
        factor = min(1.0, LONGEST_STEP / float(np.abs(step).max()))
        # Near the minimum, differences of V are below rounding; the full step is then correct.
        noise = 1e-13 * (1.0 + abs(state.value))
        while True:
            trial = passive.potential(z + factor * step, external)
            if trial.value <= state.value + 1e-4 * factor * slope + noise:
                break
            factor *= 0.5
            if factor < 1e-10:
                raise _no_equilibrium(column, residual, iteration)
        z, state = z + factor * step, trial
    raise _no_equilibrium(column, float(np.abs(state.gradient).max()), iterations)


def _descent(state: Potential) -> Floats:
    """Newton's step, with the sign of negative eigenvalues of the Hessian reversed."""
    try:
        L = np.linalg.cholesky(state.hessian)
    except np.linalg.LinAlgError:
        pass
    else:
        return -solve(L.T, solve(L, state.gradient))
    values, vectors = np.linalg.eigh(state.hessian)
    floor = 1e-8 * max(float(np.abs(values).max()), 1.0)
    return -vectors @ ((vectors.T @ state.gradient) / np.maximum(np.abs(values), floor))


def _no_equilibrium(column: Spine, residual: float, iterations: int) -> ConvergenceError:
    return ConvergenceError(
        f"Expected an equilibrium of the {passive_view(column).name} with a residual moment of at "
        f"most {MOMENT_TOLERANCE:g} N m, got {residual:.3g} N m after {iterations} iterations; "
        "lower the load, start from a closer shape, or follow the load from zero with load_path."
    )


def pure_moment(
    column: Spine,
    axis: str,
    moment: float,
    *,
    loads: Load | Iterable[Load] = (),
    start: ArrayLike | None = None,
) -> ColumnEquilibrium:
    """Equilibrium under the same moment [N m] on every level; see `LevelMoment` for signs.

    The rotation of the whole column about that axis is the sum over the levels,
    `angles[:, axis].sum()`.

    Raises
    ------
    ParameterError
        If no level is free to rotate about that axis.
    """
    applied = (loads,) if isinstance(loads, Load) else tuple(loads)
    load = LevelMoment(axis, moment)
    axes = passive_view(column).axes
    if axis not in axes:
        raise ParameterError(
            f"Expected a moment about a free axis ({', '.join(axes)}), got {axis}; "
            'use in_plane(column, "space").'
        )
    return column_equilibrium(column, (*applied, load), start=start)
