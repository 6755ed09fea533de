"""Injury, ageing and treatment as functions of a unit: each returns a new unit.

Values that do not follow from the fitted structures are assumed, and recorded in the parameters of
the unit: the fraction of the stiffness at neutral that is due to disc pressure, toe factors without
a published value, and the factors of a degeneration grade.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from panjabi.errors import ParameterError, UnknownNameError, unknown
from panjabi.literature import row
from panjabi.parameter import Parameter
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.kernels import LINEAR
from panjabi.passive.ribs import with_rib_cage
from panjabi.passive.terms import PassiveTerm, Structure, linear

Unit = FunctionalSpinalUnit

PRESSURE_SHARE = 0.6  # fraction of the disc's stiffness at neutral lost with the nucleus, assumed
TOE_FACTOR = 3.0  # of a ligament without a published value, assumed
LIGAMENTS_BEHIND = ("SSL", "ISL", "LF", "CL", "PLL", "NL")


def cut(unit: Unit, *names: str) -> Unit:
    """The unit without the named structures and their terms."""
    for name in names:
        unit.structure(name)  # a misspelt name is an error
    left = [s for s in unit.structures if s.name not in names]
    return unit.with_structures(left, f"cut {', '.join(names)}")


def subfailure(unit: Unit, name: str, *, toe: float | None = None) -> Unit:
    """The unit with a stretched ligament: its toe region is longer, its stiffness unchanged.

    The factor on the toe is 3 for LF and 5 for ALL (isolated cervical ligaments); for other
    ligaments 3 is assumed.
    """
    if toe is None:
        known = name in ("LF", "ALL")
        factor = row(f"ligdam_toe_{name}").parameter() if known else _assumed(TOE_FACTOR, "1")
    else:
        factor = _assumed(toe, "1")
    if not factor.value >= 1.0:
        raise ParameterError(
            f"Expected a toe factor from 1, since damage lengthens a toe, got {factor.value:g}; "
            "leave it out for the published or assumed factor."
        )
    stretched = unit.structure(name).changed(toe=factor.value)
    return unit.with_structures(
        _swapped(unit, stretched), f"subfailure of {name}", {f"toe_factor_{name}": factor}
    )


def disc_rupture(unit: Unit, *, severity: float = 1.0) -> Unit:
    """The unit with a ruptured disc that has lost pressure.

    At severity 1 the disc carries no moment in the elastic zone (its fractions follow from the
    stiffness before and after rupture). It also loses the part of its stiffness at neutral, and of
    the effect of preload, that is due to pressure. Its dissipation stays.
    """
    _between(severity, "severity of a disc rupture")
    disc = unit.structure("disc")
    lost = severity * PRESSURE_SHARE
    terms = [t.scaled(1.0 - (lost if t.kind == LINEAR else severity)) for t in disc.terms]
    hurt = unit.with_structures(
        _swapped(unit, replace(disc, terms=tuple(terms))),
        f"disc rupture {severity:g}",
        {"disc_pressure_share": _assumed(PRESSURE_SHARE, "1")},
    )
    return replace(hurt, stiffening=unit.stiffening.weakened(1.0 - lost))


def nucleus_removed(unit: Unit) -> Unit:
    """The unit without nucleus and its stiffness at neutral due to pressure; the annulus stays."""
    disc = unit.structure("disc")
    terms = [t.scaled(1.0 - PRESSURE_SHARE) if t.kind == LINEAR else t for t in disc.terms]
    hurt = unit.with_structures(
        _swapped(unit, replace(disc, terms=tuple(terms))),
        "nucleus removed",
        {"disc_pressure_share": _assumed(PRESSURE_SHARE, "1")},
    )
    return replace(hurt, stiffening=unit.stiffening.weakened(1.0 - PRESSURE_SHARE))


def facetectomy(unit: Unit, side: str = "both") -> Unit:
    """The unit without the facet joint of a side, or of both, and without its capsule."""
    sides = {"both": ("right", "left"), "right": ("right",), "left": ("left",)}
    if side not in sides:
        raise unknown("side of a facetectomy", side, sides)
    gone = [f"facet_{s}" for s in sides[side]]
    left = [s for s in unit.structures if s.name not in (*gone, "CL")]
    if side != "both" and "CL" in (s.name for s in unit.structures):
        left.append(unit.structure("CL").changed(stiffness=0.5))
    return unit.with_structures(left, f"facetectomy {side}")


# Per grade, by axis: loss of the stiffness at neutral, growth of the ramps, growth of their onset.
# Chosen so that in bending the range falls and the neutral zone does not, and in rotation both grow
# (Mimura et al. 1994: signs); sizes are assumed.
AGEING = ((0.22, 0.10, 0.0), (0.12, 0.20, 0.0), (0.09, 0.0, 0.08))


def degenerated(unit: Unit, grade: float) -> Unit:
    """The unit with disc degeneration of grade 0 (none) to 4 (severe); every factor is assumed.

    The disc loses pressure (less stiffness at neutral). In bending, a stiffer annulus and
    osteophytes act at smaller angles: the range in flexion-extension and lateral bending falls, and
    the residual neutral zone does not. In axial rotation the slack grows and nothing stiffens.
    """
    _between(grade, "grade of degeneration", 4.0)
    if grade == 0.0:
        return unit

    def aged(term: PassiveTerm) -> PassiveTerm:
        loss, stiffer, wider = AGEING[term.axis]
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


INJURIES: dict[str, tuple[Callable[[Unit, str], Unit], str]] = {
    "cut": (lambda u, v: cut(u, *v.split("+")), "cut=LF or cut=SSL+ISL: without these structures"),
    "subfailure": (lambda u, v: _each(u, v, subfailure), "subfailure=LF: a stretched ligament"),
    "disc-rupture": (
        lambda u, v: disc_rupture(u, severity=_number("disc-rupture", v, 1.0)),
        "disc-rupture or disc-rupture=0.5: by severity",
    ),
    "nucleus": (lambda u, v: nucleus_removed(_plain(u, "nucleus", v)), "nucleus: removed whole"),
    "facetectomy": (
        lambda u, v: facetectomy(u, v or "both"),
        "facetectomy, facetectomy=left or =right",
    ),
    "rib-cage": (
        lambda u, v: with_rib_cage(_plain(u, "rib-cage", v)),
        "rib-cage: with the anterior rib cage",
    ),
    "degeneration": (
        lambda u, v: degenerated(u, _number("degeneration", v, 4.0)),
        "degeneration=2: grade 0 to 4",
    ),
    "fixator": (
        lambda u, v: with_fixator(u, stiffness=_number("fixator", v, 0.0) if v else None),
        "fixator or fixator=STIFFNESS [N m/rad]",
    ),
}
"""Name -> (function of the unit and the text after '=', how to write it)."""


def injured(unit: Unit, *texts: str) -> Unit:
    """The unit after changes in the notation of the command line, in order.

    >>> injured(unit("L4-L5"), "cut=SSL+ISL", "disc-rupture=0.5")

    Raises
    ------
    UnknownNameError
        For a change or a structure that does not exist.
    """
    for text in texts:
        name, equals, value = text.partition("=")
        first = name.split()[0] if name.split() else ""
        if not equals and name not in INJURIES and first in INJURIES:
            values = "+".join(name.split()[1:])
            raise UnknownNameError(
                f"Expected an injury as name=value, got {text!r} without '='; write "
                f"{first}={values}."
            )
        if name not in INJURIES:
            raise unknown("injury", name, INJURIES)
        unit = INJURIES[name][0](unit, value)
    return unit


def _each(unit: Unit, names: str, change: Callable[[Unit, str], Unit]) -> Unit:
    for name in names.split("+"):
        unit = change(unit, name)
    return unit


def _plain(unit: Unit, name: str, text: str) -> Unit:
    """The unit unchanged, after a check that a change without value has none."""
    if text:
        raise ParameterError(
            f"Expected {name} alone, which has no degrees, got {name}={text!r}; leave out the "
            "value."
        )
    return unit


def _number(name: str, text: str, default: float) -> float:
    if not text:
        return default
    try:
        return float(text)
    except ValueError:
        raise ParameterError(
            f"Expected a number after '=' in injury {name}, got {text!r}; write "
            f"{INJURIES[name][1]}."
        ) from None


def _swapped(unit: Unit, new: Structure) -> list[Structure]:
    return [new if s.name == new.name else s for s in unit.structures]


def _assumed(value: float, unit_name: str) -> Parameter:
    return Parameter(value, unit_name, "ThisWork", "assumed")


def _between(value: float, what: str, most: float = 1.0) -> None:
    if not 0.0 <= value <= most:
        raise ParameterError(
            f"Expected a {what} from 0 to {most:g}, got {value:g}; give a number in this range."
        )
