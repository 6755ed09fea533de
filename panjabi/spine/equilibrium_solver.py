"""Equilibrium of a spine model: activations that balance a posture, or the posture itself."""

# pyright: reportConstantRedefinition=false
from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.elements import ForceElement, excited, shaped
from panjabi.errors import ConvergenceError, ParameterError, unknown
from panjabi.neural.command import LEAST, command
from panjabi.neural.smooth_kernels import saturated
from panjabi.passive.element import PassiveJoint
from panjabi.results import Result, ShortRepr
from panjabi.spine.derivatives import STILL
from panjabi.spine.effort import EffortCriterion, criterion_named, least_effort
from panjabi.spine.evidence import check_state, state_outside
from panjabi.spine.model import Spine
from panjabi.spine.muscles_at import muscles_at
from panjabi.spine.perturbation import Perturbation
from panjabi.spine.rhs_plain import added_drives, applied_forces, arrived, elements_of, pushes

Floats = NDArray[np.float64]

SOLVES = ("auto", "activation", "posture", "both")

CHOOSING = 20
"""Steps that minimise the effort. If the choice still alternates between muscles then, the
other steps change excitations as little as balance requires."""

CHOSEN = 1e-8
"""Largest change of an excitation in the last of these steps."""

PART_ROUNDS = 50
"""Largest number of equilibria until what parts in Python excite agrees with the state."""

AGREES = 1e-12
"""Change of the commands that ends these rounds [1]."""

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
            "subject": model.subject or None,
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
    least: float | None = None,
    most: float = 0.95,
    criterion: str = "squares",
    applied: Sequence[Perturbation] = (),
    tolerance: float = 1e-9,
    iterations: int = 100,
    extrapolate: bool = False,
) -> Equilibrium:
    """Equilibrium under the weight and the external forces before any perturbation starts.

    It need not be stable: `panjabi.verdict` of the result says whether it is.

    Parameters
    ----------
    solve : "activation" finds excitations that balance the posture with least effort;
        "posture" keeps the excitations and finds the coordinates; "both" uses the excitations that
        come nearest to balance, and then finds the posture; "auto" is "activation" with muscles,
        else "posture". Receptors are silent in the resulting posture. What elements excite at rest
        is part of the excitations; the commands give the others, at least `least`.
    q : posture (n,), or the start of the search for it; by default that of the model.
    least, most : limits of every excitation; `least` is by default the co-contraction of the model.
    criterion : of the effort, "squares" or "volume"; see `panjabi.spine.effort`.
    tolerance : largest unbalanced moment [N m], per N m of the muscles' moment if that is more
        than 1 N m.
    extrapolate : accept units and tendons beyond failure.

    Raises
    ------
    ConvergenceError
        If the muscles cannot balance the posture, or no posture is found, or what elements excite
        does not settle.
    ParameterError
        If a unit or a tendon is beyond failure in that posture.
    """
    if solve not in SOLVES:
        raise unknown("value of solve", solve, SOLVES)
    start = model.dynamics.part(model.dynamics.held) if q is None else np.array(q, float)
    effort = criterion_named(criterion)
    if effort.power != 2:
        raise ParameterError(
            f"Expected the criterion squares or volume, got {criterion!r}; use recruit() for "
            "another power."
        )
    by_posture = solve == "posture" or (solve == "auto" and model.muscles is None)
    if not by_posture and least is not None:
        model = replace(model, cocontraction=least)

    def solved(drive: Floats) -> Equilibrium:
        if by_posture:
            return _posture(_driven(model, drive), start, applied, tolerance, iterations)
        low, driven = np.full(model.muscle_count, model.cocontraction), model
        if any(excited(element) for element in model.elements):
            driven, width = replace(model, rest_drive=drive), model.drive_width.si
            low = np.maximum(_excitation(command(low, width) + drive, width), LEAST)
        limits, give_way = (low, most), solve == "both"
        return _activation(driven, start, limits, effort, applied, tolerance, iterations, give_way)

    result = _with_elements(model, solved)
    if not extrapolate:
        check_state(result.model, result.state)
    return result


