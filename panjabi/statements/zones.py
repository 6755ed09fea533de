"""Neutral zone by several estimators, and range of motion of a unit."""

from __future__ import annotations

from panjabi.errors import PanjabiError
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.neutral_zone import (
    inflexion,
    residual_positions,
    split_loop,
    stiffness_threshold,
    zero_load_gap,
)
from panjabi.passive.protocol import Protocol, cyclic_test, laboratory_test

Unit = FunctionalSpinalUnit

AXES = ("FE", "LB", "AR")
CHANGED = 0.01  # relative change below which an injury has no effect about an axis
TENDENCY = 2.0 / 3.0  # fraction of cases that is a tendency

INJURIES = {
    "SSL and ISL cut": "cut=SSL+ISL",
    "LF stretched": "subfailure=LF",
    "facets removed": "facetectomy",
    "nucleus removed": "nucleus",
    "disc ruptured": "disc-rupture",
}


def zones_and_range(tested: Unit, axis: int) -> tuple[dict[str, float], float]:
    """Neutral zone, one-sided, by every estimator that exists, and range of both sides [rad]."""
    zones: dict[str, float] = {}
    reach = 0.0
    for name, wait in (("residual_10_min", 600.0), ("residual_30_s", 30.0)):
        plan = Protocol(wait=wait)
        residual = residual_positions(laboratory_test(tested, axis, plan), plan.cycles)
        zones[name], reach = residual.half_width, residual.end_plus - residual.end_minus
    test = cyclic_test(tested, axis)
    loop = split_loop(test.moment, test.angle)
    for estimator in (stiffness_threshold, inflexion, zero_load_gap):
        try:
            zones[estimator.__name__] = estimator(loop).half_width
        except PanjabiError:
            continue  # a curve that does not soften has no zone of this kind
    return zones, reach
