"""Paths of equilibria under a growing load, by pseudo-arc-length continuation.

The unknowns are the coordinates and the load factor together. A path can therefore be followed
through a maximum of the load, and away from a bifurcation at which two paths meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError
from panjabi.spine.loads import Load
from panjabi.spine.model import Spine
from panjabi.spine.passive_spine import passive_view
from panjabi.stability.path_following import EquilibriumCurve, LoadPath

if TYPE_CHECKING:
    from panjabi.stability.critical import CriticalLoad


def load_path(
    column: Spine,
    pattern: Load | Iterable[Load],
    *,
    to: float,
    loads: Load | Iterable[Load] = (),
    step: float = 0.05,
    points: int = 400,
) -> LoadPath:
    """Equilibria from load factor 0 to `to`; stays on the primary path at a bifurcation.

    step : arc length, in rad and in fractions of `to`.

    Raises
    ------
    ConvergenceError
        If the path is lost.
    """
    from panjabi.stability.column_solver import column_equilibrium

    growing = (pattern,) if isinstance(pattern, Load) else tuple(pattern)
    constant = (loads,) if isinstance(loads, Load) else tuple(loads)
    if not (np.isfinite(to) and to != 0.0):
        raise ParameterError(
            f"Expected a finite load factor other than 0, got {to!r}; give the last factor of the "
            "path as `to`."
        )
    curve = EquilibriumCurve(column, growing, constant, scale=to)
    x, t = curve.start(column_equilibrium(column, constant).z)
    return curve.walk(x, t, target=to, step=step, points=points)


def post_buckling(
    critical: CriticalLoad,
    *,
    to: float,
    side: int = 1,
    step: float = 0.05,
    points: int = 400,
) -> LoadPath:
    """The post-buckling path, from the critical load along its mode to the load `to`.

    side : +1 or -1, the sign of the mode. The first point is the critical equilibrium.

    Raises
    ------
    ParameterError
        If there is no critical load.
    ConvergenceError
        If the path is lost.
    """
    if not np.isfinite(critical.load):
        raise ParameterError(
            "Expected a finite critical load to start a post-buckling path, got none up to "
            f"{critical.searched_to:g} for the {passive_view(critical.column).name}; raise "
            "`largest` or use less stiff joints."
        )
    if not np.isfinite(to):
        raise ParameterError(
            f"Expected a finite load factor, got {to!r}; give the last factor of the path as `to`."
        )
    if side not in (1, -1):
        raise ParameterError(f"Expected a side of +1 or -1, got {side!r}; give +1 or -1.")
    scale = max(critical.load, abs(to - critical.load))
    curve = EquilibriumCurve(critical.column, critical.pattern, critical.loads, scale)
    t = np.append(side * critical.mode / np.linalg.norm(critical.mode), 0.0)
    x = np.append(critical.z, critical.load / scale)
    return curve.walk(x, t, target=to, step=step, points=points)
