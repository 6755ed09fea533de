"""The passive subsystem: functional spinal units from C0-C1 to L5-S1 and the sacroiliac joints.

>>> from panjabi.passive import unit
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
    "unit": "panjabi.passive.functional_unit",
    "stack": "panjabi.passive.functional_unit",
    "FunctionalSpinalUnit": "panjabi.passive.functional_unit",
    "Structure": "panjabi.passive.terms",
    "Term": "panjabi.passive.terms",
    "Hysteresis": "panjabi.passive.hysteresis",
    "Stiffening": "panjabi.passive.preload",
    "PassiveJoint": "panjabi.passive.element",
    "Protocol": "panjabi.passive.protocol",
    "Recording": "panjabi.passive.protocol",
    "laboratory_test": "panjabi.passive.protocol",
    "cyclic_test": "panjabi.passive.protocol",
    "ESTIMATORS": "panjabi.passive.neutral_zone",
    "NeutralZone": "panjabi.passive.neutral_zone",
    "NeutralZoneTest": "panjabi.passive.neutral_zone",
    "neutral_zone_test": "panjabi.passive.neutral_zone",
    "Measurement": "panjabi.passive.measured",
    "read_measurement": "panjabi.passive.measured",
    "measured_neutral_zone": "panjabi.passive.measured",
    "Pelvis": "panjabi.passive.pelvis",
    "SacroiliacJoint": "panjabi.passive.pelvis",
    "cut": "panjabi.passive.injury",
    "subfailure": "panjabi.passive.injury",
    "disc_rupture": "panjabi.passive.injury",
    "nucleus_removed": "panjabi.passive.injury",
    "facetectomy": "panjabi.passive.injury",
    "with_rib_cage": "panjabi.passive.ribs",
    "without_rib_cage": "panjabi.passive.ribs",
    "degenerated": "panjabi.passive.injury",
    "with_fixator": "panjabi.passive.injury",
    "injured": "panjabi.passive.injury",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