def _with_elements(model: Spine, solved: Callable[[Floats], Equilibrium]) -> Equilibrium:
    """The equilibrium in which elements add to the commands what they give in its state."""
    drive = np.zeros(model.muscle_count)
    result = solved(drive)
    if not any(excited(element) for element in model.elements):
        return result
    change = np.inf
    for _ in range(PART_ROUNDS):
        found = added_drives(result.model, result.state)
        change = float(np.abs(found - drive).max())
        if change <= AGREES:
            return result
        drive = found
        result = solved(drive)
    raise ConvergenceError(
        f"Expected elements that excite muscles by a constant amount at rest, got a change of "
        f"{change:.3g} after {PART_ROUNDS} equilibria; lower the gain of the elements."
    )


def _driven(model: Spine, drive: Floats) -> Spine:
    """The model with the same commands, to which elements add `drive` (nm,) at rest."""
    if model.muscles is None or np.array_equal(drive, model.rest_drive):
        return model
    total = _excitation(model.loops.command + drive, model.drive_width.si)
    return replace(model, excitation=total, rest_drive=drive)


def _excitation(drive: Floats, width: float) -> Floats:
    return np.array([saturated.py_func(x, width)[0] for x in drive])


def passive_force(
    model: Spine, q: Floats, compression: Floats, applied: Sequence[Perturbation] = ()
) -> Floats:
    """Static generalised force (n,) of all parts but the muscles, weight included [N m].

    compression : (pressed levels,) [N], as in the state.
    """
    still = np.zeros(len(model.free))
    Q = applied_forces(model, BEFORE, q, applied) - model.dynamics.weight(q)
    for element, values in _parts(model, q, compression):
        x, speed = model.seen_by(element, q, still)
        place = model.place_of(element.coordinates)
        force = element.force(x, speed, np.zeros(element.states), values)
        np.add.at(Q, place[place >= 0], shaped(element, "force", force, len(place))[place >= 0])
    return Q


def passive_tangent(model: Spine, q: Floats, compression: Floats) -> Floats:
    """-d passive_force / d q (n, n) [N m/rad] at constant compression and external forces."""
    still = np.zeros(len(model.free))
    K = model.dynamics.linearised(q, still, still).by_q
    for element, values in _parts(model, q, compression):
        x, speed = model.seen_by(element, q, still)
        place = model.place_of(element.coordinates)
        free = place >= 0
        tangent = element.tangent(x, speed, np.zeros(element.states), values)
        K[np.ix_(place[free], place[free])] += np.asarray(tangent)[np.ix_(free, free)]
    return K


def _parts(
    model: Spine, q: Floats, compression: Floats
) -> list[tuple[PassiveJoint | ForceElement, Floats]]:
    """All parts but muscles, each with its signals at q, at rest."""
    still = np.empty(0)
    if any(e.signals for e in model.elements):
        still = model.state_at(q, compression=compression)
    others = [(e, arrived(model, still, None, e)) for e in model.elements]
    return [*zip(model.joints, model.joint_inputs(compression), strict=True), *others]


@dataclass(frozen=True, eq=False, repr=False)
class _Pressed(ShortRepr):
    """Compression of the levels at rest, and the moment that it changes."""

    value: Floats  # (pressed levels,) [N]
    by_q: Floats  # (pressed levels, n) at constant tension [N/rad]
    by_tension: Floats  # (pressed levels, nm) [1]
    force: Floats  # (n, pressed levels) d passive_force / d compression [m]


