"""The active subsystem: muscles over the body, musculotendon units, activation, stiffness.

>>> from panjabi.active.build import musculature
>>> muscles = musculature("lumbar")
>>> geometry = muscles.geometry(np.zeros(18))
>>> geometry.moment_arm                     # (244, 18) [m]
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "AbdomenCoupling": "panjabi.active.abdomen",
    "AbdominalPressure": "panjabi.active.abdominal_pressure",
    "ActivationDynamics": "panjabi.active.activation",
    "Bergmark": "panjabi.active.stiffness",
    "Cui": "panjabi.active.stiffness",
    "HeldTensions": "panjabi.active.element",
    "MuscleElement": "panjabi.active.element",
    "MuscleGeometry": "panjabi.active.musculature",
    "Musculature": "panjabi.active.musculature",
    "Musculotendon": "panjabi.active.musculotendon",
    "Pressure": "panjabi.active.abdominal_pressure",
    "REGIONS": "panjabi.active.build",
    "hill_slope": "panjabi.active.stiffness",
    "moment_capacity": "panjabi.active.strength",
    "read_set": "panjabi.active.data",
    "read_set_file": "panjabi.active.data",
    "region_coordinates": "panjabi.active.build",
    "strut": "panjabi.active.abdominal_pressure",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
