"""A moment-angle record of a laboratory: reading with checks, neutral zone by four estimators, fit.

The file is a table with a header, separated by commas, semicolons or tabs; with semicolons or tabs,
numbers may have a decimal comma. The unit is in the name of a column, `moment_Nm` or
`Moment (N m)`, or in a row of units below the header. Rows are in the order of measurement.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from panjabi._files import finite_number, read_table
from panjabi.errors import DataFileError, ParameterError
from panjabi.passive.curve_fit import CurveFit, fit_curve, sorted_by_load
from panjabi.passive.directions import DIRECTIONS, SACROILIAC, known_level, levels
from panjabi.passive.neutral_zone import (
    ESTIMATORS,
    HysteresisLoop,
    NeutralZone,
    estimate,
    full_widths_deg,
    half_widths_deg,
    inflexion,
    split_loop,
    stiffness_threshold,
    zero_load_gap,
    zone_table,
)
from panjabi.passive.standard import unit
from panjabi.passive.targets import target
from panjabi.results import Result, frame

if TYPE_CHECKING:
    import pandas  # pyright: ignore[reportMissingImports, reportMissingTypeStubs]

Array = NDArray[np.float64]

_DEG = math.pi / 180.0
UNITS: dict[str, dict[str, float]] = {
    "moment": {"Nm": 1.0, "Nmm": 1e-3},
    "angle": {"deg": _DEG, "degree": _DEG, "degrees": _DEG, "°": _DEG, "rad": 1.0},
    "time": {"s": 1.0, "min": 60.0, "ms": 1e-3},
}
"""Quantity -> unit without spaces and dots -> factor to SI and radians."""

FEWEST = 30  # samples of a record
REST = 0.02  # of the largest moment: below it the load counts as zero
WAIT = 5.0  # shortest wait at zero load that shows a residual [s], assumed
SPREAD = 4.0  # allowed factor of moment over angle to the published values, assumed
RANGE_SPREAD = 2.0  # allowed factor of range to the published means, about two SD, assumed
BACKWARD = 0.01  # of the range of angle: a loop in the wrong sense by more is not noise, assumed


@dataclass(frozen=True, repr=False)
class Measurement(Result):
    """Moment [N m], angle [rad] and, if recorded, time [s]; arrays (samples,)."""

    name: str
    moment: Array
    angle: Array
    time: Array | None
    level: str | None = None  # the level with which the record was compared

    @property
    def comparison(self) -> str:
        """With which published ranges the record was compared."""
        if self.level is None:
            return "no level was given: compared with the widest published range of any level"
        return f"compared with the published ranges of {self.level}"

    @property
    def loop(self) -> HysteresisLoop:
        """The last rising and falling branch."""
        return split_loop(self.moment, self.angle)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file."""
        time = {} if self.time is None else {"time_s": self.time.tolist()}
        angle = np.degrees(self.angle).tolist()
        return {
            "name": self.name,
            "comparison": self.comparison,
            **time,
            "moment_Nm": self.moment.tolist(),
            "angle_deg": angle,
        }

    def to_pandas(self) -> pandas.DataFrame:
        """The record, one row for each sample."""
        every = self.to_dict()
        return frame({k: v for k, v in every.items() if k not in ("name", "comparison")})


def read_measurement(
    path: str | Path,
    *,
    level: str | None = None,
    moment_column: str | None = None,
    angle_column: str | None = None,
) -> Measurement:
    """The record of a file.

    Parameters
    ----------
    level : level of the specimen; the record is compared with its published range. Default: the
        widest range of any level.
    moment_column, angle_column : name of the column in the header, or "NAME=UNIT" if the header has
        no unit.

    Raises
    ------
    DataFileError
        For a missing file or column, an unknown or implausible unit, a cell that is not a number,
        rows in the wrong order, or too few rows. Names the line.
    UnknownNameError
        For a level that does not exist.
    """
    return parse_measurement(
        read_table(path),
        Path(path).name,
        level=level,
        moment_column=moment_column,
        angle_column=angle_column,
    )


