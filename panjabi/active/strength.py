"""Strength: the moments a musculature can make, its scale to a target, and deficits.

The forces of the thoracolumbar set are far above what people can do: all extensors together give
1121 N m at L5-S1 and 880 N m at L3-L4, where 200 to 350 N m are recalled of young men. What factor
brings them down is a question of the whole spine (`panjabi.spine.strength`), since every level has
to balance at once. It was fitted once, on the standard adult, and is part of the packaged muscles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from panjabi.active.musculature import Musculature
from panjabi.body.tree import Floats
from panjabi.errors import ParameterError, unknown
from panjabi.parameter import THIS_WORK, USER, Parameter, ParameterSet

EXTENSORS = (
    "iliocostalis_lumborum",
    "iliocostalis_thoracis",
    "longissimus_lumborum",
    "longissimus_thoracis",
    "multifidus_lumbar",
    "multifidus_thoracic",
    "quadratus_lumborum",
    "latissimus_dorsi",
)
"""Groups behind the lumbar joints, whose forces the extension strength is about."""

EXTENSION_TARGET = Parameter(
    275.0, "N m", THIS_WORK, "assumed", "middle of the recalled 200-350 N m of young men, upright"
)

EXTENSOR_FACTOR = Parameter(
    0.7619369798940039,
    "1",
    THIS_WORK,
    "fitted",
    "on the extensors' forces: the upright standard adult then extends with 275 N m "
    "(panjabi.spine.strength.extensor_factor)",
)


def calibrated(muscles: Musculature) -> Musculature:
    """See `Musculature.calibrated`."""
    extensors = np.array([group in EXTENSORS for group in muscles.groups])
    if not extensors.any():
        return muscles
    known = {"extensor_factor": EXTENSOR_FACTOR, "extension_strength": EXTENSION_TARGET}
    return _with_calibration(
        muscles,
        np.where(extensors, EXTENSOR_FACTOR.si, 1.0),
        {**dict(muscles.parameters), **known},
    )


def raw(muscles: Musculature) -> Musculature:
    """See `Musculature.raw`."""
    fitted = ("extensor_factor", "extension_strength")
    known = {name: p for name, p in dict(muscles.parameters).items() if name not in fitted}
    return _with_calibration(muscles, np.ones(len(muscles)), known)


def _with_calibration(
    muscles: Musculature, factor: Floats, parameters: dict[str, Parameter]
) -> Musculature:
    made = _with_force(muscles, factor / muscles.calibration, parameters)
    return replace(made, calibration=factor)


def moment_capacity(muscles: Musculature, q: ArrayLike, coordinate: str) -> tuple[float, float]:
    """Largest moment each way at a coordinate with every muscle at its maximal force [N m].

    Returns (positive, negative): for a *_FE coordinate extension and flexion, both as positive
    numbers. Force-length and all other joints are left out.
    """
    if coordinate not in muscles.coordinates:
        raise unknown("coordinate", coordinate, muscles.coordinates)
    arm = muscles.geometry(q).moment_arm[:, muscles.coordinates.index(coordinate)]
    moment = arm * muscles.max_force
    return float(moment[moment > 0.0].sum()), float(-moment[moment < 0.0].sum())


def scaled(muscles: Musculature, factors: float | Mapping[str, float]) -> Musculature:
    """See `Musculature.with_strength_scale`."""
    table = {"all": factors} if not isinstance(factors, Mapping) else factors
    scale = np.ones(len(muscles))
    parameters = dict(muscles.parameters)
    for name, factor in table.items():
        if not (np.isfinite(factor) and factor > 0.0):
            raise ParameterError(
                f"the strength factor of {name!r} is {factor!r}; a finite number above 0 is "
                "possible. To take a muscle away use with_deficit."
            )
        mask = slice(None) if not isinstance(factors, Mapping) else muscles.members(name)
        scale[mask] *= factor
        key = f"strength_{name}"
        before = parameters[key].si if key in parameters else 1.0
        parameters[key] = Parameter(
            before * factor, "1", USER, "assumed", "on the maximal force, besides any calibration"
        )
    return _with_force(muscles, scale, parameters)


def weakened(muscles: Musculature, which: str | Iterable[str], loss: float) -> Musculature:
    """See `Musculature.with_deficit`."""
    if not (np.isfinite(loss) and 0.0 <= loss <= 1.0):
        raise ParameterError(
            f"the loss of force is {loss!r}; a share from 0 to 1 is possible. 1 takes the force "
            "away, 0.3 leaves 70 per cent."
        )
    names = (which,) if isinstance(which, str) else tuple(which)
    scale = np.where(muscles.members(names), 1.0 - loss, 1.0)
    parameters = dict(muscles.parameters)
    for name in names:
        key = f"deficit_{name}"
        kept = (1.0 - parameters[key].si if key in parameters else 1.0) * (1.0 - loss)
        parameters[key] = Parameter(1.0 - kept, "1", USER, "assumed", "share of force lost")
    return _with_force(muscles, scale, parameters)


def _with_force(
    muscles: Musculature, scale: Floats, parameters: dict[str, Parameter]
) -> Musculature:
    return replace(
        muscles,
        max_force=muscles.max_force * scale,
        strength=muscles.strength * scale,
        parameters=ParameterSet(parameters),
    )
