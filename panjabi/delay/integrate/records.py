"""The data of a run as the kernels take it: arrays and numbers in a few named records.

A kernel takes the smallest record that has what it needs: to hand over a record costs time of
compiling, and of running, for every array in it.

Letters in the shapes: n states, d delays (the constant ones first), r states that are read late,
e events, g times of samples, room: pieces that the record has space for.
"""

from __future__ import annotations

from typing import Any, NamedTuple, get_type_hints

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Options(NamedTuple):
    """Numbers that stay the same during a run; kernels take them as one record of type OPTIONS."""

    start: float  # [s]
    end: float  # [s]
    rtol: float
    largest: float  # longest step [s]
    inner: float  # fraction of the tolerance to which a step is repeated
    first_step: float  # [s]; 0: chosen from the equations
    method: int
    track: int  # largest order of a breaking point that is stepped on
    constant: int  # delays that are constant
    by_function: bool  # the history is a function
    prune: bool  # forget pieces that no delay reaches


class Progress(NamedTuple):
    """Numbers that change from step to step; kernels take them as one record of type PROGRESS."""

    step: float  # length proposed for the next step [s]
    error: float  # error over tolerance of the last accepted step
    count: int  # pieces of the record that are final, history included
    first: int  # pieces of it that are history; 0 also where that is a function
    steps: int = 0  # accepted
    rejected: int = 0
    evaluations: int = 0  # of the right-hand side
    sweeps: int = 0  # repeats of a step that reads its own result
    jacobians: int = 0
    factors: int = 0
    pending: int = 0  # breaking points ahead
    passed: int = 0  # breaking points behind, kept where delays vary
    met: int = 0  # breaking points met
    dropped: int = 0  # breaking points for which there was no room
    events: int = 0  # events noted
    sampled: int = 0  # rows of samples that are filled
    stalled: int = 0  # places passed without a step since the last step
    kinks: int = 0  # of Problem.kinks that are behind
    jacobian_age: int = 0  # accepted steps since it was evaluated
    begun: bool = False  # the start has been dealt with
    fresh: bool = False  # the rate is to be computed anew at the present time
    smooth: bool = False  # the last piece may be carried on as a guess of the next
    blown: bool = False  # the last trial step was not finite


def _type_of(fields: dict[str, type]) -> np.dtype:
    return np.dtype((np.record, np.dtype(list(fields.items()), align=True)))


OPTIONS, PROGRESS = _type_of(get_type_hints(Options)), _type_of(get_type_hints(Progress))
POINT = _type_of({"time": float, "order": int, "piece": int})
"""A breaking point: time [s], order of the derivative that jumps, piece that begins there."""


class Functions(NamedTuple):
    """Addresses of the functions of a model (see DelayModel for their arguments); 0: none."""

    rhs: int
    delay: int
    event: int
    jacobian: int
    history: int


class Equations(NamedTuple):
    """What it takes to evaluate the right-hand side: functions, delays, and the solution so far.

    Piece k of the record covers times[k] to times[k + 1]; `history_lookup` reads it.
    """

    call: Functions
    p: Floats  # (parameters + e,) of the model's functions; the last e are signs of switches
    reads: Integers  # (r,) states that are read late
    times: Floats  # (room + 1,) [s]
    coef: Floats  # (room, 5, n) polynomial of each piece in the fraction of its length
    lag: Floats  # (d,) delays at the stage in work [s]
    z: Floats  # (d, r) state reads[r] at t - lag[j]
    buffer: Floats  # (n,) all states from a history function
    hints: Integers  # (d,) piece last read over each delay
    interval: Integers  # (d,) a varying delay reads between passed points interval - 1, interval
    passed: Any  # (room for breaks,) of type POINT: points behind, kept where delays vary
    options: Any  # one record of type OPTIONS
    progress: Any  # one record of type PROGRESS


class Problem(NamedTuple):
    """Further inputs of a run."""

    lags: Floats  # (d,) constant delays [s]; 0 for the others
    atol: Floats  # (n,) absolute tolerance
    breaks: Floats  # (any,) times at which the right-hand side or its slope jumps [s]
    kinks: Floats  # (any,) rising, times at which only its slope jumps [s]
    before: Floats  # (n,) what the history says at the start
    grid: Floats  # (g,) times of samples [s]


class Solution(NamedTuple):
    """The present state, and the requested states."""

    y: Floats  # (n,) state at the present time
    f: Floats  # (n,) its rate
    samples: Floats  # (g, n) states at the times of Problem.grid


class Breaks(NamedTuple):
    """Breaking points, (room for breaks,) each of type POINT."""

    ahead: Any  # sorted
    passed: Any  # the same array as Equations.passed
    met: Any  # all, for the user


class Events(NamedTuple):
    """Event functions and what they did."""

    kinds: Integers  # (e,) RECORD, STOP or SWITCH
    directions: Integers  # (e,)
    signs: Floats  # (e,) 1, -1, or 0 while an event function has not left its zero at the start
    values: Floats  # (e,) event functions at the stage in work
    places: Floats  # (crossings.PLACES, e) event functions within the step in work
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

    equations: Equations
    problem: Problem
    solution: Solution
    breaks: Breaks
    events: Events
    stages: Stages
    linear: Linear


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


def as_record(numbers: Options | Progress) -> Any:
    """The same numbers as one record that kernels take by its place and can change."""
    return np.array([numbers], OPTIONS if isinstance(numbers, Options) else PROGRESS)[0]
