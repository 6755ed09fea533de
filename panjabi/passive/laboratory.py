"""The law of one axis of a unit, fitted to the record of a laboratory.

The record gives the range to both sides, the neutral zone and the stiffness at neutral; the joint
fit of `panjabi.passive.fitting` finds the law that has them in the stepped protocol. Signs are
those of the unit: extension, bending to the right and rotation to the left are positive.

| record | neutral zone | stiffness at neutral |
|---|---|---|
| stepped, with waits at zero load | residual: a target | of the relaxed law |
| continuous loop | by the first estimator: a prior | in motion |

What a record does not determine keeps the published value or the prior of the level.
"""

from __future__ import annotations

import math
from dataclasses import astuple, replace

import numpy as np

from panjabi.errors import ParameterError
from panjabi.parameter import USER, Parameter
from panjabi.passive.directions import axis_index
from panjabi.passive.fitting import UNKNOWN, FrictionPrior, friction_of_read_zones, joint_fit
from panjabi.passive.measured import Measurement, measured_neutral_zone
from panjabi.passive.standard import AxisFit, LaboratoryFit, packaged_fits
from panjabi.passive.targets import FitTarget, target

NORMAL = 1.959963984540054
"""Half of a 95 % interval over the standard deviation."""


def laboratory_fit(measurement: Measurement, axis: int | str) -> LaboratoryFit:
    """The law of an axis of the record's level.

    Raises
    ------
    ParameterError
        For a record without a level.
    DataFileError
        For a record that does not determine a law; see `measured_neutral_zone`.
    ConvergenceError
        If the fit does not converge.
    """
    if measurement.level is None:
        raise ParameterError(
            f"Expected the level of {measurement.name}, got none; give read_measurement(level=...)."
        )
    number = axis_index(axis)
    aim = measured_target(measurement, number)
    read = aim.parameters["neutral_zone"].status == "measured"
    prior = UNKNOWN if read else _friction(number)
    law = joint_fit(measurement.level, number, friction=prior, aim=aim)
    plain = AxisFit(*map(float, astuple(law)))
    return LaboratoryFit(record=measurement.name, moment=aim.moment, law=plain)


def measured_target(measurement: Measurement, axis: int) -> FitTarget:
    """What the record says about an axis, in place of the published values of its level."""
    assert measurement.level is not None
    result = measured_neutral_zone(measurement)
    published = target(measurement.level, axis)
    residual = result.zones.get("residual")
    zone = residual or next(iter(result.zones.values()), None)
    fitted = result.fit.values["neutral"]
    neutral = fitted if residual is None else 0.5 * (residual.lower + residual.upper)
    half = published.neutral_zone if zone is None else zone.half_width
    status = "assumed" if residual is None else "measured"
    known = {"neutral_zone": Parameter(math.degrees(half), "deg", USER, status)}
    stiffness, moving = result.stiffness_at_neutral, residual is None
    if stiffness is None:
        stiffness, moving = published.stiffness, published.moving
    name = "slope_in_motion" if moving else "linear"
    if result.stiffness_at_neutral is None:
        known[name] = published.parameters[name]
    else:
        low, high = result.fit.intervals["linear"]
        sd = (high - low) / (2.0 * NORMAL)
        known[name] = Parameter(stiffness, "N m/rad", USER, "measured", sd=sd or None)
    return replace(
        published,
        neutral_zone=half,
        range_minus=result.range_minus + neutral - fitted,
        range_plus=result.range_plus - neutral + fitted,
        moment=float(np.abs(measurement.moment).max()),
        stiffness=stiffness,
        moving=moving,
        parameters=known,
    )


def _friction(axis: int) -> FrictionPrior:
    return friction_of_read_zones(packaged_fits(axis), axis)
