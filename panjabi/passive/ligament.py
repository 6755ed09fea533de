"""Ligaments of a unit as a law of their length, for another model that has the same ligaments.

The unit owns the law: a moment of flexion over the arm of the ligament is its tension, and arm
times flexion its lengthening. Where it bends the unit the other way, the ligament is slack.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.passive import anatomy, kernels
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.standard import unit
from panjabi.results import ShortRepr
from panjabi.tissue.evidence import LIGAMENTS, strain_range

Array = NDArray[np.float64]

LENGTH = 0.025
"""Length at neutral where none is known for a level [m]; assumed."""

_TISSUE = {name: tissue for tissue, name in LIGAMENTS.items()}


@dataclass(frozen=True, repr=False)
class LigamentLaw(ShortRepr):
    """Tension of posterior ligaments of a level against length; a `panjabi.tissue.law.Law`."""

    name: ClassVar[str] = "ligament"

    level: str
    ligaments: tuple[str, ...]  # structures of the unit
    slack_length: float  # length at neutral [m]
    arm: float  # from the centre of rotation [m]
    kinds: tuple[int, ...]  # terms of the unit in flexion, for `kernels.evaluate_axis`
    rows: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        for name in ("ligaments", "kinds"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        object.__setattr__(self, "rows", tuple(tuple(row) for row in self.rows))

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

    def relaxed(self, fraction: float) -> Self:
        """The same law: that of a unit is the relaxed one already; its hysteresis is apart."""
        return self

    def angle(self, length: float) -> float:
        """Flexion of the unit at a length, others at neutral [rad]."""
        return (length - self.slack_length) / self.arm

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Strain up to which the first of the ligaments was tested, and at failure."""
        return {"strain": strain_range(_TISSUE.get(self.ligaments[0], "ligament"))}

    @cached_property
    def terms(self) -> tuple[NDArray[np.int64], Array]:
        """Types (n,) and rows (n, TERM_COLUMNS) for the kernels."""
        rows = np.array(self.rows, dtype=np.float64).reshape(-1, kernels.TERM_COLUMNS)
        return np.array(self.kinds, dtype=np.int64), rows

    def _each(self, length: ArrayLike, which: int) -> Array | float:
        at = np.asarray(length, dtype=np.float64)
        values = [
            kernels.evaluate_ligament(*self.terms, self.arm, x - self.slack_length)[which]
            for x in at.ravel().tolist()
        ]
        return np.array(values).reshape(at.shape) if at.ndim else float(values[0])


def ligament_law(
    level: str,
    name: str,
    *,
    of: FunctionalSpinalUnit | None = None,
    length: float | None = None,
    arm: float | None = None,
) -> LigamentLaw:
    """Tension against length of ligaments behind the centre of rotation, as the unit has them.

    name : SSL, ISL, LF, PLL, CL, NL, TM or PAOM, if the level has it; or several, SSL+ISL.
    of : the unit, for example injured or of another size; by default the intact unit of the level.
    length, arm : length at neutral and distance from the centre of rotation [m] of a strand in the
        place of the ligaments; its moment is the sum of theirs. By default those of the ligament.

    Raises
    ------
    UnknownNameError
        If the level does not have the structure.
    ParameterError
        If a structure does not resist flexion or is not a ligament, or if several ligaments have no
        common length and arm.
    """
    whole = unit(level) if of is None else of
    names = tuple(name.split("+"))
    for ligament in names:
        structure, lever = whole.structure(ligament), anatomy.arm(whole.level, ligament)
        resists = any(t.axis == 0 and t.side == -1 for t in structure.terms)
        if structure.kind != "ligament" or lever is None or not resists:
            raise ParameterError(
                f"Expected a ligament of {whole.level} that resists flexion, got {ligament}; "
                "choose SSL, ISL, LF, PLL, CL or NL."
            )
        if arm is None and len(names) == 1:
            arm = whole.length_scale * lever.si
    if length is None and len(names) == 1:
        neutral = anatomy.ligament_length(whole.level, name)
        length = whole.length_scale * (LENGTH if neutral is None else neutral.si)
    if length is None or arm is None or not (length > 0.0 and arm > 0.0):
        raise ParameterError(
            f"Expected a common length and arm above 0 m for {name} of {whole.level}, got "
            f"{length!r} and {arm!r}; give those of the strand in their place."
        )
    part = replace(whole, structures=tuple(whole.structure(n) for n in names))
    flexion = [i for i, row in enumerate(part.rows) if int(row[0]) == 0]
    return LigamentLaw(
        level=whole.level,
        ligaments=names,
        slack_length=float(length),
        arm=float(arm),
        kinds=tuple(part.kinds[flexion].tolist()),
        rows=tuple(map(tuple, part.rows[flexion].tolist())),
    )
