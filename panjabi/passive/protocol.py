"""Loading protocols of the laboratory, simulated on one axis of a unit.

A moment is applied to the unit, as in the flexibility method of Panjabi: cycles to both sides, in
steps of load with a hold, and a wait at zero load. The angle follows from

    M_el(x) + sum_j k_j y_j + c dx/dt = M(t)
    dy_j/dt = dx/dt - (y_j / T_j) |y_j / Y_j|^(m_j - 1)

solved step by step: exact for the branches (m = 1) while x is linear in time, by the implicit Euler
rule for friction and damping.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit
from numpy.typing import NDArray

from panjabi.errors import ConvergenceError, ParameterError
from panjabi.parameter import Parameter
from panjabi.passive import kernels
from panjabi.passive.directions import axis_index
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.results import ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Array = NDArray[np.float64]
_HOLD_STEPS = 8
_RAMP_STEPS = 3
LEAST = 1e-3  # smallest moment of a test [N m], assumed: resolution of a load cell


@dataclass(frozen=True)
class Protocol:
    """Load cycles in steps with holds and sudden unloading; the times (30, 5, 30 s) are assumed."""

    cycles: int = 3
    steps: int = 5  # to the full moment
    hold: float = 30.0  # at each step [s]
    ramp: float = 5.0  # from step to step [s]
    wait: float = 30.0  # at zero load, after each half cycle [s]

    def __post_init__(self) -> None:
        counts, times = (self.cycles, self.steps), (self.hold, self.ramp, self.wait)
        whole = all(isinstance(n, int) and n >= 1 for n in counts)
        if not (whole and all(0.0 <= t < math.inf for t in times) and self.ramp > 0.0):
            raise ParameterError(
                "Expected a protocol with whole counts from 1, finite times from 0 and a ramp "
                f"above 0, got {self.cycles} cycles, {self.steps} steps, hold {self.hold:g} s, "
                f"ramp {self.ramp:g} s, wait {self.wait:g} s; start from Protocol()."
            )

    @property
    def parameters(self) -> dict[str, Parameter]:
        """The times of the protocol, on which a residual depends."""
        times = (("hold", self.hold), ("ramp", self.ramp), ("wait", self.wait))
        return {f"protocol_{n}": Parameter(t, "s", "ThisWork", "assumed") for n, t in times}

    def schedule(self, moment: float) -> tuple[Array, Array, NDArray[np.int64]]:
        """Time step [s], moment [N m] and mark of every step, for a largest moment [N m].

        The mark is +1 or -1 at the end of the hold at full moment, +2 or -2 at the end of the wait
        after it, else 0.
        """
        ramp = np.full(_RAMP_STEPS, self.ramp / _RAMP_STEPS)
        growing = np.geomspace(1.0, 60.0, _HOLD_STEPS)
        growing /= growing.sum()
        steps: list[Array] = []
        loads: list[Array] = []
        marks: list[int] = []
        present = 0.0
        for _ in range(self.cycles):
            for sign in (1, -1):
                up = sign * moment * np.arange(1, self.steps + 1) / self.steps
                for load in (*up, 0.0):
                    still = self.wait if load == 0.0 else self.hold
                    steps += [ramp, growing * still] if still else [ramp]
                    loads += [np.linspace(present, load, _RAMP_STEPS + 1)[1:]]
                    loads += [np.full(_HOLD_STEPS, load)] if still else []
                    last = sign if load == sign * moment else 2 * sign if load == 0.0 else 0
                    count = _RAMP_STEPS + (_HOLD_STEPS if still else 0)
                    marks += [0] * (count - 1) + [last]
                    present = load
        return np.concatenate(steps), np.concatenate(loads), np.array(marks, dtype=np.int64)


@dataclass(frozen=True, repr=False)
class Recording(ShortRepr):
    """Time [s], moment [N m] and angle [rad] of a test that starts at rest; arrays (steps,)."""

    time: Array
    moment: Array
    angle: Array
    place: NDArray[np.int64]  # as in `Protocol.schedule`
    work_of_load: float  # done by the moment, from the start to the end [J]

    def cycle(self, cycles: int) -> slice:
        """The samples of the last of some equal cycles, and the sample before them."""
        size = self.time.size // cycles
        return slice(self.time.size - size - 1, self.time.size)

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each sample; `read_measurement` reads a file of this table."""
        angle = np.degrees(self.angle)
        return frame({"time_s": self.time, "moment_Nm": self.moment, "angle_deg": angle})


