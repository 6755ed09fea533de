"""Fitting elastic-zone stiffness and hysteresis to published neutral zone and range of motion.

Write the packaged table again with `python -m panjabi.passive.fitting`.
"""

from __future__ import annotations

import math

from panjabi.passive.standard import WIDTH, AxisFit
from panjabi.passive.targets import Target


def elastic_gain(aim: Target, reach: float) -> float:
    """Ramp stiffness [N m/rad] with which the elastic law alone holds the moment at `reach`.

    Closed form: moment = linear x + gain [S(x - n) - S(-n)], the opposite ramp taken alike.
    """

    def ramp(y: float) -> float:
        return 0.5 * (y + math.hypot(y, WIDTH * aim.neutral_zone))

    n = aim.neutral_zone
    forward = ramp(reach - n) - ramp(-n)
    backward = ramp(-reach - n) - ramp(-n)
    return max((aim.moment - aim.linear * reach) / (forward - backward), 0.0)


def elastic_fit(aim: Target) -> AxisFit:
    """Without hysteresis: where the protocol's fit starts from."""
    return AxisFit(elastic_gain(aim, aim.range_minus), elastic_gain(aim, aim.range_plus), 0.0)
