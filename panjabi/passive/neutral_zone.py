"""The neutral zone by four named estimators; they differ, so each result says which it is.

residual             Panjabi: where the unit stays at zero load, after a wait, in the last cycle
stiffness_threshold  where the tangent of the loading curve is below a threshold
inflexion            Smit: between the inflexions of compliance of a fitted double sigmoid
zero_load_gap        between the two branches of the loop at zero load

All are one-sided: half of the width between the two ends, as Panjabi's values are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
from panjabi.results import Result, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports]

Array = NDArray[np.float64]

INSIDE = 0.95  # of the measured angles to either side: inflexions beyond are the ends themselves

_DEG = 180.0 / np.pi
NOTHING = 1e-9  # rad: what rounding leaves of a zone of no width

SOFTER = 1e-3  # by which the least tangent has to lie below that of the ends: above rounding

ESTIMATORS = ("residual", "stiffness_threshold", "inflexion", "zero_load_gap")


@dataclass(frozen=True)
class NeutralZone:
    """One estimate: its ends [rad] in the signs of the axis, and how it was got."""

    estimator: str
    lower: float
    upper: float
    detail: str = ""
    interval: tuple[float, float] | None = None  # 95 % of the half-width [rad], where one exists

    def __post_init__(self) -> None:
        if self.upper < self.lower - NOTHING:
            raise ParameterError(
                f"Expected a neutral zone ({self.estimator}) that ends above its beginning, got "
                f"{self.lower:.4g} to {self.upper:.4g} rad; the loop runs the wrong way or the "
                "columns of moment and angle are exchanged. Check the record."
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
    """What the stepped protocol is read for, in the last cycle; angles [rad]."""

    lower: float  # stays here after the load in the negative direction
    upper: float
    end_minus: float  # reached at the end of the hold at full load
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
    found = [float(angle[place == mark][-1]) for mark in (-2, 2, -1, 1)]
    return Residual(*found)


@dataclass(frozen=True)
class HysteresisLoop:
    """Moment [N m] and angle [rad] along the last rising and the last falling branch.

    A branch may be missing (empty); at least one is there.
    """

    rising: tuple[Array, Array]
    falling: tuple[Array, Array]

    @property
    def branches(self) -> list[tuple[Array, Array]]:
        return [b for b in (self.rising, self.falling) if b[0].size]


def split_loop(moment: Array, angle: Array) -> HysteresisLoop:
    """The last rising and the last falling branch of a record of cycles.

    Turning points are the extremes of each stretch beyond half of the largest moment, so noise
    near zero makes none.

    Raises
    ------
    ParameterError
        If the record never goes from one side to the other.
    """
    top, bottom = 0.5 * moment.max(), 0.5 * moment.min()
    if not (top > 0.0 > bottom):
        raise ParameterError(
            f"the moment runs from {moment.min():g} to {moment.max():g} N m; possible: a record "
            "that loads to both sides. A neutral zone has two ends."
        )
    turns: list[tuple[int, int]] = []  # (place, side)
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
            "the record has no branch from one side to the other; possible: at least one sweep "
            "from a load on one side to a load on the other, in the order it was measured."
        )
    return HysteresisLoop(rising, falling)


def zero_load_gap(loop: HysteresisLoop) -> NeutralZone:
    """Half the distance between rising and falling branch where the moment is zero."""
    if len(loop.branches) < 2:
        raise ParameterError("a zero-load gap needs both branches of a loop; the record has one.")
    up, down = (float(_at_moment(m, x, 0.0)) for m, x in (loop.rising, loop.falling))
    return NeutralZone("zero_load_gap", up, down, "between the branches of the loop")


def gap_and_range(
    units: Iterable[FunctionalSpinalUnit], axis: int | str, moment: float
) -> tuple[float, float]:
    """Zero-load gap and range of motion [rad] of units in series in continuous cycles.

    Both are whole widths, summed over the units: under a pure moment each carries all of it.
    """
    gap = reach = 0.0
    for one in units:
        found = cyclic_test(one, axis, moment=moment)
        gap += 2.0 * zero_load_gap(split_loop(found.moment, found.angle)).half_width
        reach += float(np.ptp(found.angle[found.cycle(3)]))
    return gap, reach


def slope_in_motion(loop: HysteresisLoop) -> float:
    """Slope of the loop over one degree about zero load [N m/rad], mean of the branches.

    What a laboratory reads across the neutral zone of a moving unit: the relaxed stiffness and
    what the hysteresis adds to it at that speed.
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
    """Where the tangent is below a threshold [N m/rad], mean of the branches.

    Without one, the threshold is halfway from the least tangent to that of the softer end.
    """
    ends = [_below_threshold(m, x, threshold) for m, x in loop.branches]
    lower, upper, used = np.mean(ends, axis=0)
    detail = f"tangent below {used * np.pi / 180.0:.4g} N m/deg"
    return NeutralZone("stiffness_threshold", float(lower), float(upper), detail)


