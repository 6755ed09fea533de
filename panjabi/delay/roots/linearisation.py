"""A nonlinear model with delays, linearised at an equilibrium with its exact Jacobians.

    E y'(t) = f(y(t), y(t - T_1), ..., y(t - T_m)),   f(y*, y*, ..., y*) = 0

Receptors, slack and contact cause kinks. The result contains the distance to the nearest kink, and
at a kink the systems of both sides and no verdict (S17).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.delay.roots.system import DelayTerm, Floats, LinearDelaySystem
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import ShortRepr

Field = Callable[[Floats, Sequence[Floats]], Floats]
"""f(y, past): right-hand side (n,) from the state and the state at each delay."""


@dataclass(frozen=True)
class Jacobians:
    """Exact derivatives of f."""

    now: Callable[[Floats, Sequence[Floats]], Floats]  # df/dy, (n, n)
    past: tuple[Callable[[Floats, Sequence[Floats]], Floats], ...] = ()  # df/dy(t - T_j)


@dataclass(frozen=True)
class Kink:
    """A surface value(y) = 0 across which f has no derivative."""

    name: str
    value: Callable[[Floats], float]  # signed
    gradient: Callable[[Floats], Floats]  # (n,)

    def distance(self, y: Floats) -> float:
        """First-order distance to the surface, in the unit of the states, with its side."""
        slope = float(np.linalg.norm(self.gradient(y)))
        return float(self.value(y)) / slope if slope > 0.0 else float("inf")


@dataclass(frozen=True, eq=False, repr=False)
class Linearisation(ShortRepr):
    """A linear system, the equilibrium it belongs to, and the nearest kink."""

    system: LinearDelaySystem | None  # None at a kink, where none exists
    equilibrium: Floats
    residual: float  # |f| at the equilibrium
    kink: str  # name of the nearest kink, "" without kinks
    kink_distance: float  # in the unit of the states; inf without kinks
    one_sided: tuple[LinearDelaySystem, ...] = field(default=())  # below and above, at a kink

    @property
    def decided(self) -> bool:
        """Whether one linear system describes the neighbourhood."""
        return self.system is not None


def linearise(
    f: Field,
    jacobians: Jacobians,
    start: ArrayLike,
    delays: Sequence[float] = (),
    *,
    mass: ArrayLike | None = None,
    kinks: Sequence[Kink] = (),
    tolerance: float = 1e-9,
    at_kink: float = 1e-9,
    iterations: int = 50,
    **names: Any,
) -> Linearisation:
    """The system about the equilibrium that Newton reaches from a start.

    Parameters
    ----------
    tolerance : largest |f| that counts as an equilibrium.
    at_kink : distance within which the equilibrium lies on a kink; both sides are then taken at
        that distance from it.
    names : state_names, input_names and other names for the LinearDelaySystem.

    Raises
    ------
    ConvergenceError
        If no equilibrium is reached.
    ParameterError
        If the number of Jacobians and delays differ.
    """
    if len(jacobians.past) != len(delays):
        raise ParameterError(
            f"Expected one delayed Jacobian for each of {len(delays)} delays, got "
            f"{len(jacobians.past)}; give them in the order of the delays."
        )
    y = np.array(start, float)
    for _ in range(iterations + 1):
        past = [y] * len(delays)
        residual = np.asarray(f(y, past), float)
        size = float(np.abs(residual).max())
        if size <= tolerance:
            break
        J = jacobians.now(y, past) + sum(part(y, past) for part in jacobians.past)
        try:
            y = y - np.linalg.solve(J, residual)
        except np.linalg.LinAlgError:
            size = np.inf
            break
    if not size <= tolerance:
        raise ConvergenceError(
            f"Expected an equilibrium with |f| up to {tolerance:g} within {iterations} steps of "
            f"{np.asarray(start).tolist()}, got |f| = {size:.3g}; start nearer to an "
            "equilibrium."
        )

    def at(point: Floats) -> LinearDelaySystem:
        past = [point] * len(delays)
        return LinearDelaySystem(
            now=np.asarray(jacobians.now(point, past)),
            delayed=tuple(
                DelayTerm(T, np.asarray(part(point, past)))
                for T, part in zip(delays, jacobians.past, strict=True)
            ),
            mass=None if mass is None else np.asarray(mass, float),
            **names,
        )

    if not kinks:
        return Linearisation(at(y), y, size, "", float("inf"))
    nearest = min(kinks, key=lambda k: abs(k.distance(y)))
    gap = nearest.distance(y)
    if abs(gap) > at_kink:
        return Linearisation(at(y), y, size, nearest.name, abs(gap))
    slope = nearest.gradient(y)
    normal = slope / np.linalg.norm(slope)
    sides = tuple(at(y + (sign * at_kink - gap) * normal) for sign in (-1.0, 1.0))
    return Linearisation(None, y, size, nearest.name, abs(gap), sides)


def jacobian_errors(
    f: Field, jacobians: Jacobians, y: ArrayLike, delays: int, *, step: float = 1e-6
) -> tuple[float, ...]:
    """Relative error of each Jacobian against central differences [1]: for tests of a model.

    First df/dy, then the delayed Jacobians; about 1e-8 is usual for exact Jacobians.
    """
    here = np.asarray(y, float)
    n = len(here)
    errors = []
    for which in range(delays + 1):
        past = [here.copy() for _ in range(delays)]
        exact = np.asarray((jacobians.now, *jacobians.past)[which](here, past))
        near = np.empty((n, n))
        for k in range(n):
            h = step * max(1.0, abs(here[k]))
            ends = []
            for sign in (1.0, -1.0):
                moved = here.copy()
                moved[k] += sign * h
                if which == 0:
                    ends.append(np.asarray(f(moved, past)))
                else:
                    shifted = [moved if j == which - 1 else p for j, p in enumerate(past)]
                    ends.append(np.asarray(f(here, shifted)))
            near[:, k] = (ends[0] - ends[1]) / (2.0 * h)
        errors.append(float(np.abs(exact - near).max() / max(1.0, np.abs(near).max())))
    return tuple(errors)
