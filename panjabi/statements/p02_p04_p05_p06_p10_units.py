"""Experiments on single units: P2, P4, P5, P6, P10."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from panjabi.errors import PanjabiError
from panjabi.literature import row
from panjabi.passive.directions import levels
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.injury import degenerated, injured, with_fixator
from panjabi.passive.neutral_zone import (
    gap_and_range,
    inflexion,
    residual_positions,
    split_loop,
    stiffness_threshold,
    zero_load_gap,
)
from panjabi.passive.protocol import Protocol, cyclic_test, laboratory_test
from panjabi.passive.ribs import RIBBED, with_rib_cage
from panjabi.passive.standard import unit
from panjabi.statements.finding import Finding, Outcome, Statement

Unit = FunctionalSpinalUnit

AXES = ("FE", "LB", "AR")
LUMBAR = levels("lumbar")[1:]  # levels of the published table, L1-L2 to L5-S1
SMALL_PART = 0.5  # largest fraction of the stiffness at full moment that is little resistance
CHANGED = 0.01  # relative change below which an injury has no effect about an axis
MEASURES = (
    "residual_30_s", "residual_10_min", "stiffness_threshold", "inflexion", "zero_load_gap",
)  # fmt: skip
"""Estimators of the neutral zone, the residual after two waits."""
TENDENCY = 2.0 / 3.0  # fraction of cases that is a tendency; a third or less contradicts it

INJURIES = {
    "SSL and ISL cut": "cut=SSL+ISL",
    "LF stretched": "subfailure=LF",
    "facets removed": "facetectomy",
    "nucleus removed": "nucleus",
    "disc ruptured": "disc-rupture",
}


@dataclass(frozen=True)
class Change:
    """Relative increase of neutral zone and range of motion by a change [1]."""

    label: str
    axis: str
    zone: float
    reach: float
    measure: str = "residual_30_s"


def zones_and_range(tested: Unit, axis: int) -> tuple[dict[str, float], float]:
    """Neutral zone, one-sided, by every measure that exists, and range of both sides [rad]."""
    zones: dict[str, float] = {}
    reach = 0.0
    for name, wait in (("residual_10_min", 600.0), ("residual_30_s", 30.0)):
        plan = Protocol(wait=wait)
        residual = residual_positions(laboratory_test(tested, axis, plan), plan.cycles)
        zones[name], reach = residual.half_width, residual.end_plus - residual.end_minus
    test = cyclic_test(tested, axis)
    loop = split_loop(test.moment, test.angle)
    for estimator in (stiffness_threshold, inflexion, zero_load_gap):
        try:
            zones[estimator.__name__] = estimator(loop).half_width
        except PanjabiError:
            continue  # a curve that does not soften has no zone of this kind
    return zones, reach


@cache
def _intact(level: str, axis: int) -> tuple[dict[str, float], float]:
    return zones_and_range(unit(level), axis)


def changes_of(label: str, axis: int, level: str, after: Unit) -> list[Change]:
    """Relative change of the neutral zone, by every measure, and of the range about one axis.

    Between the intact unit of the level and `after`.
    """
    (old, r0), (new, r1) = _intact(level, axis), zones_and_range(after, axis)
    return [
        Change(label, AXES[axis], new[name] / old[name] - 1.0, r1 / r0 - 1.0, name)
        for name in MEASURES
        if name in old and name in new
    ]


def by_measure(changes: list[Change]) -> dict[str, list[Change]]:
    """The changes of each measure."""
    return {name: [c for c in changes if c.measure == name] for name in MEASURES}


def p02_neutral_zone_exists(statement: Statement) -> Finding:
    """P2: stiffness at neutral over stiffness at full moment, for every level, axis and side."""
    regions = ("upper cervical", "cervical", "thoracic", "lumbar")
    ratios: dict[tuple[str, str, int], float] = {}
    for level in dict.fromkeys(n for region in regions for n in levels(region)):
        tested = unit(level)
        for axis in range(3):
            for side in (-1, 1):
                at = np.zeros(3)
                at[axis] = tested.angle_under(axis, side * tested.test_moment[axis])
                stiff = float(tested.tangent(at)[axis, axis])
                ratios[level, AXES[axis], side] = tested.stiffness_at_neutral(axis) / stiff
    worst = max(ratios, key=lambda k: ratios[k])
    lumbar = max(r for (level, _, _), r in ratios.items() if level in levels("lumbar"))
    holds = ratios[worst] < SMALL_PART
    return statement.finding(
        "supported" if holds else "contradicted",
        f"the ratio is largest at {worst[0]} {worst[1]}. Units are fitted to measured neutral "
        "zones and ranges, so the existence of a neutral zone is an input; its low resistance is "
        "a result",
        ("largest_stiffness_ratio", ratios[worst], "neutral over full moment, all levels and axes"),
        ("largest_lumbar_stiffness_ratio", lumbar, "the same, T12-L1 to L5-S1 at 10 N m"),
        ("median_stiffness_ratio", float(np.median(list(ratios.values()))), "the same, median"),
        ("directions", len(ratios), "levels x axes x sides"),
        sources=(row("yam89_nz_FE_L4-5").bib,),
        figure="plot_stiffness_ratios",
        data=ratios,
    )


def p04_injury_widens_the_zone_more(statement: Statement) -> Finding:
    """P4: five injuries at five levels about three axes by five measures, and rib-cage removal."""
    comparisons = [
        one
        for label, injury in INJURIES.items()
        for level in LUMBAR
        for axis in range(3)
        for one in changes_of(label, axis, level, injured(unit(level), injury))
    ]
    affected = by_measure([c for c in comparisons if max(c.zone, c.reach) > CHANGED])
    more = {m: sum(c.zone > c.reach for c in each) / len(each) for m, each in affected.items()}
    ribs = _rib_cage()
    outcome: Outcome = "undetermined"
    if min(more.values()) >= TENDENCY:
        outcome = "supported"
    elif max(more.values()) <= 1.0 - TENDENCY:
        outcome = "contradicted"
    fe, unfitted = ribs[0], _rib_cage("Mannen2018")[0]
    return statement.finding(
        outcome,
        "a tendency means at least two thirds of the cases (assumed; a simple majority would "
        "support the statement), by every estimator of the zone. The fraction of cases depends on "
        f"the estimator: from {min(more.values()):.2f} ({min(more, key=lambda m: more[m])}) to "
        f"{max(more.values()):.2f} ({max(more, key=lambda m: more[m])}). It also depends on the "
        "structure: loss of the nucleus increases mainly the neutral zone, cutting the posterior "
        "ligaments mainly the range, since these are slack in the neutral zone. Without the rib "
        f"cage, the neutral zone in flexion-extension changes by {100 * fe.zone:.0f} % and the "
        f"range by {100 * fe.reach:.0f} % (published {row('lie17_dnz_FE').number:.0f} and "
        f"{row('lie17_drom_FE').number:.0f}). The "
        "hysteresis of the ribs is fitted to that result; with ribs that dissipate and bend as "
        f"units do, the increases are {100 * unfitted.zone:.0f} and {100 * unfitted.reach:.0f} %",
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

    The neutral zone is the gap at zero load.
    """
    bare = [unit(level) for level in RIBBED]
    caged = [with_rib_cage(bare_unit, source) for bare_unit in bare]
    changes = []
    for axis, name in enumerate(AXES):
        (g0, r0), (g1, r1) = (gap_and_range(units, axis, 2.0) for units in (caged, bare))
        changes.append(Change("rib cage removed", name, g1 / g0 - 1.0, r1 / r0 - 1.0))
    return changes


