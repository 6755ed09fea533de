"""Functions that stand where a model has none. C callbacks: they are handed over fastest."""

from __future__ import annotations

from numba import cfunc

from panjabi.simulate.layout import DELAY, HISTORY, JACOBIAN, RIGHT_SIDE


@cfunc(DELAY.signature, cache=True)
def no_delay(t, y, p, out):
    """Never called: the model has constant delays only."""


@cfunc(RIGHT_SIDE.signature, cache=True)
def no_event(t, y, delayed, p, out):
    """Never called: the model has no events."""


@cfunc(JACOBIAN.signature, cache=True)
def no_jacobian(t, y, delayed, p, out):
    """Never called: the explicit pair needs none."""


@cfunc(HISTORY.signature, cache=True)
def no_history(t, p, out):
    """Never called: the history is held in the record."""
