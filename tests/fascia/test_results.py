"""Results of fascia as plain values and as tables."""

from __future__ import annotations

import json

import numpy as np
import pytest

from fascia.clinical import Examination, examine
from fascia.interventions.attenuation_ladder import attenuation
from fascia.interventions.release_experiment import release
from fascia.interventions.release_sweep import sweep_release
from fascia.subject import standard_subject
from fascia.transmission.sensitivity import influence

pytest.importorskip("pandas")


@pytest.fixture(scope="module")
def subject():
    return standard_subject()


def plain(result):
    return json.loads(json.dumps(result.to_dict(), allow_nan=False))


def test_the_curve_of_a_test(subject):
    result = examine(subject.network, "forward-bend", tolerance=subject.tolerance)
    table, value = result.to_pandas(), plain(result)
    assert table.index.to_numpy() == pytest.approx(value["angle_deg"])
    assert table["tissue_torque_Nm"].to_numpy() == pytest.approx(result.tissue_torque)
    heads = table[[f"{head} [N]" for head in result.heads]].to_numpy()
    assert heads == pytest.approx(result.hamstring_force)
    assert "finger_floor_distance_m" in table and "finger_floor_distance_m" in value


def test_a_release_before_and_after(subject):
    change = release(subject, "head_neck", null_models=False)
    table = change.to_pandas()
    row = table.loc["end_angle_deg"]
    assert row["after"] - row["before"] == pytest.approx(row["change"], abs=1e-9)
    assert plain(change)["change"]["end_angle_deg"] == pytest.approx(row["change"])


def test_a_sweep_has_a_row_for_each_pair(subject):
    ties, tensions = (0.1, np.inf), (0.0, 5.0)
    sweep = sweep_release(subject, "head_neck", ties, tensions)
    table = sweep.to_pandas().set_index(["resting_tension_N", "tie_ratio"])
    for i, tension in enumerate(tensions):
        for j, tie in enumerate(ties):
            assert table.loc[(tension, tie), "end_change_deg"] == sweep.end_change_deg[i, j]


def test_influence_and_attenuation_by_name(subject):
    bench = Examination(subject.network, "slr")
    answer = influence(bench, np.radians(40.0))
    name, size = answer.largest(1)[0]
    assert plain(answer)["per_tension"][name] == pytest.approx(size)
    assert answer.to_pandas().loc[name, "per_tension"] == pytest.approx(size)
    ladder = attenuation(subject, tie_ratios=(0.1, np.inf))
    table = ladder.to_pandas()
    assert plain(ladder)["tie_ratio"] == [0.1, "clamped"]
    assert table["change_N"].to_numpy() == pytest.approx(ladder.change_N.ravel())
    assert len(table) == 2 * len(ladder.levels)
