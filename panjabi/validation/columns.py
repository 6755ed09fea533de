"""Predictions of passive columns without muscles."""

from __future__ import annotations

from functools import cache

import numpy as np

from panjabi.literature import row
from panjabi.spine.passive_spine import top_load
from panjabi.spine.units import unit_column, with_preload
from panjabi.stability.column_solver import pure_moment
from panjabi.stability.crisco_model import crisco
from panjabi.stability.critical import critical_load
from panjabi.stability.follower_path import CARRIED_DEG, follower_path
from panjabi.validation.criterion import at_most, sign, within_fraction
from panjabi.validation.predictions import Prediction, Predictions

table = Predictions("Columns without muscles")


@table.predicts(
    "yam89_serial_FE",
    accept=within_fraction(0.05),
    reason="relaxed units; the published curves are 30 s after each step",
)
def serial_sum() -> float:
    """Flexion-extension of L1-S1 at 10 N m, both sides [deg]."""
    lumbar = unit_column("lumbar")
    ends = [pure_moment(lumbar, "FE", moment).angles[:, 0].sum() for moment in (-10.0, 10.0)]
    return sum(abs(float(np.degrees(end))) for end in ends)


# --- Crisco's experiment and his two models ------------------------------------------------


@table.predicts(
    "cri92_exp",
    "slope",
    reason="straight column of this body with 0.70 N m/deg at every level; links and equal levels "
    "are assumed",
)
@table.predicts("cri92_lin", "linear", reason="the joints are calibrated with this value")
@table.predicts("cri92_exp_model", "exponential", reason="the joints are calibrated with it")
def crisco_load(model: str) -> float:
    return crisco(model).critical.load


@table.predicts(
    "cri92_post_lin",
    accept=within_fraction(0.1),
    reason="equal stiffness at all levels gives 30 deg; a softer L5-S1 would rotate more, but the "
    "coefficients of the levels are not printed. The largest rotation is at L5-S1, as published",
)
def rotation_with_linear_joints() -> float:
    return abs(crisco("linear").rotation_at_100N()["L5-S1"])


@table.predicts(
    "cri92_post_exp",
    accept=at_most(words="at most the published bound"),
    reason="largest of the levels (L2-L3, with the largest range of motion). A (exp(b|x|) - 1), "
    "stiffness from 11 N, exponent from the range at 10 N m; a sinh law, which is smooth at "
    "neutral, gives 5.09 with the same values, and was computed first",
)
def rotation_with_exponential_joints() -> float:
    return max(map(abs, crisco("exponential").rotation_at_100N().values()))


@table.predicts(
    "cri92_injury",
    accept=sign(-1),
    reason="ruptured disc at L4-L5, since the injuries of the experiment were not in the text "
    "available; in the model, removing a structure can only reduce stiffness",
)
def load_after_injury() -> float:
    injured = unit_column("lumbar", plane="frontal", injuries={"L4-L5": ["disc-rupture"]})
    intact = unit_column("lumbar", plane="frontal")
    loads = [critical_load(column, top_load(column)).load for column in (injured, intact)]
    return 100.0 * (loads[0] / loads[1] - 1.0)


# --- dead loads ----------------------------------------------------------------------------

NEUTRAL_ZONES = (
    "load at the head's centre of mass; the stiffness at neutral of the cervical units follows "
    "from neutral zones quoted from memory and is very uncertain"
)
CURVED = "curved column of this body, free in three dimensions"


@table.predicts(
    "luc61",
    "thoracolumbar",
    reason="T1-sacrum without ribs, dead load on T1; relaxed stiffness, a third of that in motion",
)
@table.predicts("pat00_buck", "cervical", reason=NEUTRAL_ZONES)
@table.predicts("pan98_crit", "cervical", reason=NEUTRAL_ZONES)
@table.predicts("pat00_vert", "cervical", accept=at_most(), reason=NEUTRAL_ZONES)
@table.predicts("pat03_vert", "lumbar", reason=CURVED)
@table.predicts("pat01_vert", "lumbar", reason=CURVED)
@cache
def dead_load(region: str) -> float:
    """Critical dead load of a column of units, free in three dimensions [N]."""
    column = unit_column(region, rib_cage=region != "thoracolumbar")
    return critical_load(column, top_load(column)).load


# --- follower loads ------------------------------------------------------------------------

CARRIED = f"stable, and no level rotates more than {CARRIED_DEG:g} deg"


@table.predicts("pat03_fl", "lumbar", "pat03_fl", unit="deg", accept=CARRIED)
@table.predicts("pat00_fl", "cervical", "pat00_fl", unit="deg", accept=CARRIED)
def follower_load(region: str, id: str) -> Prediction:
    """Largest rotation of a level under the published follower load [deg]."""
    force = row(id).number
    column = with_preload(unit_column(region), force)
    loaded = follower_path(column, np.linspace(0.1, 1.0, 10) * force)[-1]
    largest = float(np.degrees(np.abs(loaded.angles).max()))
    return Prediction(
        largest,
        f"{'stable' if loaded.stable else 'unstable'}; constant-tension cable midway between the "
        "joints, not optimised; units under the same preload. The prediction is the largest "
        "rotation of a level",
        met=loaded.stable and largest <= CARRIED_DEG,
    )
