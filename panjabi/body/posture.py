"""Coordinates by name, checked against the ranges of the joints, and the named postures."""

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
    """The named postures: angles in degrees, translation of the root in metres, description."""
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
            f"Expected a finite number for {name}, got {value!r}; give radians (or metres for a "
            "translation), or use angles_deg."
        )
    return number


def check_limits(name: str, value: float, limits: Floats, *, metres: bool, sign: str) -> None:
    """Raise PostureError for a value [rad or m] outside limits (2,); `sign` explains the sign."""
    low, high = limits
    if low - RANGE_TOLERANCE <= value <= high + RANGE_TOLERANCE:
        return
    if metres:
        text, expected = f"{value:g} m", f"{low:g} to {high:g} m"
    else:
        text = f"{value:g} rad ({math.degrees(value):.1f} deg)"
        expected = (
            f"{low:g} to {high:g} rad ({math.degrees(low):.1f} to {math.degrees(high):.1f} deg)"
        )
    option = "strict=False" if is_spinal(name) else "check_range=False"
    raise PostureError(
        f"Expected {name} in its range of {expected} ({sign}), got {text}; give a value in the "
        f"range, or {option} to allow this value."
    )
