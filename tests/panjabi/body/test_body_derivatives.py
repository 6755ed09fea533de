"""First and second derivatives: complex step, differences, a cable's own energy, plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from panjabi.body import kernels, standard_adult
from panjabi.body.gravity import gravity_energy
from panjabi.body.path_kernels import path_derivatives

STEP = 1e-40  # complex step: no subtraction, so no rounding


def forward_in_python(body, q):
    nb, ne = len(body.names), len(body.tree.slide)
    shapes = ((nb, 3, 3), (nb, 3), (ne, 3), (ne, 3), (ne,), (ne,))
    out = [np.zeros(s, np.asarray(q).dtype) for s in shapes]
    kernels.forward.py_func(body.tree, q, *out)
    return out


def complex_steps(body, q):
    """The forward kinematics with every coordinate in turn moved by an imaginary step."""
    for k in range(len(q)):
        moved = q.astype(complex)
        moved[k] += 1j * STEP
        yield k, forward_in_python(body, moved)


@pytest.fixture(scope="module")
def loaded(body, random_q):
    """Forces on random points of random bodies, and everything the kernels need."""
    rng = np.random.default_rng(4)
    q = random_q(11)
    bodies = rng.integers(0, len(body.names), 80)
    local, force = rng.normal(scale=0.2, size=(80, 3)), rng.normal(size=(80, 3))
    return q, body.poses(q), bodies, local, force


def world(R, t, bodies, local):
    return np.einsum("pij,pj->pi", R[bodies], local) + t[bodies]


def summed(body, bodies, points, force):
    F = np.zeros((len(body.names), 3), points.dtype)
    D = np.zeros((len(body.names), 3, 3), points.dtype)
    np.add.at(F, bodies, force)
    np.add.at(D, bodies, points[:, :, None] * force[:, None, :])
    return F, D


def test_jacobians_against_the_complex_step(body, loaded):
    q, poses, bodies, local, _ = loaded
    points = world(poses.R, poses.t, bodies, local)
    J = np.empty((len(bodies), 3, len(q)))
    kernels.points_jacobian(
        body.tree, bodies, points, poses.axis_world, poses.origin_world, poses.rate, J
    )
    W = np.empty((len(body.names), 3, len(q)))
    kernels.angular_jacobian(body.tree, poses.axis_world, poses.rate, W)
    for k, (R, t, *_) in complex_steps(body, q):
        exact = world(R, t, bodies, local).imag / STEP
        assert np.abs(J[:, :, k] - exact).max() < 1e-13
        spin = np.einsum("bij,bkj->bik", R.imag / STEP, poses.R)  # dR/dq R^T = [w]x
        w = np.stack([spin[:, 2, 1], spin[:, 0, 2], spin[:, 1, 0]], axis=1)
        assert np.abs(W[:, :, k] - w).max() < 1e-13


def test_one_point_of_the_body(body, loaded):
    q, poses, *_ = loaded
    local = [0.01, -0.2, 0.03]
    J = body.jacobian(q, "tibia_l", local)
    h = 1e-3
    for k in range(len(q)):  # differences of fourth order
        at = [body.point(q + s * h * np.eye(len(q))[k], "tibia_l", local) for s in (-2, -1, 1, 2)]
        slope = (at[0] - 8.0 * at[1] + 8.0 * at[2] - at[3]) / (12.0 * h)
        assert J[:, k] == pytest.approx(slope, abs=1e-10)
    assert body.angular_jacobian(poses, "ground") == pytest.approx(0.0)


def test_gradient_and_hessian_of_loads(body, loaded):
    q, poses, bodies, local, force = loaded
    points = world(poses.R, poses.t, bodies, local)
    F, D = summed(body, bodies, points, force)
    axes = (poses.axis_world, poses.origin_world, poses.rate)
    g, H = np.empty(len(q)), np.empty((len(q), len(q)))
    kernels.load_gradient(body.tree, F, D, *axes, g)
    kernels.load_hessian(body.tree, F, D, *axes, poses.rate2, H)
    assert np.array_equal(H, H.T)
    for k, (R, t, axis, origin, rate, _) in complex_steps(body, q):
        moved = world(R, t, bodies, local)
        assert abs((force * moved.imag).sum() / STEP - g[k]) < 1e-12
        column = np.zeros(len(q), complex)
        kernels.load_gradient.py_func(
            body.tree, *summed(body, bodies, moved, force), axis, origin, rate, column
        )
        assert np.abs(column.imag / STEP - H[k]).max() < 1e-12


def test_driven_knee_curves(body):
    """The coupled motions of the knee add curvature: check it where it is largest."""
    q = body.coordinates_from({"knee_angle_r": 1.0})
    k = body.coordinate_index("knee_angle_r")
    h = 1e-2

    def kneecap(x):
        moved = q.copy()
        moved[k] = x
        return body.point(moved, "patella_r", [0.01, 0.02, 0.005])

    offsets = np.array([-3, -2, -1, 0, 1, 2, 3])
    weights = np.array([2, -27, 270, -490, 270, -27, 2]) / 180.0
    second = sum(w * kneecap(1.0 + s * h) for s, w in zip(offsets, weights, strict=True)) / h**2
    poses = body.poses(q)
    H = np.empty((len(q), len(q)))
    for axis in range(3):
        F = np.zeros((len(body.names), 3))
        b = body.body_index("patella_r")
        F[b, axis] = 1.0
        D = np.zeros((len(body.names), 3, 3))
        D[b, :, axis] = kneecap(1.0)
        kernels.load_hessian(
            body.tree, F, D, poses.axis_world, poses.origin_world, poses.rate, poses.rate2, H
        )
        assert H[k, k] == pytest.approx(second[axis], abs=1e-9)


def test_muscle_arms_against_the_complex_step(body, loaded):
    q = loaded[0]
    arms, p = body.moment_arm_matrix(q), body.paths
    for k, (R, t, *_) in complex_steps(body, q):
        at = world(R, t, p.body, p.local)
        step = np.diff(at, axis=0)
        piece = np.sqrt((step**2).sum(axis=1))  # not norm(): that takes the modulus
        ends = p.start[1:-1] - 1
        piece[ends] = 0.0  # from one muscle to the next
        lengths = np.add.reduceat(np.append(piece, 0.0), p.start[:-1])
        straight = [not muscle.wraps for muscle in body.muscles.values()]
        assert np.abs(lengths.imag / STEP + arms[:, k])[straight].max() < 1e-12


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=4, deadline=None)
def test_compiled_equals_plain_python(random_q, seed):
    body = standard_adult()
    q = random_q(seed)
    poses = body.poses(q)
    plain = forward_in_python(body, q)
    axes = (poses.axis_world, poses.origin_world, poses.rate)
    for compiled, python in zip((poses.R, poses.t, *axes, poses.rate2), plain, strict=True):
        assert np.abs(compiled - python).max() < 1e-14
    rng = np.random.default_rng(seed)
    bodies, local = rng.integers(0, len(body.names), 20), rng.normal(size=(20, 3))
    points, force = world(poses.R, poses.t, bodies, local), rng.normal(size=(20, 3))
    F, D = summed(body, bodies, points, force)
    nq, nb, nm = len(q), len(body.names), len(body.muscles)
    p = body.paths
    cases = [
        (kernels.points_jacobian, (bodies, points, *axes), [(20, 3, nq)]),
        (kernels.angular_jacobian, (axes[0], axes[2]), [(nb, 3, nq)]),
        (kernels.subtree_loads, (F, D), [(nb, 3), (nb, 3, 3)]),
        (kernels.load_gradient, (F, D, *axes), [(nq,)]),
        (kernels.load_hessian, (F, D, *axes, poses.rate2), [(nq, nq)]),
        (
            path_derivatives,
            (p.start, p.body, p.local, poses.R, poses.t, *axes),
            [(nm,), (nm, nq)],
        ),
    ]
    for kernel, arguments, shapes in cases:
        one, other = [np.full(s, np.nan) for s in shapes], [np.full(s, np.nan) for s in shapes]
        kernel(body.tree, *arguments, *one)
        kernel.py_func(body.tree, *arguments, *other)
        for a, b in zip(one, other, strict=True):
            assert np.abs(a - b).max() < 1e-12, kernel


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=8, deadline=None)
def test_weight_of_the_body(random_q, seed):
    """Energy against m g h, gradient against Jacobians, Hessian against the gradient."""
    body = standard_adult()
    q = random_q(seed)
    energy = gravity_energy(body, q)
    weight = 9.80665 * body.total_mass
    assert energy.value == pytest.approx(weight * body.centre_of_mass(q)[1])
    J = sum(
        m * body.jacobian(q, name, com)
        for name, m, com in zip(body.names, body.mass, body.com, strict=True)
    )
    assert energy.gradient == pytest.approx(9.80665 * J[1], abs=1e-9)
    held = gravity_energy(body, q, relative_to="asis_r")
    assert held.gradient[:3] == pytest.approx(np.zeros(3), abs=1e-9)
    assert held.gradient[[3, 4]] != pytest.approx(np.zeros(2), abs=1e-3)
    h = 1e-3
    direction = np.random.default_rng(seed).normal(size=len(q))
    gradients = [
        gravity_energy(body, q + s * h * direction, relative_to=("pelvis", [0, 0.02, 0])).gradient
        for s in (-2, -1, 1, 2)
    ]
    slope = (gradients[0] - 8.0 * gradients[1] + 8.0 * gradients[2] - gradients[3]) / (12.0 * h)
    H = gravity_energy(body, q, relative_to=("pelvis", [0, 0.02, 0])).hessian
    assert H @ direction == pytest.approx(slope, abs=1e-5 * np.abs(slope).max())


def test_moon_and_lying(body):
    q = body.posture("supine")
    earth, moon = gravity_energy(body, q), gravity_energy(body, q, g=1.62)
    assert moon.gradient == pytest.approx(earth.gradient * 1.62 / 9.80665)
    tilted = gravity_energy(body, body.zero(), up=(-2.0, 0.0, 0.0))
    assert tilted.gradient[0] == pytest.approx(-9.80665 * body.total_mass)
    assert tilted.gradient[1] == pytest.approx(0.0, abs=1e-9)
