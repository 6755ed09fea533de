"""Models in and out: OpenSim files read, MJCF written.

>>> model = read_osim("model.osim")
>>> model.moment_arms(model.default(), "soleus_r")      # coordinate -> moment arm [m]
>>> model.not_understood                                # what the file holds besides
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "read_osim": "panjabi.io.opensim",
    "OsimModel": "panjabi.io.osim_model",
    "OsimMuscle": "panjabi.io.osim_muscles",
    "OsimCoordinate": "panjabi.io.osim_coordinates",
    "NotUnderstood": "panjabi.io.findings",
    "write_mjcf": "panjabi.io.mjcf",
    "MusclePaths": "panjabi.io.musculature",
    "Musculature": "panjabi.io.musculature",
    "muscles_of": "panjabi.io.musculature",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
