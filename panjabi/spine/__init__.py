"""Spinal columns: chains of functional spinal units on the levels of the body.

>>> column = panjabi.spine.column("lumbar", laws=LinearJoint.isotropic(40.0))
>>> column.potential(q, [column.top_load(100.0)]).hessian      # exact [N m/rad]
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "SpineModel": "panjabi.spine.model",
    "spine_model": "panjabi.spine.model_build",
    "equilibrium": "panjabi.spine.at_rest",
    "Equilibrium": "panjabi.spine.at_rest",
    "jacobian": "panjabi.spine.derivatives",
    "reference_rhs": "panjabi.spine.reference",
    "StretchReflexes": "panjabi.spine.reflexes",
    "homonymous": "panjabi.spine.reflexes",
    "Column": "panjabi.spine.chain",
    "column": "panjabi.spine.build",
    "straight_column": "panjabi.spine.build",
    "unit_column": "panjabi.spine.units",
    "with_preload": "panjabi.spine.units",
    "instantaneous": "panjabi.spine.units",
    "StaticSpine": "panjabi.spine.static",
    "HeldLoad": "panjabi.spine.static",
    "static_spine": "panjabi.spine.static_build",
    "MuscleState": "panjabi.spine.muscle_state",
    "bergmark": "panjabi.spine.short_range",
    "REGIONS": "panjabi.spine.levels",
    "levels_of": "panjabi.spine.levels",
    "JointLaw": "panjabi.spine.joints",
    "LinearJoint": "panjabi.spine.joints",
    "ExponentialJoint": "panjabi.spine.joints",
    "DeadLoad": "panjabi.spine.loads",
    "FollowerLoad": "panjabi.spine.loads",
    "LevelMoment": "panjabi.spine.loads",
    "Potential": "panjabi.spine.chain",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
