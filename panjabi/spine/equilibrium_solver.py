"""Where a spine model stands still: activations that hold a posture, or where it settles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.active.musculotendon import Musculotendon, RestingMuscles
from panjabi.errors import ConvergenceError, ParameterError, unknown
from panjabi.results import Result
from panjabi.spine.model import Spine
from panjabi.spine.perturbation import Perturbation
from panjabi.spine.rhs_plain import NOTHING, applied_forces

Floats = NDArray[np.float64]

SOLVES = ("auto", "activation", "posture", "both")

CHOOSING = 20
"""Steps that look for the least sum of squares. Where the choice still flips between muscles then,
the rest of the steps change excitations as little as balance asks for."""

BEFORE = -1e9
"""Time at which nothing has begun and no cable is cut [s]."""


@dataclass(frozen=True, eq=False, repr=False)
class Equilibrium(Result):
    """A model set to rest, its state, and how well it rests."""

    model: Spine  # with the excitations and rest lengths that hold it
    q: Floats  # (n,) [rad]
    state: Floats  # (size,)
    residual: float  # largest moment that is not balanced [N m]
    iterations: int

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Loads on units that leave the published tests, in words."""
        return self.model.outside_evidence(self.q)

    def __str__(self) -> str:
        return f"rest within {self.residual:.2g} N m after {self.iterations} steps"

    def to_dict(self) -> dict[str, Any]:
        """Posture and excitations by name, and how well the model rests."""
        model, excitation = self.model, {}
        if model.muscles is not None:
            names = model.muscles.muscles.names
            excitation = dict(zip(names, model.excitation.tolist(), strict=True))
        return {
            "coordinates_rad": dict(zip(model.free, self.q.tolist(), strict=True)),
            "excitation": excitation,
            "residual_Nm": self.residual,
            "iterations": self.iterations,
        }


def equilibrium(
    model: Spine,
    *,
    solve: str = "auto",
    q: ArrayLike | None = None,
    least: float = 0.005,
    most: float = 0.95,
    applied: Sequence[Perturbation] = (),
    tolerance: float = 1e-9,
    iterations: int = 100,
) -> Equilibrium:
    """The model at rest under its weight, with what acts before any perturbation begins.

    Parameters
    ----------
    solve : "activation" finds excitations that hold the posture with the least sum of squares;
        "posture" keeps the excitations and finds the coordinates; "both" takes the excitations that
        come nearest to holding the posture, and lets it give way; "auto" is "activation" where
        there are muscles, else "posture". Receptors are silent at the posture that is found.
    q : posture (n,), or where the search for one begins; as held when not given.
    least, most : limits of every excitation. A higher `least` is co-contraction.
    tolerance : largest moment left over [N m], per N m of what is to be held where that is more
        than 1 N m.

    Raises
    ------
    ConvergenceError
        If the muscles cannot hold the posture, or no posture is found.
    """
    if solve not in SOLVES:
        raise unknown("way to solve", solve, SOLVES)
    start = model.dynamics.part(model.dynamics.held) if q is None else np.array(q, float)
    if solve == "posture" or (solve == "auto" and model.muscles is None):
        return _posture(model, start, applied, tolerance, iterations)
    limits = (least, most)
    return _activation(model, start, limits, applied, tolerance, iterations, solve == "both")


def passive_force(model: Spine, q: Floats, applied: Sequence[Perturbation] = ()) -> Floats:
    """Generalised force (n,) of all but the muscles, at rest, weight included [N m]."""
    still = np.zeros(len(model.free))
    Q = applied_forces(model, BEFORE, q, applied) - model.dynamics.weight(q)
    for element in (*model.joints, *model.elements):
        x, speed = model.seen_by(element, q, still)
        place = model.place_of(element.coordinates)
        force = element.force(x, speed, np.zeros(element.states), NOTHING)
        np.add.at(Q, place[place >= 0], np.asarray(force)[place >= 0])
    return Q


def passive_tangent(model: Spine, q: Floats) -> Floats:
    """-d passive_force / d q (n, n) [N m/rad]; forces from outside count as constant."""
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
    """Newton's steps, shortened while they raise the moment left over."""

    def left_over(at: Floats) -> Floats:
        Q = passive_force(model, at, applied)
        if model.muscles is not None:
            muscles = model.muscles.muscles
            geometry = muscles.geometry(at)
            force = model.muscles.units.at_rest(model.excitation, geometry.length).force
            Q = Q - geometry.slope.T @ force
        return Q

    rest, size = left_over(q), np.inf
    for count in range(iterations):
        size = float(np.abs(rest).max())
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
        step = np.linalg.solve(K, rest)
        share = min(1.0, 0.3 / max(float(np.abs(step).max()), 1e-300))
        for _ in range(30):
            moved = left_over(q + share * step)
            if np.linalg.norm(moved) < np.linalg.norm(rest) or share < 1e-6:
                break
            share *= 0.5
        q, rest = q + share * step, moved
    raise ConvergenceError(
        f"no posture of rest within {iterations} steps: {size:.3g} N m are left over, "
        f"{tolerance:g} is asked. Start nearer to one, raise the excitation, or give the model "
        "more stiffness."
    )


