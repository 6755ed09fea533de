"""P1, P7 and P8 at the default values: numbers and data of their figures."""

from __future__ import annotations

import numpy as np

from panjabi.literature import row
from panjabi.passive.injury import with_injuries
from panjabi.passive.protocol import Protocol
from panjabi.recruitment.posture import recruit
from panjabi.spine.derivatives import jacobian, static_stiffness
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.short_range import bergmark
from panjabi.spine.static_build import static_spine
from panjabi.spine.subject import Subject
from panjabi.spine.tangents import tangent
from panjabi.stability.segment import segment_gain
from panjabi.stability.segment_experiments import (
    GROUPS_AT_L45,
    WORST_INJURY,
    unit_under_multifidus,
)
from panjabi.stability.static_stability_of_muscles import static_stability
from panjabi.statements.finding import Illustration, illustration
from panjabi.statements.muscle_measures import HELD, largest_loss, needed_groups
from panjabi.statements.quiet_stance import standing_trunk

FORCES = (0.0, 5.0, 20.0, 40.0, 60.0)  # on each side of L4-L5 [N]


def three_subsystems(subject: Subject) -> Illustration:
    """P1: stiffness of the weakest mode by subsystem, and without units or without muscles."""
    standing = recruit(static_spine("standing", subject=subject))
    law = standing.stiffness
    state = static_stability(standing.spine, standing.forces, stiffness=law)
    contributions = state.subsystem_contributions()
    bare = standing.spine.with_units([u.with_structures(()) for u in standing.spine.units])
    without_units = static_stability(bare, standing.forces, stiffness=law).least_stiffness
    without_muscles = float(np.linalg.eigvalsh(standing.spine.constant)[0])
    trunk = equilibrium(standing_trunk(subject))
    slow = float(tangent(trunk.model, trunk.state, which="slow")[0, 0])
    held = static_stiffness(trunk.model, jacobian(trunk.model, trunk.state, friction="relaxed"))
    return illustration(
        "with the muscle forces of standing, before fibres and units relax, the spine is "
        f"{_state(without_units)} without the units and {_state(without_muscles)} without the "
        "muscles",
        ("least_stiffness_Nm_per_rad", state.least_stiffness, "standing, with the margin"),
        ("share_passive_Nm_per_rad", contributions["passive"], "in the weakest mode, with preload"),
        ("share_active_Nm_per_rad", contributions["active"], "in the weakest mode"),
        ("share_loads_Nm_per_rad", contributions["loads"], "in the weakest mode"),
        ("least_without_units_Nm_per_rad", without_units, "the same forces"),
        ("least_without_muscles_Nm_per_rad", without_muscles, "units under the same preload"),
        ("trunk_stiffness_Nm_per_rad", slow, "one joint, passive, active and weight, slow motion"),
        ("trunk_reflex_Nm_per_rad", float(held[0, 0]) - slow, "one joint, slow motion"),
        figure="plot_subsystem_shares",
        data=contributions | {"sum": sum(contributions.values())},
    )


def _state(least: float) -> str:
    return "stable" if least > 0.0 else "unstable"


def force_and_zone(subject: Subject) -> Illustration:
    """P7: forces on each side of L4-L5 with the most severe injury, after two waits."""
    spine = static_spine("standing", subject=subject)
    intact_unit = subject.unit("L4-L5", rib_cage=False)
    injured_unit = with_injuries(intact_unit, WORST_INJURY)

    def tested(tested_unit, axis: int, force: float, wait: float = 30.0) -> tuple[float, float]:
        plan = Protocol(wait=wait)
        test = unit_under_multifidus(spine, tested_unit, axis, 2.0 * force, protocol=plan)
        return test.half_width, test.end_plus - test.end_minus

    intact = [tested(intact_unit, axis, 0.0) for axis in (0, 1)]
    loaded = [tested(injured_unit, 0, f) for f in FORCES]
    zone = [z / intact[0][0] for z, _ in loaded]
    reach = [r / intact[0][1] for _, r in loaded]
    bending = [tested(injured_unit, 1, f)[0] / intact[1][0] for f in FORCES]
    late = [tested(injured_unit, 0, f, 600.0)[0] for f in (FORCES[0], FORCES[-1])]
    late = [z / tested(intact_unit, 0, 0.0, 600.0)[0] for z in late]
    return illustration(
        "the moment of the muscle moves the unit to a stiffer position in flexion-extension; in "
        "lateral bending a symmetric pair has no moment. The published behaviour was quoted from "
        "memory, and its injuries are assumed",
        ("zone_injured_over_intact", zone[0], "without force, flexion-extension"),
        ("zone_with_60N_over_intact", zone[-1], "the same with 60 N on each side"),
        ("late_zone_injured_over_intact", late[0], "after 10 min, without force"),
        ("late_zone_with_60N_over_intact", late[-1], "after 10 min, with 60 N"),
        ("range_injured_over_intact", reach[0], "without force"),
        ("range_with_60N_over_intact", reach[-1], "with 60 N"),
        ("bending_zone_injured_over_intact", bending[0], "lateral bending, without force"),
        ("bending_zone_with_60N_over_intact", bending[-1], "lateral bending, with 60 N"),
        sources=(row("pan89_nz").bib,),
        figure="plot_zone_under_force",
        data=(FORCES, zone, reach, bending),
    )


def segment_and_whole(subject: Subject) -> Illustration:
    """P8: contribution of multifidus at one level; groups that the whole spine can lose."""
    force = row("wil95_force").number
    spine = static_spine("standing", subject=subject)
    gain = segment_gain(spine, "L4-L5", GROUPS_AT_L45, force=force, stiffness=bergmark())
    total = sum(float(g[0]) for g in gain.values())
    percent = {group: 100.0 * float(g[0]) / total for group, g in gain.items()}
    lifting = recruit(static_spine("standing", subject=subject, load=HELD))
    counts = needed_groups(lifting)
    return illustration(
        "other muscles have moment arms as long as those of multifidus, so that with equal forces "
        "it does not dominate; the published value was quoted from memory",
        ("multifidus_percent", percent["multifidus_lumbar"], "of the stiffness gain at L4-L5"),
        ("groups_that_are_needed", counts["groups_that_are_needed"], "others cannot replace them"),
        ("groups", counts["groups"], "of the musculature, standing with 32 kg"),
        ("largest_loss_percent", largest_loss(lifting), "of least stiffness, forces held"),
        sources=(row("wil95_mf").bib, row("cho02").bib),
        figure="plot_segment_shares",
        data=percent,
    )
