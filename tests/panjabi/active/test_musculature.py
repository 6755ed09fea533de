"""Paths, moment arms and their derivatives, against the listed values and independent methods."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from panjabi.active import path_kernels
from panjabi.active.build import musculature, region_coordinates
from panjabi.body import kernels, path_kernels as body_path_kernels
from panjabi.body.reduced import reduced_tree
from panjabi.body.scaling import scaled_body
from panjabi.body.standard import standard_adult
from panjabi.body.tree import Tree
from panjabi.errors import ParameterError, PostureError, UnknownNameError

LISTED = json.loads((Path(__file__).parent / "data" / "listed.json").read_text())
MIRROR = np.tile([1.0, -1.0, -1.0], 6)  # FE stays; LB and AR change sign


def listed_arms(coordinates):
    """Name of the right-sided muscle -> (n,) listed moment arms [m]; a joint not listed is 0."""
    joints = [c[:-3] for c in coordinates[::3]]
    return {
        name: 1e-3 * np.concatenate([m["ma"].get(joint, [0.0] * 3) for joint in joints])
        for name, m in LISTED["thoracolumbar"].items()
    }


def test_moment_arms_are_the_listed_ones_with_the_abdomen_held_still(still):
    arms = still.geometry(np.zeros(18)).moment_arm
    listed = listed_arms(still.coordinates)
    right = [n for n in still.names if n.endswith("_r")]
    worst = max(np.abs(arms[still.index(n)] - listed[n[:-2]]).max() for n in right)
    assert worst < 0.05e-3  # 0.030 mm is what it is
    left_out = set(listed) - {n[:-2] for n in right}
    assert max(np.abs(listed[n]).max() for n in left_out) < 0.05e-3


def test_a_coupled_abdomen_changes_only_the_muscles_on_it(lumbar, still):
    arms, held = (m.geometry(np.zeros(18)).moment_arm for m in (lumbar, still))
    changed = {lumbar.groups[m] for m in np.flatnonzero(np.abs(arms - held).max(axis=1) > 1e-12)}
    assert changed == {
        "rectus_abdominis",
        "external_oblique",
        "internal_oblique",
        "transversus_abdominis",
    }
    other = np.abs(arms - held).reshape(-1, 6, 3)[:, :, 1:]
    assert other.max() < 1e-12  # it follows flexion only
    # A flexor's arm is negative; an abdomen that follows takes a part of it away.
    rectus = lumbar.members("rectus_abdominis")
    assert np.all(arms[rectus][:, 0] > held[rectus][:, 0])


def test_every_path_has_its_listed_length():
    trunk = musculature("thoracolumbar")
    length = trunk.geometry(np.zeros(51)).length
    for m, name in enumerate(trunk.names):
        assert length[m] == pytest.approx(LISTED["thoracolumbar"][name[:-2]]["L0"], abs=2e-5), name


def test_neck_paths_shrink_with_the_neck():
    neck = musculature("cervical")
    scale = standard_adult().parameters["neck_scale"].si
    length = neck.geometry(np.zeros(24)).length
    girdle = {"cleid_mast", "cleid_occ", "levator_scap"}  # their ends are those of the trunk set
    compared = 0
    for m, name in enumerate(neck.names):
        if name[:-2] in LISTED["cervical"] and name[:-2] not in girdle:
            listed = scale * LISTED["cervical"][name[:-2]]["L0"]
            assert length[m] == pytest.approx(listed, abs=2e-5), name
            compared += 1
    assert compared == 62


def test_every_muscle_crosses_a_lumbar_joint_but_those_that_end_on_the_abdomen(lumbar, still):
    assert lumbar.names == still.names
    crossing = np.abs(lumbar.geometry(np.zeros(18)).slope).max(axis=1) > 0.0
    moved = np.abs(still.geometry(np.zeros(18)).slope).max(axis=1) > 0.0
    assert crossing.all()
    assert {still.groups[m] for m in np.flatnonzero(~moved)} == {"internal_oblique"}
    assert (~moved).sum() == 2 * 3  # three fascicles run from the pelvis to the abdomen


@pytest.mark.parametrize(
    "region, coordinates", [("lumbar", 18), ("thoracolumbar", 51), ("cervical", 24), ("whole", 75)]
)
def test_regions(region, coordinates):
    made = musculature(region)
    assert made.coordinates == region_coordinates(region)
    assert len(made.coordinates) == coordinates
    right, left = made.names[: len(made) // 2], made.names[len(made) // 2 :]
    assert [name[:-2] for name in right] == [name[:-2] for name in left]
    assert {name[-2:] for name in right} == {"_r"} and {name[-2:] for name in left} == {"_l"}
    assert len(set(made.names)) == len(made)
    lumped = [n for n, g in zip(made.names, made.groups, strict=True) if g == "neck_lump"]
    if region in ("cervical", "whole"):
        assert all(n.startswith("deepmult_T2_T1") for n in lumped)
    assert sum(g == "psoas" for g in made.groups) == (0 if region == "cervical" else 22)
    assert repr(made).startswith(f"<Musculature of {len(made)} muscles over {coordinates}")


def test_the_text_on_calibration_is_true_for_body_and_joints():
    """The factor was fitted to the standard adult with all lumbar joints, 275 N m."""
    adult = musculature("lumbar")
    fitted = r"182 extensors x 0.8220 for an extension strength of 275 N m \(ThisWork, fitted\)"
    assert re.fullmatch(fitted, adult.calibration_text)
    weaker = adult.with_strength_scale(0.5)
    assert weaker.calibration_text.endswith("before the changes of strength by the user")
    small = musculature("lumbar", scaled_body(standard_adult(), stature=1.50, mass=45.0))
    others = {
        "182 extensors x 0.8220, the factor of the standard adult": small,
        "2 extensors x 0.8220, carried over from the lumbar spine": musculature("cervical"),
    }
    for start, muscles in others.items():
        assert muscles.calibration_text.startswith(start)
        assert "275" not in muscles.calibration_text
    assert "not calibrated" in small.raw().calibration_text


def test_left_is_the_mirror_image_of_right(lumbar, bent):
    here, there = lumbar.geometry(bent), lumbar.geometry(MIRROR * bent)
    side = len(lumbar) // 2
    assert here.length[:side] == pytest.approx(there.length[side:], abs=1e-12)
    assert here.slope[:side] == pytest.approx(there.slope[side:] * MIRROR, abs=1e-12)


def test_a_reduced_tree_moves_points_as_the_whole_body_does(bent):
    body = standard_adult()
    free = np.array([body.coordinate_index(c) for c in region_coordinates("lumbar")])
    held = 0.1 * np.random.default_rng(1).normal(size=len(body.coordinates))
    reduced = reduced_tree(body.tree, free, held)
    q = held.copy()
    q[free] = bent
    poses = body.poses(q)
    nb, ne = len(reduced.tree.parent), len(reduced.tree.slide)
    R, t = np.empty((nb, 3, 3)), np.empty((nb, 3))
    kernels.forward(reduced.tree, bent, R, t, *np.empty((2, ne, 3)), np.empty(ne), np.empty(ne))
    assert nb == 7  # the ground with the pelvis, five vertebrae, the thorax
    for b in range(len(body.names)):
        local = np.array([0.03, -0.02, 0.05])
        small, moved = reduced.point(b, local)
        expected = poses.R[b] @ local + poses.t[b]
        assert R[small] @ moved + t[small] == pytest.approx(expected, abs=1e-13)


def complex_pose(tree, q):
    nb, ne = len(tree.parent), len(tree.slide)
    out = [np.empty(s, complex) for s in [(nb, 3, 3), (nb, 3), (ne, 3), (ne, 3), (ne,), (ne,)]]
    kernels.forward.py_func(tree, q, *out)
    return out


def test_slopes_equal_the_complex_step(lumbar, bent):
    few = lumbar.selected(("TR3_r", "IO2_l", "rect_abd_r", "IL_L4_r", "Ps_L3_TP_l", "E0_R9_r"))
    exact = few.geometry(bent).slope
    p = few.paths
    for k in range(18):
        q = bent.astype(complex)
        q[k] += 1e-30j
        R, t, axis, origin, rate, _ = complex_pose(few.tree, q)
        length, slope = np.empty(len(few), complex), np.empty((len(few), 18), complex)
        body_path_kernels.path_derivatives.py_func(
            few.tree, p.start, p.body, p.local, R, t, axis, origin, rate, length, slope
        )
        assert length.imag / 1e-30 == pytest.approx(exact[:, k], abs=1e-9)


def test_second_derivatives_equal_the_complex_step_of_the_slopes(lumbar, bent):
    few = lumbar.selected(("TR3_r", "IO2_l", "rect_abd_r", "IL_L4_r", "Ps_L3_TP_l", "E0_R9_r"))
    exact, p = few.curvature(bent), few.paths
    for k in range(18):
        q = bent.astype(complex)
        q[k] += 1e-30j
        R, t, axis, origin, rate, _ = complex_pose(few.tree, q)
        length, slope = np.empty(len(few), complex), np.empty((len(few), 18), complex)
        body_path_kernels.path_derivatives.py_func(
            few.tree, p.start, p.body, p.local, R, t, axis, origin, rate, length, slope
        )
        assert slope.imag / 1e-30 == pytest.approx(exact[:, :, k], abs=1e-12)


@pytest.mark.parametrize("region", ["lumbar", "cervical"])
def test_second_derivatives_equal_central_differences(region):
    made = musculature(region)
    n = len(made.coordinates)
    q = np.random.default_rng(2).normal(scale=0.05, size=n)
    v = np.random.default_rng(3).normal(size=n)
    h = 1e-4
    a, b, c, d = (made.geometry(q + s * h * v).slope for s in (-2.0, -1.0, 1.0, 2.0))
    exact = made.curvature(q)
    assert exact @ v == pytest.approx((a - 8.0 * b + 8.0 * c - d) / (12.0 * h), abs=1e-8)
    assert exact == pytest.approx(exact.transpose(0, 2, 1), abs=1e-15)


def test_tensions_times_curvature_is_the_contraction(lumbar, bent):
    tension = np.random.default_rng(5).uniform(0.0, 200.0, len(lumbar))
    tensor = np.einsum("m,mij->ij", tension, lumbar.curvature(bent))
    assert lumbar.tension_curvature(bent, tension) == pytest.approx(tensor, abs=1e-11)


def test_contraction_is_the_hessian_of_held_loads_and_the_turning_of_the_lines(lumbar, bent):
    """Another method: forces along the lines as loads on the bodies, plus d . P d / length."""
    tension = np.random.default_rng(6).uniform(0.0, 200.0, len(lumbar))
    pose, p, tree = lumbar.pose(bent), lumbar.paths, lumbar.tree
    world = np.einsum("pij,pj->pi", pose.R[p.body], p.local) + pose.t[p.body]
    J = np.empty((len(world), 3, 18))
    kernels.points_jacobian(tree, p.body, world, pose.axis_world, pose.origin_world, pose.rate, J)
    F, D = np.zeros_like(pose.t), np.zeros_like(pose.R)
    H = np.zeros((18, 18))
    for m in range(len(lumbar)):
        for i in range(p.start[m], p.start[m + 1] - 1):
            line = world[i + 1] - world[i]
            size = np.linalg.norm(line)
            u = line / size
            for j, sign in ((i + 1, 1.0), (i, -1.0)):
                F[p.body[j]] += sign * tension[m] * u
                D[p.body[j]] += sign * tension[m] * np.outer(world[j], u)
            d = J[i + 1] - J[i]
            H += tension[m] / size * (d.T @ d - np.outer(u @ d, u @ d))
    loads = np.empty((18, 18))
    axes = (pose.axis_world, pose.origin_world, pose.rate, pose.rate2)
    kernels.load_hessian(tree, F, D, *axes, loads)
    assert lumbar.tension_curvature(bent, tension) == pytest.approx(H + loads, abs=1e-10)


def test_compiled_and_plain_second_derivatives_agree(lumbar, bent):
    few = lumbar.selected(("psoas", "TR3_l", "rectus_abdominis"))
    pose, p = few.pose(bent), few.paths
    H = np.empty((len(few), 18, 18))
    path_kernels.path_curvature.py_func(
        few.tree,
        p.start,
        p.body,
        p.local,
        path_kernels.Placed(
            pose.R, pose.t, pose.axis_world, pose.origin_world, pose.rate, pose.rate2
        ),
        np.ones(len(few)),
        True,
        H,
    )
    assert few.curvature(bent) == pytest.approx(H, abs=1e-15)


def test_one_straight_muscle_over_one_hinge_equals_sympy():
    """S = k r^2 + F (A.B - r^2) / l, derived here from the length alone."""
    ax, ay, bx, by, F, k, q = sp.symbols("a_x a_y b_x b_y F k q", real=True)
    turned = sp.Matrix([bx * sp.cos(q) - by * sp.sin(q), bx * sp.sin(q) + by * sp.cos(q)])
    length = sp.sqrt((turned[0] - ax) ** 2 + (turned[1] - ay) ** 2)
    l0 = sp.Symbol("l_0", positive=True)
    energy = F * (length - l0) + k * (length - l0) ** 2 / 2
    at = {ax: 0.03, ay: -0.11, bx: 0.045, by: 0.13, F: 312.0, k: 4100.0, q: 0.0}
    second = sp.diff(energy, q, 2).subs(l0, length).subs(at)
    tree = Tree(
        np.array([-1, 0]),
        np.zeros((2, 3)),
        np.array([np.eye(3)] * 2),
        np.zeros((2, 3)),
        np.array([0, 0, 1]),
        np.array([0]),
        np.array([[0.0, 0.0, 1.0]]),
        np.array([0]),
        np.array([[0.0, 1.0, 0.0, 0.0, 0.0]]),
    )
    nb, ne = 2, 1
    R, t = np.empty((nb, 3, 3)), np.empty((nb, 3))
    axis, origin, rate, rate2 = np.empty((ne, 3)), np.empty((ne, 3)), np.empty(ne), np.empty(ne)
    kernels.forward(tree, np.zeros(1), R, t, axis, origin, rate, rate2)
    A, B = np.array([0.03, -0.11, 0.0]), np.array([0.045, 0.13, 0.0])
    lines = (np.array([0, 2]), np.array([0, 1]), np.array([A, B]))
    L, slope, H = np.empty(1), np.empty((1, 1)), np.empty((1, 1, 1))
    body_path_kernels.path_derivatives(tree, *lines, R, t, axis, origin, rate, L, slope)
    placed = path_kernels.Placed(R, t, axis, origin, rate, rate2)
    path_kernels.path_curvature(tree, *lines, placed, np.array([312.0]), False, H)
    r = -slope[0, 0]  # the moment arm
    assert r == pytest.approx((A[1] * B[0] - A[0] * B[1]) / L[0], rel=1e-14)
    assert H[0, 0, 0] == pytest.approx(312.0 * (A @ B - r * r) / L[0], rel=1e-13)
    assert H[0, 0, 0] < 0.0  # it runs past the joint: tension alone destabilises
    assert 4100.0 * r * r + H[0, 0, 0] == pytest.approx(float(second), rel=1e-12)


def test_fibres_follow_the_size_of_the_body():
    body = scaled_body(standard_adult(), stature=1.6, mass=55.0)
    small, adult = musculature("whole", body), musculature("whole")
    ratio = small.geometry(np.zeros(75)).length / adult.geometry(np.zeros(75)).length
    assert small.optimal_length / adult.optimal_length == pytest.approx(ratio, rel=1e-12)
    assert small.tendon_slack_length / adult.tendon_slack_length == pytest.approx(ratio, rel=1e-12)
    assert small.max_force / adult.max_force == pytest.approx(ratio**2, rel=1e-12)


def test_normalised_fibres_of_a_group_are_alike(lumbar):
    """This shows that the spine has the right height on the pelvis."""
    fibre = (lumbar.geometry(np.zeros(18)).length - lumbar.tendon_slack_length) / (
        np.cos(lumbar.pennation) * lumbar.optimal_length
    )
    groups = ("psoas", "quadratus_lumborum", "longissimus_lumborum", "internal_oblique")
    for group, value in zip(groups, (0.963, 0.850, 0.845, 0.793), strict=True):
        assert fibre[lumbar.members(group)] == pytest.approx(value, abs=2e-3)


def test_coordinates_can_be_chosen_and_the_others_fixed(lumbar, bent):
    chosen = ("L4_L5_FE", "L4_L5_LB")
    body = standard_adult()
    q = dict(zip(lumbar.coordinates, bent, strict=True))
    at = body.coordinates_from(q, check_range=False)
    few = musculature(coordinates=chosen, at=at, body=body)
    columns = [lumbar.coordinates.index(c) for c in chosen]
    whole = lumbar.geometry(bent)
    slope = few.geometry(bent[columns]).slope
    for name in ("IL_L4_r", "Ps_L3_TP_l", "rect_abd_r"):
        assert slope[few.index(name)] == pytest.approx(
            whole.slope[lumbar.index(name), columns], abs=1e-13
        )
    assert lumbar.select(body.coordinates, at) == pytest.approx(bent)


def test_moment_arms_by_name_and_generalised_force(lumbar, bent):
    arms = lumbar.moment_arms(bent, "IL_L4_r")
    assert set(arms) == {f"{j}_{p}" for j in ("L5_S1", "L4_L5") for p in ("FE", "LB", "AR")}
    assert lumbar.side("IL_L4_r") == "right" and lumbar.side("IL_L4_l") == "left"
    tension = np.zeros(len(lumbar))
    tension[lumbar.index("IL_L4_r")] = 100.0
    Q = lumbar.generalised_force(bent, tension)
    assert Q[0] == pytest.approx(100.0 * arms["L5_S1_FE"])


def test_values_of_a_muscle_have_their_source(lumbar):
    made = musculature("whole")
    assert made.bib == ("Bruno2015", "Mortensen2018")
    assert made.parameters_of("semi_cap_sklc5_r")["max_force"].source == "Mortensen2018"
    own = lumbar.with_strength_scale(0.5).parameters_of("IL_L4_r")
    assert own["max_force"].si == pytest.approx(0.5 * 1988.0, rel=1e-3)
    assert own["max_force"].source == "Bruno2015" and "x 0.5" in own["max_force"].conditions
    assert {p.status for p in own.values()} == {"derived"}


@pytest.mark.parametrize(
    "call, error, words",
    [
        (lambda m: musculature("lumber"), UnknownNameError, "close: 'lumbar'"),
        (lambda m: musculature(coordinates=("L4_L5",)), UnknownNameError, "coordinate 'L4_L5'"),
        (lambda m: musculature(coordinates=("L4_L5_FE",) * 2), ParameterError, "each once"),
        (lambda m: musculature(coordinates=()), ParameterError, "one or more"),
        (lambda m: musculature(coordinates=("wrist_flexion_r",)), ParameterError, "with no muscle"),
        (lambda m: m.geometry(np.zeros(17)), PostureError, "18 finite values"),
        (lambda m: m.geometry(np.full(18, np.nan)), PostureError, "18 finite values"),
        (lambda m: m.tension_curvature(np.zeros(18), [1.0]), ParameterError, "one finite number"),
        (lambda m: m.index("IL_L9_r"), UnknownNameError, "unknown muscle"),
        (lambda m: m.members("multifidi"), UnknownNameError, "multifidus"),
        (lambda m: m.selected(np.zeros(len(m), bool)), ParameterError, "at least one muscle"),
        (lambda m: m.selected(np.zeros(3, bool)), ParameterError, "mask of shape"),
        (lambda m: m.select(("L4_L5_FE",), [0.0]), UnknownNameError, "L5_S1_FE"),
        (lambda m: m.select(("L4_L5_FE",), [0.0, 1.0]), PostureError, "one value for each"),
    ],
)
def test_errors_say_what_to_do(lumbar, call, error, words):
    with pytest.raises(error, match=words):
        call(lumbar)