def p05_degeneration_raises_the_ratio(statement: Statement) -> Finding:
    """P5: neutral zone over range of motion at degeneration grade 2, by five measures."""
    changes = [
        one
        for level in LUMBAR
        for axis in range(3)
        for one in changes_of(level, axis, level, degenerated(unit(level), 2.0))
    ]
    rises = {
        m: sum(c.zone > c.reach for c in each) / len(each)
        for m, each in by_measure(changes).items()
        if each
    }
    least = min(rises, key=lambda m: rises[m])
    shown = by_measure(changes)["residual_30_s"]
    falls = all(c.reach < 0.0 for c in shown if c.axis != "AR")
    axial = min(c.zone for c in shown if c.axis == "AR")
    return statement.finding(
        "fixed by construction",
        "the factors of a degeneration grade are assumed and chosen with these signs for the "
        "residual zone; the model only shows that they are compatible. The ratio increases in "
        f"{100 * rises['residual_30_s']:.0f} % of the levels and axes by the residual after 30 s, "
        f"in {100 * rises['residual_10_min']:.0f} % after 10 min, and in the fewest, "
        f"{100 * rises[least]:.0f} %, by the {least.replace('_', ' ')}; the range "
        f"{'decreases' if falls else 'does not decrease'} in flexion-extension and lateral "
        "bending at every level",
        *((f"share_ratio_rises_{m}", v, "of levels x axes") for m, v in rises.items()),
        (
            "least_zone_less_range_percent",
            100.0 * min(c.zone - c.reach for c in shown),
            "percentage points, residual after 30 s",
        ),
        (
            "largest_range_change_FE_LB_percent",
            100.0 * max(c.reach for c in shown if c.axis != "AR"),
            "of the range of motion",
        ),
        ("least_zone_growth_AR_percent", 100.0 * axial, "of the neutral zone"),
        sources=(row("mim94_FE").bib,),
        figure="plot_zone_against_range",
        data=shown,
    )


