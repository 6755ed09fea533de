"""Commands without a sensory signal: constant co-contraction, tables over time, anticipation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from panjabi.errors import ParameterError, unknown
from panjabi.neural.checks import array
from panjabi.neural.command import check_excitation, command
from panjabi.parameter import THIS_WORK, Parameter
from panjabi.results import ShortRepr
from panjabi.tissue._base import require

Array = NDArray[np.float64]


def from_forces(force: ArrayLike, capacity: ArrayLike) -> Array:
    """Commands that give muscle forces: force over capacity, shape (muscles,) [1].

    capacity [N] is the force at full activation in the posture (Fmax times force-length times
    cosine of pennation); `force` is without the passive part.
    """
    capacity = array("capacity", capacity, np.shape(capacity), "N")
    if capacity.ndim != 1 or not (capacity > 0.0).all():
        raise ParameterError(
            f"Expected one capacity above 0 N for each muscle, got shape {capacity.shape} and "
            f"smallest entry {capacity.min(initial=0.0):g} N; leave out muscles that cannot "
            "pull here."
        )
    command = array("force", force, capacity.shape, "N") / capacity
    if command.min() < 0.0 or command.max() > 1.0 + 1e-9:
        raise ParameterError(
            "Expected forces that need commands from 0 to 1, got commands from "
            f"{command.min():g} to {command.max():g}; subtract the passive force, or lower the "
            "load."
        )
    return np.minimum(command, 1.0)


@dataclass(frozen=True, eq=False, repr=False)
class Commands(ShortRepr):
    """Excitations of muscles over time, as `panjabi.simulate` takes them.

    From time 0 of the run on they replace the constant commands of the equilibrium; muscles without
    a column keep theirs. The first row holds before the first time, the last row after the last
    time. Reflexes add to these commands.

    Between the times the drive is linear, that is the command before it saturates to 0..1, because
    this is what descending commands and reflexes add to. So excitations are met at the times, and
    in between they are linear to 1e-4 where they lie more than 0.05 from 0 and from 1. Closer to 0
    a rise bends, as the pool begins to fire: give more times where this matters.

    Raises
    ------
    ParameterError
        For times that do not rise, shapes that do not fit, or excitations outside 1e-4 to
        1 - 1e-4, which no finite drive gives.
    """

    times: Array  # (k,) rising [s]
    excitations: Array  # (k, columns) [1]
    muscles: tuple[str, ...] | None = None  # muscle or group of each column; None: all, in order

    def __post_init__(self) -> None:
        times, names = np.array(self.times, float), self.muscles
        if times.ndim != 1 or not times.size or not np.isfinite(times).all():
            raise ParameterError(
                f"Expected one or more finite times of commands, got an array of shape "
                f"{times.shape}; give the times of the rows [s]."
            )
        if (np.diff(times) <= 0.0).any():
            k = int((np.diff(times) <= 0.0).argmax())
            raise ParameterError(
                f"Expected times of commands that rise, got {times[k]:g} s before "
                f"{times[k + 1]:g} s; sort them, and make a jump a short ramp."
            )
        names = (names,) if isinstance(names, str) else names if names is None else tuple(names)
        shape = np.shape(self.excitations)
        columns = shape[-1] if names is None and shape else len(names or ())
        table = array("excitations", self.excitations, (times.size, columns), "1").copy()
        check_excitation(table)
        for value in (times, table):
            value.flags.writeable = False
        for name, value in (("times", times), ("excitations", table), ("muscles", names)):
            object.__setattr__(self, name, value)

    def drives(self, width: float) -> Array:
        """Commands before saturation (k, columns) [1]; width of the corners of the saturation."""
        return command(self.excitations.ravel(), width).reshape(self.excitations.shape)

    @property
    def breaks(self) -> tuple[float, ...]:
        """Times [s] at which the slope jumps."""
        return tuple(self.times.tolist())


@njit(cache=True, nogil=True)
def risen(x):
    """Smooth step from 0 at x = 0 to 1 at x = 1 with two continuous slopes, and its slope."""
    if x <= 0.0:
        return 0.0, 0.0
    if x >= 1.0:
        return 1.0, 0.0
    left = 1.0 - x
    return x * x * x * (10.0 + x * (6.0 * x - 15.0)), 30.0 * x * x * left * left


@njit(cache=True, nogil=True)
def anticipated(time, event, base, onset, ramp, amplitude, out, by_onset):
    """Commands at a time, out (muscles,), and their slopes in each muscle's onset [1/s]."""
    for i in range(base.size):
        fraction, slope = risen((time - event - onset[i]) / ramp)
        out[i] = base[i] + amplitude[i] * fraction
        by_onset[i] = -amplitude[i] * slope / ramp


