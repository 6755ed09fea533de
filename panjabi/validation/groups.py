"""Strength and stiffness of people of other size, sex and age than the reference adult.

The size policy (`panjabi.body.size`) predicts these rows and none of them enters it. A row that it
cannot predict yet has an entry with the reason.
"""

from __future__ import annotations

from panjabi.validation.predictions import Predictions

table = Predictions("People of other size, sex and age")

table.not_predicted("neck_sex_lo", reason="recruitment has the lumbar spine only, not the neck")
table.not_predicted(
    "str_ch_g5", "str_ch_b16", reason="children are refused: no units or muscles of children exist"
)
table.not_predicted("c67_women_ant.sex", reason="units have no translation, so no shear stiffness")
table.not_predicted(
    "tk_sex", reason="size and activity of the groups are not printed in what was read"
)
