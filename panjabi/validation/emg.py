"""Predictions of muscle activity in tasks, as electrodes record it, and of flexion-relaxation.

The tasks are static free-body models. Activity is that of least effort with the default margin,
over the largest in the model's own maximal exertions, unless a row says otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np

from panjabi.active.electrodes import ELECTRODES, SIDES
from panjabi.body import standard_adult
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.errors import ConvergenceError
from panjabi.literature import row
from panjabi.recruitment.free_posture import recruit_posture
from panjabi.recruitment.infeasible import InfeasibleRecruitment
from panjabi.recruitment.posture import SpineRecruitment, recruit, sweep_margin
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import StaticSpine
from panjabi.spine.strength import moment_demand, strength
from panjabi.validation.criterion import sign
from panjabi.validation.muscles import bent, flexion_range, hanging
from panjabi.validation.predictions import Prediction, Predictions

LIFT_DEG = 36.0
"""Inclination of the trunk in lifts, half lumbar and half pelvis (assumed)."""

NEARLY = 0.99
"""Part of the strength in maximal exertions: at all of it the activations are not unique."""

MARGINS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Moments of the margin in bracing [N m]; the largest that is feasible counts (assumed)."""

BEND_STEPS = (0.0, 0.15, 0.3, 0.45, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of the lumbar range at which a forward bend is computed."""

table = Predictions("Muscle activity in tasks")


# --- maximal exertions ---------------------------------------------------------------------

NOT_TWIST = ("flexion", "extension", "right bending", "left bending")


@cache
def _standing() -> StaticSpine:
    return static_spine("standing")


@cache
def _maximal(direction: str) -> Mapping[tuple[str, str], float]:
    """Activation at each electrode and side of least effort at 99 % of the strength [1]."""
    spine = _standing()
    effort = NEARLY * strength(spine, direction).moment
    exerting = replace(spine, push=-effort * moment_demand(spine, direction))
    found = recruit(exerting, margin=None)
    return {(name, side): a for side in SIDES for name, a in _activation(found, side).items()}


def _activation(found: SpineRecruitment, side: str) -> dict[str, float]:
    """Activation at each electrode, not normalised [1]."""
    names = found.spine.muscles.names
    recorded = {e.name: e.records(names, side) for e in ELECTRODES}
    return {name: found.activation_of(*those) for name, those in recorded.items() if those}


MAXIMAL = (
    "static, least effort without a margin at 99 % of the strength; the larger side over the "
    "largest in flexion, extension and lateral bending. The lumbar fibres of erector spinae "
    "have 7 % in maximal extension, since thoracic fibres with longer arms and the "
    "weakest level decide; every normalisation by that maximum is too large"
)


@table.predicts(
    {
        "emg_axmax_recabd": "rectus abdominis",
        "emg_axmax_extobl": "external oblique",
        "emg_axmax_intobl": "internal oblique",
        "emg_axmax_latdor": "latissimus dorsi",
        "emg_axmax_uppere": "erector spinae T9",
        "emg_axmax_lowere": "erector spinae L3",
    },
    reason=MAXIMAL,
)
def twisting(electrode: str) -> float:
    """Activity in maximal axial torque over that in maxima without twist [%]."""
    twist = max(_maximal("left rotation")[electrode, side] for side in SIDES)
    other = max(_maximal(name)[electrode, side] for name in NOT_TWIST for side in SIDES)
    return 100.0 * twist / other


@table.predicts(
    {
        "emg_ng_recabd": ("rectus abdominis", ("flexion",)),
        "emg_ng_extobl": ("external oblique", ("right bending", "left bending")),
        "emg_ng_mulmul": ("multifidus L5", ("extension",)),
    },
    accept="the direction of the largest activation, over six directions",
)
def largest_direction(electrode: str, expected: tuple[str, ...]) -> Prediction:
    """1 where the right electrode has its largest activation in the published direction."""
    directions = (*NOT_TWIST, "right rotation", "left rotation")
    activation = {name: 100.0 * _maximal(name)[electrode, "right"] for name in directions}
    largest = max(activation, key=lambda name: activation[name])
    shown = ", ".join(f"{name} {a:.0f} %" for name, a in activation.items())
    met = largest in expected
    return Prediction(float(met), f"activation of the right side: {shown}", met=met)


# --- lifts, bracing and held postures ------------------------------------------------------


@table.predicts("emg_ql_lift70", "quadratus lumborum")
@table.predicts("emg_es_lift70", "erector spinae L3")
def lifting(electrode: str) -> Prediction:
    spine = bent(LIFT_DEG)
    lifted = hanging(spine, 70.0)
    moment = float(np.abs(spine.body.joint_centre(spine.poses, "L5") - lifted.load_place)[0])
    moment *= STANDARD_GRAVITY * 70.0
    most = strength(spine, "extension").moment
    how = (
        f"static, 70 kg hanging from the shoulders, trunk at {LIFT_DEG:g} deg, no margin; the "
        f"load has {moment:.0f} N m about L5-S1, strength beside the weight of the trunk is "
        f"{most:.0f} N m. Passive muscles carry a large part of the moment of the bent trunk, and "
        "least effort has no antagonists"
    )
    try:
        found = recruit(lifted, margin=None)
    except InfeasibleRecruitment as error:
        return Prediction(None, f"{how}; not feasible: {error.why.sentence}")
    activity = max(found.at_electrodes(side)[electrode] for side in SIDES)
    return Prediction(100.0 * activity, how, second_null=100.0 * moment / most)


@table.predicts(
    {
        "emg_brace_IO": ("internal oblique", 0),
        "emg_brace_EO": ("external oblique", 1),
        "emg_brace_RA": ("rectus abdominis", 3),
        "emg_brace_ES": ("erector spinae L3", 2),
    },
    accept="its place in the order of the four",
)
def bracing(electrode: str, place: int) -> Prediction:
    """Activity at the largest margin that is feasible in upright standing [% MVC]."""
    found = _braced()
    four = ("internal oblique", "external oblique", "erector spinae L3", "rectus abdominis")
    activity = {name: 100.0 * found.at_electrodes()[name] for name in four}
    order = sorted(four, key=lambda name: -activity[name])
    shown = ", ".join(f"{name} {activity[name]:.0f} %" for name in order)
    return Prediction(
        activity[electrode],
        f"bracing is taken as the largest stiffness of the thorax: {found.required.words}; "
        f"{shown}. For a stiff thorax the model uses extensors with "
        "large arms; people brace without load",
        met=order[place] == electrode,
    )


@cache
def _braced() -> SpineRecruitment:
    return sweep_margin(_standing(), MARGINS)[-1]


@table.predicts("emg_lav", accept="the largest surface activity is contralateral erector spinae")
def asymmetric_moment() -> Prediction:
    """External moments of 20 and 40 N m forward and to the right, at 30 and 60 deg."""
    surface = ("erector spinae L3", "erector spinae T9", "rectus abdominis", "external oblique",
               "internal oblique", "latissimus dorsi")  # fmt: skip
    largest: list[str] = []
    for degrees in (30.0, 60.0):
        spine = bent(degrees)
        back, left = (moment_demand(spine, name) for name in ("extension", "left bending"))
        for moment in (20.0, 40.0):
            found = recruit(replace(spine, push=-moment * (back + left) / 2**0.5))
            activity = {
                f"{side} {name}": found.at_electrodes(side)[name]
                for side in SIDES
                for name in surface
            }
            largest.append(max(activity, key=lambda name: activity[name]))
    met = all(name.startswith("left erector spinae") for name in largest)
    return Prediction(
        float(met),
        f"moment halfway between flexion and bending to the right; largest: {', '.join(largest)}. "
        "Why latissimus is the largest in a bent trunk was not examined",
        met=met,
    )


@table.predicts(
    {
        "emg_kon_curl": (("rectus abdominis", "external oblique", "internal oblique"), "supine"),
        "emg_kon_ext": (("erector spinae L3", "erector spinae T9"), "prone"),
    },
    accept="at least the published value",
)
def lying_unsupported(electrodes: tuple[str, ...], posture: str) -> Prediction:
    """Activity with the pelvis on the ground and everything above it held level [% MVC]."""
    found = recruit(static_spine(posture, supported=False))
    activity = {name: 100.0 * found.at_electrodes()[name] for name in electrodes}
    shown = ", ".join(f"{name} {a:.0f} %" for name, a in activity.items())
    most = max(activity.values())
    return Prediction(
        most,
        f"{posture}, the pelvis on the ground and all above it held level by the muscles: {shown}; "
        "in the published task the movement needs more than holding",
        met=most >= row("emg_kon_curl").number,
    )


table.not_predicted(
    "emg_sch_rlo",
    reason="the activity of each task, with which the forces are correlated, is not printed",
)
table.not_predicted(
    "emg_sway_IO", "emg_sway_RA", "emg_sit_lp_th",
    reason="the angles of the two standing or sitting postures are not printed",
)  # fmt: skip
table.not_predicted(
    "emg_4pk_MFi", "emg_4pk_IOc", "emg_lbp_fpb_RA", "emg_lbp_fp_RA", "emg_lbp_mcu_RA",
    "emg_lbp_fpb_EO", "emg_lbp_sq_ES", "emg_lbp_bd_ES",
    reason="forces of the ground on hands, knees or feet are not in the static spine",
)  # fmt: skip


# --- flexion-relaxation --------------------------------------------------------------------


class Silence(NamedTuple):
    """Where activity falls to its level in quiet standing."""

    share: float | None  # of the range of the region; None: never
    most: float  # flexion at the end of the range [deg]
    words: str


@cache
def _silence(region: str, mass: float) -> Silence:
    """Forward bend in steps to the end of the range, with free level angles.

    Silent is the first share beyond the peak of activity at which it is at or below that of the
    same spine in quiet standing without load; between two steps it is interpolated.
    """
    movement = f"{region} flexion"
    full = flexion_range(movement)
    reached: list[float] = []
    for share in BEND_STEPS:
        try:
            reached.append(_activity(region, movement, share * full, mass))
        except InfeasibleRecruitment:
            break  # beyond the hang on passive tissue, where muscles would have to pull down
    activity = np.array(reached)
    upright = _activity(region, movement, 0.0, 0.0)
    pairs = zip(BEND_STEPS, activity, strict=False)
    shown = ", ".join(f"{100 * s:.0f} %: {100 * a:.1f}" for s, a in pairs)
    words = f"activity [% MVC] by share of {full:.0f} deg, {shown}; standing {100 * upright:.1f}"
    for k in range(int(activity.argmax()) + 1, len(activity)):
        if activity[k] <= upright:
            before, after = activity[k - 1] - upright, activity[k] - upright
            part = before / (before - after)
            share = BEND_STEPS[k - 1] + part * (BEND_STEPS[k] - BEND_STEPS[k - 1])
            return Silence(float(share), full, words)
    return Silence(None, full, words)


@cache
def _activity(region: str, movement: str, degrees: float, mass: float) -> float:
    """Activity of the extensors with free level angles [fraction of MVC]."""
    angles = {movement: degrees}
    if region == "lumbar":
        angles |= {"pelvis anterior tilt": degrees, "hip flexion": degrees}
    q = standard_adult().flexed(angles_deg=angles)
    spine = static_spine(q, region=region)
    found = _free(hanging(spine, mass) if mass else spine)
    if region == "cervical":
        return found.mvc_of("semispinalis", "splenius")
    return float(np.mean([found.at_electrodes(side)["erector spinae L3"] for side in SIDES]))


def _free(spine: StaticSpine) -> SpineRecruitment:
    """Recruitment with free level angles, from the first start that ends at an optimum."""
    try:
        return recruit_posture(spine, starts=(0.0,)).recruitment
    except ConvergenceError:
        return recruit_posture(spine, starts=(0.5, -0.5)).recruitment


HOW = (
    "half of the bend is lumbar and half pelvis (assumed), thorax rigid, arms along the trunk, "
    "static; level angles are free. Passive iliocostalis lumborum takes over too early (28 N m "
    "about L4-L5 at 60 % of the range, 52 N m of all muscles), while L5-S1 is at the end of its "
    "range and the units above it stay near neutral"
)


@table.predicts(
    {
        "frp_kp_vert": ("frp_kp_vert", 1.0),
        "frp_kp_hip": ("frp_kp_hip", 1.0),
        "frp_kp_trunk": ("frp_kp_trunk", 2.0),
    },
    accept="silent, within 2 SD",
)
def silent_angle(id: str, factor: float) -> Prediction:
    """Angle at which erector spinae at L3 falls silent [deg]; the end of the range if never."""
    found = _silence("lumbar", 0.0)
    source = row(id)
    share = 1.0 if found.share is None else found.share
    angle = factor * share * found.most
    spread = source.sd or 0.0
    return Prediction(
        angle,
        f"{'never silent' if found.share is None else 'silent'}: {found.words}; {HOW}",
        met=found.share is not None and abs(angle - source.number) <= 2.0 * spread,
        null=factor * found.most,
    )


@table.predicts(
    {
        "frp_gu_vert": ("frp_gu_vert", "lumbar"),
        "frp_si_stand": ("frp_si_stand", "lumbar"),
        "frp_kp_vertpc": ("frp_kp_vertpc", "lumbar"),
        "cfrp_on_lo": ("cfrp_on_lo", "cervical"),
    },
    accept="silent, within 25 %",
)
def silent_share(id: str, region: str) -> Prediction:
    """Share of the flexion range at which the extensors fall silent [%]."""
    found = _silence(region, 0.0)
    percent = 100.0 if found.share is None else 100.0 * found.share
    most = row("cfrp_on_hi").number if id == "cfrp_on_lo" else row(id).number
    within = 0.75 * row(id).number <= percent <= 1.25 * most
    how = HOW if region == "lumbar" else "trunk upright, semispinalis and splenius, static"
    return Prediction(
        percent,
        f"{'never silent' if found.share is None else 'silent'}: {found.words}; {how}",
        met=found.share is not None and within,
    )


@table.predicts("frp_kp_load", "lumbar", 10.1, accept=sign(1))
@table.predicts("frp_gu_load", "lumbar", 10.0, accept=sign(1))
def load_delays_silence(region: str, mass: float) -> Prediction:
    """Change of the share of the range at silence with a load in the hands [1]."""
    bare, loaded = _silence(region, 0.0), _silence(region, mass)
    if bare.share is None:
        return Prediction(None, f"never silent without load: {bare.words}")
    share = 1.0 if loaded.share is None else loaded.share
    never = ", never silent with it" if loaded.share is None else ""
    return Prediction(
        share - bare.share, f"{mass:g} kg hanging from the shoulders{never}: {loaded.words}; {HOW}"
    )


table.not_predicted(
    "cfrp_load", reason="a load on the head: its mass and its place are not printed in the abstract"
)
table.not_predicted("frp_gu_hip", reason="the model has no largest hip flexion of its own")
table.not_predicted("frp_km_max", reason="creep over 30 minutes is outside of a static recruitment")
