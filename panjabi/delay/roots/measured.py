"""A measured frequency response from a file: checked, in SI, with its variance.

The file is a CSV with a header. Columns carry their unit in the name: `frequency_Hz`, then either
`magnitude_rad_per_Nm` with `phase_deg`, or `real_rad_per_Nm` with `imag_rad_per_Nm`; further
`coherence` (magnitude squared), or `sd_rad_per_Nm`. Rows are in the order of rising frequency.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from panjabi._files import read_table
from panjabi._tables import read_quantities
from panjabi.delay.roots.system import Complexes, Floats
from panjabi.errors import ParameterError
from panjabi.results import ShortRepr

_DEG = math.pi / 180.0
UNITS = {"rad_per_Nm": 1.0, "deg_per_Nm": _DEG, "m_per_N": 1.0, "mm_per_N": 1e-3, "1": 1.0}
"""Unit of the response -> factor to SI and radians."""

COLUMNS: dict[str, dict[str, float]] = {
    "frequency": {"frequency_Hz": 1.0, "frequency_rad_per_s": 0.5 / math.pi},
    "phase": {"phase_deg": _DEG, "phase_rad": 1.0},
    "coherence": {"coherence": 1.0},
    **{
        what: {f"{what}_{unit}": factor for unit, factor in UNITS.items()}
        for what in ("magnitude", "real", "imag", "sd")
    },
}
"""Quantity -> column -> factor to SI and radians."""

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
                f"Expected {FEWEST} or more frequencies and one value for each in the response "
                f"{self.name!r}, got arrays of shapes {f.shape} and {H.shape}; give one value "
                "for each frequency."
            )
        if np.any(np.diff(f) <= 0.0) or f[0] <= 0.0 or not np.isfinite(H).all():
            raise ParameterError(
                "Expected rising frequencies above zero and finite values in the response "
                f"{self.name!r}, got frequencies that do not rise from above zero, or values "
                "that are not finite; sort the list."
            )
        if self.variance is not None and not (np.asarray(self.variance) > 0.0).all():
            raise ParameterError(
                "Expected a positive variance at every frequency of the response "
                f"{self.name!r}, got one that is not positive; leave the variance out if it is "
                "unknown."
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
    """A measured response from the text of a CSV file; messages contain `name`."""
    table = read_quantities(
        text, name, COLUMNS, fewest=FEWEST,
        forms=(("frequency", "magnitude", "phase"), ("frequency", "real", "imag")),
        example="frequency_Hz with magnitude_rad_per_Nm and phase_deg, or with real_rad_per_Nm and "
        "imag_rad_per_Nm",
    )  # fmt: skip
    values, columns = table.values, table.columns
    f = values["frequency"]
    table.require(f > 0.0, "the frequency is not above zero; leave the mean out")
    table.require(
        np.append(True, np.diff(f) > 0.0),
        "the frequency does not rise from the line before; sort the rows",
    )
    if "magnitude" in values:
        H = (values["magnitude"] * np.exp(1j * values["phase"])).astype(complex)
        table.require(np.abs(H) > 0.0, "the magnitude is zero and has no phase; leave the row out")
    else:
        H = (values["real"] + 1j * values["imag"]).astype(complex)
    coherence = values.get("coherence")
    variance = values["sd"] ** 2 if "sd" in values else None
    if coherence is not None:
        inside = (coherence > 0.0) & (coherence <= 1.0)
        table.require(inside, "the coherence is not in (0, 1]; give the magnitude squared")
        if variance is None and averages is not None:
            variance = coherence_variance(H, coherence, averages)
    if variance is not None:
        table.require(variance > 0.0, "the spread is not above zero; leave it out if unknown")
    column = columns.get("magnitude") or columns["real"]
    unit = column.partition("_")[2].replace("deg", "rad").replace("mm", "m")
    return MeasuredResponse(name, f, H, variance, coherence, unit)
