"""Predictions of a lumbar spine with muscles in static equilibrium.

Compression is compared as a ratio to standing, since the disc area and the pressure factor are as
uncertain as the result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np

from panjabi.active.build import musculature
from panjabi.active.stiffness import Cui
from panjabi.body import standard_adult
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.literature import row
from panjabi.passive.injury import with_injuries
from panjabi.passive.standard import unit
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, recruit
from panjabi.recruitment.required import MARGIN
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import LEVELS, HeldLoad, StaticSpine
from panjabi.spine.strength import moment_demand, strength
from panjabi.stability.segment_experiments import WORST_INJURY, gain_at_l45, unit_under_multifidus
from panjabi.stability.static_stability_of_muscles import static_stability
from panjabi.validation.criterion import QUARTER, at_least, at_most, interval
from panjabi.validation.predictions import Prediction, Predictions, Predictor

BEND_DEG = 36.0
"""Inclination of a trunk "flexed forward", as in the strength study; half lumbar, half pelvis."""

CLOSE, AWAY = 0.25, 0.60
"""Assumed distance of a crate in front of L5-S1, held close and held away [m]."""

ROUND_BACK_DEG, FLEXED_KNEES_DEG = 70.0, 40.0
"""Assumed inclination of the trunk in lifts from the floor, half lumbar, half pelvis."""

table = Predictions("Lumbar spine with muscles")


# --- postures and recruitments, each computed once -----------------------------------------


def _standing(load: float = 0.0, *, stable: bool = True) -> SpineRecruitment:
    return _recruited(load, stable)  # all arguments explicit, for one cache entry


@cache
def _recruited(load: float, stable: bool) -> SpineRecruitment:
    return recruit(static_spine("standing", load=load), margin=MARGIN if stable else None)


@cache
def _by_gamma(load: float, gamma: float) -> float:
    """Co-activation with another factor of the short-range stiffness [% MVC]."""
    law = Cui(Cui().gamma.with_value(gamma))
    return 100.0 * recruit(static_spine("standing", load=load), stiffness=law).coactivation


@cache
def bent(degrees: float) -> StaticSpine:
    body, half = standard_adult(), 0.5 * degrees
    q = body.flexed(
        angles_deg={"lumbar flexion": half, "pelvis anterior tilt": half, "hip flexion": half}
    )
    return static_spine(q)


@cache
def flexion_range(movement: str = "lumbar flexion") -> float:
    """Flexion of a region at the end of the ranges of its joints [deg]."""
    body = standard_adult()
    turned = body.flexed(angles_deg={movement: 1.0}) - body.flexed({})
    return float(np.degrees(np.abs(body.ranges[np.flatnonzero(turned), 0]).sum()))


def hanging(spine: StaticSpine, mass: float) -> StaticSpine:
    """The spine with a mass that hangs from the shoulders on straight arms [kg].

    Its weight acts at the middle of the shoulder joints, whatever the length of the arms.
    """
    body, poses = spine.body, spine.poses
    shoulders = [body.joint_centre(poses, f"humerus_{side}") for side in "rl"]
    b = body.body_index("T12")
    local = poses.R[b].T @ (np.mean(shoulders, axis=0) - poses.t[b])
    return spine.with_load(HeldLoad(mass, tuple(local.tolist())))


@cache
def _bent_over(degrees: float) -> SpineRecruitment:
    return recruit(bent(degrees))


@cache
def _supine() -> SpineRecruitment:
    return recruit(static_spine("supine"))


@cache
def _with_crate(mass: float, forward: float) -> SpineRecruitment:
    """A crate in front of L5-S1 at the height of T12, moving with the thorax."""
    spine = static_spine("standing")
    b = spine.body.body_index("T12")
    place = spine.body.joint_centre(spine.poses, "L5") + np.array([forward, 0.0, 0.0])
    place[1] = spine.poses.t[b][1]
    local = spine.poses.R[b].T @ (place - spine.poses.t[b])
    return recruit(spine.with_load(HeldLoad(mass, tuple(local.tolist()))))


def _l45(state: SpineRecruitment) -> float:
    return state.compression["L4-L5"]


# --- co-activation -------------------------------------------------------------------------

DEPENDS = (
    "it decreases with the short-range factor gamma and increases with the margin; weighted mean "
    "of rectus and obliques over their largest in the model's own exertions; transversus is active "
    "too but not included"
)


ONE_JOINT = ". The published model has one joint, other muscles and another passive stiffness"


@table.predicts("coact_0", 0.0)
@table.predicts("coact_32", 32.0)
@table.predicts("coact_stab_0", 0.0, ONE_JOINT)
@table.predicts("coact_stab_32", 32.0, ONE_JOINT)
def coactivation(load: float, remark: str = "") -> Prediction:
    """Co-activation with the stability margin [% MVC]; nothing is fitted to Cholewicki 1997."""
    by_gamma = [f"{_by_gamma(load, g):.2f} at gamma = {g:g}" for g in (6.0, 60.0)]
    return Prediction(
        100.0 * _standing(load).coactivation,
        f"margin 1 N m within 0.5 deg, gamma = 23.4 ({', '.join(by_gamma)}); {DEPENDS}{remark}",
    )


@table.predicts(
    "coact_static",
    accept=at_most(0.5, "below 0.5"),
    reason="the larger value of 0 and 32 kg, least effort; the remainder balances bending of "
    "single levels",
)
def coactivation_without_floor() -> float:
    """Co-activation if only moments are balanced [% MVC]."""
    return max(100.0 * _standing(load, stable=False).coactivation for load in (0.0, 32.0))


BARE = f"without any structure of the units{ONE_JOINT}"


@table.predicts("coact_stab_0_nopass", 0.0, reason=BARE)
@table.predicts("coact_stab_32_nopass", 32.0, reason=BARE)
def coactivation_without_units(load: float) -> float:
    spine = static_spine("standing", load=load)
    bare = spine.with_units([u.with_structures(()) for u in spine.units])
    return 100.0 * recruit(bare).coactivation


# --- compression ---------------------------------------------------------------------------


@table.predicts(
    "wil99_relaxed_standing", reason="1.4 F / 1800 mm2 at L4-5, margin 1 N m within 0.5 deg"
)
def standing_pressure() -> float:
    return 1e-6 * _standing().disc_pressure["L4-L5"]


@table.predicts(
    "sat99_standing",
    reason="L4-5, margin 1 N m within 0.5 deg; forces of least effort are smaller than those of "
    "people, who co-contract more; the published load is computed from a pressure",
)
def standing_load() -> float:
    return _l45(_standing())


def _ratio(
    id: str, standing: str, *arguments: float, reason: str = ""
) -> Callable[[Predictor], Predictor]:
    """Register the compression of L4-5 over that of standing, for the same published ratio."""
    this, reference = row(id), row(standing)
    ratio = this.number / reference.number
    low = (this.number - this.rounding) / (reference.number + reference.rounding)
    high = (this.number + this.rounding) / (reference.number - reference.rounding)
    quarter = QUARTER * ratio
    return table.predicts(
        id,
        *arguments,
        reason=reason,
        accept=interval(
            min(low, ratio - quarter), max(high, ratio + quarter), "within 25 %, or the rounding"
        ),
        value=ratio,
        rounding=0.5 * (high - low),
        unit="1",
        quantity=f"{this.quantity}, ratio to standing",
        published=f"{ratio:.3g} ({this.text} / {reference.text} {this.unit})",
    )


LYING = (
    "all body parts are supported, so no weight acts on the disc; the compression is due to the "
    "margin and to the tension of silent muscles, whose smooth passive curve begins far below the "
    "optimal length: nearly half of standing where a fifth is published"
)


@_ratio("wil99_lying_prone", "wil99_relaxed_standing", reason=LYING)
@_ratio("wil01_lying", "wil01_relaxed_standing", reason=LYING)
@_ratio("sat99_prone", "sat99_standing", reason=LYING)
def lying() -> float:
    return _l45(_supine()) / _l45(_standing())


@_ratio("wil99_standing_flexed_forward", "wil99_relaxed_standing")
@_ratio("wil01_standing_flexed", "wil01_relaxed_standing")
def bent_forward() -> Prediction:
    ratio = {d: _l45(_bent_over(d)) / _l45(_standing()) for d in (30.0, BEND_DEG, 40.0)}
    return Prediction(
        ratio[BEND_DEG],
        f"the inclination is not printed; {BEND_DEG:g} deg, half of it lumbar, is assumed "
        f"({ratio[30.0]:.2f} at 30 deg, {ratio[40.0]:.2f} at 40 deg)",
    )


@_ratio("wil99_20_kg_close_to_body", "wil99_relaxed_standing", CLOSE)
@_ratio("wil01_crate_held_close", "wil01_relaxed_standing", CLOSE)
@_ratio("wil01_crate_held_60_cm_away", "wil01_relaxed_standing", AWAY)
def crate(forward: float) -> Prediction:
    return Prediction(
        _l45(_with_crate(20.0, forward)) / _l45(_standing()),
        f"20 kg, {forward:g} m in front of L5-S1 at the height of T12 (assumed); upright",
    )


@_ratio("wil99_sitting_unsupported", "wil99_relaxed_standing", 0.0)
@_ratio("wil01_erect_sitting", "wil01_relaxed_standing", 0.0)
@_ratio("wil99_sitting_maximum_flexion", "wil99_relaxed_standing", 1.0)
def sitting(share: float) -> Prediction:
    """Sitting at 90 deg with a part of the lumbar range of flexion."""
    body = standard_adult()
    seated = body.posture("seated_90")
    q = body.flexed(angles_deg={"lumbar flexion": share * flexion_range()}, base=seated)
    how = (
        f"pelvis as in standing, hips at 90 deg, {100 * share:.0f} % of the lumbar range of "
        f"{flexion_range():.0f} deg of flexion (assumed: the posture is not printed)"
    )
    try:
        found = recruit(static_spine(q))
    except InfeasibleRecruitment as error:
        return Prediction(None, f"{how}; not feasible: {error.why.sentence}")
    return Prediction(_l45(found) / _l45(_standing()), how)


@_ratio("wil99_lifting_20_kg_round_back", "wil99_relaxed_standing", ROUND_BACK_DEG)
@_ratio("wil01_lifting_round_back", "wil01_relaxed_standing", ROUND_BACK_DEG)
@_ratio("wil99_lifting_20_kg_flexed_knees", "wil99_relaxed_standing", FLEXED_KNEES_DEG)
def lift(degrees: float) -> Prediction:
    return Prediction(
        _l45(recruit(hanging(bent(degrees), 20.0))) / _l45(_standing()),
        f"static, 20 kg hanging from the shoulders, trunk at {degrees:g} deg, half of it lumbar "
        "(assumed: posture and inertia at the peak are not printed)",
    )


table.not_predicted(
    "wil99_nonchalant_sitting", "wil01_slouched_sitting",
    reason="the back rest carries a part of the weight that is not printed",
)  # fmt: skip
table.not_predicted(
    "wil99_walking", reason="a movement: standing, which is computed, would meet the range"
)
table.not_predicted(
    "sa_comp", "sa_shear", reason="200 N held in front: the distance is not printed"
)


# --- pressure of the abdomen ---------------------------------------------------------------


@cache
def _walled() -> StaticSpine:
    return static_spine("standing", muscles=musculature("lumbar").with_abdominal_wall())


@table.predicts("iap_brace_tay")
def bracing_pressure() -> Prediction:
    muscles = _walled().tendons.muscles
    activity = {"external_oblique": row("emg_brace_EO").number}
    activity["internal_oblique"] = activity["transversus_abdominis"] = row("emg_brace_IO").number
    percent = np.array([activity.get(group, 0.0) for group in muscles.groups])
    pressure = muscles.abdominal_pressure(0.01 * percent * muscles.max_force)
    return Prediction(
        1e-3 * pressure,
        "wall of 140 x 250 mm (assumed), forces from the activity of other men in bracing, "
        "transversus as internal oblique (assumed); the forces of the abdominal muscles are those "
        "of the source, which are far above measured strength",
    )


@table.predicts("iap_lift_cre")
def lifting_pressure() -> Prediction:
    most = strength(_walled(), "extension")
    return Prediction(
        1e-3 * _walled().tendons.muscles.abdominal_pressure(most.forces),
        "largest static extension moment of the upright spine with the abdominal wall, whose "
        "pressure then helps to extend; the lifts were movements with the legs straight",
    )


table.not_predicted(
    "iap_hollow_tay", reason="the activity of transversus in hollowing was not measured"
)


# --- strength, stiffness of the trunk, critical q ------------------------------------------


@table.predicts("er_grav", reason="weight above L5-S1 of the standard adult of 75 kg")
def upper_body_weight() -> float:
    spine = static_spine("standing")
    return STANDARD_GRAVITY * float(spine.above[0] @ spine.body.mass)


@table.predicts(
    "flx_moment",
    accept=at_least(),
    reason="all joints in equilibrium; extensors scaled to 275 N m, abdominals as in the source",
)
def flexion_strength() -> float:
    return strength(static_spine("standing"), "flexion").moment


BENT = (
    "moment of the muscles on the thorax in addition to the weight, 18 deg lumbar and 18 deg "
    "pelvis; the moment at the dynamometer includes the weight of the trunk. Extension strength of "
    "the model hardly increases with flexion"
)


@table.predicts("ext_posture", "extension", reason=BENT)
@table.predicts("flx_posture", "flexion", reason=BENT)
def strength_when_bent(name: str) -> float:
    upright = strength(static_spine("standing"), name).moment
    return 100.0 * (strength(bent(36.0), name).moment / upright - 1.0)


MOST = (
    "forces of the largest extension moment, units under their compression; at this compression "
    "the levels buckle between the long extensors, which the single joint of older models cannot"
)


@table.predicts("q_crit_low", reason=MOST)
@table.predicts("q_crit_high", reason=MOST)
@cache
def critical_q_in_extension() -> float:
    spine = static_spine("standing")
    most = strength(spine, "extension")
    loaded = spine.with_preload(spine.compression(most.forces))
    return static_stability(loaded, most.forces).critical_q


@table.predicts(
    "sg_moment_lo",
    accept="all",
    unit="%",
    quantity="efforts in which critical muscle stiffness decreases with segment preload",
    published="in every case",
)
def critical_q_falls_with_preload() -> Prediction:
    """Percentage of efforts, 30 and 60 N m in five directions; units at 0, 250 and 500 N."""
    spine = static_spine("standing")
    falls = total = 0
    for name in ("extension", "flexion", "right bending", "left bending", "left rotation"):
        for effort in (row("sg_moment_lo").number, row("sg_moment_hi").number):
            try:
                exerting = replace(spine, push=-effort * moment_demand(spine, name))
                forces = recruit(exerting, margin=None).forces
            except InfeasibleRecruitment:
                continue
            q = [
                static_stability(spine.with_preload([p] * len(LEVELS)), forces).critical_q
                for p in (0.0, 250.0, 500.0)
            ]
            total += 1
            falls += q[0] > q[1] > q[2]
    return Prediction(
        100.0 * falls / total,
        f"percentage of {total} efforts of 30 and 60 N m about three axes in which critical q "
        "decreases from 0 to 250 and 500 N of segment preload, at constant muscle forces",
        met=falls == total,
    )


# --- one level with muscles ----------------------------------------------------------------


@table.predicts(
    "pan89_nz", unit="1", accept="zone at most 1.25 of intact, range above 1.25 of intact"
)
def neutral_zone_with_muscle() -> Prediction:
    """60 N on the injured L4-5: neutral zone over intact, range over intact [1]."""
    spine = static_spine("standing")
    whole, damaged = unit("L4-L5"), with_injuries(unit("L4-L5"), WORST_INJURY)
    intact, worst, loaded = (
        unit_under_multifidus(spine, tested, 0, force)
        for tested, force in ((whole, 0.0), (damaged, 0.0), (damaged, 60.0))
    )
    zone = loaded.half_width / intact.half_width
    reach = [test.end_plus - test.end_minus for test in (intact, worst, loaded)]
    return Prediction(
        zone,
        f"neutral zone of flexion-extension over intact: injured "
        f"{worst.half_width / intact.half_width:.2f}, with 60 N of constant force {zone:.2f}; "
        f"range {reach[1] / reach[0]:.2f} and {reach[2] / reach[0]:.2f}. The cause is the moment "
        "of the muscle, which moves the unit to a stiffer position. In lateral bending and axial "
        "rotation, where a symmetric pair has no moment, 60 N has little effect",
        met=loaded.half_width < worst.half_width and zone <= 1.25 and reach[2] / reach[0] > 1.25,
    )


@table.predicts("wil95_mf", accept=at_least(words="more than"))
def multifidus_share() -> Prediction:
    """Percentage of the increase in stiffness at L4-5 [%]."""
    gain = gain_at_l45()
    percent = 100.0 * gain["multifidus_lumbar"] / sum(gain.values())
    return Prediction(
        float(percent[0]),
        f"flexion-extension; lateral bending {percent[1]:.0f}, axial rotation {percent[2]:.0f} %. "
        f"{row('wil95_force').number:g} N on each side of every group, q = 10, with its "
        "compression: in this model other muscles have equally long moment arms, so that with "
        "equal forces multifidus does not dominate",
    )
