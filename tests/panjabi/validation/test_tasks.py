"""Published findings: roles as committed, outcomes as they are, misses named one by one."""

from __future__ import annotations

from functools import cache

import pytest

from panjabi.literature import row
from panjabi.validation.tasks import experiment_cases

pytestmark = pytest.mark.xdist_group("cases of experiments")  # computed once

MISSED = {
    "N011",  # switch-on from nothing
    "N013",  # shut-off of recent study
    "N028",  # intrinsic stiffness
    "N029",  # its sign
    "N031.simulated",  # size of the fall of admittance
    "N133",  # thirty cycles
    "N139.diffusion",
    "N139.frequency",
    "N251",  # damping
    "N258",  # driving-point stiffness
}

OPEN = {"N033", "N034", "N028.lumbar"}  # not predicted


@cache
def cases():
    return {case.id: case for case in experiment_cases()}


@pytest.mark.slow
def test_outcomes_are_those_written_down():
    missed = {id for id, case in cases().items() if case.outcome == "missed"}
    assert missed == MISSED
    assert {i for i, c in cases().items() if c.outcome == "not_predicted"} == OPEN


@pytest.mark.slow
def test_every_case_has_role_reason_and_a_row():
    for case in cases().values():
        published = row(case.row)
        assert case.role == published.role and case.published == published.text
        assert case.reason and case.accept


@pytest.mark.slow
def test_what_went_in_does_not_count_as_prediction():
    assert not cases()["N003"].counts and not cases()["N004"].counts
    assert cases()["N004"].predicted == pytest.approx(1.03**14, rel=0.01)


@pytest.mark.slow
def test_longer_delay_moves_further_and_stays_stable():
    assert cases()["N267"].predicted > 5.0


@pytest.mark.slow
def test_creep_is_shown_with_both_signs():
    assert cases()["N149"].predicted < 0.0 < cases()["N150"].predicted
