"""Columns of fitted functional spinal units, with rib cage, preload, and injuries by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from panjabi.errors import ParameterError, unknown
from panjabi.spine.column_build import column
from panjabi.spine.column_model import Column
from panjabi.spine.deficits import injury_texts
from panjabi.spine.levels import levels_of
from panjabi.spine.subject_data import SubjectData

if TYPE_CHECKING:
    from panjabi.body.model import Body
    from panjabi.passive.functional_unit import FunctionalSpinalUnit


def unit_column(
    region: str,
    *,
    subject: SubjectData | None = None,
    source: str | None = None,
    preload: float = 0.0,
    rib_cage: bool = True,
    injuries: Mapping[str, Sequence[str]] | None = None,
    body: Body | None = None,
    straight: bool = False,
    plane: str = "space",
    extrapolate: bool = False,
) -> Column:
    """A column whose joints are the units of a subject; what is given replaces what it has.

    Parameters
    ----------
    subject : by default the standard adult, intact.
    source : to which the units are fitted.
    preload : frozen compression of every unit [N]; see `with_preload`.
    rib_cage : whether thoracic levels have the anterior rib cage.
    injuries : level -> changes as text, {"L4-L5": ["cut=SSL+ISL", "disc-rupture=0.5"]}.
    extrapolate : allow angles and preloads beyond failure.
    body, straight, plane : as for `panjabi.spine.column`; the units have the size of the body.

    Raises
    ------
    UnknownNameError
        For a column, level, source or injury that does not exist.
    """
    levels = levels_of(region)
    hurt = injury_texts(injuries or {})
    for level in hurt:
        if level not in levels:
            raise unknown(f"level of the {region} column", level, levels)
    who = (SubjectData() if subject is None else subject).with_injuries(hurt)
    whole_body = who.body if body is None else body
    units = [
        who.unit(
            level, source=source, body=whole_body, rib_cage=rib_cage, extrapolate=extrapolate
        ).with_preload(preload)
        for level in levels
    ]
    made = column(region, units, body=whole_body, straight=straight, plane=plane)
    known = {f"{u.level} {name}": p for u in units for name, p in u.parameters.items()}
    return replace(made, parameters={**made.parameters, **known})


def with_preload(spinal_column: Column, force: float) -> Column:
    """The same column with every unit under a frozen compression [N].

    A frozen parameter of the potential: the load that causes it, for example a follower cable, is a
    separate argument.
    """
    return spinal_column.with_laws([u.with_preload(force) for u in _units(spinal_column)])


def instantaneous(spinal_column: Column) -> Column:
    """The same column before relaxation: every Maxwell branch is a spring from neutral.

    Buckling uses the relaxed stiffness; this column is for a push that ends before creep starts.
    """
    from panjabi.passive.terms import Structure, linear

    stiff: list[FunctionalSpinalUnit] = []
    for u in _units(spinal_column):
        branches = u.branch_stiffness.sum(axis=1)
        terms = tuple(linear(axis, float(k)) for axis, k in enumerate(branches))
        stiff.append(u.with_structures((*u.structures, Structure("branches", terms, "joint"))))
    return spinal_column.with_laws(stiff)


def has_branches(spinal_column: Column) -> bool:
    """Whether the joints have an instantaneous stiffness besides the relaxed stiffness."""
    return all(hasattr(law, "branch_stiffness") for law in spinal_column.laws)


def _units(spinal_column: Column) -> list[FunctionalSpinalUnit]:
    from panjabi.passive.functional_unit import FunctionalSpinalUnit

    units = [law for law in spinal_column.laws if isinstance(law, FunctionalSpinalUnit)]
    if len(units) != len(spinal_column.laws):
        raise ParameterError(
            "Expected a column of functional spinal units, which preload and relaxation need, "
            f"got the {spinal_column.name} column with joints of "
            f"{type(spinal_column.laws[0]).__name__}; make the column with unit_column."
        )
    return units
