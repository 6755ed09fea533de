"""Equilibrium of a spine model: activations that balance a posture, or the posture itself."""

# pyright: reportConstantRedefinition=false
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ConvergenceError, ParameterError, unknown
from panjabi.results import Result
from panjabi.spine.effort import EffortCriterion, criterion_named, least_effort
from panjabi.spine.evidence import check_state, state_outside
from panjabi.spine.model import Spine
from panjabi.spine.muscles_at import muscles_at
from panjabi.spine.perturbation import Perturbation
from panjabi.spine.rhs_plain import NOTHING, applied_forces

Floats = NDArray[np.float64]

SOLVES = ("auto", "activation", "posture", "both")

CHOOSING = 20
"""Steps that minimise the effort. If the choice still alternates between muscles then, the
other steps change excitations as little as balance requires."""

CHOSEN = 1e-8
"""Largest change of an excitation in the last of these steps."""

BEFORE = -1e9
"""Time before every perturbation, with every cable still intact [s]."""


@dataclass(frozen=True, eq=False, repr=False)
class Equilibrium(Result):
    """A model in equilibrium, its state, and the residual."""

    model: Spine  # with the excitations and rest lengths of the equilibrium
    q: Floats  # (n,) [rad]
    state: Floats  # (size,)
    residual: float  # largest moment that is not balanced [N m]
    iterations: int

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Body size, reflexes, muscles and loads on units that leave the tests, in words."""
        return state_outside(self.model, self.state)

    def __str__(self) -> str:
        return f"rest within {self.residual:.2g} N m after {self.iterations} steps"

    def to_dict(self) -> dict[str, Any]:
        """Posture and excitations by name, residual and number of steps."""
        model, excitation = self.model, {}
        if model.muscles is not None:
            names = model.muscles.muscles.names
            excitation = dict(zip(names, model.excitation.tolist(), strict=True))
        return {
            "coordinates_rad": dict(zip(model.free, self.q.tolist(), strict=True)),
            "excitation": excitation,
            "residual_Nm": self.residual,
            "iterations": self.iterations,
            "outside_evidence": list(self.outside_evidence),
        }


def equilibrium(
    model: Spine,
    *,
    solve: str = "auto",
    q: ArrayLike | None = None,
    least: float = 0.005,
    most: float = 0.95,
    criterion: str = "squares",
    applied: Sequence[Perturbation] = (),
    tolerance: float = 1e-9,
    iterations: int = 100,
    extrapolate: bool = False,
) -> Equilibrium:
    """Equilibrium under the weight and the external forces before any perturbation starts.

    Parameters
    ----------
    solve : "activation" finds excitations that balance the posture with least effort;
        "posture" keeps the excitations and finds the coordinates; "both" uses the excitations that
        come nearest to balance, and then finds the posture; "auto" is "activation" with muscles,
        else "posture". Receptors are silent in the resulting posture.
    q : posture (n,), or the start of the search for it; by default that of the model.
    least, most : limits of every excitation. A higher `least` is co-contraction.
    criterion : of the effort, "squares" or "volume"; see `panjabi.spine.effort`.
    tolerance : largest unbalanced moment [N m], per N m of the muscles' moment if that is more
        than 1 N m.
    extrapolate : accept units and tendons beyond failure.

    Raises
    ------
    ConvergenceError
        If the muscles cannot balance the posture, or no posture is found.
    ParameterError
        If a unit or a tendon is beyond failure in that posture.
    """
    if solve not in SOLVES:
        raise unknown("value of solve", solve, SOLVES)
    start = model.dynamics.part(model.dynamics.held) if q is None else np.array(q, float)
    if solve == "posture" or (solve == "auto" and model.muscles is None):
        result = _posture(model, start, applied, tolerance, iterations)
    else:
        both = solve == "both"
        effort = criterion_named(criterion)
        if effort.power != 2:
            raise ParameterError(
                f"Expected the criterion squares or volume, got {criterion!r}; use recruit() for "
                "another power."
            )
        result = _activation(
            model, start, (least, most), effort, applied, tolerance, iterations, both
        )
    if not extrapolate:
        check_state(result.model, result.state)
    return result


def passive_force(model: Spine, q: Floats, applied: Sequence[Perturbation] = ()) -> Floats:
    """Static generalised force (n,) of all parts but the muscles, weight included [N m]."""
    still = np.zeros(len(model.free))
    Q = applied_forces(model, BEFORE, q, applied) - model.dynamics.weight(q)
    for element in (*model.joints, *model.elements):
        x, speed = model.seen_by(element, q, still)
        place = model.place_of(element.coordinates)
        force = element.force(x, speed, np.zeros(element.states), NOTHING)
        np.add.at(Q, place[place >= 0], np.asarray(force)[place >= 0])
    return Q


def passive_tangent(model: Spine, q: Floats) -> Floats:
    """-d passive_force / d q (n, n) [N m/rad] at constant external forces."""
    still = np.zeros(len(model.free))
    K = model.dynamics.linearised(q, still, still).by_q
    for element in (*model.joints, *model.elements):
        x, speed = model.seen_by(element, q, still)
        place = model.place_of(element.coordinates)
        free = place >= 0
        tangent = element.tangent(x, speed, np.zeros(element.states), NOTHING)
        K[np.ix_(place[free], place[free])] += np.asarray(tangent)[np.ix_(free, free)]
    return K


def _posture(
    model: Spine,
    q: Floats,
    applied: Sequence[Perturbation],
    tolerance: float,
    iterations: int,
) -> Equilibrium:
    """Equilibrium posture by Newton's method, with steps that decrease the unbalanced moment."""

    def left_over(at: Floats) -> Floats:
        Q = passive_force(model, at, applied)
        if model.muscles is not None:
            muscles = model.muscles.muscles
            geometry = muscles.geometry(at)
            force = model.muscles.units.at_rest(model.excitation, geometry.length).force
            Q = Q - geometry.slope.T @ force
        return Q

    unbalanced, size = left_over(q), np.inf
    for count in range(iterations):
        size = float(np.abs(unbalanced).max())
        if size <= tolerance:
            return _set(model, q, model.excitation, size, count)
        K = passive_tangent(model, q)
        if model.muscles is not None:
            muscles = model.muscles.muscles
            pose = muscles.pose(q)
            geometry = muscles.geometry(pose)
            resting = model.muscles.units.at_rest(model.excitation, geometry.length)
            K += muscles.tension_curvature(pose, resting.force)
            K += geometry.slope.T @ (resting.stiffness[:, None] * geometry.slope)
        step = np.linalg.solve(K, unbalanced)
        fraction = min(1.0, 0.3 / max(float(np.abs(step).max()), 1e-300))
        moved = unbalanced
        for _ in range(30):
            moved = left_over(q + fraction * step)
            if np.linalg.norm(moved) < np.linalg.norm(unbalanced) or fraction < 1e-6:
                break
            fraction *= 0.5
        q, unbalanced = q + fraction * step, moved
    raise ConvergenceError(
        f"Expected an equilibrium posture with at most {tolerance:g} N m left unbalanced within "
        f"{iterations} steps, got {size:.3g} N m; start nearer to an equilibrium, raise the "
        "excitation, or give the model more stiffness."
    )


