"""Injury, ageing and treatment as functions of a unit: each returns a new unit.

An injury that removes something is a set of losses: a structure and the fraction of it that is
lost, continuous from 0 (none) to 1 (the structure is gone). `cut`, `disc_rupture`,
`nucleus_removed` and `facetectomy` are such sets.

Values that do not follow from the fitted structures are assumed, and recorded in the parameters of
the unit: the fraction of the stiffness at neutral that is due to disc pressure, toe factors without
a published value, and the factors of a degeneration grade.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import reduce

from panjabi.errors import ParameterError, UnknownNameError, unknown
from panjabi.literature import row
from panjabi.parameter import Parameter, ParameterSet
from panjabi.passive.functional_unit import LOST_PRESSURE, FunctionalSpinalUnit, lost_pressure
from panjabi.passive.kernels import LINEAR
from panjabi.passive.ribs import with_rib_cage
from panjabi.passive.terms import PassiveTerm, Structure, linear

Unit = FunctionalSpinalUnit

PRESSURE_SHARE = 0.6  # fraction of the disc's stiffness at neutral lost with the nucleus, assumed
LOST_STIFFNESS = "passive_loss"  # name among the parameters of a unit
TOE_FACTOR = 3.0  # of a ligament without a published value, assumed


@dataclass(frozen=True)
class Loss:
    """Fraction of a structure that is lost, and of its stiffness at neutral if that differs."""

    structure: str
    fraction: float  # 0 to 1
    at_neutral: float | None = None  # 0 to 1

    def __post_init__(self) -> None:
        _between(self.fraction, f"lost fraction of {self.structure}")
        if self.at_neutral is not None:
            _between(self.at_neutral, f"lost fraction of {self.structure} at neutral")

    def left(self, structure: Structure) -> Structure | None:
        """What remains of a structure; None if all of it is lost."""
        beyond = 1.0 - self.fraction
        neutral = beyond if self.at_neutral is None else 1.0 - self.at_neutral
        if beyond == neutral == 0.0:
            return None
        terms = [t.scaled(neutral if t.kind == LINEAR else beyond) for t in structure.terms]
        branches = tuple(tuple(beyond * k for k in axis) for axis in structure.branches)
        return replace(structure, terms=tuple(terms), branches=branches)


def with_losses(
    unit: Unit,
    losses: Iterable[Loss],
    change: str,
    parameters: Mapping[str, Parameter] | None = None,
) -> Unit:
    """The unit after losses of its structures, with a description of the change."""
    parts = {s.name: s for s in unit.structures}
    for loss in losses:
        unit.structure(loss.structure)  # a misspelt name is an error
        left = loss.left(parts[loss.structure]) if loss.structure in parts else None
        if left is None:
            parts.pop(loss.structure, None)
        else:
            parts[loss.structure] = left
    return unit.with_structures(parts.values(), change, dict(parameters or {}))


def weakened(unit: Unit, loss: float) -> Unit:
    """The unit after the loss of a fraction of all its stiffness: 0 is intact, 1 leaves none.

    Structures, Maxwell branches and friction lose the same fraction; viscous damping, the slacks
    and the angles of failure stay. The unit keeps its states.
    """
    _between(loss, f"lost fraction of the stiffness of {unit.level}")
    if loss == 0.0:
        return unit
    left = 1.0 - loss
    parts = [
        replace(
            s,
            terms=tuple(t.scaled(left) for t in s.terms),
            branches=tuple(tuple(left * k for k in axis) for axis in s.branches),
        )
        for s in unit.structures
    ]
    kept = unit.hysteresis
    hysteresis = replace(
        kept,
        stiffness=tuple(tuple(left * k for k in axis) for axis in kept.stiffness),
        friction=tuple(tuple(left * k for k in axis) for axis in kept.friction),
    )
    known = dict(unit.parameters)
    before = known[LOST_STIFFNESS].value if LOST_STIFFNESS in known else 0.0
    known[LOST_STIFFNESS] = _assumed(1.0 - (1.0 - before) * left, "1")
    weak = unit.with_structures(parts, f"passive x {left:g}")
    return replace(weak, hysteresis=hysteresis, parameters=ParameterSet(known))


def cut(unit: Unit, *names: str) -> Unit:
    """The unit without the named structures and their terms."""
    return with_losses(unit, [Loss(name, 1.0) for name in names], f"cut {', '.join(names)}")


def subfailure(unit: Unit, name: str, *, toe: float | None = None, fraction: float = 1.0) -> Unit:
    """The unit with a stretched ligament: its toe region is longer, its stiffness unchanged.

    The factor on the toe is 3 for LF and 5 for ALL (isolated cervical ligaments); for other
    ligaments 3 is assumed. With a fraction the toe grows by this fraction of the full growth.
    """
    if toe is None:
        known = name in ("LF", "ALL")
        factor = row(f"ligdam_toe_{name}").parameter() if known else _assumed(TOE_FACTOR, "1")
    else:
        factor = _assumed(toe, "1")
    _between(fraction, "fraction of a subfailure")
    if not factor.value >= 1.0:
        raise ParameterError(
            f"Expected a toe factor from 1, since damage lengthens a toe, got {factor.value:g}; "
            "leave it out for the published or assumed factor."
        )
    longer = 1.0 + fraction * (factor.value - 1.0)
    ligament = unit.structure(name)
    if ligament.kind != "ligament":
        raise ParameterError(
            f"Expected a ligament to stretch, got {name}, a {ligament.kind}; choose one of "
            f"{', '.join(s.name for s in unit.structures if s.kind == 'ligament')}."
        )
    stretched = ligament.changed(toe=longer)
    return unit.with_structures(
        [stretched if s.name == name else s for s in unit.structures],
        f"subfailure of {name}{_degree(fraction)}",
        {f"toe_factor_{name}": factor},
    )


def disc_rupture(unit: Unit, *, severity: float = 1.0) -> Unit:
    """The unit with a ruptured disc that has lost pressure.

    At severity 1 the disc carries no moment in the elastic zone (its fractions follow from the
    stiffness before and after rupture). It also loses the part of its stiffness at neutral, and of
    the effect of preload, that is due to pressure. Its dissipation stays.
    """
    _between(severity, "severity of a disc rupture")
    return _without_pressure(unit, severity, severity, f"disc rupture {severity:g}")


def nucleus_removed(unit: Unit, *, fraction: float = 1.0) -> Unit:
    """The unit without nucleus and its stiffness at neutral due to pressure; the annulus stays."""
    _between(fraction, "fraction of the nucleus")
    return _without_pressure(unit, 0.0, fraction, f"nucleus removed{_degree(fraction)}")


def _without_pressure(unit: Unit, annulus: float, pressure: float, change: str) -> Unit:
    before = lost_pressure(unit)
    after = 1.0 - (1.0 - before) * (1.0 - pressure)  # lost pressure is not lost again
    kept = (1.0 - after * PRESSURE_SHARE) / (1.0 - before * PRESSURE_SHARE)
    hurt = with_losses(
        unit, [Loss("disc", annulus, 1.0 - kept)], change,
        {"disc_pressure_share": _assumed(PRESSURE_SHARE, "1")},
    )  # fmt: skip
    known = {**dict(hurt.parameters), LOST_PRESSURE: _assumed(after, "1")}
    return replace(hurt, stiffening=unit.stiffening.weakened(kept), parameters=ParameterSet(known))


def facetectomy(unit: Unit, side: str = "both", *, fraction: float = 1.0) -> Unit:
    """The unit without the facet joint of a side, or of both, and without its capsule.

    The capsule of both sides is one structure, CL. A side has as much of it as of the stiffness of
    the facets that are left, so both sides one after the other are the same as both at once.
    """
    sides = {"both": ("right", "left"), "right": ("right",), "left": ("left",)}
    if side not in sides:
        raise unknown("side of a facetectomy", side, sides)
    _between(fraction, "fraction of a facetectomy")
    names = [f"facet_{s}" for s in sides[side]]
    parts = {
        s.name: sum(t.values[0] for t in s.terms) for s in unit.structures if s.kind == "facet"
    }
    losses = [Loss(name, fraction) for name in names]
    if "CL" in (s.name for s in unit.structures):
        part = sum(parts.get(name, 0.0) for name in names) / (sum(parts.values()) or 1.0)
        losses.append(Loss("CL", fraction * part))
    return with_losses(unit, losses, f"facetectomy {side}{_degree(fraction)}")


# Per grade, by axis: loss of the stiffness at neutral, growth of the ramps, growth of their onset.
# Chosen so that in bending the range falls and the neutral zone does not, and in rotation both grow
# (Mimura et al. 1994: signs); sizes are assumed.
AGEING = ((0.22, 0.10, 0.0), (0.12, 0.20, 0.0), (0.09, 0.0, 0.08))


Ageing = tuple[tuple[float, float, float], ...]


def degenerated(unit: Unit, grade: float, *, factors: Ageing = AGEING) -> Unit:
    """The unit with disc degeneration of grade 0 (none) to 4 (severe); every factor is assumed.

    The disc loses pressure (less stiffness at neutral). In bending, a stiffer annulus and
    osteophytes act at smaller angles: the range in flexion-extension and lateral bending falls, and
    the residual neutral zone does not. In axial rotation the slack grows and nothing stiffens.

    factors : by axis, per grade: loss at neutral, growth of the ramps, growth of their onset.
    """
    _between(grade, "grade of degeneration", 4.0)
    if grade == 0.0:
        return unit

    def aged(term: PassiveTerm) -> PassiveTerm:
        loss, stiffer, wider = factors[term.axis]
        if term.kind == LINEAR:
            return term.scaled(1.0 - loss * grade)
        return term.scaled(1.0 + stiffer * grade).shifted(1.0 + wider * grade)

    parts = [replace(s, terms=tuple(aged(t) for t in s.terms)) for s in unit.structures]
    known = {"degeneration_grade": _assumed(float(grade), "1")}
    old = unit.with_structures(parts, f"degeneration grade {grade:g}", known)
    return replace(old, stiffening=unit.stiffening.weakened(1.0 - 0.15 * grade))


def with_fixator(unit: Unit, *, stiffness: float | None = None) -> Unit:
    """The unit with a parallel fixator of equal stiffness about every axis [N m/rad].

    The default stiffness is the sum of the three stiffnesses of the level at neutral: assumed.
    """
    if stiffness is None:
        stiffness = sum(unit.stiffness_at_neutral(axis) for axis in range(3))
    if not stiffness > 0.0:
        raise ParameterError(
            f"Expected a stiffness of the fixator above 0 N m/rad, got {stiffness:g} N m/rad; "
            "leave it out for the assumed stiffness."
        )
    rod = Structure("fixator", tuple(linear(axis, stiffness) for axis in range(3)), "implant")
    known = {"fixator_stiffness": _assumed(stiffness, "N m/rad")}
    return unit.with_structures((*unit.structures, rod), "fixator", known)


INJURIES: dict[str, tuple[Callable[[Unit, str, float], Unit], str]] = {
    "cut": (
        lambda u, v, f: with_losses(
            u, [Loss(n, f) for n in v.split("+")], f"cut {v.replace('+', ', ')}{_degree(f)}"
        ),
        "cut=LF or cut=SSL+ISL: without these structures",
    ),
    "subfailure": (
        lambda u, v, f: reduce(lambda one, n: subfailure(one, n, fraction=f), v.split("+"), u),
        "subfailure=LF: a stretched ligament",
    ),
    "disc-rupture": (
        lambda u, v, f: disc_rupture(u, severity=f * _number("disc-rupture", v, 1.0)),
        "disc-rupture or disc-rupture=0.5: by severity",
    ),
    "nucleus": (
        lambda u, v, f: nucleus_removed(u, fraction=f * _number("nucleus", v, 1.0)),
        "nucleus or nucleus=0.5: removed whole or in part",
    ),
    "facetectomy": (
        lambda u, v, f: facetectomy(u, v or "both", fraction=f),
        "facetectomy, facetectomy=left or =right",
    ),
    "rib-cage": (
        lambda u, v, f: with_rib_cage(_whole(u, "rib-cage", v, f)),
        "rib-cage: with the anterior rib cage",
    ),
    "degeneration": (
        lambda u, v, f: degenerated(u, f * _number("degeneration", v, 4.0)),
        "degeneration=2: grade 0 to 4",
    ),
    "fixator": (
        lambda u, v, f: with_fixator(
            _whole(u, "fixator", "", f), stiffness=_number("fixator", v, 0.0) if v else None
        ),
        "fixator or fixator=STIFFNESS [N m/rad]",
    ),
}
"""Name -> (function of the unit, the text after '=' and a fraction; how to write it)."""


def injured(unit: Unit, injury: str, fraction: float = 1.0) -> Unit:
    """The unit with a fraction of an injury, continuous from 0 (none) to 1 (all of it).

    injury : a structure of the unit, which is gone at fraction 1, or a change in the notation of
        the command line. The fraction is of what is left after earlier injuries.

    >>> injured(unit("L4-L5"), "SSL", 0.3)
    >>> injured(unit("L4-L5"), "SSL=0.3")
    >>> injured(unit("L4-L5"), "cut=SSL+ISL")

    Raises
    ------
    UnknownNameError
        For an injury or a structure that does not exist.
    ParameterError
        For a fraction outside 0 to 1, or of a change that has no degrees.
    """
    _between(fraction, "fraction of an injury")
    name, equals, value = injury.partition("=")
    if name in (s.name for s in unit.structures):
        lost = fraction * _number(name, value, 1.0)
        return with_losses(unit, [Loss(name, lost)], f"lost {name}{_degree(lost)}")
    first = name.split()[0] if name.split() else ""
    if not equals and name not in INJURIES and first in INJURIES:
        values = "+".join(name.split()[1:])
        raise UnknownNameError(
            f"Expected an injury as name=value, got {injury!r} without '='; write {first}={values}."
        )
    if name not in INJURIES:
        raise unknown("injury", name, (*INJURIES, *(s.name for s in unit.structures)))
    return INJURIES[name][0](unit, value, fraction)


def with_injuries(unit: Unit, injuries: Iterable[str]) -> Unit:
    """The unit after several injuries in order, or a single text; see `injured`."""
    return reduce(injured, (injuries,) if isinstance(injuries, str) else injuries, unit)


def _whole(unit: Unit, name: str, text: str, fraction: float) -> Unit:
    """The unit unchanged, after a check that a change without degrees has none."""
    if text or fraction != 1.0:
        raise ParameterError(
            f"Expected {name} alone, which has no degrees, got {name}={text!r} and fraction "
            f"{fraction:g}; leave them out."
        )
    return unit


def _degree(fraction: float) -> str:
    return "" if fraction == 1.0 else f" by {fraction:g}"


def _number(name: str, text: str, default: float) -> float:
    if not text:
        return default
    try:
        return float(text)
    except ValueError:
        example = INJURIES[name][1] if name in INJURIES else f"{name}=0.5"
        raise ParameterError(
            f"Expected a number after '=' in injury {name}, got {text!r}; write {example}."
        ) from None


def _assumed(value: float, unit_name: str) -> Parameter:
    return Parameter(value, unit_name, "ThisWork", "assumed")


def _between(value: float, what: str, most: float = 1.0) -> None:
    if isinstance(value, str) or not 0.0 <= value <= most:
        raise ParameterError(
            f"Expected a {what} from 0 to {most:g}, got {value!r}; give a number in this range."
        )
