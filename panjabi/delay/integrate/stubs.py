"""Placeholders for functions that a model does not have; they are never called."""

from __future__ import annotations

from typing import Any

from numba import cfunc

from panjabi.delay.integrate.call_by_address import DELAY, HISTORY, JACOBIAN, RIGHT_SIDE


class Placeholder:
    """An empty function with its type and address, which is the fastest form to pass."""

    def __init__(self, function: Any, numba_type: Any) -> None:
        self._numba_type_ = numba_type
        self._compiled = cfunc(numba_type.signature, cache=True)(function)

    def __wrapper_address__(self) -> int | None:
        return self._compiled.address


def _short(t, y, p, out):
    pass


def _full(t, y, delayed, p, out):
    pass


def _square(t, y, delayed, p, out):
    pass


def _past(t, p, out):
    pass


no_delay = Placeholder(_short, DELAY)
no_event = Placeholder(_full, RIGHT_SIDE)
no_jacobian = Placeholder(_square, JACOBIAN)
no_history = Placeholder(_past, HISTORY)
