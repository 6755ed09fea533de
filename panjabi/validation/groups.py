"""Strength and stiffness of people of other size, sex and age than the reference adult.

The size policy predicts these rows without any number of theirs. Statures and masses of groups that
no row prints are those of the adults of the anthropometric table (ANSUR II).
"""

from __future__ import annotations

from functools import cache

import numpy as np

from panjabi.active.build import musculature
from panjabi.active.strength import moment_capacity
from panjabi.body import Body, size_factor, standard_adult, stature_limits
from panjabi.body.groups import Sex
from panjabi.literature import row
from panjabi.passive.shear import SLOW, fitted_shear, shear_phases
from panjabi.spine.static_build import static_spine
from panjabi.spine.strength import strength
from panjabi.validation.effort import stiffness_of
from panjabi.validation.predictions import Prediction, Predictions

STRAP = "T6"
"""Vertebra at the height of the strap of a prone dynamometer, at the shoulder blades; assumed."""

table = Predictions("People of other size, sex and age")


@cache
def soldier(sex: Sex) -> Body:
    """The mean man or woman of the anthropometric table."""
    letter = "M" if sex == "male" else "F"
    return standard_adult(
        stature_m=1e-3 * row(f"AN-{letter}-stature").number,
        mass_kg=row(f"AN-{letter}-mass").number,
        sex=sex,
    )


@table.predicts(
    "neck_sex_lo",
    accept="1.2 to 1.7 in all six directions",
    published="1.2 to 1.7",
    quantity="men over women, isometric neck strength, six directions",
)
def neck_strength_of_men_over_women() -> Prediction:
    """Lowest of the six ratios of the sum of force times arm at C7-T1."""
    ratios = []
    for axis in ("FE", "LB", "AR"):
        both = []
        for sex in ("male", "female"):
            muscles = musculature("cervical", soldier(sex))
            upright = np.zeros(len(muscles.coordinates))
            both.append(np.array(moment_capacity(muscles, upright, f"C7_T1_{axis}")))
        ratios += (both[0] / both[1]).tolist()
    low, high = row("neck_sex_lo").number, row("neck_sex_hi").number
    return Prediction(
        min(ratios),
        f"size alone: cube of the mean statures of men and women; {min(ratios):.3f} to "
        f"{max(ratios):.3f} over the directions. The people of the study had no correlation of "
        "strength with height, so that a ratio inside the range does not show that size is its "
        "cause",
        met=low <= min(ratios) and max(ratios) <= high,
    )


@table.predicts(
    {"neck_extension": ("FE", 0), "neck_flexion": ("FE", 1), "neck_lateral": ("LB", 0),
     "neck_axial": ("AR", 0)},
    reason="sum of maximal force times arm at C7-T1, upright, without the equilibrium of the other "
    "joints; the size of the nine men is not printed: the standard adult",
)  # fmt: skip
def neck_strength(axis: str, side: int) -> float:
    muscles = musculature("cervical")
    return moment_capacity(muscles, np.zeros(len(muscles.coordinates)), f"C7_T1_{axis}")[side]


table.not_predicted(
    "ext_force_standing", "ext_force_sitting", "ext_force_kneeling",
    reason="a force of 24 men and 36 women together; the row has no height of the dynamometer, so "
    "no lever",
)  # fmt: skip


@table.predicts("str_ch_b16")
def back_force_of_boys() -> Prediction:
    """Force at the strap, prone, in addition to the weight of the trunk [N]."""
    stature = 1e-3 * row("AN-M-stature").number
    force = _prone_force(standard_adult(stature_m=stature, age_years=17.0))
    adult = _prone_force(standard_adult())
    return Prediction(
        force,
        f"stature of grown men, {stature:.3f} m, at the body mass index of the standard adult; "
        f"lever from L5-S1 to {STRAP} (assumed), muscles also carry the weight of the trunk. Age "
        "has no effect on strength in the model",
        null=adult,
        second_null=adult * stature / standard_adult().stature,
    )


table.not_predicted(
    "str_ch_g5",
    reason="girls of 5 to 7 years are smaller than the smallest adults of the evidence "
    f"({stature_limits()[0]:.3f} m): the size policy refuses them",
)


@table.predicts("tk_sex")
def trunk_stiffness_of_men_minus_women() -> Prediction:
    """Difference of the stiffness at a harness [N/m]; its sign is compared."""
    man, woman = (stiffness_of(soldier(sex)) for sex in ("male", "female"))
    fits = man.fit.stiffness, woman.fit.stiffness
    small = man.intrinsic_fit.stiffness, woman.intrinsic_fit.stiffness
    return Prediction(
        float(np.sign(small[0] - small[1])),
        f"second-order fit without reflexes: {small[0]:.0f} N/m in the mean man and "
        f"{small[1]:.0f} N/m in the mean woman, at 20 % of the strength of each; with reflexes at "
        f"the amplitude of the experiment {fits[0]:.0f} and {fits[1]:.0f} N/m",
    )


@table.predicts(
    "c67_women_ant.sex",
    reason="law of shear fitted to 21 men and 18 women together, in proportion to length: mean "
    "statures of the two sexes over that of the group",
)
def shear_stiffness_of_women_minus_men() -> float:
    """Difference of the stiffness of C6-C7 in the second phase of anterior shear [N/mm]."""
    ids = ("AN-F-stature", "AN-M-stature"), ("c67_women_ant", "c67_men_ant")
    woman, man = (row(id).number for id in ids[0])
    women, men = (float(row(id).n) for id in ids[1])
    mean = (women * woman + men * man) / (women + men)
    factors = [size_factor("linear stiffness", stature / mean) for stature in (woman, man)]
    return 1e-3 * shear_phases(fitted_shear(), SLOW).second * (factors[0] - factors[1])


def _prone_force(body: Body) -> float:
    """Largest force of the back at the strap, lying prone, while it carries the trunk [N]."""
    spine = static_spine("prone", body=body, supported=False)
    joint, strap = (body.joint_centre(spine.poses, name) for name in ("L5", STRAP))
    return strength(spine, "extension").moment / float(np.linalg.norm(strap - joint))
