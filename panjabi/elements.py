"""The contract of every part of a spine.

Passive joints, muscles, and what a user adds, are different inside. The spine uses them all through
`ForceElement`: the signals that a part reads, present or delayed, its states, and its force as a
function of coordinates, rates, states and signals, with tangent and energy. Built-in parts are also
compiled; a part in Python is called from the compiled run and gives the same numbers.

A part may have two more methods:

- `excitation(q, rate, state, signals)` with a property `excites` of names of muscles: what the part
  adds to the commands of these muscles before they saturate, (muscles,) [1].
- `derivatives(q, rate, state, signals)`: exact derivatives of `outputs`. A part without it is
  differentiated by central differences, so that every part is seen in the spectrum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol, get_args, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError, unknown

Array = NDArray[np.float64]
SignalKind = Literal[
    "coordinate",
    "rate",
    "muscle length",
    "muscle velocity",
    "muscle tension",
    "activation",
    "ligament strain",
    "compression",
    "head velocity",
    "command",
]


@dataclass(frozen=True)
class Signal:
    """One signal that a part reads, `delay` seconds ago.

    | kind | name | unit |
    |---|---|---|
    | coordinate, rate | free coordinate | rad, rad/s |
    | muscle length, velocity, tension | muscle | m, m/s, N |
    | activation, command | muscle | 1 |
    | ligament strain | "L4-L5 SSL" | 1 |
    | compression | level | N |
    | head velocity | "x", "y" or "z" of the world | rad/s |
    """

    kind: SignalKind
    name: str
    delay: float = 0.0  # [s]

    def __post_init__(self) -> None:
        if self.kind not in get_args(SignalKind):
            raise unknown("kind of signal", self.kind, get_args(SignalKind))
        if not (np.isfinite(self.delay) and self.delay >= 0.0):
            raise ParameterError(
                f"Expected the delay of signal {self.kind} {self.name!r} as 0 s or more, got "
                f"{self.delay!r}; give the time between cause and effect."
            )


@runtime_checkable
class ForceElement(Protocol):
    """A part of a spine over generalised coordinates q, shape (n,).

    Signs: `force` is the generalised force Q on the body, so that of an elastic element is minus
    the gradient of its energy. `tangent` is -dQ/dq: positive for a restoring force. The last
    argument of the methods holds the values of `signals`, in their order.
    """

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the coordinates (n,) it acts on, in the order of every array."""
        ...

    @property
    def states(self) -> int:
        """Number m of its states; 0 for an elastic element."""
        ...

    @property
    def signals(self) -> tuple[Signal, ...]:
        """What it reads beside its coordinates, rates and states; () for nothing."""
        ...

    def energy(self, q: Array, /) -> float | None:
        """Stored energy [J] with zero rates and relaxed states; None if no potential exists."""
        ...

    def force(self, q: Array, rate: Array, state: Array, signals: Array, /) -> Array:
        """Generalised force on the body, shape (n,): N on lengths, N m on angles."""
        ...

    def tangent(self, q: Array, rate: Array, state: Array, signals: Array, /) -> Array:
        """-d force / d q at fixed rate, state and signals, shape (n, n)."""
        ...

    def state_rate(self, q: Array, rate: Array, state: Array, signals: Array, /) -> Array:
        """d state / d t, shape (m,)."""
        ...


def excited(part: object) -> tuple[str, ...]:
    """Names of the muscles that a part excites, or ()."""
    return tuple(getattr(part, "excites", ()))


def check_part(part: object) -> None:
    """Raise ParameterError for an object that does not follow the contract."""
    name = part.__name__ if isinstance(part, type) else type(part).__name__
    if isinstance(part, type):
        raise ParameterError(f"Expected a part of a spine, got the class {name}; give {name}().")
    wanted = ["coordinates", "states", "signals", "energy", "force", "tangent", "state_rate"]
    if excited(part):
        wanted.append("excitation")
    missing = [w for w in wanted if getattr(part, w, None) is None]
    if missing:
        raise ParameterError(
            f"Expected a part of a spine with {', '.join(wanted)}, got {name} without "
            f"{', '.join(missing)}; add what is missing."
        )
    for listed in ("coordinates", "excites"):
        if isinstance(getattr(part, listed, ()), str):
            raise ParameterError(
                f"Expected {listed} of {name} as a list of names, got {getattr(part, listed)!r}; "
                "give one name as (name,)."
            )


def shaped(part: object, what: str, value: object, size: int) -> Array:
    """What a method of a part returns as numbers (size,); ParameterError for another shape."""
    found = np.asarray(value, dtype=np.float64)
    if found.shape != (size,):
        raise ParameterError(
            f"Expected {what} of {type(part).__name__} of shape ({size},), got {found.shape}; "
            "return an array with one number for each."
        )
    return found


def outputs(part: ForceElement, q: Array, rate: Array, state: Array, signals: Array) -> Array:
    """Force (n,), rates of the states (m,) and excitation (muscles,) of a part, in this order."""
    values = [part.force(q, rate, state, signals), part.state_rate(q, rate, state, signals)]
    if excited(part):
        values.append(part.excitation(q, rate, state, signals))  # type: ignore[attr-defined]
    return np.concatenate([np.asarray(value, dtype=np.float64).ravel() for value in values])


def derivatives(
    part: ForceElement, q: Array, rate: Array, state: Array, signals: Array
) -> tuple[Array, Array, Array, Array]:
    """Derivatives of `outputs` in q, rate, state and signals, each (outputs, its size).

    Those of the part where it gives them, else central differences of fourth order.
    """
    if hasattr(part, "derivatives"):
        return part.derivatives(q, rate, state, signals)  # type: ignore[attr-defined]
    arguments = [np.array(x, dtype=np.float64) for x in (q, rate, state, signals)]
    result: list[Array] = []
    for which, x in enumerate(arguments):
        columns: list[Array] = []
        for k in range(x.size):
            step, change = 1e-4 * max(1.0, abs(float(x[k]))), 0.0
            total: Array | float = 0.0
            for weight, change in ((8.0, 1.0), (-8.0, -1.0), (-1.0, 2.0), (1.0, -2.0)):
                moved = [a.copy() for a in arguments]
                moved[which][k] += change * step
                total = total + weight * outputs(part, *moved)
            columns.append(np.asarray(total) / (12.0 * step))
        size = outputs(part, *arguments).size
        result.append(np.array(columns).reshape(x.size, size).T)
    return result[0], result[1], result[2], result[3]
