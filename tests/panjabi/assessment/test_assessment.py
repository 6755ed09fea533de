"""Verdicts from draws: the four cases, draws that say nothing, and what is declared before."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st

from panjabi.assessment import (
    AGREES,
    Declaration,
    Experiment,
    LogUniform,
    Numbers,
    Rival,
    assessment_of,
    behaviour,
    verdict_from_draws,
)
from panjabi.assessment.numbers import MissingNumber
from panjabi.cohort import CohortError
from panjabi.errors import ConvergenceError, ParameterError, UnknownNameError

YES, NO = np.ones(20), np.zeros(20)
MOST = np.r_[YES[:18], NO[:2]]  # 90 %
HALF = np.r_[YES[:10], NO[:10]]
NOTHING = np.full(20, np.nan)


# --- the rule --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("variants", "rivals", "expected"),
    [
        ({"a": YES, "b": MOST}, {"r": [NO]}, "supported"),
        ({"a": YES, "b": MOST}, {"r": [NO], "s": [YES]}, "supported"),
        ({"a": NO, "b": 1.0 - MOST}, {"r": [NO]}, "contradicted"),
        ({"a": YES, "b": MOST}, {"r": [YES], "s": [MOST]}, "fixed by construction"),
        ({"a": YES, "b": HALF}, {"r": [NO]}, "undetermined"),
        ({"a": YES, "b": NO}, {"r": [NO]}, "undetermined"),
        ({"a": YES}, {"r": [HALF]}, "undetermined"),
        ({"a": YES}, {"r": [NO, YES]}, "undetermined"),
        ({"a": HALF}, {"r": [YES]}, "undetermined"),
        ({"a": YES}, {}, "undetermined"),
    ],
)
def test_four_data_sets_yield_the_four_verdicts(variants, rivals, expected):
    assert verdict_from_draws(variants, rivals) == expected


def test_a_draw_that_says_nothing_counts_for_neither_side():
    mixed = np.r_[YES[:17], NOTHING[:3]]
    assert verdict_from_draws({"a": mixed}, {"r": [NO]}) == "undetermined"
    assert verdict_from_draws({"a": 1.0 - mixed}, {"r": [NO]}) == "undetermined"
    assert verdict_from_draws({"a": NOTHING}, {"r": [NO]}) == "undetermined"


draws = st.lists(st.sampled_from([0.0, 1.0, math.nan]), min_size=1, max_size=30)


@given(draws)
def test_a_model_and_its_negation_behave_oppositely(values):
    opposite = {"passes": "fails", "fails": "passes", "neither": "neither"}
    assert behaviour([1.0 - np.array(values)]) == opposite[behaviour([values])]


@given(st.lists(draws, min_size=1, max_size=4), draws)
def test_a_further_variant_never_makes_a_verdict_firmer(variants, rival):
    firm = {f"{k}": v for k, v in enumerate(variants)}
    whole, less = (verdict_from_draws(v, {"r": [rival]}) for v in (firm, {"0": variants[0]}))
    assert whole == "undetermined" or whole == less


def test_wrong_draws_are_refused():
    with pytest.raises(ParameterError, match="one or more readings with one or more draws"):
        behaviour([])
    with pytest.raises(ParameterError, match="1 .agrees., 0 .disagrees. or nan"):
        behaviour([[0.0, 0.5]])


# --- an experiment ---------------------------------------------------------------------------

DECLARED = Declaration(
    prior={"k": LogUniform(0.5, 2.0, "N m/rad", "stiffness of the spring")},
    variants={"soft": "one spring", "two": "two springs"},
    readings={"small": "the angle is small"},
    rivals={"none": Rival("no spring", "fails")},
)


def spring(load: float, model: str, draw: Mapping[str, float]) -> dict[str, float]:
    """Angle of a spring under a load; without a spring there is no equilibrium."""
    if model == "none":
        return {"angle": 1e9}
    if load < 0.0:
        raise ConvergenceError("no equilibrium.")
    return {"angle": load / (draw["k"] * (2.0 if model == "two" else 1.0))}


def small(numbers: Numbers) -> bool:
    return numbers["angle"] < 3.0


SPRING = Experiment(
    declaration=DECLARED, numbers={"angle": "of the spring"}, measure=spring,
    criteria={"small": small},
)  # fmt: skip


def test_an_experiment_gives_its_verdict_from_its_numbers():
    found = assessment_of(SPRING, 1.0, draws=12, seed=3)
    assert found.outcome == "supported" and found.draws == 12
    angle = found.numbers["soft"]["angle"]
    np.testing.assert_allclose(found.numbers["two"]["angle"], 0.5 * angle)  # the same draws
    assert np.all((angle > 0.5) & (angle < 2.0)) and len(np.unique(angle)) == 12
    assert found.share("none", "small") == 0.0 and found.surprises == ()
    assert assessment_of(SPRING, 100.0, draws=12).outcome == "contradicted"
    middle = assessment_of(SPRING, 3.0, draws=40)
    assert 0.2 < middle.share("soft", "small") < 0.8 and middle.outcome == "undetermined"
    fixed = replace(SPRING, criteria={"small": finite})
    assert assessment_of(fixed, 1.0).outcome == "fixed by construction"
    assert assessment_of(fixed, 1.0).surprises == ("none",)


def finite(numbers: Numbers) -> bool:
    return math.isfinite(numbers["angle"])


def test_more_draws_keep_the_first_ones_and_the_seed_decides():
    few, many = (assessment_of(SPRING, 1.0, draws=n).numbers["soft"]["angle"] for n in (3, 9))
    np.testing.assert_array_equal(few, many[:3])
    assert np.all(assessment_of(SPRING, 1.0, draws=3, seed=1).numbers["soft"]["angle"] != few)


def test_a_model_without_a_result_says_nothing():
    found = assessment_of(SPRING, -1.0, draws=4)
    assert found.failed == {"soft": 4, "two": 4, "none": 0}
    assert np.isnan(found.agrees["soft"]["small"]).all() and found.outcome == "undetermined"
    assert found.to_dict()["models"][0]["median"] == {"angle": None}


def wrong(load: float, model: str, draw: Mapping[str, float]) -> dict[str, float]:
    return {"angel": 1.0}


def typo(load: float, model: str, draw: Mapping[str, float]) -> dict[str, float]:
    raise UnknownNameError("no such muscle.")


@pytest.mark.parametrize(("measure", "words"), [(wrong, "angel"), (typo, "no such muscle")])
def test_an_error_of_the_code_is_no_missing_result(measure, words):
    with pytest.raises(CohortError, match=words):
        assessment_of(replace(SPRING, measure=measure), 1.0, draws=2)


def test_a_missing_number_cannot_be_read():
    numbers = Numbers({"a": 1.0, "b": math.nan})
    assert numbers["a"] == 1.0 and len(numbers) == 2
    with pytest.raises(MissingNumber):
        numbers["b"]


def test_an_assessment_as_plain_values_table_and_text():
    found = assessment_of(SPRING, 1.0, draws=5)
    value = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert value["outcome"] == "supported" and value["prior"]["k"]["high"] == 2.0
    assert [m["name"] for m in value["models"]] == ["soft", "two", "none"]
    assert value["models"][2]["behaviour"] == value["models"][2]["expected"] == "fails"
    table = found.to_pandas()
    assert len(table) == 15 and set(table.columns) == {"model", "draw", "angle", "small"}
    assert str(found).startswith("supported, 5 draws")
    with pytest.raises(UnknownNameError, match="variant or rival"):
        found.behaviour("three")


@given(st.floats(1e-6, 1e6), st.floats(1.01, 1e3), st.floats(0.0, 1.0))
def test_a_prior_is_uniform_in_the_logarithm(low, ratio, u):
    prior = LogUniform(low, low * ratio, "1", "")
    assert math.log(prior.at(u) / low) == pytest.approx(u * math.log(prior.high / low), abs=1e-9)


def test_declarations_that_cannot_decide_are_refused():
    with pytest.raises(ParameterError, match="no rival could fail"):
        replace(DECLARED, rivals={})
    with pytest.raises(ParameterError, match="other names for rivals"):
        replace(DECLARED, rivals={"soft": Rival("", "fails")})
    with pytest.raises(ParameterError, match="criteria for the readings small"):
        replace(SPRING, criteria={"large": small})
    with pytest.raises(ParameterError, match="two rising numbers above 0"):
        LogUniform(0.0, 1.0, "1", "x")
    with pytest.raises(ParameterError, match="1 or more draws"):
        assessment_of(SPRING, 1.0, draws=0)
    assert AGREES == 0.9
