"""Creep of the flexed back, its recovery, and its effect on reflexes and passive stiffness.

    d c_i / dt = D (s_i c_max - c_i) / T_load - (1 - D) c_i / T_i,    creep = c_fast + c_slow

D in [0, 1] is the load (1 in full flexion). Under load creep follows one exponential; without load
it recovers with two, of fractions s_fast and s_slow. Studies contradict each other on whether
reflexes decrease or increase after creep, so the sign has no default.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange
from panjabi.literature import row
from panjabi.neural.evidence import flexion_time_range
from panjabi.neural.loops import ReflexLoop, delayed_by, scaled
from panjabi.parameter import THIS_WORK, Parameter, ParameterSet
from panjabi.tissue._base import require

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Creep:
    """Creep of the flexion angle; state (2,) is its fast and its slow part [rad]."""

    largest: float  # c_max [rad]
    load_time: float  # T_load [s]
    fast_time: float  # T_fast of recovery [s]
    slow_time: float  # T_slow of recovery [s]
    fast_share: float = 0.5  # [1], assumed
    parameters: ParameterSet | None = None

    def __post_init__(self) -> None:
        for name in ("load_time", "fast_time", "slow_time"):
            require("Creep", name, getattr(self, name), unit="s", above=0.0,
                    advice="Give a time constant.")  # fmt: skip
        require("Creep", "largest", self.largest, unit="rad", at_least=0.0,
                advice="Give the angle that creep tends to.")  # fmt: skip
        require("Creep", "fast_share", self.fast_share, unit="1", at_least=0.0, at_most=1.0,
                advice="Give the fraction that recovers fast.")  # fmt: skip

    @property
    def evidence(self) -> Mapping[str, EvidenceRange]:
        """Range of the time in flexion [s]."""
        return {"duration": flexion_time_range()}

    def outside_evidence(self, schedule: Iterable[tuple[float, float]]) -> tuple[str, ...]:
        """Description of the longest time under load in a schedule that left the tests, or ().

        schedule : (load, duration [s]) in turn, as in `history`.
        """
        longest = time = 0.0
        for load, duration in schedule:
            time = time + duration if load > 0.0 else 0.0
            longest = max(longest, time)
        return self.evidence["duration"].outside(longest, ["creep"])

    def after(self, state: Array, load: float, duration: float) -> Array:
        """State after a constant load for a duration [s], exact."""
        require("Creep", "load", load, unit="1", at_least=0.0, at_most=1.0,
                advice="0 is no load and 1 full flexion.")  # fmt: skip
        require("Creep", "duration", duration, unit="s", at_least=0.0,
                advice="Give the duration of the load.")  # fmt: skip
        fractions = np.array([self.fast_share, 1.0 - self.fast_share])
        times = np.array([self.fast_time, self.slow_time])
        speed = load / self.load_time + (1.0 - load) / times
        end = load * fractions * self.largest / self.load_time / speed
        return end + (np.asarray(state, dtype=np.float64) - end) * np.exp(-duration * speed)

    def history(self, schedule: Iterable[tuple[float, float]]) -> tuple[Array, Array]:
        """(times [s], creep [rad]) at the start and after each (load, duration [s]) in turn."""
        state, time = np.zeros(2), 0.0
        times, creep = [0.0], [0.0]
        for load, duration in schedule:
            state = self.after(state, load, duration)
            time += duration
            times.append(time)
            creep.append(float(state.sum()))
        return np.array(times), np.array(creep)

    def work_rest(self, work: float, rest: float, duration: float) -> float:
        """Creep [rad] at the end of the last full flexion that ends by `duration` [s].

        Full flexion for `work` [s], then upright for `rest` [s], and so on.
        """
        for name, value in (("work", work), ("duration", duration)):
            require("work_rest", name, value, unit="s", above=0.0, advice="Give a time.")
        require("work_rest", "rest", rest, unit="s", at_least=0.0, advice="Give a time.")
        bouts = math.floor((duration + rest) / (work + rest) + 1e-9)
        if bouts < 1:
            raise ParameterError(
                f"Expected a duration of at least one bout of {work:g} s, got {duration:g} s; "
                "give a longer duration."
            )
        schedule = [(1.0, work), (0.0, rest)] * bouts
        return float(self.history(schedule[:-1])[1][-1])


def mcgill_brown_1992(*, slow_time: float = 3600.0) -> Creep:
    """Creep of full flexion from three published values, all calibration.

    Time constant 9.4 min; 5.5 deg in 20 min give the largest creep; half recovery in 2 min gives
    the fast time constant, with equal fractions and the slow time constant [s], both assumed.
    """
    load_time, gained, half = (row(id).parameter(unit=unit) for id, unit in
                               (("N144", "min"), ("N145", "deg"), ("N146", "%")))  # fmt: skip
    largest = gained.si / -math.expm1(-20.0 * 60.0 / load_time.si)
    require("mcgill_brown_1992", "slow_time", slow_time, unit="s", above=0.0,
            advice="Give the time constant of slow recovery.")  # fmt: skip
    left_slow = math.exp(-120.0 / slow_time)
    left_fast = 2.0 * (1.0 - half.si) - left_slow
    if not 0.0 < left_fast < left_slow:
        raise ParameterError(
            "Expected slow_time longer than the fast time constant that half recovery in 120 s "
            f"requires, got {slow_time:g} s; give 5 min or more."
        )
    fast_time = -120.0 / math.log(left_fast)
    parameters = {
        "load_time": load_time,
        "gained_in_20_min": gained,
        "recovered_in_2_min": half,
        "largest": Parameter(math.degrees(largest), "deg", THIS_WORK, "derived", "from 5.5 deg"),
        "fast_time": Parameter(fast_time, "s", THIS_WORK, "derived", "from half in 2 min"),
        "slow_time": Parameter(slow_time, "s", THIS_WORK, "assumed", "not complete in 30 min"),
        "fast_share": Parameter(0.5, "1", THIS_WORK, "assumed", "equal shares"),
    }
    return Creep(
        largest=largest, load_time=load_time.si, fast_time=fast_time, slow_time=slow_time,
        parameters=ParameterSet(parameters),
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class CreepEffect:
    """Effect of full creep: reflex gains times 1 + sign * reflex, stiffness times 1 - softening."""

    sign: int  # of the reflex change: -1 decrease, +1 increase; the literature has both
    reflex: float = 0.3  # change of gain at the largest creep [1], assumed
    softening: float = 0.3  # loss of passive stiffness at the largest creep [1], assumed
    delay: float = 0.0  # added to stretch loops at the largest creep [s]

    def __post_init__(self) -> None:
        if self.sign not in (-1, 1):
            raise ParameterError(
                "Expected the sign of the reflex change as -1 (gains fall after creep) or 1 "
                f"(gains rise), got {self.sign!r}; published studies contradict each other, so "
                "run both."
            )
        for name in ("reflex", "softening"):
            require("CreepEffect", name, getattr(self, name), unit="1", at_least=0.0, at_most=1.0,
                    advice="Give the size of the change; `sign` is its direction.")  # fmt: skip
        require("CreepEffect", "delay", self.delay, unit="s", at_least=0.0,
                advice="0.036 s is the published change of latency as recalled.")  # fmt: skip

    def gain_factor(self, share: float) -> float:
        """Factor on reflex gains at creep / largest creep."""
        return 1.0 + self.sign * self.reflex * _fraction(share)

    def stiffness_factor(self, share: float) -> float:
        """Factor on passive stiffness at creep / largest creep."""
        return 1.0 - self.softening * _fraction(share)

    def crept(self, reflexes: Iterable[ReflexLoop], share: float) -> tuple[ReflexLoop, ...]:
        """Loops at creep / largest creep; vestibular loops stay as they are."""
        loops = tuple(reflexes)
        names = [loop.name for loop in loops if loop.kind != "vestibular"]
        changed = scaled(loops, self.gain_factor(share), names=names)
        return delayed_by(changed, self.delay * _fraction(share), names=names)


def _fraction(share: float) -> float:
    require("CreepEffect", "share", share, unit="1", at_least=0.0, at_most=1.0,
            advice="Give creep over its largest value.")  # fmt: skip
    return share
