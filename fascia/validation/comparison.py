"""Published figures a network can answer: the table for a screen, plain rows, words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from textwrap import shorten
from typing import Any

from panjabi.validation.case import Case as Comparison, judged, not_predicted, tally, within

__all__ = [
    "Comparison",
    "as_rows",
    "as_text",
    "judged",
    "not_predicted",
    "number",
    "spread",
    "summary",
    "tally",
    "within",
]


def as_rows(comparisons: Iterable[Comparison]) -> list[dict[str, Any]]:
    """Plain values for JSON or CSV, one mapping per comparison."""
    return [c.to_dict() for c in comparisons]


def number(value: float | None) -> str:
    """Three figures, or a dash; rounding noise is nothing."""
    return "-" if value is None else f"{0.0 if abs(value) < 1e-9 else value:.3g}"


def spread(c: Comparison) -> str:
    """What was published, with its spread."""
    if c.value is None:
        return c.published
    return number(c.value) if c.sd is None else f"{number(c.value)} +- {number(c.sd)}"


def summary(comparisons: Sequence[Comparison]) -> str:
    """One line: of the rows that may judge the model, how many it met."""
    by_role = tally(comparisons)
    v, c = by_role["validation"], by_role["calibration"]
    return (
        f"validation rows: {v['met']} met, {v['missed']} missed, {v['not_predicted']} not "
        f"predicted (beside them {sum(c.values())} calibration, "
        f"{sum(by_role['prior'].values())} prior)"
    )


def as_text(comparisons: Sequence[Comparison]) -> str:
    """A table for the screen; reasons are in the rows of `as_rows`."""
    lines = [f"{'row':24}{'role':12}{'published':>22}{'predicted':>11}  {'unit':16}outcome"]
    for c in comparisons:
        lines.append(
            f"{c.id:24}{c.role:12}{shorten(spread(c), 21, placeholder='...'):>22}"
            f"{number(c.predicted):>11}  {shorten(c.unit, 15, placeholder='...'):16}{c.outcome}"
        )
    return "\n".join([*lines, "", summary(comparisons)])
