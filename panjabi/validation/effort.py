"""Stiffness of the trunk under effort (Moorhouse and Granata 2007)."""

from __future__ import annotations

from functools import cache

import numpy as np

from panjabi.tasks.condition import Condition
from panjabi.tasks.stiffness import PointStiffness, exertion
from panjabi.validation.criterion import at_least, within_sd
from panjabi.validation.predictions import Prediction, Predictions

EFFORTS = (0.02, 0.05, 0.1, 0.2)  # exertions over the extension strength, up to the published one

table = Predictions("Trunk under effort")


@cache
def _stiffness(model: str) -> dict[float, PointStiffness]:
    return {share: exertion(Condition(model=model), share=share) for share in EFFORTS}


def _list(model: str) -> str:
    found = _stiffness(model).items()
    return ", ".join(f"{k.intrinsic:.0f} at {100 * share:.0f} %" for share, k in found) + " effort"


@table.predicts(
    "N027",
    reason="reflex over reflex and intrinsic stiffness at T8, gravity left out of both; the reflex "
    "gains are assumed, and the share follows them",
)
def reflex_fraction() -> float:
    return 100.0 * _stiffness("trunk")[0.2].reflex_fraction


@table.predicts("N028", accept=within_sd(2.0))
def intrinsic_stiffness() -> Prediction:
    fifth = _stiffness("trunk")[0.2]
    return Prediction(
        fifth.intrinsic,
        f"slow stiffness at T8, {fifth.lever:.2f} m over L5-S1, gravity in it "
        f"({_list('trunk')}): one joint under a rigid trunk has all its muscles' elasticity at one "
        "place and no vertebra to give way",
    )


@table.predicts("N028.lumbar")
def intrinsic_stiffness_of_six_joints() -> Prediction:
    return Prediction(
        None,
        f"six joints give {_list('lumbar')}, in no order: activations with the least "
        "sum of squares leave a posture that is not stable, and the inverse of its compliance goes "
        "through infinity. Some of these lie within the published spread, which proves nothing",
    )


@table.predicts(
    "N258",
    reason="slow stiffness at T8 with reflexes and gravity, where the published one is of a cycle "
    "of 250 ms at a harness higher up",
)
def total_stiffness() -> float:
    return 1e-3 * _stiffness("trunk")[0.2].total


@table.predicts(
    "N029",
    accept=at_least(60.0, "above 60"),
    reason=f"exertions of {', '.join(f'{100 * s:.0f}' for s in EFFORTS)} % in one model, where "
    "trials of eleven people are published",
)
def negative_intrinsic_stiffness() -> float:
    return 100.0 * float(np.mean([k.intrinsic < 0.0 for k in _stiffness("trunk").values()]))
