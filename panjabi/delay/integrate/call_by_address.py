"""The five functions of a model: their types, and calls by address.

Each call has a separate small function. Otherwise numba prunes the reference counts of every array
in scope, which costs more than the arithmetic around the call; here only the arguments are.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from numba import float64, types, void

from panjabi.delay.integrate.compile_options import inlined

VECTOR, MATRIX = float64[::1], float64[:, ::1]
RIGHT_SIDE = types.FunctionType(void(float64, VECTOR, MATRIX, VECTOR, VECTOR))
"""rhs(t, y, delayed, p, out); events have the same form."""
DELAY = types.FunctionType(void(float64, VECTOR, VECTOR, VECTOR))
"""delay(t, y, p, out)"""
JACOBIAN = types.FunctionType(void(float64, VECTOR, MATRIX, VECTOR, MATRIX))
"""jacobian(t, y, delayed, p, out), out of shape (n, n); a diffusion has the same form."""
HISTORY = types.FunctionType(void(float64, VECTOR, VECTOR))
"""history(t, p, out)"""
FUNCTIONS = (RIGHT_SIDE, DELAY, RIGHT_SIDE, JACOBIAN, HISTORY)


class Functions(NamedTuple):
    """The functions of a model, of the types FUNCTIONS; see DelayModel for their arguments."""

    rhs: Any
    delay: Any
    event: Any
    jacobian: Any
    history: Any


@inlined
def ask_rhs(call, t, y, z, p, out):
    call.rhs(t, y, z, p, out)


@inlined
def ask_delay(call, t, y, p, out):
    call.delay(t, y, p, out)


@inlined
def ask_event(call, t, y, z, p, out):
    call.event(t, y, z, p, out)


@inlined
def ask_jacobian(call, t, y, z, p, out):
    call.jacobian(t, y, z, p, out)


@inlined
def ask_history(call, t, p, out):
    call.history(t, p, out)