def inflexion(loop: HysteresisLoop) -> NeutralZone:
    """Between the inflexions of compliance of a double sigmoid, mean of the branches."""
    return inflexion_of([fit_double_sigmoid(m, x) for m, x in loop.branches])


def inflexion_of(fits: list[DoubleSigmoid]) -> NeutralZone:
    """The same from sigmoids fitted already, with their confidence interval."""
    lower, upper = np.mean([f.inflexions() for f in fits], axis=0)
    ends = np.mean([f.angle(f.reach) for f in fits], axis=0)
    if lower < INSIDE * ends[0] or upper > INSIDE * ends[1]:
        raise ParameterError(
            "the compliance has no two inflexions inside the measured range; the curve does not "
            "soften about neutral, so it has no neutral zone by this estimator."
        )
    spread = float(np.sqrt(sum(f.half_width_sd() ** 2 for f in fits))) / len(fits)
    half = 0.5 * float(upper - lower)
    worst = min(f.r_squared for f in fits)
    return NeutralZone(
        "inflexion", float(lower), float(upper), f"double sigmoid, least r2 {worst:.4f}",
        (half - 1.96 * spread, half + 1.96 * spread) if np.isfinite(spread) else None,
    )  # fmt: skip


@dataclass(frozen=True, repr=False)
class NeutralZoneTest(Result):
    """All four estimates on one axis of a unit, with what they rest on."""

    unit: FunctionalSpinalUnit = field(repr=False)
    axis: int
    moment: float  # largest of the test [N m]
    zones: dict[str, NeutralZone]
    residual: Residual
    stepped: Recording = field(repr=False)
    continuous: Recording = field(repr=False)
    missing: dict[str, str]  # estimator -> why it has no value
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
            "parameters_by_status": sources(self).counts,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each estimator, see `zone_table`."""
        return zone_table(self.zones, self.missing)


def half_widths_deg(zones: dict[str, NeutralZone]) -> dict[str, float | None]:
    """Half-width by every estimator [deg]; None where there is none."""
    return {n: zones[n].half_width * _DEG if n in zones else None for n in ESTIMATORS}


def full_widths_deg(zones: dict[str, NeutralZone]) -> dict[str, float | None]:
    """Full width by every estimator [deg]; None where there is none."""
    halves = half_widths_deg(zones)
    return {name: None if half is None else 2.0 * half for name, half in halves.items()}


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
    """The laboratory test on one axis: stepped protocol, then continuous cycles.

    The residual is read from the stepped protocol, the others from the last continuous cycle.
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
        unit, number, largest, zones, positions, stepped, continuous, missing, known
    )


def estimate(
    ways: dict[str, Callable[[], NeutralZone]], names: tuple[str, ...]
) -> tuple[dict[str, NeutralZone], dict[str, str]]:
    """Every estimate that can be made, and for the others why not."""
    zones: dict[str, NeutralZone] = {}
    missing: dict[str, str] = {}
    for name in names:
        try:
            zones[name] = ways[name]()
        except PanjabiError as error:
            missing[name] = str(error)
    return zones, missing


def _at_moment(moment: Array, angle: Array, wanted: float) -> float:
    order = np.argsort(moment, kind="stable")
    return float(np.interp(wanted, moment[order], angle[order]))


def _below_threshold(
    moment: Array, angle: Array, threshold: float | None
) -> tuple[float, float, float]:
    """Ends of the soft stretch of one branch, and the threshold used."""
    from scipy.signal import savgol_filter

    if moment.size < 12:
        raise ParameterError(f"a branch has {moment.size} samples; a tangent needs 12 or more.")
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
                "the tangent is as large in the middle as at the ends; a curve that does not "
                "soften about neutral has no neutral zone by this estimator."
            )
        threshold = 0.5 * (float(tangent[least]) + end)
    if not tangent[least] < threshold:
        raise ParameterError(
            f"the tangent is nowhere below {threshold * np.pi / 180.0:.4g} N m/deg; there is no "
            "neutral zone by this threshold. Give a larger one."
        )
    high = np.flatnonzero(tangent >= threshold)
    below, above = high[high < least], high[high > least]
    lower = grid[below[-1]] if below.size else grid[0]
    upper = grid[above[0]] if above.size else grid[-1]
    return float(lower), float(upper), float(threshold)
