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
    parts += [_LIMITS, _ROLES]
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

This page compares published measurements with what the models compute. It counts the hits and the
misses, and gives a reason for every miss. `make pages` writes it; do not edit it by hand.
`panjabi validate` and `fascia validate --all` compute every line again; with `--json` they also
say what was done for the rows that are met.
"""

_LIMITS = """## Assessment, and how to read it

Nothing is fitted to a validation row, and a miss stays a miss. The criteria are assumed, and part
of those of the spine was written after the first runs ([passive-spine.md](passive-spine.md)).

- Rows in which only the direction was published say that a sign is right. In SLUMP the size
  depends on the assumed weight of nerve strain in the tolerance.
- YLINEN_SLR and MARSHALL_SLR disagree; the model can give either, by tolerance or by softer
  muscle. What is assessed is what follows from each (the force, the gain).
- The adults of HAM_K_* are drawn from a spread that was stated before the first run and left as
  it was after the miss; the two variants in the reasons were computed afterwards, to find the
  cause, and count for nothing.
- Trials of remote release are run with the default dose of tension. Nerve, tone and tolerance
  have doses that nobody has measured; with a free dose each of them could give any value, so none
  is shown as a prediction.
- Several comparisons with one published row (HAM_K_stiff and its ratio, ISSL_Fflex and its shape)
  are not independent of each other.
- Most papers were seen as abstracts: ranges, loads and postures that they do not print are
  assumed and named in the reason. Several DOIs were completed from memory. Where the field
  `where` of a row says "secondary copy", the value was read there and not in the paper.
"""

_ROLES = """## Tables and roles

`panjabi.literature` holds every published value that the project uses or is compared with:

```python
from panjabi import bibliography
from panjabi.literature import published, row

row("HAM_K_stiff").number                      # 36.2, in row("HAM_K_stiff").unit
published("fascia", role="validation")         # rows that may assess a model
published("fascia", ids=["CHO_*", "SLUMP"])    # families of rows
bibliography()["Cho2015"]                      # the source
```

A cell keeps what its source prints. `value` is a number only where the cell is a single number;
`values` are the parts of "17.1 / 9.8"; `interval` is a range or a confidence interval; `text` is
always there. A range is never read as a mean and an empty cell never as zero.

Two fields are easily confused. The **status in the table** says how the value came here: *read*
in a source (mostly its abstract), *recalled* from memory, *computed* from other rows, or
*estimate*. The **status of a `Parameter`** says how its value is known: *measured, derived,
fitted, assumed*. A recalled value that enters a model is assumed. `sources(result)` counts the
parameters of a result by status and lists whom to cite; `ThisWork` is a value of this project,
`User` a value that the user set (counted as assumed).

`data/roles.csv` gives every row one role with its reason. Roles were fixed before the first
comparison; a row becomes calibration before a model is fitted to it, never after. One group
changed late: `lie17_d*` was seen before the form of the rib cage was settled, and later became
one of the two sources to which it is fitted.

| role | may | may not |
|---|---|---|
| calibration | set or fit a parameter | be counted as a prediction |
| validation | be predicted, met or missed | touch any parameter |
| prior | inform an assumed value or the width of a sweep | support a claim of validation |

1. **A recalled value is a prior**; the reader refuses another role for it.
2. **A value that sets an input is calibration**, also where it was measured in people: moduli,
   sections, the preload of the sacrotuberous ligament, fibre sets (`OS_*`), passive curves
   (`PAS_*`), strengths.
3. **Hamstring stiffness.** One scale is fitted to 28 N m/rad, the middle of the two groups of
   McHugh 1999 (`HAM_K_mid`). The groups themselves (`HAM_K_compl` 20.3, `HAM_K_stiff` 36.2 N
   m/rad) validate the *spread* only: their ratio is a prediction, their mean is not.
4. **Relaxation.** Two branches were solved from 25 % at 30 s and 33 % at 90 s (`HAM_R30`,
   `HAM_R90`). `HAM_R45`, `HAM_R90_SCI` and `PF_relax240` are validation.
5. **Motion passed on at the knee** (`WIL20_SM`, 5.76 mm) is calibration: it is the only value in
   living people about the fraction that passes, and sciatic nerve and skin are not excluded in
   it.
6. **Trials of remote release are validation and are never fitted** (`CHO_*`, `APA09`, `BURK_*`,
   `GRA17`, ...), including those that found nothing.
7. **Outcomes of stretching, correlations over people and shear strain in back pain** are
   validation. Where studies disagree in sign (`TLF_shear_*`, `YLINEN_SLR` against `MARSHALL_SLR`)
   both are kept.
8. **Junction tests in cadavers** (`NO13`, `BAR04`, `WG93q`) and **load in the spinous ligaments**
   (`ISSL_*`) are validation; the laws of those ligaments (`SSL_*`, `ISL_props`) are calibration.
   `TLF_ES_sigma6` validates the moduli `TLF_E` and `ES_E`, but all three come from one
   laboratory.
9. **Anatomical grades, animals, strengths, temperatures, other network models** are priors.
10. **Clinical tables.** The natural course and recurrence are calibrated on cohorts (`NH-A*`,
    `NH-P*`, `RC-1` to `RC-5`), the size of a treatment effect on one pooled review
    (`T-Macedo09-*`); every other trial is validation. Values of the text under test (`PV-1` to
    `PV-4`) are priors.
11. **Exact answers** (`BM_*`) verify the solver, not the physics.

In the spine tables (`spine-passive`, `spine-active`, `spine-neural`) recalled and computed rows,
and rows without a number, are priors, values from a model file are calibration, other read values
are validation, unless `roles.csv` names the row.
"""
