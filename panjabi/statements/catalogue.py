"""The nineteen statements in the words of this project, and the experiment for each."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Unpack

from panjabi._caching import cached
from panjabi.cohort.engine import CohortOptions
from panjabi.errors import unknown
from panjabi.spine.subject import Subject
from panjabi.statements import column_figures, control_figures, muscle_figures, unit_figures
from panjabi.statements.column_measures import P3, P13, P14
from panjabi.statements.control_measures import P9, P11, P12
from panjabi.statements.finding import Finding, Statement
from panjabi.statements.muscle_measures import P1, P8
from panjabi.statements.reflex_measures import P15, P17, P19
from panjabi.statements.unit_measures import P2, P4, P5, P6, P7, P18

PART_1, PART_2, IN_2003, IN_2006 = "Panjabi1992a", "Panjabi1992b", "Panjabi2003", "Panjabi2006"


@cached
def statements() -> tuple[Statement, ...]:
    """The statements P1 to P19."""
    return (
        Statement(
            "P1",
            "column, muscles and control together provide stability; the total stiffness is the "
            "sum of their stiffness and that of the loads, and stability depends on its smallest "
            "eigenvalue or on the rightmost root",
            (PART_1,),
            P1,
            muscle_figures.three_subsystems,
        ),
        Statement(
            "P2",
            "around neutral there is a range with little passive resistance: the stiffness at "
            "neutral is less than half of that at full moment, at every level and in every "
            "direction",
            (PART_2,),
            P2,
            unit_figures.neutral_zones,
        ),
        Statement(
            "P3",
            "the column alone cannot carry the weight of the body",
            (PART_1, PART_2),
            P3,
            column_figures.column_alone,
        ),
        Statement(
            "P4",
            "injury tends to increase the neutral zone by a larger factor than the range of motion",
            (PART_2,),
            P4,
            unit_figures.injuries,
        ),
        Statement(
            "P5",
            "degeneration increases the ratio of neutral zone to range of motion, while the range "
            "decreases in flexion-extension and lateral bending",
            (PART_2,),
            P5,
            unit_figures.degeneration,
        ),
        Statement(
            "P6",
            "fixation reduces the neutral zone by a larger factor than the range of motion, in "
            "every direction",
            (PART_2,),
            P6,
            unit_figures.fixation,
        ),
        Statement(
            "P7",
            "muscle force across an injured joint restores the neutral zone to about its intact "
            "size, but not the range of motion",
            (PART_2, "Panjabi1989"),
            P7,
            muscle_figures.force_and_zone,
        ),
        Statement(
            "P8",
            "multifidus provides more than two thirds of the increase in stiffness at one segment, "
            "but the stability of the whole spine does not depend on a single muscle group",
            (PART_1,),
            P8,
            muscle_figures.segment_and_whole,
        ),
        Statement(
            "P9",
            "the other subsystems compensate for a deficit of one subsystem within limits: effort "
            "increases with the deficit, and the outcomes are success, success at a cost, and "
            "failure",
            (PART_1,),
            P9,
            control_figures.compensation,
        ),
        Statement(
            "P10",
            "there is a pain-free zone, and pain occurs if the neutral zone exceeds it",
            (IN_2003,),
            None,
            unit_figures.pain_free_zone,
            untested="the size of the pain-free zone was never published, and no part of the model "
            "computes pain",
        ),
        Statement(
            "P11",
            "injured ligaments corrupt the signals that control muscles, which increases strain "
            "and damage: this loop may change from healing to chronic damage",
            (IN_2006,),
            P11,
            control_figures.subfailure,
        ),
        Statement(
            "P12",
            "sway increases with noise and delay of the sensors at constant passive stiffness",
            (IN_2003,),
            P12,
            control_figures.sway,
        ),
        Statement(
            "P13",
            "the column carries compression along its curve and becomes stiffer; under the same "
            "vertical force it buckles",
            (PART_1,),
            P13,
            column_figures.load_direction,
        ),
        Statement(
            "P14",
            "a soft neutral zone lowers the critical load, but the elastic zone limits the "
            "rotation after buckling",
            (PART_2,),
            P14,
            column_figures.after_buckling,
        ),
        Statement(
            "P15",
            "ligaments are transducers: the signals of their receptors contribute to the response "
            "of the muscles, so that the subsystems depend on each other",
            (PART_1, IN_2006),
            P15,
        ),
        Statement(
            "P16",
            "over a long time all three subsystems adapt to a deficit, with benefit or with harm",
            (PART_1,),
            None,
            untested="damage, healing, training and learning over weeks are not part of these "
            "models",
        ),
        Statement(
            "P17",
            "errors in the timing of the muscle response, too early or too late, increase the "
            "excursion of the column",
            (PART_1,),
            P17,
        ),
        Statement(
            "P18",
            "the neutral zone shows an injury better than the range of motion does, in specimens "
            "that differ",
            (PART_2,),
            P18,
        ),
        Statement(
            "P19",
            "subfailure of a ligament corrupts the signals of its receptors, corrupted signals "
            "change the response of the muscles, and the changed response increases the load on "
            "the joint",
            (IN_2006,),
            P19,
        ),
    )


def statement(id: str) -> Statement:
    """A statement by its identifier, "P1" to "P19".

    Raises
    ------
    UnknownNameError
        For any other identifier.
    """
    known = {s.id: s for s in statements()}
    if id not in known:
        raise unknown("statement", id, known)
    return known[id]


def hypothesis(
    only: Iterable[str] = (),
    subject: Subject | None = None,
    *,
    draws: int = 8,
    seed: int = 0,
    **options: Unpack[CohortOptions],
) -> tuple[Finding, ...]:
    """The findings of all statements, or of those in `only`, in their order.

    subject : whose spine it is; by default the standard adult.
    draws, seed, options : as for `panjabi.assessment.assessment_of`. Eight draws of all statements
        take about three minutes of one core.
    """
    selected = {id: statement(id) for id in set(only)}
    return tuple(
        s.run(subject, draws=draws, seed=seed, **options)
        for s in statements()
        if not selected or s.id in selected
    )
