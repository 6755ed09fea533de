"""Postures of the clinical tests, looked at in the world: what moves, what stays, how far."""

import math

import numpy as np
import pytest
from hypothesis import given, strategies as st

from fascia.clinical import PostureOptions, clinical_tests, paths
from panjabi.body import standard_adult
from panjabi.errors import ParameterError, PostureError, UnknownNameError

BODY = standard_adult()
TESTS = tuple(clinical_tests())
SIDES = ("r", "l")


def path(test, side="r", **options):
    return clinical_tests()[test].path(BODY, side, PostureOptions(**options))


def turn(angle):
    """Rotation about the world's z, from x (forward) to y (up)."""
    c, s = math.cos(angle), math.sin(angle)
    return np.array([[c, -s, 0.0], [s, c, 0.0], [0.0, 0.0, 1.0]])


def attitude(q, name):
    return BODY.poses(q).R[BODY.body_index(name)]


def angles(limit, count=7):
    return np.linspace(0.0, limit, count)


# --- straight-leg raise --------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("share", [0.0, 0.3, 0.45])
def test_leg_raise_turns_the_leg_by_the_angle_and_nothing_above_the_lumbar_spine(side, share):
    """The whole leg turns by the prescribed angle in the world; thorax and head lie still."""
    way = path("slr", side, pelvic_share=share)
    start = way.q(0.0)
    for angle in angles(way.limit):
        q = way.q(angle)
        for part in ("femur", "tibia", "calcn"):
            turned = attitude(q, f"{part}_{side}") @ attitude(start, f"{part}_{side}").T
            np.testing.assert_allclose(turned, turn(angle), atol=1e-12)
        for name in ("T12", "T4", "skull", f"femur_{paths.other_side(side)}"):
            np.testing.assert_allclose(attitude(q, name), attitude(start, name), atol=1e-12)
        np.testing.assert_allclose(
            attitude(q, "pelvis") @ attitude(start, "pelvis").T, turn(share * angle), atol=1e-12
        )


@pytest.mark.parametrize("side", SIDES)
def test_leg_raise_starts_lying_with_both_legs_level(side):
    q = path("slr", side).q(0.0)
    standing = BODY.zero()
    for name in ("T12", "pelvis", "femur_r", "femur_l"):
        np.testing.assert_allclose(
            attitude(q, name), turn(math.pi / 2) @ attitude(standing, name), atol=1e-12
        )


def test_leg_to_table_angle_is_what_an_inclinometer_on_the_thigh_reads():
    """From joint centres alone, with the table as the horizontal of the world."""
    way = path("slr")
    q = way.q(math.radians(50.0))
    thigh = BODY.joint_centre(q, "tibia_r") - BODY.joint_centre(q, "femur_r")
    lying = BODY.joint_centre(way.q(0.0), "tibia_r") - BODY.joint_centre(way.q(0.0), "femur_r")
    rise = math.atan2(thigh[1], thigh[0]) - math.atan2(lying[1], lying[0])
    # lying on the back with the head towards -x the legs point to +x: raising turns them to +y
    assert math.degrees(rise) == pytest.approx(50.0, abs=1e-9)


# --- passive knee extension ----------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_knee_extension_keeps_the_thigh_upright_and_turns_the_shank(side):
    way = path("knee-extension", side)
    lying = path("slr", side).q(0.0)
    start = way.q(0.0)
    for angle in angles(way.limit):
        q = way.q(angle)
        thigh = attitude(q, f"femur_{side}") @ attitude(lying, f"femur_{side}").T
        np.testing.assert_allclose(thigh, turn(math.pi / 2), atol=1e-12)
        for name in ("T12", "pelvis", f"femur_{paths.other_side(side)}"):
            np.testing.assert_allclose(attitude(q, name), attitude(start, name), atol=1e-12)
        for name in ("T12", f"femur_{paths.other_side(side)}"):
            np.testing.assert_allclose(attitude(q, name), attitude(lying, name), atol=1e-12)
    coordinate = BODY.coordinate_index(f"knee_angle_{side}")
    assert way.q(0.0)[coordinate] == pytest.approx(math.pi / 2)
    assert way.q(way.limit)[coordinate] == pytest.approx(0.0, abs=1e-12)


# --- bending -------------------------------------------------------------------------------


