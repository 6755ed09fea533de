"""Writing a file completely or not at all; reading the text of a table and a number in a cell."""

from __future__ import annotations

import math
import os
import tempfile
from pathlib import Path

from panjabi.errors import DataFileError


def write_whole(path: str | Path, text: str | bytes) -> None:
    """Write text or bytes under a temporary name, then rename: the file is never incomplete.

    Raises
    ------
    DataFileError
        If the file cannot be written: the folder is missing, the name is that of a folder, or the
        disk is full. An existing file then stays as it was.
    """
    path = Path(path)
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        data = text.encode("utf-8") if isinstance(text, str) else text
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())  # only the owner can read a temporary file
        os.replace(name, path)
        temporary = None
    except (OSError, ValueError) as error:  # ValueError: a name with a null character
        raise DataFileError(
            f"cannot write {str(path)!r}: Expected a file that can be written, got "
            f"{getattr(error, 'strerror', None) or error}; name a file in a folder that exists, "
            "not a folder, on a disk with room."
        ) from error
    finally:
        if temporary is not None:
            temporary.unlink(missing_ok=True)


def read_table(path: str | Path) -> str:
    """The text of a CSV file, with or without a byte-order mark.

    Raises
    ------
    DataFileError
        If the file does not exist or is not text.
    """
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(
            f"{path} cannot be read: Expected a CSV text file, got {error}; check name and format."
        ) from error


def finite_number(cell: str, column: str, where: str) -> float:
    """The number in a cell of a table; `where` names file and line for the error.

    Raises
    ------
    DataFileError
        If the cell does not hold a finite number.
    """
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise DataFileError(
            f"{where}: Expected a finite number with a decimal point in {column}, got {cell!r}; "
            "remove the row if the value is missing."
        )
    return value


def _umask() -> int:
    """The permissions that this process withholds from new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
