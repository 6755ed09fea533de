"""Experiments on single units: P2, P4, P5, P6, P7, P18."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from panjabi.assessment import Experiment
from panjabi.cohort.random_numbers import generator
from panjabi.errors import ConvergenceError, ParameterError
from panjabi.passive.directions import levels
from panjabi.passive.fitting import RELAXED_SHARE
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.injury import AGEING, degenerated, injured, subfailure, weakened, with_fixator
from panjabi.passive.protocol import Protocol
from panjabi.passive.targets import target
from panjabi.spine.static_build import static_spine
from panjabi.spine.subject import Subject
from panjabi.stability.segment import (
    MusclesAcross,
    laboratory_with_muscles,
    muscles_across,
    shared_force,
)
from panjabi.stability.segment_experiments import unit_under_multifidus
from panjabi.statements.altered_units import (
    SIDES,
    exponential_unit,
    linear_unit,
    reach,
    softening_unit,
    specimen,
    with_neutral,
    without_branches,
)
from panjabi.statements.criteria import AllOf, Limit, by_estimator
from panjabi.statements.declarations import DECLARATIONS, ESTIMATORS
from panjabi.statements.zones import CHANGED, INJURIES, TENDENCY, zones_and_range

Unit = FunctionalSpinalUnit
Draw = Mapping[str, float]
NO_RESULT = (ConvergenceError, ParameterError)
"""A unit that fails in a test, or a column without an equilibrium, says nothing."""

PRELOAD = 400.0  # of the variant "compressed" [N]
TESTED = ("L2-L3", "L4-L5")  # levels of the comparisons by draws
FIXED = ("C4-C5", "C6-C7")  # levels with a fixator
SMALL_PART = 0.5  # largest fraction of the stiffness at full moment that is little resistance
REGIONS = ("upper cervical", "cervical", "thoracic", "lumbar")
FORCE = 60.0  # of muscles on each side of L4-L5 [N]
ABOUT_INTACT = (0.8, 1.25)  # of the intact neutral zone, assumed
EXTENSORS = ("multifidus_lumbar", "longissimus_lumborum", "longissimus_thoracis",
             "iliocostalis_lumborum", "iliocostalis_thoracis")  # fmt: skip
SPECIMENS = 8


def _base(subject: Subject, level: str, model: str, draw: Draw) -> Unit:
    """The unit of a level in a variant or rival, without injury."""
    made = specimen(subject.unit(level, rib_cage=False), draw)
    if model == "linear_joints":
        return linear_unit(made)
    return made.with_preload(PRELOAD) if model == "compressed" else made


@dataclass(frozen=True)
class _Case:
    """Relative growth of neutral zone, by estimator, and of the range about an axis."""

    axis: int
    zone: dict[str, float]
    range: float


def _cases(before: Unit, changed: Iterable[Unit]) -> list[_Case]:
    """The growth about every axis from one unit to others."""
    intact = [zones_and_range(before, axis) for axis in range(3)]
    cases = []
    for after in changed:
        for axis, (z0, r0) in enumerate(intact):
            z1, r1 = zones_and_range(after, axis)
            zone = {m: z1[m] / z0[m] - 1.0 for m in ESTIMATORS if m in z0 and m in z1}
            cases.append(_Case(axis, zone, r1 / r0 - 1.0))
    return cases


def _shares(cases: Iterable[_Case], *, affected: bool) -> dict[str, float]:
    """Estimator -> fraction of the cases in which the zone grows by the larger factor [1]."""
    cases = list(cases)
    out = {}
    for m in ESTIMATORS:
        counted = [c for c in cases if m in c.zone]
        if affected:
            counted = [c for c in counted if max(c.zone[m], c.range) > CHANGED]
        grows = [c.zone[m] > c.range for c in counted]
        out[m] = sum(grows) / len(grows) if grows else math.nan
    return out


# --- P2: a neutral zone exists ---------------------------------------------------------------


def _neutral_zone_exists(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    source = "WhitePanjabi1990" if model == "recalled" else None
    ratios = []
    for level in dict.fromkeys(n for region in REGIONS for n in levels(region)):
        made = specimen(subject.unit(level, source=source, rib_cage=False), draw)
        if model == "without_limit":
            made = with_neutral(made, _measured_slopes(level, made))
        if model == "linear_joints":
            made = linear_unit(made)
        if model == "softening_joints":
            made = softening_unit(made)
        for axis in range(3):
            for side in SIDES:
                at = np.zeros(3)
                at[axis] = reach(made, axis, side)
                full = float(made.tangent(at)[axis, axis])
                ratios.append(made.stiffness_at_neutral(axis) / full)
    return {"largest_stiffness_ratio": max(ratios), "median_stiffness_ratio": np.median(ratios)}


def _measured_slopes(level: str, made: Unit) -> tuple[float, float, float]:
    """Relaxed part of the measured slope over the fitted stiffness at neutral, by axis [1]."""
    factors = []
    for axis in range(3):
        aim = target(level, axis)
        relaxed = RELAXED_SHARE * aim.stiffness if aim.moving else aim.stiffness
        factors.append(max(relaxed / made.stiffness_at_neutral(axis), 1.0))
    return factors[0], factors[1], factors[2]


P2 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P2"],
    numbers={
        "largest_stiffness_ratio": "neutral over full moment, all levels, axes and sides",
        "median_stiffness_ratio": "the same, median",
    },
    measure=_neutral_zone_exists,
    criteria={
        "every_direction": AllOf((Limit("largest_stiffness_ratio", "below", SMALL_PART),)),
    },
)


# --- P4: injury ------------------------------------------------------------------------------


def _hurt(unit: Unit, injury: str, draw: Draw) -> Unit:
    if injury == "subfailure=LF":
        return subfailure(unit, "LF", toe=draw["toe"], fraction=draw["severity"])
    return injured(unit, injury, draw["severity"])


def _injury(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    cases = []
    for level in TESTED:
        before = _base(subject, level, model, draw)
        changed = [_hurt(before, injury, draw) for injury in INJURIES.values()]
        if model == "uniform_injury":
            changed = [weakened(before, 0.5 * draw["severity"])]
        cases += _cases(before, changed)
    return {f"share_zone_grows_more_{m}": x for m, x in _shares(cases, affected=True).items()}


P4 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P4"],
    numbers={
        f"share_zone_grows_more_{m}": f"of the comparisons with an effect, {words}"
        for m, words in ESTIMATORS.items()
    },
    measure=_injury,
    criteria=by_estimator("share_zone_grows_more_{}", "at least", TENDENCY, ESTIMATORS),
)


# --- P5: degeneration ------------------------------------------------------------------------

FACTORS = {
    "pressure_only": tuple((loss, 0.0, 0.0) for loss, _, _ in AGEING),
    "stiffening_only": tuple((0.0, stiff, wide) for _, stiff, wide in AGEING),
    "other_axes": (AGEING[2], AGEING[0], AGEING[1]),
}
"""Loss at neutral, growth of ramps and of their onset per grade, by axis, in place of `AGEING`."""


def _degeneration(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    cases = []
    for level in TESTED:
        before = _base(subject, level, model, draw)
        after = degenerated(before, draw["grade"], factors=FACTORS.get(model, AGEING))
        cases += _cases(before, [after])
    return {f"share_ratio_rises_{m}": x for m, x in _shares(cases, affected=False).items()} | {
        "largest_range_change_FE_LB_percent": 100.0 * max(c.range for c in cases if c.axis < 2)
    }


P5 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P5"],
    numbers={
        f"share_ratio_rises_{m}": f"of levels and axes, {words}" for m, words in ESTIMATORS.items()
    }
    | {"largest_range_change_FE_LB_percent": "of the range, flexion-extension and bending"},
    measure=_degeneration,
    criteria={
        m: AllOf(
            (
                Limit("largest_range_change_FE_LB_percent", "below", 0.0),
                Limit(f"share_ratio_rises_{m}", "at least", TENDENCY),
            )
        )
        for m in ESTIMATORS
    },
)


# --- P6: fixation ----------------------------------------------------------------------------


def _fixation(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    cases = []
    for level in FIXED:
        before = _base(subject, level, model, draw)
        if model == "exponential_law":
            before = exponential_unit(before)
        if model == "without_branches":
            before = without_branches(before)
        plain = specimen(subject.unit(level, rib_cage=False), draw)
        rod = draw["rod"] * sum(plain.stiffness_at_neutral(axis) for axis in range(3))
        after = with_fixator(before, stiffness=rod)
        cases += _cases(before, [after])
    return {
        f"largest_zone_less_range_{m}_percent": 100.0
        * max((c.zone[m] - c.range for c in cases if m in c.zone), default=math.nan)
        for m in ESTIMATORS
    }


P6 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P6"],
    numbers={
        f"largest_zone_less_range_{m}_percent": f"points; below 0: the zone more, {words}"
        for m, words in ESTIMATORS.items()
    },
    measure=_fixation,
    criteria=by_estimator("largest_zone_less_range_{}_percent", "below", 0.0, ESTIMATORS),
)


# --- P7: muscle force ------------------------------------------------------------------------


def _under_force(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    spine = static_spine("standing", subject=subject)
    intact = _base(subject, "L4-L5", model, draw)
    hurt = intact
    for injury in ("cut=SSL+ISL", "facetectomy", "nucleus"):
        hurt = injured(hurt, injury, draw["severity"])

    def tested(unit: Unit, axis: int, force: float, wait: float) -> tuple[float, float]:
        plan = Protocol(wait=wait)
        if model in ("multifidus", "linear_joints"):
            test = unit_under_multifidus(spine, unit, axis, 2.0 * force, protocol=plan)
        else:
            groups = EXTENSORS if model == "all_extensors" else EXTENSORS[:1]
            forces = shared_force(spine, "L4-L5", force, *groups)
            across = muscles_across(spine, "L4-L5", forces, stiffness=None)
            if model == "compression_only":
                across = MusclesAcross("L4-L5", np.zeros(3), np.zeros((3, 3)), across.compression)
            test = laboratory_with_muscles(unit, axis, across, protocol=plan)
        return test.half_width, test.end_plus - test.end_minus

    out: dict[str, float] = {}
    for name, axis, wait in (("", 0, 30.0), ("late_", 0, 600.0), ("bending_", 1, 30.0)):
        (z0, r0), (zh, _), (z, r) = (
            tested(intact, axis, 0.0, wait), tested(hurt, axis, 0.0, wait),
            tested(hurt, axis, FORCE, wait),
        )  # fmt: skip
        out |= {f"{name}zone_injured_over_intact": zh / z0, f"{name}zone_with_force": z / z0}
        out |= {f"{name}range_with_force": r / r0, f"{name}zone_change": (z - zh) / z0}
    return out


_READINGS_P7 = {"after_30_s": "", "after_10_min": "late_", "bending": "bending_"}

P7 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P7"],
    numbers={
        f"{name}{key}": f"{words}, {reading.replace('_', ' ')}"
        for reading, name in _READINGS_P7.items()
        for key, words in (
            ("zone_injured_over_intact", "without force, over intact"),
            ("zone_with_force", "zone with 60 N on each side, over intact"),
            ("range_with_force", "range with 60 N on each side, over intact"),
            ("zone_change", "zone with force less without, over intact"),
        )
    },
    measure=_under_force,
    criteria={
        reading: AllOf(
            (
                Limit(f"{name}zone_with_force", "from to", *ABOUT_INTACT),
                Limit(f"{name}zone_change", "below", 0.0),
                Limit(f"{name}range_with_force", "above", ABOUT_INTACT[1]),
            )
        )
        for reading, name in _READINGS_P7.items()
    },
)


# --- P18: which measure shows an injury ------------------------------------------------------

SERIES = {"ligaments": "cut=SSL+ISL", "nucleus": "nucleus", "facets": "facetectomy"}


@cache
def _deviates() -> np.ndarray:
    """Standard normal deviates of the specimens (SPECIMENS, 3), the same in every draw."""
    return generator(0, stream="specimens").standard_normal((SPECIMENS, 3))


def _sensitivity(subject: Subject, model: str, draw: Draw) -> dict[str, float]:
    names = [m for m in ESTIMATORS if m != "residual_10_min"]
    zones: dict[str, list[tuple[float, float]]] = {m: [] for m in names}
    ranges = []
    for by_neutral, by_friction, by_range in _deviates():
        factors = {
            "neutral": math.exp(draw["scatter_neutral"] * by_neutral),
            "friction": math.exp(draw["scatter_friction"] * by_friction),
        }
        before = _base(subject, "L4-L5", model, factors)
        wider = math.exp(draw["scatter_range"] * by_range)
        before = replace(before, structures=tuple(s.changed(toe=wider) for s in before.structures))
        if model == "linear_joints":
            before = before.with_structures(
                [s.changed(stiffness=1.0 / wider) for s in before.structures]
            )
        if model == "uniform_injury":
            after = weakened(before, 0.5 * draw["severity"])
        else:
            after = injured(before, SERIES.get(model, SERIES["nucleus"]), draw["severity"])
        (z0, r0), (z1, r1) = (zones_and_range(u, 0) for u in (before, after))
        ranges.append((r0, r1))
        for m in names:
            zones[m].append((z0.get(m, math.nan), z1.get(m, math.nan)))
    by_range = _effect(ranges)
    return {"effect_on_range": by_range} | {
        f"effect_on_zone_less_range_{m}": _effect(zones[m]) - by_range for m in names
    }


def _effect(pairs: list[tuple[float, float]]) -> float:
    """Mean change by the injury over the spread of the intact specimens [1]."""
    before, after = np.array(pairs).T
    return float((after - before).mean() / before.std(ddof=1))


P18 = Experiment(
    no_result=NO_RESULT,
    declaration=DECLARATIONS["P18"],
    numbers={"effect_on_range": "mean change of the range over its spread"}
    | {
        f"effect_on_zone_less_range_{m}": f"the same of the zone, less that of the range, {words}"
        for m, words in ESTIMATORS.items()
        if m != "residual_10_min"
    },
    measure=_sensitivity,
    criteria=by_estimator(
        "effect_on_zone_less_range_{}", "above", 0.0,
        {m: w for m, w in ESTIMATORS.items() if m != "residual_10_min"},
    ),
)  # fmt: skip
