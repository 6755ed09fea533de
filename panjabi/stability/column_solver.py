"""Equilibrium of a column under given loads, by Newton on its potential."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.tree import Floats
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import Result
from panjabi.spine.column_model import Column, Potential
from panjabi.spine.loads import LevelMoment, Load
from panjabi.stability.algebra import definite, solve

MOMENT_TOLERANCE = 1e-10
"""Residual moment at convergence [N m]; the columns here carry 0.1 to 100 N m."""

LONGEST_STEP = 0.2
"""Largest change of one angle in a Newton step [rad]: stiffening laws are steep beyond."""


@dataclass(frozen=True, eq=False, repr=False)
class ColumnEquilibrium(Result):
    """A shape where joints and loads balance, and how well they do."""

    column: Column
    loads: tuple[Load, ...]
    z: Floats  # free coordinates [rad]
    potential: Potential
    residual: float  # largest unbalanced moment [N m]
    iterations: int

    @property
    def angles(self) -> Floats:
        """Angles of every level, (levels, 3) [rad]."""
        return self.column.angles(self.z)

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Loads on units that leave the published tests, in words."""
        return self.column.outside_evidence(self.z)

    @property
    def least_stiffness(self) -> float:
        """Smallest eigenvalue of the Hessian [N m/rad]; positive where the shape is stable."""
        return float(np.linalg.eigvalsh(self.potential.hessian)[0])

    @property
    def stable(self) -> bool:
        """Whether the potential has a minimum here."""
        return definite(self.potential.hessian)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; angles of every level about its three axes."""
        angles = np.degrees(self.angles).tolist()
        return {
            "angles_deg": dict(zip(self.column.levels, angles, strict=True)),
            "stable": self.stable,
            "least_stiffness_Nm_per_rad": self.least_stiffness,
            "residual_Nm": self.residual,
            "iterations": self.iterations,
        }


def column_equilibrium(
    column: Column,
    loads: Load | Iterable[Load] = (),
    *,
    start: ArrayLike | None = None,
    iterations: int = 200,
) -> ColumnEquilibrium:
    """The minimum of the potential that Newton reaches from a start (the neutral shape).

    Raises
    ------
    ConvergenceError
        If no minimum is reached: with dead loads beyond what the joints can catch there is none.
    """
    applied = (loads,) if isinstance(loads, Load) else tuple(loads)
    z = column.zero() if start is None else np.array(start, float)
    here = column.potential(z, applied)
    for done in range(iterations + 1):
        residual = float(np.abs(here.gradient).max())
        if residual <= MOMENT_TOLERANCE:
            return ColumnEquilibrium(column, applied, z, here, residual, done)
        step = _descent(here)
        slope = float(here.gradient @ step)
        factor = min(1.0, LONGEST_STEP / float(np.abs(step).max()))
        # Near the minimum differences of V drown in rounding; the full step is then right.
        noise = 1e-13 * (1.0 + abs(here.value))
        while True:
            trial = column.potential(z + factor * step, applied)
            if trial.value <= here.value + 1e-4 * factor * slope + noise:
                break
            factor *= 0.5
            if factor < 1e-10:
                raise _stuck(column, residual, done)
        z, here = z + factor * step, trial
    raise _stuck(column, float(np.abs(here.gradient).max()), iterations)


def _descent(here: Potential) -> Floats:
    """Newton's step, with the Hessian's negative directions turned round."""
    try:
        L = np.linalg.cholesky(here.hessian)
    except np.linalg.LinAlgError:
        pass
    else:
        return -solve(L.T, solve(L, here.gradient))
    values, vectors = np.linalg.eigh(here.hessian)
    floor = 1e-8 * max(float(np.abs(values).max()), 1.0)
    return -vectors @ ((vectors.T @ here.gradient) / np.maximum(np.abs(values), floor))


def _stuck(column: Column, residual: float, iterations: int) -> ConvergenceError:
    return ConvergenceError(
        f"no equilibrium of the {column.name} column: {residual:.3g} N m are left after "
        f"{iterations} iterations; {MOMENT_TOLERANCE:g} N m is asked. Lower the load, start "
        "nearer, or follow it from zero with load_path."
    )


def pure_moment(
    column: Column,
    axis: str,
    moment: float,
    *,
    loads: Load | Iterable[Load] = (),
    start: ArrayLike | None = None,
) -> ColumnEquilibrium:
    """Equilibrium under the same moment [N m] on every level; see `LevelMoment` for signs.

    The rotation of the whole column about that axis is `angles[:, axis].sum()`: the serial sum.

    Raises
    ------
    ParameterError
        If the angles of that axis are held by the plane of the column.
    """
    applied = (loads,) if isinstance(loads, Load) else tuple(loads)
    load = LevelMoment(axis, moment)
    if not any(name.endswith(axis) for name in column.coordinates):
        raise ParameterError(
            f"a moment about {axis} does nothing in the {column.plane} plane; its free angles are "
            f"{', '.join(sorted({n.split()[-1] for n in column.coordinates}))}. Use "
            'column.in_plane("space").'
        )
    return column_equilibrium(column, (*applied, load), start=start)
