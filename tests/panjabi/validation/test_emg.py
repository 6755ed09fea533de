"""Activity in tasks: what the tasks apply, flexion-relaxation, and disc pressure over tasks."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.validation.emg import _silence
from panjabi.validation.muscles import bent, hanging, lift, table

UPRIGHT = (
    "wil99_standing_flexed_forward", "wil99_sitting_unsupported", "wil99_20_kg_close_to_body",
    "wil99_lifting_20_kg_round_back", "wil99_lifting_20_kg_flexed_knees",
    "wil01_crate_held_60_cm_away",
)  # fmt: skip
"""Of one man, each task once. Sitting in maximal flexion cannot be held by the model."""


def test_a_hanging_load_has_the_moment_of_its_weight_under_the_shoulders():
    spine = bent(36.0)
    loaded = hanging(spine, 20.0)
    shoulders = [spine.body.joint_centre(spine.poses, f"humerus_{side}") for side in "rl"]
    forward = np.mean(shoulders, axis=0) - spine.body.joint_centre(spine.poses, "L5")
    moment = loaded.carried_load.gradient[loaded.coordinates.index("L5_S1_FE")]
    assert abs(moment) == pytest.approx(20.0 * STANDARD_GRAVITY * forward[0], rel=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("id", UPRIGHT)
def test_pressure_over_that_of_standing_is_within_30_percent(id):
    case = table.entries[id].case()
    assert case.predicted == pytest.approx(case.value, rel=0.30)


def test_a_round_back_presses_more_than_flexed_knees():
    assert lift(70.0).value > lift(40.0).value


@pytest.mark.slow
def test_passive_tissue_takes_over_at_the_end_of_a_bend_and_a_load_delays_it():
    bare, loaded = _silence("lumbar", 0.0), _silence("lumbar", 10.1)
    assert bare.share is not None and loaded.share is not None
    assert bare.share < loaded.share < 1.0