def _activation(
    model: Spine,
    q: Floats,
    limits: tuple[float, float],
    applied: Sequence[Perturbation],
    tolerance: float,
    iterations: int,
    give_way: bool,
) -> Equilibrium:
    """Least squares of excitation under balance: Newton on tensions, a dual inside each step.

    Steps are halved after eight, so that a choice that flips between muscles settles in between.
    """
    if model.muscles is None:
        raise ParameterError(
            "activations were asked of a model without muscles; a posture is possible. Give "
            "solve='posture'."
        )
    low, high = limits
    if not 1e-4 <= low < high <= 1.0 - 1e-4:
        raise ParameterError(
            f"excitation was limited to {low:g}..{high:g}; a rising pair within 0.0001 to 0.9999 "
            "is possible. Leave the limits out."
        )
    muscles, units = model.muscles.muscles, model.muscles.units
    geometry = muscles.geometry(q)
    demand = -passive_force(model, q, applied)  # what the muscles must give
    scale = max(1.0, float(np.abs(demand).max()))
    arm = -geometry.slope.T
    a = np.full(len(muscles), max(low, 0.02))
    resting = units.at_rest(a, geometry.length)
    missing = demand - arm @ resting.force
    for count in range(iterations):
        size = float(np.abs(missing).max())
        if size <= tolerance * scale:
            return _set(model, q, a, size, count)
        G = arm * _force_slope(units, resting)
        if count < CHOOSING:
            wanted, holds = _least_squares(G, missing + G @ a, low, high)
        else:
            change, holds = _least_squares(G, missing, low - a, high - a)
            wanted = a + change
        if not holds and give_way:
            near = replace(model, excitation=wanted)
            return _posture(near, q, applied, tolerance * scale, iterations)
        if not holds:
            break
        a = a + (wanted - a) * (1.0 if count < 8 or count >= CHOOSING else 0.5)
        resting = units.at_rest(a, geometry.length)
        missing = demand - arm @ resting.force
    worst = int(np.argmax(np.abs(missing)))
    raise ConvergenceError(
        f"the muscles do not hold the posture: {missing[worst]:.3g} N m at {model.free[worst]} are "
        f"missing with excitations from {low:g} to {high:g}. Let the posture give way with "
        "solve='both', or give a smaller load, a posture nearer to neutral, or a lower `least`."
    )


def _force_slope(units: Musculotendon, resting: RestingMuscles) -> Floats:
    """d tension / d activation at rest (nm,) [N], fibre and tendon in balance."""
    m = units.muscles
    active, _ = units.curves.active(resting.fibre_length)
    still, _ = units.curves.velocity(np.zeros(1))
    across = np.minimum(np.sin(m.pennation) / np.maximum(resting.fibre_length, 1e-6), 1.0)
    pull = m.max_force * active * still * np.sqrt(1.0 - across**2)
    return np.where(resting.force > 0.0, pull * resting.share, 0.0)


def _least_squares(
    G: Floats, wanted: Floats, low: float | Floats, high: float | Floats
) -> tuple[Floats, bool]:
    """min |a|^2 with G a = wanted, low <= a <= high: a = clip(G^T x), Newton on x (n,).

    Where no a within the limits does it, the one that comes nearest, and False.
    """
    from scipy.optimize import lsq_linear

    def dual(x: Floats) -> tuple[float, Floats, Floats]:
        told = G.T @ x
        a = np.clip(told, low, high)
        return float(x @ wanted - told @ a + 0.5 * a @ a), told, a

    gram = G @ G.T
    ridge = 1e-10 * np.trace(gram) * np.eye(len(wanted))
    x: Any = np.linalg.solve(gram, wanted)
    scale = max(1.0, float(np.abs(wanted).max()))
    value, told, a = dual(x)
    for _ in range(100):
        gap = wanted - G @ a
        if np.linalg.norm(gap) <= 1e-12 * scale:
            return a, True
        inside = (told > low) & (told < high)
        J = G[:, inside] @ G[:, inside].T + ridge
        step = np.linalg.solve(J, gap)
        share, rise = 1.0, float(gap @ step)
        while share > 1e-9:
            higher, told, a = dual(x + share * step)
            if higher >= value + 1e-4 * share * rise - 1e-14 * abs(value):
                break
            share *= 0.5
        x, value = x + share * step, higher
    found = lsq_linear(G, wanted, (low, high), method="bvls", tol=1e-14)  # is there any at all?
    nearest = np.clip(found.x, low, high)
    return nearest, bool(np.linalg.norm(G @ nearest - wanted) <= 1e-8 * scale)


def _set(
    model: Spine, q: Floats, excitation: Floats | float, residual: float, count: int
) -> Equilibrium:
    """The model with its set point there, and the state of rest."""
    made = model
    if model.muscles is not None:
        length = model.muscles.muscles.geometry(q).length
        tension = model.muscles.units.at_rest(excitation, length).force
        made = replace(model, excitation=excitation, rest_length=length, rest_tension=tension)
    state = made.state_at(q)
    if made.reflexes is not None:
        state[made.slices["receptor"]] = 0.0
    return Equilibrium(made, q, state, residual, count)
