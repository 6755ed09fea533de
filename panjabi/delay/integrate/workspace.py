"""The records of one run, which grow when they are full, and the compiled kernels for them."""

from __future__ import annotations

import warnings
from threading import Lock
from typing import Any

import numpy as np
from numba import int64, typeof
from numba.core.errors import NumbaExperimentalFeatureWarning

from panjabi.delay.integrate.call_by_address import FUNCTIONS
from panjabi.delay.integrate.codes import STRUCTURED
from panjabi.delay.integrate.history import Past
from panjabi.delay.integrate.method_of_steps import advance
from panjabi.delay.integrate.model import KINDS, DelayModel
from panjabi.delay.integrate.records import (
    OPTIONS,
    PROGRESS,
    Breaks,
    Delayed,
    Events,
    Floats,
    Linear,
    Problem,
    Record,
    Run,
    Stages,
    numbers,
)
from panjabi.delay.integrate.settings import METHODS, Settings
from panjabi.delay.integrate.stubs import no_delay, no_event, no_history, no_jacobian

BREAK_CAPACITY = 4096
EVENT_CAPACITY = 1024
_PREPARING = Lock()
_PREPARED: set[Any] = set()


def prepared(kernel: Any, *data: Any) -> Any:
    """The kernel compiled once for all models, because it takes functions as addresses.

    data : arguments after the five functions, as examples of their types. Otherwise numba compiles
        the whole method of steps again for every right-hand side.
    """
    with _PREPARING:
        if hasattr(kernel, "compile") and kernel not in _PREPARED:
            signature = int64(*FUNCTIONS, *(typeof(item) for item in data))
            with warnings.catch_warnings():  # "first-class functions are experimental"
                warnings.simplefilter("ignore", NumbaExperimentalFeatureWarning)
                kernel.compile(signature)
            kernel.disable_compile()
            _PREPARED.add(kernel)
    return kernel


def functions_of(model: DelayModel, past: Past, structured: bool = False) -> tuple[Any, ...]:
    """The five functions, with placeholders for those that the model does not have.

    structured : use the model's `linear` instead of its Jacobian.
    """
    compiled = model.compiled
    return (
        compiled["rhs"],
        compiled["delay"] or no_delay,
        compiled["event"] or no_event,
        compiled["linear" if structured else "jacobian"] or no_jacobian,
        past.function or no_history,
    )


def before_start(past: Past, n: int, t0: float, p: np.ndarray) -> np.ndarray:
    """Value of the history at the start, shape (n,)."""
    before = np.empty(n)
    if past.function is None:
        before[:] = past.coef[-1].sum(axis=0)
    else:
        past.function(t0, p, before)
    return before


class Workspace:
    """One run: its records, and the functions of its model."""

    def __init__(
        self,
        model: DelayModel,
        y0: Floats,
        p: Floats,
        lags: Floats,
        past: Past,
        span: tuple[float, float],
        settings: Settings,
        grid: Floats,
        capacity: int,
        breaks: Floats,
        *,
        prune: bool = False,
    ) -> None:
        n, events = y0.size, len(model.events)
        structured = settings.method == "rosenbrock" and model.linear is not None
        p = np.append(p, np.zeros(events))
        problem = Problem(
            p=p,
            lags=np.append(lags, np.zeros(model.varying)),
            reads=np.arange(n) if model.reads is None else np.array(model.reads, dtype=np.int64),
            atol=np.broadcast_to(np.asarray(settings.atol, dtype=float), (n,)).copy(),
            breaks=breaks,
            before=before_start(past, n, span[0], p),
            grid=grid,
        )
        self.model, self.past = model, past
        self.functions = functions_of(model, past, structured)
        self.run = Run(
            problem,
            _record(y0, past, capacity, grid.size),
            _delayed(problem, n),
            _breaks(),
            _events(model),
            Stages(np.zeros((7, n)), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros((5, n))),
            _linear(n, settings.method != "explicit", structured),
            numbers(
                OPTIONS,
                start=span[0],
                end=span[1],
                rtol=settings.rtol,
                largest=settings.largest_step,
                inner=settings.inner,
                first_step=settings.first_step or 0.0,
                method=STRUCTURED if structured else METHODS.index(settings.method),
                track=settings.track,
                constant=lags.size,
                by_function=past.function is not None,
                prune=prune,
            ),
            numbers(
                PROGRESS,
                step=settings.first_step or 0.0,
                error=1e-4,
                count=past.pieces,
                first=past.pieces,
            ),
        )
        if not hasattr(Run, "_numba_type_"):  # else numba inspects every array at every call
            Run._numba_type_ = typeof(self.run)  # pyright: ignore[reportAttributeAccessIssue]

    def grow(self) -> None:
        """Double the capacity of the record."""
        record = self.run.record
        times = np.append(record.times, np.zeros(len(record.coef)))
        coef = np.concatenate([record.coef, np.zeros_like(record.coef)])
        self.run = self.run._replace(record=record._replace(times=times, coef=coef))

    def advance(self, steps: int) -> int:
        """Compute up to `steps` accepted steps; returns the status, see `codes`."""
        return prepared(advance, self.run, steps)(*self.functions, self.run, steps)


def _record(y0: Floats, past: Past, capacity: int, samples: int) -> Record:
    times = np.zeros(past.pieces + capacity + 1)
    coef = np.zeros((past.pieces + capacity, 5, y0.size))
    times[: past.pieces + 1] = past.times
    coef[: past.pieces] = past.coef
    return Record(times, coef, y0.copy(), np.zeros(y0.size), np.full((samples, y0.size), np.nan))


def _delayed(problem: Problem, n: int) -> Delayed:
    d = problem.lags.size
    return Delayed(
        lag=np.zeros(d),
        z=np.zeros((d, problem.reads.size)),
        buffer=np.zeros(n),
        hints=np.zeros(d, dtype=np.int64),
        interval=np.zeros(d, dtype=np.int64),
    )


def _breaks() -> Breaks:
    times, orders = np.zeros((3, BREAK_CAPACITY)), np.zeros((4, BREAK_CAPACITY), dtype=np.int64)
    return Breaks(times[0], orders[0], times[1], orders[1], orders[2], times[2], orders[3])


def _events(model: DelayModel) -> Events:
    events = len(model.events)
    capacity = EVENT_CAPACITY if events else 0
    return Events(
        kinds=np.array([KINDS.index(e.kind) for e in model.events], dtype=np.int64),
        directions=np.array([e.direction for e in model.events], dtype=np.int64),
        signs=np.zeros(events),
        values=np.zeros(events),
        times=np.zeros(capacity),
        numbers=np.zeros(capacity, dtype=np.int64),
    )


def _linear(n: int, implicit: bool, structured: bool) -> Linear:
    size = n if implicit and not structured else 0
    return Linear(
        jac=np.zeros((2, max(n, 3)) if structured else (size, size)),
        lu=np.zeros((size, size)),
        pivots=np.zeros(size, dtype=np.int64),
        base=np.zeros(n),
        change=np.zeros(n),
        scale=np.zeros(n),
    )
