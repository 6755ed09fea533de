"""Deficits of the three subsystems, and the spine that has them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np

from panjabi.active.element import MuscleElement
from panjabi.errors import ParameterError, unknown
from panjabi.passive.directions import known_level
from panjabi.passive.injury import weakened, with_injuries

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.body.model import Body
    from panjabi.neural.loops import ReflexLoop
    from panjabi.passive.element import PassiveJoint
    from panjabi.passive.functional_unit import FunctionalSpinalUnit
    from panjabi.spine.model import Spine

T = TypeVar("T")

ByName = float | Mapping[str, float]
"""One number for everything, or numbers by name; what is not named stays intact."""

LIMITS = {
    "passive_loss": (0.0, 1.0, "1", 0.0),
    "strength_loss": (0.0, 1.0, "1", 0.0),
    "gain_factor": (0.0, math.inf, "1", 1.0),
    "extra_delay": (-math.inf, math.inf, "s", 0.0),
}
"""Deficit -> smallest and largest value, unit, value of an intact spine."""


@dataclass(frozen=True, kw_only=True)
class Deficits:
    """What the passive, active and neural subsystem of a spine have lost.

    Raises
    ------
    ParameterError
        For a value that is no finite number in its limits, or injuries that are no texts.
    UnknownNameError
        For a level that does not exist.
    """

    passive_loss: ByName = 0.0  # fraction of the stiffness of units that is lost, by level [1]
    strength_loss: ByName = 0.0  # fraction of the force that is lost, by group or muscle [1]
    gain_factor: ByName = 1.0  # on all gains of the reflexes, by loop [1]
    extra_delay: ByName = 0.0  # added to the delay of the reflexes, by loop [s]
    injuries: Mapping[str, Sequence[str]] = field(default_factory=dict[str, tuple[str, ...]])
    """Level -> injuries as text, {"L4-L5": ["nucleus"]}; see `panjabi.injured`."""

    def __post_init__(self) -> None:
        for name in LIMITS:
            value = getattr(self, name)
            if isinstance(value, Mapping):
                table = cast("Mapping[str, float]", value)
                if name == "passive_loss":
                    table = by_level(table)
                value = {key: _checked(name, x, f" of {key!r}") for key, x in table.items()}
            else:
                value = _checked(name, value, "")
            object.__setattr__(self, name, value)
        object.__setattr__(self, "injuries", injury_texts(self.injuries))

    @property
    def intact(self) -> bool:
        """Whether nothing is lost."""
        losses = (amounts(getattr(self, name)) == {intact(name)} for name in LIMITS)
        return not any(self.injuries.values()) and all(losses)


def injury_texts(injuries: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Injuries by level in the notation of this package.

    Raises
    ------
    UnknownNameError
        For a level that does not exist.
    ParameterError
        For injuries that are no texts.
    """
    result: dict[str, tuple[str, ...]] = {}
    for level, changes in by_level(injuries).items():
        texts = cast("Sequence[object]", changes) if isinstance(changes, Sequence) else (changes,)
        texts = (texts,) if isinstance(texts, str) else tuple(texts)
        wrong = [type(c).__name__ for c in texts if not isinstance(c, str)]
        if wrong:
            raise ParameterError(
                f"Expected the injuries of {level} as texts such as ['cut=SSL+ISL'], got a "
                f"{wrong[0]}; put a unit of your own into the finished spine with "
                "spine_model(...).with_joint(PassiveJoint(unit))."
            )
        result[level] = cast("tuple[str, ...]", texts)
    return result


def by_level(table: Mapping[str, T]) -> dict[str, T]:
    """The values by level in the notation of this package.

    Raises
    ------
    UnknownNameError
        For a level that does not exist.
    ParameterError
        For a level in two notations.
    """
    result = {known_level(level): value for level, value in table.items()}
    if len(result) < len(table):
        raise ParameterError(
            f"Expected every level once, got {', '.join(table)}; write each level as "
            f"{next(iter(result))}."
        )
    return result


