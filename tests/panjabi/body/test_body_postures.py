"""Coordinates by name, movements by clinical name, named postures, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from panjabi.body.movements import REGIONS, movement_names
from panjabi.body.scaling import scaled_body
from panjabi.errors import ParameterError, PostureError, UnknownNameError


def test_values_in_radians_and_degrees(body):
    q = body.coordinates_from(
        {"hip_flexion_r": 0.5, "pelvis_ty": -0.1}, angles_deg={"L4_L5_FE": -7}
    )
    assert q[body.coordinate_index("hip_flexion_r")] == 0.5
    assert q[body.coordinate_index("L4_L5_FE")] == pytest.approx(math.radians(-7))
    assert np.count_nonzero(q) == 3
    more = body.coordinates_from({"knee_angle_r": 1.0}, base=q)
    assert np.count_nonzero(more) == 4 and np.count_nonzero(q) == 3


def test_unknown_coordinate(body):
    with pytest.raises(UnknownNameError, match=r"hip_flexon_r.*close: .hip_flexion_r.*Use one"):
        body.coordinates_from({"hip_flexon_r": 0.5})


def test_out_of_range_names_coordinate_value_and_range(body):
    with pytest.raises(
        PostureError, match=r"hip_flexion_r .*-0\.7 to 2\.44.*got 3 rad \(171\.9 deg\)"
    ):
        body.coordinates_from({"hip_flexion_r": 3.0})
    with pytest.raises(PostureError, match=r"pelvis_ty in its range of -1 to 3 m .*got 9 m"):
        body.coordinates_from({"pelvis_ty": 9.0})
    q = body.coordinates_from({"hip_flexion_r": 3.0}, check_range=False)
    assert q.max() == 3.0


def test_recalled_ranges_of_the_spine_can_be_exceeded_on_request(body):
    beyond = {"L4_L5_FE": -0.5}
    with pytest.raises(PostureError, match="or strict=False to allow"):
        body.coordinates_from(beyond)
    assert body.coordinates_from(beyond, strict=False).min() == -0.5
    with pytest.raises(PostureError, match="knee_angle_r"):
        body.coordinates_from(beyond | {"knee_angle_r": -0.5}, strict=False)


@pytest.mark.parametrize("value", [math.nan, math.inf, "much", None])
def test_only_finite_numbers(body, value):
    with pytest.raises(PostureError, match="finite"):
        body.coordinates_from({"hip_flexion_r": value}, check_range=False)
    with pytest.raises(PostureError, match="finite"):
        body.coordinates_from(angles_deg={"hip_flexion_r": value}, check_range=False)


def test_a_translation_in_degrees_is_an_error(body):
    with pytest.raises(PostureError, match="a translation in metres"):
        body.coordinates_from(angles_deg={"pelvis_tx": 1.0})


def test_arrays_are_checked_too(body):
    with pytest.raises(ParameterError, match="array of 122 numbers"):
        body.poses(np.zeros(121))
    with pytest.raises(ParameterError, match="122"):
        body.poses("standing")
    q = body.zero()
    q[7] = math.nan
    with pytest.raises(PostureError, match="SIJ_LB, got nan"):
        body.poses(q)


def test_flexion_by_name(body):
    q = body.flexed(
        angles_deg={"right hip flexion": 60, "knee extension": 0, "ankle dorsiflexion": 10}
    )
    value = dict(zip(body.coordinates, np.degrees(q), strict=True))
    assert value["hip_flexion_r"] == pytest.approx(60) and value["hip_flexion_l"] == 0.0
    assert value["ankle_angle_r"] == value["ankle_angle_l"] == pytest.approx(10)
    assert body.flexed({"left_knee_flexion": 0.3})[body.coordinate_index("knee_angle_l")] == 0.3


def test_flexion_bends_forward_whatever_the_sign_of_the_data(body):
    """Spine coordinates count extension positive; a user's flexion brings the head forward."""
    head = body.landmark(body.zero(), "vertex_skin")
    for region in REGIONS:
        forward = body.landmark(body.flexed(angles_deg={f"{region} flexion": 20}), "vertex_skin")
        assert forward[0] > head[0] + 0.01
        right = body.landmark(body.flexed(angles_deg={f"{region} right bending": 3}), "vertex_skin")
        assert right[2] > head[2] + 0.001
        turned = body.landmark(body.flexed(angles_deg={f"{region} left rotation": 3}), "brow")
        assert turned[2] < -0.003
    assert body.landmark(body.flexed(angles_deg={"hip flexion": 20}), "heel_r")[0] > 0.0
    tilted = body.flexed(angles_deg={"pelvis anterior tilt": 20})
    assert body.landmark(tilted, "vertex_skin")[0] > head[0] + 0.1


