"""The largest moment that a spine can exert with its topmost body: a linear programme."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from panjabi.active.calibration import EXTENSION_TARGET, EXTENSORS
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.parameter import Parameter
from panjabi.passive.directions import DIRECTIONS, direction
from panjabi.results import ShortRepr
from panjabi.spine.levels import vertebrae_of
from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]

WORLD_AXIS = ((0.0, 0.0, 1.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
"""Axes of flexion-extension, lateral bending and axial rotation: right, forward, up."""


@dataclass(frozen=True, eq=False, repr=False)
class Strength(ShortRepr):
    """Largest moment in a direction with every joint in equilibrium, and the forces for it."""

    direction: str
    moment: float  # on the thorax, or the head, about a world axis [N m]
    forces: Floats  # (m,) [N]
    demand: Floats  # (n,) additional demand on the joints per N m of the moment [1]


def moment_demand(spine: StaticSpine, name: str) -> Floats:
    """(n,) demand on the joints per N m that the spine exerts in a direction with its top."""
    axis, sign = direction(name)
    top, bottom = vertebrae_of(spine.levels[-1])[0], vertebrae_of(spine.levels[0])[1]
    return sign * np.array(WORLD_AXIS[axis]) @ spine.rotation(top, bottom)


def exertions(spine: StaticSpine) -> tuple[Strength, ...]:
    """The largest exertions about the three axes, in both senses."""
    return tuple(strength(spine, name) for name in DIRECTIONS)


def strength(spine: StaticSpine, name: str) -> Strength:
    """Largest moment [N m] by name: "extension", "left rotation", ...; stability is not required.

    Every level must carry the moment and the posture together, so the weakest level decides.

    Raises
    ------
    UnknownNameError
        For a direction that does not exist.
    ConvergenceError
        If no muscle forces balance the posture even without exertion.
    """
    pull = moment_demand(spine, name)
    return Strength(name, *largest_exertion(spine, pull), pull)


def largest_exertion(spine: StaticSpine, pull: Floats) -> tuple[float, Floats]:
    """Largest multiple of an additional demand (n,) that muscles can carry, and their forces [N].

    Every level must carry the demand and the posture together.

    Raises
    ------
    ConvergenceError
        If no muscle forces balance the posture even without the demand.
    """
    from scipy.optimize import linprog

    m = spine.muscles
    solution = linprog(
        np.append(np.zeros(len(m.names)), -1.0),
        A_eq=np.column_stack([m.arms, -pull]),
        b_eq=spine.demand,
        bounds=[*zip(m.passive, m.strongest, strict=True), (0.0, None)],
    )
    if solution.x is None:
        raise ConvergenceError(
            "Expected muscle forces that balance this posture, got none even without exertion: "
            f"{solution.message} Change load, posture or strength; recruit() shows which moment "
            "is missing."
        )
    return float(solution.x[-1]), solution.x[:-1]


def extensor_factor(upright: StaticSpine, target: Parameter = EXTENSION_TARGET) -> float:
    """Factor on the extensor groups with which the upright spine extends with a target moment [1].

    Every level is in equilibrium, with the force-length relation. As a sum of force times moment
    arm the muscles of the source give 1125 N m at L5-S1, but the whole spine can exert 339 N m with
    them: a factor from the sum would leave 80 N m.

    Raises
    ------
    ParameterError
        If no factor from 0.05 to 5 gives the target.
    """
    from scipy.optimize import brentq

    groups = tuple(g for g in EXTENSORS if g in upright.muscles.groups)

    def missing(factor: float) -> float:
        try:
            result = strength(
                upright.with_muscles(upright.muscles.scaled(factor, *groups)), "extension"
            )
        except ConvergenceError:
            return -target.si
        return result.moment - target.si

    low, high = 0.05, 5.0
    if missing(low) > 0.0 or missing(high) < 0.0:
        raise ParameterError(
            f"Expected an extension moment that a factor on the extensors from {low:g} to "
            f"{high:g} can reach, got the target {target.si:g} N m; give a target nearer to the "
            "200 to 350 N m of people."
        )
    return cast(float, brentq(cast(Any, missing), low, high, xtol=1e-6))
