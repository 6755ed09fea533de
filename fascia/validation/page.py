"""The validation table as a page of the documentation.

python -m fascia.validation > docs/validation.md
"""

from __future__ import annotations

from collections.abc import Sequence

from fascia.validation.comparison import Comparison, number, spread, summary

_HEAD = """# Validation: what the network gives beside what was measured

Written by `python -m fascia.validation`; do not edit by hand. `fascia.validation.validate()`
computes every line on the standard subject through the public functions. Nothing here is fitted,
the rules of judgement were written before the comparison, and a miss stays a miss.

Three roles, fixed in [reference.md](reference.md) before the first comparison: only
**validation** rows judge the model. **calibration** rows were used to set something (met by
construction, or an anchor that was looked at and not fitted). **prior** rows were recalled and not
seen in a source: they informed an assumption and prove nothing either way.
"""

_LIMITS = """
## How to read it

- Direction rows (SLUMP, SLUMP.raise, SLUMP.ankle) say that a sign is right and through which
  route. Their size hangs on the assumed weight of nerve strain in the tolerance.
- YLINEN_SLR and MARSHALL_SLR disagree; the model can be either, by tolerance or by softer muscle.
  What is judged is what then goes along (the force, the gain).
- The drawn adults of HAM_K_* come from a spread that was stated before the first run and left as
  it was after the miss; the two variants in the reasons were computed afterwards, to find the
  cause, and count for nothing.
- Trials of remote release are run with the default dose of tension. Nerve, tone and tolerance
  have doses that nobody has measured; with a free dose each of them could give any figure, so
  none is shown as a prediction.
- Rows that one row of a table stands behind (HAM_K_stiff and its ratio, ISSL_Fflex and its shape)
  are not independent of each other.
- Most papers were seen as abstracts: ranges, loads and postures that they do not print are
  assumed and named in the reason.
"""


def as_markdown(comparisons: Sequence[Comparison]) -> str:
    """The page: one table per role, then the reasons."""
    told = summary(comparisons)
    parts = [_HEAD, f"**{told[0].upper()}{told[1:]}.**\n"]
    for role in ("validation", "calibration", "prior"):
        chosen = [c for c in comparisons if c.role == role]
        parts.append(f"\n## Rows with the role {role}\n\n{_table(chosen)}")
    parts.append(_LIMITS)
    parts.append("\n## What was done, row by row\n")
    parts += [f"- **{c.id}** ({c.outcome.replace('_', ' ')}): {c.reason}." for c in comparisons]
    return "\n".join(parts) + "\n"


def _table(comparisons: Sequence[Comparison]) -> str:
    lines = [
        "| row | quantity | published | model | unit | judged by | outcome |",
        "|---|---|---|---|---|---|---|",
    ]
    for c in comparisons:
        cells = (c.id, c.quantity, spread(c), number(c.predicted), c.unit, c.accept, c.outcome)
        lines.append("| " + " | ".join(_cell(cell) for cell in cells) + " |")
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", "/").replace("_predicted", " predicted").replace("+-", "±")
