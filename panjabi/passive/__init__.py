"""The passive subsystem: functional spinal units from C0-C1 to L5-S1 and the sacroiliac joints.

>>> from panjabi.passive.unit import unit
>>> l45 = unit("L4-L5")
>>> l45.tangent([0.0, 0.0, 0.0])       # relaxed stiffness at neutral [N m/rad]
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "AXES": "panjabi.passive.directions",
    "DIRECTIONS": "panjabi.passive.directions",
    "levels": "panjabi.passive.directions",
    "stack": "panjabi.passive.unit",
    "FunctionalSpinalUnit": "panjabi.passive.unit",
    "Structure": "panjabi.passive.terms",
    "Term": "panjabi.passive.terms",
    "Hysteresis": "panjabi.passive.hysteresis",
    "Stiffening": "panjabi.passive.preload",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
