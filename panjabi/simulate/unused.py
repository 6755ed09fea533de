"""Functions that stand where a model has none."""

from __future__ import annotations

from numba import njit


@njit(cache=True, nogil=True)
def no_delay(t, y, p, out):
    """Never called: the model has constant delays only."""


@njit(cache=True, nogil=True)
def no_event(t, y, delayed, p, out):
    """Never called: the model has no events."""


@njit(cache=True, nogil=True)
def no_jacobian(t, y, delayed, p, out):
    """Never called: the explicit pair needs none."""


@njit(cache=True, nogil=True)
def no_history(t, p, out):
    """Never called: the history is held in the record."""
