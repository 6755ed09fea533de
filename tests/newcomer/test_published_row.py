"""Add a published row and its prediction: one file, at most ten lines."""

from __future__ import annotations

import inspect

import pytest

from panjabi.literature import new_row
from panjabi.validation import as_text, predicts, table, validate


def a_users_file(value: float) -> None:
    """The code of a user; the file also needs the imports above."""
    ours = new_row(
        "our_load", "critical load of L1-S1", value, "N", sd=8.0, source="our laboratory"
    )

    @predicts(ours, reason="column of units, dead load on top")
    def our_load() -> float:
        from panjabi.spine import top_load, unit_column
        from panjabi.stability import critical_load

        column = unit_column("lumbar")
        return critical_load(column, top_load(column)).load


@pytest.fixture(autouse=True)
def no_rows_left_behind(monkeypatch):
    monkeypatch.setattr(table.USER, "entries", {})


@pytest.mark.parametrize(("value", "outcome"), [(90.0, "met"), (60.0, "missed")])
def test_the_row_appears_with_its_outcome(value, outcome):
    a_users_file(value)
    (case,) = validate("our_load")
    assert (case.outcome, case.value, case.sd, case.unit) == (outcome, value, 8.0, "N")
    assert case.role == "validation" and case.counts
    assert "our_load" in as_text([case])


def test_the_table_has_the_new_and_the_packaged_rows():
    a_users_file(90.0)
    ids = [case.id for case in validate(["pat03_vert", "our_load"])]
    assert ids == ["pat03_vert", "our_load"]


def test_ten_lines_are_enough():
    lines = [line for line in inspect.getsource(a_users_file).splitlines()[2:] if line.strip()]
    assert len(lines) <= 10
