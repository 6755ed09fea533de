"""Rows of other groups are predicted by the size policy alone."""

from __future__ import annotations

import pytest

from panjabi.body import scaled_body, standard_adult, stature_limits
from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.validation import validate
from panjabi.validation.groups import soldier, table


@pytest.fixture(scope="module")
def group_cases():
    return {case.id: case for case in validate(only=list(table.entries))}


def test_men_and_women_differ_by_the_cube_of_their_statures(group_cases):
    ratio = row("AN-M-stature").number / row("AN-F-stature").number
    case = group_cases["neck_sex_lo"]
    assert case.predicted == pytest.approx(ratio**3, rel=1e-5)
    assert case.null_prediction == 1.0
    assert soldier("female").total_mass == pytest.approx(row("AN-F-mass").number)


def test_groups_are_assessed_against_the_adult_who_is_not_scaled(group_cases):
    """Null: the reference adult; second null: in proportion to stature. Neither uses the row."""
    boys = group_cases["str_ch_b16"]
    stature = 1e-3 * row("AN-M-stature").number
    assert boys.second_null == pytest.approx(boys.null_prediction * stature / 1.75)
    assert boys.predicted > boys.null_prediction  # taller
    assert group_cases["c67_women_ant.sex"].null_prediction == 0.0


def test_children_have_no_prediction(group_cases):
    assert group_cases["str_ch_g5"].outcome == "not_predicted"
    with pytest.raises(ParameterError, match="children"):
        scaled_body(standard_adult(), stature=stature_limits()[0] - 1e-3)


def test_no_row_of_a_group_sets_a_parameter(group_cases):
    assert {case.role for case in group_cases.values()} == {"validation"}
