"""Coordinates by name, checked against the joints' ranges, and the named postures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import Any

from panjabi.body.data import read
from panjabi.body.tree import Floats
from panjabi.errors import PostureError

RANGE_TOLERANCE = 1e-5  # ranges are printed to six digits [rad or m]


@cache
def posture_table() -> Mapping[str, Mapping[str, Any]]:
    """The named postures: angles in degrees, root translation in metres, and what they are."""
    return {p["name"]: p for p in read("postures.json", "panjabi-postures")["postures"]}


def is_spinal(name: str) -> bool:
    """Whether a coordinate belongs to the spine or the sacroiliac joint."""
    return name.endswith(("_FE", "_LB", "_AR")) or name == "SIJ_nutation"


def finite_value(name: str, value: object) -> float:
    """The number, or an error that names the coordinate."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise PostureError(
            f"{name} is {value!r}; only finite numbers are possible. Give radians (or metres for "
            "a translation), or use angles_deg."
        )
    return number


def check_limits(name: str, value: float, limits: Floats, *, metres: bool, sign: str) -> None:
    """Refuse a value [rad or m] outside limits (2,); `sign` says what a positive value is."""
    low, high = limits
    if low - RANGE_TOLERANCE <= value <= high + RANGE_TOLERANCE:
        return
    if metres:
        given, possible = f"{value:g} m", f"{low:g} to {high:g} m"
    else:
        given = f"{value:g} rad ({math.degrees(value):.1f} deg)"
        possible = (
            f"{low:g} to {high:g} rad ({math.degrees(low):.1f} to {math.degrees(high):.1f} deg)"
        )
    relax = "strict=False frees the spine" if is_spinal(name) else "check_range=False frees it"
    raise PostureError(
        f"{name} is {given}; its range is {possible} ({sign}). Give a value in the range; {relax}."
    )
