"""The neutral zone by four named estimators; they differ, so each result says which it is.

residual             Panjabi: the angle that remains at zero load after a wait, in the last cycle
stiffness_threshold  where the tangent of the loading curve is below a threshold
inflexion            Smit: between the inflexions of compliance of a fitted double sigmoid
zero_load_gap        between the two branches of the loop at zero load

All are one-sided: half of the width between the two ends, as Panjabi's values are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi.errors import PanjabiError, ParameterError, unknown
from panjabi.parameter import Parameter, sources
from panjabi.passive.directions import AXES, DIRECTIONS, axis_index
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.protocol import Protocol, Recording, cyclic_test, laboratory_test
from panjabi.passive.sigmoid import DoubleSigmoid, fit_double_sigmoid
from panjabi.results import Result, ShortRepr, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Array = NDArray[np.float64]

INSIDE = 0.95  # of the measured angles to either side: inflexions beyond are only the ends

_DEG = 180.0 / np.pi
NOTHING = 1e-9  # rad: rounding of a zone without width

LEAST_SIDE = 0.1  # smallest load to one side, fraction of that to the other, assumed

SOFTER = 1e-3  # smallest relative difference of the least tangent to that of the ends

ESTIMATORS = ("residual", "stiffness_threshold", "inflexion", "zero_load_gap")


@dataclass(frozen=True)
class NeutralZone:
    """An estimate: its ends [rad] with the sign of the axis, and its method."""

    estimator: str
    lower: float
    upper: float
    detail: str = ""
    interval: tuple[float, float] | None = None  # 95 % interval of the half-width [rad], if known

    def __post_init__(self) -> None:
        if self.upper < self.lower - NOTHING:
            raise ParameterError(
                f"Expected a neutral zone ({self.estimator}) with its upper end above its lower "
                f"end, got {self.lower:.4g} to {self.upper:.4g} rad; check whether the record is "
                "in reverse order or the columns of moment and angle are exchanged."
            )

    @property
    def full_width(self) -> float:
        """Neutral zone from end to end [rad]."""
        return self.upper - self.lower

    @property
    def half_width(self) -> float:
        """One-sided neutral zone [rad]."""
        return 0.5 * (self.upper - self.lower)


@dataclass(frozen=True)
class Residual:
    """Results of the stepped protocol in the last cycle; angles [rad]."""

    lower: float  # remains after the load in the negative direction
    upper: float
    end_minus: float  # at the end of the hold at full load
    end_plus: float

    @property
    def half_width(self) -> float:
        """Residual neutral zone, one-sided."""
        return 0.5 * (self.upper - self.lower)

    @property
    def neutral(self) -> float:
        """Neutral position: the middle of the residual positions."""
        return 0.5 * (self.upper + self.lower)

    @property
    def range_minus(self) -> float:
        """Range of motion from the neutral position, negative direction, as a positive angle."""
        return self.neutral - self.end_minus

    @property
    def range_plus(self) -> float:
        """Range of motion from the neutral position, positive direction."""
        return self.end_plus - self.neutral


def residual_positions(recording: Recording, cycles: int) -> Residual:
    """Residual and end positions in the last cycle of a stepped recording."""
    last = recording.cycle(cycles)
    angle, place = recording.angle[last], recording.place[last]
    positions = [float(angle[place == mark][-1]) for mark in (-2, 2, -1, 1)]
    return Residual(*positions)


@dataclass(frozen=True, repr=False)
class HysteresisLoop(ShortRepr):
    """Moment [N m] and angle [rad] along the last rising and the last falling branch.

    One of the branches may be missing (empty).
    """

    rising: tuple[Array, Array]
    falling: tuple[Array, Array]

    @property
    def branches(self) -> list[tuple[Array, Array]]:
        return [b for b in (self.rising, self.falling) if b[0].size]


def split_loop(moment: Array, angle: Array) -> HysteresisLoop:
    """The last rising and the last falling branch of a record of cycles.

    Turning points are the extremes of each stretch beyond half of the largest moment, so that noise
    near zero does not count.

    Raises
    ------
    ParameterError
        If the record loads to one side only, or has no path from one side to the other.
    """
    top, bottom = 0.5 * moment.max(), 0.5 * moment.min()
    if not min(top, -bottom) > LEAST_SIDE * max(top, -bottom):
        raise ParameterError(
            f"Expected a record that loads to both sides, got moments from {moment.min():g} to "
            f"{moment.max():g} N m; record both sides, since a neutral zone has two ends."
        )
    turns: list[tuple[int, int]] = []  # (index, side)
    for side, beyond in ((1, moment > top), (-1, moment < bottom)):
        edges = np.flatnonzero(np.diff(np.concatenate(([False], beyond, [False])).astype(int)))
        for first, after in edges.reshape(-1, 2):
            stretch = side * moment[first:after]
            turns.append((int(first + np.argmax(stretch)), side))
    turns.sort()
    none = np.empty(0), np.empty(0)
    rising, falling = none, none
    for (start, side), (end, other) in pairwise(turns):
        part = moment[start : end + 1], angle[start : end + 1]
        if side < other:
            rising = part
        elif side > other:
            falling = part
    if not (rising[0].size or falling[0].size):
        raise ParameterError(
            "Expected a path from a load on one side to a load on the other, got a record without; "
            "give the samples in the order of measurement."
        )
    return HysteresisLoop(rising, falling)


def zero_load_gap(loop: HysteresisLoop) -> NeutralZone:
    """Half the distance between rising and falling branch where the moment is zero."""
    if len(loop.branches) < 2:
        raise ParameterError(
            "Expected both branches of a loop for a zero-load gap, got one; record loading and "
            "unloading."
        )
    up, down = (float(_at_moment(m, x, 0.0)) for m, x in (loop.rising, loop.falling))
    return NeutralZone("zero_load_gap", up, down, "between the branches of the loop")


def gap_and_range(
    units: Iterable[FunctionalSpinalUnit], axis: int | str, moment: float
) -> tuple[float, float]:
    """Zero-load gap and range of motion [rad] of units in series in continuous cycles.

    Both are full widths, summed over the units: each unit carries the whole pure moment.
    """
    gap = reach = 0.0
    for unit in units:
        test = cyclic_test(unit, axis, moment=moment)
        gap += 2.0 * zero_load_gap(split_loop(test.moment, test.angle)).half_width
        reach += float(np.ptp(test.angle[test.cycle(3)]))
    return gap, reach


def slope_in_motion(loop: HysteresisLoop) -> float:
    """Slope of the loop over one degree about zero load [N m/rad], mean of the branches.

    A laboratory measures this slope across the neutral zone of a moving unit. It is the relaxed
    stiffness plus the contribution of the hysteresis at that speed.
    """
    half = 0.5 * np.pi / 180.0
    slopes = []
    for moment, angle in loop.branches:
        middle = _at_moment(moment, angle, 0.0)
        order = np.argsort(angle, kind="stable")
        low, high = np.interp([middle - half, middle + half], angle[order], moment[order])
        slopes.append((high - low) / (2.0 * half))
    return float(np.mean(slopes))


def stiffness_threshold(loop: HysteresisLoop, threshold: float | None = None) -> NeutralZone:
    """Neutral zone where the tangent is below a threshold [N m/rad], mean of the branches.

    The default threshold is the mean of the smallest tangent and that of the softer end.
    """
    ends = [_below_threshold(m, x, threshold) for m, x in loop.branches]
    lower, upper, used = np.mean(ends, axis=0)
    detail = f"tangent below {used * np.pi / 180.0:.4g} N m/deg"
    return NeutralZone("stiffness_threshold", float(lower), float(upper), detail)


def inflexion(loop: HysteresisLoop) -> NeutralZone:
    """Neutral zone between the inflexions of compliance of a double sigmoid, mean of branches."""
    return inflexion_of([fit_double_sigmoid(m, x) for m, x in loop.branches])


def inflexion_of(fits: list[DoubleSigmoid]) -> NeutralZone:
    """The same from fitted sigmoids, with their confidence interval."""
    lower, upper = np.mean([f.inflexions() for f in fits], axis=0)
    ends = np.mean([f.angle(f.reach) for f in fits], axis=0)
    if lower < INSIDE * ends[0] or upper > INSIDE * ends[1]:
        raise ParameterError(
            "Expected two inflexions of compliance inside the measured range, got fewer: the curve "
            "does not soften about neutral. Use another estimator."
        )
    spread = float(np.sqrt(sum(f.half_width_sd() ** 2 for f in fits))) / len(fits)
    half = 0.5 * float(upper - lower)
    worst = min(f.r_squared for f in fits)
    return NeutralZone(
        "inflexion", float(lower), float(upper), f"double sigmoid, least r2 {worst:.4f}",
        (half - 1.96 * spread, half + 1.96 * spread) if np.isfinite(spread) else None,
    )  # fmt: skip


WAITS = (5.0, 30.0, 120.0, 600.0, 3600.0)
"""Waits at zero load for the curve of the residual zone [s]."""

LEAST_KEPT = 0.5
"""Least part of the residual zone after 30 s that should remain after 10 min: our own choice.

