"""The committed tables of the network: stations, strands, muscles, lines, segments, regions."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path

from fascia.network.parts import Line, Vector
from panjabi.errors import DataFileError, SchemaError

TABLES = ("stations", "strands", "muscles", "tissue_defaults", "lines", "segments", "regions")
MAJOR = 1

Record = dict[str, str]


@cache
def table(name: str) -> tuple[Record, ...]:
    """Rows of a packaged table as text, in order."""
    path = files("fascia.network") / "data" / f"{name}.csv"
    return parse(path.read_text(encoding="utf-8"), name, where=f"{name}.csv")


def read_table(path: str | Path, name: str) -> tuple[Record, ...]:
    """Rows of a user's table in the place of a packaged one.

    Raises
    ------
    DataFileError, SchemaError
        If the file cannot be read, is of another kind or a newer version, or lacks a column.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(f"{path} cannot be read: {error}. Give a text file (CSV).") from error
    rows = parse(text, name, where=str(path))
    wanted = list(table(name)[0])
    missing = [c for c in wanted if rows and c not in rows[0]]
    if missing:
        raise DataFileError(
            f"{path} lacks the columns {missing}; a {name} table has {wanted}. Add them."
        )
    return rows


def parse(text: str, name: str, *, where: str) -> tuple[Record, ...]:
    """Rows of a table whose first line is `# schema: <name>/<major>`."""
    lines = text.splitlines()
    first = lines[0] if lines else ""
    kind, _, version = first.removeprefix("# schema:").strip().partition("/")
    if not first.startswith("# schema:") or kind != name or not version.isdigit():
        raise SchemaError(
            f"{where}, line 1: {first!r}; possible: '# schema: {name}/{MAJOR}'. The first line "
            "names the kind of table and its version."
        )
    if int(version) > MAJOR:
        raise SchemaError(
            f"{where} is of version {version}, this program knows {name}/{MAJOR}. Use a newer "
            "program for it."
        )
    body = [(i, line) for i, line in enumerate(lines, 1) if line and not line.startswith("#")]
    reader = csv.reader(line for _, line in body)
    header = next(reader, None)
    if header is None:
        raise DataFileError(f"{where} has no header; it needs the names of its columns.")
    rows = []
    for (number, _), cells in zip(body[1:], reader, strict=False):
        if len(cells) != len(header):
            raise DataFileError(
                f"{where}, line {number}: {len(cells)} cells where the header names "
                f"{len(header)}. Mend the line."
            )
        rows.append(dict(zip(header, cells, strict=True)))
    return tuple(rows)


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
            f"{where}: {column} of {next(iter(row.values()))!r} is {cell!r}; it takes a number "
            "or nothing."
        ) from None


def places(cell: str) -> tuple[tuple[str, Vector], ...]:
    """Points of a via cell, 'body:x y z|body:x y z' [m]."""
    made = []
    for part in filter(None, cell.split("|")):
        body, _, numbers = part.partition(":")
        x, y, z = (float(v) for v in numbers.split())
        made.append((body.strip(), (x, y, z)))
    return tuple(made)


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
