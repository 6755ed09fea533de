"""A ligament of a unit as a law of its length, for another model that carries the same ligament.

The unit owns the law: a moment of flexion over the arm of the ligament is its tension, and arm
times flexion its lengthening. Where it bends the unit the other way, the ligament is slack.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.passive import kernels
from panjabi.passive.anatomy import arm, ligament_length
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.standard import unit
from panjabi.results import ShortRepr

Array = NDArray[np.float64]

LENGTH = 0.025
"""Length at neutral where none is known for a level [m]; assumed."""


@dataclass(frozen=True, repr=False)
class LigamentLaw(ShortRepr):
    """Tension of a posterior ligament of a level against its length; a `panjabi.tissue.law.Law`."""

    level: str
    name: str
    slack_length: float  # length at neutral [m]
    arm: float  # from the centre of rotation [m]
    part: FunctionalSpinalUnit  # the unit with this structure alone

    def energy(self, length: ArrayLike) -> Array | float:
        """Stored energy [J] at a length [m]."""
        return self._each(length, 0)

    def tension(self, length: ArrayLike) -> Array | float:
        """Tension [N] at a length [m]; zero up to the slack length."""
        return self._each(length, 1)

    def tangent(self, length: ArrayLike) -> Array | float:
        """Tangent stiffness [N/m] at a length [m]."""
        return self._each(length, 2)

    def reference_stiffness(self) -> float:
        """Stiffness behind every toe [N/m]."""
        return float(self.tangent(self.slack_length + 20.0 * self.arm))

    def angle(self, length: float) -> float:
        """Flexion of the unit at a length, others at neutral [rad]."""
        return (length - self.slack_length) / self.arm

    @cached_property
    def _rows(self) -> tuple[NDArray[np.int64], Array]:
        return self.part.kinds, self.part.rows

    def _each(self, length: ArrayLike, which: int) -> Array | float:
        at = np.asarray(length, dtype=np.float64)
        values = np.array([self._value(float(x), which) for x in at.ravel()]).reshape(at.shape)
        return values if at.ndim else float(values)

    def _value(self, length: float, which: int) -> float:
        if length <= self.slack_length:
            return 0.0
        kinds, rows = self._rows
        value = kernels.evaluate_axis(kinds, rows, 0, -self.angle(length))[which]
        return (value, -value / self.arm, value / self.arm**2)[which]


def ligament_law(level: str, name: str, *, of: FunctionalSpinalUnit | None = None) -> LigamentLaw:
    """Tension against length of a ligament behind the centre of rotation, as the unit has it.

    name : SSL, ISL, LF, PLL, CL, NL, TM or PAOM, if the level has it.
    of : the unit, for example injured; by default the intact unit of the level.

    Raises
    ------
    UnknownNameError
        If the level does not have the structure.
    ParameterError
        If the structure does not resist flexion, or is not a ligament.
    """
    whole = unit(level) if of is None else of
    structure, lever = whole.structure(name), arm(whole.level, name)
    resists = any(t.axis == 0 and t.side == -1 for t in structure.terms)
    if structure.kind != "ligament" or lever is None or not resists:
        raise ParameterError(
            f"Expected a ligament of {whole.level} that resists flexion, got {name}; choose SSL, "
            "ISL, LF, PLL, CL or NL."
        )
    length = ligament_length(whole.level, name)
    neutral = LENGTH if length is None else length.si
    return LigamentLaw(whole.level, name, neutral, lever.si, whole.part(name))
