"""Two published experiments at L4-L5: muscle force on an injured unit, and on muscle groups."""

from __future__ import annotations

import numpy as np

from panjabi.body.tree import Floats
from panjabi.literature import row
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.neutral_zone import Residual
from panjabi.passive.protocol import Protocol
from panjabi.spine.short_range import bergmark
from panjabi.spine.static_build import static_spine
from panjabi.spine.static_model import StaticSpine
from panjabi.stability.segment import laboratory_with_muscles, muscles_across, segment_gain

WORST_INJURY = ("cut=SSL+ISL", "facetectomy", "nucleus")
"""Injury of L4-L5 in the simulation of Panjabi's 1989 test: posterior ligaments, both facets,
nucleus."""

GROUPS_AT_L45 = ("multifidus_lumbar", "longissimus", "iliocostalis", "psoas", "quadratus_lumborum")
"""Muscle groups compared at L4-L5, each with the same force."""


def unit_under_multifidus(
    spine: StaticSpine,
    unit: FunctionalSpinalUnit,
    axis: int,
    force: float,
    *,
    protocol: Protocol | None = None,
) -> Residual:
    """Laboratory test of a unit at L4-L5 with a constant total force of multifidus [N].

    The force is distributed in proportion to maximal force over the fascicles from the spinous
    process of L4.
    """
    chosen = np.array([n.startswith("MF_m4") for n in spine.muscles.names])
    fraction = np.where(chosen, spine.muscles.max_force, 0.0)
    fraction /= fraction.sum()
    across = muscles_across(spine, "L4-L5", force * fraction, stiffness=None)
    return laboratory_with_muscles(unit, axis, across, protocol=protocol)


def gain_at_l45() -> dict[str, Floats]:
    """Stiffness that each group adds at L4-L5 with equal force, (3,) FE, LB, AR [N m/rad].

    The force on each side is the published value (row wil95_force).
    """
    force = row("wil95_force").number
    spine = static_spine("standing")
    return segment_gain(spine, "L4-L5", GROUPS_AT_L45, force=force, stiffness=bergmark())