def _pressed(model: Spine, q: Floats, tension: Floats, applied: Sequence[Perturbation]) -> _Pressed:
    n, count = len(q), len(model.pressed)
    if not count:
        return _Pressed(
            np.empty(0), np.empty((0, n)), np.empty((0, len(tension))), np.empty((n, 0))
        )
    still, forces = np.zeros(n), np.zeros((n, count))
    found = model.joint_forces.slopes(q, still, still, tension, pushes(model, BEFORE, applied))
    inputs = model.joint_inputs(found.value)
    for column, k in enumerate(model.pressed):
        joint = model.joints[k]
        place = model.place_of(joint.coordinates)
        x, _ = model.seen_by(joint, q, still)
        slope = joint.force_by_compression(x, np.zeros(joint.states), inputs[k])
        forces[place[place >= 0], column] = slope[place >= 0]
    return _Pressed(found.value, found.by_q, found.by_tension, forces)


def _posture(
    model: Spine,
    q: Floats,
    applied: Sequence[Perturbation],
    tolerance: float,
    iterations: int,
) -> Equilibrium:
    """Equilibrium posture by Newton's method, with steps that decrease the unbalanced moment.

    Where no step decreases it, the spine falls: it then moves where the unbalanced moment drives
    it, with the stiffness made positive, until it rests.
    """

    def left_over(at: Floats) -> tuple[Floats, _Pressed]:
        if model.muscles is None:
            pressed = _pressed(model, at, np.empty(0), applied)
            return passive_force(model, at, pressed.value, applied), pressed
        geometry = model.muscles.muscles.geometry(at)
        force = model.muscles.units.at_rest(model.excitation, geometry.length).force
        pressed = _pressed(model, at, force, applied)
        Q = passive_force(model, at, pressed.value, applied)
        return Q - geometry.slope.T @ force, pressed

    (unbalanced, pressed), size, falls = left_over(q), np.inf, False
    for count in range(iterations):
        size = float(np.abs(unbalanced).max())
        if size <= tolerance:
            return _set(model, q, model.excitation, size, count, pressed.value)
        K = passive_tangent(model, q, pressed.value) - pressed.force @ pressed.by_q
        if model.muscles is not None:
            muscles = model.muscles.muscles
            pose = muscles.pose(q)
            geometry = muscles.geometry(pose)
            resting = model.muscles.units.at_rest(model.excitation, geometry.length)
            K += muscles.tension_curvature(pose, resting.force)
            stretched = resting.stiffness[:, None] * geometry.slope
            K += geometry.slope.T @ stretched - pressed.force @ pressed.by_tension @ stretched
        step = np.linalg.solve(_positive(K) if falls else K, unbalanced)
        fraction = min(1.0, (0.1 if falls else 0.3) / max(float(np.abs(step).max()), 1e-300))
        moved = unbalanced
        for _ in range(30):
            moved, pressed = left_over(q + fraction * step)
            if np.linalg.norm(moved) < np.linalg.norm(unbalanced) or fraction < 1e-6:
                break
            if falls and moved @ step > 0.0:
                break
            fraction *= 0.5
        if fraction < 1e-6 and not falls:
            falls = True
            continue
        q, unbalanced = q + fraction * step, moved
    raise ConvergenceError(
        f"Expected an equilibrium posture with at most {tolerance:g} N m left unbalanced within "
        f"{iterations} steps, got {size:.3g} N m; start nearer to an equilibrium, raise the "
        "excitation, or give the model more stiffness."
    )


def _positive(K: Floats) -> Floats:
    """The symmetric part of a stiffness, raised until its least eigenvalue is positive."""
    H = 0.5 * (K + K.T)
    values = np.linalg.eigvalsh(H)
    raised = max(0.0, 0.01 * float(np.abs(values).max()) - float(values[0]))
    return H + raised * np.eye(len(H))


