"""Stiffness of the trunk under effort (Moorhouse and Granata 2007)."""

from __future__ import annotations

from functools import cache

import numpy as np

from panjabi.tasks.condition import Condition
from panjabi.tasks.stiffness import PointStiffness, exertion
from panjabi.validation.criterion import at_least, within_sd
from panjabi.validation.predictions import Prediction, Predictions

EFFORTS = (0.02, 0.05, 0.1, 0.2)  # fractions of extension strength, up to the published 20 %

table = Predictions("Trunk under effort")


@cache
def _stiffness(model: str) -> dict[float, PointStiffness]:
    return {effort: exertion(Condition(model=model), share=effort) for effort in EFFORTS}


def _list(model: str) -> str:
    values = _stiffness(model).items()
    return ", ".join(f"{k.intrinsic:.0f} at {100 * e:.0f} %" for e, k in values) + " effort"


@table.predicts(
    "N027",
    reason="reflex over reflex plus intrinsic stiffness at T8, without the effect of gravity; the "
    "fraction depends on the reflex gains, which are assumed",
)
def reflex_fraction() -> float:
    return 100.0 * _stiffness("trunk")[0.2].reflex_fraction


@table.predicts("N028", accept=within_sd(2.0))
def intrinsic_stiffness() -> Prediction:
    fifth = _stiffness("trunk")[0.2]
    return Prediction(
        fifth.intrinsic,
        f"static stiffness at T8, {fifth.lever:.2f} m above L5-S1, with gravity "
        f"({_list('trunk')} [N/m]): with a rigid trunk on one joint, all muscle elasticity acts "
        "at that joint and no other level can move",
    )


@table.predicts("N028.lumbar")
def intrinsic_stiffness_of_six_joints() -> Prediction:
    return Prediction(
        None,
        f"the model with six joints gives {_list('lumbar')} [N/m], without a trend: the "
        "posture is not stable with activations of least squares, and the inverse of its "
        "compliance passes through infinity. Some of these values are within the published "
        "spread, but this is no evidence",
    )


@table.predicts(
    "N258",
    reason="static stiffness at T8 with reflexes and gravity; the published stiffness is for a "
    "cycle of 250 ms at a higher harness",
)
def total_stiffness() -> float:
    return 1e-3 * _stiffness("trunk")[0.2].total


@table.predicts(
    "N029",
    accept=at_least(60.0, "above 60"),
    reason=f"exertions of {', '.join(f'{100 * s:.0f}' for s in EFFORTS)} % in one model, whose "
    "muscle stiffness exceeds the effect of gravity at every effort; published are trials of "
    "eleven people",
)
def negative_intrinsic_stiffness() -> float:
    return 100.0 * float(np.mean([k.intrinsic < 0.0 for k in _stiffness("trunk").values()]))
