"""Arrays of one run in the shape the driver wants, made once and grown when full."""

from __future__ import annotations

import warnings
from threading import Lock
from typing import Any

import numpy as np
from numba.core.errors import NumbaExperimentalFeatureWarning

from panjabi.delay.integrate import layout as at
from panjabi.delay.integrate.driver import advance
from panjabi.delay.integrate.history import Past
from panjabi.delay.integrate.layout import (
    CUBE,
    DELAY,
    HISTORY,
    INTEGER,
    JACOBIAN,
    MATRIX,
    RIGHT_SIDE,
    VECTOR,
    WHOLE,
)  # fmt: skip
from panjabi.delay.integrate.model import KINDS, DelayModel
from panjabi.delay.integrate.settings import METHODS, Settings
from panjabi.delay.integrate.stubs import no_delay, no_event, no_history, no_jacobian

ROOM_FOR_BREAKS = 4096
ROOM_FOR_EVENTS = 1024
_PREPARING = Lock()
_PREPARED: set[Any] = set()

_FUNCTIONS = (RIGHT_SIDE, DELAY, RIGHT_SIDE, JACOBIAN, HISTORY)
# p lags reads atol kinds directions real whole
# y f times coef break_times break_orders passed_times passed_steps passed_orders
# met_times met_orders pieces hints signs event_times event_kinds grid samples
# k stage new error piece buffer z lag values jac lu pivots base change scale breaks before, steps
ARGUMENTS = (
    VECTOR, VECTOR, WHOLE, VECTOR, WHOLE, WHOLE, VECTOR, WHOLE,
    VECTOR, VECTOR, VECTOR, CUBE, VECTOR, WHOLE, VECTOR, WHOLE, WHOLE,
    VECTOR, WHOLE, WHOLE, WHOLE, VECTOR, VECTOR, WHOLE, VECTOR, MATRIX,
    MATRIX, VECTOR, VECTOR, VECTOR, MATRIX, VECTOR, MATRIX, VECTOR, VECTOR, MATRIX, MATRIX,
    WHOLE, VECTOR, VECTOR, VECTOR, VECTOR, VECTOR,
)  # fmt: skip
ADVANCE = INTEGER(*_FUNCTIONS, *ARGUMENTS, INTEGER)
_SUBJECTS = (MATRIX, MATRIX, MATRIX, MATRIX, CUBE, WHOLE, VECTOR, WHOLE)
MANY = INTEGER(*_FUNCTIONS, *ARGUMENTS, INTEGER, *_SUBJECTS)


def prepared(kernel: Any, signature: Any) -> Any:
    """The kernel compiled once for all models: functions come in as addresses.

    numba would otherwise compile the whole driver again for every right-hand side.
    """
    with _PREPARING:
        if hasattr(kernel, "compile") and kernel not in _PREPARED:
            with warnings.catch_warnings():  # "first-class functions are experimental"
                warnings.simplefilter("ignore", NumbaExperimentalFeatureWarning)
                kernel.compile(signature)
            kernel.disable_compile()
            _PREPARED.add(kernel)
    return kernel


def structured(model: DelayModel, settings: Settings) -> bool:
    """Whether the model's own linear algebra is used."""
    return settings.method == "rosenbrock" and model.linear is not None


def functions_of(model: DelayModel, past: Past, own_algebra: bool = False) -> tuple[Any, ...]:
    """The five functions, with idle ones where the model has none.

    own_algebra : the model's `linear` in the place of its Jacobian, as `structured` says.
    """
    given = model.compiled
    return (
        given["rhs"],
        given["delay"] or no_delay,
        given["event"] or no_event,
        given["linear" if own_algebra else "jacobian"] or no_jacobian,
        past.function or no_history,
    )


def before_start(past: Past, n: int, t0: float, p: np.ndarray) -> np.ndarray:
    """What the history says at the start itself, shape (n,)."""
    before = np.empty(n)
    if past.function is None:
        before[:] = past.coef[-1].sum(axis=0)
    else:
        past.function(t0, p, before)
    return before


