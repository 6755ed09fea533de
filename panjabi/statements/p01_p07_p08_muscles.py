"""Experiments on the lumbar spine with muscles: P1, P7, P8."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from panjabi.literature import row
from panjabi.passive.injury import with_injuries
from panjabi.passive.protocol import Protocol
from panjabi.passive.standard import unit
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import recruit, recruit_again
from panjabi.spine.derivatives import jacobian, static_stiffness
from panjabi.spine.equilibrium_solver import equilibrium
from panjabi.spine.static_build import static_spine
from panjabi.spine.tangents import tangent
from panjabi.stability.algebra import root
from panjabi.stability.segment_experiments import WORST_INJURY, gain_at_l45, unit_under_multifidus
from panjabi.stability.static_stability_of_muscles import static_stability
from panjabi.statements.finding import Finding, Outcome, Statement
from panjabi.statements.quiet_stance import standing_trunk

FORCES = (0.0, 20.0, 40.0, 60.0)  # on each side of L4-L5 [N]
ABOUT_INTACT = (0.8, 1.25)  # of the intact neutral zone, assumed


def p01_three_subsystems(statement: Statement) -> Finding:
    """P1: stiffness of the weakest mode by subsystem, and without units or without muscles."""
    standing = recruit(static_spine("standing"))
    law = standing.stiffness
    state = static_stability(standing.spine, standing.forces, stiffness=law)
    contributions = state.subsystem_contributions()
    bare = standing.spine.with_units([u.with_structures(()) for u in standing.spine.units])
    without_units = static_stability(bare, standing.forces, stiffness=law).least_stiffness
    without_muscles = float(np.linalg.eigvalsh(standing.spine.constant)[0])
    trunk = equilibrium(standing_trunk())
    slow = float(tangent(trunk.model, trunk.state, which="slow")[0, 0])
    held = static_stiffness(trunk.model, jacobian(trunk.model, trunk.state, friction="relaxed"))
    return statement.finding(
        "fixed by construction",
        "the Hessian is a sum of terms because the model is defined in this way, and a reflex "
        "changes the spectrum because it is in the equations. One result is not fixed in advance: "
        "with the muscle forces of standing, before fibres and units relax, the spine is "
        f"{_state(without_units)} without the units and {_state(without_muscles)} without the "
        "muscles",
        ("least_stiffness_Nm_per_rad", state.least_stiffness, "standing, with the margin"),
        ("share_passive_Nm_per_rad", contributions["passive"], "in the weakest mode, with preload"),
        ("share_active_Nm_per_rad", contributions["active"], "in the weakest mode"),
        ("share_loads_Nm_per_rad", contributions["loads"], "in the weakest mode"),
        ("least_without_units_Nm_per_rad", without_units, "the same forces"),
        ("least_without_muscles_Nm_per_rad", without_muscles, "units under the same preload"),
        (
            "trunk_stiffness_Nm_per_rad",
            slow,
            "one joint, passive plus active minus weight, slow motion",
        ),
        ("trunk_reflex_Nm_per_rad", float(held[0, 0]) - slow, "one joint, slow motion"),
        figure="plot_subsystem_shares",
        data=contributions | {"sum": sum(contributions.values())},
    )


def _state(least: float) -> str:
    return "stable" if least > 0.0 else "unstable"


def p07_force_narrows_the_zone(statement: Statement) -> Finding:
    """P7: 60 N on each side across L4-L5 with the most severe injury, after two waits."""
    spine = static_spine("standing")
    intact_unit, injured_unit = unit("L4-L5"), with_injuries(unit("L4-L5"), WORST_INJURY)

    def tested(tested_unit, axis: int, force: float, wait: float = 30.0) -> tuple[float, float]:
        test = unit_under_multifidus(spine, tested_unit, axis, force, protocol=Protocol(wait=wait))
        return test.half_width, test.end_plus - test.end_minus

    intact = [tested(intact_unit, axis, 0.0) for axis in (0, 1)]
    loaded = [tested(injured_unit, 0, f) for f in FORCES]
    zone = [z / intact[0][0] for z, _ in loaded]
    reach = [r / intact[0][1] for _, r in loaded]
    bending = [tested(injured_unit, 1, f)[0] / intact[1][0] for f in FORCES]
    late = [tested(injured_unit, 0, f, 600.0)[0] for f in FORCES]
    late = [z / tested(intact_unit, 0, 0.0, 600.0)[0] for z in late]
    balance = _force_of_intact(lambda f: tested(injured_unit, 0, f)[0] / intact[0][0])

    def restored(zones: list[float]) -> bool:
        falls = all(b < a for a, b in pairwise(zones))
        return falls and ABOUT_INTACT[0] <= zones[-1] <= ABOUT_INTACT[1]

    cases = [restored(zone), restored(late), restored(bending)]
    kept = reach[-1] > ABOUT_INTACT[1]
    outcome: Outcome = "undetermined"
    if all(cases) and kept:
        outcome = "supported"
    elif not any(cases) or not kept:
        outcome = "contradicted"
    return statement.finding(
        outcome,
        "about intact means 0.8 to 1.25 of the intact zone (assumed), at 60 N, the force of the "
        f"published test. In flexion-extension the zone is {zone[-1]:.2f} of intact after 30 s and "
        f"{late[-1]:.2f} after 10 min, since the moment of the muscle moves the unit to a stiffer "
        f"position; it has its intact size at {balance:.0f} N. In lateral bending, where a "
        f"symmetric pair has no moment, it is {bending[-1]:.2f}, and {bending[0]:.2f} without "
        "force. The published behaviour was quoted from memory, and its injuries are assumed",
        ("zone_injured_over_intact", zone[0], "without force, flexion-extension"),
        ("zone_with_60N_over_intact", zone[-1], "the same with 60 N"),
        ("late_zone_injured_over_intact", late[0], "after 10 min, without force"),
        ("late_zone_with_60N_over_intact", late[-1], "after 10 min, with 60 N"),
        ("force_that_restores_the_zone_N", balance, "on each side"),
        ("range_injured_over_intact", reach[0], "without force"),
        ("range_with_60N_over_intact", reach[-1], "with 60 N"),
        ("bending_zone_injured_over_intact", bending[0], "lateral bending, without force"),
        ("bending_zone_with_60N_over_intact", bending[-1], "lateral bending, with 60 N"),
        sources=(row("pan89_nz").bib,),
        figure="plot_zone_under_force",
        data=(FORCES, zone, reach, bending),
    )


def _force_of_intact(zone: Callable[[float], float]) -> float:
    """Force at which the neutral zone has its intact size [N]; nan if none up to 60 N."""
    if not zone(0.0) > 1.0 > zone(FORCES[-1]):
        return float("nan")
    return root(lambda f: zone(f) - 1.0, 0.0, FORCES[-1], within=1e-6)


def p08_one_segment_against_whole(statement: Statement) -> Finding:
    """P8: contribution of multifidus at one level; groups that the whole spine can lose."""
    gain = gain_at_l45()
    total = sum(float(g[0]) for g in gain.values())
    percent = {group: 100.0 * float(g[0]) / total for group, g in gain.items()}
    multifidus = percent["multifidus_lumbar"]
    lifting = recruit(static_spine("standing", load=32.0))
    groups = sorted(set(lifting.spine.muscles.groups))
    needed = []
    for group in groups:
        weak = lifting.spine.with_muscles(lifting.spine.muscles.weakened(1.0, group))
        try:
            recruit_again(lifting, weak)
        except InfeasibleRecruitment:
            needed.append(group)
    first = multifidus > row("wil95_mf").number
    second = not needed
    names = ", ".join(needed) or "none"
    return statement.finding(
        "supported" if first and second else "contradicted",
        f"first part: multifidus provides {multifidus:.0f} % of the increase at L4-L5, not two "
        "thirds (published value quoted from memory): in this model other muscles have equally "
        "long moment arms, so that with equal forces multifidus does not dominate. Second part: "
        f"with 32 kg held and all other groups free to compensate, {len(groups) - len(needed)} of "
        f"{len(groups)} groups can be lost completely (exceptions: {names}). The statement needs "
        "both parts in the same model, so the first part decides",
        (
            "multifidus_share_percent",
            multifidus,
            "of the stiffness gain at L4-L5, flexion-extension",
        ),
        (
            "groups_that_can_be_lost",
            len(groups) - len(needed),
            "one at a time, standing with 32 kg",
        ),
        ("groups", len(groups), "of the musculature"),
        sources=(row("wil95_mf").bib, row("cho02").bib),
        figure="plot_segment_shares",
        data=percent,
    )