@pytest.mark.parametrize("test", ["forward-bend", "sit-and-reach"])
def test_bending_keeps_legs_and_arms_where_they_point(test):
    """Legs stand (or lie), arms hang (or reach level); the trunk turns by the angle asked for."""
    way = path(test)
    start = way.q(0.0)
    for angle in angles(way.limit):
        q = way.q(angle)
        for side in SIDES:
            for part in ("femur", "tibia", "calcn", "humerus", "ulna", "hand"):
                # the published axes of the arm are rounded, 4e-6 off the normal of the bend
                np.testing.assert_allclose(
                    attitude(q, f"{part}_{side}"), attitude(start, f"{part}_{side}"), atol=1e-5
                )
        trunk = attitude(q, "T12") @ attitude(start, "T12").T
        np.testing.assert_allclose(trunk, turn(-angle), atol=1e-12)


def test_arms_hang_standing_and_point_forward_sitting():
    standing = BODY.zero()
    hanging = path("forward-bend").q(0.0)
    reaching = path("sit-and-reach").q(0.0)
    for side in SIDES:
        arm = attitude(standing, f"humerus_{side}")
        np.testing.assert_allclose(attitude(hanging, f"humerus_{side}"), arm, atol=1e-12)
        np.testing.assert_allclose(
            attitude(reaching, f"humerus_{side}"), turn(math.pi / 2) @ arm, atol=1e-5
        )
        leg = attitude(standing, f"femur_{side}")
        np.testing.assert_allclose(
            attitude(reaching, f"femur_{side}"), turn(math.pi / 2) @ leg, atol=1e-12
        )


def test_thorax_flexes_by_its_share_of_the_lumbar_spine():
    way = path("forward-bend", thoracic_share=0.2)
    lumbar = [BODY.coordinate_index(f"{joint}_FE") for joint in paths.LUMBAR_JOINTS]
    thoracic = [BODY.coordinate_index(f"{joint}_FE") for joint in paths.THORACIC_JOINTS]
    q = way.q(math.radians(70.0))
    assert q[thoracic].sum() == pytest.approx(0.2 * q[lumbar].sum())
    assert q[lumbar].sum() < 0.0  # flexion is negative extension


@pytest.mark.parametrize("low, high, ratio", [(2, 28, 1.9), (32, 58, 0.9), (62, 140, 0.4)])
def test_bending_follows_the_published_rhythm(low, high, ratio):
    """Lumbar over hip motion within each part of the bend (rows LPR, recalled: a prior)."""
    way = path("forward-bend")
    lumbar = [BODY.coordinate_index(f"{joint}_FE") for joint in paths.LUMBAR_JOINTS]
    a, b = way.q(math.radians(low)), way.q(math.radians(high))
    hip = (b - a)[BODY.coordinate_index("hip_flexion_r")]
    assert -(b - a)[lumbar].sum() / hip == pytest.approx(ratio)
    assert -(b - a)[lumbar].sum() + hip == pytest.approx(math.radians(high - low))


# --- front split ---------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_front_split_opens_the_thighs_evenly_over_a_still_pelvis(side):
    way = path("front-split", side)
    start = way.q(0.0)
    other = paths.other_side(side)
    for angle in angles(way.limit):
        q = way.q(angle)
        np.testing.assert_allclose(attitude(q, "pelvis"), attitude(start, "pelvis"), atol=1e-12)
        front = attitude(q, f"femur_{side}") @ attitude(start, f"femur_{side}").T
        back = attitude(q, f"femur_{other}") @ attitude(start, f"femur_{other}").T
        np.testing.assert_allclose(front, turn(angle / 2), atol=1e-12)
        np.testing.assert_allclose(back, turn(-angle / 2), atol=1e-12)


# --- all paths -----------------------------------------------------------------------------


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize("side", SIDES)
def test_direction_is_the_derivative(test, side):
    """Central differences inside each segment; linear pieces, so exact to rounding."""
    way = path(test, side)
    middles = 0.5 * (way.angles[:-1] + way.angles[1:])
    h = 1e-3
    for angle in middles:
        difference = (way.q(angle + h) - way.q(angle - h)) / (2 * h)
        np.testing.assert_allclose(way.direction(angle), difference, atol=1e-11)


@pytest.mark.parametrize("test", TESTS)
def test_path_is_continuous_at_its_knots_and_takes_the_slope_to_the_right(test):
    way = path(test)
    for knot in way.angles[1:-1]:
        np.testing.assert_allclose(way.q(knot - 1e-9), way.q(knot), atol=1e-8)
        np.testing.assert_allclose(way.direction(knot), way.direction(knot + 1e-6), atol=1e-12)
        assert not np.allclose(way.direction(knot), way.direction(knot - 1e-6))


@pytest.mark.parametrize("test", TESTS)
def test_left_path_is_the_mirror_of_the_right(test):
    right, left = path(test, "r"), path(test, "l")
    swap = [
        BODY.coordinate_index(
            name[:-1] + {"r": "l", "l": "r"}[name[-1]] if name.endswith(("_r", "_l")) else name
        )
        for name in BODY.coordinates
    ]
    assert left.limit == right.limit
    for angle in angles(right.limit, 5):
        np.testing.assert_allclose(left.q(angle), right.q(angle)[swap], atol=1e-14)


