"""Experiments on the lumbar spine with muscles: P1, P8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from panjabi.assessment import Experiment
from panjabi.cohort.random_numbers import generator
from panjabi.errors import ConvergenceError
from panjabi.literature import row
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, recruit, recruit_again
from panjabi.spine.short_range import bergmark
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import StaticSpine
from panjabi.spine.subject import Subject
from panjabi.stability.segment import segment_gain
from panjabi.stability.segment_experiments import GROUPS_AT_L45
from panjabi.stability.static_stability_of_muscles import static_stability
from panjabi.statements.altered_units import linear_unit, scaled
from panjabi.statements.criteria import AllOf, Limit
from panjabi.statements.declarations import DECLARATIONS

Draw = Mapping[str, float]
NO_RESULT = (ConvergenceError, InfeasibleRecruitment)
"""Muscles that cannot hold the posture say nothing."""

HELD = 32.0  # mass in the hands while groups are removed [kg]
ROUNDING = 1e-9  # relative difference that counts as none


# --- P1: the sum of three subsystems ---------------------------------------------------------


def _sum(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    law = bergmark(draw["q"])
    spine = static_spine("standing", subject=subject)
    spine = spine.with_units([scaled(u, draw["stiffness"]) for u in spine.units])
    standing = recruit(spine, stiffness=law)
    spine, forces = standing.spine, standing.forces
    if model == "linear_joints":
        spine = spine.with_units([linear_unit(u) for u in spine.units])
    if model == "shuffled_muscles":
        forces = forces[generator(0, stream="muscles").permutation(len(forces))]
    if model == "without_muscles":
        forces = np.zeros_like(forces)
    state = static_stability(spine, forces, stiffness=law)
    parts, least = state.subsystem_contributions(), state.least_stiffness
    return {
        "least_stiffness_Nm_per_rad": least,
        "difference_of_the_sum": abs(sum(parts.values()) - least)
        / max(map(abs, (least, *parts.values()))),
    }


P1 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P1"],
    numbers={
        "least_stiffness_Nm_per_rad": "of the lumbar spine under these forces",
        "difference_of_the_sum": "least stiffness less the sum of contributions, relative",
    },
    measure=_sum,
    criteria={"sum": AllOf((Limit("difference_of_the_sum", "below", ROUNDING),))},
)


# --- P8: one segment against the whole spine -------------------------------------------------


def _one_segment(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    spine = static_spine("standing", subject=subject)
    if model == "shuffled_muscles":
        order = generator(0, stream="groups").permutation(len(spine.muscles.groups))
        groups = np.array(spine.muscles.groups)[order].tolist()
        spine = spine.with_muscles(replace(spine.muscles, groups=tuple(groups)))
    gain = {}
    for group in GROUPS_AT_L45:
        force = draw["force"]
        if model == "equal_activation":
            force *= _strength(spine, group) / _strength(spine, "multifidus_lumbar")
        part = segment_gain(spine, "L4-L5", [group], force=force, stiffness=bergmark(draw["q"]))
        gain[group] = float(part[group][0])
    share = gain["multifidus_lumbar"] / sum(gain.values())
    out = {"multifidus_percent": 100.0 * share}
    if out["multifidus_percent"] > row("wil95_mf").number:  # else the second part decides nothing
        lifting = recruit(static_spine("standing", subject=subject, load=HELD))
        out |= needed_groups(lifting) | {"largest_loss_percent": largest_loss(lifting)}
    return out


def _strength(spine: StaticSpine, group: str) -> float:
    crossing = np.abs(spine.muscles.slope[:, 3 * spine.level_index("L4-L5")]) > 1e-6
    chosen = spine.muscles.members(group) & crossing
    return float(spine.muscles.max_force[chosen].sum())


def needed_groups(lifting: SpineRecruitment) -> dict[str, float]:
    """Number of groups, and of those whose loss no other group can replace."""
    groups = sorted(set(lifting.spine.muscles.groups))
    needed = 0
    for group in groups:
        weak = lifting.spine.with_muscles(lifting.spine.muscles.weakened(1.0, group))
        try:
            recruit_again(lifting, weak)
        except InfeasibleRecruitment:
            needed += 1
    return {"groups": float(len(groups)), "groups_that_are_needed": float(needed)}


def largest_loss(lifting: SpineRecruitment) -> float:
    """Largest loss of least stiffness by the stiffness of one group, forces held [%]."""
    spine, law = lifting.spine, lifting.stiffness
    state = static_stability(spine, lifting.forces, stiffness=law)
    worst = 0.0
    for group in sorted(set(spine.muscles.groups)):
        k = np.where(spine.muscles.members(group), state.muscle_stiffness, 0.0)
        slope = spine.muscles.slope
        left = float(np.linalg.eigvalsh(state.hessian - slope.T @ (k[:, None] * slope))[0])
        worst = max(worst, 100.0 * (1.0 - left / state.least_stiffness))
    return worst


_MOST = Limit("multifidus_percent", "above", row("wil95_mf").number)

P8 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P8"],
    numbers={
        "multifidus_percent": "of the increase in stiffness at L4-L5, flexion-extension",
        "groups": "of the musculature",
        "groups_that_are_needed": "their loss is not replaced, 32 kg held",
        "largest_loss_percent": "of least stiffness without one group, forces held",
    },
    measure=_one_segment,
    criteria={
        "recruited_again": AllOf((_MOST, Limit("groups_that_are_needed", "below", 0.5))),
        "forces_held": AllOf((_MOST, Limit("largest_loss_percent", "below", row("cho02").number))),
    },
)
