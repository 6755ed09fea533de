"""Reader of CSV tables: header, types, empty cells, units; errors name file and line."""

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
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]

Columns = Iterable[str] | Mapping[str, Callable[[str], Any]]
"""Columns that a table must have: their names, or a mapping of name to type of the cells."""


def packaged_text(package: str, name: str) -> str:
    """The text of a table in the folder `data` of a package."""
    return (files(package) / "data" / name).read_text(encoding="utf-8")


def read_rows(
    text: str, name: str, columns: Columns = (), *, schema: str = ""
) -> list[tuple[int, dict[str, Any]]]:
    """Rows of a table with a header as (line number, column -> cell); messages use `name`.

    Empty lines are skipped, and below a schema also lines that begin with `#`.

    Parameters
    ----------
    columns : required columns; a mapping gives the type of their cells, other cells stay text.
    schema : "type/major" that the first line must name, as in `# schema: type/major`.

    Raises
    ------
    DataFileError
        If a column is missing, a line has too few or too many cells, a cell is not of its type, or
        a quote is not closed.
    SchemaError
        For another type of table, or a newer major version.
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
                    f"{name}, line {reader.line_num}: Expected {len(header)} cells as in the "
                    f"header, got {len(cells)} cells; write numbers with a decimal point, and put "
                    "cells that contain a comma in quotes."
                )
            row: dict[str, Any] = dict(zip(header, cells, strict=True))
            for column, convert in types.items():
                try:
                    row[column] = convert(row[column])
                except ValueError as error:
                    raise DataFileError(
                        f"{name}, line {reader.line_num}: Expected {column} as {convert.__name__}, "
                        f"got {row[column]!r}; correct the cell."
                    ) from error
            rows.append((reader.line_num, row))
    except csv.Error as error:
        raise DataFileError(
            f"{name}, line {reader.line_num}: Expected a CSV table, got {error}; close every quote "
            "and check that the file is complete."
        ) from error
    if header is None:
        _check_header([], name, columns)
    return rows


def _check_schema(text: str, name: str, schema: str) -> None:
    table, _, major = schema.partition("/")
    first = text.partition("\n")[0].strip()
    other, _, version = first.removeprefix("# schema:").strip().partition("/")
    if not first.startswith("# schema:") or other != table or not version.isdigit():
        raise SchemaError(
            f"{name}, line 1: Expected '# schema: {schema}', got {first!r}; name the type of "
            "table and its version in the first line."
        )
    if int(version) > int(major):
        raise SchemaError(
            f"{name}, line 1: Expected a version up to {schema}, got version {version}; update "
            "panjabi to read it."
        )


def _check_header(header: list[str], name: str, columns: Columns) -> None:
    missing = [column for column in columns if column not in header]
    if missing or not header:
        raise DataFileError(
            f"{name}, line 1: Expected a header with the columns {', '.join(columns)}, got "
            f"{header}; columns {missing} are missing. Check that this is the right file."
        )


@dataclass(frozen=True, eq=False, repr=False)
class Quantities(ShortRepr):
    """Measured quantities in SI and radians, with their columns and lines in the file."""

    name: str  # of the file
    columns: dict[str, str]  # quantity -> its column
    values: dict[str, Floats]  # quantity -> (rows,)
    lines: tuple[int, ...]

    def require(self, valid: ArrayLike, otherwise: str) -> None:
        """Check that every row is valid; `otherwise` is the message for the first that is not.

        Raises
        ------
        DataFileError
            Names the line and the fault.
        """
        invalid = np.flatnonzero(~np.asarray(valid, bool))
        if invalid.size:
            raise DataFileError(f"{self.name}, line {self.lines[int(invalid[0])]}: {otherwise}.")


def read_quantities(
    text: str,
    name: str,
    units: Mapping[str, Mapping[str, float]],
    *,
    forms: Sequence[Iterable[str]],
    example: str,
    fewest: int = 1,
) -> Quantities:
    """Quantities of a laboratory's table, whose column names contain the unit.

    Parameters
    ----------
    units : quantity -> name of a column -> factor to SI and radians.
    forms : sets of quantities; the table must contain exactly one of these sets. Quantities in
        none of the sets are optional.
    example : example of a header, for the message.
    fewest : smallest number of rows.

    Raises
    ------
    DataFileError
        If the header does not fit, a cell is not a finite number, or there are too few rows.
    """
    rows = read_rows(text, name) if text.strip() else []
    header = next(csv.reader(text.splitlines()), [])
    header = [cell.strip() for cell in header]
    columns: dict[str, str] = {}
    for quantity, known in units.items():
        matching = [cell for cell in header if cell in known]
        if len(matching) > 1:
            raise DataFileError(
                f"{name}, line 1: Expected one column of {quantity}, got two columns of "
                f"{quantity}: {matching}; remove all but one."
            )
        if matching:
            columns[quantity] = matching[0]
            continue
        similar = [cell for cell in header if cell.lower().startswith(quantity)]
        if similar:
            raise DataFileError(
                f"{name}, line 1: Expected a column {' or '.join(known)}, got {similar[0]!r}, "
                "which has an unknown unit; convert the values and rename the column."
            )
    complete = [form for form in map(set, forms) if form <= set(columns)]
    if not complete:
        raise DataFileError(
            f"{name}, line 1: Expected a header such as {example}, got {header}; rename the "
            "columns."
        )
    other = set().union(*map(set, forms)) - complete[0]
    if len(complete) > 1 or other & set(columns):
        raise DataFileError(
            f"{name}, line 1: Expected the columns of only one form ({example}), got {header}; "
            "remove the columns of the other."
        )
    lines = tuple(line for line, _ in rows)
    if len(rows) < fewest:
        raise DataFileError(
            f"{name}, line {lines[-1] if lines else 1}: Expected {fewest} or more rows of numbers, "
            f"got {len(rows)}; add rows."
        )
    values = {
        quantity: units[quantity][column]
        * np.array([finite_number(row[column], column, f"{name}, line {at}") for at, row in rows])
        for quantity, column in columns.items()
    }
    return Quantities(name, columns, values, lines)
