"""The end of the range of a unit in each direction: a stop behind the elastic zone, and failure.

Beyond the moment of the tests of range (`test_moment`) a toe begins. Over it the stiffness rises to
the end stiffness that was measured under large moments. In flexion the ligaments become taut; in
extension, bending and rotation the facets meet. The toe starts at the relaxed angle of the test
moment, so the fit of the elastic zone and that of the end have no data in common:

    slack      relaxed angle at the test moment
    toe        so that the end stiffness is reached at `LARGE` times the test moment
    stiffness  up to the published end stiffness, at least that of the elastic zone
    failure    angle at the moment of failure
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from panjabi.literature import row
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.passive import kernels
from panjabi.passive.anatomy import end_shares
from panjabi.passive.directions import DEGREE, DIRECTIONS, region_of
from panjabi.passive.evidence import failure_moment
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.terms import PassiveTerm, toe
from panjabi.results import ShortRepr

LARGE = 3.0  # moments from here on count as large, over the test moment; assumed
_FAR = 20.0  # rad: where every ramp has its full stiffness


@dataclass(frozen=True, repr=False)
class EndOfRange(ShortRepr):
    """Stop and failure in one direction; angles [rad] from neutral, positive."""

    slack: float
    toe: float
    stiffness: float  # that the stop adds [N m/rad]
    failure: float  # angle


def with_ends(unit: FunctionalSpinalUnit) -> FunctionalSpinalUnit:
    """The unit with stops in its structures, and its angles of failure."""
    added: dict[str, list[PassiveTerm]] = {}
    known: dict[str, Parameter] = {}
    failure = [[math.inf, math.inf] for _ in range(3)]
    moment = failure_moment(unit.level)
    for name, (axis, side) in DIRECTIONS.items():
        end = end_of_range(unit, name)
        failure[axis][side > 0] = end.failure
        if end.stiffness > 0.0:
            for structure, fraction in end_shares(unit.level, name).items():
                part = toe(axis, side, fraction * end.stiffness, slack=end.slack, length=end.toe)
                added.setdefault(structure, []).append(part)
        key = name.replace(" ", "_")
        known[f"{key}_failure_angle"] = Parameter(
            end.failure / DEGREE, "deg", moment.source, "derived",
            f"of the law at {moment.value:g} N m ({moment.status}): {moment.conditions}",
        )  # fmt: skip
        known[f"{key}_stop_stiffness"] = Parameter(
            end.stiffness, "N m/rad", THIS_WORK, "fitted", "to the end stiffness of large moments"
        )
    known["end_stiffness"] = end_stiffness(unit.level)
    known["large_moment"] = Parameter(
        LARGE, "1", THIS_WORK, "assumed", "over the test moment: where the end stiffness is reached"
    )
    return unit.with_ends(added, tuple((a, b) for a, b in failure), known)  # type: ignore[arg-type]


def end_of_range(unit: FunctionalSpinalUnit, name: str) -> EndOfRange:
    """Stop and failure of a unit without stops in a direction by name."""
    axis, side = DIRECTIONS[name]
    kinds, rows = unit.kinds, unit.rows

    def law(x: float) -> float:
        return side * kernels.evaluate_axis(kinds, rows, axis, side * x)[1]

    def tangent(x: float) -> float:
        return kernels.evaluate_axis(kinds, rows, axis, side * x)[2]

    moment = unit.test_moment[axis]
    slack = _root(law, moment)
    elastic = tangent(_FAR)

    def stopped(total: float) -> tuple[float, Callable[[float], float]]:
        """Toe of a stop up to a total stiffness, and the law with it beyond the toe."""
        added = max(total - elastic, 0.0)
        length = _root(lambda w: law(slack + w) + 0.5 * added * w, LARGE * moment)
        return length, lambda x: law(x) + added * max(x - slack - 0.5 * length, 0.0)

    total = max(end_stiffness(unit.level).si, elastic)
    length, beyond = stopped(total)
    failure = _root(beyond, failure_moment(unit.level).si)
    return EndOfRange(slack, length, max(total - elastic, 0.0), failure)


def end_stiffness(level: str) -> Parameter:
    """Stiffness of a level under large moments, in every direction [N m/deg].

    Lumbar: the middle of the published range (its geometric mean). Elsewhere it is in proportion to
    the moment of failure, so that the same angle lies between large moments and failure.
    """
    low, high = row("fsu_mil_klo"), row("fsu_mil_khi")
    middle = math.sqrt(low.number * high.number)
    if region_of(level) == "lumbar":
        where = f"geometric mean of {low.number:g} and {high.number:g} N m/deg"
        return Parameter(middle, "N m/deg", low.bib, "derived", where)
    ratio = failure_moment(level).si / failure_moment("L4-L5").si
    return Parameter(
        ratio * middle, "N m/deg", THIS_WORK, "assumed", "lumbar, in proportion to failure moment"
    )


def _root(
    rising: Callable[[float], float], value: float, low: float = 0.0, high: float = math.pi
) -> float:
    """Where a rising function has a value."""
    from scipy.optimize import root_scalar

    found = root_scalar(
        lambda x: rising(x) - value, bracket=(low, high), method="brentq", xtol=1e-13
    )
    return float(found.root)
