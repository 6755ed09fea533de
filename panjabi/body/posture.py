"""Coordinates by name, checked against the joints' ranges, and the named postures."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from panjabi.body.data import read
from panjabi.body.tree import Floats
from panjabi.errors import ParameterError, PostureError, unknown

if TYPE_CHECKING:
    from panjabi.body.model import Body

RANGE_TOLERANCE = 1e-5  # ranges are printed to six digits [rad or m]


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """The named postures: angles in degrees, root translation in metres, and what they are."""
    return {p["name"]: p for p in read("postures.json", "panjabi-postures")["postures"]}


def named(body: Body, name: str) -> Floats:
    """Coordinates of a named posture.

    The root is placed for the body at hand: with the right foot where it stands, or with the
    pelvis above floor or table by the standard adult's height times the pelvis's size.
    """
    if name not in table():
        raise unknown("posture", name, table())
    record = table()[name]
    q = coordinates_from(body, None, record["angles_deg"], None)
    height = record.get("pelvis_height_m")
    if height is not None:
        pelvis = body.body_index("pelvis")
        q[body.coordinate_index("pelvis_ty")] = (
            height * body.scale[pelvis] - body.tree.loc[pelvis, 1]
        )
    if record.get("feet_stay"):
        shift = body.point(body.zero(), "calcn_r", np.zeros(3)) - body.point(
            q, "calcn_r", np.zeros(3)
        )
        for axis, name in enumerate(("pelvis_tx", "pelvis_ty")):
            q[body.coordinate_index(name)] += shift[axis]
    return q


def coordinates_from(
    body: Body,
    values: Mapping[str, float] | None,
    angles_deg: Mapping[str, float] | None,
    base: ArrayLike | None,
    *,
    check_range: bool = True,
    strict: bool = True,
) -> Floats:
    """See `Body.coordinates_from`."""
    q = body.zero() if base is None else checked(body, base).copy()
    for name, value in (values or {}).items():
        q[body.coordinate_index(name)] = _finite(name, value)
    for name, value in (angles_deg or {}).items():
        k = body.coordinate_index(name)
        if name in body.translations:
            raise PostureError(
                f"{name} was given as {value!r} degrees but is a translation in metres. "
                f"Give it among the values: {{{name!r}: metres}}."
            )
        q[k] = math.radians(_finite(name, value))
    if check_range:
        for name in [*(values or {}), *(angles_deg or {})]:
            if strict or not is_spinal(name):
                _check_range(body, name, q[body.coordinate_index(name)])
    return q


def checked(body: Body, q: ArrayLike) -> Floats:
    """q as a float array of the right shape, all finite."""
    try:
        array = np.ascontiguousarray(q, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.empty(0)
    n = len(body.coordinates)
    if array.shape != (n,):
        raise ParameterError(
            f"coordinates were given as {type(q).__name__} of shape {np.shape(array)}; an array "
            f"of {n} numbers is possible. Make one with coordinates_from or posture."
        )
    wrong = np.flatnonzero(~np.isfinite(array))
    if len(wrong):
        k = int(wrong[0])
        raise PostureError(
            f"coordinate {body.coordinates[k]} is {array[k]}; only finite numbers are possible. "
            "Look at what computed it."
        )
    return array


def is_spinal(name: str) -> bool:
    """Whether a coordinate belongs to the spine or the sacroiliac joint."""
    return name.endswith(("_FE", "_LB", "_AR")) or name == "SIJ_nutation"


def _finite(name: str, value: object) -> float:
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


def _check_range(body: Body, name: str, value: float) -> None:
    low, high = body.ranges[body.coordinate_index(name)]
    if low - RANGE_TOLERANCE <= value <= high + RANGE_TOLERANCE:
        return
    if name in body.translations:
        given, possible = f"{value:g} m", f"{low:g} to {high:g} m"
    else:
        given = f"{value:g} rad ({math.degrees(value):.1f} deg)"
        possible = (
            f"{low:g} to {high:g} rad ({math.degrees(low):.1f} to {math.degrees(high):.1f} deg)"
        )
    relax = "strict=False frees the spine" if is_spinal(name) else "check_range=False frees it"
    raise PostureError(
        f"{name} is {given}; its range is {possible} ({body.signs[name]}). "
        f"Give a value in the range; {relax}."
    )