def _activation(
    model: Spine,
    q: Floats,
    limits: tuple[ArrayLike, float],
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
    low, high = model.muscles.muscles.per_muscle(limits[0], "cocontraction"), limits[1]
    if not 1e-4 <= low.min() <= low.max() < high <= 1.0 - 1e-4:
        raise ParameterError(
            f"Expected excitation limits that rise within 0.0001 to 0.9999, got {low.max():g} to "
            f"{high:g}; leave the limits out."
        )
    state = muscles_at(model.muscles.units, q, ())
    weight = effort.weights(state.max_force, state.optimal_fibre)

    def left_over(force: Floats) -> tuple[Floats, Floats, _Pressed]:
        """Moment that the muscles must provide, what is missing of it, and the compression."""
        pressed = _pressed(model, q, force, applied)
        demand = -passive_force(model, q, pressed.value, applied)
        return demand, demand - state.arms @ force, pressed

    a = np.maximum(low, 0.02)
    at, change = state.tangent(a), np.full_like(a, np.inf)
    demand, missing, pressed = left_over(at.force)
    scale = max(1.0, float(np.abs(demand).max()))
    for count in range(iterations):
        size = float(np.abs(missing).max())
        chosen = count >= CHOOSING or float(np.abs(change).max()) <= CHOSEN
        if size <= tolerance * scale and chosen:
            return _set(model, q, a, size, count, pressed.value)
        # effort of the activations, or of their change
        base = a if count >= CHOOSING else np.zeros_like(a)
        G = (state.arms + pressed.force @ pressed.by_tension) * at.gain
        pulls = (at.gain > 0.0) & (weight > 0.0)
        wanted = missing + G @ (a - base) - G[:, ~pulls] @ (low - base)[~pulls]
        target = low.copy()
        found, _, holds = least_effort(
            weight[pulls], G[:, pulls], wanted, (low - base)[pulls], high - base[pulls]
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
        _, missing, pressed = left_over(at.force)
    worst = int(np.argmax(np.abs(missing)))
    raise ConvergenceError(
        f"Expected muscles that balance the posture with excitations from {low.min():g} to "
        f"{high:g}, got {missing[worst]:.3g} N m unbalanced at {model.free[worst]}; let the "
        "posture change with solve='both', or give a smaller load, a posture nearer to neutral, or "
        "a lower `least`."
    )


def _set(
    model: Spine,
    q: Floats,
    excitation: Floats | float,
    residual: float,
    count: int,
    compression: Floats,
) -> Equilibrium:
    """The model with its set point at q, and its equilibrium state."""
    if model.muscles is None:
        resting = replace(model, rest_q=q, rest_compression=compression)
    else:
        resting = at_rest(model, excitation, q, compression)
    state = resting.state_at(q, compression=compression)
    state[resting.slices["afferent"]] = 0.0  # not only to rounding
    _check_elements(resting, q, state)
    return Equilibrium(resting, q, state, residual, count)


def _check_elements(model: Spine, q: Floats, state: Floats) -> None:
    """Raise ParameterError if the states of an element, which are zero, do not stay so at rest."""
    for element, states in elements_of(model):
        if element.states == 0:
            continue
        x, speed = model.seen_by(element, q, np.zeros_like(q))
        values = arrived(model, state, None, element)
        found = element.state_rate(x, speed, state[states], values)
        rates = shaped(element, "state_rate", found, element.states)
        if not np.abs(rates).max() <= STILL:
            worst = rates[np.abs(rates).argmax()]
            raise ParameterError(
                f"Expected states of {type(element).__name__} that stay zero at rest, got a rate "
                f"of {worst:.3g} 1/s; count its signals from their values at rest."
            )


def at_rest(
    model: Spine,
    excitation: ArrayLike,
    q: ArrayLike | None = None,
    compression: Floats | None = None,
) -> Spine:
    """The model with these excitations, and receptors that are silent at q with them.

    Commands give what elements do not excite there.

    compression : of the levels there [N]; by default that without external forces.
    """
    assert model.muscles is not None
    place = model.dynamics.part(model.dynamics.held) if q is None else np.asarray(q, float)
    length = model.muscles.muscles.geometry(place).length
    tension = model.muscles.units.at_rest(excitation, length).force
    resting = replace(
        model,
        excitation=np.asarray(excitation),
        rest_length=length,
        rest_tension=tension,
        rest_q=place,
        rest_compression=compression,
    )
    if not any(excited(element) for element in model.elements):
        return resting
    state = resting.state_at(place, compression=compression)
    return replace(resting, rest_drive=added_drives(resting, state))
