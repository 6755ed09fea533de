"""Published figures of the spine beside what units, columns and muscles give: one table.

`python -m panjabi.validation.table > docs/validation-spine.md` writes the page. Roles are those
of the published tables: only validation rows judge the model.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from panjabi.validation.case import Case, tally
from panjabi.validation.columns import column_cases
from panjabi.validation.delays import delay_cases
from panjabi.validation.muscles import muscle_cases
from panjabi.validation.neural import neural_cases
from panjabi.validation.passive import validation_table
from panjabi.validation.tasks import experiment_cases


def validate() -> tuple[Case, ...]:
    """Every case that units, columns, muscles, reflexes or experiments answer; half a minute."""
    spine = (validation_table, column_cases, muscle_cases)
    parts = (*spine, delay_cases, neural_cases, experiment_cases)
    return tuple(one for part in parts for one in part())


def as_rows(cases: Iterable[Case]) -> list[dict[str, Any]]:
    """One plain mapping a case, for JSON, CSV or a data frame."""
    return [case.to_dict() for case in cases]


def as_text(cases: Sequence[Case]) -> str:
    """The table for a screen; the last line counts the validation rows."""
    lines = [
        f"{'row':34}{'role':12}{'published':>20}{'model':>9} {'unit':9}{'outcome':14}judged by"
    ]
    for c in cases:
        lines.append(
            f"{c.id:34}{c.role:12}{_published(c)[:19]:>20}{_number(c.predicted):>9} "
            f"{c.unit[:8]:9}{c.outcome:14}{c.accept}"
        )
    return "\n".join([*lines, _summary(cases)])


def as_markdown(cases: Sequence[Case]) -> str:
    """The page docs/validation-spine.md: one table a role, then the reasons."""
    parts = [_HEAD, f"**{_summary(cases)}.**\n"]
    for role in ("validation", "calibration", "prior"):
        parts += [f"\n## Rows with the role {role}\n", _LINE]
        for c in cases:
            if c.role == role:
                cells = (c.id, c.quantity, _published(c), _number(c.predicted), c.unit, c.accept)
                told = " | ".join(_cell(cell) for cell in (*cells, c.outcome))
                parts.append(f"| {told} |")
    parts.append("\n## What was done, row by row\n")
    parts += [f"- **{c.id}** ({_cell(c.outcome)}; {c.source}): {c.reason}." for c in cases]
    return "\n".join(parts) + "\n"


def _summary(cases: Sequence[Case]) -> str:
    told = tally(cases)
    judged = told["validation"]
    return (
        f"validation rows: {judged['met']} met, {judged['missed']} missed, "
        f"{judged['not_predicted']} not predicted (beside them "
        f"{sum(told['calibration'].values())} calibration, {told['calibration']['missed']} of them "
        f"missed, and {sum(told['prior'].values())} prior)"
    )


def _published(case: Case) -> str:
    return case.published if case.sd is None else f"{case.published} ± {case.sd:g}"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:.3g}"


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("not_predicted", "not predicted").replace("+-", "±")


_LINE = (
    "| row | quantity | published | model | unit | judged by | outcome |\n"
    "|---|---|---|---|---|---|---|"
)

_HEAD = """# Validation: what the spine gives beside what was measured

Written by `python -m panjabi.validation.table`; do not edit by hand. Its function `validate()`
computes every line through the public functions; a miss stays a miss.

Three roles, given by [reference.md](reference.md): only **validation** rows judge the model.
**calibration** rows set a parameter or chose a form. **prior** rows were recalled or carry no
figure and prove nothing either way. The bands of acceptance are assumed, and part of them was
written after the first runs: [spine.md](spine.md) and [recruitment.md](recruitment.md) say what is
blind and what is not.
"""


if __name__ == "__main__":
    print(as_markdown(validate()), end="")
