"""Published figures that a lumbar spine with muscles can answer at rest, beside what it gives.

Roles are those of the tables, fixed before; bands of acceptance are those of `cases`: two standard
deviations where a spread was printed, else a quarter. Compression is compared as a ratio to
standing, since area and factor of the pressure are uncertain by as much as the answer.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from panjabi.body import standard_adult
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.literature import row
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, problem_of, recruit
from panjabi.recruitment.solve import solve_recruitment
from panjabi.spine.short_range import Q_VALUES, bergmark
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import LEVELS, HeldLoad, StaticSpine
from panjabi.spine.strength import moment_demand, strength
from panjabi.stability.segment import laboratory_with_muscles, muscles_across, segment_gain
from panjabi.stability.static_stability_of_muscles import static_stability
from panjabi.validation.case import Case, judged

SILENT = 0.5
"""Co-activation below this counts as none [% MVC]."""

BEND_DEG = 36.0
"""Inclination of a trunk "flexed forward": that of the strength study; half lumbar, half pelvis."""

CLOSE, AWAY = 0.25, 0.60
"""Assumed distance of a crate in front of L5-S1, held close and held away [m]."""

WORST_INJURY = ("cut=SSL+ISL", "facetectomy", "nucleus")
"""Of L4-L5 in the simulation of Panjabi's 1989 test: ligaments behind, both facets, nucleus."""


def muscle_cases() -> tuple[Case, ...]:
    """All cases, in the order of the tables; some ten seconds."""
    return tuple(case() for case in CASES)


# --- postures and answers, each once ------------------------------------------------------


def _standing(load: float = 0.0, q: float = 10.0, floor: float | None = 1.0) -> SpineRecruitment:
    return _recruited(load, q, floor)  # a cache tells arguments left out from the same ones given


@cache
def _recruited(load: float, q: float, floor: float | None) -> SpineRecruitment:
    return recruit(static_spine("standing", load=load), floor=floor, stiffness=bergmark(q))


@cache
def _bent(degrees: float) -> StaticSpine:
    body, half = standard_adult(), 0.5 * degrees
    q = body.flexed(
        angles_deg={"lumbar flexion": half, "pelvis anterior tilt": half, "hip flexion": half}
    )
    return static_spine(q)


@cache
def _bent_over(degrees: float) -> SpineRecruitment:
    return recruit(_bent(degrees))


@cache
def _supine() -> SpineRecruitment:
    return recruit(static_spine("supine"))


def _with_crate(mass: float, forward: float) -> StaticSpine:
    """A crate in front of L5-S1 at the height of T12, moving with the thorax."""
    spine = static_spine("standing")
    b = spine.body.body_index("T12")
    place = spine.body.joint_centre(spine.poses, "L5") + np.array([forward, 0.0, 0.0])
    place[1] = spine.poses.t[b][1]
    local = spine.poses.R[b].T @ (place - spine.poses.t[b])
    return spine.with_load(HeldLoad(mass, tuple(local.tolist())))


def _l45(state: SpineRecruitment) -> float:
    return state.compression["L4-L5"]


# --- co-activation ------------------------------------------------------------------------

DEPENDS = (
    "inverse in q, higher with the floor, lower with passive and preload stiffness; weighted mean "
    "of rectus and obliques, of which the internal obliques do nearly all; transversus works "
    "beside them and is not counted"
)


def _by_q(load: float) -> str:
    found = [f"{100.0 * _standing(load, q).coactivation:.2f} at q = {q:g}" for q in Q_VALUES]
    return ", ".join(found)


def coactivation(id: str, load: float) -> Case:
    """Cholewicki 1997, with the stability floor: nothing was set by it."""
    return judged(
        id,
        100.0 * _standing(load).coactivation,
        f"floor 1 N m/rad, q = 10 ({_by_q(load)}); {DEPENDS}",
    )