@njit(cache=True, nogil=True)
def slide(start, h, time, size, power):
    """Stretch y with y + h relaxation(y) = start after a step h, and d y / d start.

    `start` is the stretch before the step plus the motion in it. Newton's method begins above the
    solution, where the function is convex, so it falls to the solution without overshoot.
    """
    if start == 0.0:
        return 0.0, 1.0
    target = abs(start)
    y = min(target, size * (target * time / (h * size)) ** (1.0 / (power + 1.0)))
    for _ in range(100):
        rate, slope = kernels.relaxation(y, time, size, power)
        gap = y + h * rate - target
        change = gap / (1.0 + h * slope)
        y -= change
        if abs(change) <= 1e-15 * target:
            break
    _, slope = kernels.relaxation(y, time, size, power)
    return math.copysign(y, start), 1.0 / (1.0 + h * slope)


@njit(cache=True, nogil=True)
def springs_after(change, h, stretch, stiffness, times, sizes, powers, after):
    """Moment of the springs [N m] after a motion in a step, and its slope; `after` in place."""
    moment = 0.0
    slope = 0.0
    for j in range(times.size):
        if powers[j] == 0.0:
            a = h / times[j]
            gain = -np.expm1(-a) / a
            after[j] = stretch[j] * np.exp(-a) + change * gain
        else:
            after[j], gain = slide(stretch[j] + change, h, times[j], sizes[j], powers[j])
        moment += stiffness[j] * after[j]
        slope += stiffness[j] * gain
    return moment, slope


@njit(cache=True, nogil=True)
def play(kinds, rows, axis, stiffness, times, sizes, powers, damping, step, load, angle):
    """Angle after every step, in place; returns the work of the load [J], NaN if a step fails.

    stiffness, times, sizes, powers (states,) as in `Hysteresis.springs` and `decay`; step, load,
    angle (steps,). Starts at rest at zero.
    """
    stretch = np.zeros(times.size)
    after = np.zeros(times.size)
    x = 0.0
    before = 0.0
    work = 0.0
    for i in range(step.size):
        h = step[i]
        old = x
        target = load[i]
        spring, slope = springs_after(0.0, h, stretch, stiffness, times, sizes, powers, after)
        _, moment, tangent = kernels.evaluate_axis(kinds, rows, axis, x)
        size = abs(target) + abs(spring) + 1e-3
        miss = moment + spring - target
        done = False
        for _ in range(60):
            if abs(miss) <= 1e-12 * size:
                done = True
                break
            change = -miss / (tangent + slope + damping / h)
            for _ in range(30):
                new = x + change
                _, moment, tangent = kernels.evaluate_axis(kinds, rows, axis, new)
                spring, slope = springs_after(
                    new - old, h, stretch, stiffness, times, sizes, powers, after
                )
                left = moment + spring + damping / h * (new - old) - target
                if abs(left) < abs(miss):
                    break
                change *= 0.5
            if abs(left) >= abs(miss):  # only rounding is left
                done = abs(miss) <= 1e-9 * size
                break
            x = new
            miss = left
        if not done:
            return np.nan
        springs_after(x - old, h, stretch, stiffness, times, sizes, powers, after)
        stretch[:] = after
        work += 0.5 * (load[i] + before) * (x - old)
        before = load[i]
        angle[i] = x
    return work


def run(
    unit: FunctionalSpinalUnit,
    axis: int | str,
    step: Array,
    load: Array,
    place: NDArray[np.int64] | None = None,
) -> Recording:
    """Recording of any load history on an axis: time steps [s], and the moment [N m] after each.

    Raises
    ------
    ParameterError
        If the axis has lost all stiffness at neutral.
    ConvergenceError
        If a step does not converge.
    """
    number = axis_index(axis)
    if not unit.stiffness_at_neutral(number) > 0.0:
        raise ParameterError(
            f"Expected a unit with stiffness at neutral about axis {number}, got {unit}; leave a "
            "structure intact, or apply a preload."
        )
    angle = np.empty(step.size)
    time, size, power = (part[number].copy() for part in unit.hysteresis.decay)
    work = play(
        unit.kinds, unit.rows, number, unit.branch_stiffness[number].copy(), time, size, power,
        unit.hysteresis.damping[number], np.ascontiguousarray(step), np.ascontiguousarray(load),
        angle,
    )  # fmt: skip
    if not np.isfinite(work):
        raise ConvergenceError(
            f"Expected converged load steps about axis {number}, got a failing step of {unit}; "
            "give shorter time steps."
        )
    marks = np.zeros(step.size, dtype=np.int64) if place is None else place
    return Recording(np.cumsum(step), load, angle, marks, float(work))


