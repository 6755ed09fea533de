"""The static view of a spine, and that of a lumbar spine in a named posture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from panjabi.active.abdominal_pressure import AbdominalPressure, Pressure, strut
from panjabi.errors import ParameterError
from panjabi.parameter import USER, Parameter
from panjabi.spine.model import Spine
from panjabi.spine.model_build import UnitOptions, spine_model
from panjabi.spine.muscles_at import muscles_at
from panjabi.spine.static_model import HeldLoad, StaticSpine
from panjabi.spine.subject_data import SubjectData

if TYPE_CHECKING:
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.active.musculotendon import Musculotendon
    from panjabi.body.model import Body

LYING = ("supine", "prone")


def static_view(spine: Spine, q: ArrayLike | None = None) -> StaticSpine:
    """The equations of a spine at rest: units, weight, elements and muscles at one posture.

    q : free coordinates (n,), by default those of the spine.

    Raises
    ------
    ParameterError
        For a spine without muscles.
    """
    if spine.muscles is None:
        raise ParameterError(
            "Expected a spine with muscles, got one without; leave muscles=False out."
        )
    dynamics = spine.dynamics
    at = dynamics.part(dynamics.held) if q is None else np.asarray(q, float)
    units = tuple(joint.unit for joint in spine.joints)
    return StaticSpine(
        body=spine.body,
        q=dynamics.whole(at),
        coordinates=spine.free,
        units=units,
        muscles=muscles_at(spine.muscles.units, at, [u.level for u in units]),
        tendons=spine.muscles.units,
        elements=spine.elements,
        supported=not np.any(dynamics.gravity),
        subject=spine.subject,
        parameters=spine.parameters,
    )


def static_spine(
    posture: str | ArrayLike | None = None,
    *,
    subject: SubjectData | None = None,
    load: float | HeldLoad | None = None,
    body: Body | None = None,
    muscles: Musculature | Musculotendon | None = None,
    injuries: Mapping[str, Sequence[str]] | None = None,
    source: str | None = None,
    supported: bool | None = None,
    pressure: float = 0.0,
    extrapolate: bool = False,
    region: str = "lumbar",
) -> StaticSpine:
    """The static view of the spine of `spine_model`, with its load as a term of its own.

    What is given replaces what the subject has.

    Parameters
    ----------
    posture : name of a posture of the body, or its coordinates (nq,).
    subject : by default the standard adult: 0 kg, standing, intact.
    load : mass [kg] that is held at the centre of trunk, arms and head, or a `HeldLoad`.
    body : units, strength and pressure follow its size.
    muscles : over the coordinates of the region; by default those of the subject, with the other
        joints as in this posture.
    injuries : level -> changes as text, {"L4-L5": ["cut=SSL+ISL"]}.
    supported : the ground carries every part; by default only in the lying postures.
    pressure : in the abdomen [Pa], on the strut of `panjabi.active.abdominal_pressure`.
    extrapolate : allow load, pressure and compression of the units beyond failure.
    region : as for `spine_model`.

    Raises
    ------
    UnknownNameError
        For a region, posture, level or injury that does not exist.
    ParameterError
        For muscles of a body of another size.
    """
    who = SubjectData() if subject is None else subject
    place = who.posture if posture is None else posture
    lying = (isinstance(place, str) and place in LYING) if supported is None else supported
    spine = spine_model(
        region,
        subject=subject,
        muscles=True if muscles is None else muscles,
        reflexes=False,
        load=0.0,
        posture=place,
        gravity=not lying,
        injuries=injuries,
        units=UnitOptions(source=source, extrapolate=extrapolate),
        body=body,
    )
    known = dict(spine.parameters)
    if pressure:
        abdominal = _strut(spine, pressure, extrapolate)
        spine = spine.with_elements(abdominal)
        names = ("pressure", "area", "lever", "depth")
        known |= {f"abdominal_{name}": getattr(abdominal.settings, name) for name in names}
    held = who.load if load is None else load
    if not isinstance(held, HeldLoad):
        held = HeldLoad(float(held), None, extrapolate)
    return replace(static_view(spine), load=held, parameters=known)


def _strut(spine: Spine, pressure: float, extrapolate: bool) -> AbdominalPressure:
    """The strut in a spine under a pressure [Pa]."""
    parameter = Parameter(1e-3 * pressure, "kPa", USER, "assumed", "requested")
    settings = Pressure(pressure=parameter, extrapolate=extrapolate)
    return strut(settings, spine.body, coordinates=spine.free, at=spine.dynamics.held)
