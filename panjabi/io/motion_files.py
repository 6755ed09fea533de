"""Tables over time from files: OpenSim motion (.mot, .sto), markers (.trc), electromyograms (CSV).

Formats: `.mot` and `.sto` have lines of a header up to `endheader`, a line of column names that
begins with `time`, and rows of numbers; `inDegrees=yes` means that angles are in degrees. A `.trc`
file has three lines of a header, two lines of names, and rows of frame, time and three numbers for
each marker.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from panjabi._files import read_table
from panjabi.errors import DataFileError, ParameterError, unknown
from panjabi.results import ShortRepr

Floats = NDArray[np.float64]

METRES = {"m": 1.0, "cm": 0.01, "mm": 0.001}
"""Units of markers."""


@dataclass(frozen=True, eq=False, repr=False)
class TimeTable(ShortRepr):
    """Columns over time; immutable. Raises ParameterError for a wrong row, with its number.

    degrees : whether angles are in degrees; without a file an array is in radians.
    """

    time: Floats  # (k,) [s], rising
    names: tuple[str, ...]  # of the columns
    values: Floats  # (k, columns)
    degrees: bool = False
    source: str = "table"  # its name in messages

    def __post_init__(self) -> None:
        time, values = np.array(self.time, float), np.array(self.values, float)
        object.__setattr__(self, "time", time)
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "names", tuple(self.names))
        if time.ndim != 1 or len(time) < 4 or values.shape != (len(time), len(self.names)):
            raise ParameterError(
                f"Expected 4 or more times and a column for each of {len(self.names)} names in "
                f"{self.source}, got shapes {time.shape} and {values.shape}; give one row for "
                "each time."
            )
        twice = sorted({n for n in self.names if self.names.count(n) > 1})
        if twice:
            raise ParameterError(
                f"Expected every column of {self.source} once, got {twice[0]!r} more than once; "
                "leave one of them out."
            )
        rows, columns = np.nonzero(~np.isfinite(values))
        if len(rows):
            name, k = self.names[columns[0]], int(rows[0])
            raise ParameterError(
                f"Expected finite numbers in {self.source}, got {values[rows[0], columns[0]]} in "
                f"column {name!r}, row {k + 1} (at {time[k]:g} s); fill the gap or leave the row "
                "out."
            )
        if not np.isfinite(time).all() or (np.diff(time) <= 0.0).any():
            rising = np.concatenate([[True], np.diff(time) > 0.0]) & np.isfinite(time)
            k = int((~rising).argmax())
            raise ParameterError(
                f"Expected times that rise in {self.source}, got {time[k]:g} s in row {k + 1} "
                f"after {time[max(k - 1, 0)]:g} s; sort the rows and leave doubled ones out."
            )

    def column(self, name: str) -> Floats:
        """One column (k,); raises UnknownNameError for a name that does not exist."""
        if name not in self.names:
            raise unknown(f"column of {self.source}", name, self.names)
        return self.values[:, self.names.index(name)]


def read_motion(path: str | Path) -> TimeTable:
    """The columns of an OpenSim motion or storage file (.mot, .sto).

    Raises
    ------
    DataFileError
        If it cannot be read in this format; the message names the line.
    ParameterError
        For a wrong row; see `TimeTable`.
    """
    lines = read_table(path).splitlines()
    ends = [k for k, line in enumerate(lines) if line.strip().lower() == "endheader"]
    if not ends or ends[0] + 1 >= len(lines):
        raise DataFileError(
            f"{path}: Expected a line 'endheader' before the names of the columns, got none; give "
            "a motion or storage file of OpenSim."
        )
    header = {
        key.strip().lower(): value.strip().lower()
        for key, _, value in (line.partition("=") for line in lines[: ends[0]])
    }
    return _table(path, lines, ends[0] + 1, header.get("indegrees") == "yes")


def read_emg(path: str | Path) -> TimeTable:
    """Electromyograms as fractions of the maximal contraction, from CSV or .sto, a column a group.

    Raises
    ------
    DataFileError, ParameterError
        As `read_motion`; and for a value outside 0 to 1, with its column and row.
    """
    if Path(path).suffix.lower() == ".csv":
        table = _table(path, read_table(path).splitlines(), 0, degrees=False)
    else:
        table = read_motion(path)
    return checked_emg(table)


def checked_emg(table: TimeTable) -> TimeTable:
    """The table if all values are from 0 to 1; else a ParameterError with column and row."""
    rows, columns = np.nonzero((table.values < 0.0) | (table.values > 1.0))
    if len(rows):
        k, name = int(rows[0]), table.names[columns[0]]
        raise ParameterError(
            f"Expected EMG in {table.source} as a fraction of the maximal contraction from 0 to 1, "
            f"got {table.values[rows[0], columns[0]]:g} in column {name!r}, row {k + 1} (at "
            f"{table.time[k]:g} s); divide by the largest value of the maximal contractions."
        )
    return table


def read_markers(path: str | Path) -> TimeTable:
    """Places of markers [m] of a .trc file, columns "NAME x", "NAME y" and "NAME z".

    Raises
    ------
    DataFileError
        If it cannot be read in this format; the message names the line.
    ParameterError
        For a wrong row; see `TimeTable`.
    """
    lines = read_table(path).splitlines()
    if len(lines) < 6 or not lines[0].startswith("PathFileType"):
        raise DataFileError(
            f"{path}: Expected a first line 'PathFileType' and five lines of names, got "
            f"{len(lines)} lines; give a .trc file of markers."
        )
    about = dict(zip(lines[1].split("\t"), lines[2].split("\t"), strict=False))
    unit = about.get("Units", "").strip().lower()
    if unit not in METRES:
        raise DataFileError(
            f"{path}, line 3: Expected Units of m, cm or mm, got {unit!r}; correct the header."
        )
    markers = [name.strip() for name in lines[3].split("\t")[2:] if name.strip()]
    names = [f"{marker} {axis}" for marker in markers for axis in "xyz"]
    rows, time = [], []
    for number, line in enumerate(lines[5:], start=6):
        cells = line.rstrip("\n").split("\t")
        if not "".join(cells).strip():
            continue
        numbers = _numbers(path, number, cells[: 2 + len(names)], 2 + len(names))
        time.append(numbers[1])
        rows.append(numbers[2:])
    values = METRES[unit] * np.array(rows).reshape(-1, len(names))
    return TimeTable(np.array(time), tuple(names), values, source=str(path))


def orientations(markers: TimeTable, names: Sequence[str]) -> Floats:
    """Rotation of a rigid cluster of three or more markers since the first row (k, 3, 3).

    The least-squares rotation of the markers about their mean (Kabsch).

    Raises
    ------
    UnknownNameError
        For a marker that the table does not have.
    ParameterError
        For fewer than three markers, or markers on one line.
    """
    if len(set(names)) < 3:
        raise ParameterError(
            f"Expected three or more different markers of a segment, got {list(names)}; name them."
        )
    places = np.stack(
        [np.column_stack([markers.column(f"{n} {axis}") for axis in "xyz"]) for n in names], axis=1
    )
    about = places - places.mean(axis=1, keepdims=True)
    if np.linalg.svd(about[0], compute_uv=False)[1] < 1e-3:
        raise ParameterError(
            f"Expected markers of a segment that are not on one line, got {list(names)}; choose "
            "others."
        )
    U, _, V = np.linalg.svd(np.einsum("mi,kmj->kij", about[0], about))
    turn = np.linalg.det(np.einsum("kji,klj->kil", V, U))
    V[:, 2] *= np.sign(turn)[:, None]
    return np.einsum("kji,klj->kil", V, U)


def filtered(table: TimeTable, cutoff: float) -> TimeTable:
    """The table without what is faster than a frequency [Hz]: Butterworth, order 2, both ways.

    Rows are first interpolated to even times. A table that is sampled too slowly for the frequency
    is returned as it is.
    """
    from scipy.signal import butter, filtfilt

    count = len(table.time)
    even = np.linspace(table.time[0], table.time[-1], count)
    rate = (count - 1) / float(even[-1] - even[0])
    if rate <= 2.0 * cutoff or count <= 12:
        return table
    b, a = cast("tuple[Floats, Floats]", butter(2, cutoff / (0.5 * rate)))
    values = np.column_stack([np.interp(even, table.time, x) for x in table.values.T])
    smooth = filtfilt(b, a, values, axis=0)
    return TimeTable(even, table.names, smooth, table.degrees, table.source)


def _table(path: str | Path, lines: list[str], first: int, degrees: bool) -> TimeTable:
    """Rows of numbers below a line of names that begins with the time."""
    names = _cells(lines[first]) if first < len(lines) else []
    if len(names) < 2 or names[0].lower() not in ("time", "time_s"):
        raise DataFileError(
            f"{path}, line {first + 1}: Expected names of columns that begin with time, got "
            f"{' '.join(names)[:60]!r}; write the time in the first column."
        )
    rows = [
        _numbers(path, number, _cells(line), len(names))
        for number, line in enumerate(lines[first + 1 :], start=first + 2)
        if line.strip()
    ]
    table = np.array(rows).reshape(-1, len(names))
    return TimeTable(table[:, 0], tuple(names[1:]), table[:, 1:], degrees, str(path))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"[,;\t]| {2,}", line.strip())]


def _numbers(path: str | Path, number: int, cells: list[str], count: int) -> list[float]:
    """The numbers of a row; an empty cell is not a number."""
    if len(cells) == 1:
        cells = cells[0].split()
    if len(cells) != count:
        raise DataFileError(
            f"{path}, line {number}: Expected {count} numbers, one for each column, got "
            f"{len(cells)}; complete the row."
        )
    try:
        return [float(cell) if cell.strip() else float("nan") for cell in cells]
    except ValueError as error:
        raise DataFileError(
            f"{path}, line {number}: Expected numbers, got {error}; correct the cell."
        ) from None
