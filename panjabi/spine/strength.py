"""The largest moment a spine can exert on what holds its thorax: a linear programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from panjabi.active.calibration import EXTENSION_TARGET, EXTENSORS
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.parameter import Parameter
from panjabi.passive.directions import direction
from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]

WORLD_AXIS = ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
"""Of flexion-extension, lateral bending and axial rotation: right, forward, up."""


@dataclass(frozen=True, eq=False)
class Strength:
    """Largest moment in a direction with every joint in equilibrium, and the forces for it."""

    direction: str
    moment: float  # on the thorax, about a world axis [N m]
    forces: Floats  # (m,) [N]
    demand: Floats  # (n,) per N m of it: what the joints then carry besides posture [1]


def moment_demand(spine: StaticSpine, name: str) -> Floats:
    """(n,) demand on the joints per N m that the spine exerts with the thorax in a direction."""
    axis, sign = direction(name)
    turn = spine.body.angular_jacobian(spine.poses, "T12")[:, spine.indices]
    return sign * np.array(WORLD_AXIS[axis]) @ turn


def strength(spine: StaticSpine, name: str) -> Strength:
    """Largest moment by name: "extension", "left rotation", ...; stability is not asked.

    Every level must carry the moment and the posture at once, so the weakest level decides.

    Raises
    ------
    UnknownNameError
        For a direction that does not exist.
    ConvergenceError
        If the posture cannot be held even without exertion.
    """
    from scipy.optimize import linprog

    pull = moment_demand(spine, name)
    m = spine.muscles
    found = linprog(
        np.append(np.zeros(len(m.names)), -1.0),
        A_eq=np.column_stack([m.arms, -pull]),
        b_eq=spine.demand,
        bounds=[*zip(m.passive, m.strongest, strict=True), (0.0, None)],
    )
    if found.x is None:
        raise ConvergenceError(
            f"no forces hold this posture, even without exerting {name}: {found.message} Change "
            "load, posture or strength; recruit() says which moment is missing."
        )
    return Strength(name, float(found.x[-1]), found.x[:-1], pull)


def extensor_factor(upright: StaticSpine, target: Parameter = EXTENSION_TARGET) -> float:
    """Factor on the extensor groups with which the upright spine extends with a target moment [1].

    With every level in equilibrium and force-length at work. Summed over arms alone the muscles of
    the source give 1125 N m at L5-S1, but the spine as a whole can exert 363 N m with them: a
    factor taken from the sum would leave 80.

    Raises
    ------
    ParameterError
        If no factor from 0.05 to 5 gives the target.
    """
    from scipy.optimize import brentq

    groups = tuple(g for g in EXTENSORS if g in upright.muscles.groups)

    def missing(factor: float) -> float:
        try:
            found = strength(
                upright.with_muscles(upright.muscles.scaled(factor, *groups)), "extension"
            )
        except ConvergenceError:
            return -target.si
        return found.moment - target.si

    low, high = 0.05, 5.0
    if missing(low) > 0.0 or missing(high) < 0.0:
        raise ParameterError(
            f"no scale of the extensors from {low:g} to {high:g} gives an extension moment of "
            f"{target.si:g} N m; something nearer to people's 200 to 350 N m is possible. Change "
            "the target."
        )
    return cast(float, brentq(cast(Any, missing), low, high, xtol=1e-6))
