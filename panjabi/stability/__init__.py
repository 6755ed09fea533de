"""Equilibrium, buckling and what comes after it, from the exact Hessian of a potential.

>>> result = panjabi.stability.critical_load(column.in_plane("frontal"), column.top_load())
>>> result.load, result.mode
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "Equilibrium": "panjabi.stability.balance",
    "equilibrium": "panjabi.stability.balance",
    "pure_moment": "panjabi.stability.balance",
    "CriticalLoad": "panjabi.stability.critical",
    "critical_load": "panjabi.stability.critical",
    "buckling_modes": "panjabi.stability.critical",
    "LoadPath": "panjabi.stability.tracer",
    "load_path": "panjabi.stability.arc",
    "post_buckling": "panjabi.stability.arc",
    "crisco": "panjabi.stability.crisco_model",
    "StaticStability": "panjabi.stability.muscular",
    "static_stability": "panjabi.stability.muscular",
    "one_joint_stiffness": "panjabi.stability.muscular",
    "Margin": "panjabi.stability.margins",
    "load_margin": "panjabi.stability.margins",
    "deficit_margin": "panjabi.stability.margins",
    "Condition": "panjabi.stability.verdict",
    "StabilityVerdict": "panjabi.stability.verdict",
    "SubsystemMargin": "panjabi.stability.verdict",
    "judged": "panjabi.stability.verdict",
    "spine_verdict": "panjabi.stability.verdict_spine",
    "trunk_verdict": "panjabi.stability.verdict_trunk",
    "ReducedTrunk": "panjabi.stability.trunk",
    "reduced_trunk": "panjabi.stability.trunk",
    "column_cases": "panjabi.stability.cases",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
