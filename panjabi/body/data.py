"""Reading the data files of the body, each with its schema and version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from panjabi.errors import DataFileError, SchemaError

FIBRES_LEG = "fibres_rajagopal.json"
"""The only file with values of the Rajagopal models; a file of the same schema can replace it."""
FIBRES_ARM = "fibres_arm.json"


def read(name: str, schema: str, version: int = 1) -> dict[str, Any]:
    """Content of a packaged data file.

    Raises
    ------
    DataFileError, SchemaError
        If the file is not JSON, has another schema, or a newer major version.
    """
    file = resources.files("panjabi.body") / "data" / name
    return _checked(file.read_text(encoding="utf-8"), name, schema, version)


def read_path(path: str | Path, schema: str, version: int = 1) -> dict[str, Any]:
    """Content of a file of the user with the same schema; errors as for `read`."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(
            f"{path} cannot be read: Expected a UTF-8 text file of schema {schema}/{version}, got "
            f"{error}; check the path."
        ) from error
    return _checked(text, str(path), schema, version)


def _checked(text: str, name: str, schema: str, version: int) -> dict[str, Any]:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise DataFileError(
            f"{name}, line {error.lineno}: Expected a complete JSON file of schema "
            f"{schema}/{version}, got text that is not JSON ({error.msg}); fetch or write the file "
            "again."
        ) from error
    stated = content.get("schema") if isinstance(content, Mapping) else None
    title, _, number = str(stated).partition("/")
    if title != schema or not number.isdigit():
        raise SchemaError(
            f"{name}: Expected schema {schema}/{version}, got {stated!r}; give a file with that "
            "schema."
        )
    if int(number) > version:
        raise SchemaError(
            f"{name}: Expected schema {schema}/{version} or older, got the newer {stated!r}; "
            "update panjabi, or write the file in the older version."
        )
    return dict(content)
