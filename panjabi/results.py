"""What results have in common: a short `repr`, plain values for JSON, tables for pandas."""

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
    import pandas  # pyright: ignore[reportMissingImports]

LINES, WIDTH = 10, 88  # of the longest repr


class ShortRepr:
    """Base of dataclasses that are declared with ``repr=False`` because they hold much."""

    __slots__ = ()

    def __repr__(self) -> str:
        """The name of the class and one line for each field, ten lines at most."""
        shown = [f.name for f in dataclasses.fields(self) if f.repr]  # type: ignore[arg-type]
        name = type(self).__name__
        lines = [f"  {field}: {_brief(getattr(self, field))}"[:WIDTH] for field in shown]
        if len(lines) > LINES - 1:
            left = ", ".join(shown[LINES - 2 :])
            lines = [*lines[: LINES - 2], f"  and {left}"[:WIDTH]]
        return "\n".join([name, *lines])


class Result(ShortRepr):
    """Base of results: dataclasses that are declared with ``repr=False``.

    `to_dict` gives the fields as they are named. A class whose fields do not end in their unit
    writes its own.
    """

    __slots__ = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        shown = [f.name for f in dataclasses.fields(self) if f.repr]  # type: ignore[arg-type]
        return {name: plain(getattr(self, name)) for name in shown}


def plain(value: Any) -> Any:
    """A value as JSON knows it: arrays become lists, numbers that are not finite become null.

    Raises
    ------
    ParameterError
        For an object that has no plain values.
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
        f"Expected a value that JSON can hold, got a {type(value).__name__}; give numbers, texts, "
        "arrays, or results with to_dict."
    )


def finite(number: float) -> float | None:
    """The number, or None where JSON has no word for it."""
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
    """One line that says what a field holds."""
    if isinstance(value, np.ndarray):
        return f"array of shape {value.shape}"
    if isinstance(value, (Mapping, tuple, list)) and len(value) > 4:
        return f"{type(value).__name__} of {len(value)}"
    text = repr(value)
    if "\n" in text or len(text) > WIDTH - 20:
        size = f" of {len(value)}" if isinstance(value, (Mapping, tuple, list, str)) else ""
        return f"{type(value).__name__}{size}"
    return text
