"""The factor that reduces the extensors of the packaged muscles to the strength of people.

The forces of the thoracolumbar set are far above the strength of people: all extensors together
give 1121 N m at L5-S1 and 880 N m at L3-L4, while 200 to 350 N m are recalled for young men. The
factor depends on the whole spine (`panjabi.spine.strength`), since all levels must be in
equilibrium together. It was fitted to the standard adult and is part of the packaged muscles.
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
"""Groups behind the lumbar joints, which determine the extension strength."""

EXTENSION_TARGET = Parameter(
    275.0, "N m", THIS_WORK, "assumed", "middle of the recalled 200-350 N m of young men, upright"
)

EXTENSOR_FACTOR = Parameter(
    0.8220093307201323,
    "1",
    THIS_WORK,
    "fitted",
    "on the extensors' forces: the upright standard adult then extends with 275 N m "
    "(panjabi.spine.strength.extensor_factor)",
)
