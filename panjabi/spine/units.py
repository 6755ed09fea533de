"""Columns of fitted functional spinal units, with rib cage, preload, and injuries by level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from panjabi.errors import ParameterError, unknown
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.terms import Structure, linear
from panjabi.spine.column_preset import column, with_laws
from panjabi.spine.deficits import injury_texts
from panjabi.spine.levels import levels_of
from panjabi.spine.model import Spine
from panjabi.spine.passive_spine import passive_view
from panjabi.spine.subject_data import SubjectData

if TYPE_CHECKING:
    from panjabi.body.model import Body


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
) -> Spine:
    """A spine without muscles whose joints are the units of a subject.

    What is given replaces what the subject has.

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


def with_preload(spine: Spine, force: float) -> Spine:
    """The same spine with every unit under a frozen compression [N].

    A frozen parameter of the potential: the load that causes it, for example a follower cable, is a
    separate argument.
    """
    return with_laws(spine, [u.with_preload(force) for u in _units(spine)])


def instantaneous(spine: Spine) -> Spine:
    """The same spine before relaxation: every Maxwell branch is a spring from neutral.

    Buckling uses the relaxed stiffness; this spine is for a push that ends before creep starts.
    """
    stiff: list[FunctionalSpinalUnit] = []
    for u in _units(spine):
        branches = u.branch_stiffness.sum(axis=1)
        terms = tuple(linear(axis, float(k)) for axis, k in enumerate(branches))
        stiff.append(u.with_structures((*u.structures, Structure("branches", terms, "joint"))))
    return with_laws(spine, stiff)


def has_branches(spine: Spine) -> bool:
    """Whether all joints are units, which also have an instantaneous stiffness."""
    return all(isinstance(law, FunctionalSpinalUnit) for law in passive_view(spine).laws)


def _units(spine: Spine) -> list[FunctionalSpinalUnit]:
    laws = passive_view(spine).laws
    units = [law for law in laws if isinstance(law, FunctionalSpinalUnit)]
    if len(units) != len(laws):
        raise ParameterError(
            "Expected a spine of functional spinal units, which preload and relaxation need, got "
            f"one with joints of {type(laws[0]).__name__}; make it with unit_column."
        )
    return units
