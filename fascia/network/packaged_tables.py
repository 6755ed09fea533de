"""The committed tables of the network: stations, strands, muscles, lines, segments, regions."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from pathlib import Path

from fascia.network.parts import Line, Vector
from panjabi import _files
from panjabi._tables import packaged_text, read_rows
from panjabi.errors import DataFileError

TABLES = ("stations", "strands", "muscles", "tissue_defaults", "lines", "segments", "regions")
MAJOR = 1

Record = dict[str, str]


@cache
def table(name: str) -> tuple[Record, ...]:
    """Rows of a packaged table as text, in order."""
    return parse(packaged_text("fascia.network", f"{name}.csv"), name, where=f"{name}.csv")


def read_table(path: str | Path, name: str) -> tuple[Record, ...]:
    """Rows of a user's table that replaces a packaged table.

    Raises
    ------
    DataFileError, SchemaError
        If the file cannot be read, has another schema or a newer version, or lacks a column.
    """
    return parse(_files.read_table(path), name, where=str(path), columns=table(name)[0])


def parse(text: str, name: str, *, where: str, columns: Iterable[str] = ()) -> tuple[Record, ...]:
    """Rows of a table whose first line is `# schema: <name>/<major>`."""
    return tuple(row for _, row in read_rows(text, where, columns, schema=f"{name}/{MAJOR}"))


def words(cell: str) -> tuple[str, ...]:
    """A list in a cell: parts between semicolons."""
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def number(row: Record, column: str, *, where: str = "strands.csv") -> float | None:
    """A number of a cell, None when empty."""
    cell = row[column].strip()
    if not cell:
        return None
    try:
        return float(cell)
    except ValueError:
        raise DataFileError(
            f"Expected a number or an empty cell for {column} of {next(iter(row.values()))!r} in "
            f"{where}, got {cell!r}; correct the cell."
        ) from None


def places(cell: str) -> tuple[tuple[str, Vector], ...]:
    """Points of a via cell, 'body:x y z|body:x y z' [m]."""
    points = []
    for part in filter(None, cell.split("|")):
        body, _, numbers = part.partition(":")
        x, y, z = (float(v) for v in numbers.split())
        points.append((body.strip(), (x, y, z)))
    return tuple(points)


def known(rows: Iterable[Record]) -> dict[str, Record]:
    """Rows by their first column."""
    return {next(iter(row.values())): row for row in rows}


def lines() -> dict[str, Line]:
    """The sixteen lines with their evidence."""
    return {
        row["line"]: Line(
            id=row["line"],
            name=row["name"],
            family=row["family"],
            wired=row["wired"] == "yes",
            evidence=row["evidence"],
            note=row["note"],
        )
        for row in table("lines")
    }
