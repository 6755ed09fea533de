"""Numbers of one draw, of which some may be missing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping


class MissingNumber(Exception):
    """A criterion needs a number that this draw does not have."""


class Numbers(Mapping[str, float]):
    """The numbers that an experiment measured; one that is nan cannot be read.

    Raises
    ------
    MissingNumber
        When a number that is nan is read: the draw then says nothing.
    """

    def __init__(self, values: Mapping[str, float]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> float:
        value = self._values[name]
        if math.isnan(value):
            raise MissingNumber(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
