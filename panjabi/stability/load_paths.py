"""Paths of equilibria under a growing load, by pseudo-arc-length continuation.

Unknowns are the coordinates and the load factor together, so that a path can be followed round a
largest load, and away from a bifurcation where two paths meet.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from panjabi.errors import ParameterError
from panjabi.spine.column_model import Column
from panjabi.spine.loads import Load
from panjabi.stability.path_following import EquilibriumCurve, LoadPath

if TYPE_CHECKING:
    from panjabi.stability.critical import CriticalLoad


def load_path(
    column: Column,
    pattern: Load | Iterable[Load],
    *,
    to: float,
    loads: Load | Iterable[Load] = (),
    step: float = 0.05,
    points: int = 400,
) -> LoadPath:
    """Equilibria from load factor 0 to `to`; stays on its path where another one branches off.

    step : arc length in rad (and in shares of `to`).

    Raises
    ------
    ConvergenceError
        If the path is lost.
    """
    from panjabi.stability.column_solver import column_equilibrium

    growing = (pattern,) if isinstance(pattern, Load) else tuple(pattern)
    constant = (loads,) if isinstance(loads, Load) else tuple(loads)
    if not (np.isfinite(to) and to != 0.0):
        raise ParameterError(f"`to` is {to!r}; a finite factor other than 0 is possible. Give it.")
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
    """The bent equilibria that start at a critical load, along its mode, until the load `to`.

    side : +1 or -1, which way the mode is taken. The first point is the critical one.

    Raises
    ------
    ParameterError
        If nothing buckled.
    ConvergenceError
        If the path is lost.
    """
    if not np.isfinite(critical.load):
        raise ParameterError(
            f"the {critical.column.name} column did not buckle below {critical.searched_to:g}; a "
            "post-buckling path starts at a critical load. Raise `largest` or soften the joints."
        )
    if not np.isfinite(to):
        raise ParameterError(
            f"`to` is {to!r}; a finite load factor is possible. Say how far to follow the column."
        )
    if side not in (1, -1):
        raise ParameterError(f"side is {side!r}; +1 and -1 are possible. Choose one.")
    scale = max(critical.load, abs(to - critical.load))
    curve = EquilibriumCurve(critical.column, critical.pattern, critical.loads, scale)
    t = np.append(side * critical.mode / np.linalg.norm(critical.mode), 0.0)
    x = np.append(critical.z, critical.load / scale)
    return curve.walk(x, t, target=to, step=step, points=points)
