"""The one reader of CSV tables: header, types, empty cells, units; errors name file and line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi._files import finite_number
from panjabi.errors import DataFileError, SchemaError

Floats = NDArray[np.float64]

Columns = Iterable[str] | Mapping[str, Callable[[str], Any]]
"""Columns that a table must have, or those with the type of their cells."""


def packaged_text(package: str, name: str) -> str:
    """The text of a table in the folder `data` of a package."""
    return (files(package) / "data" / name).read_text(encoding="utf-8")


def read_rows(
    text: str, name: str, columns: Columns = (), *, schema: str = ""
) -> list[tuple[int, dict[str, Any]]]:
    """Rows of a table with a header as (line number, column -> cell); `name` stands in messages.

    Empty lines and, below a schema, lines that begin with `#` are left out.

    Parameters
    ----------
    columns : columns that must be there; a mapping gives the type of their cells, the others
        stay text.
    schema : "kind/major" that the first line must name, as in `# schema: kind/major`.

    Raises
    ------
    DataFileError
        If a column is missing, a line has too few or too many cells, a cell is not of its type, or
        a quote is left open.
    SchemaError
        For another kind of table, or a newer major version.
    """
    if schema:
        _check_schema(text, name, schema)
        text = "\n".join("" if line.startswith("#") else line for line in text.splitlines())
    types = columns if isinstance(columns, Mapping) else {}
    reader = csv.reader(io.StringIO(text), strict=True)
    header: list[str] | None = None
    rows: list[tuple[int, dict[str, Any]]] = []
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if header is None:
                header = [cell.strip() for cell in cells]
                _check_header(header, name, columns)
                continue
            if len(cells) != len(header):
                raise DataFileError(
                    f"{name}, line {reader.line_num}: {len(cells)} cells where the header has "
                    f"{len(header)}. Write numbers with a point, and quote cells that hold a comma."
                )
            row: dict[str, Any] = dict(zip(header, cells, strict=True))
            for column, kind in types.items():
                try:
                    row[column] = kind(row[column])
                except ValueError as error:
                    raise DataFileError(
                        f"{name}, line {reader.line_num}: Expected {column} as {kind.__name__}, "
                        f"got {row[column]!r}. Correct the cell."
                    ) from error
            rows.append((reader.line_num, row))
    except csv.Error as error:
        raise DataFileError(
            f"{name}, line {reader.line_num}: {error}; the file is cut short or a quote is open."
        ) from error
    if header is None:
        _check_header([], name, columns)
    return rows


def _check_schema(text: str, name: str, schema: str) -> None:
    kind, _, major = schema.partition("/")
    first = text.partition("\n")[0].strip()
    other, _, version = first.removeprefix("# schema:").strip().partition("/")
    if not first.startswith("# schema:") or other != kind or not version.isdigit():
        raise SchemaError(
            f"{name}, line 1: {first!r}; possible: '# schema: {schema}'. The first line names the "
            "kind of table and its version."
        )
    if int(version) > int(major):
        raise SchemaError(
            f"{name} is of version {version}, this program knows {schema}. Use a newer program for "
            "it."
        )


def _check_header(header: list[str], name: str, columns: Columns) -> None:
    missing = [column for column in columns if column not in header]
    if missing or not header:
        raise DataFileError(
            f"{name}, line 1: columns {missing} are missing; the header is {header}. Is this the "
            "right file?"
        )


@dataclass(frozen=True, eq=False)
class Quantities:
    """Measured quantities in SI and radians, with the columns and lines they come from."""

    name: str  # of the file
    columns: dict[str, str]  # quantity -> its column
    values: dict[str, Floats]  # quantity -> (rows,)
    lines: tuple[int, ...]

    def require(self, good: ArrayLike, otherwise: str) -> None:
        """Refuse the first row that is not good.

        Raises
        ------
        DataFileError
            With its line and what is wrong.
        """
        bad = np.flatnonzero(~np.asarray(good, bool))
        if bad.size:
            raise DataFileError(f"{self.name}, line {self.lines[int(bad[0])]}: {otherwise}.")


def read_quantities(
    text: str,
    name: str,
    units: Mapping[str, Mapping[str, float]],
    *,
    forms: Sequence[Iterable[str]],
    example: str,
    fewest: int = 1,
) -> Quantities:
    """Numbers of a laboratory's table, whose columns carry their unit in the name.

    Parameters
    ----------
    units : quantity -> name of a column -> factor to SI and radians.
    forms : sets of quantities; the table must hold exactly one of them, further ones are free.
    example : what a header may look like, for the message.
    fewest : rows that are needed.

    Raises
    ------
    DataFileError
        If the header does not fit, a cell is no finite number, or rows are too few.
    """
    rows = read_rows(text, name) if text.strip() else []
    header = next(csv.reader(text.splitlines()), [])
    header = [cell.strip() for cell in header]
    columns: dict[str, str] = {}
    for quantity, known in units.items():
        found = [cell for cell in header if cell in known]
        if len(found) > 1:
            raise DataFileError(f"{name}, line 1: two columns of {quantity}: {found}. Keep one.")
        if found:
            columns[quantity] = found[0]
            continue
        similar = [cell for cell in header if cell.lower().startswith(quantity)]
        if similar:
            raise DataFileError(
                f"{name}, line 1: column {similar[0]!r} has a unit that is not known; possible: "
                f"{', '.join(known)}. Convert it and name it so."
            )
    complete = [form for form in map(set, forms) if form <= set(columns)]
    if not complete:
        raise DataFileError(
            f"{name}, line 1: the header is {header}; possible: {example}. Name the columns so."
        )
    other = set().union(*map(set, forms)) - complete[0]
    if len(complete) > 1 or other & set(columns):
        raise DataFileError(
            f"{name}, line 1: the header is {header}; possible: one of {example}. Keep one form."
        )
    lines = tuple(line for line, _ in rows)
    if len(rows) < fewest:
        raise DataFileError(
            f"{name}, line {lines[-1] if lines else 1}: the file ends after {len(rows)} rows of "
            f"numbers; possible: {fewest} or more. Add rows."
        )
    values = {
        quantity: units[quantity][column]
        * np.array([finite_number(row[column], column, f"{name}, line {at}") for at, row in rows])
        for quantity, column in columns.items()
    }
    return Quantities(name, columns, values, lines)
