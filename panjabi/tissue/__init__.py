"""Constitutive laws of soft tissue: how a strand's tension follows from its length and time.

Length based and tension only: `Collagen`, `Cable`, `PassiveMuscle`, `NervePath`. In time:
`PronySeries`. Between layers: `GlidingLayer`. A law of your own is any object that keeps the
promises `check_law` tests. Curves of a whole muscle, active and passive, over its own sizes:
`DeGrooteCurves`. Names are looked up when used, so importing this costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from panjabi.tissue.collagen import Cable, Collagen
    from panjabi.tissue.de_groote import DeGrooteCurves
    from panjabi.tissue.gliding import GlidingLayer
    from panjabi.tissue.law import Law, LawReport, Promise, available_laws, check_law, law_named
    from panjabi.tissue.muscle import PassiveMuscle, TensionBreakdown
    from panjabi.tissue.nerve import NervePath
    from panjabi.tissue.viscoelastic import (
        PronySeries,
        hamstring_group,
        plantar_aponeurosis,
    )

_HOME = {
    "Cable": "collagen",
    "Collagen": "collagen",
    "DeGrooteCurves": "de_groote",
    "GlidingLayer": "gliding",
    "Law": "law",
    "LawReport": "law",
    "NervePath": "nerve",
    "PassiveMuscle": "muscle",
    "Promise": "law",
    "PronySeries": "viscoelastic",
    "TensionBreakdown": "muscle",
    "available_laws": "law",
    "check_law": "law",
    "hamstring_group": "viscoelastic",
    "law_named": "law",
    "plantar_aponeurosis": "viscoelastic",
}

__all__ = [
    "Cable",
    "Collagen",
    "DeGrooteCurves",
    "GlidingLayer",
    "Law",
    "LawReport",
    "NervePath",
    "PassiveMuscle",
    "Promise",
    "PronySeries",
    "TensionBreakdown",
    "available_laws",
    "check_law",
    "hamstring_group",
    "law_named",
    "plantar_aponeurosis",
]


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
