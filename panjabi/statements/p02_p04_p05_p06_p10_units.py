"""Statements about single units: P2, P4, P5, P6, P10."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from panjabi.literature import row
from panjabi.passive.directions import levels
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.injury import degenerated, injured, with_fixator
from panjabi.passive.neutral_zone import gap_and_range, residual_positions
from panjabi.passive.protocol import laboratory_test
from panjabi.passive.ribs import RIBBED, with_rib_cage
from panjabi.passive.standard import unit
from panjabi.statements.finding import Finding, Outcome, Statement

Unit = FunctionalSpinalUnit

AXES = ("FE", "LB", "AR")
LUMBAR = levels("lumbar")[1:]  # of the published table, L1-L2 to L5-S1
SMALL_PART = 0.5  # of the stiffness at full moment that counts as little resistance
CHANGED = 0.01  # a share of the range below which an injury does nothing about an axis
TENDENCY = 2.0 / 3.0  # of the cases that make a tendency; a third or less contradicts it

INJURIES = {
    "SSL and ISL cut": "cut=SSL+ISL",
    "LF stretched": "subfailure=LF",
    "facets removed": "facetectomy",
    "nucleus removed": "nucleus",
    "disc ruptured": "disc-rupture",
}


@dataclass(frozen=True)
class Change:
    """Growth of neutral zone and range of motion in one comparison, in shares of before."""

    label: str
    axis: str
    zone: float
    reach: float


def zone_and_range(one: Unit, axis: int) -> tuple[float, float]:
    """Residual neutral zone, one-sided, and range of motion, both sides [rad]."""
    found = residual_positions(laboratory_test(one, axis), 3)
    return found.half_width, found.end_plus - found.end_minus


def change(label: str, axis: int, before: Unit, after: Unit) -> Change:
    """What a change does to the neutral zone and the range about one axis."""
    (z0, r0), (z1, r1) = zone_and_range(before, axis), zone_and_range(after, axis)
    return Change(label, AXES[axis], z1 / z0 - 1.0, r1 / r0 - 1.0)


def p02_neutral_zone_exists(statement: Statement) -> Finding:
    """P2: stiffness at neutral over stiffness at full moment, every level, axis and side."""
    regions = ("upper cervical", "cervical", "thoracic", "lumbar")
    ratios: dict[tuple[str, str, int], float] = {}
    for level in dict.fromkeys(n for region in regions for n in levels(region)):
        one = unit(level)
        for axis in range(3):
            for side in (-1, 1):
                at = np.zeros(3)
                at[axis] = one.angle_under(axis, side * one.test_moment[axis])
                stiff = float(one.tangent(at)[axis, axis])
                ratios[level, AXES[axis], side] = one.stiffness_at_neutral(axis) / stiff
    worst = max(ratios, key=lambda k: ratios[k])
    lumbar = max(r for (level, _, _), r in ratios.items() if level in levels("lumbar"))
    holds = ratios[worst] < SMALL_PART
    return statement.finding(
        "supported" if holds else "contradicted",
        f"largest at {worst[0]} {worst[1]}. Units were fitted to measured neutral zones and "
        "ranges, so that there is a zone was put in; how little resistance it has was not",
        ("largest_stiffness_ratio", ratios[worst], "neutral over full moment, all levels and axes"),
        ("largest_lumbar_stiffness_ratio", lumbar, "the same, T12-L1 to L5-S1 at 10 N m"),
        ("median_stiffness_ratio", float(np.median(list(ratios.values()))), "the same, median"),
        ("directions", len(ratios), "levels x axes x sides"),
        sources=(row("yam89_nz_FE_L4-5").bib,),
        figure="plot_stiffness_ratios",
        data=ratios,
    )


def p04_injury_widens_the_zone_more(statement: Statement) -> Finding:
    """P4: five injuries at five levels about three axes, and the rib cage."""
    found = [
        change(label, axis, unit(level), injured(unit(level), words))
        for label, words in INJURIES.items()
        for level in LUMBAR
        for axis in range(3)
    ]
    real = [c for c in found if max(c.zone, c.reach) > CHANGED]
    more = sum(c.zone > c.reach for c in real) / len(real)
    ribs = _rib_cage()
    outcome: Outcome = "undetermined"
    if more >= TENDENCY:
        outcome = "supported"
    elif more <= 1.0 - TENDENCY:
        outcome = "contradicted"
    fe, unfitted = ribs[0], _rib_cage("Mannen2018")[0]
    return statement.finding(
        outcome,
        "a tendency is taken as two thirds of the cases (assumed: a bare majority would support "
        "it). It depends on the structure: a lost nucleus widens the zone most, cut posterior "
        "ligaments the range, since they are slack in the zone. Where the rib cage goes, "
        f"flexion-extension gains less zone than range ({100 * fe.zone:.0f} and "
        f"{100 * fe.reach:.0f} %; published {row('lie17_dnz_FE').number:.0f} and "
        f"{row('lie17_drom_FE').number:.0f}): as a law it fails. That failure is fitted, by "
        "what the ribs lose in motion; with ribs that lose and bend as units do, stiffness gives "
        f"{100 * unfitted.zone:.0f} and {100 * unfitted.reach:.0f} %",
        ("share_zone_grows_more", more, "of the comparisons in which an injury does anything"),
        ("comparisons", len(real), "injury x level x axis"),
        *(
            (f"rib_cage_{kind}_growth_{c.axis}_percent", 100.0 * value, "T1-T12, rib cage removed")
            for c in ribs
            for kind, value in (("zone", c.zone), ("range", c.reach))
        ),
        sources=(row("lie17_dnz_FE").bib, row("man18_drom_FE").bib),
        figure="plot_zone_against_range",
        data=[*real, *ribs],
    )


def _rib_cage(source: str = "default") -> list[Change]:
    """T1-T12 in series at 2 N m, zero-load gap and range, anterior rib cage taken off."""
    bare = [unit(level) for level in RIBBED]
    caged = [with_rib_cage(one, source) for one in bare]
    changes = []
    for axis, name in enumerate(AXES):
        (g0, r0), (g1, r1) = (gap_and_range(units, axis, 2.0) for units in (caged, bare))
        changes.append(Change("rib cage removed", name, g1 / g0 - 1.0, r1 / r0 - 1.0))
    return changes


def p05_degeneration_raises_the_ratio(statement: Statement) -> Finding:
    """P5: neutral zone over range at grade 2."""
    found = [
        change(level, axis, unit(level), degenerated(unit(level), 2.0))
        for level in LUMBAR
        for axis in range(3)
    ]
    rises = all(c.zone > c.reach for c in found)
    falls = all(c.reach < 0.0 for c in found if c.axis != "AR")
    slack = min(c.zone for c in found if c.axis == "AR")
    return statement.finding(
        "fixed by construction",
        "the factors of a degeneration grade are assumed, and were chosen to have these signs; "
        "what the model adds is only that they are compatible (ratio "
        f"{'rises' if rises else 'falls'}, range {'falls' if falls else 'does not fall'} in FE "
        "and LB at every level)",
        ("least_zone_less_range_percent", 100.0 * min(c.zone - c.reach for c in found), "points"),
        (
            "largest_range_change_FE_LB_percent",
            100.0 * max(c.reach for c in found if c.axis != "AR"),
            "of the range of motion",
        ),
        ("least_zone_growth_AR_percent", 100.0 * slack, "of the neutral zone"),
        sources=(row("mim94_FE").bib,),
        figure="plot_zone_against_range",
        data=found,
    )


def p06_fixation_narrows_the_zone_more(statement: Statement) -> Finding:
    """P6: a fixator across C4-C7."""
    found = [
        change(f"{level} fixator", axis, unit(level), with_fixator(unit(level)))
        for level in ("C4-C5", "C5-C6", "C6-C7")
        for axis in range(3)
    ]
    worst = max(c.zone - c.reach for c in found)
    return statement.finding(
        "supported" if worst < 0.0 else "contradicted",
        "in every level and axis. The rod is as stiff as the unit at neutral in all axes together "
        "(assumed): a spring beside a law that is soft at neutral acts most where that is softest, "
        "whatever its stiffness",
        ("largest_zone_less_range_percent", 100.0 * worst, "points; below 0: the zone falls more"),
        ("largest_zone_change_percent", 100.0 * max(c.zone for c in found), "of the neutral zone"),
        ("largest_range_change_percent", 100.0 * max(c.reach for c in found), "of the range"),
        sources=(row("gro94").bib,),
        figure="plot_zone_against_range",
        data=found,
    )


def p10_pain_free_zone(statement: Statement) -> Finding:
    """P10: the order of neutral zones, and the number that was never given."""
    whole = unit("L4-L5")
    hurt = injured(whole, "nucleus")
    held = with_fixator(hurt)
    zones = [np.degrees(zone_and_range(one, 0)[0]) for one in (whole, hurt, held)]
    return statement.finding(
        "undetermined",
        "no size of the pain-free zone was ever published, and none is assumed: the order of the "
        "zones agrees with the story (injury widens, a fixator narrows), which any threshold "
        "between them would fit, and whether the zone is what hurts is no question of mechanics",
        ("pain_free_zone_deg", float("nan"), "never published; kept free"),
        ("zone_intact_deg", zones[0], "L4-L5, flexion-extension"),
        ("zone_without_nucleus_deg", zones[1], "the same"),
        ("zone_with_fixator_deg", zones[2], "without nucleus, with fixator"),
        sources=(row("gro94").bib,),
        figure=None,
    )
