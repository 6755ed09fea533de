"""The published tables: rows with value, spread, unit, source and role.

A cell keeps the text of its source: one number, a range `a-b`, parts `a / b`, or words. The row
offers each of them under its own name, so that a range is never taken for a mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args

from panjabi._tables import packaged_text, read_rows
from panjabi.errors import DataFileError, ParameterError, unknown
from panjabi.parameter import Parameter, Status

Role = Literal["calibration", "validation", "prior"]
ROLES: tuple[Role, ...] = get_args(Role)
_ROLE: dict[str, Role] = {role: role for role in ROLES}  # text of a file -> role

TABLES = (
    "fascia",
    "clinical",
    "trials",
    "derived",
    "spine-passive",
    "spine-active",
    "spine-neural",
)

_STATUS: dict[str, Status] = {
    "recalled": "assumed",
    "estimate": "assumed",
    "computed": "derived",
}

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|to|\.\.)\s*({_NUMBER})")
_CONFIDENCE = re.compile(rf"(?:95% CI|^CI)\s+({_NUMBER})\s*(?:-|to|\.\.)\s*({_NUMBER})")


@dataclass(frozen=True)
class Row:
    """One published figure with its spread, source and role.

    `table_status` is how the figure came into the table (read, recalled, computed, estimate);
    it is not the status of a `Parameter`.
    """

    table: str
    id: str
    quantity: str
    text: str  # the value as printed
    value: float | None  # the value where it is a single number, else None
    values: tuple[float, ...]  # the parts of "a / b", or the single number
    interval: tuple[float, float] | None  # range or confidence interval as printed
    sd: float | None
    sds: tuple[float, ...]  # the parts of a spread "a / b"
    unit: str
    n: str
    conditions: str
    source: str
    doi: str
    bib: str  # key of the bibliography
    table_status: str
    where: str
    role: Role
    role_reason: str
    cells: dict[str, str] = field(repr=False, compare=False)  # every column as printed

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file: the value with its role, status and source."""
        return {
            "id": self.id,
            "quantity": self.quantity,
            "value": self.value,
            "sd": self.sd,
            "unit": self.unit,
            "role": self.role,
            "role_reason": self.role_reason,
            "status": self.table_status,
            "source": self.source,
            "doi": self.doi,
        }

    @property
    def number(self) -> float:
        """The value, where there must be exactly one.

        Raises
        ------
        ParameterError
            If the table prints a range, several parts or words.
        """
        if self.value is None:
            raise ParameterError(
                f"row {self.id!r} has no single value but {self.text!r}; possible are .values "
                f"{self.values} and .interval {self.interval}. Say which part is meant."
            )
        return self.value

    def parameter(self, value: float | None = None, *, unit: str | None = None) -> Parameter:
        """The figure as a `Parameter` that cites its source.

        `value` and `unit` pick one part of a row that prints several. A recalled figure or an
        estimate is assumed, a computed one derived, the others measured.
        """
        return Parameter(
            value=self.number if value is None else value,
            unit=self.unit if unit is None else unit,
            source=self.bib,
            status=_STATUS.get(self.table_status, "measured"),
            conditions=self.conditions,
            sd=self.sd if value is None else None,
        )


def published(
    table: str, *, role: str | None = None, ids: str | Iterable[str] | None = None
) -> tuple[Row, ...]:
    """The rows of one table in its order, all or those of one role or with the given ids.

    An id may end in `*` and then stands for all ids that begin so.

    Raises
    ------
    UnknownNameError
        If there is no such table, role or id; the nearest ones are named.
    DataFileError
        If a packaged table is damaged; file and line are named.
    """
    rows = _table(_known("table", table, TABLES))
    if ids is not None:
        wanted = [ids] if isinstance(ids, str) else list(ids)
        names = {row.id for row in rows}
        for one in wanted:
            if not any(_matches(one, name) for name in names):
                raise unknown(f"row of table {table!r}", one, names)
        rows = tuple(row for row in rows if any(_matches(one, row.id) for one in wanted))
    if role is not None:
        rows = tuple(row for row in rows if row.role == _known("role", role, ROLES))
    return rows


def row(id: str) -> Row:
    """The row of that id; ids are unique over all tables.

    Raises
    ------
    UnknownNameError
        If no table has it; the nearest ids are named.
    """
    return _index()[_known("row", id, _index())]


def _known(what: str, name: str, names: Iterable[str]) -> str:
    if name not in names:
        raise unknown(what, name, names)
    return name


def _matches(pattern: str, name: str) -> bool:
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


@cache
def _index() -> dict[str, Row]:
    return {row.id: row for table in TABLES for row in _table(table)}


@cache
def _table(table: str) -> tuple[Row, ...]:
    roles = _roles()
    name = f"{table}.csv"
    rows = parse_table(table, packaged_text("panjabi.literature", name), name, roles)
    missing = [id for t, id in roles if t == table and id not in {row.id for row in rows}]
    if missing:
        raise DataFileError(f"roles.csv gives a role to {missing}, which {name} does not have")
    return rows


@cache
def _roles() -> dict[tuple[str, str], tuple[Role, str]]:
    return parse_roles(packaged_text("panjabi.literature", "roles.csv"), "roles.csv")


def parse_roles(text: str, name: str) -> dict[tuple[str, str], tuple[Role, str]]:
    """(table, id) -> (role, reason) from the text of a roles file."""
    roles: dict[tuple[str, str], tuple[Role, str]] = {}
    for line, cells in read_rows(text, name, ("table", "id", "role", "reason")):
        key = cells["table"], cells["id"]
        role = _ROLE.get(cells["role"])
        if role is None or not cells["reason"]:
            raise DataFileError(
                f"{name}, line {line}: role {cells['role']!r} of {key[1]!r} for the reason "
                f"{cells['reason']!r}; possible: {', '.join(ROLES)}, each with a reason."
            )
        if key in roles:
            raise DataFileError(f"{name}, line {line}: {key[1]!r} has a role already. Keep one.")
        roles[key] = role, cells["reason"]
    return roles


