"""A lumbar spine in a named posture, from body, units and musculature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from panjabi.active.abdominal_pressure import AbdominalPressure, Pressure, strut
from panjabi.active.build import musculature
from panjabi.active.muscle_arrays import Musculature
from panjabi.body import standard_adult
from panjabi.errors import unknown
from panjabi.parameter import USER, Parameter
from panjabi.passive.injury import with_injuries
from panjabi.passive.sizing import sized_for
from panjabi.passive.standard import unit
from panjabi.spine.muscles_at import muscles_at
from panjabi.spine.static_model import LEVELS, HeldLoad, StaticSpine, spine_coordinates

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.body.model import Body
    from panjabi.tissue.de_groote import DeGrooteCurves

LYING = ("supine", "prone")


def static_spine(
    posture: str | ArrayLike = "standing",
    *,
    load: float | HeldLoad = 0.0,
    body: Body | None = None,
    muscles: Musculature | None = None,
    injuries: Mapping[str, Sequence[str]] | None = None,
    source: str = "default",
    supported: bool | None = None,
    curves: DeGrooteCurves | None = None,
    pressure: float = 0.0,
    extrapolate: bool = False,
) -> StaticSpine:
    """The lumbar spine of a body in a posture, with its units and its muscles.

    Parameters
    ----------
    posture : name of a posture of the body, or its coordinates (nq,).
    load : mass [kg] that is held at the centre of trunk, arms and head, or a `HeldLoad`.
    body : by default the standard adult; units, strength and pressure follow its size.
    muscles : over the 18 lumbar coordinates; by default `musculature("lumbar")` with the other
        joints as in this posture.
    injuries : level -> changes as text, {"L4-L5": ["cut=SSL+ISL"]}.
    supported : the ground carries every part; by default only in the lying postures.
    pressure : in the abdomen [Pa], on the strut of `panjabi.active.abdominal_pressure`.
    extrapolate : allow load, pressure and compression of the units beyond failure.
    curves : of the muscles; `DeGrooteCurves.refit()` are those of the dynamic model.

    Raises
    ------
    UnknownNameError
        For a posture, level or injury that does not exist.
    ParameterError
        For muscles of a body of another size.
    """
    whole_body = standard_adult() if body is None else body
    named = isinstance(posture, str)
    q = whole_body.posture(posture) if isinstance(posture, str) else whole_body.poses(posture).q
    if muscles is None:
        muscles = musculature("lumbar", whole_body, at=q)
    muscles = Musculature.required(muscles, "static_spine(muscles=...)", whole_body)
    changes = dict(injuries or {})
    for level in changes:
        if level not in LEVELS:
            raise unknown("level of the lumbar spine", level, LEVELS)
    units = tuple(
        with_injuries(
            sized_for(unit(level, source, extrapolate=extrapolate), whole_body),
            changes.get(level, ()),
        )
        for level in LEVELS
    )
    angles = q[[whole_body.coordinate_index(c) for c in spine_coordinates()]]
    known = {f"{u.level} {name}": p for u in units for name, p in u.parameters.items()}
    abdominal = _strut(whole_body, q, pressure, extrapolate) if pressure else None
    if abdominal is not None:
        names = ("pressure", "area", "lever", "depth")
        known |= {f"abdominal_{name}": getattr(abdominal.settings, name) for name in names}
    return StaticSpine(
        body=whole_body,
        q=np.array(q),
        units=units,
        muscles=muscles_at(muscles, angles, curves=curves),
        load=load if isinstance(load, HeldLoad) else HeldLoad(float(load), None, extrapolate),
        pressure=abdominal,
        supported=(named and posture in LYING) if supported is None else supported,
        parameters={**dict(whole_body.parameters), **dict(muscles.parameters), **known},
    )


def _strut(body: Body, q: ArrayLike, pressure: float, extrapolate: bool) -> AbdominalPressure:
    """The strut of a body at q under a pressure [Pa]."""
    parameter = Parameter(1e-3 * pressure, "kPa", USER, "assumed", "requested")
    return strut(Pressure(pressure=parameter, extrapolate=extrapolate), body, at=q)
