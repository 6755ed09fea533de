"""The fourteen statements in this project's words, with the experiment of each."""

from __future__ import annotations

from collections.abc import Iterable

from panjabi._caching import cached
from panjabi.errors import unknown
from panjabi.statements.finding import Finding, Statement
from panjabi.statements.p01_p07_p08_muscles import (
    p01_three_subsystems,
    p07_force_narrows_the_zone,
    p08_one_segment_against_whole,
)
from panjabi.statements.p02_p04_p05_p06_p10_units import (
    p02_neutral_zone_exists,
    p04_injury_widens_the_zone_more,
    p05_degeneration_raises_the_ratio,
    p06_fixation_narrows_the_zone_more,
    p10_pain_free_zone,
)
from panjabi.statements.p03_p13_p14_column import (
    p03_column_alone,
    p13_direction_of_load,
    p14_caught_after_buckling,
)
from panjabi.statements.p09_p11_p12_control import (
    p09_compensation,
    p11_subfailure,
    p12_sway_rises,
)

PART_1, PART_2, IN_2003, IN_2006 = "Panjabi1992a", "Panjabi1992b", "Panjabi2003", "Panjabi2006"


@cached
def statements() -> tuple[Statement, ...]:
    """P1 to P14."""
    return (
        Statement(
            "P1",
            "stability is the joint work of column, muscles and control; total stiffness is their "
            "sum with that of the loads, and its least eigenvalue or rightmost root decides",
            (PART_1,),
            p01_three_subsystems,
        ),
        Statement(
            "P2",
            "around neutral there is a range of little passive resistance: stiffness at neutral is "
            "less than half of that at full moment, at every level and in every direction",
            (PART_2,),
            p02_neutral_zone_exists,
        ),
        Statement(
            "P3",
            "the column alone cannot carry the weight of the body",
            (PART_1, PART_2),
            p03_column_alone,
        ),
        Statement(
            "P4",
            "injury widens the neutral zone by a larger factor than the range of motion, as a "
            "tendency",
            (PART_2,),
            p04_injury_widens_the_zone_more,
        ),
        Statement(
            "P5",
            "degeneration raises the neutral zone's share in the range while the range itself "
            "falls in flexion-extension and bending",
            (PART_2,),
            p05_degeneration_raises_the_ratio,
        ),
        Statement(
            "P6",
            "fixation narrows the neutral zone by more than the range, in every direction",
            (PART_2,),
            p06_fixation_narrows_the_zone_more,
        ),
        Statement(
            "P7",
            "muscle force across an injured joint brings the neutral zone back to about intact, "
            "the range not",
            (PART_2, "Panjabi1989"),
            p07_force_narrows_the_zone,
        ),
        Statement(
            "P8",
            "multifidus gives more than two thirds of the stiffness gained at one segment, yet the "
            "whole spine never hangs on one group",
            (PART_1,),
            p08_one_segment_against_whole,
        ),
        Statement(
            "P9",
            "a deficit of one subsystem is met by the others within limits: effort grows with it, "
            "and the outcomes are success, success at a cost, and failure",
            (PART_1,),
            p09_compensation,
        ),
        Statement(
            "P10",
            "there is a pain-free zone, and pain where the neutral zone exceeds it",
            (IN_2003,),
            p10_pain_free_zone,
        ),
        Statement(
            "P11",
            "injured ligaments corrupt the signals that control muscles, which lets strain and "
            "damage grow: a loop that may tip from healing to lasting damage",
            (IN_2006,),
            p11_subfailure,
        ),
        Statement(
            "P12",
            "sway rises with noise and delay of the sensors at constant passive stiffness",
            (IN_2003,),
            p12_sway_rises,
        ),
        Statement(
            "P13",
            "compression along the curve stiffens and is carried, the same force straight down "
            "buckles",
            (PART_1,),
            p13_direction_of_load,
        ),
        Statement(
            "P14",
            "a soft neutral zone lowers the critical load, but the elastic zone catches the column",
            (PART_2,),
            p14_caught_after_buckling,
        ),
    )


def statement(id: str) -> Statement:
    """One statement by its number.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    known = {s.id: s for s in statements()}
    if id not in known:
        raise unknown("statement", id, known)
    return known[id]


def hypothesis(only: Iterable[str] = ()) -> tuple[Finding, ...]:
    """The findings of all statements, or of those named, in their order; some ten seconds."""
    wanted = set(only)
    chosen = {id: statement(id) for id in wanted}
    return tuple(s.run() for s in statements() if not chosen or s.id in chosen)
