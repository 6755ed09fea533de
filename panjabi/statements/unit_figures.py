"""P2, P4, P5, P6 and P10 at the default values: numbers and data of their figures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from panjabi.literature import row
from panjabi.passive.directions import levels
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.injury import degenerated, injured, with_fixator
from panjabi.passive.neutral_zone import gap_and_range
from panjabi.passive.ribs import RIBBED, with_rib_cage
from panjabi.passive.standard import unit
from panjabi.spine.subject import Subject
from panjabi.statements.altered_units import SIDES, reach
from panjabi.statements.declarations import ESTIMATORS
from panjabi.statements.finding import Illustration, illustration
from panjabi.statements.unit_measures import REGIONS
from panjabi.statements.zones import AXES, CHANGED, INJURIES, zones_and_range

Unit = FunctionalSpinalUnit

LUMBAR = levels("lumbar")[1:]  # levels of the published table, L1-L2 to L5-S1
FUSED = ("C4-C5", "C5-C6", "C6-C7")  # levels of the published fixation


@dataclass(frozen=True)
class Change:
    """Relative increase of neutral zone and range of motion by a change [1]."""

    label: str
    axis: str
    zone: float
    reach: float
    measure: str = "residual_30_s"


def changes_of(
    subject: Subject, levels: Iterable[str], changed: Callable[[str, Unit], Mapping[str, Unit]]
) -> list[Change]:
    """Relative change of the zone, by every estimator, and of the range, about each axis.

    changed : level, intact unit -> label -> the unit after a change.
    """
    found = []
    for level in levels:
        before = _intact(subject, level)
        intact = [zones_and_range(before, axis) for axis in range(3)]
        for label, after in changed(level, before).items():
            for axis, (old, r0) in enumerate(intact):
                new, r1 = zones_and_range(after, axis)
                found += [
                    Change(label, AXES[axis], new[m] / old[m] - 1.0, r1 / r0 - 1.0, m)
                    for m in ESTIMATORS
                    if m in old and m in new
                ]
    return found


def by_measure(changes: list[Change]) -> dict[str, list[Change]]:
    """The changes of each estimator."""
    return {name: [c for c in changes if c.measure == name] for name in ESTIMATORS}


def _intact(subject: Subject, level: str) -> Unit:
    return subject.unit(level, rib_cage=False)


def neutral_zones(subject: Subject) -> Illustration:
    """P2: stiffness at neutral over stiffness at full moment, for every level, axis and side."""
    ratios: dict[tuple[str, str, int], float] = {}
    for level in dict.fromkeys(n for region in REGIONS for n in levels(region)):
        tested = _intact(subject, level)
        for axis in range(3):
            for side in SIDES:
                at = np.zeros(3)
                at[axis] = reach(tested, axis, side)
                stiff = float(tested.tangent(at)[axis, axis])
                ratios[level, AXES[axis], side] = tested.stiffness_at_neutral(axis) / stiff
    worst = max(ratios, key=lambda k: ratios[k])
    lumbar = max(r for (level, _, _), r in ratios.items() if level in levels("lumbar"))
    return illustration(
        f"the ratio is largest at {worst[0]} {worst[1]}, where the fit limits the stiffness at "
        "neutral to half of the secant. Units are fitted to measured neutral zones and ranges, so "
        "the existence of a neutral zone is an input",
        ("largest_stiffness_ratio", ratios[worst], "neutral over full moment, all levels and axes"),
        ("largest_lumbar_stiffness_ratio", lumbar, "the same, T12-L1 to L5-S1 at 10 N m"),
        ("median_stiffness_ratio", float(np.median(list(ratios.values()))), "the same, median"),
        ("directions", len(ratios), "levels x axes x sides"),
        sources=(row("yam89_nz_FE_L4-5").bib,),
        figure="plot_stiffness_ratios",
        data=ratios,
    )


def injuries(subject: Subject) -> Illustration:
    """P4: five injuries at five levels about three axes by five estimators, and the rib cage."""
    comparisons = changes_of(
        subject, LUMBAR, lambda _, u: {label: injured(u, text) for label, text in INJURIES.items()}
    )
    affected = by_measure([c for c in comparisons if max(c.zone, c.reach) > CHANGED])
    more = {m: sum(c.zone > c.reach for c in each) / len(each) for m, each in affected.items()}
    ribs = _rib_cage()
    fe, unfitted = ribs[0], _rib_cage("Mannen2018")[0]
    return illustration(
        "loss of the nucleus increases mainly the neutral zone, cutting the posterior ligaments "
        "mainly the range, since these are slack in the neutral zone. Without the rib cage, the "
        f"zone in flexion-extension changes by {100 * fe.zone:.0f} % and the range by "
        f"{100 * fe.reach:.0f} % (published {row('lie17_dnz_FE').number:.0f} and "
        f"{row('lie17_drom_FE').number:.0f}). The hysteresis of the ribs is fitted to that result; "
        "with ribs that dissipate and bend as units do, the increases are "
        f"{100 * unfitted.zone:.0f} and {100 * unfitted.reach:.0f} %",
        *(
            (f"share_zone_grows_more_{m}", v, "of the comparisons with an effect")
            for m, v in more.items()
        ),
        ("comparisons", len(affected["residual_30_s"]), "injury x level x axis, residual zone"),
        *(
            (f"rib_cage_{kind}_growth_{c.axis}_percent", 100.0 * value, "T1-T12, rib cage removed")
            for c in ribs
            for kind, value in (("zone", c.zone), ("range", c.reach))
        ),
        sources=(row("lie17_dnz_FE").bib, row("man18_drom_FE").bib),
        figure="plot_zone_against_range",
        data=[*affected["residual_30_s"], *ribs],
    )


def _rib_cage(source: str = "default") -> list[Change]:
    """Changes of T1-T12 in series at 2 N m by removal of the anterior rib cage.

    The neutral zone is the gap at zero load; the units are those of the published specimens.
    """
    bare = [unit(level) for level in RIBBED]
    caged = [with_rib_cage(bare_unit, source) for bare_unit in bare]
    changes = []
    for axis, name in enumerate(AXES):
        (g0, r0), (g1, r1) = (gap_and_range(units, axis, 2.0) for units in (caged, bare))
        changes.append(Change("rib cage removed", name, g1 / g0 - 1.0, r1 / r0 - 1.0))
    return changes


def degeneration(subject: Subject) -> Illustration:
    """P5: neutral zone over range of motion at degeneration grade 2, by five estimators."""
    changes = changes_of(subject, LUMBAR, lambda level, u: {level: degenerated(u, 2.0)})
    rises = {
        m: sum(c.zone > c.reach for c in each) / len(each)
        for m, each in by_measure(changes).items()
        if each
    }
    shown = by_measure(changes)["residual_30_s"]
    return illustration(
        "the factors of a degeneration grade are assumed and were chosen with these signs for the "
        "residual zone",
        *((f"share_ratio_rises_{m}", v, "of levels x axes, grade 2") for m, v in rises.items()),
        (
            "largest_range_change_FE_LB_percent",
            100.0 * max(c.reach for c in shown if c.axis != "AR"),
            "of the range of motion",
        ),
        sources=(row("mim94_FE").bib,),
        figure="plot_zone_against_range",
        data=shown,
    )


def fixation(subject: Subject) -> Illustration:
    """P6: a fixator across C4-C7, by five estimators."""
    changes = changes_of(subject, FUSED, lambda level, u: {f"{level} fixator": with_fixator(u)})
    worst = {
        m: max(c.zone - c.reach for c in each) for m, each in by_measure(changes).items() if each
    }
    shown = by_measure(changes)["residual_30_s"]
    return illustration(
        "a spring in parallel with a law that is soft at neutral acts most near neutral, whatever "
        "its stiffness. The rod is as stiff as the unit at neutral in all axes together (assumed)",
        *(
            (f"largest_zone_less_range_{m}_percent", 100.0 * v, "points; below 0: the zone more")
            for m, v in worst.items()
        ),
        (
            "largest_zone_change_percent",
            100.0 * max(c.zone for c in shown),
            "of the neutral zone, residual after 30 s",
        ),
        ("largest_range_change_percent", 100.0 * max(c.reach for c in shown), "of the range"),
        sources=(row("gro94").bib,),
        figure="plot_zone_against_range",
        data=shown,
    )


def pain_free_zone(subject: Subject) -> Illustration:
    """P10: the order of neutral zones; the size of the pain-free zone is not published."""
    intact = _intact(subject, "L4-L5")
    no_nucleus = injured(intact, "nucleus")
    fixed = with_fixator(no_nucleus)
    zones = [
        np.degrees(zones_and_range(u, 0)[0]["residual_30_s"]) for u in (intact, no_nucleus, fixed)
    ]
    return illustration(
        "injury increases and a fixator reduces the zone, but any threshold between them would "
        "agree with the statement",
        ("pain_free_zone_deg", float("nan"), "never published; no value assumed"),
        ("zone_intact_deg", zones[0], "L4-L5, flexion-extension"),
        ("zone_without_nucleus_deg", zones[1], "the same"),
        ("zone_with_fixator_deg", zones[2], "without nucleus, with fixator"),
        sources=(row("gro94").bib,),
    )
