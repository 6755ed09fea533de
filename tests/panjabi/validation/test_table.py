"""One table for the spine: complete, in plain values, and the page is what it writes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from panjabi.cli.command_line import main
from panjabi.literature import published
from panjabi.validation.case import tally
from panjabi.validation.columns import column_cases
from panjabi.validation.delays import delay_cases
from panjabi.validation.neural import neural_cases
from panjabi.validation.passive import validation_table
from panjabi.validation.table import as_markdown, as_rows, as_text, validate

pytestmark = pytest.mark.xdist_group("validation of the spine")  # computed once

PAGE = Path(__file__).parents[2] / "docs" / "validation-spine.md"


@pytest.fixture(scope="module")
def cases():
    return validate()


def test_page_is_what_the_model_writes(cases):
    again = "write it with: python -m panjabi.validation.table > docs/validation-spine.md"
    assert PAGE.read_text(encoding="utf-8") == as_markdown(cases), again


def test_every_case_is_there_once(cases):
    ids = [c.id for c in cases]
    assert len(ids) == len(set(ids))
    assert len(ids) > 200
    parts = (validation_table, column_cases, delay_cases, neural_cases)
    assert set(ids) >= {c.id for part in parts for c in part()}


def test_roles_are_those_of_the_published_tables(cases):
    tables = ("spine-passive", "spine-active", "spine-neural")
    roles = {row.id: row.role for table in tables for row in published(table)}
    assert all(c.role == roles[c.row] for c in cases if c.row in roles)
    assert [c.id for c in cases if c.row not in roles] == ["yam89_serial_FE", "cri92_injury"]


def test_every_row_is_judged_with_a_reason_and_a_source(cases):
    for c in cases:
        assert c.outcome in ("met", "missed", "not_predicted") and c.reason and c.source, c.id
        assert (c.predicted is None) == (c.outcome == "not_predicted"), c.id


def test_counts_are_of_the_rows(cases):
    told = tally(cases)
    assert sum(n for role in told.values() for n in role.values()) == len(cases)
    judged = [c for c in cases if c.counts]
    assert told["validation"]["met"] + told["validation"]["missed"] == len(judged)
    assert f"validation rows: {told['validation']['met']} met" in as_text(cases).splitlines()[-1]


def test_rows_survive_json(cases):
    rows = as_rows(cases)
    assert json.loads(json.dumps(rows, allow_nan=False)) == rows
    needed = "id role published sd unit predicted outcome reason source".split()
    assert set(needed) <= set(rows[0])


def test_command_prints_the_same_as_json(capsys, monkeypatch, cases):
    monkeypatch.setattr("panjabi.validation.table.validate", lambda: cases)
    assert main(["validate", "--json", "-"]) == 0
    assert json.loads(capsys.readouterr().out) == as_rows(cases)
