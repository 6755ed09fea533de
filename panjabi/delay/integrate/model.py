"""A system of delay equations: its right-hand side, delays, events, derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from panjabi.errors import ParameterError, unknown

Kind = Literal["record", "stop", "switch"]
KINDS: tuple[Kind, ...] = ("record", "stop", "switch")


@dataclass(frozen=True)
class Event:
    """What happens where one of the event functions changes its sign.

    kind : "record" notes the time; "stop" also ends the run; "switch" ends the step there,
        because the right-hand side jumps. Its sign (+1, -1) is held over each step and given to
        the right-hand side at the end of p, which should read it in place of its own comparison.
    direction : +1 rising only, -1 falling only, 0 both. A switch always acts both ways.

    The start of a run is no event, whether rising or falling: an event function that is zero there
    has the sign with which it leaves zero, and the event happens where that sign changes later.
    """

    name: str
    kind: Kind = "record"
    direction: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("kind of event", self.kind, KINDS)
        if self.direction not in (-1, 0, 1):
            raise ParameterError(
                f"direction of event {self.name!r} is {self.direction!r}; possible: -1 (falling), "
                "0 (both), 1 (rising). Give one of them."
            )
        if self.kind == "switch" and self.direction != 0:
            raise ParameterError(
                f"switch {self.name!r} has direction {self.direction}; a switch acts both ways. "
                "Leave the direction out."
            )


@dataclass(frozen=True, kw_only=True)
class DelayModel:
    """y'(t) = rhs(t, y(t), y(t - delay_1), y(t - delay_2), ..., p).

    Functions are compiled by numba (`@njit`, or plain Python that numba can compile) and write
    into their last argument:

    rhs(t, y, delayed, p, out)        out (n,); delayed[j, r] is state reads[r] at t - delay j
    delay(t, y, p, out)               out (varying,): delays that depend on time and state [s]
    event(t, y, delayed, p, out)      out (len(events),): event functions
    jacobian(t, y, delayed, p, out)   out (n, n): d rhs / d y, for the implicit pairs
    linear(t, y, delayed, p, work)    in the place of a Jacobian for the Rosenbrock pair, where n is
        large and J has a structure. work (2, n): work[0, 0] is the task: 0 evaluates J, 1 factors
        1 - w J with w = work[0, 1], 2 solves with that for work[1] in place. work[0, 2] is set to
        1 where it went well, else 0. What is kept between the calls lies in p.

    Constant delays come first in `delayed`, then those of `delay`. Neutral terms (a delayed
    derivative) are not part of the model: filter them into a state of their own.
    """

    rhs: Callable[..., None]
    delays: tuple[float, ...] = ()  # constant delays [s]; a run may replace them
    delay: Callable[..., None] | None = None
    varying: int = 0  # how many delays the function `delay` gives
    reads: tuple[int, ...] | None = None  # states that are read late; None: all of them
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
                f"`delay` is {'missing' if self.delay is None else 'given'} and varying is "
                f"{self.varying}; a function for delays goes with their number, 1 or more. "
                "Give both or neither."
            )
        if (self.event is None) != (not self.events):
            raise ParameterError(
                f"`event` is {'missing' if self.event is None else 'given'} and {len(self.events)} "
                "events are described; each value of the function needs its Event. Give both or "
                "neither."
            )
        names = ("rhs", "delay", "event", "jacobian", "linear")
        compiled = {name: compiled_function(name, getattr(self, name)) for name in names}
        object.__setattr__(self, "compiled", compiled)


def checked_delays(delays: Sequence[float]) -> np.ndarray:
    """Constant delays as an array [s].

    Raises ParameterError for one that is negative or not finite.
    """
    array = np.ascontiguousarray(np.ravel(delays), dtype=float)
    for j, value in enumerate(array):
        if not (np.isfinite(value) and value >= 0.0):
            raise ParameterError(
                f"delay {j} is {value:g} s; a delay is 0 or positive and finite: nothing can be "
                "read before it happens. Give the time that passes between cause and effect."
            )
    return array


def compiled_function(name: str, function: Callable[..., None] | None) -> Any:
    """The function as numba knows it; plain Python is compiled when it is first called."""
    from numba import njit
    from numba.core.dispatcher import Dispatcher

    if function is None or isinstance(function, Dispatcher):
        return function
    if not callable(function):
        raise ParameterError(
            f"{name} is {function!r}; a function is needed. Give one that writes into its last "
            "argument, see DelayModel."
        )
    return njit(nogil=True)(function)
