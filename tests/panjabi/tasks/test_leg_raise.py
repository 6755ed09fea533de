"""Active straight-leg raise: the moment of the leg, and what closes the sacroiliac joints."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from panjabi.body.gravity import STANDARD_GRAVITY
from panjabi.body.standard import standard_adult
from panjabi.tasks import LegRaiseTask
from panjabi.tasks.leg_raise import LEG, sacroiliac_of, weight_moment

SIDES = ("SIJ-right", "SIJ-left")


@cache
def lifted(belt: float = 0.0):
    return LegRaiseTask(samples=8, belt=belt, angle=0.0).run()


def test_the_moment_is_the_weight_of_the_leg_times_its_lever():
    body = standard_adult()
    q = body.posture("supine")
    poses = body.poses(q)
    mass = sum(body.mass[body.body_index(name)] for name in LEG)
    lever = (body.centre_of_mass(poses, LEG) - body.joint_centre(poses, "femur_r"))[0]
    moment = weight_moment(body, q)
    assert moment[2] == pytest.approx(-mass * STANDARD_GRAVITY * lever)
    assert 0.3 < lever < 0.45 and moment[0] == moment[1] == 0.0


def test_every_lumbar_level_carries_the_moment_and_flexors_hold_it():
    found = lifted()
    first, last = (s.view for s in (found.samples[0], found.samples[-1]))
    k = last.coordinates.index("L4_L5_FE")
    moment = found.series["moment_of_leg_Nm"][-1]
    assert first.demand[k] - last.demand[k] == pytest.approx(moment, rel=1e-6)
    assert found.drives["rectus_abdominis"][-1] > 5.0 * found.drives["rectus_abdominis"][0]
    assert found.drives["longissimus_thoracis"][-1] < 0.02


def test_lifting_uses_more_of_the_joint_and_a_belt_less():
    found, belted = lifted(), lifted(100.0)
    for side in SIDES:
        use = found.series[f"{side}_use"]
        assert use[-1] > 1.3 * use[0]
        assert belted.series[f"{side}_use"][-1] < 0.85 * use[-1]
        tighter = belted.series[f"{side}_normal_N"][-1] - found.series[f"{side}_normal_N"][-1]
        assert tighter == pytest.approx(100.0, abs=20.0)


def test_form_muscles_ligaments_and_belt_add_up_to_the_normal_force():
    for found in (lifted(), lifted(100.0)):
        for k, side in enumerate(SIDES):
            parts = found.further["closure_N"]["lifted"][side]
            normal = sacroiliac_of(found.solutions[-1])[k].normal
            assert sum(parts.values()) == pytest.approx(normal)
            assert found.series[f"{side}_normal_N"][-1] == pytest.approx(normal)
    assert np.isfinite(lifted().loads.compression).all()
