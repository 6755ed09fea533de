"""The factor that brings the extensors of the packaged muscles down to the strength of people.

The forces of the thoracolumbar set are far above what people can do: all extensors together give
1121 N m at L5-S1 and 880 N m at L3-L4, where 200 to 350 N m are recalled of young men. What factor
brings them down is a question of the whole spine (`panjabi.spine.strength`), since every level has
to balance at once. It was fitted once, on the standard adult, and is part of the packaged muscles.
"""

from __future__ import annotations

from panjabi.parameter import THIS_WORK, Parameter

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
