"""Base classes of results: a short `repr`, plain values for JSON, tables for pandas."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from enum import Enum
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from panjabi.errors import ParameterError

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

LINES, WIDTH = 10, 88  # largest size of a repr


class ShortRepr:
    """Base of dataclasses with ``repr=False`` and large fields."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Name of the class and a line for each field, at most ten lines."""
        shown = [f.name for f in dataclasses.fields(self) if f.repr]  # type: ignore[arg-type]
        name = type(self).__name__
        lines = [f"  {field}: {_brief(getattr(self, field))}"[:WIDTH] for field in shown]
        if len(lines) > LINES - 1:
            left = ", ".join(shown[LINES - 2 :])
            lines = [*lines[: LINES - 2], f"  and {left}"[:WIDTH]]
        return "\n".join([name, *lines])


class Result(ShortRepr):
    """Base of results: dataclasses with ``repr=False``.

    `to_dict` uses the names of the fields. A class whose field names do not contain the unit
    overrides it.
    """

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        shown = [f.name for f in dataclasses.fields(self) if f.repr]  # type: ignore[arg-type]
        return {name: plain(getattr(self, name)) for name in shown}


def plain(value: Any) -> Any:
    """A value for JSON: arrays become lists, numbers that are not finite become None.

    Raises
    ------
    ParameterError
        For an object that JSON cannot represent.
    """
    if isinstance(value, (np.generic, np.ndarray)):
        value = value.tolist()
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return finite(value)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (Sequence, set, frozenset)):
        return [plain(item) for item in value]
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if dataclasses.is_dataclass(value):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    raise ParameterError(
        f"Expected a value that JSON can represent, got a {type(value).__name__}; give numbers, "
        "texts, arrays, or results with to_dict."
    )


def finite(number: float) -> float | None:
    """The number, or None if it is not finite, which JSON cannot represent."""
    return float(number) if math.isfinite(number) else None


def frame(columns: Mapping[str, Any], index: str | None = None) -> pandas.DataFrame:
    """A table for pandas; `index` names the column that labels the rows."""
    table = imported("pandas").DataFrame(dict(columns))
    return table if index is None else table.set_index(index)


def imported(name: str) -> Any:
    """A package of the extra `frames`.

    Raises
    ------
    ParameterError
        If it is not installed.
    """
    try:
        return import_module(name)
    except ImportError:
        raise ParameterError(
            f"Expected the package {name}, got no installation of it; install the extra `frames` "
            "(pip install 'panjabi[frames]'), or take the arrays of the result."
        ) from None


def _brief(value: Any) -> str:
    """A short text for the value of a field."""
    if isinstance(value, np.ndarray):
        return f"array of shape {value.shape}"
    if isinstance(value, (Mapping, tuple, list)) and len(value) > 4:
        return f"{type(value).__name__} of {len(value)}"
    text = repr(value)
    if "\n" in text or len(text) > WIDTH - 20:
        size = f" of {len(value)}" if isinstance(value, (Mapping, tuple, list, str)) else ""
        return f"{type(value).__name__}{size}"
    return text