def parse_measurement(
    text: str,
    name: str,
    *,
    level: str | None = None,
    moment_column: str | None = None,
    angle_column: str | None = None,
) -> Measurement:
    """The same from a text; messages use `name`."""
    delimiter, lines = _cells(text)
    if not lines or not any(cell.strip() for cell in lines[0]):
        raise DataFileError(
            f"{name}, line 1: Expected a header such as {_header()}, got no header; add it."
        )
    header = [cell.strip() for cell in lines[0]]
    units, first = _units_row(lines, len(header))
    chosen = {"moment": moment_column, "angle": angle_column}
    columns = {q: _column(q, header, units, chosen.get(q), name) for q in UNITS}
    values: dict[str, list[float]] = {q: [] for q, column in columns.items() if column is not None}
    numbers: list[int] = []
    for number, cells in enumerate(lines[first:], start=first + 1):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise DataFileError(
                f"{name}, line {number}: Expected {len(header)} cells as in the header, got "
                f"{len(cells)} cells; separate cells by comma, semicolon or tab, the same in every "
                "line, and with commas write numbers with a decimal point."
            )
        for quantity, samples in values.items():
            column = columns[quantity]
            assert column is not None
            cell = cells[column.place]
            if delimiter != "," and "." not in cell:
                cell = cell.replace(",", ".")
            samples.append(finite_number(cell, column.name, f"{name}, line {number}"))
        numbers.append(number)
    if len(numbers) < FEWEST:
        last = numbers[-1] if numbers else 1
        raise DataFileError(
            f"{name}, line {last}: Expected {FEWEST} or more samples of loading to both sides, got "
            f"{len(numbers)}; record more densely."
        )
    arrays = {
        q: np.array(v) * column.factor
        for q, v in values.items()
        if (column := columns[q]) is not None
    }
    _check_order(arrays, numbers, name)
    _check_sizes(arrays, numbers, name, columns, level)
    known = None if level is None else known_level(level)
    return Measurement(name, arrays["moment"], arrays["angle"], arrays.get("time"), known)


@dataclass(frozen=True)
class _Column:
    """The column of a quantity, and the factor of its unit to SI and radians."""

    name: str
    place: int
    factor: float


def _cells(text: str) -> tuple[str, list[list[str]]]:
    """The delimiter of the header line, and the cells of every line."""
    lines = text.splitlines()
    head = lines[0] if lines else ""
    delimiter = next((d for d in (";", "\t") if d in head), ",")
    return delimiter, list(csv.reader(lines, delimiter=delimiter))


def _units_row(lines: list[list[str]], width: int) -> tuple[list[str], int]:
    """Units in a row below the header, if any, and the index of the first row of numbers."""
    below = [cell.strip().strip("[]()") for cell in lines[1]] if len(lines) > 1 else []
    known = {unit.lower() for units in UNITS.values() for unit in units}
    if len(below) == width and any(_plain(cell).lower() in known for cell in below):
        return below, 2
    return [""] * width, 1


def _plain(unit: str) -> str:
    """A unit without separators between N and m."""
    return re.sub(r"[\s._*·⋅-]", "", unit)


