"""Where the compiled driver keeps its numbers, and the types of the functions it calls."""

from __future__ import annotations

from numba import float64, int64, types, void

INTEGER, REAL = int64, float64

VECTOR = float64[::1]
MATRIX = float64[:, ::1]
CUBE = float64[:, :, ::1]
WHOLE = int64[::1]

RIGHT_SIDE = types.FunctionType(void(float64, VECTOR, MATRIX, VECTOR, VECTOR))
"""rhs(t, y, delayed, p, out); events have the same form."""
DELAY = types.FunctionType(void(float64, VECTOR, VECTOR, VECTOR))
"""delay(t, y, p, out)"""
JACOBIAN = types.FunctionType(void(float64, VECTOR, MATRIX, VECTOR, MATRIX))
"""jacobian(t, y, delayed, p, out), out of shape (n, n)"""
HISTORY = types.FunctionType(void(float64, VECTOR, VECTOR))
"""history(t, p, out)"""

# real[...]
START, END, STEP, ERROR, RTOL, LARGEST, INNER = range(7)
REALS = 7
# whole[...]
(
    COUNT,  # pieces of the dense record that are final, history included
    FIRST,  # pieces of it that are history; 0 also where a function is the history
    METHOD,
    TRACK,  # largest order of a breaking point that is stepped on
    STATUS,
    STEPS,
    REJECTED,
    EVALUATIONS,
    SWEEPS,  # repeats of a step that reads its own result
    JACOBIANS,
    FACTORS,
    PENDING,  # breaking points ahead
    PASSED,  # breaking points behind, kept where delays depend on the state
    DROPPED,  # breaking points for which there was no room
    EVENTS,
    SAMPLED,
    BY_FUNCTION,  # 1: history is a function
    PRUNE,  # 1: forget what no delay can reach
    FRESH,  # 1: f and lag are to be computed at the present place
    STALLED,  # places passed without a step since the last step
    JACOBIAN_AGE,
    FIXED,  # delays that are constant; they come first
    BREAKS,  # breaking points met
    BEGUN,  # 1 once the start has been dealt with
) = range(24)
WHOLES = 24

EXPLICIT, IMPLICIT, ROSENBROCK, STRUCTURED = 0, 1, 2, 3
"""Methods; STRUCTURED is Rosenbrock with the model's own linear algebra."""
STALE = 1 << 30  # age of a Jacobian that must not be used
RECORD, STOP, SWITCH = 0, 1, 2  # kinds of events

RUNNING, DONE, STOPPED, FULL = 0, 1, 2, 3
TOO_SMALL, NOT_FINITE, AHEAD, BEFORE, CHATTER = -1, -2, -3, -4, -5
