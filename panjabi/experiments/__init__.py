"""Laboratory experiments played on the models: push, release, load, sit, bend again and again.

>>> from panjabi.experiments import Condition, sudden_load
>>> sudden_load(Condition(model="trunk")).latencies["extensors"].seconds
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "Condition": "panjabi.experiments.condition",
    "MODELS": "panjabi.experiments.condition",
    "PHENOTYPES": "panjabi.experiments.condition",
    "at_rest": "panjabi.experiments.condition",
    "PerturbationResponse": "panjabi.experiments.response",
    "sudden_load": "panjabi.experiments.pushes",
    "quick_release": "panjabi.experiments.pushes",
    "Release": "panjabi.experiments.pushes",
    "force_perturbation": "panjabi.experiments.force",
    "ForceExperiment": "panjabi.experiments.force",
    "PointStiffness": "panjabi.experiments.stiffness",
    "point_stiffness": "panjabi.experiments.stiffness",
    "exertion": "panjabi.experiments.stiffness",
    "LoopMargin": "panjabi.experiments.condensed",
    "loop_margin": "panjabi.experiments.condensed",
    "Plant": "panjabi.experiments.plant",
    "Seat": "panjabi.experiments.seat",
    "seated": "panjabi.experiments.seat",
    "SittingRecord": "panjabi.experiments.seated_sway",
    "sitting": "panjabi.experiments.seated_sway",
    "RepeatedRecord": "panjabi.experiments.repeated",
    "repeated_movement": "panjabi.experiments.repeated",
    "Basin": "panjabi.experiments.basin",
    "basin_of_attraction": "panjabi.experiments.basin",
    "experiment_cases": "panjabi.experiments.cases",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
