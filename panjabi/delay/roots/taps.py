"""Delayed terms as single rows, so that a large reflex model is evaluated quickly.

A muscle's reflex drives one state from a few signals, so almost all of A_j is zero. Only rows and
columns with values are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from panjabi.results import ShortRepr

Floats = NDArray[np.floating[Any]]
Complexes = NDArray[np.complexfloating[Any, Any]]


@dataclass(frozen=True, eq=False, repr=False)
class Taps(ShortRepr):
    """M(s) = s E - A0 - rows; terms without delay are folded into E and A0, equal delays merged."""

    mass: Floats  # (n, n)
    now: Floats  # (n, n)
    rows: NDArray[np.intp]  # (p,) equation of every tap
    columns: NDArray[np.intp]  # (c,) states that are read with a delay
    delay: Floats  # (p,) [s], all positive
    state: Floats  # (p, c)
    rate: Floats  # (p, c)

    @staticmethod
    def of(
        mass: Floats, now: Floats, delayed: Iterable[tuple[float, Floats, Floats | None]]
    ) -> Taps:
        """The taps of matrices E and A0 (n, n) and terms (T_j, A_j, N_j or None)."""
        n = len(now)
        E, A = mass, np.array(now)
        merged: dict[float, list[Floats]] = {}
        for T, state, rate in delayed:
            if T == 0.0:
                A += state
                continue
            pair = merged.setdefault(T, [np.zeros((n, n)), np.zeros((n, n))])
            pair[0] += state
            if rate is not None:
                pair[1] += rate
        rows: list[int] = []
        delay: list[float] = []
        states: list[Any] = [np.zeros((0, n))]
        rates: list[Any] = [np.zeros((0, n))]
        for T, (state, rate) in sorted(merged.items()):
            used = np.flatnonzero(np.any(state, axis=1) | np.any(rate, axis=1))
            rows.extend(used)
            delay.extend([T] * len(used))
            states.append(state[used])
            rates.append(rate[used])
        S, N = np.concatenate(states), np.concatenate(rates)
        columns = np.flatnonzero(np.any(S, axis=0) | np.any(N, axis=0))
        return Taps(
            E, A, np.array(rows, np.intp), columns, np.array(delay), S[:, columns], N[:, columns]
        )

    def matrix(self, s: complex | Complexes) -> Complexes:
        """M(s); (n, n), or (k, n, n) for k values."""
        at = np.atleast_1d(np.asarray(s, complex))
        M: Any = at[:, None, None] * self.mass - self.now
        if self.rows.size:
            away = np.exp(-at[:, None] * self.delay)[:, :, None]
            delayed = away * (self.state + at[:, None, None] * self.rate)
            np.subtract.at(M, self.places, delayed)
        return M if np.ndim(s) else M[0]

    def matrix_rate(self, s: complex | Complexes) -> Complexes:
        """dM/ds, shaped as `matrix`."""
        at = np.atleast_1d(np.asarray(s, complex))
        M = np.broadcast_to(self.mass.astype(complex), (len(at), *self.mass.shape)).copy()
        if self.rows.size:
            away = np.exp(-at[:, None] * self.delay)[:, :, None]
            whole = self.state + at[:, None, None] * self.rate
            np.add.at(M, self.places, away * (self.delay[:, None] * whole - self.rate))
        return M if np.ndim(s) else M[0]

    def matrix_and_rate(self, s: complex) -> tuple[Complexes, Complexes]:
        """M and dM/ds (n, n) at one value, computed together."""
        M, slope = s * self.mass - self.now, self.mass.astype(complex)
        if self.rows.size:
            away = np.exp(-s * self.delay)[:, None]
            delayed = away * (self.state + s * self.rate)
            np.subtract.at(M, self.places[1:], delayed)
            np.add.at(slope, self.places[1:], self.delay[:, None] * delayed - away * self.rate)
        return M, slope

    @property
    def places(self) -> Any:
        """Index of the rows' entries in a stack of matrices (k, n, n)."""
        return slice(None), self.rows[:, None], self.columns[None, :]

    @property
    def without_delay(self) -> tuple[Floats, Floats]:
        """E and A of the system whose delays are all zero."""
        E, A = np.array(self.mass), np.array(self.now)
        at = np.ix_(np.arange(len(self.rows)), self.columns)[1]
        np.add.at(A, (self.rows[:, None], at), self.state)
        np.subtract.at(E, (self.rows[:, None], at), self.rate)
        return E, A

    @cached_property
    def _sizes(self) -> tuple[float, float, Floats, Floats]:
        state, rate = (np.linalg.norm(A, axis=1) for A in (self.state, self.rate))
        return float(np.linalg.norm(self.mass)), float(np.linalg.norm(self.now)), state, rate

    def scale(self, s: complex) -> float:
        """Scale of the residual of M(s) v for a unit vector v: the size of the terms of M."""
        mass, now, state, rate = self._sizes
        size = abs(s) * mass + now
        if self.rows.size:
            size += float(np.exp(-s.real * self.delay) @ (state + abs(s) * rate))
        return max(size, 1e-300)
