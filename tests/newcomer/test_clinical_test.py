"""Add a clinical test: the seated slump, in which the nerve path is stretched from both ends."""

import math
from dataclasses import replace

import fascia
from fascia.clinical import (
    LUMBAR_JOINTS,
    PostureOptions,
    ankle_and_neck,
    clinical_test,
    linear_path,
    spine_flexion,
)


def slumped(body, side, options):
    """Sitting with the lumbar spine flexed by 30 deg; the knee is extended from 90 deg."""
    legs = ("hip_flexion_r", "hip_flexion_l", "knee_angle_r", "knee_angle_l")
    start = dict.fromkeys(legs, math.pi / 2)
    start |= spine_flexion(body, LUMBAR_JOINTS, math.radians(30.0))
    start |= ankle_and_neck(body, side, options)
    return linear_path(body, start, {f"knee_angle_{side}": -1.0}, math.pi / 2)


SLUMP = replace(
    clinical_test("knee-extension"), name="slump", title="seated slump", path=slumped, shares=()
)


def test_the_knee_stops_where_the_tolerance_is_reached(subject):
    result = fascia.examine(subject, SLUMP)
    assert result.test == "slump" and not result.censored
    assert 0.0 < result.end_angle_deg < 90.0


def test_neck_and_ankle_stretch_the_nerve_and_end_the_test_sooner(subject):
    """Structural differentiation: the hamstrings are unchanged, the nerve path is longer."""
    tense = PostureOptions(neck_flexion=math.radians(30.0), ankle_dorsiflexion=math.radians(10.0))
    plain, both = fascia.examine(subject, SLUMP), fascia.examine(subject, SLUMP, options=tense)
    assert both.nerve_strain[-1] > plain.nerve_strain[-1]
    assert both.end_angle < plain.end_angle


def test_the_new_test_measures_a_release(subject):
    """A nerve path that is longer by one per cent allows more knee extension."""
    change = fascia.release(subject, "sciatic", test=SLUMP, doses={"nerve": 0.01})
    assert change.test == "slump" and change.end_angle_change_deg > 0.1
