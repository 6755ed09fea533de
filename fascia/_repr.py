"""A repr of at most ten lines for records that hold arrays, tables and other records."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import fields, is_dataclass

import numpy as np

WIDTH = 96
LINES = 10
LONGEST = 60  # characters of one field


def short_repr(self: object) -> str:
    """Fields that fit a line as they are; of arrays, tables and records only what they are.

    For the class body of a dataclass: ``__repr__ = short_repr``. Fields with repr=False are left
    out; str() or print() may say more.
    """
    assert is_dataclass(self)
    shown = (f"{f.name}={_short(getattr(self, f.name))}" for f in fields(self) if f.repr)
    shown = (field.replace(" ", "\0") for field in shown)  # lines end between fields
    lines = textwrap.wrap(
        f"{type(self).__name__}({', '.join(shown)})",
        WIDTH,
        subsequent_indent="    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    lines = lines if len(lines) <= LINES else [*lines[: LINES - 1], "    ...)"]
    return "\n".join(lines).replace("\0", " ")


def _short(value: object) -> str:
    if isinstance(value, np.ndarray):
        shape = " x ".join(map(str, value.shape)) or "1"
        return f"<{shape} {'number' if value.size == 1 else 'numbers'}>"
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, str | int) or value is None:
        text = repr(value)
    elif isinstance(value, Mapping):
        items = ", ".join(f"{k!r}: {_short(v)}" for k, v in value.items())
        text = f"{{{items}}}" if len(items) <= LONGEST else f"<{len(value)} entries>"
    elif isinstance(value, tuple | list):
        items = [_short(v) for v in value[:6]]
        text = f"({', '.join(items)}{',' if len(items) == 1 else ''})" if len(value) <= 6 else ""
        text = text if 0 < len(text) <= LONGEST else f"<{len(value)} items>"
    elif type(value).__repr__ in (object.__repr__, short_repr) or is_dataclass(value):
        return f"<{type(value).__name__}>"
    else:
        text = repr(value)
    return text if len(text) <= LONGEST else f"<{type(value).__name__}>"
