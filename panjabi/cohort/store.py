"""A directory with the finished blocks of one cohort.

    header.json                        what the cohort is: schema, digests of all inputs, versions
    block-0000000000-0000000032.npz    the rows of subjects 0 to 31, written whole
    block-0000000000-0000000032.done   checksum of this block, written after it
    lock                               locked by the process that computes; else empty

When all subjects are finished, one block replaces all others. The bytes of a finished store depend
on its inputs alone.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from panjabi import __version__
from panjabi._files import write_whole
from panjabi.cohort.block import FAILURE, Columns, stacked
from panjabi.cohort.digest import fingerprint, named_fingerprints
from panjabi.cohort.result import NOT_RUN, CohortResult
from panjabi.errors import DataFileError, SchemaError
from panjabi.results import plain

SCHEMA = "panjabi-cohort"
MAJOR = 1
HEADER, LOCK = "header.json", "lock"
NAME = re.compile(r"block-(\d{10})-(\d{10})\.(npz|done)")

Span = tuple[int, int]  # first subject, and the one after the last


def header_of(
    function: object, description: object, inputs: Columns, count: int, seed: int
) -> dict[str, Any]:
    """What identifies a cohort: digests of function, description and inputs, and versions."""
    versions = {"panjabi": __version__, "python": platform.python_version(), **_numeric_versions()}
    digests = {"function": fingerprint(function), **named_fingerprints("description", description)}
    digests |= {f"input {name!r}": fingerprint(rows) for name, rows in inputs.items()}
    return {
        "schema": f"{SCHEMA}/{MAJOR}",
        "subjects": count,
        "seed": seed,
        "versions": versions,
        "sha256": digests,
    }


@cache
def _numeric_versions() -> dict[str, str]:
    return {name: version(name) for name in ("numpy", "scipy", "numba")}


@dataclass(frozen=True)
class BlockStore:
    """The blocks of a directory that this process has locked."""

    directory: Path
    count: int

    def blocks(self) -> dict[Span, Columns]:
        """The whole blocks; what is half written or damaged is removed."""
        kept: dict[Span, Columns] = {}
        for file in list(self.directory.iterdir()):
            if file.name.startswith(".") or (file.suffix == ".npz" and not _flag(file).exists()):
                file.unlink()
        covered = 0
        for span, file in _spans(self.directory):
            rows = _read_block(file, span)
            inside = covered <= span[0] < span[1] <= self.count
            if rows is None or not inside:
                if rows is None:
                    warnings.warn(
                        f"{file} does not have the checksum that was stored with it. Its subjects "
                        "are computed again.",
                        stacklevel=4,
                    )
                _remove(file)
            else:
                kept[span] = rows
                covered = span[1]
        return kept

    def put(self, span: Span, rows: Columns) -> None:
        """Keep a block: its file, then the flag that it is whole."""
        buffer = io.BytesIO()
        np.savez(buffer, allow_pickle=False, **rows)
        file = self.directory / f"block-{span[0]:010d}-{span[1]:010d}.npz"
        flag = json.dumps({"sha256": hashlib.sha256(buffer.getvalue()).hexdigest()}) + "\n"
        if _flag(file).exists() and _flag(file).read_text(encoding="utf-8") == flag:
            return
        _remove(file)
        write_whole(file, buffer.getvalue())
        write_whole(_flag(file), flag)

    def finish(self, rows: Columns) -> None:
        """Replace all blocks by one."""
        whole = (0, self.count)
        self.put(whole, rows)
        for span, file in _spans(self.directory):
            if span != whole:
                _remove(file)


@contextmanager
def opened_store(
    directory: str | Path, header: dict[str, Any], *, resume: bool
) -> Iterator[BlockStore]:
    """The store of a cohort, locked for this process.

    Raises
    ------
    DataFileError
        If the directory cannot be made, is in use by another process, holds something else or
        another cohort, or holds this cohort and `resume` is false.
    SchemaError
        For a store of a newer version.
    """
    directory = Path(directory)
    if directory.is_dir():
        _refuse_others(directory)  # before a file is made there
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = open(directory / LOCK, "a+")  # noqa: SIM115
    except OSError as error:
        raise DataFileError(
            f"Expected a directory for the store, got {str(directory)!r} ({error}); give another "
            "directory."
        ) from error
    with lock:
        if not _lock(lock.fileno()):
            lock.seek(0)
            raise DataFileError(
                f"Expected a store that no other process uses, got {str(directory)!r}, in use by "
                f"process {lock.read().strip() or 'unknown'}; wait for it, or give another "
                "directory."
            )
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        try:
            _check(directory, header, resume)
            yield BlockStore(directory, header["subjects"])
        finally:
            lock.truncate(0)


def read_cohort(directory: str | Path) -> CohortResult:
    """The results in a store, finished or not; subjects that are missing were "not run".

    The inputs of the subjects are not in the store.

    Raises
    ------
    DataFileError
        If the directory is not a store, or a block is damaged.
    SchemaError
        For a store of a newer version.
    """
    directory = Path(directory)
    header = _read_header(directory)
    blocks: dict[Span, Columns] = {}
    end = 0
    for span, file in _spans(directory):
        rows = _read_block(file, span)
        if rows is None:
            raise DataFileError(
                f"Expected a block with the checksum that was stored with it, got {file}; run the "
                "cohort again with resume=True to compute it again."
            )
        if span[0] >= end:
            blocks[span], end = rows, span[1]
    return as_result(blocks, header["subjects"], {}, header["seed"])


def as_result(
    blocks: Mapping[Span, Columns], count: int, inputs: Columns, seed: int
) -> CohortResult:
    """One row for each of `count` subjects, from blocks that do not overlap."""
    parts, at = [], 0
    for first, end in [*sorted(blocks), (count, count)]:
        if first > at:
            parts.append({FAILURE: np.full(first - at, NOT_RUN)})
        if end > first:
            parts.append(blocks[first, end])
        at = end
    values = stacked(parts)
    return CohortResult(values, values.pop(FAILURE), inputs, seed)  # type: ignore[arg-type]


def _check(directory: Path, header: dict[str, Any], resume: bool) -> None:
    _refuse_others(directory)
    if not (directory / HEADER).exists():
        write_whole(directory / HEADER, json.dumps(header, indent=2) + "\n")
        return
    stored = _read_header(directory)
    different = _different(stored, header)
    if different:
        raise DataFileError(
            f"Expected a store of this cohort, got {str(directory)!r} of another one, which "
            f"differs in {', '.join(different)}; give another directory, or the inputs and "
            "versions of that cohort."
        )
    if not resume:
        raise DataFileError(
            f"Expected an empty directory, got {str(directory)!r} with this cohort already; use "
            "resume=True to continue it, or another directory."
        )


def _refuse_others(directory: Path) -> None:
    """Raise DataFileError for a directory that has files and is no store."""
    if (directory / HEADER).exists():
        return
    others = sorted(f.name for f in directory.iterdir() if f.name != LOCK and f.name[0] != ".")
    if others:
        raise DataFileError(
            f"Expected an empty directory or a store, got {str(directory)!r} with "
            f"{others[0]!r}; give another directory."
        )


def _read_header(directory: Path) -> dict[str, Any]:
    try:
        header = json.loads((directory / HEADER).read_text(encoding="utf-8"))
        name, _, major = header["schema"].partition("/")
        newer = int(major) > MAJOR
        if name != SCHEMA or not isinstance(header["subjects"], int):
            raise KeyError("schema")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataFileError(
            f"Expected a store with a header, got {str(directory)!r} ({error!r}); give the "
            "directory that a cohort has written."
        ) from error
    if newer:
        raise SchemaError(
            f"Expected a store of version {MAJOR} or older, got {major} in {str(directory)!r}; "
            "use a newer version of this program."
        )
    return header


def _different(stored: dict[str, Any], header: dict[str, Any]) -> list[str]:
    """Names of the parts of two headers that are not equal."""
    names = []
    for key, value in plain(header).items():
        other = stored.get(key)
        if other == value:
            continue
        if isinstance(value, dict) and isinstance(other, dict):
            parts = [k for k in {**value, **other} if value.get(k) != other.get(k)]
            names += [f"version of {k}" for k in parts] if key == "versions" else parts
        else:
            names.append("number of subjects" if key == "subjects" else key)
    return names


def _spans(directory: Path) -> list[tuple[Span, Path]]:
    """Blocks with a flag by their first subject, the longest first."""
    matches = [m for m in map(NAME.fullmatch, os.listdir(directory)) if m and m[3] == "done"]
    spans = sorted((int(m[1]), -int(m[2])) for m in matches)
    return [
        ((first, -end), directory / f"block-{first:010d}-{-end:010d}.npz") for first, end in spans
    ]


def _read_block(file: Path, span: Span) -> Columns | None:
    """The rows of a block, or None if it is not what was written."""
    try:
        data = file.read_bytes()
        flag = json.loads(_flag(file).read_text(encoding="utf-8"))
        if flag["sha256"] != hashlib.sha256(data).hexdigest():
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        rows = {name: arrays[name] for name in arrays.files}
    return rows if len(rows[FAILURE]) == span[1] - span[0] else None


def _flag(file: Path) -> Path:
    return file.with_suffix(".done")


def _remove(file: Path) -> None:
    """Remove a block: the flag first, so that it never stands for a missing block."""
    _flag(file).unlink(missing_ok=True)
    file.unlink(missing_ok=True)


def _lock(handle: int) -> bool:
    """Lock an open file until it is closed or the process ends; False if another has the lock."""
    try:
        if os.name == "nt":
            import msvcrt

            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