def equilibrium_only() -> Case:
    """No co-activation where only moments are balanced."""
    found = max(100.0 * _standing(load, 10.0, None).coactivation for load in (0.0, 32.0))
    return judged(
        "coact_static",
        found,
        "the larger of 0 and 32 kg, least squares; what is left is bending of single levels",
        met=found < SILENT,
        accept=f"below {SILENT:g}",
    )


def without_passive(id: str, load: float) -> Case:
    """The same with the stiffness of all units taken away."""
    spine = static_spine("standing", load=load)
    bare = spine.with_units([u.with_structures(()) for u in spine.units])
    found = 100.0 * recruit(bare).coactivation
    return judged(id, found, "every structure of every unit taken away, q = 10")


# --- compression --------------------------------------------------------------------------


def _ratio(id: str, standing: str, state: SpineRecruitment | None, reason: str) -> Case:
    """Compression of L4-5 over that of standing against the same ratio of pressures or loads."""
    aim = row(id).number / row(standing).number
    return judged(
        id,
        None if state is None else _l45(state) / _l45(_standing()),
        reason,
        value=aim,
        unit="1",
        quantity=f"{row(id).quantity}, ratio to standing",
        published=f"{aim:.3g} ({row(id).text} / {row(standing).text} {row(id).unit})",
    )


def lying(id: str, standing: str) -> Case:
    return _ratio(
        id,
        standing,
        _supine(),
        "every part supported, so no weight on the disc: what is left is passive tension and floor",
    )


def bent_forward(id: str, standing: str) -> Case:
    sweep = ", ".join(
        f"{_l45(_bent_over(d)) / _l45(_standing()):.2f} at {d:g} deg" for d in (30.0, 40.0)
    )
    return _ratio(
        id,
        standing,
        _bent_over(BEND_DEG),
        f"inclination not printed; {BEND_DEG:g} deg, half of it lumbar, is assumed ({sweep})",
    )


def crate(id: str, standing: str, forward: float) -> Case:
    return _ratio(
        id,
        standing,
        recruit(_with_crate(20.0, forward)),
        f"20 kg, {forward:g} m in front of L5-S1 at the height of T12: both assumed; upright",
    )


def standing_pressure() -> Case:
    """Absolute, by factor and area: judged, though both are uncertain."""
    found = 1e-6 * _standing().disc_pressure["L4-L5"]
    return judged("wil99_relaxed_standing", found, "1.4 F / 1800 mm2 at L4-5, q = 10, floor 1")


def standing_load() -> Case:
    return judged("sat99_standing", _l45(_standing()), "L4-5, q = 10, floor 1")


def not_answered(id: str, why: str) -> Case:
    return judged(id, None, why)


# --- strength, stiffness of the trunk, critical q -----------------------------------------


def upper_body_weight() -> Case:
    spine = static_spine("standing")
    found = STANDARD_GRAVITY * float(spine.above[0] @ spine.body.mass)
    return judged("er_grav", found, "all above L5-S1 of the standard adult of 75 kg")


def flexion_strength() -> Case:
    found = strength(static_spine("standing"), "flexion").moment
    return judged(
        "flx_moment",
        found,
        "every joint in equilibrium; extensors scaled to 275 N m, abdominals as in the source",
        met=found >= row("flx_moment").number,
        accept="at least",
    )


def strength_when_bent(id: str, name: str) -> Case:
    upright = strength(static_spine("standing"), name).moment
    found = 100.0 * (strength(_bent(36.0), name).moment / upright - 1.0)
    return judged(
        id,
        found,
        "moment of the muscles on the thorax besides posture, 18 deg lumbar and 18 deg pelvis; the "
        "dynamometer's moment holds the weight of the trunk too",
    )


