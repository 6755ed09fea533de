"""Cases as plain rows, text, CSV, and the page docs/validation.md."""

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
    """Plain values for JSON or a data frame, one mapping per case."""
    return [case.to_dict() for case in cases]


def as_csv(cases: Sequence[Case]) -> str:
    """One line per case; a cell is empty where there is no number.

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
    """A table for the screen; the last line counts the outcomes.

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
    """The page: counts by subject, then for each subject the table, misses and open rows.

    Calibration rows that are met are only counted. The reasons of all rows are in `as_rows`.
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
        f"predicted (beside them {sum(c.values())} calibration, {c['missed']} of them missed, and "
        f"{sum(counts['prior'].values())} prior)"
    )


def _counts(cases: Sequence[Case]) -> str:
    """Outcomes of the validation rows by subject."""
    lines = ["| subject | met | missed | not predicted |", "|---|---|---|---|"]
    for subject, group in groupby(cases, key=lambda c: c.subject):
        lines.append(_line(subject, *map(str, tally(group)["validation"].values())))
    return "\n".join([*lines, ""])


def _open(cases: Sequence[Case]) -> str:
    """How many validation rows of each published table have no entry."""
    entered = {c.row for c in cases}
    counts = {
        table: sum(row.id not in entered for row in published(table, role="validation"))
        for table in TABLES
    }
    named = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    return (
        f"{sum(counts.values())} more validation rows have no entry: no prediction was written for "
        f"them, and they are not counted above ({named}).\n"
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
            parts.append(f"{words}, and why:\n")
            for reason in dict.fromkeys(c.reason for c in chosen):
                ids = ", ".join(c.id for c in chosen if c.reason == reason)
                parts.append(f"- **{ids}**: {_cell(reason)}.")
            parts.append("")
    return "\n".join(parts)


def _range(cases: Sequence[Case]) -> str:
    """Families of ids: what stands before the first underscore."""
    return ", ".join(dict.fromkeys(c.id.partition("_")[0] for c in cases))


def _published(c: Case) -> str:
    if c.value is None:
        return c.published
    return _number(c.value) if c.sd is None else f"{_number(c.value)} +- {_number(c.sd)}"


def _number(value: float | None) -> str:
    """Three digits, or a dash; rounding noise is zero."""
    return "-" if value is None else f"{0.0 if abs(value) < 1e-9 else value:.3g}"


def _short(text: str, width: int) -> str:
    return shorten(text, width, placeholder="...")


def _line(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("not_predicted", "not predicted").replace("+-", "±")


_HEAD = """# Validation: what the toolkit predicts beside what was measured

Written by `make pages`; do not edit by hand. `panjabi validate` and `fascia validate --all` compute
every line again; with `--json` they also say what was done for the rows that are met.

Three roles, fixed in [reference.md](reference.md) before the first comparison: only
**validation** rows are evidence about the models. **calibration** rows set a parameter or chose a
form. **prior** rows were recalled, or have no number, and are no evidence. Nothing is fitted to a
validation row, and a miss stays a miss. The criteria are assumed, and part of those of the spine
was written after the first runs: [spine.md](spine.md) and [recruitment.md](recruitment.md) say
which.
"""

_LIMITS = """## How to read it

- Rows in which only the direction was published say that a sign is right. In SLUMP the size depends
  on the assumed weight of nerve strain in the tolerance.
- YLINEN_SLR and MARSHALL_SLR disagree; the model can be either, by tolerance or by softer muscle.
  What is assessed is what follows from each (the force, the gain).
- The adults of HAM_K_* are drawn from a spread that was stated before the first run and left as
  it was after the miss; the two variants in the reasons were computed afterwards, to find the
  cause, and count for nothing.
- Trials of remote release are run with the default dose of tension. Nerve, tone and tolerance
  have doses that nobody has measured; with a free dose each of them could give any value, so
  none is shown as a prediction.
- Several comparisons with one published row (HAM_K_stiff and its ratio, ISSL_Fflex and its shape)
  are not independent of each other.
- Most papers were seen as abstracts: ranges, loads and postures that they do not print are
  assumed and named in the reason.
"""
