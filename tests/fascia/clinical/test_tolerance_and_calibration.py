"""The sensory end point, its calibration, and how a result is shown."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from fascia.clinical import (
    Tolerance,
    calibrate_tolerance,
    examine,
    measure,
)
from fascia.clinical.calibration import DISCOMFORT_LIMIT
from fascia.clinical.report import as_text
from fascia.clinical.tolerance import NORM_SLR
from panjabi.errors import ParameterError
from panjabi.parameter import sources

# --- tolerance -----------------------------------------------------------------------------


@given(
    force=st.floats(0.0, 1e4),
    strain=st.floats(0.0, 1.0),
    fascia=st.floats(0.0, 1e4),
    weights=st.tuples(*[st.floats(0.0, 1e3)] * 3),
)
def test_discomfort_is_the_weighted_sum(force, strain, fascia, weights):
    m, n, f = weights
    tolerance = Tolerance(limit=1.0, muscle_weight=m, nerve_weight=n, fascia_weight=f)
    expected = m * force + n * strain + f * fascia
    assert tolerance.discomfort(force, strain, fascia) == pytest.approx(expected)


def test_defaults_are_those_settled():
    """Muscle weighs 1, the nerve something assumed, fascia nothing."""
    tolerance = Tolerance(limit=100.0)
    assert (tolerance.muscle_weight, tolerance.fascia_weight) == (1.0, 0.0)
    assert tolerance.nerve_weight > 0.0
    assert tolerance.parameters["nerve_weight"].status == "assumed"
    assert tolerance.parameters["norm_slr"].status == "assumed"  # a recalled norm


@pytest.mark.parametrize("limit", [0.0, -1.0, math.nan, math.inf])
def test_impossible_limits_are_refused(limit):
    with pytest.raises(ParameterError, match="Expected a positive and finite limit"):
        Tolerance(limit=limit)


@pytest.mark.parametrize("name", ["muscle_weight", "nerve_weight", "fascia_weight"])
@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf])
def test_impossible_weights_are_refused(name, value):
    with pytest.raises(ParameterError, match=f"Expected {name} of zero or above"):
        Tolerance(limit=1.0, **{name: value})


# --- calibration of the tolerance --------------------------------------------------------------


def test_standard_subject_stops_at_the_norm(bench, subject):
    end, censored = bench("slr").end(subject.tolerance)
    assert not censored
    assert math.degrees(end.angle) == pytest.approx(NORM_SLR.value, abs=1e-5)
    assert DISCOMFORT_LIMIT.status == "assumed"


def test_norm_is_the_weighted_mean_of_both_sexes():
    men, women = 106 * [68.5], 108 * [76.3]
    assert pytest.approx(np.mean(men + women)) == NORM_SLR.value


def test_tolerance_refit_gives_the_committed_limit(network):
    tolerance = calibrate_tolerance(network)
    assert tolerance.limit == pytest.approx(DISCOMFORT_LIMIT.value, rel=1e-6)
    other = calibrate_tolerance(network, slr_deg=60.0, nerve_weight=0.0)
    assert other.nerve_weight == 0.0
    result = examine(network, "slr", tolerance=other)
    assert result.end_angle_deg == pytest.approx(60.0, abs=1e-6)


# --- report --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def raised(bench, subject):
    return measure(bench("slr"), tolerance=subject.tolerance)


def test_dictionary_is_plain_json_with_units_in_its_keys(raised):
    value = raised.to_dict()
    assert json.loads(json.dumps(value, allow_nan=False)) == value
    for key in (
        "stiffness_Nm_per_rad", "stiffness_N_per_mm", "end_angle_deg", "angle_deg",
        "tissue_torque_Nm", "gravity_torque_Nm", "hamstring_force_N", "residual_N",
        "assumed_parameters", "sources", "slack_strands", "pelvic_share", "lumbar_share",
    ):  # fmt: skip
        assert key in value
    assert all(key == key.replace(" ", "_") for key in value)
    assert value["assumed_parameters"] == sources(raised).assumed > 0


def test_window_of_the_test_and_three_more_are_printed(raised):
    found = raised.stiffness_by_window()
    assert list(found) == ["20-70", "20-50", "40-70", "30-60"]
    assert found["20-70"] == pytest.approx(raised.stiffness_Nm_per_rad)
    text = as_text(raised)
    for window in found:
        assert f"{window} deg: " in text
    assert "tolerance reached" in text


def test_reading_is_named_and_in_metres(bench, subject):
    value = measure(bench("forward-bend"), tolerance=subject.tolerance).to_dict()
    assert len(value["finger_floor_distance_m"]) == len(value["angle_deg"])
    assert value["end_finger_floor_distance_m"] < value["finger_floor_distance_m"][0]


def test_censored_end_is_said_in_words(bench, subject):
    result = measure(bench("front-split"), tolerance=subject.tolerance)
    assert "joint limit, tolerance not reached" in as_text(result)
    assert result.to_dict()["end_angle_censored"] is True


def test_result_rests_on_the_figures_of_its_strands(raised):
    """Moduli and fibre data count, not only what the network was built with."""
    found = sources(raised)
    assert found.counts["measured"] + found.counts["derived"] > 0
    assert found.counts["fitted"] > 0
    assert not found.unresolved
    assert any("semimem" in name for name in found.parameters)
    assert found.parameters["passive_scale_hamstrings"].status == "fitted"
    assumed = {"tie_ratio", "resting_tension", "share", "pelvic_share", "nerve_weight"}
    for name in assumed | {"discomfort_limit", "norm_slr", "resting_tone"}:
        assert found.parameters[name].status == "assumed", name


def test_result_rests_on_what_its_own_posture_assumes(bench, subject):
    """Broken before: neither the pelvic share nor the table was counted."""
    free = sources(measure(bench("slr", "right", True), tolerance=subject.tolerance)).parameters
    assert "pelvic_share" not in free
    assert {"lumbar_moment_at_range", "table_stiffness"} <= set(free)
    bend = sources(measure(bench("forward-bend"))).parameters
    assert "thoracic_share" in bend
    assert "pelvic_share" not in bend
    assert "discomfort_limit" not in bend


def test_weights_in_use_are_the_ones_reported():
    weighted = Tolerance(limit=200.0, nerve_weight=50.0).parameters
    assert weighted["nerve_weight"].value == 50.0
    assert weighted["discomfort_limit"].si == 200.0
