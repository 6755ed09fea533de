"""The published tables: rows with value, spread, unit, source and role.

A cell keeps the text of its source: a number, a range `a-b`, parts `a / b`, or words. A row has a
separate attribute for each of these, so that a range is not mistaken for a mean.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, get_args

from panjabi._tables import packaged_text, read_rows
from panjabi.errors import DataFileError, ParameterError, unknown
from panjabi.parameter import Parameter, Status

Role = Literal["calibration", "validation", "prior"]
"""Role of a published row: it set a parameter, it is evidence, or it is context (prior)."""

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
    "additions",
)

_STATUS: dict[str, Status] = {
    "recalled": "assumed",
    "estimate": "assumed",
    "computed": "derived",
}

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|to|\.\.)\s*({_NUMBER})")
_GROUP = re.compile(r"([1-9]\d*)( \w+)?")  # 12, 12 men
_CONFIDENCE = re.compile(rf"(?:95% CI|^CI)\s+({_NUMBER})\s*(?:-|to|\.\.)\s*({_NUMBER})")


@dataclass(frozen=True)
class Row:
    """A published value with its spread, source and role.

    `table_status` says how the value came into the table (read, recalled, computed, estimate). It
    is not the status of a `Parameter`.
    """

    table: str
    id: str
    quantity: str
    text: str  # the value as printed
    value: float | None  # the value if it is a single number, else None
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
        """The value of a row with a single number.

        Raises
        ------
        ParameterError
            If the table prints a range, several parts or words.
        """
        if self.value is None:
            raise ParameterError(
                f"Expected a single number in row {self.id!r}, got {self.text!r}; choose from "
                f".values {self.values} or .interval {self.interval}."
            )
        return self.value

    @property
    def standard_error(self) -> float | None:
        """Standard error of the value: a quarter of its 95 % interval, or the spread over sqrt(n).

        None if neither an interval nor a spread with a group size was printed.
        """
        if self.value is None:
            return None
        texts = (self.cells["sd"], self.cells["conditions"])
        printed = self.table == "trials" or any(_CONFIDENCE.search(text) for text in texts)
        if printed and self.interval:
            return 0.25 * (self.interval[1] - self.interval[0])
        size = _GROUP.fullmatch(self.n)
        if self.sd is None or size is None:
            return None
        return self.sd / math.sqrt(int(size[1]))

    @property
    def rounding(self) -> float:
        """Half a step of the last printed digit of a single number, else 0.

        >>> row("wil99_lying_prone").rounding  # printed as 0.1
        0.05
        """
        if self.value is None:
            return 0.0
        mantissa, _, exponent = self.text.strip().lower().partition("e")
        return 0.5 * 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))

    def parameter(self, value: float | None = None, *, unit: str | None = None) -> Parameter:
        """The value as a `Parameter` that cites its source.

        `value` and `unit` choose one part of a row with several. The status is assumed for a
        recalled or estimated value, derived for a computed value, else measured.
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
    """The rows of a table in file order; optional: only those of a role, or with some ids.

    An id that ends in `*` stands for all ids with that beginning.

    Raises
    ------
    UnknownNameError
        If the table, role or id does not exist; lists similar names.
    DataFileError
        If a packaged table is damaged; names file and line.
    """
    rows = _table(_known("table", table, TABLES))
    if ids is not None:
        patterns = [ids] if isinstance(ids, str) else list(ids)
        names = {row.id for row in rows}
        for pattern in patterns:
            if not any(_matches(pattern, name) for name in names):
                raise unknown(f"row of table {table!r}", pattern, names)
        rows = tuple(row for row in rows if any(_matches(p, row.id) for p in patterns))
    if role is not None:
        rows = tuple(row for row in rows if row.role == _known("role", role, ROLES))
    return rows


def row(id: str) -> Row:
    """The row with this id; ids are unique over all tables.

    Raises
    ------
    UnknownNameError
        If no table has it; lists similar ids.
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
        raise DataFileError(
            f"roles.csv: Expected ids of {name}, got {missing}; remove them or correct the ids."
        )
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
                f"{name}, line {line}: Expected a role of {', '.join(ROLES)} with a reason for "
                f"{key[1]!r}, got role {cells['role']!r} and reason {cells['reason']!r}; correct "
                "the cells."
            )
        if key in roles:
            raise DataFileError(
                f"{name}, line {line}: Expected each id once, got {key[1]!r} again; remove a line."
            )
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
            raise DataFileError(
                f"{name}, line {line}: Expected a new id, got {id!r}, which is empty or occurs "
                "twice; change it."
            )
        if (table, id) not in roles:
            raise DataFileError(
                f"{name}, line {line}: Expected an id with a role, got {id!r}; give it a role in "
                "roles.csv."
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
    conditions: str = "",
    doi: str = "",
    status: str = "read",
) -> Row:
    """A published value that is not in the packaged tables, for `panjabi.validation.predicts`.

    `value` and `sd` are numbers in `unit` or texts as in the tables ("17.1 / 9.8").

    Raises
    ------
    UnknownNameError
        If the role does not exist.
    DataFileError
        If a recalled value is not a prior, or the spread is below zero.
    ParameterError
        If a packaged row has the same id, or the id contains a point.
    """
    if id in _index() or "." in id:
        raise ParameterError(
            f"Expected an id without a point that no packaged row has, got {id!r}; choose another "
            "(a point separates a row from its parts)."
        )
    cells = {"id": id, "quantity": quantity, "value": str(value), "sd": str(sd), "unit": unit}
    cells |= {"n": "", "conditions": conditions, "source": source, "doi": doi, "bib": bib}
    cells |= {"status": status, "where": ""}
    if role not in ROLES:
        raise unknown("role", role, ROLES)
    return _row("user", cells, role, role_reason, f"row {id!r}")


def _row(table: str, cells: dict[str, str], role: Role, reason: str, place: str) -> Row:
    if cells["status"] == "recalled" and role != "prior":
        raise DataFileError(
            f"{place}: Expected the role 'prior' for the recalled value {cells['id']!r}, got "
            f"{role!r}; find the value in a source first."
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
        raise DataFileError(
            f"{place}: Expected a spread of {cells['id']!r} from 0, got {sd:g}; correct the cell."
        )
    if table == "trials" and cells["ci_low"]:
        interval = _pair(cells["ci_low"], cells["ci_high"], place)
    if interval is None:
        match = _CONFIDENCE.search(cells["sd"]) or _CONFIDENCE.search(cells["conditions"])
        interval = _pair(match[1], match[2], place) if match else spread
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
        raise DataFileError(
            f"{place}: Expected an interval of two numbers, got {low!r} to {high!r}; correct the "
            "cells."
        ) from None
    if pair[0] > pair[1]:
        raise DataFileError(
            f"{place}: Expected an interval from a lower to a higher number, got {low} to {high}; "
            "exchange them."
        )
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
