"""Cases as plain rows, as text, as CSV, and as the page docs/validation.md."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import groupby
from textwrap import shorten
from typing import Any

from panjabi.errors import ParameterError
from panjabi.literature.tables import TABLES, published
from panjabi.validation.case import Case, tally


def as_rows(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """Plain values for JSON or a data frame, a mapping for each case."""
    return [case.to_dict() for case in cases]


def as_csv(cases: Sequence[Case]) -> str:
    """A line for each case; cells without a value are empty.

    Raises
    ------
    ParameterError
        If there are no cases.
    """
    rows = as_rows(_some(cases))
    out = StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({k: "" if v is None else v for k, v in row.items()} for row in rows)
    return out.getvalue()


def as_text(cases: Sequence[Case]) -> str:
    """A table for the terminal; the last line counts the outcomes.

    Raises
    ------
    ParameterError
        If there are no cases.
    """
    lines = [f"{'row':34}{'role':12}{'published':>17} {'predicted':>10} {'unit':11}outcome"]
    for c in _some(cases):
        lines.append(
            f"{c.id:34}{c.role:12}{_short(_published(c), 17):>17} {_number(c.predicted):>10} "
            f"{_short(c.unit, 10):11}{c.outcome}"
        )
    return "\n".join([*lines, "", _summary(cases)])


def as_markdown(cases: Sequence[Case]) -> str:
    """The page: counts by subject, then a table, misses and rows without prediction by subject.

    Calibration rows that are met are only counted. `as_rows` contains the reasons of all rows.
    """
    summary = _summary(cases)
    parts = [_HEAD, f"**{summary[0].upper()}{summary[1:]}.**\n", _counts(cases), _open(cases)]
    parts.append(_LIMITS)
    for subject, group in groupby(cases, key=lambda c: c.subject):
        parts.append(_section(subject, list(group)))
    return "\n".join(parts)


def _some(cases: Sequence[Case]) -> Sequence[Case]:
    if not cases:
        raise ParameterError("Expected at least one case, got none; use those of validate().")
    return cases


def _summary(cases: Sequence[Case]) -> str:
    counts = tally(cases)
    v, c = counts["validation"], counts["calibration"]
    return (
        f"validation rows: {v['met']} met, {v['missed']} missed, {v['not_predicted']} not "
        f"predicted (in addition {sum(c.values())} calibration rows, {c['missed']} of them missed, "
        f"and {sum(counts['prior'].values())} prior rows)"
    )


def _counts(cases: Sequence[Case]) -> str:
    """Outcomes of the validation rows by subject."""
    lines = ["| subject | met | missed | not predicted |", "|---|---|---|---|"]
    for subject, group in groupby(cases, key=lambda c: c.subject):
        lines.append(_line(subject, *map(str, tally(group)["validation"].values())))
    return "\n".join([*lines, ""])


def _open(cases: Sequence[Case]) -> str:
    """Number of validation rows without an entry, for each published table."""
    entered = {c.row for c in cases}
    counts = {
        table: sum(row.id not in entered for row in published(table, role="validation"))
        for table in TABLES
    }
    named = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    return (
        f"{sum(counts.values())} other validation rows have no entry, because no prediction exists "
        f"for them yet. They are not counted above ({named}).\n"
    )


def _section(subject: str, cases: Sequence[Case]) -> str:
    set_by = [c for c in cases if c.role == "calibration" and c.outcome == "met"]
    shown = [c for c in cases if c not in set_by and c.outcome != "not_predicted"]
    parts = [f"## {subject}\n"]
    if set_by:
        parts.append(
            f"Calibration rows met, not listed: {len(set_by)} ({_range(set_by)}).\n"
            if len(set_by) > 1
            else f"Calibration row met, not listed: {set_by[0].id}.\n"
        )
    if shown:
        parts.append("| row | role | quantity | published | model | unit | criterion | outcome |")
        parts.append("|---|---|---|---|---|---|---|---|")
        for c in shown:
            cells = (c.id, c.role, c.quantity, _published(c), _number(c.predicted), c.unit)
            parts.append(_line(*cells, c.accept, c.outcome))
        parts.append("")
    for outcome, words in (("missed", "Missed"), ("not_predicted", "Not predicted")):
        chosen = [c for c in cases if c.outcome == outcome]
        if chosen:
            parts.append(f"{words}, with reasons:\n")
            for reason in dict.fromkeys(c.reason for c in chosen):
                ids = ", ".join(c.id for c in chosen if c.reason == reason)
                parts.append(f"- **{ids}**: {_cell(reason)}.")
            parts.append("")
    return "\n".join(parts)


def _range(cases: Sequence[Case]) -> str:
    """Families of ids: the parts before the first underscore."""
    return ", ".join(dict.fromkeys(c.id.partition("_")[0] for c in cases))


def _published(c: Case) -> str:
    if c.value is None:
        return c.published
    return _number(c.value) if c.sd is None else f"{_number(c.value)} +- {_number(c.sd)}"


def _number(value: float | None) -> str:
    """A number with three digits, or a dash; rounding errors are printed as 0."""
    return "-" if value is None else f"{0.0 if abs(value) < 1e-9 else value:.3g}"


def _short(text: str, width: int) -> str:
    return shorten(text, width, placeholder="...")


def _line(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("not_predicted", "not predicted").replace("+-", "±")


_HEAD = """# Validation: predictions of the toolkit compared with published values

This page is written by `make pages`; do not edit it. `panjabi validate` and `fascia validate --all`
compute every line again; with `--json` they also print the reason of every row that is met.

Each row has one of three roles, fixed in [reference.md](reference.md) before the first comparison.
Only **validation** rows are evidence about the models. **calibration** rows set a parameter or the
form of a law. **prior** rows were quoted from memory or have no number, and are not evidence.
Nothing is fitted to a validation row, and a miss is reported as a miss. The criteria are assumed.
Some criteria for the spine were written after the first runs: [spine.md](spine.md) and
[recruitment.md](recruitment.md) list them.
"""

_LIMITS = """## How to read the tables

- If only the direction was published, a row that is met shows only that the sign is correct. In
  SLUMP the size depends on the assumed weight of nerve strain in the tolerance.
- YLINEN_SLR and MARSHALL_SLR disagree. The model can reproduce either, with a change of tolerance
  or with softer muscle. The assessed quantity is the consequence of each (the force, the gain).
- The adults of HAM_K_* are drawn from a spread that was fixed before the first run and not changed
  after the miss. The two variants in the reasons were computed afterwards to find the cause, and
  are not evidence.
- Trials of remote release use the default dose of tension. The doses for nerve, tone and tolerance
  have never been measured; with a free dose each of them could give any value, so none is reported
  as a prediction.
- Several comparisons with one published row (HAM_K_stiff and its ratio, ISSL_Fflex and its shape)
  are not independent of each other.
- For most papers only the abstract was available. Ranges, loads and postures that it does not
  state are assumed, and the reason names them.
"""
