"""The table of published figures that neural parts answer."""

from __future__ import annotations

import json
from dataclasses import asdict

import pytest

from panjabi.literature import row
from panjabi.validation.neural import neural_cases


@pytest.fixture(scope="module")
def cases():
    return {case.id: case for case in neural_cases()}


def test_roles_are_those_of_the_table(cases):
    assert all(case.role == row(id).role for id, case in cases.items())
    assert list(cases) == sorted(cases)


def test_calibration_is_met_to_rounding(cases):
    for case in cases.values():
        if case.role == "calibration":
            assert case.predicted == pytest.approx(row(case.id).number, rel=1e-4), case.id


def test_outcomes_of_the_validation_rows(cases):
    """Misses stay misses; a change of any outcome must be looked at."""
    told = {id: case.outcome for id, case in cases.items() if case.role == "validation"}
    assert told == {
        "N077": "missed", "N079": "missed", "N081": "missed", "N082": "met",
        "N147": "met", "N148": "met",
    }  # fmt: skip
    assert cases["N137"].outcome == cases["N138"].outcome == "met"  # computed: priors


def test_every_case_has_a_reason_and_survives_json(cases):
    for case in cases.values():
        assert case.reason and case.source and case.accept
        assert json.loads(json.dumps(asdict(case), allow_nan=False)) == asdict(case)