def _activation(
    model: Spine,
    q: Floats,
    limits: tuple[float, float],
    effort: EffortCriterion,
    applied: Sequence[Perturbation],
    tolerance: float,
    iterations: int,
    give_way: bool,
) -> Equilibrium:
    """Least effort under balance: Newton on tensions, a dual inside each step.

    Steps are halved after eight, so that a choice that alternates between muscles converges.
    """
    if model.muscles is None:
        raise ParameterError(
            "Expected a model with muscles to solve for activations, got one without; give "
            "solve='posture'."
        )
    low, high = limits
    if not 1e-4 <= low < high <= 1.0 - 1e-4:
        raise ParameterError(
            f"Expected excitation limits that rise within 0.0001 to 0.9999, got {low:g} to "
            f"{high:g}; leave the limits out."
        )
    state = muscles_at(model.muscles.units, q, ())
    weight = effort.weights(state.max_force, state.optimal_fibre)
    demand = -passive_force(model, q, applied)  # moment that the muscles must provide
    scale = max(1.0, float(np.abs(demand).max()))
    a = np.full(len(weight), max(low, 0.02))
    at, change = state.tangent(a), np.full_like(a, np.inf)
    missing = demand - state.arms @ at.force
    for count in range(iterations):
        size = float(np.abs(missing).max())
        chosen = count >= CHOOSING or float(np.abs(change).max()) <= CHOSEN
        if size <= tolerance * scale and chosen:
            return _set(model, q, a, size, count)
        # effort of the activations, or of their change
        base = a if count >= CHOOSING else np.zeros_like(a)
        G, pulls = state.arms * at.gain, (at.gain > 0.0) & (weight > 0.0)
        wanted = missing + G @ (a - base) - G[:, ~pulls] @ (low - base)[~pulls]
        target = np.full_like(a, low)
        found, _, holds = least_effort(
            weight[pulls], G[:, pulls], wanted, low - base[pulls], high - base[pulls]
        )
        target[pulls] = base[pulls] + found
        if not holds and give_way:
            near = replace(model, excitation=target)
            return _posture(near, q, applied, tolerance * scale, iterations)
        if not holds:
            break
        change = (target - a) * (1.0 if count < 8 or count >= CHOOSING else 0.5)
        a = a + change
        at = state.tangent(a)
        missing = demand - state.arms @ at.force
    worst = int(np.argmax(np.abs(missing)))
    raise ConvergenceError(
        f"Expected muscles that balance the posture with excitations from {low:g} to {high:g}, "
        f"got {missing[worst]:.3g} N m unbalanced at {model.free[worst]}; let the posture "
        "change with solve='both', or give a smaller load, a posture nearer to neutral, or a "
        "lower `least`."
    )


def _set(
    model: Spine, q: Floats, excitation: Floats | float, residual: float, count: int
) -> Equilibrium:
    """The model with its set point at q, and its equilibrium state."""
    resting = model if model.muscles is None else at_rest(model, excitation, q)
    state = resting.state_at(q)
    if resting.reflexes is not None:
        state[resting.slices["receptor"]] = 0.0
    return Equilibrium(resting, q, state, residual, count)


def at_rest(model: Spine, excitation: ArrayLike, q: ArrayLike | None = None) -> Spine:
    """The model with these excitations, and receptors that are silent at q with them."""
    assert model.muscles is not None
    place = model.dynamics.part(model.dynamics.held) if q is None else np.asarray(q, float)
    length = model.muscles.muscles.geometry(place).length
    tension = model.muscles.units.at_rest(excitation, length).force
    return replace(
        model, excitation=np.asarray(excitation), rest_length=length, rest_tension=tension
    )