def with_deficits(spine: Spine, deficits: Deficits) -> Spine:
    """The spine with deficits; what they leave intact is not made again.

    passive_loss takes the same fraction of every structure of a unit, of its branches and of its
    friction; viscous damping stays. Injuries come before it. What receptors take as rest stays as
    it was: find the new equilibrium with `equilibrium`.

    Raises
    ------
    UnknownNameError
        For a level, a muscle, a group, a loop or an injury that the spine does not have.
    ParameterError
        For an extra delay that makes a delay negative.
    """
    joints = _joints(spine.joints, deficits)
    muscles = spine.muscles
    if amounts(deficits.strength_loss) != {0.0}:
        if muscles is None:
            raise ParameterError(
                "Expected a spine with muscles for a loss of strength, got one without; leave "
                "strength_loss out."
            )
        units = replace(muscles.units, muscles=weaker(muscles.muscles, deficits.strength_loss))
        muscles = MuscleElement(units)
    reflexes = changed_loops(spine.reflexes, deficits, spine.body)
    kept = [a is b for a, b in zip(reflexes, spine.reflexes, strict=True)]
    if joints is spine.joints and muscles is spine.muscles and all(kept):
        return spine
    return replace(spine, joints=joints, muscles=muscles, reflexes=reflexes, recipe={})


def weaker(muscles: Musculature, strength_loss: ByName) -> Musculature:
    """The muscles after a loss of strength, of all or by group or muscle."""
    if isinstance(strength_loss, Mapping):
        for name, loss in strength_loss.items():
            muscles = muscles.with_deficit(name, loss)
        return muscles
    return muscles.with_deficit("all", strength_loss)


def changed_loops(
    loops: tuple[ReflexLoop, ...], deficits: Deficits, body: Body
) -> tuple[ReflexLoop, ...]:
    """Loops in a body with the gains and delays of deficits."""
    names = [loop.name for loop in loops]
    factors = _by_name("gain_factor", deficits.gain_factor, names, "loop")
    delays = _by_name("extra_delay", deficits.extra_delay, names, "loop")
    changed = list(loops)
    for k, name in enumerate(names):
        factor, later = factors.get(name, 1.0), delays.get(name, 0.0)
        if factor != 1.0:
            changed[k] = changed[k].scaled(factor)
        if later != 0.0:
            changed[k] = changed[k].delayed_by(later)
            least = float(np.min(changed[k].delay_in(body)))
            if least < 0.0:
                raise ParameterError(
                    f"Expected an extra delay of loop {name!r} of {later - least:g} s or more, "
                    f"since a reflex cannot act before its stimulus, got {later:g} s; give a "
                    "larger extra delay."
                )
    return tuple(changed)


def _joints(joints: tuple[PassiveJoint, ...], deficits: Deficits) -> tuple[PassiveJoint, ...]:
    levels = [joint.unit.level for joint in joints]
    losses = _by_name("passive_loss", deficits.passive_loss, levels, "level of the model")
    for level in deficits.injuries:
        if level not in levels:
            raise unknown("level of the model", level, levels)

    def hurt(unit: FunctionalSpinalUnit) -> FunctionalSpinalUnit:
        unit = with_injuries(unit, deficits.injuries.get(unit.level, ()))
        return weakened(unit, losses.get(unit.level, 0.0))

    units = [hurt(joint.unit) for joint in joints]
    if all(unit is joint.unit for unit, joint in zip(units, joints, strict=True)):
        return joints
    return tuple(
        joint if unit is joint.unit else replace(joint, unit=unit)
        for unit, joint in zip(units, joints, strict=True)
    )


def _by_name(deficit: str, value: ByName, known: Iterable[str], what: str) -> dict[str, float]:
    """The value of every name; an error for a name that is not known."""
    names = list(known)
    if isinstance(value, Mapping):
        for name in value:
            if name not in names:
                raise unknown(what, name, names)
        return dict(value)
    if not names and value != intact(deficit):
        raise ParameterError(
            f"Expected a spine with a {what} for {deficit}, got one without; leave {deficit} out."
        )
    return dict.fromkeys(names, value)


def intact(deficit: str) -> float:
    """Value of a deficit of an intact spine."""
    return LIMITS[deficit][3]


def amounts(value: ByName) -> set[float]:
    """The different values of a deficit; that of intact ones if a mapping is empty."""
    return set(value.values()) or {0.0} if isinstance(value, Mapping) else {value}


def _checked(name: str, value: object, of: str) -> float:
    low, high, unit, _ = LIMITS[name]
    if isinstance(value, (int, float, np.number)) and not isinstance(value, bool):
        number = float(value)
        if math.isfinite(number) and low <= number <= high:
            return number
    raise ParameterError(
        f"Expected {name}{of} as a finite number from {low:g} to {high:g} {unit}, got {value!r}; "
        "give a value in this range."
    )
