"""A laboratory's own frequency response: read strictly, in SI, with its variance.

The file is a CSV with a header. Columns carry their unit in the name: `frequency_Hz`, then either
`magnitude_rad_per_Nm` with `phase_deg`, or `real_rad_per_Nm` with `imag_rad_per_Nm`; further
`coherence` (magnitude squared), or `sd_rad_per_Nm`. Rows stand in rising frequency.
"""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from panjabi._files import finite_number, read_table
from panjabi.delay.roots.system import Complexes, Floats
from panjabi.errors import DataFileError, ParameterError, nearest
from panjabi.results import ShortRepr

_DEG = math.pi / 180.0
UNITS = {"rad_per_Nm": 1.0, "deg_per_Nm": _DEG, "m_per_N": 1.0, "mm_per_N": 1e-3, "1": 1.0}
"""Unit of the response -> factor to SI and radians."""

FEWEST = 3


@dataclass(frozen=True, eq=False, repr=False)
class MeasuredResponse(ShortRepr):
    """A measured response; `variance` is that of the complex value, E|error|^2, None if unknown."""

    name: str
    frequency_hz: Floats  # (k,), rising
    values: Complexes  # (k,) SI
    variance: Floats | None = None  # (k,) unit of values, squared
    coherence: Floats | None = None  # (k,) magnitude squared
    unit: str = "rad_per_Nm"

    def __post_init__(self) -> None:
        f, H = np.asarray(self.frequency_hz, float), np.asarray(self.values, complex)
        sized = [np.asarray(a) for a in (self.variance, self.coherence) if a is not None]
        if f.ndim != 1 or len(f) < FEWEST or any(a.shape != f.shape for a in (H, *sized)):
            raise ParameterError(
                f"the response {self.name!r} has arrays of shapes {f.shape}, {H.shape}; possible: "
                f"{FEWEST} or more frequencies and as many values. Give one value for each."
            )
        if np.any(np.diff(f) <= 0.0) or f[0] <= 0.0 or not np.isfinite(H).all():
            raise ParameterError(
                f"the response {self.name!r} has frequencies that do not rise from above zero, or "
                "values that are not finite; possible: a sorted list. Sort it."
            )
        if self.variance is not None and not (np.asarray(self.variance) > 0.0).all():
            raise ParameterError(
                f"the response {self.name!r} has a variance that is not positive; possible: "
                "positive numbers at every frequency. Leave it out where it is unknown."
            )


def coherence_variance(values: Complexes, coherence: Floats, averages: float) -> Floats:
    """Variance of a response estimated from averaged spectra (Bendat & Piersol)."""
    floor = np.clip(1.0 - coherence, 1e-12, None)
    return np.abs(values) ** 2 * floor / (coherence * averages)


def read_response(path: str | Path, *, averages: float | None = None) -> MeasuredResponse:
    """A measured response from a CSV file.

    averages : number of averaged segments (times frequency bins averaged); turns a coherence into
        a variance.

    Raises
    ------
    DataFileError
        For a file that is not there, a missing column, an unknown unit, a cell that is no number,
        a coherence outside (0, 1], or frequencies out of order; the line is named.
    """
    return parse_response(read_table(path), Path(path).name, averages=averages)


