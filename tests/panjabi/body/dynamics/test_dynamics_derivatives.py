"""Exact derivatives: the complex step through plain Python, and the Hessian of the weight."""

from __future__ import annotations

import numpy as np
import pytest

from panjabi.body import Dynamics, coordinates_between, dynamics_derivatives, dynamics_kernels
from panjabi.body.gravity import gravity_energy
from panjabi.body.mechanism import dynamics_workspace

STEP = 1e-40


@pytest.fixture(scope="module")
def cases(body, chains):
    knees = ("pelvis_ty", "hip_flexion_r", "knee_angle_r", "ankle_angle_r", "knee_angle_l")
    return {
        "lumbar": Dynamics(body, coordinates_between(body, "sacrum", "T12")),
        "legs": Dynamics(body, knees),
    } | {name: chain.dynamics for name, chain in chains.items()}


def state(model, seed=2):
    rng = np.random.default_rng(seed)
    return rng.uniform([[-0.6], [-2.0], [-3.0]], [[0.6], [2.0], [3.0]], (3, len(model.free)))


@pytest.fixture()
def in_python(monkeypatch):
    """All kernels of dynamics as plain Python, so that complex numbers go through."""
    for module in (dynamics_kernels, dynamics_derivatives):
        for name, kernel in list(vars(module).items()):
            if hasattr(kernel, "py_func"):
                monkeypatch.setattr(module, name, kernel.py_func)


def needed(model, q, qd, qdd):
    """Inverse dynamics of complex coordinates."""
    n = len(q)
    work, out = dynamics_workspace(model.mechanism, n, complex), np.zeros(n, complex)
    dynamics_kernels.place(model.mechanism, q, work)
    gravity = np.asarray(model.gravity)
    dynamics_kernels.inverse_dynamics(model.mechanism, qd, qdd, gravity, work, out)
    return out


@pytest.mark.parametrize(
    "name", ["lumbar", "legs", "two balls", "coupled knee", "knee and kneecap", "crane"]
)
def test_linearisation_against_the_complex_step(cases, name, in_python):
    model = cases[name]
    q, qd, qdd = given = state(model)
    made = model.linearised(q, qd, qdd)
    assert made.forces == pytest.approx(model.inverse(q, qd, qdd), rel=1e-12)
    for which, derivative in enumerate((made.by_q, made.by_qd, made.mass)):
        for k in range(len(q)):
            moved = given.astype(complex)
            moved[which, k] += 1j * STEP
            exact = needed(model, *moved).imag / STEP
            assert np.abs(derivative[:, k] - exact).max() < 1e-12 * np.abs(derivative).max()


def test_at_rest_the_linearisation_is_the_hessian_of_the_weight(body):
    model = Dynamics(body)
    q, still = state(model)[0], np.zeros(len(model.free))
    made = model.linearised(q, still, still)
    weight = gravity_energy(body, q)
    assert made.forces == pytest.approx(weight.gradient, abs=1e-10)
    assert np.abs(made.by_q - weight.hessian).max() < 1e-11 * np.abs(weight.hessian).max()
    assert not made.by_qd.any()
    assert np.abs(made.mass - model.mass_matrix(q)).max() < 1e-13


def test_accelerations_of_the_linearisation_are_those_of_forward_dynamics(cases):
    model = cases["lumbar"]
    q, qd, force = state(model)
    made = model.linearised(q, qd, model.forward(q, qd, force))
    by_q, by_qd = made.accelerations()
    h = 1e-4
    for k, step in enumerate(h * np.eye(len(q))):
        for derivative, move in ((by_q, (1.0, 0.0)), (by_qd, (0.0, 1.0))):
            ends = [
                model.forward(q + s * move[0] * step, qd + s * move[1] * step, force)
                for s in (-2, -1, 1, 2)
            ]
            slope = (ends[0] - 8.0 * ends[1] + 8.0 * ends[2] - ends[3]) / (12.0 * h)
            assert np.abs(derivative[:, k] - slope).max() < 1e-8 * np.abs(derivative).max()


@pytest.mark.parametrize(
    ("name", "on"), [("lumbar", "T12"), ("legs", "toes_r"), ("crane", "arm"), ("two balls", "b")]
)
def test_points_and_their_derivatives(cases, name, on):
    model, local = cases[name], [0.02, -0.1, 0.05]
    q, qd, qdd = state(model)
    whole, index = model.whole(q), [model.body.coordinate_index(n) for n in model.free]
    assert model.point(q, on, local) == pytest.approx(model.body.point(whole, on, local))
    J = model.jacobian(q, on, local)
    assert np.allclose(J, model.body.jacobian(whole, on, local)[:, index], rtol=0.0, atol=1e-14)
    D = model.second_derivatives(q, on, local)
    assert np.array_equal(D, D.transpose(0, 2, 1))
    h = 1e-3
    for k, step in enumerate(h * np.eye(len(q))):
        ends = [model.jacobian(q + s * step, on, local) for s in (-2, -1, 1, 2)]
        slope = (ends[0] - 8.0 * ends[1] + 8.0 * ends[2] - ends[3]) / (12.0 * h)
        assert D[:, :, k] == pytest.approx(slope, abs=1e-10)
    rate = model.jacobian_rate(q, qd, on, local)
    acceleration = model.point_acceleration(q, qd, qdd, on, local)
    assert acceleration == pytest.approx(J @ qdd + rate @ qd, rel=1e-12, abs=1e-12)


def test_centre_of_mass_and_its_derivative(cases):
    for name in ("legs", "lumbar", "crane", "knee and kneecap"):
        model = cases[name]
        q, qd, _ = state(model)
        centre = model.body.centre_of_mass(model.whole(q))
        assert model.centre_of_mass(q) == pytest.approx(centre, abs=1e-13)
        J = model.centre_jacobian(q)
        moved = [model.centre_of_mass(q + s * 1e-4 * qd) for s in (-2, -1, 1, 2)]
        slope = (moved[0] - 8.0 * moved[1] + 8.0 * moved[2] - moved[3]) / 12e-4
        assert J @ qd == pytest.approx(slope, abs=1e-10)
        momentum = model.momentum(q, qd).linear
        assert momentum == pytest.approx(model.body.total_mass * J @ qd, abs=1e-11)