def driving_point_stiffness() -> Case:
    """Stiffness against a horizontal pull at a harness, at 20 % of extension strength."""
    spine = static_spine("standing")
    effort = 0.2 * strength(spine, "extension").moment
    b = spine.body.body_index("T12")
    joint = spine.body.joint_centre(spine.poses, "L5")
    harness = joint + np.array([0.0, 0.38, 0.0])
    local = spine.poses.R[b].T @ (harness - spine.poses.t[b])
    forward = spine.body.jacobian(spine.poses, "T12", local)[0, spine.indices]
    force = effort / 0.38
    # the cable pulls the harness forward and its energy -F x asks the muscles for the rest
    problem = problem_of(spine.with_preload(_standing().spine.compression(_standing().forces)))
    found = solve_recruitment(problem.with_demand(spine.demand - force * forward), floor=1.0)
    stiffness = 1.0 / float(forward @ np.linalg.solve(found.hessian, forward))
    return judged(
        "gms_k20",
        stiffness,
        f"horizontal cable 0.38 m above L5-S1 (assumed) with {force:.0f} N, q = 10; static and "
        "without reflexes, pelvis held, harness rigid",
    )


def critical_q_in_extension(id: str) -> Case:
    spine = static_spine("standing")
    most = strength(spine, "extension")
    pressed = spine.with_preload(spine.compression(most.forces))
    found = static_stability(pressed, most.forces).critical_q
    return judged(
        id, found, "forces of the largest extension moment, units under their compression"
    )


def critical_q_falls_with_preload() -> Case:
    """Efforts of 30 and 60 N m in six directions; units at 0, 250 and 500 N."""
    spine = static_spine("standing")
    falls = total = 0
    for name in ("extension", "flexion", "right bending", "left bending", "left rotation"):
        for effort in (row("sg_moment_lo").number, row("sg_moment_hi").number):
            demand = spine.demand + effort * moment_demand(spine, name)
            try:
                held = solve_recruitment(problem_of(spine).with_demand(demand), floor=None)
            except InfeasibleRecruitment:
                continue
            q = [
                static_stability(spine.with_preload([p] * len(LEVELS)), held.forces).critical_q
                for p in (0.0, 250.0, 500.0)
            ]
            total += 1
            falls += q[0] > q[1] > q[2]
    return judged(
        "sg_moment_lo",
        100.0 * falls / total,
        f"share of {total} efforts of 30 and 60 N m about three axes in which critical q falls "
        "from 0 over 250 to 500 N of segment preload, at fixed muscle forces",
        met=falls == total,
        accept="all",
        unit="%",
        quantity="efforts in which critical muscle stiffness falls with segment preload",
        published="in every case",
    )


def loss_without_a_group() -> Case:
    """How far the index falls when one group's stiffness is gone."""
    found = _standing(32.0)
    state = static_stability(found.spine, found.forces, stiffness=found.stiffness)
    groups = sorted(set(state.spine.muscles.groups))
    loss = {g: 1.0 - state.without(g).index / state.index for g in groups}
    worst = max(loss, key=lambda g: loss[g])
    return judged(
        "cho02",
        100.0 * loss[worst],
        f"{worst}, standing with 32 kg: forces of least effort sit on the floor, so that taking "
        "away any group that works buckles the spine; measured activity keeps a margin that this "
        "choice does not. When the others may answer, most groups can be lost whole",
        met=100.0 * loss[worst] <= row("cho02").number,
        accept="at most",
    )


# --- one level with muscles ---------------------------------------------------------------


