"""Criteria and registered predictions, on synthetic rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, strategies as st

from panjabi.errors import DataFileError, ParameterError, UnknownNameError
from panjabi.literature import NullRule, new_row, row
from panjabi.validation import (
    Case,
    Prediction,
    Predictions,
    Target,
    assess,
    at_least,
    at_most,
    interval,
    predictions,
    sign,
    within_errors,
    within_factor,
    within_fraction,
    within_rounding,
    within_sd,
)

ROW = new_row("angle", "an angle", 10.0, "deg", sd=2.0, source="this test")
ONE_DIGIT = new_row("digit", "printed with one digit", "0.1", "1", source="this test")
BARE = new_row("bare", "without a spread", 10.0, "deg", source="this test")


def one(published, answer, **registration) -> Case:
    """The case of a row with a prediction."""
    table = Predictions("Synthetic")
    table.predicts(published, reason="because", **registration)(lambda: answer)
    return assess([table])[0]


# --- criteria ------------------------------------------------------------------------------


@given(st.floats(-100, 100), st.floats(0.1, 10), st.floats(0.5, 3), st.floats(-3.5, 3.5))
def test_within_sd_is_a_distance_in_standard_deviations(value, sd, count, away):
    met = within_sd(count).test
    assert met is not None
    assert met(value + away * sd, Target(value, sd)) == (
        abs(value + away * sd - value) <= count * sd
    )


@given(st.floats(-100, 100), st.floats(0.0, 1.0), st.floats(-200, 200))
def test_within_fraction_is_relative_to_the_size_of_the_value(value, fraction, predicted):
    met = within_fraction(fraction).test
    assert met is not None
    assert met(predicted, Target(value)) == (abs(predicted - value) <= fraction * abs(value))


@pytest.mark.parametrize(
    ("criterion", "target", "met", "missed"),
    [
        (within_fraction(0.25), Target(None, None, (80.0, 100.0)), (60.0, 125.0), (59.9, 125.1)),
        (within_factor(2.0), Target(7.0), (3.5, 14.0), (3.4, 14.1)),
        (within_errors(2.0), Target(5.0, error=0.5), (4.0, 6.0), (3.99, 6.01)),
        (within_rounding(), Target(0.1, rounding=0.05), (0.05, 0.15), (0.049, 0.151)),
        (interval(1.0, 2.0), Target(None), (1.0, 2.0), (0.99, 2.01)),
        (at_most(), Target(5.0), (5.0, -9.0), (5.01,)),
        (at_least(), Target(5.0), (5.0, 9.0), (4.99,)),
        (at_most(3.0), Target(None), (3.0,), (3.01,)),
        (at_least(3.0), Target(None), (3.0,), (2.99,)),
        (sign(-1), Target(None), (-1e-9,), (0.0, 1.0)),
        (sign(1), Target(None), (1e-9,), (0.0, -1.0)),
    ],
)
def test_criteria_at_their_limits(criterion, target, met, missed):
    assert all(criterion.test(p, target) for p in met)
    assert not any(criterion.test(p, target) for p in missed)


def test_a_criterion_without_its_published_value_is_an_error():
    with pytest.raises(ParameterError, match="standard deviation, got none"):
        one(BARE, 10.0, accept=within_sd(1.0))
    with pytest.raises(ParameterError, match="single value, got none"):
        one(new_row("words", "an effect", "rises", "deg", source="this test"), 1.0)


@pytest.mark.parametrize(
    ("published", "answer", "outcome", "words"),
    [
        (ROW, 14.0, "met", "within 2 SD"),
        (ROW, 14.1, "missed", "within 2 SD"),
        (BARE, 12.5, "met", "within 25 %"),
        (BARE, 12.6, "missed", "within 25 %"),
        (ONE_DIGIT, 0.15, "met", "rounds to the printed value"),
        (ONE_DIGIT, 0.16, "missed", "rounds to the printed value"),
    ],
)
def test_default_criterion_is_two_deviations_or_a_quarter(published, answer, outcome, words):
    case = one(published, answer)
    assert (case.outcome, case.accept) == (outcome, words)


def test_a_published_sign_is_right_or_wrong():
    falls = new_row("falls", "direction", -1.0, "sign", source="this test")
    assert [one(falls, x).outcome for x in (-7.0, 0.0, 0.3)] == ["met", "missed", "missed"]


# --- what a case takes from where ----------------------------------------------------------


def test_all_but_prediction_and_criterion_comes_from_the_published_row():
    published = row("HAM_K_stiff")
    case = one("HAM_K_stiff", 36.0)
    assert (case.quantity, case.role, case.value, case.sd, case.unit, case.source) == (
        published.quantity,
        published.role,
        published.value,
        published.sd,
        published.unit,
        published.bib,
    )
    assert case.outcome == "met" and case.counts


def test_a_part_of_a_row_keeps_the_row_and_drops_its_spread():
    case = one("HAM_K_stiff.part", 16.0, value=17.1)
    assert (case.row, case.value, case.sd) == ("HAM_K_stiff", 17.1, None)
    case = one("HAM_K_stiff.part", 16.0, value=17.1, sd=2.0)
    assert case.sd == 2.0


def test_another_unit_has_no_published_value():
    case = one("HAM_K_stiff.change", 5.0, unit="%", accept=sign(1))
    assert (case.value, case.sd, case.unit) == (None, None, "%")


def test_the_prediction_cannot_change_its_role():
    assert not one("SD-1", 68.5).counts  # recalled: a prior, even when met
    with pytest.raises(UnknownNameError, match="unknown part of a published row 'role'"):
        one("SD-1", 68.5, role="validation")


def test_a_criterion_in_words_needs_the_outcome_and_a_test_excludes_it():
    assert one(ROW, Prediction(3.0, met=True), accept="both signs").outcome == "met"
    assert one(ROW, Prediction(3.0, met=False), accept="both signs").outcome == "missed"
    with pytest.raises(ParameterError, match="exactly one assessment of 'angle', got none"):
        one(ROW, 3.0, accept="both signs")
    with pytest.raises(ParameterError, match="exactly one assessment of 'angle', got two"):
        one(ROW, Prediction(3.0, met=True))


def test_no_prediction_is_neither_met_nor_missed():
    case = one(ROW, Prediction(None, "out of range"))
    assert (case.outcome, case.accept, case.reason) == ("not_predicted", "-", "out of range")
    table = Predictions("Synthetic")
    table.not_predicted(ROW, "SD-12", reason="no read-out")
    assert {c.outcome for c in assess([table])} == {"not_predicted"}


def test_every_case_has_a_reason():
    table = Predictions("Synthetic")
    table.predicts(ROW)(lambda: 3.0)
    with pytest.raises(ParameterError, match="a reason for the prediction of 'angle'"):
        assess([table])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome": "nearly"}, "one of met, missed, null_confirmed, null_missed, not_predicted"),
        ({"outcome": "not_predicted"}, "that matches its outcome"),
        ({"predicted": None}, "that matches its outcome"),
        ({"predicted": float("nan")}, "a finite prediction"),
    ],
)
def test_inconsistent_cases_are_refused(changes, words):
    with pytest.raises(ParameterError, match=words):
        replace(one(ROW, 10.0), **changes)


# --- null predictions ----------------------------------------------------------------------


def ruled(id: str, answer, monkeypatch, sd: float | str = 2.0, n: str = "4", **rule) -> Case:
    """The case of a row with value 10 under a rule of the table of nulls."""
    fields = {"type": "effect", "null": 0.0, "null_source": "no effect", **rule}
    monkeypatch.setattr(predictions, "null_rule", lambda id, unit: NullRule(id, **fields))
    published = replace(new_row(id, "q", 10.0, "deg", sd=sd, source="this test"), n=n)
    return one(published, answer)


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(-50, 50))
def test_skill_is_one_if_exact_zero_for_the_null_and_linear_between(null, predicted, weight):
    if abs(null - 10.0) < 0.06:  # within the rounding of 10.0
        return
    with pytest.MonkeyPatch.context() as patch:
        skill = ruled("a", predicted, patch, null=null, n="").skill
        assert skill == pytest.approx(1.0 - abs(predicted - 10.0) / abs(null - 10.0))
        assert ruled("a", 10.0, patch, null=null, n="").skill == 1.0
        assert ruled("a", null, patch, null=null, n="").skill == pytest.approx(0.0, abs=1e-9)


def test_an_effect_within_its_standard_error_is_no_effect(monkeypatch):
    error = {"sd": 40.0, "n": "4"}  # standard error 20 of an effect of 10
    inside, outside = (ruled("a", p, monkeypatch, **error) for p in (-29.0, -31.0))
    assert (inside.outcome, outside.outcome) == ("null_confirmed", "null_missed")
    assert inside.skill is outside.skill is None
    assert inside.agrees and not outside.agrees and inside.counts
    assert ruled("a", 10.0, monkeypatch, sd=18.0, n="4").outcome == "met"  # error 9 of 10


def test_a_level_has_a_score_in_spreads_and_an_effect_has_none(monkeypatch):
    level = ruled("a", 14.0, monkeypatch, type="level", null=15.0)
    assert (level.z_score, level.skill) == (2.0, pytest.approx(0.2))
    assert ruled("a", 14.0, monkeypatch).z_score is None


@pytest.mark.parametrize("type", ["bound", "sign", "rank"])
def test_a_bound_a_sign_and_an_order_have_no_skill(monkeypatch, type):
    assert ruled("a", 9.0, monkeypatch, type=type).skill is None


def test_a_computed_null_comes_with_the_prediction(monkeypatch):
    rule = {"null": None, "null_computed": True}
    case = ruled("a", Prediction(9.0, null=5.0, second_null=12.0), monkeypatch, **rule)
    assert (case.null_prediction, case.skill) == (5.0, pytest.approx(0.8))
    assert case.second_skill == pytest.approx(0.5)
    with pytest.raises(ParameterError, match="a prediction of 'a' with its null, got none"):
        ruled("a", 9.0, monkeypatch, **rule)


def test_a_row_that_is_not_counted_is_no_evidence(monkeypatch):
    case = ruled("a", 10.0, monkeypatch, counted=False, reason="cannot fail")
    assert case.outcome == "met" and not case.counts
    assert (case.informative, case.not_counted) == (False, "cannot fail")


def test_a_pair_is_the_difference_of_its_rows():
    id = "nio06_rom_flexion_injury_no_preload"
    case = one(f"{id}.injury", 2.4, accept=within_fraction(0.5))
    assert case.value == pytest.approx(row(id).number - 3.7)
    assert (case.published, case.null_prediction) == ("6.1 minus 3.7", 0.0)
    assert case.skill == pytest.approx(1.0)
    assert case.standard_error == pytest.approx(((1.4**2 + 1.5**2) / 10.0) ** 0.5)
    assert not one(id, 6.1).informative


def test_an_effect_within_its_rounding_is_no_effect(monkeypatch):
    fields = {"type": "effect", "null": 0.0, "null_source": "no effect"}
    monkeypatch.setattr(predictions, "null_rule", lambda id, unit: NullRule(id, **fields))
    rounded = new_row("few", "printed with no decimals", "0", "deg", source="this test")
    assert one(rounded, 0.9).outcome == "null_confirmed"
    assert one(rounded, 1.1).outcome == "null_missed"


# --- the table -----------------------------------------------------------------------------


def test_one_function_serves_several_rows_and_gets_inputs_first():
    table = Predictions("Synthetic")

    @table.predicts(ROW, 3.0, reason="r")
    @table.predicts({"N075": 4.0, "N076": (5.0,)}, reason="r")
    def product(subject, factor):
        return subject * factor

    predicted = {c.id: c.predicted for c in assess([table], 2.0)}
    assert predicted == {"angle": 6.0, "N075": 8.0, "N076": 10.0}


def test_rows_come_in_the_order_of_the_published_tables():
    table = Predictions("Synthetic")
    for published in (ROW, "N075", "HAM_K_compl", "HAM_K_stiff.part", "HAM_K_stiff"):
        table.predicts(published, reason="r")(lambda: 1.0)
    ids = "HAM_K_stiff HAM_K_stiff.part HAM_K_compl N075 angle".split()
    assert [c.id for c in assess([table])] == ids


def test_only_selected_rows_are_computed():
    table = Predictions("Synthetic")
    table.predicts(ROW, reason="r")(lambda: 10.0)

    @table.predicts(BARE, reason="r")
    def fails():
        raise AssertionError

    assert [c.id for c in assess([table], only="angle")] == ["angle"]
    assert [c.id for c in assess([table], only=["ang*"])] == ["angle"]
    with pytest.raises(UnknownNameError, match="'anglo'; close: 'angle'"):
        assess([table], only="anglo")


def test_an_id_has_one_prediction():
    first, second = Predictions("First"), Predictions("Second")

    def predict():
        return 1.0

    def other():
        return 2.0

    first.predicts(ROW)(predict)
    first.predicts(ROW, reason="a notebook cell that is run again")(predict)
    with pytest.raises(ParameterError, match="one prediction of 'angle', got a second"):
        first.predicts(ROW)(other)
    second.predicts(ROW)(other)
    with pytest.raises(ParameterError, match=r"got \['angle'\] also under 'Second'"):
        assess([first, second])


def test_unknown_rows_are_refused_with_similar_names():
    with pytest.raises(UnknownNameError, match="HAM_R90"):
        Predictions("Synthetic").predicts("HAM_R91")(lambda: 1.0)


def test_new_rows_follow_the_rules_of_the_tables():
    assert new_row("mine", "q", "17.1 / 9.8", "deg", source="s").values == (17.1, 9.8)
    with pytest.raises(DataFileError, match="role 'prior' for the recalled value"):
        new_row("mine", "q", 1.0, "deg", source="s", status="recalled")
    with pytest.raises(UnknownNameError, match="close: 'validation'"):
        new_row("mine", "q", 1.0, "deg", source="s", role="validated")  # type: ignore[arg-type]
    for id in ("HAM_K_stiff", "mine.part"):
        with pytest.raises(ParameterError, match="an id without a point"):
            new_row(id, "q", 1.0, "deg", source="s")