def test_regional_flexion_is_shared_by_range(body):
    q = body.flexed({"lumbar flexion": 0.4})
    joints = [body.coordinate_index(j + "_FE") for j in REGIONS["lumbar"]]
    assert q.sum() == pytest.approx(-0.4)
    assert np.ptp(q[joints] / body.ranges[joints, 0]) == pytest.approx(0.0, abs=1e-12)
    trunk = (
        body.poses(q).R[body.body_index("L1")] @ body.poses(body.zero()).R[body.body_index("L1")].T
    )
    assert np.arctan2(trunk[1, 0], trunk[0, 0]) == pytest.approx(-0.4)


def test_every_movement_moves_what_it_says(body):
    for name in movement_names():
        q = body.flexed({name: 0.01}, check_range=False)
        assert np.abs(q).sum() > 0.0, name
    assert body.flexed({"L4-L5 extension": 0.02})[body.coordinate_index("L4_L5_FE")] == 0.02
    assert body.flexed({"skull-C1 flexion": 0.02})[body.coordinate_index("skull_C1_FE")] == -0.02


@pytest.mark.parametrize(
    "name", ["hip flexing", "right lumbar flexion", "left pelvis anterior tilt", ""]
)
def test_unknown_movement(body, name):
    with pytest.raises(UnknownNameError, match="unknown movement"):
        body.flexed({name: 0.1})


def test_flexion_beyond_the_range_is_refused(body):
    with pytest.raises(PostureError, match="L5_S1_FE"):
        body.flexed(angles_deg={"lumbar flexion": 80})
    body.flexed(angles_deg={"lumbar flexion": 80}, strict=False)


def test_named_postures(body):
    assert {"standing", "supine", "prone", "seated_90", "supine_slr60"} <= set(body.postures())
    with pytest.raises(UnknownNameError, match="supine_slr60"):
        body.posture("supine_slr")
    for name in body.postures():
        q = body.posture(name)
        low, high = body.ranges.T
        assert (q >= low - 1e-5).all() and (q <= high + 1e-5).all(), name
        body.posture(name)[0] = 99.0  # a copy: the next one is untouched
        assert np.array_equal(body.posture(name), q)


def test_feet_stay_on_the_floor(body):
    for size in (body, scaled_body(body, stature=1.55)):
        stands = size.landmark(size.zero(), "heel_r")
        for name in ("seated_90", "standing_forward_bend"):
            q = size.posture(name)
            for side in "rl":
                heel = size.landmark(q, f"heel_{side}")
                assert heel[1] == pytest.approx(stands[1], abs=1e-3)
                assert heel[0] == pytest.approx(stands[0], abs=5e-3)


def test_lying_faces_up_or_down(body):
    nose_up = {"supine": 1.0, "prone": -1.0}
    for name, sign in nose_up.items():
        q = body.posture(name)
        assert sign * (body.landmark(q, "brow") - body.landmark(q, "eop"))[1] > 0.1
        heights = [body.point(q, b, [0, 0, 0])[1] for b in body.names[1:]]
        assert min(heights) > 0.0
