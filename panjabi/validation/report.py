"""Cases as plain rows, as text, as CSV, and as the page docs/validation.md."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from io import StringIO
from itertools import groupby
from statistics import median
from textwrap import shorten
from typing import Any, get_args

from panjabi.errors import ParameterError
from panjabi.literature.tables import TABLES, published
from panjabi.validation.case import NOT_INFORMATIVE, Case, Outcome, tally

ROUNDING = 1e-6  # a skill this close to 0 is that of the null: the solver leaves such a rest


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
    head = f"{'published':>13} {'model':>8} {'null':>7} {'skill':>6} {'unit':9}outcome"
    lines = [f"{'row':27}{'role':12}{head}"]
    for c in _some(cases):
        outcome = c.outcome.replace("_", " ")
        if c.not_counted:
            outcome = f"({outcome})"
        lines.append(
            f"{c.id:27}{c.role:12}{_short(_published(c), 13):>13} {_number(c.predicted):>8} "
            f"{_number(c.null_prediction):>7} {_skill(c.skill):>6} {_short(c.unit, 8):9}{outcome}"
        )
    lines += ["", "(outcome): not informative, not counted"] if _apart(cases) else [""]
    return "\n".join([*lines, _summary(cases)])


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
    skills = [case.skill for case in cases if case.counts and case.skill is not None]
    better = sum(skill > ROUNDING for skill in skills)
    skill = f"; better than the null in {better} of {len(skills)}, " if skills else ""
    skill += f"median skill {_skill(median(skills))}" if skills else ""
    return (
        f"validation rows: {v['met']} met, {v['missed']} missed, {v['null_confirmed']} null "
        f"confirmed, {v['null_missed']} null missed{skill}; {v[NOT_INFORMATIVE]} not informative, "
        f"{v['not_predicted']} not predicted (in addition {sum(c.values())} calibration rows, "
        f"{c['missed']} of them missed, and {sum(counts['prior'].values())} prior rows)"
    )


def _counts(cases: Sequence[Case]) -> str:
    """Outcomes of the validation rows by subject."""
    order = ("met", "missed", "null_confirmed", "null_missed", NOT_INFORMATIVE, "not_predicted")
    lines = [_line("subject", *(name.replace("_", " ") for name in order)), "|---" * 7 + "|"]
    for subject, group in groupby(cases, key=lambda c: c.subject):
        counts = tally(group)["validation"]
        lines.append(_line(subject, *(str(counts[name]) for name in order)))
    return "\n".join([*lines, ""])


def _apart(cases: Iterable[Case]) -> list[Case]:
    """Validation rows that are not counted: they cannot fail, or count with another row."""
    return [c for c in cases if c.role == "validation" and not c.informative]


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
    apart = _apart(cases)
    shown = [c for c in cases if c not in (*set_by, *apart) and c.outcome != "not_predicted"]
    parts = [f"## {subject}\n"]
    if set_by:
        parts.append(
            f"Calibration rows met, not listed: {len(set_by)} ({_range(set_by)}).\n"
            if len(set_by) > 1
            else f"Calibration row met, not listed: {set_by[0].id}.\n"
        )
    if shown:
        parts.append(_line(*_COLUMNS))
        parts.append("|---" * len(_COLUMNS) + "|")
        for c in shown:
            numbers = _published(c), _number(c.predicted), c.unit, _null(c), _both_skills(c)
            parts.append(_line(c.id, c.role, c.quantity, *numbers, c.accept, c.outcome))
        parts.append("")
    parts += _reasons("Missed", [c for c in shown if not c.agrees])
    parts += _reasons("Not predicted", [c for c in cases if c.predicted is None and c not in apart])
    if apart:
        parts.append("Not informative, not counted:\n")
        for why in dict.fromkeys(c.not_counted for c in apart):
            rows = (
                f"{c.id} ({_number(c.predicted)} {c.unit}, published {_published(c)}{_beside(c)})"
                for c in apart
                if c.not_counted == why
            )
            parts.append(f"- {_cell(', '.join(rows))}: {_cell(why)}.")
        parts.append("")
        parts += _reasons("Of those with a null", [c for c in apart if c.skill is not None])
    return "\n".join(parts)


def _reasons(words: str, cases: Sequence[Case]) -> list[str]:
    if not cases:
        return []
    parts = [f"{words}, with reasons:\n"]
    for reason in dict.fromkeys(c.reason for c in cases):
        ids = ", ".join(c.id for c in cases if c.reason == reason)
        parts.append(f"- **{ids}**: {_cell(reason)}.")
    return [*parts, ""]


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


def _skill(value: float | None) -> str:
    """A skill with two decimals, or a dash; far below 0 only its sign matters."""
    if value is None:
        return "-"
    return "< -9" if value < -9.0 else f"{round(value, 2) + 0.0:.2f}"


def _null(c: Case) -> str:
    """Null prediction, and the second one in brackets."""
    second = "" if c.second_null is None else f" ({_number(c.second_null)})"
    return _number(c.null_prediction) + second


def _both_skills(c: Case) -> str:
    return _skill(c.skill) + ("" if c.second_skill is None else f" ({_skill(c.second_skill)})")


def _beside(c: Case) -> str:
    """Null and skill of a row that is not counted, where it has them."""
    return "" if c.skill is None else f", null {_null(c)}, skill {_both_skills(c)}"


def _short(text: str, width: int) -> str:
    return shorten(text, width, placeholder="...")


def _line(*cells: str) -> str:
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    for name in get_args(Outcome):
        text = text.replace(name, name.replace("_", " "))
    return text.replace("|", "/").replace("+-", "±")


_COLUMNS = ("row", "role", "quantity", "published", "model", "unit", "null", "skill", "criterion",
            "outcome")  # fmt: skip


_HEAD = """# Validation: predictions of the toolkit compared with published values

