"""MJCF files loaded by MuJoCo: the same places, lengths and mass matrix as the body."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pytest

from panjabi.body import MusclePaths, muscles_of, standard_adult
from panjabi.body.muscles import PathArrays
from panjabi.errors import DataFileError, ParameterError
from panjabi.io import read_osim, write_mjcf
from panjabi.io.mjcf import joint_names, quaternion

mujoco = pytest.importorskip("mujoco")

FILES = ("joints_4.osim", "coupled_4.osim", "shoulder_4.osim", "arm_3.osim", "pendulum_2.osim")
SAME = 1e-9  # promised, relative where masses are compared


class Loaded:
    """A written body in MuJoCo, put into postures of the body's coordinates."""

    def __init__(self, body, path):
        self.body = body
        self.model = mujoco.MjModel.from_xml_path(str(path))
        self.data = mujoco.MjData(self.model)
        self.names = joint_names(body)

    def at(self, q):
        """Set every joint to its polynomial; returns d(joint)/dq, (nv, nq)."""
        tree = self.body.tree
        G = np.zeros((self.model.nv, len(q)))
        for e, (poly, k) in enumerate(zip(tree.poly, tree.coordinate, strict=True)):
            p = np.polynomial.Polynomial(poly)
            joint = self.model.joint(self.names[e])
            self.data.qpos[joint.qposadr[0]] = p(q[k])
            G[joint.dofadr[0], k] = p.deriv()(q[k])
        mujoco.mj_forward(self.model, self.data)
        return G

    def mass_matrix(self, q):
        """In the body's coordinates, (nq, nq), by mj_mulM on the columns of d(joint)/dq."""
        G = self.at(q)
        columns = np.zeros_like(G)
        for k in range(len(q)):
            result = np.zeros(self.model.nv)
            mujoco.mj_mulM(self.model, self.data, result, np.ascontiguousarray(G[:, k]))
            columns[:, k] = result
        return G.T @ columns


def mass_matrix(body, q):
    """The same from the body's Jacobians."""
    poses, M = body.poses(q), np.zeros((len(q), len(q)))
    for b, name in enumerate(body.names[1:], start=1):
        J = body.jacobian(poses, name, body.com[b])
        W = body.angular_jacobian(poses, name)
        M += body.mass[b] * J.T @ J + W.T @ (poses.R[b] @ body.inertia[b] @ poses.R[b].T) @ W
    return M


def lengths(body, muscles, q):
    poses, paths = body.poses(q), muscles.paths
    at = np.einsum("pij,pj->pi", poses.R[paths.body], paths.local) + poses.t[paths.body]
    pieces = [at[a:b] for a, b in zip(paths.start[:-1], paths.start[1:], strict=True)]
    return [np.linalg.norm(np.diff(p, axis=0), axis=1).sum() for p in pieces]


def random_q(body, seed):
    low, high = np.clip(body.ranges.T, -1.5, 1.5)
    return np.random.default_rng(seed).uniform(low, high)


def check(body, muscles, path):
    loaded = Loaded(body, path)
    for seed in range(3):
        q = random_q(body, seed)
        loaded.at(q)
        poses = body.poses(q)
        for b, name in enumerate(body.names[1:], start=1):
            found = loaded.data.body(name)
            assert found.xpos == pytest.approx(poses.t[b], abs=SAME), name
            assert found.xmat.reshape(3, 3) == pytest.approx(poses.R[b], abs=SAME), name
        tendons = [loaded.data.tendon(name).length[0] for name in muscles.names]
        wraps = muscles.paths.wraps
        straight = np.ones(len(tendons), bool) if wraps is None else np.diff(wraps.start) == 0
        expected = np.array(lengths(body, muscles, q))
        assert np.array(tendons)[straight] == pytest.approx(expected[straight], abs=SAME)
        if loaded.model.neq:  # the equalities are met by the postures of the body
            assert np.abs(loaded.data.efc_pos[: loaded.model.neq]).max() < SAME
        G = loaded.at(q)
        M = mass_matrix(body, q) + G.T @ np.diag(loaded.model.dof_armature) @ G
        assert np.abs(loaded.mass_matrix(q) - M).max() < SAME * np.abs(M).max()
    return loaded