@dataclass(frozen=True, repr=False)
class MeasuredNeutralZone(Result):
    """Estimates from a record, the fitted law, and the reasons for missing estimates."""

    measurement: Measurement = field(repr=False)
    zones: dict[str, NeutralZone]
    missing: dict[str, str]
    fit: CurveFit
    range_minus: float  # from the neutral position to the smallest angle [rad]
    range_plus: float

    @property
    def stiffness_at_neutral(self) -> float | None:
        """Of the fitted law [N m/rad]; None if the fit does not determine it (see `missing`)."""
        return None if "stiffness_at_neutral" in self.missing else self.fit.values["linear"]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for a JSON file; neutral zones are half-widths."""
        fitted = self.stiffness_at_neutral
        stiffness = None if fitted is None else math.radians(fitted)
        intervals = {n: z.interval for n, z in self.zones.items() if z.interval is not None}
        return {
            "file": self.measurement.name,
            "comparison": self.measurement.comparison,
            "samples": int(self.measurement.moment.size),
            "neutral_zone_half_width_deg": half_widths_deg(self.zones),
            "neutral_zone_full_width_deg": full_widths_deg(self.zones),
            "neutral_zone_half_width_interval_95_deg": {
                name: [math.degrees(end) for end in interval]
                for name, interval in intervals.items()
            },
            "neutral_zone_detail": {n: z.detail for n, z in self.zones.items()},
            "neutral_zone_missing": dict(self.missing),
            "range_of_motion_deg": math.degrees(self.range_minus + self.range_plus),
            "range_minus_deg": math.degrees(self.range_minus),
            "range_plus_deg": math.degrees(self.range_plus),
            "stiffness_neutral_Nm_per_deg": stiffness,
            **self.fit.to_dict(),
        }

    def to_pandas(self) -> pandas.DataFrame:
        """One row for each estimator, see `zone_table`."""
        return zone_table(self.zones, self.missing)


def measured_neutral_zone(
    measurement: Measurement, *, threshold: float | None = None
) -> MeasuredNeutralZone:
    """Neutral zone of a record by all possible estimators, and the law fitted to its loop.

    `threshold` [N m/rad] is for the estimator stiffness_threshold. The residual needs times and
    waits at zero load; the gap needs both branches.

    Raises
    ------
    DataFileError
        If the record does not load to both sides, if its last loop has too few samples or returns
        more work than it takes, or if the fit does not determine the law.
    ParameterError
        If the threshold is not a finite stiffness above 0.
    """
    if threshold is not None and not (math.isfinite(threshold) and threshold > 0.0):
        raise ParameterError(
            f"Expected a threshold as a finite stiffness above 0 N m/rad, got {threshold!r}; leave "
            "it out for the mean of the smallest tangent and that of the softer end."
        )
    try:
        loop = measurement.loop
        _check_direction(loop, measurement.name)
        fit = fit_curve(loop)
    except ParameterError as error:
        raise DataFileError(f"{measurement.name}: {error}") from error
    estimators: dict[str, Callable[[], NeutralZone]] = {
        "residual": lambda: residual(measurement),
        "stiffness_threshold": lambda: stiffness_threshold(loop, threshold),
        "inflexion": lambda: inflexion(loop),
        "zero_load_gap": lambda: zero_load_gap(loop),
    }
    zones, missing = estimate(estimators, ESTIMATORS)
    if not fit.determines("linear"):
        low, high = fit.intervals["linear"]
        missing["stiffness_at_neutral"] = (
            f"the 95 % interval of the fit is {low * _DEG:.2g} to {high * _DEG:.2g} N m/deg; "
            "record more densely about neutral."
        )
        if not zones:
            raise DataFileError(
                f"{measurement.name}: Expected a loop with a neutral zone, got a loop without an "
                f"estimate: {' '.join(missing.values())} Check which column is the moment and "
                "which is the angle."
            )
    neutral = fit.values["neutral"]
    ends = [x for _, x in loop.branches]
    low, high = min(x.min() for x in ends), max(x.max() for x in ends)
    return MeasuredNeutralZone(
        measurement, zones, missing, fit, float(neutral - low), float(high - neutral)
    )


def residual(measurement: Measurement) -> NeutralZone:
    """Neutral zone between the angles at the end of the last waits at zero load after each side.

    Raises
    ------
    ParameterError
        Without times, or without waits: then no residual was measured.
    """
    if measurement.time is None:
        raise ParameterError(
            "Expected a record with times, to identify the waits at zero load, got no time column; "
            "add time_s."
        )
    largest = float(np.abs(measurement.moment).max())
    unloaded = np.abs(measurement.moment) <= REST * largest
    edges = np.flatnonzero(np.diff(np.concatenate(([False], unloaded, [False])).astype(int)))
    ends: dict[int, tuple[float, float]] = {}
    for first, after in edges.reshape(-1, 2):
        lasted = float(measurement.time[after - 1] - measurement.time[first])
        if first > 0 and lasted >= WAIT:
            side = 1 if measurement.moment[first - 1] > 0.0 else -1
            ends[side] = float(measurement.angle[after - 1]), lasted
    if len(ends) < 2:
        raise ParameterError(
            f"Expected waits of {WAIT:g} s at zero load after loading to both sides, got a record "
            "without; use a stepped protocol with waits to measure a residual."
        )
    (lower, wait_minus), (upper, wait_plus) = ends[-1], ends[1]
    detail = f"last waits of {wait_minus:.3g} and {wait_plus:.3g} s at zero load"
    return NeutralZone("residual", lower, upper, detail)


def _check_direction(loop: HysteresisLoop, name: str) -> None:
    """Check that the loop dissipates work: the angle is larger on the falling branch."""
    if len(loop.branches) < 2:
        return
    moments = [m for m, _ in loop.branches]
    at = np.linspace(max(m.min() for m in moments), min(m.max() for m in moments), 201)
    up, down = (np.interp(at, *sorted_by_load(*b)) for b in (loop.rising, loop.falling))
    reach = max(float(np.ptp(x)) for _, x in loop.branches)
    if float(np.mean(down - up)) < -BACKWARD * reach:
        raise DataFileError(
            f"{name}: Expected a loop that dissipates work, got a loop that produces work: the "
            f"angle is {math.degrees(float(np.mean(up - down))):.3g} deg larger where the moment "
            "rises than where it falls. The columns of moment and angle are probably exchanged, or "
            "the rows are in reverse order; correct the names or the order."
        )


def _header() -> str:
    return "moment_Nm or moment_Nmm; angle_deg or angle_rad"


def _names(quantity: str) -> str:
    return ", ".join(f"{quantity}_{unit}" for unit in UNITS[quantity] if unit != "°")


def _factor(quantity: str, unit: str) -> float | None:
    """Factor of a unit of a quantity to SI and radians; None for an unknown unit."""
    return {u.lower(): f for u, f in UNITS[quantity].items()}.get(_plain(unit).lower())


def _split(cell: str) -> tuple[str, str]:
    """Name and unit of a header cell: moment_Nm, Moment (N m), Moment [Nm]."""
    match = re.fullmatch(r"(.*?)\s*[\[(](.*)[\])]", cell) or re.fullmatch(r"([^_]*)_(.*)", cell)
    return (match[1].strip(), match[2].strip()) if match else (cell, "")


def _column(
    quantity: str, header: list[str], units: list[str], chosen: str | None, name: str
) -> _Column | None:
    """The column of a quantity; None if there is no column of time."""
    chosen_unit = ""
    if chosen is not None:
        column, _, chosen_unit = (chosen, "", "") if chosen in header else chosen.rpartition("=")
        if column not in header:
            raise DataFileError(
                f"{name}, line 1: Expected a column {column or chosen!r} for the {quantity}, got "
                f"the header {header}; give a name of the header, or NAME=UNIT."
            )
        indices = [header.index(column)]
    else:
        indices = [i for i, cell in enumerate(header) if _split(cell)[0].lower() == quantity]
    matching = []
    for i in indices:
        unit = chosen_unit or _split(header[i])[1] or units[i]
        factor = _factor(quantity, unit)
        if factor is None and units[i]:
            factor = _factor(quantity, units[i])
        if factor is not None:
            matching.append(_Column(header[i], i, factor))
    if len(matching) > 1:
        raise DataFileError(
            f"{name}, line 1: Expected one column of {quantity}, got two columns of {quantity}: "
            f"{[c.name for c in matching]}; remove one, or choose by --{quantity}-column."
        )
    if matching:
        return matching[0]
    similar = [header[i] for i in indices]
    similar += [c for c in header if c.lower().startswith(quantity) and c not in similar]
    if similar:
        raise DataFileError(
            f"{name}, line 1: Expected a column of {_names(quantity)}, got {similar[0]!r}, which "
            "has an unknown unit; convert the values and rename the column, or write the unit in a "
            "row below the header."
        )
    if quantity == "time":
        return None
    raise DataFileError(
        f"{name}, line 1: Expected a column of {_names(quantity)}, got no column of {quantity} in "
        f"the header {header}; rename the column, or choose it by --{quantity}-column."
    )


def _check_order(arrays: dict[str, Array], lines: list[int], name: str) -> None:
    """Times must rise; without times, the load must not jump back and forth."""
    if "time" in arrays:
        back = np.flatnonzero(np.diff(arrays["time"]) <= 0.0)
        if back.size:
            raise DataFileError(
                f"{name}, line {lines[back[0] + 1]}: Expected increasing times, got a time that "
                "does not rise from the line before; sort the rows by time, and remove duplicates."
            )
    moment = arrays["moment"]
    jump = np.diff(moment)
    far = np.abs(jump) > 0.25 * np.ptp(moment)
    bad = np.flatnonzero(far[1:] & far[:-1] & (jump[1:] * jump[:-1] < 0.0))
    if np.ptp(moment) > 0.0 and bad.size:
        raise DataFileError(
            f"{name}, line {lines[bad[0] + 1]}: Expected rows in the order of measurement, got a "
            "moment that jumps up and down by more than a quarter of its range; sort the rows by "
            "time."
        )


def published_secants(level: str | None = None) -> tuple[float, float]:
    """Smallest and largest published moment over angle of a level, over all axes [N m/rad].

    This is the whole range of moment over the whole range of angle. Default: over all levels.

    Raises
    ------
    UnknownNameError
        For a level that does not exist.
    """
    if level is None:
        every = [published_secants(name) for name in levels()]
        return min(low for low, _ in every), max(high for _, high in every)
    name = known_level(level)
    if name in SACROILIAC:
        joint = unit(name)
        secants = [joint.test_moment[a] / joint.range_at(d) for d, (a, _) in DIRECTIONS.items()]
    else:
        secants = [target(name, axis).secant for axis in range(3)]
    return min(secants), max(secants)


def published_ranges(moment: float, level: str | None = None) -> tuple[float, float]:
    """Smallest and largest whole range at a moment [N m] to both sides, over all axes [rad].

    Below the published moment, the smallest range is the neutral zone and the proportional part of
    the elastic zone: a unit stiffens with the angle, so a smaller moment uses more than this. The
    largest range is the one published for the whole moment. Default: over all levels.

    Raises
    ------
    UnknownNameError
        For a level that does not exist.
    """
    if level is None:
        every = [published_ranges(moment, name) for name in levels()]
        return min(low for low, _ in every), max(high for _, high in every)
    name = known_level(level)
    limits: list[tuple[float, float]] = []
    for axis in range(3):
        if name in SACROILIAC:
            joint = unit(name)
            whole = sum(joint.range_at(d) for d, (a, _) in DIRECTIONS.items() if a == axis)
            zone, full_moment = 0.0, joint.test_moment[axis]
        else:
            published = target(name, axis)
            whole = published.range_minus + published.range_plus
            zone, full_moment = 2.0 * published.neutral_zone, published.moment
        limits.append((zone + (whole - zone) * min(moment / full_moment, 1.0), whole))
    return min(low for low, _ in limits), max(high for _, high in limits)


def _check_sizes(
    arrays: dict[str, Array],
    lines: list[int],
    name: str,
    columns: dict[str, _Column | None],
    level: str | None,
) -> None:
    """Raise DataFileError for angles and moments that point to a wrong unit or sign."""
    named = {q: column.name for q, column in columns.items() if column is not None}
    limits = {"angle": (math.radians(90.0), "90 degrees"), "moment": (100.0, "100 N m")}
    for quantity, (limit, text) in limits.items():
        beyond = np.flatnonzero(np.abs(arrays[quantity]) > limit)
        if beyond.size:
            raise DataFileError(
                f"{name}, line {lines[beyond[0]]}: Expected {quantity}s of a single level up to "
                f"{text}, got more in {named[quantity]}; the unit in the name of the column is "
                f"probably wrong. Correct it to one of {_names(quantity)}."
            )
    small = math.radians(0.1)
    if np.ptp(arrays["angle"]) < small:
        raise DataFileError(
            f"{name}, lines {lines[0]}-{lines[-1]}: Expected a range of angle of 0.1 degrees or "
            "more, got less; the unit in the name of the column is probably wrong (values in "
            f"radians, name in degrees). Correct it to one of {_names('angle')}."
        )
    if np.corrcoef(arrays["moment"], arrays["angle"])[0, 1] < 0.0:
        raise DataFileError(
            f"{name}, lines {lines[0]}-{lines[-1]}: Expected moment and angle positive in the same "
            "direction, got an angle that falls where the moment rises; change the sign of one of "
            "the two columns."
        )
    secant = float(np.ptp(arrays["moment"])) / math.degrees(np.ptp(arrays["angle"]))
    low, high = (x * _DEG for x in published_secants(level))
    if not low / SPREAD <= secant <= high * SPREAD:
        scope = "any level" if level is None else known_level(level)
        raise DataFileError(
            f"{name}, lines {lines[0]}-{lines[-1]}: Expected moment over angle within a factor of "
            f"{SPREAD:g} of the published {low:.2g} to {high:.2g} N m/deg for {scope}, got "
            f"{secant:.3g} N m/deg from {named['moment']} over {named['angle']}; the unit in the "
            "name of one of the two columns is probably wrong (for example degrees instead of "
            "radians): correct the name."
        )
    moment = 0.5 * float(np.ptp(arrays["moment"]))
    reach = math.degrees(np.ptp(arrays["angle"]))
    narrow, wide = (math.degrees(x) for x in published_ranges(moment, level))
    if not narrow / RANGE_SPREAD <= reach <= wide * RANGE_SPREAD:
        scope = "any level" if level is None else known_level(level)
        raise DataFileError(
            f"{name}, lines {lines[0]}-{lines[-1]}: Expected a range of motion within a factor of "
            f"{RANGE_SPREAD:g} of the published {narrow:.2g} to {wide:.3g} deg for {scope} at "
            f"{moment:.3g} N m to each side, got {reach:.3g} deg from {named['angle']}; the unit "
            "in the name of a column or the level is probably wrong: correct it."
        )
