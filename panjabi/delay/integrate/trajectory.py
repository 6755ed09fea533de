"""Result of a run: the record, its dense evaluation, events and breaking points, the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]
Outcome = Literal["end reached", "stopped by an event", "interrupted", "failed"]
"""How a run ended."""


@dataclass(frozen=True)
class Counts:
    """Numbers of steps and evaluations of a run."""

    steps: int  # accepted
    rejected: int
    evaluations: int  # of the right-hand side
    sweeps: int  # repeats of steps that read their own result
    jacobians: int
    breaking_points_dropped: int  # for lack of space; they are treated as smooth

    def __str__(self) -> str:
        return f"{self.steps} steps, {self.rejected} rejected, {self.evaluations} evaluations"


@dataclass(frozen=True)
class BreakingPoint:
    """A time at which the derivative of this order jumps [s]; order 0 is the state itself."""

    time: float
    order: int


@dataclass(frozen=True)
class Occurrence:
    """Time and state at which an event function changed its sign."""

    name: str
    time: float  # [s]
    state: Floats  # (n,)


@dataclass(frozen=True, eq=False, repr=False)
class Trajectory(ShortRepr):
    """Solution of a delay model from the start to `end`, as pieces of degree 4.

    The record includes the history before the start, so that a trajectory can be the history of
    the next run. Piece k covers times[k] to times[k + 1]: polynomial in the fraction of the piece.
    """

    times: Floats  # (pieces + 1,) [s], history included
    coef: Floats  # (pieces, 5, n)
    first: int  # index of the piece that starts the run
    outcome: Outcome
    tolerance: float  # rtol of every step
    counts: Counts
    break_times: Floats  # (breaking points,) [s]
    break_orders: NDArray[np.int64]  # (breaking points,)
    tracked_order: int = 5
    events: tuple[Occurrence, ...] = ()

    @property
    def time(self) -> Floats:
        """Start, ends of all steps [s], shape (steps + 1,)."""
        return self.times[self.first :]

    @property
    def state(self) -> Floats:
        """States at `time`, shape (steps + 1, n)."""
        pieces = self.coef[self.first :]
        if not len(pieces):
            return np.empty((0, self.coef.shape[2]))
        return np.concatenate([pieces[:, 0], pieces[-1:].sum(axis=1)])

    @property
    def breaking_points(self) -> tuple[BreakingPoint, ...]:
        """Times at which a derivative jumps, in the order of the run."""
        pairs = zip(self.break_times.tolist(), self.break_orders.tolist(), strict=True)
        return tuple(BreakingPoint(time, order) for time, order in pairs)

    @property
    def start(self) -> float:
        """Start of the run [s]."""
        return float(self.times[self.first])

    @property
    def end(self) -> float:
        """End of the run [s]."""
        return float(self.times[-1])

    def at(self, t: ArrayLike) -> Floats:
        """States at time t [s], shape (..., n); any time from the start to the end.

        The polynomials have order 4 within a step and meet at its ends. At the start the state is
        the start value, not the history.

        Raises
        ------
        ParameterError
            For a time outside the run.
        """
        time = np.asarray(t, dtype=float)
        slack = 1e-12 * (1.0 + abs(self.end))
        if time.size and not (time.min() >= self.start - slack and time.max() <= self.end + slack):
            raise ParameterError(
                f"Expected times within the run from {self.start:g} to {self.end:g} s, got "
                f"{np.min(time):g} to {np.max(time):g} s; give times within the run."
            )
        k = self.first + self.time[1:-1].searchsorted(time, side="right")
        x = ((time - self.times[k]) / (self.times[k + 1] - self.times[k]))[..., None]
        value = x * self.coef[k, 4]
        for power in (3, 2, 1):
            value += self.coef[k, power]
            value *= x
        return value + self.coef[k, 0]

    def __str__(self) -> str:
        return f"{self.start:g} to {self.end:g} s, {self.outcome}: {self.counts}"


class SimulationError(ConvergenceError):
    """A run that could not continue. `trajectory` is the part computed so far."""

    def __init__(self, message: str, trajectory: Trajectory) -> None:
        super().__init__(message)
        self.trajectory = trajectory
