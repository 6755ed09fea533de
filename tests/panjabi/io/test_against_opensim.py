"""The same comparison with OpenSim itself, where it is installed (`pip install opensim`)."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

pytest.importorskip("opensim")


def module(name):
    spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / f"{name}.py")
    assert spec is not None and spec.loader is not None
    loaded = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.mark.parametrize(
    "file", ["joints_4.osim", "coupled_4.osim", "arm_3.osim", "pendulum_2.osim"]
)
def test_lengths_and_moment_arms_at_other_postures(file, data, models):
    table = module("make_oracle").table(data / file, seed=1)
    worst = module("agreement").differences(models[file], table)
    assert max(worst[k] for k in ("coordinate", "position", "length", "moment_arm")) < 1e-9
    assert worst["slope"] < 1e-7
