"""One published figure beside an experiment's, judged."""

from __future__ import annotations

from panjabi.reference import Case, Outcome, row

QUARTER = 0.25


def judged(
    id: str,
    predicted: float | None,
    reason: str,
    *,
    accept: str = "within a quarter",
    met: bool | None = None,
    of: str = "",
    quantity: str = "",
    unit: str | None = None,
) -> Case:
    """The case of a row; without `met` it is met within a quarter of the row's number."""
    published = row(of or id)
    outcome: Outcome = "not_predicted"
    if predicted is not None:
        if met is None:
            met = abs(predicted - published.number) <= QUARTER * abs(published.number)
        outcome = "met" if met else "missed"
    return Case(
        id=id,
        quantity=quantity or published.quantity,
        role=published.role,
        published=published.text,
        unit=published.unit if unit is None else unit,
        predicted=None if predicted is None else float(predicted),
        outcome=outcome,
        accept=accept if predicted is not None else "not predicted",
        reason=reason,
        source=published.bib,
        sd=published.sd,
    )


def change(after: float, before: float) -> float:
    """Change against before [%]."""
    return 100.0 * (after / before - 1.0)
