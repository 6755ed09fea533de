"""A system of delay equations: its right-hand side, delays, events, derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from panjabi.errors import ParameterError, unknown
from panjabi.results import ShortRepr

Kind = Literal["record", "stop", "switch"]
KINDS: tuple[Kind, ...] = ("record", "stop", "switch")


@dataclass(frozen=True)
class Event:
    """Name, type and direction of an event: a change of sign of an event function.

    kind : "record" stores the time; "stop" also ends the run; "switch" ends the step there,
        because the right-hand side jumps. The sign (+1, -1) is constant over each step. The
        right-hand side finds it at the end of p and should read it instead of comparing itself.
    direction : +1 rising only, -1 falling only, 0 both. A switch always acts both ways.

    The start of a run is no event, neither rising nor falling: an event function that is zero there
    (up to 1e-12 in its own unit; exactly zero for a switch) has the sign with which it leaves zero,
    and the event happens where this sign changes later.
    """

    name: str
    kind: Kind = "record"
    direction: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("type of event", self.kind, KINDS)
        if self.direction not in (-1, 0, 1):
            raise ParameterError(
                "Expected -1 (falling), 0 (both) or 1 (rising) as direction of event "
                f"{self.name!r}, got {self.direction!r}; give one of these."
            )
        if self.kind == "switch" and self.direction != 0:
            raise ParameterError(
                f"Expected switch {self.name!r} without a direction, because a switch acts both "
                f"ways, got {self.direction}; leave the direction out."
            )


@dataclass(frozen=True, kw_only=True, repr=False)
class DelayModel(ShortRepr):
    """y'(t) = rhs(t, y(t), y(t - delay_1), y(t - delay_2), ..., p).

    Functions are compiled by numba (`@njit`, or plain Python that numba can compile) and write
    into their last argument:

    rhs(t, y, delayed, p, out)        out (n,); delayed[j, r] is state reads[r] at t - delay j
    delay(t, y, p, out)               out (varying,): delays that depend on time and state [s]
    event(t, y, delayed, p, out)      out (len(events),): event functions
    jacobian(t, y, delayed, p, out)   out (n, n): d rhs / d y, for the implicit pairs
    linear(t, y, delayed, p, work)    instead of a Jacobian for the Rosenbrock pair, for large n and
        a structured J. work (2, n): work[0, 0] is the task: 0 evaluates J, 1 factors 1 - w J with
        w = work[0, 1], 2 solves with these factors for work[1] in place. work[0, 2] is set to 1 on
        success, else 0. Values that are kept between the calls are stored in p.

    Constant delays come first in `delayed`, then those of `delay`. Neutral terms (a delayed
    derivative) are not part of the model: filter them into an extra state.
    """

    rhs: Callable[..., None]
    delays: tuple[float, ...] = ()  # constant delays [s]; a run may replace them
    delay: Callable[..., None] | None = None
    varying: int = 0  # number of delays that the function `delay` returns
    reads: tuple[int, ...] | None = None  # indices of states that are read with a delay; None: all
    event: Callable[..., None] | None = None
    events: tuple[Event, ...] = ()
    jacobian: Callable[..., None] | None = None
    linear: Callable[..., None] | None = None
    compiled: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "delays", tuple(np.ravel(self.delays).tolist()))
        checked_delays(self.delays)
        if (self.delay is None) != (self.varying == 0) or self.varying < 0:
            raise ParameterError(
                "Expected the function `delay` together with varying >= 1, or neither, got "
                f"`delay` {'missing' if self.delay is None else 'present'} and varying = "
                f"{self.varying}; give both or neither."
            )
        if (self.event is None) != (not self.events):
            raise ParameterError(
                "Expected the function `event` together with an Event for each of its values, "
                f"or neither, got `event` {'missing' if self.event is None else 'present'} and "
                f"{len(self.events)} events; give both or neither."
            )
        names = ("rhs", "delay", "event", "jacobian", "linear")
        compiled = {name: compiled_function(name, getattr(self, name)) for name in names}
        object.__setattr__(self, "compiled", compiled)


def checked_delays(delays: Sequence[float]) -> np.ndarray:
    """Constant delays as an array [s].

    Raises ParameterError for a delay that is negative or not finite.
    """
    array = np.ascontiguousarray(np.ravel(delays), dtype=float)
    for j, value in enumerate(array):
        if not (np.isfinite(value) and value >= 0.0):
            raise ParameterError(
                f"Expected delay {j} as a finite time of 0 s or more, got {value:g} s; give the "
                "time between cause and effect."
            )
    return array


def compiled_function(
    name: str, function: Callable[..., None] | None
) -> Callable[..., None] | None:
    """The function as a numba dispatcher; plain Python is compiled at its first call."""
    from numba import njit
    from numba.core.dispatcher import Dispatcher

    if function is None or isinstance(function, Dispatcher):
        return function
    if not callable(function):
        raise ParameterError(
            f"Expected a function for {name}, got {function!r}; give a function that writes "
            "into its last argument, see DelayModel."
        )
    return njit(nogil=True)(function)
