"""The same comparison with OpenSim itself, where it is installed (`pip install opensim`)."""

from __future__ import annotations

import pytest

pytest.importorskip("opensim")


@pytest.mark.parametrize(
    "file",
    [
        "joints_4.osim",
        "coupled_4.osim",
        "shoulder_4.osim",
        "arm_3.osim",
        "pendulum_2.osim",
        "leg_1.osim",
    ],
)
def test_lengths_and_moment_arms_at_other_postures(file, data, models, beside):
    table = beside("make_oracle").table(data / file, seed=1)
    worst = beside("agreement").differences(models[file], table)
    assert max(worst[k] for k in ("coordinate", "position", "length", "moment_arm")) < 1e-9
    assert worst["slope"] < 1e-7
