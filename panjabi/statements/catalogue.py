"""The fourteen statements in the words of this project, and the experiment for each."""

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
    """The statements P1 to P14."""
    return (
        Statement(
            "P1",
            "column, muscles and control together provide stability; the total stiffness is the "
            "sum of their stiffness and that of the loads, and stability depends on its smallest "
            "eigenvalue or on the rightmost root",
            (PART_1,),
            p01_three_subsystems,
        ),
        Statement(
            "P2",
            "around neutral there is a range with little passive resistance: the stiffness at "
            "neutral is less than half of that at full moment, at every level and in every "
            "direction",
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
            "injury tends to increase the neutral zone by a larger factor than the range of motion",
            (PART_2,),
            p04_injury_widens_the_zone_more,
        ),
        Statement(
            "P5",
            "degeneration increases the ratio of neutral zone to range of motion, while the range "
            "decreases in flexion-extension and lateral bending",
            (PART_2,),
            p05_degeneration_raises_the_ratio,
        ),
        Statement(
            "P6",
            "fixation reduces the neutral zone by a larger factor than the range of motion, in "
            "every direction",
            (PART_2,),
            p06_fixation_narrows_the_zone_more,
        ),
        Statement(
            "P7",
            "muscle force across an injured joint restores the neutral zone to about its intact "
            "size, but not the range of motion",
            (PART_2, "Panjabi1989"),
            p07_force_narrows_the_zone,
        ),
        Statement(
            "P8",
            "multifidus provides more than two thirds of the increase in stiffness at one segment, "
            "but the stability of the whole spine does not depend on a single muscle group",
            (PART_1,),
            p08_one_segment_against_whole,
        ),
        Statement(
            "P9",
            "the other subsystems compensate for a deficit of one subsystem within limits: effort "
            "increases with the deficit, and the outcomes are success, success at a cost, and "
            "failure",
            (PART_1,),
            p09_compensation,
        ),
        Statement(
            "P10",
            "there is a pain-free zone, and pain occurs if the neutral zone exceeds it",
            (IN_2003,),
            p10_pain_free_zone,
        ),
        Statement(
            "P11",
            "injured ligaments corrupt the signals that control muscles, which increases strain "
            "and damage: this loop may change from healing to chronic damage",
            (IN_2006,),
            p11_subfailure,
        ),
        Statement(
            "P12",
            "sway increases with noise and delay of the sensors at constant passive stiffness",
            (IN_2003,),
            p12_sway_rises,
        ),
        Statement(
            "P13",
            "the column carries compression along its curve and becomes stiffer; under the same "
            "vertical force it buckles",
            (PART_1,),
            p13_direction_of_load,
        ),
        Statement(
            "P14",
            "a soft neutral zone lowers the critical load, but the elastic zone limits the "
            "rotation after buckling",
            (PART_2,),
            p14_caught_after_buckling,
        ),
    )


def statement(id: str) -> Statement:
    """A statement by its identifier, "P1" to "P14".

    Raises
    ------
    UnknownNameError
        For any other identifier.
    """
    known = {s.id: s for s in statements()}
    if id not in known:
        raise unknown("statement", id, known)
    return known[id]


def hypothesis(only: Iterable[str] = ()) -> tuple[Finding, ...]:
    """The findings of all statements, or of those in `only`, in their order; about ten seconds."""
    selected = {id: statement(id) for id in set(only)}
    return tuple(s.run() for s in statements() if not selected or s.id in selected)