@dataclass(frozen=True, kw_only=True, eq=False)
class Anticipation:
    """Feedforward commands that rise around an event, group by group.

    Onsets are relative to the event, negative before it; for an arm movement the event is the
    onset of the deltoid. Muscles of no group keep their base command.
    """

    base: ArrayLike  # constant co-contraction (muscles,) [1]
    groups: tuple[str, ...]  # group of each muscle, "" for none
    onset: Mapping[str, float]  # group -> onset against the event [s]
    amplitude: Mapping[str, float]  # group -> command added [1]
    event: float = 0.0  # [s]
    ramp: float = 0.05  # time from onset to full command [s], assumed

    def __post_init__(self) -> None:
        base = array("base", self.base, (len(self.groups),), "1")
        base.flags.writeable = False
        object.__setattr__(self, "base", base)
        require("Anticipation", "ramp", self.ramp, unit="s", above=0.0,
                advice="Commands rise over some tens of milliseconds.")  # fmt: skip
        require("Anticipation", "event", self.event, unit="s", advice="Give a time.")
        known = {group for group in self.groups if group}
        for what in ("onset", "amplitude"):
            values = getattr(self, what)
            for group, value in values.items():
                if group not in known:
                    raise unknown(f"group in {what}", group, known)
                require(what, group, value, unit="s" if what == "onset" else "1",
                        advice="Give one finite number per group.")  # fmt: skip
            object.__setattr__(self, what, MappingProxyType(dict(values)))
        if set(self.onset) != set(self.amplitude):
            raise ParameterError(
                "Expected onsets and amplitudes of the same groups, got onsets of "
                f"{sorted(self.onset)} and amplitudes of {sorted(self.amplitude)}; give the "
                "missing values."
            )
        top = base + self._per_muscle(self.amplitude)
        if min(top.min(), base.min()) < 0.0 or max(top.max(), base.max()) > 1.0:
            raise ParameterError(
                f"Expected commands from 0 to 1, got {min(top.min(), base.min()):g} to "
                f"{max(top.max(), base.max()):g}; lower amplitude or base."
            )

    def _per_muscle(self, values: Mapping[str, float]) -> Array:
        return np.array([values.get(group, 0.0) for group in self.groups])

    @cached_property
    def arrays(self) -> tuple[Array, Array, Array]:
        """base, onset [s], amplitude per muscle, as the kernel reads them."""
        return np.asarray(self.base), self._per_muscle(self.onset), self._per_muscle(self.amplitude)

    def commands(self, time: float) -> Array:
        """u0 at a time [s], shape (muscles,)."""
        return self._evaluate(time)[0]

    def by_onset(self, time: float) -> Array:
        """d u0 / d onset of each muscle [1/s], exact."""
        return self._evaluate(time)[1]

    def _evaluate(self, time: float) -> tuple[Array, Array]:
        base, onset, amplitude = self.arrays
        out = np.empty((2, base.size))
        anticipated(float(time), self.event, base, onset, self.ramp, amplitude, out[0], out[1])
        return out[0], out[1]

    @property
    def breaks(self) -> tuple[float, ...]:
        """Times [s] at which a third derivative jumps: an integrator may step to them."""
        starts = {self.event + onset for onset in self.onset.values()}
        return tuple(sorted(starts | {start + self.ramp for start in starts}))

    def over_time(self, muscles: Sequence[str] | None = None, *, intervals: int = 20) -> Commands:
        """A table for a run: `intervals` straight pieces in each ramp.

        muscles : the muscle or group of each entry of `base`; None for all of a model in order.
        With n pieces the command differs by up to 0.72 / n^2 of the amplitude.
        """
        starts = [self.event + onset for onset in self.onset.values()]
        ramps = [start + self.ramp * np.linspace(0.0, 1.0, intervals + 1) for start in starts]
        times = np.unique(np.concatenate([[self.event], *ramps]))
        rows = np.array([self.commands(time) for time in times])
        return Commands(times, rows, None if muscles is None else tuple(muscles))

    def shifted(self, group: str, by: float) -> Anticipation:
        """New record: one group `by` seconds later (negative: earlier)."""
        if group not in self.onset:
            raise unknown("group", group, self.onset)
        return replace(self, onset={**self.onset, group: self.onset[group] + by})

    def is_feedforward(self, group: str) -> bool:
        """Whether the onset lies in the window that counts as feedforward."""
        if group not in self.onset:
            raise unknown("group", group, self.onset)
        low, high = FEEDFORWARD_WINDOW
        return low.si <= self.onset[group] <= high.si


FEEDFORWARD_WINDOW = (
    Parameter(-100.0, "ms", "Hodges1996", "assumed", "trunk onset against deltoid; recalled"),
    Parameter(50.0, "ms", "Hodges1996", "assumed", "trunk onset against deltoid; recalled"),
)
ARM_RAISE_ONSETS = {
    "transversus": Parameter(-30.0, "ms", THIS_WORK, "assumed", "before the deltoid"),
    "transversus_late": Parameter(60.0, "ms", THIS_WORK, "assumed", "late: outside the window"),
    "superficial": Parameter(0.0, "ms", THIS_WORK, "assumed", "with the deltoid"),
}


def arm_raise(
    base: ArrayLike, groups: Sequence[str], *, late: bool = False, amplitude: float = 0.1,
    event: float = 0.0,
) -> Anticipation:  # fmt: skip
    """Anticipation of a rapid arm movement for muscles of groups "transversus", "superficial".

    `late` moves the onset of transversus after the window of feedforward. All onsets and the
    amplitude are assumed.
    """
    onsets = {
        "transversus": ARM_RAISE_ONSETS["transversus_late" if late else "transversus"].si,
        "superficial": ARM_RAISE_ONSETS["superficial"].si,
    }
    present = {group: onset for group, onset in onsets.items() if group in groups}
    if not present:
        raise ParameterError(
            f"Expected a muscle in one of the groups {sorted(onsets)}, got the groups "
            f"{sorted(set(groups))}; name the group of each muscle."
        )
    return Anticipation(
        base=base, groups=tuple(groups), onset=present,
        amplitude=dict.fromkeys(present, amplitude), event=event,
    )  # fmt: skip
