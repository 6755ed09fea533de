"""Strict reading of JSON: files of limited size, objects with known keys, values of one type."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from panjabi.errors import DataFileError, nearest

LARGEST = 1_000_000
"""Size of the largest file [bytes]."""

Read = Callable[[object, str], Any]
"""Takes a JSON value and its place in words, returns the value or raises DataFileError."""

Section = Mapping[str, tuple[str, Read]]
"""Key of the file -> name of the argument, reader of the value."""


def read_json(path: str | Path, schema: str) -> dict[str, Any]:
    """The object in a JSON file; `schema` names the format in messages.

    Raises
    ------
    DataFileError
        For a file that is missing, larger than `LARGEST`, no JSON object, or that has a key twice
        or a number that is not finite.
    """
    where = str(path)
    try:
        with Path(path).open("rb") as file:
            data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise ValueError(f"more than {LARGEST} bytes")
        values = json.loads(
            data.decode("utf-8-sig"), parse_constant=_no_constant, object_pairs_hook=_once
        )
    except (OSError, ValueError, RecursionError) as error:
        raise DataFileError(
            f"{where} cannot be read: Expected a JSON file of schema {schema}, got {error}; check "
            "the path and the text."
        ) from error
    return mapping(values, where)


def _no_constant(name: str) -> float:
    raise ValueError(f"{name}, which is no finite number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} twice in one object")
    return result


def _wrong(what: str, value: object, where: str) -> DataFileError:
    got = json.dumps(value, default=repr)[:60]
    return DataFileError(
        f"{where}: Expected {what}, got {got}; correct it, or leave the key out for the default."
    )


def number(value: object, where: str) -> float:
    """A finite number."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
        if math.isfinite(number):
            return number
    raise _wrong("a finite number", value, where)


def text(value: object, where: str) -> str:
    """A text."""
    if isinstance(value, str):
        return value
    raise _wrong("a text", value, where)


def mapping(value: object, where: str) -> dict[str, Any]:
    """An object, unchanged."""
    if isinstance(value, dict):
        return cast("dict[str, Any]", value)
    raise _wrong("an object {...}", value, where)


def table(item: Read) -> Read:
    """An object whose values are all read by `item`."""

    def read(value: object, where: str) -> dict[str, Any]:
        return {k: item(v, f"{where}, {k!r}") for k, v in mapping(value, where).items()}

    return read


def listed(item: Read, count: int | None = None) -> Read:
    """A list, as a tuple whose entries are read by `item`."""

    def read(value: object, where: str) -> tuple[Any, ...]:
        values = cast("list[object]", value) if isinstance(value, list) else None
        if values is None or (count is not None and len(values) != count):
            raise _wrong(f"a list [...]{'' if count is None else f' of {count}'}", value, where)
        return tuple(item(v, f"{where}, entry {k + 1}") for k, v in enumerate(values))

    return read


def by_name(value: object, where: str) -> float | dict[str, float]:
    """A number, or an object of numbers."""
    return table(number)(value, where) if isinstance(value, dict) else number(value, where)


def only(values: Mapping[str, Any], known: Mapping[str, Read], where: str) -> dict[str, Any]:
    """The values of known keys, each by its reader; an error for any other key."""
    for key in values:
        if key not in known:
            raise DataFileError(
                f"{where}: Expected only the keys {', '.join(known)}, got {key!r} "
                f"({nearest(key, known)}); correct the name, whose end is the unit."
            )
    return {key: known[key](value, f"{where}, {key}") for key, value in values.items()}


def section(keys: Section) -> Read:
    """An object with known keys, as arguments of a record."""

    def read(value: object, where: str) -> dict[str, Any]:
        readers = {key: reader for key, (_, reader) in keys.items()}
        found = only(mapping(value, where), readers, where)
        return {keys[key][0]: result for key, result in found.items()}

    return read
