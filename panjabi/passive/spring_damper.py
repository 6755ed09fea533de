"""Linear springs and dampers between any coordinates, as a compiled force element of a spine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.arrays import Integers, Matrix
from panjabi.elements import Signal
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class SpringDamper(ShortRepr):
    """Generalised force -K q - B q' on coordinates; matrices, or a number for each coordinate.

    Raises
    ------
    ParameterError
        For a matrix of another shape, or numbers that are not finite.
    """

    coordinates: tuple[str, ...]  # (m,)
    stiffness: ArrayLike = 0.0  # K (m, m) [N m/rad]
    damping: ArrayLike = 0.0  # B (m, m) [N m s/rad]

    def __post_init__(self) -> None:
        for name in ("stiffness", "damping"):
            matrix = square(name, getattr(self, name), self.coordinates)
            object.__setattr__(self, name, matrix)

    @property
    def states(self) -> int:
        return 0

    @property
    def signals(self) -> tuple[Signal, ...]:
        return ()

    def energy(self, q: Array, /) -> float | None:
        """[J]; None if the stiffness is not symmetric."""
        K = np.asarray(self.stiffness, float)
        return float(0.5 * q @ K @ q) if np.array_equal(K, K.T) else None

    def force(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """(m,) [N m]"""
        return -(np.asarray(self.stiffness) @ q + np.asarray(self.damping) @ rate)

    def tangent(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        """K (m, m) [N m/rad]."""
        return np.asarray(self.stiffness, float)

    def state_rate(self, q: Array, rate: Array, state: Array, inputs: Array, /) -> Array:
        return np.empty(0)

    def derivatives(
        self, q: Array, rate: Array, state: Array, inputs: Array, /
    ) -> tuple[Array, Array, Array, Array]:
        """Of the force in q, rate, state and signals."""
        none = np.empty((len(self.coordinates), 0))
        return -np.asarray(self.stiffness), -np.asarray(self.damping), none, none


def square(name: str, value: ArrayLike, coordinates: Sequence[str]) -> Array:
    """A matrix (m, m) from one number, one number for each coordinate, or a matrix."""
    m, A = len(coordinates), np.array(value, float)
    if A.ndim < 2 and A.size in (1, m):
        A = np.diag(np.broadcast_to(A, (m,)))
    if A.shape != (m, m) or not np.isfinite(A).all():
        raise ParameterError(
            f"Expected a finite {m} by {m} matrix for {name} of the coordinates "
            f"{tuple(coordinates)}, got {value!r}; give a number for one coordinate, a matrix for "
            "more."
        )
    A.flags.writeable = False
    return A


# --- compiled -------------------------------------------------------------------------------------


class SpringData(NamedTuple):
    """All springs and dampers of a spine, over its free coordinates."""

    free: Integers  # (m,) coordinates with springs or dampers
    stiffness: Matrix  # (m, m)
    damping: Matrix  # (m, m)


def spring_data(parts: Sequence[SpringDamper], free: Sequence[str]) -> SpringData:
    """The sum of all parts; forces of a deflection of fixed coordinates are left out."""
    n, index = len(free), {name: k for k, name in enumerate(free)}
    K, B = np.zeros((2, n, n))
    for part in parts:
        known = [k for k, name in enumerate(part.coordinates) if name in index]
        place = [index[part.coordinates[k]] for k in known]
        K[np.ix_(place, place)] += np.asarray(part.stiffness)[np.ix_(known, known)]
        B[np.ix_(place, place)] += np.asarray(part.damping)[np.ix_(known, known)]
    used = np.flatnonzero([np.any(K[k]) or np.any(B[k]) for k in range(n)]).astype(np.int64)
    across = np.flatnonzero(np.any(K, axis=0) | np.any(B, axis=0))
    used = np.union1d(used, across).astype(np.int64)
    return SpringData(used, K[np.ix_(used, used)], B[np.ix_(used, used)])


@njit(cache=True, nogil=True)
def add_springs(q, rate, data, Q):
    """Add the forces of all springs and dampers to Q (n,) [N m]."""
    for i in range(data.free.shape[0]):
        total = 0.0
        for j in range(data.free.shape[0]):
            k = data.free[j]
            total += data.stiffness[i, j] * q[k] + data.damping[i, j] * rate[k]
        Q[data.free[i]] -= total


@njit(cache=True, nogil=True)
def spring_slopes(data, K, C):
    """Add stiffness and damping of all springs and dampers to K, C (n, n)."""
    for i in range(data.free.shape[0]):
        for j in range(data.free.shape[0]):
            K[data.free[i], data.free[j]] += data.stiffness[i, j]
            C[data.free[i], data.free[j]] += data.damping[i, j]
