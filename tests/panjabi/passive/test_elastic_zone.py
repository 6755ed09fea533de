"""Beyond its critical load a level with a stiff elastic zone tilts little, a linear level far."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from panjabi.passive.hysteresis import Hysteresis
from panjabi.passive.standard import unit
from panjabi.passive.terms import Structure, linear


def resting_angle(one, axis: int, load: float, height: float) -> float:
    """Angle of a level with a dead load on a rigid link: moment = load height sin(angle)."""
    low, high = 1e-6, math.pi - 1e-9
    for _ in range(200):
        middle = 0.5 * (low + high)
        pull = load * height * math.sin(middle)
        if one.evaluate(np.eye(3)[axis] * middle)[1][axis] < pull:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@pytest.mark.parametrize("level", ["L1-L2", "L3-L4", "L5-S1"])
def test_p14_the_elastic_zone_limits_the_angle_after_buckling(level):
    """Beyond the critical load, a linear level with the same stiffness at neutral tilts far."""
    axis = 1
    whole = replace(unit(level), hysteresis=Hysteresis())
    stiffness = whole.stiffness_at_neutral(axis)
    plain = replace(whole, structures=(Structure("joint", (linear(axis, stiffness),), "joint"),))
    height = 0.2
    load = 1.15 * stiffness / height
    caught, fallen = (resting_angle(one, axis, load, height) for one in (whole, plain))
    assert math.sin(fallen) / fallen == pytest.approx(1.0 / 1.15, rel=1e-9)
    assert math.degrees(caught) < 5.0 < 40.0 < math.degrees(fallen)