No published value is known.
"""


@dataclass(frozen=True, repr=False)
class WaitCurve(Result):
    """Residual neutral zone, one-sided, against the wait at zero load."""

    wait: tuple[float, ...]  # [s]
    half_width: tuple[float, ...]  # [rad]

    def kept(self, late: float = 600.0, early: float = 30.0) -> float:
        """Zone after the late wait over that after the early one [1], interpolated in log time.

        Raises
        ------
        ParameterError
            For waits outside those of the curve.
        """
        if not all(min(self.wait) <= t <= max(self.wait) for t in (late, early)):
            raise ParameterError(
                f"Expected waits from {min(self.wait):g} to {max(self.wait):g} s, those of the "
                f"curve, got {early:g} and {late:g} s; compute the curve with longer or shorter "
                "waits."
            )
        zones = np.interp(np.log([late, early]), np.log(self.wait), self.half_width)
        return float(zones[0] / zones[1])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        return {
            "wait_s": list(self.wait),
            "half_width_deg": np.degrees(self.half_width).tolist(),
            "kept_after_10_min": (
                self.kept() if self.wait[0] <= 30.0 and self.wait[-1] >= 600.0 else None
            ),
            "least_kept_by_own_choice": LEAST_KEPT,
        }


@dataclass(frozen=True, repr=False)
class NeutralZoneTest(Result):
    """All four estimates on an axis of a unit, with the test behind them."""

    unit: FunctionalSpinalUnit = field(repr=False)
    axis: int
    moment: float  # largest of the test [N m]
    zones: dict[str, NeutralZone]
    residual: Residual
    protocol: Protocol
    stepped: Recording = field(repr=False)
    continuous: Recording = field(repr=False)
    missing: dict[str, str]  # estimator -> reason for a missing value
    parameters: dict[str, Parameter] = field(repr=False)

    @property
    def stiffness_at_neutral(self) -> float:
        """Relaxed tangent at neutral [N m/rad]."""
        return self.unit.stiffness_at_neutral(self.axis)

    @property
    def slope_in_motion(self) -> float:
        """Slope of the continuous loop at zero load [N m/rad]; see `slope_in_motion`."""
        loop = split_loop(self.continuous.moment, self.continuous.angle)
        return slope_in_motion(loop)

    def against_wait(self, waits: Iterable[float] = WAITS) -> WaitCurve:
        """Residual zone for several waits at zero load [s], all else as in this test.

        waits : in any order; the curve has them in rising order.

        Raises
        ------
        ParameterError
            Without a wait, or for a wait that is not above 0 s.
        """
        times = tuple(sorted({float(w) for w in waits}))
        if not (times and all(0.0 < w < np.inf for w in times)):
            raise ParameterError(
                f"Expected one or more waits above 0 s, got {times}; give for example {WAITS}."
            )
        zones = []
        for wait in times:
            plan = replace(self.protocol, wait=wait)
            recording = laboratory_test(self.unit, self.axis, plan, moment=self.moment)
            zones.append(residual_positions(recording, plan.cycles).half_width)
        return WaitCurve(times, tuple(zones))

    @property
    def outside_evidence(self) -> tuple[str, ...]:
        """Descriptions of loads of the test that are outside the published tests; () for none."""
        ends = (self.stepped.angle.min(), self.stepped.angle.max())
        loads = [self.unit.outside_evidence(np.eye(3)[self.axis] * end) for end in ends]
        return tuple(dict.fromkeys(words for load in loads for words in load))

    def range_by_direction(self) -> dict[str, float]:
        """Range of motion from the neutral position in both directions of the axis [rad]."""
        ends = {-1: self.residual.range_minus, 1: self.residual.range_plus}
        return {name: ends[side] for name, (axis, side) in DIRECTIONS.items() if axis == self.axis}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; neutral zones are half-widths."""
        unit = self.unit
        at_once = float(unit.instantaneous_tangent([0.0, 0.0, 0.0])[self.axis, self.axis])
        return {
            "level": unit.level,
            "source": unit.source,
            "axis": AXES[self.axis],
            "changes": list(unit.changes),
            "preload_N": unit.preload,
            "moment_Nm": self.moment,
            "neutral_zone_half_width_deg": half_widths_deg(self.zones),
            "neutral_zone_full_width_deg": full_widths_deg(self.zones),
            "neutral_zone_missing": dict(self.missing),
            "range_by_direction_deg": {d: r * _DEG for d, r in self.range_by_direction().items()},
            "stiffness_neutral_Nm_per_deg": self.stiffness_at_neutral / _DEG,
            "stiffness_neutral_in_motion_Nm_per_deg": self.slope_in_motion / _DEG,
            "stiffness_neutral_at_once_Nm_per_deg": at_once / _DEG,
            "structures": [s.name for s in unit.structures],
            "outside_evidence": list(self.outside_evidence),
            "residual_against_wait": self.against_wait().to_dict(),
            "parameters_by_status": sources(self).counts,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each estimator, see `zone_table`."""
        return zone_table(self.zones, self.missing)


def half_widths_deg(zones: dict[str, NeutralZone]) -> dict[str, float | None]:
    """Half-width by every estimator [deg]; None if missing."""
    return {n: zones[n].half_width * _DEG if n in zones else None for n in ESTIMATORS}


def full_widths_deg(zones: dict[str, NeutralZone]) -> dict[str, float | None]:
    """Full width by every estimator [deg]; None if missing."""
    return {
        name: float(np.degrees(zones[name].full_width)) if name in zones else None
        for name in ESTIMATORS
    }


def zone_table(zones: dict[str, NeutralZone], missing: dict[str, str]) -> pandas.DataFrame:
    """Both ends and the half-width of the neutral zone by every estimator [deg]."""
    none = NeutralZone("none", np.nan, np.nan)
    rows = [zones.get(name, none) for name in ESTIMATORS]
    columns = {
        "estimator": ESTIMATORS,
        "lower_deg": [z.lower * _DEG for z in rows],
        "upper_deg": [z.upper * _DEG for z in rows],
        "half_width_deg": [z.half_width * _DEG for z in rows],
        "detail": [missing.get(n) or z.detail for n, z in zip(ESTIMATORS, rows, strict=True)],
    }
    return frame(columns, "estimator")


def neutral_zone_test(
    unit: FunctionalSpinalUnit,
    axis: int | str,
    *,
    protocol: Protocol | None = None,
    moment: float | None = None,
    estimators: tuple[str, ...] = ESTIMATORS,
) -> NeutralZoneTest:
    """Estimates from a laboratory test on an axis: stepped protocol, then continuous cycles.

    The residual comes from the stepped protocol, the others from the last continuous cycle.
    """
    for name in estimators:
        if name not in ESTIMATORS:
            raise unknown("estimator of the neutral zone", name, ESTIMATORS)
    number = axis_index(axis)
    plan = protocol or Protocol()
    stepped = laboratory_test(unit, number, plan, moment=moment)
    positions = residual_positions(stepped, plan.cycles)
    continuous = cyclic_test(unit, number, moment=moment)
    loop = split_loop(continuous.moment, continuous.angle)
    residual = NeutralZone(
        "residual", positions.lower, positions.upper,
        f"cycle {plan.cycles}, {plan.wait:g} s after unloading",
    )  # fmt: skip
    ways: dict[str, Callable[[], NeutralZone]] = {
        "residual": lambda: residual,
        "stiffness_threshold": lambda: stiffness_threshold(loop),
        "inflexion": lambda: inflexion(loop),
        "zero_load_gap": lambda: zero_load_gap(loop),
    }
    zones, missing = estimate(ways, estimators)
    known = {**dict(unit.parameters), **plan.parameters}
    largest = unit.test_moment[number] if moment is None else moment
    return NeutralZoneTest(
        unit, number, largest, zones, positions, plan, stepped, continuous, missing, known
    )


def estimate(
    ways: dict[str, Callable[[], NeutralZone]], names: tuple[str, ...]
) -> tuple[dict[str, NeutralZone], dict[str, str]]:
    """All possible estimates, and the reasons for the missing ones."""
    zones: dict[str, NeutralZone] = {}
    missing: dict[str, str] = {}
    for name in names:
        try:
            zones[name] = ways[name]()
        except PanjabiError as error:
            missing[name] = str(error)
    return zones, missing


def _at_moment(moment: Array, angle: Array, value: float) -> float:
    order = np.argsort(moment, kind="stable")
    return float(np.interp(value, moment[order], angle[order]))


def _below_threshold(
    moment: Array, angle: Array, threshold: float | None
) -> tuple[float, float, float]:
    """Ends of the soft part of a branch, and the threshold."""
    from scipy.signal import savgol_filter

    if moment.size < 12:
        raise ParameterError(
            f"Expected a branch of 12 or more samples for a tangent, got {moment.size}; record "
            "more densely."
        )
    order = np.argsort(angle, kind="stable")
    grid = np.linspace(angle.min(), angle.max(), 401)
    values = np.interp(grid, angle[order], moment[order])
    step = grid[1] - grid[0]
    tangent = np.asarray(savgol_filter(values, 41, 2, deriv=1, delta=float(step)))
    least = int(np.argmin(tangent[20:-20])) + 20
    if threshold is None:
        end = min(float(tangent[5:25].mean()), float(tangent[-25:-5].mean()))
        if not tangent[least] < (1.0 - SOFTER) * end:
            raise ParameterError(
                "Expected a tangent that is smaller in the middle than at the ends, got a curve "
                "that does not soften about neutral. Use another estimator."
            )
        threshold = 0.5 * (float(tangent[least]) + end)
        if not threshold > 0.0:
            raise ParameterError(
                "Expected a tangent above zero, got a negative threshold of "
                f"{threshold * np.pi / 180.0:.4g} N m/deg between its least value and the softer "
                "end: the record is too noisy. Smooth it, or use another estimator."
            )
    if not tangent[least] < threshold:
        raise ParameterError(
            f"Expected a tangent below the threshold of {threshold * np.pi / 180.0:.4g} N m/deg, "
            "got a larger tangent everywhere. Give a larger threshold."
        )
    high = np.flatnonzero(tangent >= threshold)
    below, above = high[high < least], high[high > least]
    if not (below.size and above.size):
        raise ParameterError(
            f"Expected a tangent that exceeds the threshold of {threshold * np.pi / 180.0:.4g} "
            "N m/deg on both sides of the neutral zone, got a smaller tangent up to the end of the "
            "record. Give a smaller threshold, or load further."
        )
    return float(grid[below[-1]]), float(grid[above[0]]), float(threshold)