This page compares published measurements with what the models compute. It counts the hits and the
misses, and gives a reason for every miss. `make pages` writes it; do not edit it by hand.
`panjabi validate` and `fascia validate --all` compute every line again; with `--json` they also
say what was done for the rows that are met.
"""

_LIMITS = """## Assessment, and how to read it

Nothing is fitted to a validation row, and a miss stays a miss. The criteria are assumed, and part
of those of the spine was written after the first runs ([passive-spine.md](passive-spine.md)).

Each comparison has a **null prediction**: what a model without the effect would say, or another
source (other people, another test), never the row itself. `nulls.csv` lists them. The nulls of the
rows in `additions.csv` were written before any model was run on them; those of older rows came
after their first runs, so they cannot be called blind.

- **null**: the null prediction, in brackets a second one (proportion, superposition) where such a
  rule would do.
- **skill**: 1 - |model - published| / |null - published|. 1 is exact, 0 as good as the null, below
  0 worse; in brackets against the second null.
- **null confirmed, null missed**: the published effect does not exceed its standard error or its
  rounding, so that the published result is "no effect". Such a row has no skill.
- A row without a skill has no null from another source, no single published number, or only a
  bound, a sign or an order: it is right or wrong.
- The standard error is a quarter of a 95 % interval, or the printed spread over the root of the
  group size. For a difference of two rows it is that of two groups, since the error of the paired
  difference is not printed.
- **Not informative** rows are listed apart and not counted: they cannot fail, every parameter of
  the model meets them, or the same measurement is counted with another row. Where a paper reports
  an effect, the effect is counted and the two levels are not.
- Sides: flexion and extension are one side each. Lateral bending and rotation are one side where
  the row says so, otherwise both. A neutral zone is one-sided in the tables (`yam89_nz_*`).
- A value that is printed with one digit is met by every number that rounds to it.
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
3. **Passive muscle curves** of hip, knee and ankle are fitted to one source, the surface of
   Riener and Edrich 1999 (`re99_*`). The stiffness of the straight-leg raise in McHugh 1999
   (`HAM_K_compl` 20.3, `HAM_K_stiff` 36.2 N m/rad, and their middle `HAM_K_mid`) is then a
   prediction. The middle was calibration before, so it is compared and not counted.
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
9. **Anatomical grades, animals, strengths, temperatures, other network models** are priors, and
   so are values from model files and results of published models. Groups whose strength the size
   policy predicts (`str_ch_*`, `neck_sex_*`) are validation.
10. **Clinical tables.** The natural course and recurrence are calibrated on cohorts (`NH-A*`,
    `NH-P*`, `RC-1` to `RC-5`), the size of a treatment effect on one pooled review
    (`T-Macedo09-*`); every other trial is validation. Values of the text under test (`PV-1` to
    `PV-4`) are priors.
11. **Exact answers** (`BM_*`) verify the solver, not the physics.
12. **Additions** (`additions.csv`). Anterior shear of C6-C7 at 1 mm/s is calibration, the other
    rates are validation. Of the large moments, the end stiffness (`fsu_mil_klo`, `fsu_mil_khi`) is
    calibration; angle and moment of failure are validation. Passive moments of hip and ankle
    (`re99_h_*`, `re99_a_*`) are calibration. Injury (`nio06_*`) is assessed as eight differences.

In the spine tables (`spine-passive`, `spine-active`, `spine-neural`) recalled and computed rows,
and rows without a number, are priors, values from a model file are calibration, other read values
are validation, unless `roles.csv` names the row.
"""
