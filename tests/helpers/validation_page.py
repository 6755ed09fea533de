"""The outcomes that docs/validation.md lists, as parameters of a test."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any, get_args

import pytest

from panjabi.literature.tables import Role
from panjabi.validation import Case, Outcome

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
_ROW = re.compile(
    r"\| (?P<id>\S+) \| \w+ \| .* \| (?P<outcome>met|missed|null confirmed|null missed) \|"
)
_REASON = re.compile(r"- \*\*(?P<ids>[^*]+)\*\*: (?P<reason>.+)")


def listed(subjects: Collection[str]) -> dict[str, str | None]:
    """Listed row of these subjects -> None if it agrees, else the reason of the miss."""
    rows: dict[str, str | None] = {}
    for section in PAGE.read_text(encoding="utf-8").split("\n## ")[1:]:
        subject, _, text = section.partition("\n")
        if subject in subjects:
            table, _, rest = text.partition("\nMissed, with reasons:\n")
            misses = re.split(r"\nNot (?:predicted|informative), ", rest)[0]
            why = {
                name: match["reason"]
                for match in _REASON.finditer(misses)
                for name in match["ids"].split(", ")
            }
            for match in _ROW.finditer(table):
                agrees = match["outcome"] in ("met", "null confirmed")
                rows[match["id"]] = None if agrees else why[match["id"]]
    return rows


def outcomes(subjects: Collection[str]) -> list:
    """A parameter for each listed row; a missed row is an expected failure with its reason."""
    return [
        pytest.param(
            name, id=name, marks=[] if why is None else pytest.mark.xfail(strict=True, reason=why)
        )
        for name, why in listed(subjects).items()
    ]


def expected_rows(cases: Iterable[Case]) -> set[str]:
    """Rows with a prediction that the page lists in its tables.

    A met calibration row is only counted there, and a row that is not informative stands apart.
    """
    return {
        case.id
        for case in cases
        if case.outcome != "not_predicted"
        and (case.informative or case.role != "validation")
        and not (case.role == "calibration" and case.outcome == "met")
    }


def require_assessed(printed: list[dict[str, Any]]) -> None:
    """Every row of a command's JSON has its assessment, in agreement with itself."""
    for line in printed:
        number = (int, float)
        assert {type(line[k]) for k in ("id", "unit", "published")} == {str}, line["id"]
        assert line["role"] in get_args(Role), line["id"]
        assert line["outcome"] in get_args(Outcome), line["id"]
        assert line["informative"] in (True, False), line["id"]
        for name in ("predicted", "null_prediction", "skill"):
            assert line[name] is None or isinstance(line[name], number), (line["id"], name)
        assert (line["predicted"] is None) == (line["outcome"] == "not_predicted"), line["id"]
        if line["skill"] is not None:
            away = abs(line["predicted"] - line["value"])
            null = abs(line["null_prediction"] - line["value"])
            assert abs(line["skill"] - (1.0 - away / null)) < 1e-9, line["id"]
        assert line["role"] == "validation" or not line["informative"], line["id"]
