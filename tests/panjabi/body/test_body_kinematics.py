"""Poses of the bodies: published values, a second program, a second implementation, symmetry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.body import standard_adult
from panjabi.body.landmarks import left
from panjabi.body.scaling import segment_masses

MICROMETRE = 1e-6
PRINTED = 2e-9  # oracles are printed to nanometres


def test_size_of_the_tree(body):
    assert len(body.names) == 52 and body.names[0] == "ground"
    assert len(body.coordinates) == 122
    assert (body.tree.parent[1:] < np.arange(1, 52)).all()


def test_stature_and_mass(body, checks):
    assert body.landmark(body.zero(), "vertex_skin")[1] == pytest.approx(
        checks["stature"], abs=2e-9
    )
    assert body.total_mass == pytest.approx(checks["total_mass"], abs=checks["mass_tolerance"])


def test_centre_of_mass_standing(body, checks):
    com = body.centre_of_mass(body.zero())
    assert com == pytest.approx(checks["whole_body_com_standing"], abs=PRINTED)
    ratio = com[1] / checks["stature"]
    assert ratio == pytest.approx(checks["com_height_over_stature"], abs=1e-6)
    assert checks["com_height_expected"][0] <= ratio <= checks["com_height_expected"][1]
    ankle = body.point(body.zero(), "talus_r", [0, 0, 0])
    assert com[0] - ankle[0] == pytest.approx(checks["com_ahead_of_ankle"], abs=1e-6)


def test_joint_heights(body, checks):
    where = {
        "hip": "femur_r",
        "knee": "tibia_r",
        "ankle": "talus_r",
        "subtalar": "calcn_r",
        "mtp": "toes_r",
        "sacroiliac": "sacrum",
        "L5_S1": "L5",
        "T12_L1": "T12",
        "C7_T1": "C7",
        "C0_C1": "skull",
        "sternoclavicular": "clavicle_r",
        "glenohumeral": "humerus_r",
        "elbow": "ulna_r",
        "wrist": "hand_r",
    }
    heights, q = checks["joint_centre_heights"], body.zero()
    assert heights.keys() == where.keys()
    for joint, name in where.items():
        assert body.joint_centre(q, name)[1] == pytest.approx(heights[joint], abs=1e-8), joint
    ratio = heights["hip"] / checks["stature"]
    assert ratio == pytest.approx(checks["hip_height_over_stature"], abs=1e-6)
    hips = body.point(q, "femur_r", [0, 0, 0]) - body.point(q, "femur_l", [0, 0, 0])
    assert np.linalg.norm(hips) == pytest.approx(checks["hip_separation"], abs=PRINTED)


def test_segment_masses(body, checks):
    m, expected = segment_masses(body), checks["segment_mass"]
    found = {
        "pelvis_and_sacrum": m["pelvis"],
        "lumbar_L1_L5": m["lumbar"],
        "thorax_T1_T12": m["thorax"],
        "neck_C1_C7": m["neck"],
        "head": m["head"],
        "girdle_one_side": m["girdle_r"],
        "arm_one_side": m["upper_arm_r"] + m["forearm_r"] + m["hand_r"],
        "thigh_one_side": m["thigh_r"],
        "shank_one_side": m["shank_r"],
        "foot_one_side": m["foot_r"],
    }
    assert found == pytest.approx(expected, abs=1e-6)
    assert sum(m.values()) == pytest.approx(body.total_mass)


def test_inertias_are_physical(body):
    """Symmetric, positive, and no principal moment above the sum of the other two."""
    for b in range(1, len(body.names)):
        inertia = body.inertia[b]
        assert np.array_equal(inertia, inertia.T)
        principal = np.linalg.eigvalsh(inertia)
        assert principal[0] > 0.0
        assert principal[2] <= principal[:2].sum() * 1.05, body.names[b]


def test_curvature_of_the_spine(body, checks):
    poses = body.poses(body.zero())

    def lean(name):
        x_axis = poses.R[body.body_index(name)][:, 0]
        return np.degrees(np.arctan2(x_axis[1], x_axis[0]))

    curvature = checks["curvature_deg"]
    assert lean("L1") - lean("L5") == pytest.approx(curvature["L1_to_L5"], abs=1e-3)
    assert lean("T1") - lean("T12") == pytest.approx(curvature["T1_to_T12"], abs=1e-3)


@pytest.mark.parametrize("name", ["standing", "supine_slr60", "long_sitting_reach"])
def test_postures_of_the_second_program(body, checks, name):
    oracle = checks["postures"][name]
    q = body.coordinates_from(oracle["translations_m"], angles_deg=oracle["angles_deg"])
    assert body.posture(name) == pytest.approx(q, abs=1e-6)
    for landmark, where in oracle["landmarks"].items():
        assert body.landmark(q, landmark) == pytest.approx(where, abs=PRINTED), landmark
    poses = body.poses(q)
    for origin, where in oracle["body_origins"].items():
        assert poses.t[body.body_index(origin)] == pytest.approx(where, abs=PRINTED), origin
    assert body.centre_of_mass(q) == pytest.approx(oracle["whole_body_com"], abs=PRINTED)
    for muscle, length in oracle["hamstring_lengths"].items():
        # that program has no wraps; over the surfaces the path is up to 8 mm longer
        longer = body.path_length(q, muscle + "_r") - length
        assert (
            -PRINTED < longer < 8e-3 if body.muscle(muscle + "_r").wraps else abs(longer) < PRINTED
        )


@pytest.mark.parametrize("number", [0, 1])
def test_random_poses_of_the_second_program(body, checks, number):
    oracle = checks["random_poses"][number]
    q = body.coordinates_from(oracle["q"], check_range=False)
    for landmark, where in oracle["landmarks"].items():
        assert body.landmark(q, landmark) == pytest.approx(where, abs=PRINTED), landmark
    assert body.centre_of_mass(q) == pytest.approx(oracle["whole_body_com"], abs=PRINTED)
    for muscle, length in oracle["lengths"].items():
        if not body.muscle(muscle + "_r").wraps:  # that program has no wraps
            found = body.path_length(q, muscle + "_r")
            assert found == pytest.approx(length, abs=PRINTED), muscle


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_agrees_with_products_of_4x4_matrices(second, random_q, seed):
    body = standard_adult()
    q = random_q(seed)
    expected = second.poses(dict(zip(body.coordinates, q, strict=True)))
    poses = body.poses(q)
    for b, name in enumerate(body.names[1:], start=1):
        assert np.abs(poses.R[b] - expected[name][:3, :3]).max() < 1e-10
        assert np.abs(poses.t[b] - expected[name][:3, 3]).max() < 1e-8
        assert np.abs(poses.R[b].T @ poses.R[b] - np.eye(3)).max() < 1e-13


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=15, deadline=None)
def test_equal_values_on_both_sides_mirror(random_q, seed):
    """Trunk in the plane of symmetry and equal limb values: the left mirrors the right."""
    body = standard_adult()
    q = random_q(seed)
    for k, name in enumerate(body.coordinates):
        if name.endswith("_l"):
            q[k] = q[body.coordinate_index(name[:-2] + "_r")]
        elif not name.endswith(("_r", "_FE", "_tx", "_ty", "_tilt", "_nutation")):
            q[k] = 0.0  # side bending and turning break the symmetry
    poses, flip = body.poses(q), np.diag([1.0, 1.0, -1.0])
    for b, name in enumerate(body.names):
        if name.endswith("_l"):
            continue
        twin = body.body_index(left(name))
        assert np.abs(poses.t[twin] - flip @ poses.t[b]).max() < 1e-9, name
        assert np.abs(poses.R[twin] - flip @ poses.R[b] @ flip).max() < 1e-9, name
    for name in body.stations:
        if name.endswith("_r"):
            mirror = body.station(poses, name[:-2] + "_l")
            assert mirror == pytest.approx(flip @ body.station(poses, name), abs=1e-9)
    lengths = body.path_lengths(poses)
    half = len(lengths) // 2
    assert lengths[half:] == pytest.approx(lengths[:half], abs=1e-9)
    assert body.centre_of_mass(poses)[2] == pytest.approx(0.0, abs=1e-9)


def test_poses_of_poses_are_unchanged(body, random_q):
    q = random_q(1)
    poses = body.poses(q)
    assert body.poses(poses) is poses
    assert np.array_equal(body.station(poses, "c7"), body.station(q, "c7"))