def p06_fixation_narrows_the_zone_more(statement: Statement) -> Finding:
    """P6: a fixator across C4-C7, by five measures."""
    changes = [
        one
        for level in ("C4-C5", "C5-C6", "C6-C7")
        for axis in range(3)
        for one in changes_of(f"{level} fixator", axis, level, with_fixator(unit(level)))
    ]
    worst = {
        m: max(c.zone - c.reach for c in each) for m, each in by_measure(changes).items() if each
    }
    against = [m.replace("_", " ") for m, value in worst.items() if value >= 0.0]
    shown = by_measure(changes)["residual_30_s"]
    return statement.finding(
        "undetermined" if against else "fixed by construction",
        "a spring in parallel with a law that is soft at neutral acts most near neutral, whatever "
        "its stiffness, so the residual zone must decrease more than the range: the model could "
        "not say otherwise. The rod is as stiff as the unit at neutral in all axes together "
        "(assumed). "
        + (
            f"The zone decreases less by the {', '.join(against)}"
            if against
            else "The statement holds by every estimator that exists under fixation"
        ),
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


def p10_pain_free_zone(statement: Statement) -> Finding:
    """P10: the order of neutral zones; the size of the pain-free zone is not published."""
    intact = unit("L4-L5")
    no_nucleus = injured(intact, "nucleus")
    fixed = with_fixator(no_nucleus)
    zones = [
        np.degrees(zones_and_range(u, 0)[0]["residual_30_s"]) for u in (intact, no_nucleus, fixed)
    ]
    return statement.finding(
        "undetermined",
        "the size of the pain-free zone was never published, and none is assumed. The order of "
        "the neutral zones agrees with the statement (injury increases, a fixator reduces the "
        "zone), but any threshold between them would agree too, and a mechanical model cannot "
        "test whether a large neutral zone causes pain",
        ("pain_free_zone_deg", float("nan"), "never published; no value assumed"),
        ("zone_intact_deg", zones[0], "L4-L5, flexion-extension"),
        ("zone_without_nucleus_deg", zones[1], "the same"),
        ("zone_with_fixator_deg", zones[2], "without nucleus, with fixator"),
        sources=(row("gro94").bib,),
        figure=None,
    )
