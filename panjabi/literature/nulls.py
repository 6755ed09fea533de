"""How each comparison with a published value is assessed, and what a null model predicts for it.

The rules stand in `data/nulls.csv` and are fixed before the comparison, as the roles are. The id is
that of a row, or of a part of it with a word after a point ("PKE_norm.men").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from panjabi._tables import packaged_text, read_rows
from panjabi.errors import DataFileError
from panjabi.literature.tables import row

ComparisonType = Literal["effect", "level", "bound", "sign", "rank"]
"""What is compared: a change, the size of a quantity, a limit, a direction or an order."""

_TYPES: dict[str, ComparisonType] = {name: name for name in get_args(ComparisonType)}
_BY_UNIT: dict[str, ComparisonType] = {"sign": "sign", "p": "sign", "rank": "rank"}

COMPUTED = "model"
"""Cell of a null that the prediction computes, for example the same model without the effect."""


@dataclass(frozen=True)
class NullRule:
    """How a comparison is assessed: its type, its null predictions and whether it counts.

    `null` comes from another source than the row, never from the row itself. `second_null` is a
    stronger null, where proportion or superposition would do.
    """

    id: str
    type: ComparisonType
    base: str = ""  # id of the row that is subtracted, if the difference of two rows is compared
    null: float | None = None  # in the unit of the comparison
    null_computed: bool = False  # the prediction computes the null
    null_source: str = ""
    second_null: float | None = None
    second_source: str = ""
    counted: bool = True  # False: cannot fail, or the same measurement is counted elsewhere
    reason: str = ""


def null_rule(id: str, unit: str = "") -> NullRule:
    """The rule of a comparison.

    Without a line in the table a row with the unit sign, p or rank is right or wrong, and any other
    is a level without a null.
    """
    return _rules().get(id) or NullRule(id, _BY_UNIT.get(unit, "level"))


@cache
def _rules() -> dict[str, NullRule]:
    rules = parse_nulls(packaged_text("panjabi.literature", "nulls.csv"), "nulls.csv")
    for rule in rules.values():
        for id in (rule.id.partition(".")[0], rule.base):
            if id:
                row(id)  # an unknown id is refused
    return rules


def parse_nulls(text: str, name: str) -> dict[str, NullRule]:
    """Id -> rule from the text of a table of nulls.

    Raises
    ------
    DataFileError
        For an unknown type, an id that occurs twice, a null that is not a number or has no source,
        or a rule without a reason.
    """
    columns = ("id", "type", "base", "null", "null_source", "second_null", "second_source")
    rules: dict[str, NullRule] = {}
    for line, cells in read_rows(text, name, (*columns, "counted", "reason")):
        id, type = cells["id"], _TYPES.get(cells["type"])
        if type is None or cells["counted"] not in ("yes", "no") or not cells["reason"]:
            raise DataFileError(
                f"{name}, line {line}: Expected a type of {', '.join(_TYPES)}, 'yes' or 'no' in "
                f"counted and a reason for {id!r}, got {cells['type']!r}, {cells['counted']!r} and "
                f"{cells['reason']!r}; correct the cells."
            )
        if id in rules:
            raise DataFileError(
                f"{name}, line {line}: Expected each id once, got {id!r} again; remove a line."
            )
        computed = cells["null"] == COMPUTED
        rules[id] = NullRule(
            id,
            type,
            base=cells["base"],
            null=None if computed else _null(cells, "null", "null_source", f"{name}, line {line}"),
            null_computed=computed,
            null_source=cells["null_source"],
            second_null=(
                None
                if cells["second_null"] == COMPUTED
                else _null(cells, "second_null", "second_source", f"{name}, line {line}")
            ),
            second_source=cells["second_source"],
            counted=cells["counted"] == "yes",
            reason=cells["reason"],
        )
    return rules


def _null(cells: dict[str, str], column: str, source: str, place: str) -> float | None:
    if not cells[column]:
        return None
    try:
        value = float(cells[column])
    except ValueError:
        value = None
    if value is None or not cells[source]:
        raise DataFileError(
            f"{place}: Expected a number with a source in {column} of {cells['id']!r}, got "
            f"{cells[column]!r} and {cells[source]!r}; correct the cells."
        )
    return value
