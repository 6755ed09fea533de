"""Reading the body's data files, each with its schema and version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from panjabi.errors import DataFileError, SchemaError

FIBRES_LEG = "fibres_rajagopal.json"
"""The one file with figures from the Rajagopal models; another of its schema can replace it."""
FIBRES_ARM = "fibres_arm.json"


def read(name: str, schema: str, version: int = 1) -> dict[str, Any]:
    """Content of a data file that comes with the package.

    Raises
    ------
    DataFileError, SchemaError
        If the file is not JSON, is of another kind, or of a newer major version.
    """
    file = resources.files("panjabi.body") / "data" / name
    return _checked(file.read_text(encoding="utf-8"), name, schema, version)


def read_path(path: str | Path, schema: str, version: int = 1) -> dict[str, Any]:
    """Content of a user's file of one of the schemas above; errors as for `read`."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(
            f"{path} cannot be read ({error}); a UTF-8 text file of schema {schema}/{version} is "
            "possible. Check the path."
        ) from error
    return _checked(text, str(path), schema, version)


def _checked(text: str, name: str, schema: str, version: int) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataFileError(
            f"{name}, line {error.lineno}: not JSON ({error.msg}); a whole JSON file of schema "
            f"{schema}/{version} is possible. Fetch or write the file again."
        ) from error
    stated = content.get("schema") if isinstance(content, Mapping) else None
    kind, _, number = str(stated).partition("/")
    if kind != schema or not number.isdigit():
        raise SchemaError(
            f"{name} has schema {stated!r}; possible here: {schema}/{version}. "
            "Give a file of that kind."
        )
    if int(number) > version:
        raise SchemaError(
            f"{name} has schema {stated!r}, newer than {schema}/{version}, the newest that this "
            "program reads. Update panjabi, or write the file in the older version."
        )
    return dict(content)
