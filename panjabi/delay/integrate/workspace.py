"""The records of one run, which grow when they are full, and the compiled kernels for them."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
from numba import int64, typeof

from panjabi.delay.integrate.call_by_address import DELAY, HISTORY, JACOBIAN, RIGHT_SIDE, address
from panjabi.delay.integrate.codes import STRUCTURED
from panjabi.delay.integrate.crossings import PLACES
from panjabi.delay.integrate.history import Past
from panjabi.delay.integrate.method_of_steps import advance
from panjabi.delay.integrate.model import KINDS, DelayModel
from panjabi.delay.integrate.records import (
    POINT,
    Breaks,
    Equations,
    Events,
    Floats,
    Functions,
    Linear,
    Options,
    Problem,
    Progress,
    Run,
    Solution,
    Stages,
    as_record,
)
from panjabi.delay.integrate.settings import METHODS, Settings

BREAK_CAPACITY = 4096
EVENT_CAPACITY = 1024
_PREPARING = Lock()
_PREPARED: set[Any] = set()


def prepared(kernel: Any, *data: Any) -> Any:
    """The kernel compiled once, for all models; data are an example of what it takes."""
    if kernel not in _PREPARED:
        with _PREPARING:
            if hasattr(kernel, "compile") and kernel not in _PREPARED:
                kernel.compile(int64(*(typeof(item) for item in data)))
                kernel.disable_compile()
                _PREPARED.add(kernel)
    return kernel


def functions_of(model: DelayModel, past: Past, structured: bool = False) -> Functions:
    """Addresses of the five functions.

    structured : use the model's `linear` instead of its Jacobian.
    """
    compiled = model.compiled
    return Functions(
        rhs=address(compiled["rhs"], RIGHT_SIDE),
        delay=address(compiled["delay"], DELAY),
        event=address(compiled["event"], RIGHT_SIDE),
        jacobian=address(compiled["linear" if structured else "jacobian"], JACOBIAN),
        history=address(past.function, HISTORY),
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
        n = y0.size
        structured = settings.method == "rosenbrock" and model.linear is not None
        p = np.concatenate([p, np.zeros(len(model.events))])
        self.model, self.past = model, past  # they keep the code that the addresses lead to
        options = Options(
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
        )
        progress = Progress(options.first_step, error=1e-4, count=past.pieces, first=past.pieces)
        points = [np.empty(BREAK_CAPACITY + breaks.size, POINT) for _ in range(3)]
        breaks_of_run = Breaks(*points)
        times, coef = _record(past, n, capacity)
        reads = np.arange(n) if model.reads is None else np.array(model.reads, dtype=np.int64)
        delays = lags.size + model.varying
        self.run = Run(
            Equations(
                call=functions_of(model, past, structured),
                p=p,
                reads=reads,
                times=times,
                coef=coef,
                lag=np.zeros(delays),
                z=np.zeros((delays, reads.size)),
                buffer=np.zeros(n),
                hints=np.zeros(delays, dtype=np.int64),
                interval=np.zeros(delays, dtype=np.int64),
                passed=breaks_of_run.passed,
                options=as_record(options),
                progress=as_record(progress),
            ),
            Problem(
                lags=np.concatenate([lags, np.zeros(model.varying)]),
                atol=np.full(n, settings.atol, dtype=float),
                breaks=breaks,
                kinks=np.empty(0),
                before=before_start(past, n, span[0], p),
                grid=grid,
            ),
            Solution(y0.copy(), np.zeros(n), np.full((grid.size, n), np.nan)),
            breaks_of_run,
            _events(model),
            Stages(np.zeros((7, n)), np.zeros(n), np.zeros(n), np.zeros(n), np.zeros((5, n))),
            _linear(n, settings.method != "explicit", structured),
        )
        if hasattr(advance, "compile") and not hasattr(Run, "_numba_type_"):
            # otherwise numba would look at every array at every call
            Run._numba_type_ = typeof(self.run)  # pyright: ignore[reportAttributeAccessIssue]

    @property
    def progress(self) -> Progress:
        """Counters and lengths as they are now."""
        return Progress._make(self.run.equations.progress.item())

    def grow(self) -> None:
        """Double the capacity of the record; what is not used yet takes no memory."""
        equations, used = self.run.equations, self.progress.count
        pieces, *shape = equations.coef.shape
        times, coef = np.zeros(2 * pieces + 1), np.zeros((2 * pieces, *shape))
        times[: used + 1], coef[:used] = equations.times[: used + 1], equations.coef[:used]
        self.run = self.run._replace(equations=equations._replace(times=times, coef=coef))

    def advance(self, steps: int) -> int:
        """Up to so many accepted steps; the status, see `codes`."""
        return prepared(advance, self.run, steps)(self.run, steps)


def _record(past: Past, n: int, capacity: int) -> tuple[Floats, Floats]:
    """Times and polynomials of the history, with space for `capacity` more pieces."""
    times, coef = np.zeros(past.pieces + capacity + 1), np.zeros((past.pieces + capacity, 5, n))
    times[: past.pieces + 1] = past.times
    coef[: past.pieces] = past.coef
    return times, coef


def _events(model: DelayModel) -> Events:
    events = len(model.events)
    capacity = EVENT_CAPACITY if events else 0
    return Events(
        kinds=np.array([KINDS.index(e.kind) for e in model.events], dtype=np.int64),
        directions=np.array([e.direction for e in model.events], dtype=np.int64),
        signs=np.zeros(events),
        values=np.zeros(events),
        places=np.zeros((PLACES, events)),
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
