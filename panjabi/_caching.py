"""A cache that keeps the signature of a function."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def cached(function: Callable[P, T]) -> Callable[P, T]:
    """The function with `functools.cache`; `help()` and type checkers still see its arguments."""
    stored = cache(function)

    @wraps(function)
    def call(*args: P.args, **named: P.kwargs) -> T:
        return stored(*args, **named)  # type: ignore[arg-type]

    return call