def laboratory_test(
    unit: FunctionalSpinalUnit,
    axis: int | str,
    protocol: Protocol | None = None,
    *,
    moment: float | None = None,
) -> Recording:
    """Recording of the stepped protocol on an axis; default: up to the test moment of the unit."""
    number = axis_index(axis)
    largest = _largest(unit, number, moment)
    return run(unit, number, *(protocol or Protocol()).schedule(largest))


def cyclic_test(
    unit: FunctionalSpinalUnit,
    axis: int | str,
    *,
    moment: float | None = None,
    period: float = 60.0,  # [s], assumed
    cycles: int = 3,
    samples: int = 400,
) -> Recording:
    """Recording of cycles at constant moment rate: zero, +M, -M, zero. Samples are per cycle."""
    number = axis_index(axis)
    largest = _largest(unit, number, moment)
    phase = np.arange(1, samples * cycles + 1) / samples
    triangle = 2.0 * np.abs(2.0 * ((phase + 0.25) % 1.0) - 1.0) - 1.0
    step = np.full(phase.size, period / samples)
    return run(unit, number, step, -largest * triangle)


@njit(cache=True, nogil=True)
def drive(kinds, rows, axis, stiffness, times, sizes, powers, damping, h, change, moment):
    """Moment after every step of `change` [rad] in h [s], in place (steps,); starts at rest."""
    stretch = np.zeros(times.size)
    after = np.zeros(times.size)
    for i in range(moment.size):
        spring, _ = springs_after(change, h, stretch, stiffness, times, sizes, powers, after)
        stretch[:] = after
        elastic = kernels.evaluate_axis(kinds, rows, axis, (i + 1) * change)[1]
        moment[i] = elastic + spring + damping * change / h


def driven_test(
    unit: FunctionalSpinalUnit,
    axis: int | str,
    *,
    rate: float,  # [rad/s], with the sign of the axis
    reach: float,  # [rad], positive
    samples: int = 400,
) -> Recording:
    """Recording of a motion from rest to an angle at a constant rate.

    Raises
    ------
    ParameterError
        For a rate of zero, a reach that is not positive, or an angle beyond failure.
    """
    number = axis_index(axis)
    if not (math.isfinite(rate) and rate != 0.0 and 0.0 < reach < math.inf):
        raise ParameterError(
            f"Expected a rate other than 0 rad/s and a reach above 0 rad, got {rate!r} and "
            f"{reach!r}; give the sign of the direction to the rate."
        )
    unit.check(np.eye(3)[number] * math.copysign(reach, rate))
    change, h = math.copysign(reach / samples, rate), reach / samples / abs(rate)
    moment = np.empty(samples)
    time, size, power = (part[number].copy() for part in unit.hysteresis.decay)
    drive(
        unit.kinds, unit.rows, number, unit.branch_stiffness[number].copy(), time, size, power,
        unit.hysteresis.damping[number], h, change, moment,
    )  # fmt: skip
    steps = np.arange(1, samples + 1, dtype=np.float64)
    angle = steps * change
    work = float(np.sum(0.5 * (moment + np.append(0.0, moment[:-1])) * change))
    return Recording(steps * h, moment, angle, np.zeros(samples, dtype=np.int64), work)


def _largest(unit: FunctionalSpinalUnit, axis: int, moment: float | None) -> float:
    largest = unit.test_moment[axis] if moment is None else moment
    if not (np.isfinite(largest) and largest >= LEAST):
        raise ParameterError(
            f"Expected a largest moment of {LEAST:g} N m or more, got {largest!r}; leave it out "
            "for the test moment of the unit."
        )
    for side in (-1.0, 1.0):
        unit.check_moment(axis, side * largest)
    return float(largest)
