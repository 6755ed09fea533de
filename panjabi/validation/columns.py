"""What a passive column gives without muscles."""

from __future__ import annotations

from functools import cache

import numpy as np

from panjabi.literature import row
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
    reason="relaxed units; the published curves were read 30 s after each step",
)
def serial_sum() -> float:
    """Flexion and extension of L1-S1 at 10 N m against the sum of the five levels."""
    made = unit_column("lumbar")
    ends = [pure_moment(made, "FE", moment).angles[:, 0].sum() for moment in (-10.0, 10.0)]
    return sum(abs(float(np.degrees(end))) for end in ends)


# --- Crisco's experiment and his two models ------------------------------------------------


@table.predicts(
    "cri92_exp",
    "slope",
    reason="straight column of this body with 0.70 N m/deg at every level; links and equal levels "
    "are assumed",
)
@table.predicts("cri92_lin", "linear", reason="set by it: calibration of the joints")
@table.predicts("cri92_exp_model", "exponential", reason="set by it: calibration of the joints")
def crisco_load(model: str) -> float:
    return crisco(model).critical.load


@table.predicts(
    "cri92_post_lin",
    accept=within_fraction(0.1),
    reason="equal stiffness at all levels gives 30 deg; a softer L5-S1 would turn further, but no "
    "level's coefficient is printed. The largest rotation is at L5-S1, as published",
)
def rotation_with_linear_joints() -> float:
    return abs(crisco("linear").rotation_at_100N()["L5-S1"])


@table.predicts(
    "cri92_post_exp",
    accept=at_most(words="at most the published bound"),
    reason="largest of the levels (L2-L3, whose range of motion is the largest). A (exp(b|x|) - "
    "1), stiffness from 11 N, exponent from the range at 10 N m; sinh, which has no corner at "
    "neutral, gives 5.09 through the same numbers, and was tried first",
)
def rotation_with_exponential_joints() -> float:
    return max(map(abs, crisco("exponential").rotation_at_100N().values()))


@table.predicts(
    "cri92_injury",
    accept=sign(-1),
    reason="ruptured disc at L4-L5; which injuries were made is not printed in what was read, and "
    "taking terms away can only soften",
)
def load_after_injury() -> float:
    injured = unit_column("lumbar", plane="frontal", injuries={"L4-L5": ["disc-rupture"]})
    intact = unit_column("lumbar", plane="frontal")
    loads = [critical_load(made, made.top_load()).load for made in (injured, intact)]
    return 100.0 * (loads[0] / loads[1] - 1.0)


# --- dead loads ----------------------------------------------------------------------------

NEUTRAL_ZONES = (
    "load at the head's centre of mass; stiffness at neutral of the cervical units follows from "
    "recalled neutral zones and is uncertain by a factor"
)
CURVED = "curved column of this body, free in space"


@table.predicts("luc61", "thoracolumbar", reason="T1-sacrum without ribs, dead load on T1")
@table.predicts("pat00_buck", "cervical", reason=NEUTRAL_ZONES)
@table.predicts("pan98_crit", "cervical", reason=NEUTRAL_ZONES)
@table.predicts("pat00_vert", "cervical", accept=at_most(), reason=NEUTRAL_ZONES)
@table.predicts("pat03_vert", "lumbar", reason=CURVED)
@table.predicts("pat01_vert", "lumbar", reason=CURVED)
@cache
def dead_load(region: str) -> float:
    """Critical dead load of a column of units, free in space [N]."""
    made = unit_column(region, rib_cage=region != "thoracolumbar")
    return critical_load(made, made.top_load()).load


# --- follower loads ------------------------------------------------------------------------

CARRIED = f"stable and no level beyond {CARRIED_DEG:g} deg"


@table.predicts("pat03_fl", "lumbar", "pat03_fl", unit="deg", accept=CARRIED)
@table.predicts("pat00_fl", "cervical", "pat00_fl", unit="deg", accept=CARRIED)
def follower_load(region: str, id: str) -> Prediction:
    """Largest rotation of a level under the published follower load [deg]."""
    force = row(id).number
    made = with_preload(unit_column(region), force)
    bent = follower_path(made, np.linspace(0.1, 1.0, 10) * force)[-1]
    largest = float(np.degrees(np.abs(bent.angles).max()))
    return Prediction(
        largest,
        f"{'stable' if bent.stable else 'unstable'}; constant-tension cable midway between the "
        "joints, not optimised; units under the same preload. Predicted is the largest rotation "
        "of a level",
        met=bent.stable and largest <= CARRIED_DEG,
    )
