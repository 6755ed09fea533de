"""One level with muscles across it: the laboratory test of a unit, and who stiffens the segment.

Muscle acts on a segment in three ways, all from the geometry of the model: its stiffness
k r^2, its tension F d2L/dq2, and the compression that stiffens the disc. Its moment shifts the
angle at which the unit rests.
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
from panjabi.spine.short_range import ShortRange, stiffness_parts
from panjabi.spine.static_model import StaticSpine, level_index

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class MusclesAcross:
    """What muscle forces do at one level, at neutral."""

    level: str
    moment: Floats  # (3,) of the muscles, signs of the coordinates [N m]
    stiffness: Floats  # (3, 3) k r r^T + F d2L/dq2 [N m/rad]
    compression: float  # [N]


def muscles_across(
    spine: StaticSpine, level: str, forces: ArrayLike, *, stiffness: ShortRange | None
) -> MusclesAcross:
    """The muscles of a spine, with forces (m,) [N], seen from one level.

    stiffness : short-range law; None for forces that stay, as weights on cables in a laboratory.
    """
    k = level_index(level)
    part = slice(3 * k, 3 * k + 3)
    m, F = spine.muscles, spine.muscles.checked(forces)
    slope = m.slope[:, part]
    total = np.tensordot(F, m.curvature[:, part, part], 1)
    if stiffness is not None:
        springs = stiffness_parts(stiffness, m).stiffness(F)
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
    """Residual and end positions [rad] of a unit in the laboratory, with muscles pulling on it.

    The unit bears their compression besides its own preload, their stiffness stands beside its
    structures, and their moment is added to the load.

    Raises
    ------
    ParameterError
        If the tension of the muscles takes more stiffness than the unit has at neutral.
    """
    plan = protocol or Protocol()
    pressed = unit.with_preload(unit.preload + max(across.compression, 0.0), extrapolate=True)
    added = float(across.stiffness[axis, axis])
    if added >= 0.0:
        held = Structure("muscles", (linear(axis, added),), "muscle")
        pressed = pressed.with_structures((*pressed.structures, held), "muscles across")
    else:
        pressed = _softened(pressed, axis, -added)
    largest = pressed.test_moment[axis] if moment is None else moment
    step, load, place = plan.schedule(largest)
    recording = run(pressed, axis, step, load + float(across.moment[axis]), place)
    return residual_positions(recording, plan.cycles)


def _softened(unit: FunctionalSpinalUnit, axis: int, loss: float) -> FunctionalSpinalUnit:
    """The unit with linear stiffness about one axis taken off, where it has that much."""
    own = [(s, t) for s in unit.structures for t in s.terms if t.axis == axis and t.kind == LINEAR]
    factor = [unit.factor if t.preloaded else 1.0 for _, t in own]
    available = sum(f * t.values[0] for f, (_, t) in zip(factor, own, strict=True))
    if loss >= available:
        raise ParameterError(
            f"the tension of the muscles takes {loss:.3g} N m/rad from {unit.level}, which has "
            f"{available:.3g} at neutral; less is possible. Lower the forces."
        )
    left = 1.0 - loss / available
    chosen = {id(t) for _, t in own}
    parts = [
        replace(s, terms=tuple(t.scaled(left) if id(t) in chosen else t for t in s.terms))
        for s in unit.structures
    ]
    return unit.with_structures(parts, "tension across")


def shared_force(spine: StaticSpine, level: str, force: float, *groups: str) -> Floats:
    """(m,) a force on each side [N], shared by maximal force among fascicles that cross a level.

    Raises
    ------
    ParameterError
        If no fascicle of the groups crosses the level, or the force is none.
    """
    k = level_index(level)
    m = spine.muscles
    if not 0.0 <= force < np.inf:
        raise ParameterError(
            f"force is {force!r} N; a finite one from 0 is possible, since a muscle pulls. Give "
            "the force of one side."
        )
    crossing = m.members(*groups) & (np.abs(m.slope[:, 3 * k]) > 1e-6)
    forces = np.zeros(len(m.names))
    for side in ("_r", "_l"):
        chosen = crossing & np.array([n.endswith(side) for n in m.names])
        if not chosen.any():
            raise ParameterError(
                f"no fascicle of {', '.join(groups)} crosses {level}; groups that do are possible. "
                "Choose another level or group."
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
    """What each group adds to the stiffness of one level, (3,) FE, LB, AR [N m/rad].

    Every group pulls with the same force on each side; its own compression counts too.
    """
    k = level_index(level)
    unit = spine.units[k].with_preload(0.0)
    bare = np.diag(unit.evaluate(spine.angles[k])[2])
    gain = {}
    for group in groups:
        F = shared_force(spine, level, force, group)
        across = muscles_across(spine, level, F, stiffness=stiffness)
        pressed = unit.with_preload(max(across.compression, 0.0), extrapolate=True)
        tangent = pressed.evaluate(spine.angles[k])[2]
        gain[group] = np.diag(across.stiffness) + np.diag(tangent) - bare
    return gain
