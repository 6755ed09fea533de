"""Critical load: the smallest load at which the Hessian of the potential loses definiteness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.tree import Floats
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.parameter import Parameter, sources
from panjabi.results import Result, finite
from panjabi.spine.column_model import Column
from panjabi.spine.loads import Load
from panjabi.stability.algebra import pencil
from panjabi.stability.column_solver import column_equilibrium
from panjabi.stability.path_following import EquilibriumCurve

STILL = 1e-9
"""A unit load that bends the column by less than this moment [N m per unit] leaves it still."""


@dataclass(frozen=True, eq=False, repr=False)
class CriticalLoad(Result):
    """Where a growing load takes the column's stability, and the way it then goes."""

    column: Column
    pattern: tuple[Load, ...]  # the load of factor 1
    loads: tuple[Load, ...]  # what stays constant
    load: float  # critical factor of the pattern (N for a unit load); inf if none was found
    mode: Floats  # (n,) eigenvector of zero stiffness, largest entry 1; zeros if none
    z: Floats  # shape at that load [rad]
    moved: bool  # whether the column had bent before (continuation) or stood still (eigenproblem)
    kind: str  # bifurcation, limit load or none
    residual: float  # unbalanced moment [N m]
    least_stiffness: float  # of the mode, on the Hessian there [N m/rad]: 0 up to rounding
    searched_to: float  # largest load that was looked at
    stiffness: str = (
        "relaxed"  # which stiffness of the joints: relaxed (long-time) or instantaneous
    )
    instantaneous_load: float | None = None  # the same load on instantaneous stiffness, if known

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """What the result rests on."""
        return self.column.parameters

    def mode_by_level(self) -> dict[str, dict[str, float]]:
        """The mode's rotation of each level by axis, largest 1."""
        shape: dict[str, dict[str, float]] = {level: {} for level in self.column.levels}
        for name, value in zip(self.column.coordinates, self.mode, strict=True):
            level, axis = name.rsplit(" ", 1)
            shape[level][axis] = float(value)
        return shape

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; a load that was not found is null."""
        quick = self.instantaneous_load
        return {
            "critical_load_N": finite(self.load),
            "searched_to_N": self.searched_to,
            "stiffness": self.stiffness,
            "instantaneous_critical_load_N": None if quick is None else finite(quick),
            "kind": self.kind,
            "bent_before": self.moved,
            "mode": self.mode_by_level(),
            "residual_Nm": self.residual,
            **sources(self).summary(),
        }


def critical_load(
    column: Column,
    pattern: Load | Iterable[Load],
    *,
    loads: Load | Iterable[Load] = (),
    largest: float = 1e4,
) -> CriticalLoad:
    """Smallest factor on a load pattern at which the column loses stability.

    Where the pattern leaves the column as it stands (a straight column under its axial load; a
    symmetric one in the frontal plane), V'' = K + factor x G and the answer is an eigenvalue.
    Where it bends the column on the way, the equilibrium is followed from zero load by arc length
    until V'' is singular: at a bifurcation or at the largest load the column can carry.

    Parameters
    ----------
    pattern : the load of factor 1, `column.top_load()` for an answer in N.
    loads : loads that do not grow with it.
    largest : give up beyond this factor.

    Raises
    ------
    ConvergenceError
        If the column is unstable without the pattern, or its path cannot be followed.
    """
    growing = (pattern,) if isinstance(pattern, Load) else tuple(pattern)
    constant = (loads,) if isinstance(loads, Load) else tuple(loads)
    if not (np.isfinite(largest) and largest > 0.0):
        raise ParameterError(
            f"largest is {largest!r}; a positive finite factor is possible. Say how far to look."
        )
    rest = column_equilibrium(column, constant) if constant else column_equilibrium(column)
    if not rest.stable:
        raise ConvergenceError(
            f"the {column.name} column is unstable without the growing load: least stiffness "
            f"{rest.least_stiffness:.3g} N m/rad. Lower the constant loads."
        )
    push = column.load_potential(rest.z, growing)
    if float(np.abs(push.gradient).max()) <= STILL:
        factors, modes = _eigenmodes(rest.potential.hessian, push.hessian, last=True)
        if not factors.size or factors[0] > largest:
            return _none(column, growing, constant, rest.z, False, largest)
        factor, z, moved, mode = float(factors[0]), rest.z, False, modes[:, 0]
        kind = "bifurcation"
    else:
        curve = EquilibriumCurve(column, growing, constant)
        found = curve.first_singular(rest.z, largest)
        if found is None:
            return _none(column, growing, constant, rest.z, True, curve.reached)
        factor, z, mode, moved = found.factor, found.z, found.mode, True
        kind = "limit load" if found.limit else "bifurcation"
    joints, fixed = column.joint_potential(z), column.load_potential(z, constant)
    grown = column.load_potential(z, growing)
    gradient = joints.gradient + fixed.gradient + factor * grown.gradient
    hessian = joints.hessian + fixed.hessian + factor * grown.hessian
    return CriticalLoad(
        column,
        growing,
        constant,
        factor,
        _normalised(mode),
        z,
        moved,
        kind,
        float(np.abs(gradient).max()),
        float(mode @ hessian @ mode / (mode @ mode)),
        largest,
    )


def buckling_modes(
    column: Column,
    pattern: Load | Iterable[Load],
    *,
    loads: Load | Iterable[Load] = (),
    at: ArrayLike | None = None,
    count: int | None = None,
) -> tuple[Floats, Floats]:
    """All positive critical factors of a column that stands still, and their modes.

    at : shape of the column; neutral when not given. Returns (m,) rising, and (n, m).
    """
    z = column.zero() if at is None else np.asarray(at, float)
    K = column.potential(z, loads).hessian
    factors, modes = _eigenmodes(K, column.load_potential(z, pattern).hessian)
    factors, modes = factors[:count], modes[:, :count]
    return factors, np.column_stack([_normalised(m) for m in modes.T]) if factors.size else modes


def _eigenmodes(K: Floats, G: Floats, *, last: bool = False) -> tuple[Floats, Floats]:
    """Positive factors with K + factor G singular, rising: -G v = (1/factor) K v, K definite."""
    try:
        inverse, modes = pencil(-G, K, last=last)
    except np.linalg.LinAlgError:
        raise ConvergenceError(
            "the column is not stable without the growing load, so no critical load can be "
            "counted from there. Look at the least stiffness and lower the constant loads."
        ) from None
    tiny = 1e-12 * np.linalg.norm(G) / max(float(np.linalg.norm(K)), 1e-300)
    keep = np.flatnonzero(inverse > tiny)[::-1]
    return 1.0 / inverse[keep], modes[:, keep]


def _normalised(mode: Floats) -> Floats:
    largest = mode[np.argmax(np.abs(mode))]
    return mode / largest if largest else mode


def _none(
    column: Column,
    pattern: tuple[Load, ...],
    loads: tuple[Load, ...],
    z: Floats,
    moved: bool,
    largest: float,
) -> CriticalLoad:
    nothing = np.zeros(column.size)
    return CriticalLoad(
        column, pattern, loads, np.inf, nothing, z, moved, "none", 0.0, np.nan, largest
    )
