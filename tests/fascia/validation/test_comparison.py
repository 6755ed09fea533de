"""The record of a comparison: what it refuses, how it judges, how it prints."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from fascia.validation import Comparison, as_markdown, as_rows, as_text, tally
from fascia.validation.comparison import judged, not_predicted, within
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.literature import row


def test_all_but_the_judgement_comes_from_the_published_row():
    made = within("HAM_K_stiff", 36.0, 29.6, 42.8, accept="2 SD", reason="because")
    published = row("HAM_K_stiff")
    assert (made.quantity, made.role, made.value) == (
        published.quantity,
        published.role,
        published.value,
    )
    assert (made.sd, made.unit, made.source) == (published.sd, published.unit, published.bib)
    assert made.outcome == "met"
    assert made.counts


def test_a_part_of_a_row_keeps_the_row_and_drops_its_spread():
    made = judged("PKE_norm.men", 16.0, met=True, accept="-", reason="-", value=17.1)
    assert made.row == "PKE_norm"
    assert made.value == 17.1
    assert made.sd is None


@given(st.floats(-100, 100), st.floats(-100, 100), st.floats(0, 100))
def test_an_interval_includes_its_ends(predicted, low, width):
    made = within("HAM_R90", predicted, low, low + width, accept="-", reason="-")
    assert (made.outcome == "met") == (low <= predicted <= low + width)


def test_a_row_nobody_predicts_is_neither_met_nor_missed():
    made = not_predicted("SD-12", "no read-out")
    assert made.outcome == "not_predicted"
    assert made.predicted is None
    assert not made.counts


def test_a_prior_row_never_counts_even_when_met():
    made = judged("SD-1", 68.5, met=True, accept="-", reason="-")
    assert made.outcome == "met"
    assert not made.counts


def _comparison(**changes) -> Comparison:
    given = as_rows([within("HAM_R90", 33.0, 28.0, 40.0, accept="-", reason="-")])[0]
    return Comparison(**(given | {"role": "validation"} | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"outcome": "nearly"}, "possible: met, missed, not_predicted"),
        ({"outcome": "not_predicted"}, "neither met nor missed"),
        ({"predicted": None}, "neither met nor missed"),
        ({"predicted": float("nan")}, "give a finite number or None"),
    ],
)
def test_a_comparison_refuses_what_it_cannot_be(changes, words):
    with pytest.raises(ParameterError, match=words):
        _comparison(**changes)


def test_a_row_that_does_not_exist_is_an_error_with_the_nearest_names():
    with pytest.raises(UnknownNameError, match="HAM_R90"):
        judged("HAM_R91", 1.0, met=True, accept="-", reason="-")


def test_tables_say_the_same_as_the_record():
    made = [
        _comparison(),
        _comparison(id="HAM_K_compl", outcome="missed", role="validation", sd=1.8),
        not_predicted("SD-12", "no read-out"),
        judged("SD-1", 68.5, met=True, accept="-", reason="recalled"),
    ]
    rows = as_rows(made)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    assert [r["outcome"] for r in rows] == ["met", "missed", "not_predicted", "met"]
    assert tally(made)["validation"] == {"met": 1, "missed": 1, "not_predicted": 1}
    assert tally(made)["prior"] == {"met": 1, "missed": 0, "not_predicted": 0}
    text, page = as_text(made), as_markdown(made)
    for c in made:
        assert c.id in text
        assert f"| {c.id} |" in page
        assert c.reason in page
    assert "validation rows: 1 met, 1 missed, 1 not predicted" in text
    assert max(map(len, text.splitlines())) <= 100
