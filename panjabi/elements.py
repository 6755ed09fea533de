"""What a spine model asks of everything that pulls or pushes in it.

Passive joints, muscles, reflexes and a wrapping of fascia differ inside; the model sees them all
through `ForceElement`: force from configuration, rate, own states and inputs, its exact tangent,
and an energy where one exists. Delayed inputs are part of the contract, but no spine model supplies
them yet: it refuses an element with `delays`. Only its own stretch reflexes are late.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@runtime_checkable
class ForceElement(Protocol):
    """One element of a spine model over generalised coordinates q, shape (n,).

    Signs: `force` is what the element does to the body, so an elastic element gives minus the
    gradient of its energy, and `tangent` is its derivative -dQ/dq: positive when it restores.
    `inputs` are signals that arrive from outside at this instant, each already delayed by
    `delays`; an element without a delay has none.
    """

    @property
    def coordinates(self) -> tuple[str, ...]:
        """Names of the coordinates it acts on; sets n and the order of every array."""
        ...

    @property
    def states(self) -> int:
        """How many states of its own it integrates, m; 0 for an elastic element."""
        ...

    @property
    def delays(self) -> tuple[float, ...]:
        """Delay of each input [s]; empty when it listens to nothing."""
        ...

    def energy(self, q: Array, /) -> float | None:
        """Stored energy at rest [J], own states relaxed; None where no potential exists."""
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