def neutral_zone_with_muscle() -> Case:
    """P7, recalled: 60 N on the injured L4-5; neutral zone over intact, range over intact."""
    from panjabi.passive.injury import injured
    from panjabi.passive.standard import unit

    spine = static_spine("standing")
    own = np.array([n.startswith("MF_m4") for n in spine.muscles.names])
    share = np.where(own, spine.muscles.max_force, 0.0)
    share /= share.sum()
    intact, hurt = unit("L4-L5"), injured(unit("L4-L5"), *WORST_INJURY)

    def tested(one, force: float):
        across = muscles_across(spine, "L4-L5", force * share, stiffness=None)
        return laboratory_with_muscles(one, 0, across)

    whole, worst, pulled = tested(intact, 0.0), tested(hurt, 0.0), tested(hurt, 60.0)
    zone = pulled.half_width / whole.half_width
    reach = [one.end_plus - one.end_minus for one in (whole, worst, pulled)]
    fell = pulled.half_width < worst.half_width
    return judged(
        "pan89_nz",
        zone,
        f"neutral zone of flexion-extension over intact: injured "
        f"{worst.half_width / whole.half_width:.2f}, with 60 N of constant force {zone:.2f}; range "
        f"{reach[1] / reach[0]:.2f} and {reach[2] / reach[0]:.2f}. It is the moment of the muscle "
        "that does it: the unit rests where it is stiff. In bending and rotation, where a pair has "
        "no moment, 60 N changes next to nothing",
        met=fell and zone <= 1.25 and reach[2] / reach[0] > 1.25,
        accept="zone back within a quarter or below, range not",
        unit="1",
    )


def multifidus_share() -> Case:
    """P8, recalled: more than two thirds of the gain at L4-5."""
    groups = ("multifidus_lumbar", "longissimus", "iliocostalis", "psoas", "quadratus_lumborum")
    force = row("wil95_force").number
    gain = segment_gain(
        static_spine("standing"), "L4-L5", groups, force=force, stiffness=bergmark()
    )
    total = sum(gain.values())
    share = 100.0 * gain["multifidus_lumbar"] / total
    return judged(
        "wil95_mf",
        float(share[0]),
        f"flexion-extension; bending {share[1]:.0f}, rotation {share[2]:.0f} %. {force:g} N on "
        "each side of every group, q = 10, with its compression: other muscles have arms as long "
        "here, and equal forces do not single multifidus out",
        met=float(share[0]) > row("wil95_mf").number,
        accept="more than",
    )


HELD = "wil99_relaxed_standing"
STOOD = "wil01_relaxed_standing"
SEATED = "seat, back rest and pelvic tilt are not printed; no posture of this body stands for it"
MOVING = "a movement: its inertia and its posture at the peak are not printed"

CASES: tuple[Callable[[], Case], ...] = (
    lambda: coactivation("coact_0", 0.0),
    lambda: coactivation("coact_32", 32.0),
    equilibrium_only,
    lambda: coactivation("coact_stab_0", 0.0),
    lambda: coactivation("coact_stab_32", 32.0),
    lambda: without_passive("coact_stab_0_nopass", 0.0),
    lambda: without_passive("coact_stab_32_nopass", 32.0),
    standing_pressure,
    standing_load,
    lambda: lying("wil99_lying_prone", HELD),
    lambda: lying("wil01_lying", STOOD),
    lambda: lying("sat99_prone", "sat99_standing"),
    lambda: bent_forward("wil99_standing_flexed_forward", HELD),
    lambda: bent_forward("wil01_standing_flexed", STOOD),
    lambda: crate("wil99_20_kg_close_to_body", HELD, CLOSE),
    lambda: crate("wil01_crate_held_close", STOOD, CLOSE),
    lambda: crate("wil01_crate_held_60_cm_away", STOOD, AWAY),
    lambda: not_answered("wil99_sitting_unsupported", SEATED),
    lambda: not_answered("wil99_sitting_maximum_flexion", SEATED),
    lambda: not_answered("wil99_lifting_20_kg_round_back", MOVING),
    lambda: not_answered("wil99_lifting_20_kg_flexed_knees", MOVING),
    upper_body_weight,
    flexion_strength,
    lambda: strength_when_bent("ext_posture", "extension"),
    lambda: strength_when_bent("flx_posture", "flexion"),
    driving_point_stiffness,
    lambda: critical_q_in_extension("q_crit_low"),
    lambda: critical_q_in_extension("q_crit_high"),
    critical_q_falls_with_preload,
    loss_without_a_group,
    neutral_zone_with_muscle,
    multifidus_share,
    lambda: not_answered("sa_comp", "200 N held in front: the distance is not printed"),
    lambda: not_answered("sa_shear", "200 N held in front: the distance is not printed"),
)