class Workspace:
    """State, record and scratch of one run. Plain arrays that the driver writes into."""

    def __init__(
        self,
        model: DelayModel,
        y0: np.ndarray,
        p: np.ndarray,
        lags: np.ndarray,
        past: Past,
        span: tuple[float, float],
        settings: Settings,
        grid: np.ndarray,
        room: int,
        breaks: np.ndarray,
    ) -> None:
        n, fixed, events = y0.size, lags.size, len(model.events)
        delays = fixed + model.varying
        self.model, self.past = model, past
        self.p = np.append(p, np.zeros(events))
        self.lags = np.append(lags, np.zeros(model.varying))
        self.reads = np.arange(n) if model.reads is None else np.array(model.reads, dtype=np.int64)
        self.atol = np.broadcast_to(np.asarray(settings.atol, dtype=float), (n,)).copy()
        self.kinds = np.array([KINDS.index(e.kind) for e in model.events], dtype=np.int64)
        self.directions = np.array([e.direction for e in model.events], dtype=np.int64)
        self.real = np.zeros(at.REALS)
        self.whole = np.zeros(at.WHOLES, dtype=np.int64)
        self.real[at.START], self.real[at.END] = span
        self.real[at.STEP] = settings.first_step or 0.0
        self.real[at.RTOL], self.real[at.LARGEST] = settings.rtol, settings.largest_step
        self.real[at.ERROR], self.real[at.INNER] = 1e-4, settings.inner
        self.whole[at.COUNT] = self.whole[at.FIRST] = past.pieces
        self.own_algebra = structured(model, settings)
        self.whole[at.METHOD] = (
            at.STRUCTURED if self.own_algebra else METHODS.index(settings.method)
        )
        self.whole[at.TRACK], self.whole[at.FIXED] = settings.track, fixed
        self.whole[at.BY_FUNCTION] = int(past.function is not None)
        self.whole[at.FRESH] = 1
        self.y, self.f = y0.copy(), np.zeros(n)
        self.times = np.zeros(past.pieces + room + 1)
        self.coef = np.zeros((past.pieces + room, 5, n))
        self.times[: past.pieces + 1] = past.times
        self.coef[: past.pieces] = past.coef
        self.break_times = np.zeros(ROOM_FOR_BREAKS)
        self.break_orders = np.zeros(ROOM_FOR_BREAKS, dtype=np.int64)
        self.passed_times = np.zeros(ROOM_FOR_BREAKS)
        self.passed_steps = np.zeros(ROOM_FOR_BREAKS, dtype=np.int64)
        self.passed_orders = np.zeros(ROOM_FOR_BREAKS, dtype=np.int64)
        self.met_times = np.zeros(ROOM_FOR_BREAKS)
        self.met_orders = np.zeros(ROOM_FOR_BREAKS, dtype=np.int64)
        self.pieces = np.zeros(delays, dtype=np.int64)
        self.hints = np.zeros(delays, dtype=np.int64)
        self.signs = np.zeros(events)
        self.event_times = np.zeros(ROOM_FOR_EVENTS if events else 0)
        self.event_kinds = np.zeros(ROOM_FOR_EVENTS if events else 0, dtype=np.int64)
        self.grid = grid
        self.samples = np.full((grid.size, n), np.nan)
        self.k = np.zeros((7, n))
        self.stage, self.new, self.error = np.zeros(n), np.zeros(n), np.zeros(n)
        self.piece, self.buffer = np.zeros((5, n)), np.zeros(n)
        self.z = np.zeros((delays, self.reads.size))
        self.lag, self.values = np.zeros(delays), np.zeros(events)
        size = 0 if settings.method == "explicit" or self.own_algebra else n
        self.jac = np.zeros((2, max(n, 3)) if self.own_algebra else (size, size))
        self.lu = np.zeros((size, size))
        self.pivots = np.zeros(size, dtype=np.int64)
        self.breaks = breaks
        self.before = before_start(past, y0.size, span[0], self.p)
        self.base, self.change, self.scale = np.zeros(n), np.zeros(n), np.zeros(n)

    def arrays(self) -> tuple[np.ndarray, ...]:
        """In the order of ARGUMENTS."""
        return (
            self.p, self.lags, self.reads, self.atol, self.kinds, self.directions, self.real,
            self.whole, self.y, self.f, self.times, self.coef, self.break_times,
            self.break_orders, self.passed_times, self.passed_steps, self.passed_orders,
            self.met_times, self.met_orders, self.pieces, self.hints, self.signs,
            self.event_times, self.event_kinds, self.grid, self.samples, self.k, self.stage,
            self.new, self.error, self.piece, self.buffer, self.z, self.lag, self.values,
            self.jac, self.lu, self.pivots, self.base, self.change, self.scale, self.breaks,
            self.before,
        )  # fmt: skip

    def grow(self) -> None:
        """Twice the room for the record."""
        pieces = len(self.coef)
        self.times = np.append(self.times, np.zeros(pieces))
        self.coef = np.concatenate([self.coef, np.zeros_like(self.coef)])

    def advance(self, steps: int) -> int:
        """Up to so many accepted steps; the driver's status."""
        driver = prepared(advance, ADVANCE)
        return driver(*functions_of(self.model, self.past, self.own_algebra), *self.arrays(), steps)