def parse_response(text: str, name: str, *, averages: float | None = None) -> MeasuredResponse:
    """The same from a text; `name` stands in messages."""
    lines = list(csv.reader(text.splitlines()))
    header = [cell.strip() for cell in lines[0]] if lines else []
    columns = _columns(header, name)
    numbers: list[int] = []
    table: dict[str, list[float]] = {what: [] for what in columns}
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise DataFileError(
                f"{name}, line {number}: {len(cells)} cells where the header has {len(header)}. "
                "Write numbers with a point and part cells by commas."
            )
        for what, (at, factor) in columns.items():
            table[what].append(
                factor * finite_number(cells[at], header[at], f"{name}, line {number}")
            )
        numbers.append(number)
    if len(numbers) < FEWEST:
        raise DataFileError(
            f"{name}, line {numbers[-1] if numbers else 1}: the file ends after {len(numbers)} "
            f"frequencies; possible: {FEWEST} or more. Add rows."
        )
    f = np.array(table["frequency"])
    _check(f > 0.0, numbers, name, "the frequency is not above zero; leave the mean out")
    rising = np.append(True, np.diff(f) > 0.0)
    _check(rising, numbers, name, "the frequency does not rise from the line before; sort the rows")
    if "magnitude" in table:
        H = np.array(table["magnitude"]) * np.exp(1j * np.array(table["phase"]))
        _check(np.abs(H) > 0.0, numbers, name, "the magnitude is zero; a zero tells no phase")
    else:
        H = np.array(table["real"]) + 1j * np.array(table["imag"])
    coherence = np.array(table["coherence"]) if "coherence" in table else None
    variance = np.array(table["sd"]) ** 2 if "sd" in table else None
    if coherence is not None:
        inside = (coherence > 0.0) & (coherence <= 1.0)
        _check(inside, numbers, name, "the coherence is not in (0, 1]; give it magnitude squared")
        if variance is None and averages is not None:
            variance = coherence_variance(H, coherence, averages)
    if variance is not None:
        _check(
            variance > 0.0, numbers, name, "the spread is not above zero; leave it out if unknown"
        )
    return MeasuredResponse(name, f, H, variance, coherence, _unit_of(header))


def _columns(header: list[str], name: str) -> dict[str, tuple[int, float]]:
    """Quantity -> (place, factor to SI)."""
    known: dict[str, dict[str, float]] = {
        "frequency": {"frequency_Hz": 1.0, "frequency_rad_per_s": 0.5 / math.pi},
        "phase": {"phase_deg": _DEG, "phase_rad": 1.0},
        "coherence": {"coherence": 1.0},
    }
    for what in ("magnitude", "real", "imag", "sd"):
        known[what] = {f"{what}_{unit}": factor for unit, factor in UNITS.items()}
    found: dict[str, tuple[int, float]] = {}
    for what, names in known.items():
        at = [i for i, cell in enumerate(header) if cell in names]
        if len(at) > 1:
            raise DataFileError(
                f"{name}, line 1: two columns of {what}: {[header[i] for i in at]}. Keep one."
            )
        if at:
            found[what] = (at[0], names[header[at[0]]])
            continue
        similar = [cell for cell in header if cell.lower().startswith(what)]
        if similar:
            raise DataFileError(
                f"{name}, line 1: column {similar[0]!r} has a unit that is not known; possible: "
                f"{', '.join(names)}. Convert it and name it so."
            )
    polar, cartesian = {"magnitude", "phase"}, {"real", "imag"}
    if "frequency" not in found or not (polar <= set(found) or cartesian <= set(found)):
        raise DataFileError(
            f"{name}, line 1: the header is {header}, {nearest('frequency_Hz', header)}; possible: "
            "frequency_Hz with magnitude_rad_per_Nm and phase_deg, or with real_rad_per_Nm and "
            "imag_rad_per_Nm. Name the columns so."
        )
    if polar <= set(found) and cartesian & set(found):
        raise DataFileError(
            f"{name}, line 1: both magnitude and real or imaginary parts are there; possible: one "
            "form. Keep one."
        )
    return found


def _unit_of(header: list[str]) -> str:
    for cell in header:
        for what in ("magnitude_", "real_"):
            if cell.startswith(what):
                return cell.removeprefix(what).replace("deg", "rad").replace("mm", "m")
    return "1"


def _check(good: np.ndarray, lines: list[int], name: str, what: str) -> None:
    bad = np.flatnonzero(~np.asarray(good))
    if bad.size:
        raise DataFileError(f"{name}, line {lines[int(bad[0])]}: {what}.")
