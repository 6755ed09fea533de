"""The data of a run as the kernels take it: arrays and numbers in a few named records.

Letters in the shapes: n states, d delays (the constant ones first), r states that are read late,
e events, g times of samples, room: pieces that the record has space for.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

OPTIONS = np.dtype(
    [
        ("start", float),  # [s]
        ("end", float),  # [s]
        ("rtol", float),
        ("largest", float),  # longest step [s]
        ("inner", float),  # fraction of the tolerance to which a step is repeated
        ("first_step", float),  # [s]; 0: chosen from the equations
        ("method", np.int64),
        ("track", np.int64),  # largest order of a breaking point that is stepped on
        ("constant", np.int64),  # delays that are constant
        ("by_function", np.bool_),  # the history is a function
        ("prune", np.bool_),  # forget pieces that no delay reaches
    ],
    align=True,
)
"""Numbers that stay the same during a run; Run.options has one of each."""

PROGRESS = np.dtype(
    [
        ("step", float),  # length proposed for the next step [s]
        ("error", float),  # error over tolerance of the last accepted step
        ("count", np.int64),  # pieces of the record that are final, history included
        ("first", np.int64),  # pieces of it that are history; 0 also where that is a function
        ("steps", np.int64),  # accepted
        ("rejected", np.int64),
        ("evaluations", np.int64),  # of the right-hand side
        ("sweeps", np.int64),  # repeats of a step that reads its own result
        ("jacobians", np.int64),
        ("factors", np.int64),
        ("pending", np.int64),  # breaking points ahead
        ("passed", np.int64),  # breaking points behind, kept where delays vary
        ("met", np.int64),  # breaking points met
        ("dropped", np.int64),  # breaking points for which there was no room
        ("events", np.int64),  # events noted
        ("sampled", np.int64),  # rows of samples that are filled
        ("stalled", np.int64),  # places passed without a step since the last step
        ("jacobian_age", np.int64),  # accepted steps since it was evaluated
        ("begun", np.bool_),  # the start has been dealt with
        ("fresh", np.bool_),  # the rate is to be computed anew at the present time
        ("smooth", np.bool_),  # the last piece may be carried on as a guess of the next
        ("blown", np.bool_),  # the last trial step was not finite
    ],
    align=True,
)
"""Numbers that change from step to step; Run.progress has one of each."""


class Problem(NamedTuple):
    """What a run is given."""

    p: Floats  # (parameters + e,) of the model's functions; the last e are signs of switches
    lags: Floats  # (d,) constant delays [s]; 0 for the others
    reads: Integers  # (r,) states that are read late
    atol: Floats  # (n,) absolute tolerance
    breaks: Floats  # (any,) times at which the right-hand side or its slope jumps [s]
    before: Floats  # (n,) what the history says at the start
    grid: Floats  # (g,) times of samples [s]


class Record(NamedTuple):
    """The solution so far. Piece k covers times[k] to times[k + 1]; `history_lookup` reads it."""

    times: Floats  # (room + 1,) [s]
    coef: Floats  # (room, 5, n) polynomial of each piece in the fraction of its length
    y: Floats  # (n,) state at the present time
    f: Floats  # (n,) its rate
    samples: Floats  # (g, n) states at the times of Problem.grid


class Delayed(NamedTuple):
    """Delays, and the states they lead back to, at the stage in work."""

    lag: Floats  # (d,) [s]
    z: Floats  # (d, r) state reads[r] at t - lag[j]
    buffer: Floats  # (n,) all states from a history function
    hints: Integers  # (d,) piece last read over each delay
    interval: Integers  # (d,) a varying delay reads between passed points interval - 1, interval


class Breaks(NamedTuple):
    """Breaking points: ahead (sorted), passed (kept where delays vary), met (all, for the user)."""

    ahead_times: Floats  # (room for breaks,) [s]
    ahead_orders: Integers  # (room for breaks,)
    passed_times: Floats  # (room for breaks,) [s]
    passed_steps: Integers  # (room for breaks,) piece that begins there
    passed_orders: Integers  # (room for breaks,)
    met_times: Floats  # (room for breaks,) [s]
    met_orders: Integers  # (room for breaks,)


class Events(NamedTuple):
    """Event functions and what they did."""

    kinds: Integers  # (e,) RECORD, STOP or SWITCH
    directions: Integers  # (e,)
    signs: Floats  # (e,) 1, -1, or 0 while an event function has not left its zero at the start
    values: Floats  # (e,) event functions at the stage in work
    times: Floats  # (room for events,) [s]
    numbers: Integers  # (room for events,) which event happened


class Stages(NamedTuple):
    """Room for one trial step."""

    k: Floats  # (7, n) rates; k[0] at the start, k[6] at the end
    y: Floats  # (n,) state of the stage in work
    new: Floats  # (n,) state at the end
    error: Floats  # (n,) its estimated error
    piece: Floats  # (5, n) polynomial of the step


class Linear(NamedTuple):
    """Room for the linear algebra of the implicit methods; empty for the explicit one."""

    jac: Floats  # (n, n) Jacobian, or (2, max(n, 3)) task and vector of DelayModel.linear
    lu: Floats  # (n, n) factors of 1 - h gamma J
    pivots: Integers  # (n,)
    base: Floats  # (n,) part of a stage that its own rate does not change
    change: Floats  # (n,) of a Newton iteration
    scale: Floats  # (n,) tolerance of each state


class Run(NamedTuple):
    """All there is of a run: a call of `advance` may follow a call."""

    problem: Problem
    record: Record
    delayed: Delayed
    breaks: Breaks
    events: Events
    stages: Stages
    linear: Linear
    options: Any  # one record of type OPTIONS
    progress: Any  # one record of type PROGRESS


class Subjects(NamedTuple):
    """What differs between the runs of a cohort, and what becomes of them; s subjects."""

    p: Floats  # (s, parameters)
    lags: Floats  # (s, d) [s]
    y0: Floats  # (s, n)
    before: Floats  # (s, n) constant history
    samples: Floats  # (s, g, n)
    status: Integers  # (s,)
    end: Floats  # (s,) [s]
    steps: Integers  # (s,)


def numbers(dtype: np.dtype, **values: float) -> Any:
    """One record of a type with these values, else zero, that kernels can change."""
    row = tuple(values.get(name, 0) for name in dtype.names or ())
    return np.array([row], (np.record, dtype))[0]


def as_dict(record: Any) -> dict[str, Any]:
    """The numbers of a record as plain numbers of Python, which are much faster to read."""
    return dict(zip(record.dtype.names, record.item(), strict=True))
