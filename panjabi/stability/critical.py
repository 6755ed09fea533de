"""Critical load: the smallest load at which the Hessian of the potential loses definiteness."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from panjabi.body.tree import Floats
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.parameter import Parameter, sources
from panjabi.results import Result, finite
from panjabi.spine.levels import AXES
from panjabi.spine.loads import Load
from panjabi.spine.model import Spine
from panjabi.spine.passive_spine import external_loads, passive_view
from panjabi.stability.algebra import pencil
from panjabi.stability.column_solver import column_equilibrium
from panjabi.stability.path_following import EquilibriumCurve

STILL = 1e-9
"""A unit load with a smaller moment [N m per unit] does not bend the column."""


@dataclass(frozen=True, eq=False, repr=False)
class CriticalLoad(Result):
    """The load at which a column loses stability, and the buckling mode."""

    column: Spine
    pattern: tuple[Load, ...]  # the load of factor 1
    loads: tuple[Load, ...]  # constant loads
    load: float  # critical factor of the pattern (N for a unit load); inf if there is none
    mode: Floats  # (n,) eigenvector of zero stiffness, largest entry 1; zeros if there is none
    z: Floats  # shape at that load [rad]
    moved: bool  # whether the load bends the column before (continuation) or not (eigenproblem)
    kind: str  # bifurcation, limit load, none, or failure: a unit fails at a smaller load
    residual: float  # unbalanced moment [N m]
    least_stiffness: float  # of the mode, from the Hessian at that load [N m/rad]: 0 up to rounding
    searched_to: float  # largest load of the search
    stiffness: str = "relaxed"  # of the joints: relaxed (long-time) or instantaneous
    instantaneous_load: float | None = None  # critical load for instantaneous stiffness, if known

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Parameters of the column."""
        return self.column.parameters

    def mode_by_level(self) -> dict[str, dict[str, float]]:
        """Rotation of each level about each axis in the mode, largest value 1."""
        passive = passive_view(self.column)
        return {
            level: {a: float(self.mode[k]) for a, k in zip(AXES, at, strict=True) if k >= 0}
            for level, at in zip(passive.levels, passive.place.tolist(), strict=True)
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; an infinite or unknown load is null."""
        quick = self.instantaneous_load
        return {
            "critical_load_N": finite(self.load),
            "searched_to_N": self.searched_to,
            "stiffness": self.stiffness,
            "instantaneous_critical_load_N": None if quick is None else finite(quick),
            "kind": self.kind,
            "bent_before": self.moved,
            "outside_evidence": list(passive_view(self.column).outside_evidence(self.z)),
            "mode": self.mode_by_level(),
            "residual_Nm": self.residual,
            **sources(self).summary(),
        }


def critical_load(
    column: Spine,
    pattern: Load | Iterable[Load],
    *,
    loads: Load | Iterable[Load] = (),
    largest: float = 1e4,
) -> CriticalLoad:
    """Smallest factor on a load pattern at which the column loses stability.

    If the pattern does not bend the column (a straight column under its axial load; a symmetric
    column in the frontal plane), V'' = K + factor x G and the factor is an eigenvalue. If it bends
    the column, the equilibrium is followed from zero load by arc length until V'' is singular: at a
    bifurcation or at the largest load that the column can carry.

    Parameters
    ----------
    pattern : the load of factor 1; with `top_load(column)` the factor is a force in N.
    loads : constant loads.
    largest : largest factor of the search.

    Raises
    ------
    ConvergenceError
        If the column is unstable without the pattern, or its path cannot be followed.
    ParameterError
        If `largest` is not positive and finite.
    """
    growing = (pattern,) if isinstance(pattern, Load) else tuple(pattern)
    constant = (loads,) if isinstance(loads, Load) else tuple(loads)
    if not (np.isfinite(largest) and largest > 0.0):
        raise ParameterError(
            f"Expected a positive finite largest load factor, got {largest!r}; give the end of the "
            "search as `largest`, for example 1e4."
        )
    unloaded = column_equilibrium(column, constant)
    if not unloaded.stable:
        raise ConvergenceError(
            f"Expected a {passive_view(column).name} that is stable without the growing load, got "
            f"a least stiffness of {unloaded.least_stiffness:.3g} N m/rad; lower the constant "
            "loads."
        )
    passive, pattern_loads = passive_view(column), external_loads(column, growing)
    push = pattern_loads.potential(unloaded.z)
    if float(np.abs(push.gradient).max()) <= STILL:
        factors, modes = _eigenmodes(unloaded.potential.hessian, push.hessian)
        if not factors.size or factors[0] > largest:
            return _none(column, growing, constant, unloaded.z, False, largest)
        factor, z, moved, mode = float(factors[0]), unloaded.z, False, modes[:, 0]
        kind = "bifurcation"
    else:
        curve = EquilibriumCurve(column, growing, constant)
        point = curve.first_singular(unloaded.z, largest)
        if point is None:
            kind = "failure" if curve.failure else "none"
            return _none(column, growing, constant, unloaded.z, True, curve.reached, kind)
        factor, z, mode, moved = point.factor, point.z, point.mode, True
        kind = "limit load" if point.limit else "bifurcation"
    rest, grown = passive.potential(z, constant), pattern_loads.potential(z)
    gradient = rest.gradient + factor * grown.gradient
    hessian = rest.hessian + factor * grown.hessian
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


def _eigenmodes(K: Floats, G: Floats) -> tuple[Floats, Floats]:
    """Positive factors with K + factor G singular, rising: -G v = (1/factor) K v, K definite."""
    try:
        inverse, modes = pencil(-G, K, last=True)
    except np.linalg.LinAlgError:
        raise ConvergenceError(
            "Expected a column that is stable without the growing load, got a stiffness matrix "
            "that is not positive definite; check the least stiffness and lower the constant loads."
        ) from None
    tiny = 1e-12 * np.linalg.norm(G) / max(float(np.linalg.norm(K)), 1e-300)
    keep = np.flatnonzero(inverse > tiny)[::-1]
    return 1.0 / inverse[keep], modes[:, keep]


def _normalised(mode: Floats) -> Floats:
    largest = mode[np.argmax(np.abs(mode))]
    return mode / largest if largest else mode


def _none(
    column: Spine,
    pattern: tuple[Load, ...],
    loads: tuple[Load, ...],
    z: Floats,
    moved: bool,
    largest: float,
    kind: str = "none",
) -> CriticalLoad:
    nothing = np.zeros(len(column.free))
    return CriticalLoad(
        column, pattern, loads, np.inf, nothing, z, moved, kind, 0.0, np.nan, largest
    )
