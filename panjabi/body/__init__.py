"""Rigid bodies and joints as a tree: kinematics, dynamics, postures, muscle paths, body size.

>>> body = standard_adult()
>>> q = body.posture("supine")
>>> body.station(q, "ischial_tub_r")            # world position [m]
>>> body.moment_arms(q, "semimem_r")            # coordinate -> moment arm [m]
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "Body": "panjabi.body.model",
    "Poses": "panjabi.body.poses",
    "Dynamics": "panjabi.body.dynamics",
    "Linearisation": "panjabi.body.dynamics",
    "Momentum": "panjabi.body.dynamics",
    "coordinates_between": "panjabi.body.dynamics",
    "GravityEnergy": "panjabi.body.gravity",
    "Place": "panjabi.body.places",
    "Muscle": "panjabi.body.muscles",
    "Fibre": "panjabi.body.muscles",
    "Tree": "panjabi.body.tree",
    "read_adult": "panjabi.body.standard",
    "standard_adult": "panjabi.body.standard",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