@given(
    test=st.sampled_from(TESTS),
    side=st.sampled_from(SIDES),
    pelvic=st.floats(0.0, 0.44),
    thoracic=st.floats(0.0, 0.9),
    ankle=st.floats(-0.69, 0.52),
    neck=st.floats(0.0, 0.5),
    part=st.floats(0.0, 1.0),
)
def test_no_joint_of_legs_or_spine_passes_its_range(
    test, side, pelvic, thoracic, ankle, neck, part
):
    """Broken before: the straight-leg raise went to 200 deg over a hip extended by 60 deg."""
    way = path(
        test, side, pelvic_share=pelvic, thoracic_share=thoracic, ankle_dorsiflexion=ankle,
        neck_flexion=neck,
    )  # fmt: skip
    q = way.q(part * way.limit)
    kept = [i for i, name in enumerate(BODY.coordinates) if not name.startswith("shoulder")]
    low, high = BODY.ranges[kept].T
    assert ((q[kept] >= low - 2e-5) & (q[kept] <= high + 2e-5)).all()


def test_path_ends_where_a_joint_ends():
    """The opposite hip stops a straight-leg raise before the raised one does."""
    way = path("slr", "r")
    extension = -BODY.ranges[BODY.coordinate_index("hip_flexion_l"), 0]
    assert way.limit == pytest.approx(extension / 0.3)
    alone = path("slr", "r", pelvic_share=0.0)
    assert alone.limit == pytest.approx(BODY.ranges[BODY.coordinate_index("hip_flexion_r"), 1])


def test_neck_and_ankle_are_set_for_the_whole_test():
    way = path("slr", ankle_dorsiflexion=0.3, neck_flexion=0.4)
    neck = [BODY.coordinate_index(f"{joint}_FE") for joint in paths.CERVICAL_JOINTS]
    for angle in angles(way.limit, 3):
        q = way.q(angle)
        assert q[BODY.coordinate_index("ankle_angle_r")] == pytest.approx(0.3)
        assert q[BODY.coordinate_index("ankle_angle_l")] == 0.0
        assert -q[neck].sum() == pytest.approx(0.4)


# --- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["pelvic_share", "thoracic_share"])
@pytest.mark.parametrize("value", [-0.1, 1.0, math.nan, math.inf])
def test_shares_out_of_range_are_refused(name, value):
    with pytest.raises(ParameterError, match=f"{name} as a fraction from 0 to below 1"):
        PostureOptions(**{name: value})


@pytest.mark.parametrize("name", ["ankle_dorsiflexion", "neck_flexion"])
@pytest.mark.parametrize("value", [2.0, -2.0, math.nan, math.inf])
def test_invalid_angles_are_errors(name, value):
    with pytest.raises(ParameterError, match=f"{name}.*within \\+-90 deg"):
        PostureOptions(**{name: value})


def test_pelvic_share_that_overextends_the_other_hip_is_refused():
    """With the thigh at 90 deg the pelvis has tilted by 45 deg and the strapped leg lies level."""
    with pytest.raises(PostureError, match="hip_flexion_l .*got -45.0 deg; .*pelvic_share"):
        path("knee-extension", pelvic_share=0.5)


@pytest.mark.parametrize("test", TESTS)
def test_ankle_and_neck_beyond_their_joints_are_refused(test):
    with pytest.raises(PostureError, match="ankle_angle_r from -40.0 to 30.0 deg .*got 45.0 deg"):
        path(test, ankle_dorsiflexion=math.radians(45.0))
    with pytest.raises(PostureError, match="FE from .*got .*; reduce ankle or neck movement"):
        path(test, neck_flexion=1.5)


def test_a_custom_path_stops_at_the_first_joint_limit(adult):
    """From a bent knee, 1 rad of hip flexion per rad: the end of the hip's range ends it."""
    high = paths.joint_range(adult, "hip_flexion_r")[1]
    way = paths.linear_path(adult, {"knee_angle_r": 0.5}, {"hip_flexion_r": 1.0}, 10.0)
    assert way.limit == pytest.approx(high, abs=1e-5)
    at = adult.coordinate_index("hip_flexion_r"), adult.coordinate_index("knee_angle_r")
    assert way.q(0.3)[list(at)] == pytest.approx([0.3, 0.5])


def test_a_path_with_a_misspelt_coordinate_offers_the_nearest(adult):
    with pytest.raises(UnknownNameError, match="hip_flexion_r"):
        paths.linear_path(adult, {}, {"hip_flexon_r": 1.0}, 1.0)
