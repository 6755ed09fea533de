"""Properties of every tree: symmetry, and conservation of energy and momentum."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.integrate import solve_ivp

from panjabi.body import Dynamics, coordinates_between, standard_adult
from panjabi.body.gravity import gravity_energy
from panjabi.errors import ParameterError, UnknownNameError

WEIGHTLESS = (0.0, 0.0, 0.0)


def lumbar(**given):
    body = standard_adult()
    return Dynamics(body, coordinates_between(body, "sacrum", "T12"), **given)


@st.composite
def states(draw, size, spread=0.5):
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    return spread * rng.uniform(-1.0, 1.0, size), rng.normal(size=size), rng.normal(size=size)


@pytest.fixture(scope="module")
def models(body):
    return {
        "lumbar": lumbar(),
        "column": Dynamics(body, coordinates_between(body, "pelvis", "skull")),
        "whole": Dynamics(body),
    }


@pytest.mark.parametrize("name", ["lumbar", "column", "whole"])
@settings(max_examples=15)
@given(data=st.data())
def test_mass_matrix_is_symmetric_and_positive_and_inverse_undoes_forward(models, name, data):
    model = models[name]
    q, qd, force = data.draw(states(len(model.free)))
    M = model.mass_matrix(q)
    assert np.array_equal(M, M.T)
    assert np.linalg.eigvalsh(M)[0] > 0.0
    assert 0.5 * qd @ M @ qd == pytest.approx(model.kinetic_energy(q, qd), rel=1e-11)
    qdd = model.forward(q, qd, force)
    size = np.abs(M) @ np.abs(qdd)
    needed = model.inverse(q, qd, qdd)
    assert np.abs(needed - force).max() < 1e-11 * size.max()
    assert np.abs(M @ qdd + model.bias(q, qd) + model.weight(q) - force).max() < 1e-11 * size.max()


@settings(max_examples=25)
@given(data=st.data())
def test_power_equals_the_rate_of_energy(data):
    """dE/dt = forces . qd, the derivative taken along the motion by its own expansion."""
    model = lumbar()
    q, qd, force = data.draw(states(18))
    qdd = model.forward(q, qd, force)
    made = model.linearised(q, qd, qdd)
    # d/dt of qd.M.qd/2 = qd.M.qdd + qd.(dM/dt).qd/2, and the last is qd.c by the symmetry of M.
    gain = qd @ made.mass @ qdd + qd @ model.bias(q, qd) + qd @ model.weight(q)
    assert gain == pytest.approx(force @ qd, rel=1e-10, abs=1e-9)
    h = 1e-4
    ends = [
        model.kinetic_energy(q + s * qd + 0.5 * s**2 * qdd, qd + s * qdd)
        + model.potential_energy(q + s * qd + 0.5 * s**2 * qdd)
        for s in (-2 * h, -h, h, 2 * h)
    ]
    rate = (ends[0] - 8.0 * ends[1] + 8.0 * ends[2] - ends[3]) / (12.0 * h)
    assert rate == pytest.approx(force @ qd, rel=1e-5, abs=1e-6)


@settings(max_examples=20)
@given(data=st.data())
def test_bias_is_quadratic_in_the_rates_and_weight_follows_the_energy(models, data):
    model = models["whole"]
    q, qd, _ = data.draw(states(len(model.free)))
    c = model.bias(q, qd)
    assert model.bias(q, -2.0 * qd) == pytest.approx(4.0 * c, rel=1e-9, abs=1e-9)
    assert model.weight(q) == pytest.approx(gravity_energy(model.body, q).gradient, abs=1e-10)
    assert model.potential_energy(q) == pytest.approx(gravity_energy(model.body, q).value)


def swing(model, q, qd, seconds, tolerance):
    """States of the unforced motion, (times, 2, n)."""
    n, none = len(model.free), np.zeros(len(model.free))

    def rates(_, y):
        return np.concatenate([y[n:], model.forward(y[:n], y[n:], none)])

    found = solve_ivp(
        rates, (0.0, seconds), np.concatenate([q, qd]), "DOP853", rtol=tolerance, atol=tolerance
    )
    assert found.success
    return found.y.T.reshape(-1, 2, n)


@pytest.mark.parametrize("name", ["lumbar", "coupled knee", "knee and kneecap", "two balls"])
def test_energy_of_a_passive_swing_drifts_no_more_than_the_integrator_lets_it(chains, name):
    model = lumbar() if name == "lumbar" else chains[name].dynamics
    rng = np.random.default_rng(3)
    q, qd = 0.1 * rng.normal(size=(2, len(model.free)))
    drift = []
    for tolerance in (1e-6, 1e-9, 1e-12):
        path = swing(model, q, qd, 0.3, tolerance)
        energy = [model.kinetic_energy(*s) + model.potential_energy(s[0]) for s in path]
        moving = max(model.kinetic_energy(*s) for s in path)
        drift.append(np.abs(np.array(energy) - energy[0]).max() / moving)
    assert drift[0] < 1e-5
    assert drift[1] < 1e-7
    assert drift[2] < 1e-10
    assert drift[1] < 0.1 * drift[0] and drift[2] < 0.1 * drift[1]


def test_a_floating_body_without_gravity_keeps_its_momentum(body):
    root = ("pelvis_tx", "pelvis_ty", "pelvis_tz", "pelvis_tilt", "pelvis_list", "pelvis_rotation")
    joints = ("hip_flexion_r", "knee_angle_r", "L4_L5_FE", "shoulder_abduction_l")
    model = Dynamics(body, root + joints, gravity=WEIGHTLESS)
    rng = np.random.default_rng(8)
    q, qd = 0.2 * rng.normal(size=10), rng.normal(size=10)
    q[7] = 0.5
    path = swing(model, q, qd, 0.3, 1e-11)
    start = model.momentum(*path[0])
    assert np.linalg.norm(start.angular) > 0.1
    for s in path[1:]:
        now = model.momentum(*s)
        assert now.linear == pytest.approx(start.linear, rel=1e-8, abs=1e-8)
        assert now.angular == pytest.approx(start.angular, rel=1e-8, abs=1e-8)
        assert now.about([0, 0, 0]) == pytest.approx(start.about([0, 0, 0]), rel=1e-8, abs=1e-8)
    assert np.abs(path[-1][0] - q).max() > 0.05


def test_forces_from_within_move_no_centre_of_mass(body):
    """The centre of a floating body falls with g, whatever its joints do."""
    model = Dynamics(body)
    rng = np.random.default_rng(5)
    q, qd = 0.3 * rng.normal(size=(2, len(model.free)))
    force = 5.0 * rng.normal(size=len(model.free))
    force[:6] = 0.0
    qdd = model.forward(q, qd, force)
    fall = sum(
        mass * model.point_acceleration(q, qd, qdd, name, com)
        for name, mass, com in zip(body.names, body.mass, body.com, strict=True)
    )
    assert fall / body.total_mass == pytest.approx([0.0, -9.80665, 0.0], abs=1e-7)


def test_momentum_of_one_turning_body(chains):
    """L = I w about the centre, p = m v of the centre."""
    chain = chains["one ball"]
    model, only = chain.dynamics, chain.body
    q, qd = np.array([0.3, -0.4, 0.2]), np.array([1.0, 2.0, -1.5])
    poses = only.poses(q)
    w = only.angular_jacobian(q, "a") @ qd
    made = model.momentum(q, qd)
    centre = poses.R[1] @ only.com[1] + poses.t[1]
    assert made.centre == pytest.approx(centre)
    assert made.angular == pytest.approx(poses.R[1] @ only.inertia[1] @ poses.R[1].T @ w)
    assert made.linear == pytest.approx(only.mass[1] * only.jacobian(q, "a", only.com[1]) @ qd)
    assert made.linear == pytest.approx(only.mass[1] * model.centre_jacobian(q) @ qd)


def test_driven_coordinates_have_the_prescribed_accelerations_and_a_driving_force(body):
    model = Dynamics(body, ("pelvis_tx", "pelvis_tilt", "L5_S1_FE", "L5_S1_LB", "L4_L5_FE"))
    rng = np.random.default_rng(9)
    q, qd, force = rng.uniform(-0.3, 0.3, (3, 5))
    qdd, needed = model.driven(q, qd, force, {"pelvis_tilt": 2.0, "pelvis_tx": -1.0})
    assert list(qdd[:2]) == [-1.0, 2.0]
    assert list(needed[2:]) == list(force[2:])
    assert model.inverse(q, qd, qdd) == pytest.approx(needed, abs=1e-10)
    assert model.forward(q, qd, needed) == pytest.approx(qdd, abs=1e-8)
    with pytest.raises(UnknownNameError, match="unknown free coordinate 'L3_L4_FE'; close"):
        model.driven(q, qd, force, {"L3_L4_FE": 0.0})
    with pytest.raises(ParameterError, match="for prescribed accelerations, got .*finite"):
        model.driven(q, qd, force, {"pelvis_tx": np.nan})
