"""Experiments on the column without muscles: P3, P13, P14."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from panjabi.assessment import Experiment
from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.literature import row
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.terms import Structure, linear, ramp
from panjabi.spine.column_preset import column, with_laws
from panjabi.spine.joints import ExponentialJoint, JointLaw, LinearJoint
from panjabi.spine.levels import levels_of
from panjabi.spine.model import Spine
from panjabi.spine.passive_spine import passive_view, top_load
from panjabi.spine.static_model import bodies_above
from panjabi.spine.subject import Subject
from panjabi.spine.units import instantaneous, unit_column
from panjabi.stability.algebra import root
from panjabi.stability.crisco_model import POST_LOAD, TEST_MOMENT
from panjabi.stability.critical import critical_load
from panjabi.stability.follower_path import CARRIED_DEG, follower_path
from panjabi.stability.load_paths import post_buckling
from panjabi.statements.altered_units import linear_unit, scaled
from panjabi.statements.criteria import AllOf, Limit
from panjabi.statements.declarations import DECLARATIONS

Draw = Mapping[str, float]
NO_RESULT = (ConvergenceError, ParameterError)
"""A unit that fails in a test, or a column without an equilibrium, says nothing."""
Unit = FunctionalSpinalUnit


def _units(spine: Spine) -> list[Unit]:
    return [law for law in passive_view(spine).laws if isinstance(law, Unit)]


def largest_dead_load(spine: Spine) -> float:
    """Dead load on top at which the column loses stability or a unit fails [N]."""
    found = critical_load(spine, top_load(spine))
    return found.load if np.isfinite(found.load) else found.searched_to


def weights_above(subject: Subject, region: str) -> np.ndarray:
    """Weight of the body above each level of a region, from below (levels,) [N]."""
    body = subject.body
    return STANDARD_GRAVITY * bodies_above(body, levels_of(region)) @ body.mass


# --- P3: the column alone --------------------------------------------------------------------


def _alone(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    out: dict[str, float] = {}
    for region in ("lumbar", "thoracolumbar"):
        spine = unit_column(region, subject=subject, rib_cage=False, extrapolate=True)
        units = [scaled(u, draw["stiffness"]) for u in _units(spine)]
        weight = draw["weight"] * weights_above(subject, region)
        if model == "linear_joints":
            units = [linear_unit(u) for u in units]
        if model == "compressed":
            units = [
                u.with_preload(float(w), extrapolate=True)
                for u, w in zip(units, weight, strict=True)
            ]
        spine = with_laws(spine, units)
        spine = instantaneous(spine) if model == "instantaneous" else spine
        load = largest_dead_load(spine)
        out[f"critical_load_{region}_N"] = load
        out[f"load_over_weight_{region}"] = load / float(weight[0])
    return out


P3 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P3"],
    numbers={
        key.format(region): words.format(region)
        for region in ("lumbar", "thoracolumbar")
        for key, words in (
            (
                "critical_load_{}_N",
                "dead load on top of the {} column at which it buckles or a unit fails",
            ),
            ("load_over_weight_{}", "the same over the weight above L5-S1"),
        )
    },
    measure=_alone,
    criteria={
        "buckles": AllOf(
            tuple(
                Limit(f"load_over_weight_{region}", "below", 1.0)
                for region in ("lumbar", "thoracolumbar")
            )
        )
    },
)


# --- P13: direction of the load --------------------------------------------------------------


def _direction(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    force = row("pat03_fl").number
    spine = unit_column("lumbar", subject=subject, straight=model == "straight")
    units = [scaled(u, draw["stiffness"]) for u in _units(spine)]
    if model in ("linear_joints", "equal_joints"):
        units = [linear_unit(u) for u in units]
    if model == "equal_joints":
        units = [replace(units[2], level=u.level) for u in units]
    spine = with_laws(spine, units)
    dead = largest_dead_load(spine)
    if model == "compressed":
        spine = with_laws(spine, [u.with_preload(force) for u in units])
    path = follower_path(spine, force * np.linspace(0.05, 1.0, 20))
    return {
        "dead_load_critical_N": dead,
        "dead_load_over_follower_load": dead / force,
        "least_stiffness_under_follower_Nm_per_rad": min(s.least_stiffness for s in path),
        "largest_rotation_under_follower_deg": max(
            float(np.degrees(np.abs(s.angles).max())) for s in path
        ),
    }


P13 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P13"],
    numbers={
        "dead_load_critical_N": "lumbar column, vertical load at which it buckles or a unit fails",
        "dead_load_over_follower_load": "the same over the published follower load",
        "least_stiffness_under_follower_Nm_per_rad": "up to the published force",
        "largest_rotation_under_follower_deg": "of a level",
    },
    measure=_direction,
    criteria={
        "carries": AllOf(
            (
                Limit("least_stiffness_under_follower_Nm_per_rad", "above", 0.0),
                Limit("largest_rotation_under_follower_deg", "from to", 0.0, CARRIED_DEG),
                Limit("dead_load_over_follower_load", "below", 0.5),
            )
        )
    },
)


# --- P14: after buckling ---------------------------------------------------------------------


class _SineJoint:
    """Moment (k0 / b) sinh(b x) about every axis, stiffness k0 at neutral; a `JointLaw`."""

    def __init__(self, stiffness: float, angle: float, moment: float) -> None:
        """Through a moment [N m] at an angle [rad]; stiffness at neutral [N m/rad]."""
        ratio = moment / (stiffness * angle)
        self.k = stiffness
        self.b = root(lambda y: np.sinh(y) / y - ratio, 1e-6, 50.0, within=1e-12) / angle

    def energy(self, angles: object) -> float:
        return float(np.sum(self.k / self.b**2 * (np.cosh(self.b * np.asarray(angles)) - 1.0)))

    def moment(self, angles: object) -> np.ndarray:
        return self.k / self.b * np.sinh(self.b * np.asarray(angles))

    def tangent(self, angles: object) -> np.ndarray:
        return np.diag(self.k * np.cosh(self.b * np.asarray(angles)))


def _ramped(level: str, stiffness: float, angle: float, moment: float) -> Unit:
    """Stiffness at neutral up to half of the range, then linear to the moment at the range."""
    onset, width = 0.5 * angle, 0.1 * angle
    beyond = (moment - stiffness * angle) / (angle - onset)
    terms = [linear(axis, stiffness) for axis in range(3)]
    for axis in range(3):
        for side in (-1, 1):
            terms.append(ramp(axis, side, beyond, onset=onset, width=width))
    return Unit(level, (Structure("joint", tuple(terms), "joint"),), extrapolate=True)


def _buckled(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    levels = levels_of("lumbar")
    made = column(
        "lumbar", LinearJoint.isotropic(1.0), straight=True, plane="frontal", body=subject.body
    )
    per_stiffness = critical_load(made, top_load(made)).load
    neutral = draw["neutral"] * row("cri92_exp_model").number / per_stiffness
    ranges = [
        draw["range"] * row(f"yam89_rom_LB_one_side_{level.replace('-L', '-')}").parameter().si
        for level in levels
    ]
    laws: list[JointLaw] = []
    for level, reach in zip(levels, ranges, strict=True):
        if model == "exponential":
            laws.append(
                ExponentialJoint.through([neutral] * 3, angle=[reach] * 3, moment=TEST_MOMENT)
            )
        elif model == "sine":
            laws.append(_SineJoint(neutral, reach, TEST_MOMENT))
        elif model == "ramp":
            laws.append(_ramped(level, neutral, reach, TEST_MOMENT))
        else:
            laws.append(LinearJoint.isotropic(neutral))
    spine = with_laws(made, laws)
    found = critical_load(spine, top_load(spine))
    firm = with_laws(made, [LinearJoint.isotropic(TEST_MOMENT / reach) for reach in ranges])
    path = post_buckling(found, to=POST_LOAD, step=0.01) if found.load < POST_LOAD else None
    turned = 0.0 if path is None else float(np.abs(path.angles("LB")[-1]).max())
    return {
        "critical_load_N": found.load,
        "critical_load_over_linear": found.load / critical_load(firm, top_load(firm)).load,
        "rotation_at_100N_deg": float(np.degrees(turned)),
    }


P14 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P14"],
    numbers={
        "critical_load_N": "lumbar column in the frontal plane",
        "critical_load_over_linear": "over that of linear joints of the same range",
        "rotation_at_100N_deg": "largest of the levels, beyond the critical load",
    },
    measure=_buckled,
    criteria={
        "limited": AllOf(
            (
                Limit("critical_load_over_linear", "below", 1.0),
                Limit("rotation_at_100N_deg", "below", row("cri92_post_exp").number),
            )
        )
    },
)
