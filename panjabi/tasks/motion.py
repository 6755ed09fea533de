"""A motion of the whole body over time, and key postures joined by smooth movements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from panjabi.body.model import Body
from panjabi.errors import ParameterError, PostureError
from panjabi.results import ShortRepr

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class BodyMotion(ShortRepr):
    """Coordinates of the body over time, and what acts on the thorax in addition to weight.

    Raises
    ------
    ParameterError
        For times that do not rise, other shapes, or values that are not finite: the message names
        row and coordinate.
    PostureError
        For a coordinate outside the range of its joint: the same.
    """

    body: Body
    time: Floats  # (k,) [s]
    coordinates: Floats  # (k, nq) [rad; m]
    mass: Floats | None = None  # (k,) held mass that moves with the thorax [kg]
    place: Floats | None = None  # (k, 3) of that mass in the frame of T12 [m]
    moment: Floats | None = None  # (k, 3) on the uppermost body, world axes [N m]
    still: bool = True  # whether the motion begins and ends at rest
    known: tuple[Floats, Floats] | None = None  # rates and accelerations, if they are known

    def __post_init__(self) -> None:
        time, q = self.time, self.coordinates
        names = self.body.coordinates
        if time.ndim != 1 or len(time) < 4 or q.shape != (len(time), len(names)):
            raise ParameterError(
                f"Expected 4 or more times and coordinates of shape (times, {len(names)}), got "
                f"shapes {time.shape} and {q.shape}; give one row for each time."
            )
        wrong = np.flatnonzero(~np.isfinite(time))
        if not len(wrong):
            wrong = 1 + np.flatnonzero(np.diff(time) <= 0.0)
        if len(wrong):
            k = int(wrong[0])
            raise ParameterError(
                f"Expected finite times that rise, got {time[k]:g} s in row {k + 1} after "
                f"{time[max(k - 1, 0)]:g} s; sort the rows and leave doubled ones out."
            )
        bad = np.argwhere(~np.isfinite(q))
        if len(bad):
            k, c = (int(x) for x in bad[0])
            raise ParameterError(
                f"Expected finite numbers, got {q[k, c]} for {names[c]} in row {k + 1} (at "
                f"{time[k]:g} s); fill the gap or leave the row out."
            )
        self._check_ranges()

    def _check_ranges(self) -> None:
        low, high = self.body.ranges.T
        beyond = np.argwhere((self.coordinates < low - 1e-6) | (self.coordinates > high + 1e-6))
        for k, c in beyond.tolist():
            name = self.body.coordinates[c]
            try:
                self.body.coordinates_from({name: float(self.coordinates[k, c])})
            except PostureError as error:
                raise PostureError(f"Row {k + 1} (at {self.time[k]:g} s): {error}") from None

    @cached_property
    def slopes(self) -> tuple[Floats, Floats]:
        """Rates and accelerations of the coordinates, both (k, nq), by a cubic spline."""
        if self.known is not None:
            return self.known
        spline = self._spline()
        return spline(self.time, 1), spline(self.time, 2)

    def resampled(self, count: int) -> BodyMotion:
        """The coordinates at even times (count,), with the rates of this motion."""
        time, spline = np.linspace(self.time[0], self.time[-1], count), self._spline()
        slopes = spline(time, 1), spline(time, 2)
        return BodyMotion(self.body, time, spline(time), still=self.still, known=slopes)

    def _spline(self) -> CubicSpline:
        from scipy.interpolate import CubicSpline

        ends = "clamped" if self.still else "not-a-knot"
        return CubicSpline(self.time, self.coordinates, bc_type=ends)

    @cached_property
    def moving(self) -> NDArray[np.int64]:
        """Indices of the coordinates that change."""
        return np.flatnonzero(np.ptp(self.coordinates, axis=0) > 0.0)


def smooth(time: ArrayLike, times: Sequence[float], values: ArrayLike) -> Floats:
    """Values (k, ...) at times [s] on a path through key values at key times, at rest in each.

    Each piece has the least jerk (third derivative squared, summed over its time).
    """
    t, keys = np.asarray(time, float), np.asarray(values, float)
    piece = np.clip(np.searchsorted(times, t, side="right") - 1, 0, len(times) - 2)
    start, end = np.asarray(times)[piece], np.asarray(times)[piece + 1]
    x = np.clip((t - start) / (end - start), 0.0, 1.0)
    part = x**3 * (10.0 - 15.0 * x + 6.0 * x**2)
    part = part.reshape(-1, *[1] * (keys.ndim - 1))
    return keys[piece] + part * (keys[piece + 1] - keys[piece])
