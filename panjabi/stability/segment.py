"""One level with muscles across it: laboratory test of a unit, and stiffness by muscle group.

A muscle changes the stiffness of a segment in three ways, all from the geometry of the model: by
its stiffness k r^2, by its tension F d2L/dq2, and by its compression, which stiffens the disc. Its
moment shifts the equilibrium angle of the unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.kernels import LINEAR
from panjabi.passive.neutral_zone import Residual, residual_positions
from panjabi.passive.protocol import Protocol, run
from panjabi.passive.terms import Structure, linear
from panjabi.results import ShortRepr
from panjabi.spine.short_range import ShortRange, stiffness_at
from panjabi.spine.static_model import StaticSpine

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class MusclesAcross(ShortRepr):
    """Moment, stiffness and compression by muscle forces at one level, at neutral."""

    level: str
    moment: Floats  # (3,) of the muscles, signs of the coordinates [N m]
    stiffness: Floats  # (3, 3) k r r^T + F d2L/dq2 [N m/rad]
    compression: float  # [N]


def muscles_across(
    spine: StaticSpine, level: str, forces: ArrayLike, *, stiffness: ShortRange | None
) -> MusclesAcross:
    """Moment, stiffness and compression at one level by muscle forces (m,) [N].

    stiffness : short-range law; None for constant forces, like weights on cables in a laboratory.
    """
    k = spine.level_index(level)
    part = slice(3 * k, 3 * k + 3)
    m, F = spine.muscles, spine.muscles.checked(forces)
    slope = m.slope[:, part]
    total = np.tensordot(F, m.curvature[:, part, part], 1)
    if stiffness is not None:
        springs = stiffness_at(stiffness, m, F)
        total = total + slope.T @ (springs[:, None] * slope)
    pull = np.einsum("mk,m->k", m.pull[k], F)
    return MusclesAcross(level, -slope.T @ F, total, -float(spine.disc_axes[k, 1] @ pull))


def laboratory_with_muscles(
    unit: FunctionalSpinalUnit,
    axis: int,
    across: MusclesAcross,
    *,
    protocol: Protocol | None = None,
    moment: float | None = None,
) -> Residual:
    """Residual and end positions [rad] of a unit in the laboratory, with active muscles.

    Their compression is added to the preload of the unit, their stiffness to its structures and
    their moment to the load.

    Raises
    ------
    ParameterError
        If the tension of the muscles reduces the stiffness at neutral to zero or below.
    """
    plan = protocol or Protocol()
    pressed = unit.with_preload(unit.preload + max(across.compression, 0.0))
    added = float(across.stiffness[axis, axis])
    if added >= 0.0:
        spring = Structure("muscles", (linear(axis, added),), "muscle")
        pressed = pressed.with_structures((*pressed.structures, spring), "muscles across")
    else:
        pressed = _softened(pressed, axis, -added)
    largest = pressed.test_moment[axis] if moment is None else moment
    step, load, place = plan.schedule(largest)
    recording = run(pressed, axis, step, load + float(across.moment[axis]), place)
    return residual_positions(recording, plan.cycles)


def _softened(unit: FunctionalSpinalUnit, axis: int, loss: float) -> FunctionalSpinalUnit:
    """The unit with its linear stiffness about one axis reduced by `loss` [N m/rad]."""
    terms = [t for s in unit.structures for t in s.terms if t.axis == axis and t.kind == LINEAR]
    available = sum((unit.factor if t.preloaded else 1.0) * t.values[0] for t in terms)
    if loss >= available:
        raise ParameterError(
            f"Expected muscle tension that reduces the stiffness of {unit.level} by less than its "
            f"{available:.3g} N m/rad at neutral, got {loss:.3g} N m/rad; lower the forces."
        )
    left = 1.0 - loss / available
    chosen = {id(t) for t in terms}
    parts = [
        replace(s, terms=tuple(t.scaled(left) if id(t) in chosen else t for t in s.terms))
        for s in unit.structures
    ]
    return unit.with_structures(parts, "tension across")


def shared_force(spine: StaticSpine, level: str, force: float, *groups: str) -> Floats:
    """Force of every fascicle (m,) [N] for the same total force on each side.

    The force is distributed in proportion to maximal force over the fascicles of the groups that
    cross the level.

    Raises
    ------
    ParameterError
        If no fascicle of the groups crosses the level, or the force is negative or not finite.
    """
    k = spine.level_index(level)
    m = spine.muscles
    if not 0.0 <= force < np.inf:
        raise ParameterError(
            f"Expected a finite force of 0 N or more, since a muscle pulls, got {force!r} N; give "
            "the force of one side."
        )
    crossing = m.members(*groups) & (np.abs(m.slope[:, 3 * k]) > 1e-6)
    forces = np.zeros(len(m.names))
    for side in ("_r", "_l"):
        chosen = crossing & np.array([n.endswith(side) for n in m.names])
        if not chosen.any():
            raise ParameterError(
                f"Expected muscle groups with a fascicle across {level}, got {', '.join(groups)}; "
                "choose another level or group."
            )
        forces[chosen] = force * m.max_force[chosen] / m.max_force[chosen].sum()
    return forces


def segment_gain(
    spine: StaticSpine,
    level: str,
    groups: Sequence[str],
    *,
    force: float,
    stiffness: ShortRange | None,
) -> dict[str, Floats]:
    """Stiffness that each group adds at one level, (3,) FE, LB, AR [N m/rad].

    Every group pulls with the same force on each side. Stiffening by its compression is included.
    """
    k = spine.level_index(level)
    unit = spine.units[k].with_preload(0.0)
    bare = np.diag(unit.evaluate(spine.angles[k])[2])
    gain = {}
    for group in groups:
        F = shared_force(spine, level, force, group)
        across = muscles_across(spine, level, F, stiffness=stiffness)
        pressed = unit.with_preload(max(across.compression, 0.0))
        tangent = pressed.evaluate(spine.angles[k])[2]
        gain[group] = np.diag(across.stiffness) + np.diag(tangent) - bare
    return gain
