"""A spine model linearised about its equilibrium, as a linear system with delays.

>>> rest = equilibrium(spine_model("lumbar", reflexes=True))
>>> condensed_system(rest).spectrum().rightmost
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from panjabi.delay.roots.condensed_spectrum import Condensed
from panjabi.delay.roots.system import DelayTerm, LinearDelaySystem
from panjabi.errors import ParameterError
from panjabi.spine.derivatives import STILL, Friction, SpineJacobian, jacobian

if TYPE_CHECKING:
    from panjabi.delay.roots.system import Floats
    from panjabi.spine.equilibrium_solver import Equilibrium
    from panjabi.spine.model import Spine
    from panjabi.spine.perturbation import Perturbation


def condensed_system(rest: Equilibrium) -> Condensed:
    """The stuck system of an equilibrium, from which most states are eliminated.

    What is left couples the parts: coordinates, rates, compressions, and afferents that excite
    several muscles. It is found from the matrices, so it includes parts that a user adds.
    """
    return Condensed(linear_system(rest))


def linear_system(
    rest: Equilibrium,
    *,
    dormant: bool = False,
    friction: Friction = "stuck",
    by_loop: bool = False,
    applied: Sequence[Perturbation] = (),
) -> LinearDelaySystem:
    """Exact linear system about an equilibrium; receptors are the delayed states.

    Inputs are generalised forces on the free coordinates [N m], outputs all states. States without
    effect are left out unless `dormant`: the fibre state of a muscle with a rigid tendon, the
    branches of fixed axes, and constant states that no equation reads.

    friction : of the units, see `jacobian`. The default "stuck" is right for small motions; give an
        amplitude [rad] for the sliding system.
    by_loop : the form for families: a delayed term for every delay of every loop, by default for
        every different delay; and equations whose mass matrix contains the inertia and the filter
        times, so that the inputs do not depend on parameters.
    applied : constant external forces of the equilibrium, which keep their directions.

    Raises
    ------
    ParameterError
        If the state is not an equilibrium.
    """
    model = rest.model
    derivative = jacobian(model, rest.state, applied=applied, friction=friction)
    size, others = np.abs(derivative.rate), np.abs(derivative.rate)
    others[model.slices["compression"]] = 0.0  # it follows the others
    worst = int((others if others.max() > STILL else size).argmax())
    if not abs(derivative.rate[worst]) <= STILL:
        raise ParameterError(
            f"Expected an equilibrium, whose states change by at most {STILL:g} per second, got "
            f"{derivative.rate[worst]:.3g} per second for {model.state_names[worst]}; compute the "
            "state with equilibrium(spine)."
        )
    terms = _by_loop(model, derivative) if by_loop else _by_delay(model, derivative)
    rows = _with_mass(model, derivative) if by_loop else None
    keep = np.arange(model.size) if dormant else np.flatnonzero(derivative.moving)
    square = np.ix_(keep, keep)

    def scaled(matrix: Floats) -> Floats:
        return matrix if rows is None else rows @ matrix

    names, units = model.state_names, model.state_units
    slides = set(model.body.translations)
    return LinearDelaySystem(
        mass=None if rows is None else rows[square],
        now=scaled(derivative.now)[square],
        delayed=tuple(DelayTerm(delay, scaled(late)[square]) for delay, late in terms),
        inputs=scaled(derivative.inputs)[keep],
        state_names=tuple(names[k] for k in keep),
        state_units=tuple(units[k] for k in keep),
        input_names=tuple(f"load on {c}" for c in model.free),
        input_units=tuple("N" if c in slides else "N m" for c in model.free),
    )


def _with_mass(model: Spine, derivative: SpineJacobian) -> Floats:
    """What the equations are multiplied by: inertia for the rates, filter time for the afferents.

    The accelerations are taken out of the compressions.
    """
    part, rows = model.slices, np.eye(model.size)
    rate, afferent = part["rate"], np.arange(model.size)[part["afferent"]]
    rows[rate, rate] = np.linalg.inv(derivative.inputs[rate])
    rows[afferent, afferent] = model.loops.afferents.filter_time
    rows[:, rate] -= derivative.inertial
    return rows


def _by_delay(model: Spine, derivative: SpineJacobian) -> list[tuple[float, Floats]]:
    return list(zip(model.delays, derivative.late, strict=True))


def _by_loop(model: Spine, derivative: SpineJacobian) -> list[tuple[float, Floats]]:
    """Delay and matrix of every loop, and of the other parts that read delayed states."""
    ways, first = model.pathways, model.slices["afferent"].start
    columns: dict[tuple[str, float], list[int]] = {}
    for connection in ways.connections:
        key = ways.afferents[connection.afferent].loop.name, connection.delay
        columns.setdefault(key, []).append(first + connection.afferent)
    others = [late.copy() for late in derivative.late]
    terms: list[tuple[float, Floats]] = []
    for (_, delay), read in columns.items():
        which = model.delays.index(delay)
        part = np.zeros_like(derivative.now)
        part[:, read] = derivative.late[which][:, read]
        others[which][:, read] = 0.0
        terms.append((delay, part))
    left = zip(model.delays, others, strict=True)
    return [*terms, *((delay, part) for delay, part in left if np.any(part))]