def parse_table(
    table: str, text: str, name: str, roles: dict[tuple[str, str], tuple[Role, str]]
) -> tuple[Row, ...]:
    """The rows of a table from its text.

    Raises
    ------
    DataFileError
        If the file is damaged, a row has no role, or a recalled row is anything but a prior.
    """
    required = ["id", "unit", "source", "doi", "status", "where", "bib"]
    required += ["effect", "ci_low", "ci_high"] if table == "trials" else ["quantity", "value"]
    rows: dict[str, Row] = {}
    for line, cells in read_rows(text, name, required):
        id = cells["id"]
        if not id or id in rows:
            raise DataFileError(f"{name}, line {line}: id {id!r} is empty or comes twice.")
        if (table, id) not in roles:
            raise DataFileError(
                f"{name}, line {line}: {id!r} has no role. Give it one in roles.csv before it is "
                "compared with anything."
            )
        rows[id] = _row(table, cells, *roles[table, id], f"{name}, line {line}")
    return tuple(rows.values())


def new_row(
    id: str,
    quantity: str,
    value: float | str,
    unit: str,
    *,
    source: str,
    sd: float | str = "",
    role: Role = "validation",
    role_reason: str = "added by the user",
    bib: str = "User",
    n: str = "",
    conditions: str = "",
    doi: str = "",
    status: str = "read",
    where: str = "",
) -> Row:
    """A published value that the packaged tables do not have, for `panjabi.validation.predicts`.

    `value` and `sd` are numbers in `unit` or cells as the tables print them ("17.1 / 9.8").

    Raises
    ------
    UnknownNameError
        If the role does not exist.
    DataFileError
        If a recalled value is anything but a prior, or the spread is below zero.
    ParameterError
        If a packaged row has the id, or the id holds a point.
    """
    if id in _index() or "." in id:
        raise ParameterError(
            f"Expected a new id without a point, got {id!r}; packaged rows and parts of rows "
            "(after a point) have ids of their own."
        )
    cells = {"id": id, "quantity": quantity, "value": str(value), "sd": str(sd), "unit": unit}
    cells |= {"n": n, "conditions": conditions, "source": source, "doi": doi, "bib": bib}
    cells |= {"status": status, "where": where}
    if role not in ROLES:
        raise unknown("role", role, ROLES)
    return _row("user", cells, role, role_reason, f"row {id!r}")


def _row(table: str, cells: dict[str, str], role: Role, reason: str, place: str) -> Row:
    if cells["status"] == "recalled" and role != "prior":
        raise DataFileError(
            f"{place}: {cells['id']!r} is recalled and has the role {role!r}; a recalled "
            "figure is a prior. Find it in a source first."
        )
    if table == "trials":
        cells = cells | {
            "quantity": f"{cells['comparison']}: {cells['outcome']}, {cells['timepoint']}",
            "value": cells["effect"],
            "sd": "",
            "n": " / ".join(n for n in (cells["n_treat"], cells["n_control"]) if n),
            "conditions": f"{cells['region']}, {cells['stage']}",
        }
    value, values, interval = parse_cell(cells["value"])
    sd, sds, spread = parse_cell(cells["sd"])
    if sd is not None and sd < 0.0:
        raise DataFileError(f"{place}: the spread of {cells['id']!r} is {sd:g}, below zero.")
    if table == "trials" and cells["ci_low"]:
        interval = _pair(cells["ci_low"], cells["ci_high"], place)
    if interval is None:
        found = _CONFIDENCE.search(cells["sd"]) or _CONFIDENCE.search(cells["conditions"])
        interval = _pair(found[1], found[2], place) if found else spread
    return Row(
        table=table,
        id=cells["id"],
        quantity=cells["quantity"],
        text=cells["value"],
        value=value,
        values=values,
        interval=interval,
        sd=sd,
        sds=sds,
        unit=cells["unit"],
        n=cells["n"],
        conditions=cells["conditions"],
        source=cells["source"],
        doi=cells["doi"],
        bib=cells["bib"],
        table_status=cells["status"],
        where=cells["where"],
        role=role,
        role_reason=reason,
        cells=cells,
    )


def _pair(low: str, high: str, place: str) -> tuple[float, float]:
    try:
        pair = float(low), float(high)
    except ValueError:
        raise DataFileError(f"{place}: {low!r} to {high!r} is no interval of numbers.") from None
    if pair[0] > pair[1]:
        raise DataFileError(f"{place}: the interval {low} to {high} runs backwards.")
    return pair


def parse_cell(
    text: str,
) -> tuple[float | None, tuple[float, ...], tuple[float, float] | None]:
    """(single number, all parts, range) of a cell; words give (None, (), None).

    >>> parse_cell("17.1 / 9.8")
    (None, (17.1, 9.8), None)
    >>> parse_cell("0.2-0.3")
    (None, (), (0.2, 0.3))
    """
    text = text.strip()
    if re.fullmatch(_NUMBER, text):
        return float(text), (float(text),), None
    between = _RANGE.fullmatch(text)
    if between:
        low, high = float(between[1]), float(between[2])
        return (None, (), (low, high)) if low <= high else (None, (low, high), None)
    parts = [part.strip() for part in re.split(r"/|;|\s\+\s", text)]
    if len(parts) > 1 and all(re.fullmatch(_NUMBER, part) for part in parts):
        return None, tuple(float(part) for part in parts), None
    return None, (), None
