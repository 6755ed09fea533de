"""A laboratory's own moment-angle record: read strictly, neutral zone by four estimators, fit.

The file is a CSV with a header. Columns carry their unit in the name: `moment_Nm` or `moment_Nmm`,
`angle_deg` or `angle_rad`, and `time_s` or `time_min` where the residual after a wait is wanted.
Rows stand in the order they were measured.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from panjabi._files import finite_number, read_table
from panjabi.errors import DataFileError, ParameterError
from panjabi.passive.curve_fit import CurveFit, fit_curve
from panjabi.passive.neutral_zone import (
    ESTIMATORS,
    HysteresisLoop,
    NeutralZone,
    estimate,
    inflexion,
    split_loop,
    stiffness_threshold,
    zero_load_gap,
)

Array = NDArray[np.float64]

COLUMNS: dict[str, dict[str, float]] = {
    "moment": {"moment_Nm": 1.0, "moment_N_m": 1.0, "moment_Nmm": 1e-3, "moment_N_mm": 1e-3},
    "angle": {"angle_deg": math.pi / 180.0, "angle_rad": 1.0},
    "time": {"time_s": 1.0, "time_min": 60.0, "time_ms": 1e-3},
}
"""Quantity -> column name -> factor to SI and radians."""

FEWEST = 30  # samples of a record
REST = 0.02  # of the largest moment: below it the load counts as zero
WAIT = 5.0  # shortest wait at zero load that shows a residual [s], assumed
SECANT = (0.01, 60.0)  # N m/deg of moment over angle; published units lie between 0.04 and 30


@dataclass(frozen=True)
class Measurement:
    """Moment [N m], angle [rad] and, where recorded, time [s]; arrays (samples,)."""

    name: str
    moment: Array
    angle: Array
    time: Array | None

    @property
    def loop(self) -> HysteresisLoop:
        """The last rising and falling branch."""
        return split_loop(self.moment, self.angle)


def read_measurement(path: str | Path) -> Measurement:
    """A record from a CSV file.

    Raises
    ------
    DataFileError
        For a file that is not there, a missing column, an unknown or implausible unit, a cell
        that is no number, rows out of order or too few of them; the line is named.
    """
    return parse_measurement(read_table(path), Path(path).name)


def parse_measurement(text: str, name: str) -> Measurement:
    """The same from a text; `name` stands in messages."""
    lines = list(csv.reader(text.splitlines()))
    if not lines or not lines[0]:
        raise DataFileError(f"{name}, line 1: there is no header; possible: {_header()}.")
    header = [cell.strip() for cell in lines[0]]
    place = {quantity: _column(quantity, header, name) for quantity in COLUMNS}
    values: dict[str, list[float]] = {q: [] for q, at in place.items() if at is not None}
    numbers: list[int] = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise DataFileError(
                f"{name}, line {number}: {len(cells)} cells where the header has {len(header)}. "
                "Write numbers with a point and part cells by commas."
            )
        for quantity, found in values.items():
            at = place[quantity]
            assert at is not None
            found.append(finite_number(cells[at], header[at], f"{name}, line {number}"))
        numbers.append(number)
    if len(numbers) < FEWEST:
        last = numbers[-1] if numbers else 1
        raise DataFileError(
            f"{name}, line {last}: the record ends after {len(numbers)} samples; possible: "
            f"{FEWEST} or more, over loading to both sides. Record more densely."
        )
    arrays = {
        q: np.array(v) * COLUMNS[q][header[at]]
        for q, v in values.items()
        if (at := place[q]) is not None
    }
    _check_order(arrays, numbers, name)
    _check_sizes(arrays, numbers, name, header, place)
    return Measurement(name, arrays["moment"], arrays["angle"], arrays.get("time"))


@dataclass(frozen=True)
class MeasuredNeutralZone:
    """Estimates from a record, the fitted law, and why an estimate is missing."""

    measurement: Measurement = field(repr=False)
    zones: dict[str, NeutralZone]
    missing: dict[str, str]
    fit: CurveFit
    range_minus: float  # from the neutral position to the smallest angle [rad]
    range_plus: float

    @property
    def stiffness_at_neutral(self) -> float:
        """Of the fitted law [N m/rad]."""
        return self.fit.values["linear"]


def measured_neutral_zone(
    measurement: Measurement, *, threshold: float | None = None
) -> MeasuredNeutralZone:
    """Neutral zone of a record by all estimators it allows, and the law fitted to its loop.

    `threshold` [N m/rad] is that of the stiffness threshold. The residual needs times and waits
    at zero load; the gap needs both branches.

    Raises
    ------
    DataFileError
        If the record does not go from a load on one side to one on the other, or its last loop has
        too few samples.
    ParameterError
        If the threshold is not a stiffness.
    """
    if threshold is not None and not (math.isfinite(threshold) and threshold > 0.0):
        raise ParameterError(
            f"the threshold is {threshold!r} N m/rad; possible: a finite stiffness above 0. Leave "
            "it out for halfway between the least tangent and that of the softer end."
        )
    try:
        loop = measurement.loop
        fit = fit_curve(loop)
    except ParameterError as error:
        raise DataFileError(f"{measurement.name}: {error}") from error
    ways: dict[str, Callable[[], NeutralZone]] = {
        "residual": lambda: residual(measurement),
        "stiffness_threshold": lambda: stiffness_threshold(loop, threshold),
        "inflexion": lambda: inflexion(loop),
        "zero_load_gap": lambda: zero_load_gap(loop),
    }
    zones, missing = estimate(ways, ESTIMATORS)
    neutral = fit.values["neutral"]
    ends = [x for _, x in loop.branches]
    low, high = min(x.min() for x in ends), max(x.max() for x in ends)
    return MeasuredNeutralZone(
        measurement, zones, missing, fit, float(neutral - low), float(high - neutral)
    )


def residual(measurement: Measurement) -> NeutralZone:
    """Between the angles at the end of the last waits at zero load, one after either side.

    Raises
    ------
    ParameterError
        Without times, or without such waits: then no residual was measured.
    """
    if measurement.time is None:
        raise ParameterError(
            "the record has no time column, so a wait at zero load cannot be seen; add time_s."
        )
    largest = float(np.abs(measurement.moment).max())
    rest = np.abs(measurement.moment) <= REST * largest
    edges = np.flatnonzero(np.diff(np.concatenate(([False], rest, [False])).astype(int)))
    ends: dict[int, tuple[float, float]] = {}
    for first, after in edges.reshape(-1, 2):
        lasted = float(measurement.time[after - 1] - measurement.time[first])
        if first > 0 and lasted >= WAIT:
            side = 1 if measurement.moment[first - 1] > 0.0 else -1
            ends[side] = float(measurement.angle[after - 1]), lasted
    if len(ends) < 2:
        raise ParameterError(
            f"the record has no waits of {WAIT:g} s at zero load after both sides; only a stepped "
            "protocol with waits shows a residual."
        )
    (lower, one), (upper, two) = ends[-1], ends[1]
    detail = f"last waits of {one:.3g} and {two:.3g} s at zero load"
    return NeutralZone("residual", min(lower, upper), max(lower, upper), detail)


def _header() -> str:
    return " or ".join(COLUMNS["moment"]) + "; " + " or ".join(COLUMNS["angle"])


def _column(quantity: str, header: list[str], name: str) -> int | None:
    """Place of the column of a quantity; None for a time that is not there."""
    found = [i for i, cell in enumerate(header) if cell in COLUMNS[quantity]]
    if len(found) > 1:
        raise DataFileError(
            f"{name}, line 1: two columns of {quantity}: {[header[i] for i in found]}. Keep one."
        )
    if found:
        return found[0]
    similar = [cell for cell in header if cell.lower().startswith(quantity)]
    if similar:
        raise DataFileError(
            f"{name}, line 1: column {similar[0]!r} has a unit that is not known; "
            f"possible: {', '.join(COLUMNS[quantity])}. Convert it and name it so."
        )
    if quantity == "time":
        return None
    raise DataFileError(
        f"{name}, line 1: no column of {quantity}; the header is {header}; possible: "
        f"{', '.join(COLUMNS[quantity])}. Rename the column that holds it."
    )


def _check_order(arrays: dict[str, Array], lines: list[int], name: str) -> None:
    """Times must rise; without times, the load must not jump back and forth."""
    if "time" in arrays:
        back = np.flatnonzero(np.diff(arrays["time"]) <= 0.0)
        if back.size:
            raise DataFileError(
                f"{name}, line {lines[back[0] + 1]}: time does not rise from the line before. "
                "Sort the rows by time, and take doubles out."
            )
    moment = arrays["moment"]
    jump = np.diff(moment)
    far = np.abs(jump) > 0.25 * np.ptp(moment)
    bad = np.flatnonzero(far[1:] & far[:-1] & (jump[1:] * jump[:-1] < 0.0))
    if np.ptp(moment) > 0.0 and bad.size:
        raise DataFileError(
            f"{name}, line {lines[bad[0] + 1]}: the moment jumps there and back by more than a "
            "quarter of its range; the rows are not in the order of measurement. Sort them by time."
        )


def _check_sizes(
    arrays: dict[str, Array],
    lines: list[int],
    name: str,
    header: list[str],
    place: dict[str, int | None],
) -> None:
    """Angles and moments that no spine survives point to a wrong unit."""
    limits = {"angle": (math.radians(90.0), "90 degrees"), "moment": (100.0, "100 N m")}
    for quantity, (limit, text) in limits.items():
        beyond = np.flatnonzero(np.abs(arrays[quantity]) > limit)
        if beyond.size:
            at = place[quantity]
            column = header[at] if at is not None else quantity
            raise DataFileError(
                f"{name}, line {lines[beyond[0]]}: {column} reaches more than {text}, which no "
                f"single level bears; the unit in the column's name is probably wrong. "
                f"Possible: {', '.join(COLUMNS[quantity])}."
            )
    small = math.radians(0.1)
    if np.ptp(arrays["angle"]) < small:
        raise DataFileError(
            f"{name}, lines {lines[0]}-{lines[-1]}: the angle moves by less than 0.1 degrees in "
            "all; the unit in the column's name is probably wrong (radians written, degrees named)."
            f" Possible: {', '.join(COLUMNS['angle'])}."
        )
    if np.corrcoef(arrays["moment"], arrays["angle"])[0, 1] < 0.0:
        raise DataFileError(
            f"{name}, lines {lines[0]}-{lines[-1]}: the angle falls where the moment rises, which "
            "no passive spine does; possible: both positive in the same direction. Turn the sign "
            "of one of the two columns."
        )
    secant = float(np.ptp(arrays["moment"])) / math.degrees(np.ptp(arrays["angle"]))
    if not SECANT[0] <= secant <= SECANT[1]:
        named = {q: header[at] for q in ("moment", "angle") if (at := place[q]) is not None}
        raise DataFileError(
            f"{name}, lines {lines[0]}-{lines[-1]}: {named['moment']} over {named['angle']} makes "
            f"{secant:.3g} N m/deg; possible for one level: {SECANT[0]:g} to {SECANT[1]:g}. The "
            "unit in the name of one of the two columns is probably wrong: correct the name."
        )
