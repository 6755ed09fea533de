"""Functions that stand where a model has none."""

from __future__ import annotations

from panjabi.simulate.kernel import kernel


@kernel
def no_delay(t, y, p, out):
    """Never called: the model has constant delays only."""


@kernel
def no_event(t, y, delayed, p, out):
    """Never called: the model has no events."""


@kernel
def no_jacobian(t, y, delayed, p, out):
    """Never called: the explicit pair needs none."""


@kernel
def no_history(t, p, out):
    """Never called: the history is held in the record."""
