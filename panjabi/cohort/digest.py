"""A digest of all inputs of a computation, to check that a stored result belongs to them."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from types import CodeType, FunctionType, MethodType, ModuleType

import numpy as np

from panjabi.errors import ParameterError

PACKAGES = ("fascia", "panjabi")
PLAIN = (bool, int, float, complex, str, np.generic)


def fingerprint(*parts: object) -> str:
    """Sha-256 digest (hex) of the parts: equal for equal values in any process, else different.

    Records, mappings, sequences, arrays and plain objects are included with their content.
    Functions, and the methods of classes from outside the two packages, are included with their
    code and closure. The packages themselves are represented by the version that the caller
    passes as a part. Values of cached properties are left out.

    Raises
    ------
    ParameterError
        For an object that cannot be read, such as an open file.
    """
    pieces: list[bytes] = []
    _read(parts, set(), pieces)
    return hashlib.sha256(b"\0".join(pieces)).hexdigest()


def named_fingerprints(name: str, value: object) -> dict[str, str]:
    """One digest for each field of a record or mapping, to say what differs; else one alone."""
    if isinstance(value, Mapping):
        parts = {f"{name}[{key!r}]": item for key, item in value.items()}
    elif is_dataclass(value) and not isinstance(value, type):
        parts = {f"{name}.{field.name}": getattr(value, field.name) for field in fields(value)}
        parts[f"type of {name}"] = (type(value).__qualname__, *_code_of_class(type(value)))
    else:
        parts = {name: value}
    return {key: fingerprint(part) for key, part in parts.items()}


def _read(value: object, above: set[int], pieces: list[bytes]) -> None:
    """Append the pieces of the value, depth first; `above` contains the enclosing objects."""
    if value is None or isinstance(value, PLAIN):
        pieces.append(f"{type(value).__name__}:{value!r}".encode())
    elif isinstance(value, bytes):
        pieces.append(value)
    elif isinstance(value, type | ModuleType | Enum):
        pieces.append(f"{getattr(value, '__module__', '')}:{value!r}".encode())
    elif id(value) in above:
        pieces.append(b"around")
    else:
        above.add(id(value))
        kind = type(value)
        pieces.append(f"({kind.__module__}.{kind.__qualname__}".encode())
        for part in _parts(value):
            _read(part, above, pieces)
        pieces.append(b")")
        above.remove(id(value))


def _parts(value: object) -> Iterator[object]:
    if isinstance(value, np.ndarray):
        yield value.shape
        yield value.dtype.str
        yield value.tolist() if value.dtype.hasobject else np.ascontiguousarray(value).tobytes()
    elif isinstance(value, Mapping):
        for key in sorted(value, key=repr):
            yield key
            yield value[key]
    elif isinstance(value, tuple | list):
        yield from value
    elif isinstance(value, set | frozenset):
        yield from sorted(value, key=repr)
    elif isinstance(value, CodeType):
        yield from (value.co_code, value.co_consts, value.co_names)
    elif isinstance(value, FunctionType):
        yield from (value.__module__, value.__qualname__, value.__code__)
        yield from (value.__defaults__, value.__kwdefaults__)
        yield from (cell.cell_contents for cell in value.__closure__ or ())
    elif isinstance(value, MethodType):
        yield from (value.__func__, value.__self__)
    elif isinstance(value, functools.partial):
        yield from (value.func, value.args, value.keywords)
    elif (plain := getattr(value, "py_func", None)) is not None:  # compiled by numba
        yield plain
    elif is_dataclass(value):
        yield from _code_of_class(type(value))
        for field in fields(value):
            yield field.name
            yield getattr(value, field.name)
    elif hasattr(value, "__dict__"):
        kind = type(value)
        yield from _code_of_class(kind)
        cached = functools.cached_property
        yield {k: v for k, v in vars(value).items() if type(getattr(kind, k, None)) is not cached}
    else:
        raise ParameterError(
            f"Expected data and functions as inputs of a stored computation, got a "
            f"{type(value).__name__}, which cannot be read; leave the store out, or remove the "
            "object from the inputs."
        )


def _code_of_class(kind: type) -> Iterator[object]:
    """The functions of a class from outside the packages, because results may depend on them."""
    for base in kind.__mro__:
        if base.__module__.partition(".")[0] in (*PACKAGES, "builtins", "typing"):
            continue
        for name, member in sorted(vars(base).items()):
            for part in (member, *(getattr(member, a, None) for a in ("__func__", "fget", "func"))):
                if isinstance(part, FunctionType):
                    yield name
                    yield part
