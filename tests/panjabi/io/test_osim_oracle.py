"""Models read here against the table that OpenSim 4.6 made of the same files."""

from __future__ import annotations

import pytest

FILES = (
    "joints_4.osim",
    "coupled_4.osim",
    "finger_4.osim",
    "shoulder_4.osim",
    "arm_3.osim",
    "pendulum_2.osim",
    "leg_1.osim",
)
EXACT = 1e-9  # 1e-4 m is promised; an arm of a slow follower is a quotient of small numbers
DIFFERENCES = 1e-7  # central differences with a step of 1e-5


def test_the_table_is_of_these_files(oracle, models):
    assert set(oracle["models"]) == set(models) == set(FILES)
    assert oracle["about"].startswith("made by make_oracle.py with OpenSim 4.6")
    assert all(len(table["postures"]) == 20 for table in oracle["models"].values())


@pytest.mark.parametrize("file", FILES)
def test_lengths_and_moment_arms_are_those_of_opensim(file, oracle, models, beside):
    worst = beside("agreement").differences(models[file], oracle["models"][file])
    for quantity in ("coordinate", "position", "length", "moment_arm"):
        assert worst[quantity] < EXACT, quantity
    assert 0.0 < worst["slope"] < DIFFERENCES


@pytest.mark.parametrize("file", FILES)
def test_constants_of_muscles_are_those_of_opensim(file, oracle, models):
    table, muscles = oracle["models"][file], {m.name: m for m in models[file].muscles}
    for name, constants in zip(table["muscles"], table["constants"], strict=True):
        m = muscles[name]
        sizes = (m.max_force, m.optimal_fibre_length, m.tendon_slack_length, m.pennation)
        assert [*sizes, m.max_contraction_velocity] == pytest.approx(constants, abs=1e-15)


@pytest.mark.parametrize(
    ("muscle", "coordinate"), [("vastus", "knee_angle"), ("hamstring", "hip_flexion")]
)
def test_the_exceptions_are_where_opensim_contradicts_itself(muscle, coordinate, oracle):
    """Its moment arm there is off the slope of its own length by more than a millimetre."""
    table = oracle["models"]["coupled_4.osim"]
    m, k = table["muscles"].index(muscle), table["coordinates"].index(coordinate)
    off = [abs(row["moment_arm_m"][m][k] + row["slope_m"][m][k]) for row in table["postures"]]
    assert max(off) > 1e-3


def test_conditional_points_came_and_went_in_the_table(oracle, models):
    """Else the comparison says nothing about them."""
    for file, coordinate, limit in (
        ("coupled_4.osim", "knee_angle", 0.9),
        ("arm_3.osim", "elevation", 0.4),
    ):
        table = oracle["models"][file]
        k = table["coordinates"].index(coordinate)
        inside = [row["values"][k] <= limit for row in table["postures"]]
        assert any(inside) and not all(inside)
