"""Effects of sex and age on a body, only where a row of role prior or calibration has one.

The values of the standard adult are those of a man of 30 years where sources differ. A body that is
described by sex and age differs from it in what `EFFECTS` lists, and in nothing else: no row that
may set a parameter gives strength, the stiffness of a unit, a reflex or the fascia by sex or age at
equal size. The recalled neck moments of men and women (vas01_*) are of groups whose size is not
known, and the ratios of strength that were read are kept as a test (neck_sex_lo).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, get_args

import numpy as np

from panjabi.body.model import Body
from panjabi.body.movements import REGIONS
from panjabi.body.scaling import segments
from panjabi.errors import ParameterError, unknown
from panjabi.literature import row
from panjabi.parameter import Parameter, ParameterSet

Sex = Literal["male", "female"]

REFERENCE_SEX: Sex = "male"
REFERENCE_AGE = 30.0  # mean age of the men of the anthropometric table, 30.16 [years]
AGES = (16.0, 90.0)  # of the rows of the lumbar range [years]

EFFECTS: Mapping[str, str] = {
    "sex: mass of the segments": "lev96_m_*, lev96_f_* (prior)",
    "age: range of the lumbar joints": "SD-8, SD-9, SD-10 (calibration)",
}
"""Effect -> the rows it rests on."""

_TRUNK = {
    "head_and_neck": ("head", "neck"),
    "upper_trunk": ("thorax", "girdle"),
    "middle_trunk": ("lumbar",),
    "lower_trunk": ("pelvis",),
}
"""Segment of the mass rows -> segments of the body; all others are limbs."""


def described(body: Body, sex: Sex, age_years: float) -> Body:
    """The body with the effects of sex and age; unchanged for those of the standard adult.

    Raises
    ------
    UnknownNameError
        For a sex that no row describes.
    ParameterError
        For an age outside the rows, 16 to 90 years.
    """
    check_group(sex, age_years)
    if sex != REFERENCE_SEX:
        body = _of_women(body)
    if age_years != REFERENCE_AGE:
        body = _aged(body, age_years)
    if (sex, age_years) == (REFERENCE_SEX, REFERENCE_AGE):
        return body
    change = {"change": "group", "sex": sex, "age_years": age_years}
    return replace(body, changes=(*body.changes, change))


def check_group(sex: Sex, age_years: float) -> None:
    """Raise UnknownNameError or ParameterError for a sex or age that no row describes."""
    if sex not in get_args(Sex):
        raise unknown("sex", str(sex), get_args(Sex))
    if not AGES[0] <= age_years <= AGES[1]:
        raise ParameterError(
            f"Expected an age from {AGES[0]:g} to {AGES[1]:g} years, got {age_years!r}; the rows "
            "on age begin and end there, and growing bodies are not modelled."
        )


def _of_women(body: Body) -> Body:
    """Other fractions of the segments in the same mass."""
    names = tuple(_TRUNK)
    men, women = (np.array([row(f"lev96_{s}_{n}").number for n in names]) / 100.0 for s in "mf")
    ratio = dict(zip(names, (women / men).tolist(), strict=True))
    ratio["limbs"] = float((1.0 - women.sum()) / (1.0 - men.sum()))
    factor = np.full(len(body.names), ratio["limbs"])
    for name, members in _TRUNK.items():
        for segment, bodies in segments(body.names).items():
            if segment.removesuffix("_r").removesuffix("_l") in members:
                factor[[body.body_index(b) for b in bodies]] = ratio[name]
    mass = factor * body.mass
    factor *= body.mass.sum() / mass.sum()
    bib = row("lev96_f_upper_trunk").bib
    known = {
        f"mass_of_women_{name}": Parameter(
            value, "1", bib, "assumed", "fraction of body mass over that of men, recalled"
        )
        for name, value in ratio.items()
    }
    return replace(
        body,
        sex="female",
        mass=factor * body.mass,
        inertia=factor[:, None, None] * body.inertia,
        parameters=ParameterSet({**body.parameters, **known}),
    )


def _aged(body: Body, age_years: float) -> Body:
    """Other ranges of the lumbar joints."""
    flexion, extension, bending = (range_factor(id, age_years) for id in ("SD-8", "SD-9", "SD-10"))
    ranges = body.ranges.copy()
    for joint in REGIONS["lumbar"]:
        ranges[body.coordinate_index(f"{joint}_FE")] *= (flexion.si, extension.si)
        ranges[body.coordinate_index(f"{joint}_LB")] *= bending.si
    known = {
        "lumbar_flexion_range_factor": flexion,
        "lumbar_extension_range_factor": extension,
        "lumbar_bending_range_factor": bending,
    }
    return replace(
        body,
        age_years=age_years,
        ranges=ranges,
        parameters=ParameterSet({**body.parameters, **known}),
    )


def range_factor(id: str, age_years: float) -> Parameter:
    """Range of the lumbar spine at an age over that at 30 years [1], linear between the ages."""
    source = row(id)
    young, old = source.values

    def at(age: float) -> float:
        return young + (old - young) * (age - AGES[0]) / (AGES[1] - AGES[0])

    return Parameter(
        at(age_years) / at(REFERENCE_AGE),
        "1",
        source.bib,
        "derived",
        f"{source.quantity}: {age_years:g} over {REFERENCE_AGE:g} years, linear (assumed)",
    )