@pytest.mark.parametrize("file", FILES)
def test_models_read_here(file, models, tmp_path):
    model = models[file]
    left = write_mjcf(model.body, tmp_path / "m.xml", model.musculature, gravity=model.gravity)
    loaded = check(model.body, model.musculature, tmp_path / "m.xml")
    split = [remark for remark in left if "more than the 6 that a body of MuJoCo" in remark]
    assert len(split) == (2 if file == "shoulder_4.osim" else 0)
    ends = ["the wrapping cylinder condyle has no ends in MuJoCo"]
    assert [remark for remark in left if remark not in split] == [
        *(ends if file == "coupled_4.osim" else ()),
        "the muscles use the curves of MuJoCo, with rigid tendon and without pennation",
    ]
    assert loaded.model.opt.gravity == pytest.approx(model.gravity)


def test_standard_adult_with_its_leg_muscles(tmp_path):
    body = standard_adult()
    left = write_mjcf(body, tmp_path / "adult.xml")
    loaded = check(body, muscles_of(body), tmp_path / "adult.xml")
    assert left[0] == "180 stations of fascial lines are not written"
    assert "CORB_r has no fibre length; its force is activation x maximal force" in left
    text = (tmp_path / "adult.xml").read_text()
    assert all(f"<!-- {said} -->" in text for said in left)
    loaded.at(body.zero())
    vertex = next(iter(body.landmarks))
    assert loaded.data.site(vertex).xpos == pytest.approx(body.landmark(body.zero(), vertex))


def test_muscle_has_the_fibre_and_tendon_of_the_body(models, tmp_path):
    """MuJoCo solves both from the range of lengths; the same solution here gives the file's."""
    model = models["pendulum_2.osim"]
    write_mjcf(model.body, tmp_path / "m.xml", model.musculature)
    loaded = Loaded(model.body, tmp_path / "m.xml")
    muscle = model.muscles[0]
    ranges, given = loaded.model.actuator_lengthrange[0], loaded.model.actuator_gainprm[0]
    optimal = (ranges[1] - ranges[0]) / (given[1] - given[0])
    assert optimal == pytest.approx(muscle.optimal_fibre_length)
    assert ranges[0] - given[0] * optimal == pytest.approx(muscle.tendon_slack_length)
    assert given[2] == muscle.max_force


def test_ranges_of_joints_that_represent_coordinates(models, tmp_path):
    model = models["coupled_4.osim"]
    write_mjcf(model.body, tmp_path / "m.xml")
    loaded = Loaded(model.body, tmp_path / "m.xml")
    assert loaded.model.joint("knee_angle").range == pytest.approx([0.0, 2.1])
    assert loaded.model.joint("thigh:0").range == pytest.approx([-0.04, 0.06])  # hip_lift + 0.01
    with pytest.raises(KeyError):
        loaded.model.joint("patella_angle")


def body_with(model, **changes):
    return replace(model.body, muscles={}, **changes)


def test_coordinate_that_no_joint_equals(models, tmp_path):
    """Joints with fractions of a coordinate: the first linear joint represents it."""
    model = models["coupled_4.osim"]
    tree = model.body.tree
    poly = tree.poly.copy()
    k = model.body.coordinate_index("knee_angle")
    for e in np.flatnonzero(tree.coordinate == k):
        poly[e] = (0.1, 0.5, 0.0, 0.0, 0.0) if e % 2 else (0.02, 0.3, -0.2, 0.1, 0.05)
    body = body_with(model, tree=tree._replace(poly=poly))
    assert write_mjcf(body, tmp_path / "m.xml") == ()
    check(body, MusclePaths((), *[np.empty(0)] * 3, no_paths()), tmp_path / "m.xml")


def test_coordinate_without_a_linear_joint_is_reported(models, tmp_path):
    model = models["pendulum_2.osim"]
    poly = model.body.tree.poly.copy()
    poly[:, 2] = 0.5
    body = body_with(model, tree=model.body.tree._replace(poly=poly))
    left = write_mjcf(body, tmp_path / "m.xml")
    assert left[0] == (
        "no joint represents the coordinate swing; the joint bob:0, which depends on it, is free"
    )


def no_paths():
    none = np.empty(0, np.int64)
    return PathArrays(np.zeros(1, np.int64), none, np.empty((0, 3)))


