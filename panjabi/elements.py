"""The interface of every part of a spine model that exerts a force.

Passive joints, muscles, reflexes and the surrounding fascia are different inside. The model uses
them all through `ForceElement`: a force as a function of coordinates, rates, states and inputs, its
exact tangent, and an energy if it exists. The interface contains delayed inputs, but no spine model
supplies them yet: it refuses an element with `delays`. Only the built-in stretch reflexes of the
model have a delay.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@runtime_checkable
class ForceElement(Protocol):
    """An element of a spine model over generalised coordinates q, shape (n,).

    Signs: `force` is the generalised force Q on the body, so that of an elastic element is minus
    the gradient of its energy. `tangent` is -dQ/dq: positive for a restoring force. `inputs` are
    the signals from outside at this instant, each already delayed by `delays`. An element without
    delays has no inputs.
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
    def delays(self) -> tuple[float, ...]:
        """Delay of each input [s]; empty without inputs."""
        ...

    def energy(self, q: Array, /) -> float | None:
        """Stored energy [J] with zero rates and relaxed states; None if no potential exists."""
        ...

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """Generalised force on the body, shape (n,): N on lengths, N m on angles."""
        ...

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """-d force / d q at fixed rate, state and inputs, shape (n, n)."""
        ...

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """d state / d t, shape (m,)."""
        ...
