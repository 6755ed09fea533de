"""Text, CSV and page agree with the cases; the command prints them as JSON."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest

from panjabi.cli.command_line import main
from panjabi.errors import ParameterError
from panjabi.literature import published
from panjabi.validation import Case, as_csv, as_markdown, as_rows, as_text, tally


def case(id: str, **changes) -> Case:
    fields = {
        "quantity": f"a quantity of {id}",
        "role": "validation",
        "published": "3",
        "value": 3.0,
        "unit": "deg",
        "predicted": 3.1,
        "outcome": "met",
        "accept": "within 25 %",
        "reason": f"the reason of {id}",
        "source": "User",
        "subject": "A subject",
    }
    return Case(**{"id": id, **fields, **changes})


def test_a_case_is_shown_in_one_line():
    assert repr(case("good")) == "<Case good: published 3, predicted 3.1 deg, met>"
    bare = case("open", predicted=None, outcome="not_predicted", unit="1")
    assert repr(bare) == "<Case open: published 3, not_predicted>"


CASES = (
    case("good", sd=0.5),
    case("bad", predicted=9.0, outcome="missed"),
    case("open", predicted=None, outcome="not_predicted", accept="-"),
    case("set_by_it", role="calibration"),
    case("alone", informative=False, not_counted="it cannot fail"),
    case("other", subject="Another subject", quantity="a | b", null_prediction=2.0, skill=0.9),
)


def test_tally_counts_every_case_once():
    counts = tally(CASES)
    validation = {name: n for name, n in counts["validation"].items() if n}
    assert validation == {"met": 2, "missed": 1, "not_predicted": 1, "not_informative": 1}
    assert counts["calibration"]["met"] == 1
    assert sum(n for role in counts.values() for n in role.values()) == len(CASES)


def test_text_has_every_row_and_counts_the_validation_rows():
    text = as_text(CASES)
    assert all(c.id in text for c in CASES)
    assert "validation rows: 2 met, 1 missed, 0 null confirmed, 0 null missed; better" in text
    assert "than the null in 1 of 1, median skill 0.90; 1 not informative, 1 not predicted" in text
    assert "(met)" in text
    assert max(map(len, text.splitlines()[:-1])) <= 100


def test_a_skill_of_rounding_size_is_that_of_the_null():
    for rest in (-1e-9, 1e-9):
        text = as_text([case("null", null_prediction=2.0, skill=rest)])
        assert "better than the null in 0 of 1" in text and "-0.00" not in text


def test_csv_and_json_keep_every_value():
    rows = as_rows(CASES)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    read = list(csv.DictReader(StringIO(as_csv(CASES))))
    assert [r["id"] for r in read] == [c.id for c in CASES]
    assert [r["predicted"] for r in read] == ["3.1", "9.0", "", "3.1", "3.1", "3.1"]


def test_page_has_the_reason_of_every_miss_and_missing_prediction_under_its_subject():
    page = as_markdown(CASES)
    first, _, second = page.partition("## Another subject")
    assert "- **bad**: the reason of bad." in first
    assert "- **open**: the reason of open." in first
    assert "| other | validation | a / b | 3 | 3.1 | deg | 2 | 0.90 | within 25 % | met |" in second
    assert "Calibration row met, not listed: set_by_it." in first
    assert "| A subject | 1 | 1 | 0 | 0 | 1 | 1 |" in first
    assert "- alone (3.1 deg, published 3): it cannot fail." in first
    assert "| alone |" not in page


def test_page_counts_validation_rows_without_an_entry():
    entered = case("HAM_K_stiff")
    rows = [r for r in published("fascia", role="validation") if r.id != entered.id]
    assert f"fascia {len(rows)}" in as_markdown([entered])


def test_no_cases_are_an_error():
    for report in (as_text, as_csv):
        with pytest.raises(ParameterError, match="at least one case, got none"):
            report(())


def test_command_prints_the_cases_as_json(capsys, monkeypatch):
    monkeypatch.setattr("panjabi.validation.validate", lambda: CASES)
    assert main(["validate", "--json", "-"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed == as_rows(CASES)
    needed = "id quantity role published value sd unit predicted outcome accept reason source "
    needed += "null_prediction skill informative"
    assert set(needed.split()) <= set(printed[0])
