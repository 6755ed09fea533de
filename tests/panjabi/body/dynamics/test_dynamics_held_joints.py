"""Fixed joints: merged bodies, remaining coordinates, and errors."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from panjabi.body import Dynamics, coordinates_between
from panjabi.errors import PanjabiError, ParameterError, PostureError, UnknownNameError

LUMBAR = 18


@pytest.fixture(scope="module")
def sitting(body):
    q = body.flexed(angles_deg={"hip flexion": 70, "knee flexion": 60, "elbow flexion": 30})
    for level in ("L5_S1", "L4_L5", "T12_L1"):  # no held dof of a partly free joint is zero
        for name, angle in (("FE", -0.05), ("LB", 0.04), ("AR", 0.02)):
            q[body.coordinate_index(f"{level}_{name}")] = angle
    return q


@pytest.mark.parametrize(
    "free",
    [
        ("L4_L5_LB",),
        ("L5_S1_FE", "L5_S1_AR", "L4_L5_LB", "T1_T2_AR"),
        ("knee_angle_r", "hip_rotation_r", "subtalar_angle_r"),
        ("pelvis_ty", "pelvis_list", "shoulder_abduction_l", "skull_C1_FE"),
        ("T12_L1_AR", "T12_L1_FE"),
    ],
    ids="-".join,
)
def test_a_held_joint_is_one_that_does_not_move(body, sitting, free):
    """The reduced equations are rows and columns of the whole ones at zero rates of the held."""
    part, whole = Dynamics(body, free, at=sitting), Dynamics(body)
    index = [body.coordinate_index(name) for name in free]
    rng = np.random.default_rng(7)
    q = sitting[index] + rng.uniform(-0.3, 0.3, len(free))
    qd, qdd = rng.normal(size=(2, len(free)))
    full = part.whole(q)
    assert np.array_equal(part.part(full), q)
    rates, swings = np.zeros((2, len(full)))
    rates[index], swings[index] = qd, qdd
    M = whole.mass_matrix(full)[np.ix_(index, index)]
    assert np.abs(part.mass_matrix(q) - M).max() < 1e-12 * np.abs(M).max()
    needed = whole.inverse(full, rates, swings)[index]
    assert part.inverse(q, qd, qdd) == pytest.approx(needed, rel=1e-11, abs=1e-11)
    made, reference = part.linearised(q, qd, qdd), whole.linearised(full, rates, swings)
    for name in ("by_q", "by_qd"):
        block = getattr(reference, name)[np.ix_(index, index)]
        assert np.abs(getattr(made, name) - block).max() < 1e-11 * np.abs(block).max() + 1e-12
    for on in ("skull", "toes_r", "hand_l"):
        local = [0.1, 0.2, -0.1]
        assert part.point(q, on, local) == pytest.approx(body.point(full, on, local), abs=1e-13)


def test_only_moving_bodies_are_in_the_mechanism(body):
    lumbar = Dynamics(body, coordinates_between(body, "sacrum", "T12"))
    assert len(lumbar.free) == LUMBAR
    assert len(lumbar.mechanism.mass) == 7  # the world, L5 to L1, and T12 with all above it
    assert lumbar.mechanism.mass.sum() == pytest.approx(body.total_mass)
    above = coordinates_between(body, "sacrum", "skull")
    assert len(above) == 75 and above[:LUMBAR] == lumbar.free
    assert len(coordinates_between(body, "hand_r", "hand_l")) == 2 * 12
    assert "6 rigid bodies" in repr(lumbar)


def test_a_joint_with_a_held_dof_between_free_ones_gets_a_massless_body(body):
    at = body.flexed(angles_deg={"L4-L5 right bending": 3.0}, strict=False)
    model = Dynamics(body, ("L4_L5_FE", "L4_L5_AR"), at=at)
    assert model.mechanism.mass[1] == 0.0
    assert len(Dynamics(body, ("L4_L5_FE", "L4_L5_AR")).mechanism.mass) == 2


def test_inertias_are_those_of_solids(body):
    """Positive, triangle inequality, radius of gyration below the size of the person."""
    for name, mass, inertia in zip(body.names[1:], body.mass[1:], body.inertia[1:], strict=True):
        moments = np.linalg.eigvalsh(inertia)
        assert mass > 0.0 and moments[0] > 0.0, name
        assert moments[0] + moments[1] > moments[2], name
        assert 0.005 < np.sqrt(moments[2] / mass) < 0.25, name


@pytest.mark.parametrize(
    ("base", "tip"), [("sacrum", "T12"), ("pelvis", "skull"), ("ground", "toes_l")]
)
def test_mass_matrices_of_the_models_are_positive(body, base, tip, random_q):
    model = Dynamics(body, coordinates_between(body, base, tip))
    for seed in range(5):
        M = model.mass_matrix(model.part(random_q(seed)))
        assert np.linalg.eigvalsh(M)[0] > 1e-6


def test_gravity_can_point_elsewhere(body):
    model = Dynamics(body, ("knee_angle_r",), gravity=(1.0, 2.0, 3.0))
    q, h = np.array([0.4]), 1e-4
    slope = (model.potential_energy(q + h) - model.potential_energy(q - h)) / (2.0 * h)
    assert model.weight(q)[0] == pytest.approx(slope, rel=1e-6)


def test_invalid_input_is_an_error(body):
    with pytest.raises(UnknownNameError, match="unknown coordinate 'L4_L5_FX'; close: 'L4_L5_FE'"):
        Dynamics(body, ("L4_L5_FX",))
    with pytest.raises(ParameterError, match="once, got L4_L5_FE more than once; name it once"):
        Dynamics(body, ("L4_L5_FE", "L4_L5_FE"))
    with pytest.raises(ParameterError, match="3 finite numbers for gravity, got tuple of shape"):
        Dynamics(body, gravity=(0.0, -9.8))
    with pytest.raises(PostureError, match="finite number .*, got nan"):
        Dynamics(body, at=np.full(len(body.coordinates), np.nan))
    with pytest.raises(ParameterError, match="two bodies with a joint.*name two different"):
        coordinates_between(body, "L3", "L3")
    with pytest.raises(UnknownNameError, match="unknown body 'T13'"):
        coordinates_between(body, "L3", "T13")
    model = Dynamics(body, ("L4_L5_FE", "L4_L5_LB"))
    good = np.zeros(2)
    for call in (
        lambda bad: model.mass_matrix(bad),
        lambda bad: model.forward(good, bad, good),
        lambda bad: model.forward(good, good, bad),
        lambda bad: model.inverse(good, good, bad),
        lambda bad: model.linearised(good, bad, good),
        lambda bad: model.momentum(good, bad),
        lambda bad: model.jacobian_rate(good, bad, "L4", [0, 0, 0]),
        lambda bad: model.whole(bad),
    ):
        with pytest.raises(ParameterError, match="Expected 2 finite numbers .*shape.*give one"):
            call(np.zeros(3))
        with pytest.raises(PanjabiError, match="not all of it finite"):
            call([0.0, np.inf])
    with pytest.raises(ParameterError, match="of shape"):
        model.mass_matrix("upright")


@pytest.mark.parametrize("name", ["crane", "knee and kneecap"])
def test_a_coordinate_that_moves_no_mass_is_named(chains, name):
    """Through both solvers: articulated bodies, and the matrix where a coordinate drives two."""
    body = chains[name].body
    light = replace(body, mass=0.0 * body.mass, inertia=0.0 * body.inertia)
    model = Dynamics(light)
    zero = np.zeros(len(model.free))
    with pytest.raises(ParameterError, match="which moves no mass.*take it out of"):
        model.forward(zero, zero, zero)
