"""The five functions of a model called by address, each from a small function of its own.

A call by address keeps numba from pruning reference counts of every array in sight, which costs
more than the arithmetic around it; here only the arguments are in sight.
"""

from __future__ import annotations

from panjabi.delay.integrate.compile_options import inlined


@inlined
def ask_rhs(rhs, t, y, z, p, out):
    rhs(t, y, z, p, out)


@inlined
def ask_delay(delay, t, y, p, out):
    delay(t, y, p, out)


@inlined
def ask_event(event, t, y, z, p, out):
    event(t, y, z, p, out)


@inlined
def ask_jacobian(jacobian, t, y, z, p, out):
    jacobian(t, y, z, p, out)


@inlined
def ask_history(history, t, p, out):
    history(t, p, out)