@pytest.mark.parametrize(
    ("mass", "moments", "words"),
    [
        (0.0, (0.0, 0.0, 0.0), "bob has no mass; 1e-12 kg is written"),
        (1.0, (0.0, 0.0, 0.0), "bob is too flat; 1e-14 kg m2 is added to its moments"),
        (1.0, (0.01, 0.02, 0.03), "bob is too flat; 6e-14 kg m2 is added to its moments"),
        (1.0, (0.01, 0.02, 0.05), "bob has moments of inertia that are physically impossible"),
    ],
)
def test_masses_that_mujoco_rejects_are_changed(mass, moments, words, models, tmp_path):
    model = models["pendulum_2.osim"]
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(3, 3)))[0]
    inertia = model.body.inertia.copy()
    inertia[1] = turn @ np.diag(moments) @ turn.T
    body = body_with(model, mass=np.array([0.0, mass]), inertia=inertia)
    left = write_mjcf(body, tmp_path / "m.xml")
    assert any(words in said for said in left)
    mujoco.MjModel.from_xml_path(str(tmp_path / "m.xml"))


def test_remarks_are_comments_in_the_file(models, tmp_path):
    model = models["pendulum_2.osim"]
    write_mjcf(body_with(model), tmp_path / "m.xml", remarks=["line 3: <x> -- left out & listed"])
    text = (tmp_path / "m.xml").read_text()
    assert "<!-- line 3: <x> - - left out & listed -->" in text
    ElementTree.fromstring(text)


def test_refusals(models, tmp_path):
    model = models["pendulum_2.osim"]
    with pytest.raises(DataFileError, match="name a file in a folder that exists"):
        write_mjcf(model.body, tmp_path / "none" / "m.xml")
    other = replace(model.musculature.paths, body=np.array([0, 7]))
    with pytest.raises(
        ParameterError, match="Expected muscles on bodies 0 to 1, got bodies 0 to 7"
    ):
        write_mjcf(model.body, tmp_path / "m.xml", replace(model.musculature, paths=other))


@pytest.mark.parametrize(
    "turn", [(0.0, 0.0, 0.0), (np.pi, 0.0, 0.0), (0.3, -2.0, 1.0), (0, 0, 3.0)]
)
def test_quaternion_gives_its_rotation_back(turn):
    from scipy.spatial.transform import Rotation

    R = Rotation.from_rotvec(turn)
    back = Rotation.from_quat(quaternion(R.as_matrix()), scalar_first=True)
    assert back.as_matrix() == pytest.approx(R.as_matrix(), abs=1e-14)


def test_mjcf_of_the_body_at_a_posture_is_exact(models, tmp_path):
    """`body` contains a fit; the body at a posture does not, so its MJCF is exact."""
    model = models["coupled_4.osim"]
    q = random_q(model.body, 9)
    body = model.body_at(q)
    write_mjcf(body, tmp_path / "m.xml", model.musculature_at(q))
    loaded = Loaded(body, tmp_path / "m.xml")
    loaded.at(q)
    found = [loaded.data.tendon(m.name).length[0] for m in model.muscles]
    assert found == pytest.approx(model.path_lengths(q), abs=SAME)


def test_paths_of_the_standard_adult_wrap_in_mujoco(tmp_path):
    """MuJoCo's tendon lengths, in postures away from the second surface of a piece."""
    body = standard_adult()
    left = write_mjcf(body, tmp_path / "m.xml")
    words = (
        "semimem_r does not wrap over hip_extensors_r: MuJoCo has one surface between two points"
    )
    assert words in left
    loaded = Loaded(body, tmp_path / "m.xml")
    for angles in (
        {"hip_flexion_r": 20.0, "knee_angle_r": 30.0, "hip_adduction_r": -9.0},
        {"hip_flexion_l": 75.0, "knee_angle_l": 95.0, "hip_rotation_l": 12.0},
    ):
        q = body.coordinates_from(angles_deg=angles)
        loaded.at(q)
        lengths = dict(zip(body.muscles, body.path_lengths(q), strict=True))
        for name, length in lengths.items():
            if not name.startswith("psoas"):  # its line may pass a sphere on either side of a plane
                assert loaded.data.tendon(name).length[0] == pytest.approx(length, abs=1e-6), name


def test_surfaces_that_mujoco_lacks_are_listed(edited, tmp_path):
    egg = '<WrapEllipsoid name="condyle"><dimensions>0.02 0.03 0.04</dimensions></WrapEllipsoid>'
    other = '<WrapCylinder name="round">'
    path = edited("coupled_4.osim", ('<WrapCylinder name="condyle">', egg + other))
    model = read_osim(path)
    left = write_mjcf(model.body, tmp_path / "m.xml")
    assert "wrapped does not wrap over condyle: MuJoCo has no ellipsoid" in left
