"""Strength and stiffness of people of other size, sex and age than the reference adult.

The size policy predicts these rows; until it exists for a row, the row has an entry without a
prediction.
"""

from __future__ import annotations

from panjabi.validation.predictions import Predictions

table = Predictions("People of other size, sex and age")

table.not_predicted(
    "neck_sex_lo", "str_ch_g5", "str_ch_b16", "tk_sex", "c67_women_ant.sex",
    reason="strength and stiffness do not yet follow the size and sex of a body",
)  # fmt: skip
