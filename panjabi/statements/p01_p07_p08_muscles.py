"""Statements that need the muscles of the lumbar spine: P1, P7, P8."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np

from panjabi.literature import row
from panjabi.passive.injury import injured
from panjabi.passive.standard import unit
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import problem_of, recruit
from panjabi.recruitment.solve import solve_recruitment
from panjabi.spine.static_build import static_spine
from panjabi.stability.algebra import root
from panjabi.stability.one_joint_trunk import reduced_trunk
from panjabi.stability.segment_experiments import WORST_INJURY, gain_at_l45, unit_under_multifidus
from panjabi.stability.static_stability_of_muscles import static_stability
from panjabi.statements.finding import Finding, Statement

FORCES = (0.0, 20.0, 40.0, 60.0)  # on each side of L4-L5 [N]


def p01_three_subsystems(statement: Statement) -> Finding:
    """P1: the weakest mode's stiffness by subsystem, and what is left without each."""
    held = recruit(static_spine("standing"))
    state = static_stability(held.spine, held.forces, stiffness=held.stiffness)
    shares = state.subsystem_contributions()
    bare = held.spine.with_units([u.with_structures(()) for u in held.spine.units])
    without_units = static_stability(bare, held.forces, stiffness=held.stiffness).least_stiffness
    without_muscles = float(np.linalg.eigvalsh(held.spine.constant)[0])
    trunk = reduced_trunk()
    return statement.finding(
        "fixed by construction",
        "the Hessian is the sum of its terms because the model is built so, and a reflex enters "
        "the spectrum because it is in the equations. What could have come out otherwise: with "
        "the forces of standing, taking away units or muscles leaves the spine unstable, so "
        "neither is spare",
        ("least_stiffness_Nm_per_rad", state.least_stiffness, "standing, floor 1, q = 10"),
        ("share_passive_Nm_per_rad", shares["passive"], "in the weakest mode, with preload"),
        ("share_active_Nm_per_rad", shares["active"], "in the weakest mode"),
        ("share_loads_Nm_per_rad", shares["loads"], "in the weakest mode"),
        ("least_without_units_Nm_per_rad", without_units, "the same forces"),
        ("least_without_muscles_Nm_per_rad", without_muscles, "units under the same preload"),
        (
            "trunk_stiffness_Nm_per_rad",
            trunk.stiffness,
            "one joint, passive and active less weight",
        ),
        ("trunk_reflex_Nm_per_rad", trunk.reflex_stiffness, "one joint, of a slow push"),
        figure="plot_subsystem_shares",
        data=shares | {"sum": sum(shares.values())},
    )


def p07_force_narrows_the_zone(statement: Statement) -> Finding:
    """P7: 60 N on each side across the worst injured L4-L5."""
    spine = static_spine("standing")
    whole, hurt = unit("L4-L5"), injured(unit("L4-L5"), *WORST_INJURY)

    def tested(one, axis: int, force: float) -> tuple[float, float]:
        found = unit_under_multifidus(spine, one, axis, force)
        return found.half_width, found.end_plus - found.end_minus

    intact = [tested(whole, axis, 0.0) for axis in (0, 1)]
    pulled = [tested(hurt, 0, f) for f in FORCES]
    zone = [z / intact[0][0] for z, _ in pulled]
    reach = [r / intact[0][1] for _, r in pulled]
    bending = [tested(hurt, 1, f)[0] / intact[1][0] for f in FORCES]
    balance = _force_of_intact(lambda f: tested(hurt, 0, f)[0] / intact[0][0])
    falls = all(b < a for a, b in pairwise(zone))
    holds = falls and zone[-1] <= 1.25 and reach[-1] > 1.25
    return statement.finding(
        "supported" if holds else "contradicted",
        f"the intact zone is back at {balance:.0f} N and at 60 N it is far smaller, where the "
        "published one was about intact. In flexion-extension only: the moment of the muscle "
        "moves the unit to where it is stiff. In bending, where a pair has no moment, 60 N of "
        "constant force changes next to nothing. The published behaviour is recalled, and its "
        "injuries were guessed",
        ("zone_injured_over_intact", zone[0], "without force, flexion-extension"),
        ("zone_with_60N_over_intact", zone[-1], "the same with 60 N"),
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
    """Force at which the zone is that of the intact unit [N]; nan where none up to 60 N does it."""
    if not zone(0.0) > 1.0 > zone(FORCES[-1]):
        return float("nan")
    return root(lambda f: zone(f) - 1.0, 0.0, FORCES[-1], within=1e-6)


def p08_one_segment_against_whole(statement: Statement) -> Finding:
    """P8: multifidus' share at one level; which groups the whole spine can lose."""
    gain = gain_at_l45()
    total = sum(float(g[0]) for g in gain.values())
    shares = {group: 100.0 * float(g[0]) / total for group, g in gain.items()}
    share = shares["multifidus_lumbar"]
    held = recruit(static_spine("standing", load=32.0))
    groups = sorted(set(held.spine.muscles.groups))
    spared = {}
    for group in groups:
        weak = held.spine.with_muscles(held.spine.muscles.weakened(1.0, group))
        try:
            solve_recruitment(problem_of(weak, held.stiffness), floor=held.result.floor)
            spared[group] = True
        except InfeasibleRecruitment:
            spared[group] = False
    needed = [g for g, free in spared.items() if not free]
    first = share > row("wil95_mf").number
    second = not needed
    names = ", ".join(needed) or "none"
    return statement.finding(
        "supported" if first and second else "contradicted",
        f"first half: multifidus gives {share:.0f} % of the gain at L4-L5, not two thirds "
        "(recalled): here other muscles have arms as long, and equal forces do not single it "
        "out. Second half: with 32 kg held and all others free to answer, "
        f"{len(groups) - len(needed)} of {len(groups)} groups can be lost whole (not: {names}). "
        "Both halves were asked of one model, so that the first fails decides",
        ("multifidus_share_percent", share, "of the stiffness gain at L4-L5, flexion-extension"),
        (
            "groups_that_can_be_lost",
            len(groups) - len(needed),
            "one at a time, standing with 32 kg",
        ),
        ("groups", len(groups), "of the musculature"),
        sources=(row("wil95_mf").bib, row("cho02").bib),
        figure="plot_segment_shares",
        data=shares,
    )
