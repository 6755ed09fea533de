"""The pelvis that finds its own place: derivatives, equilibrium, and its share as a prediction."""

import math
from dataclasses import replace

import numpy as np
import pytest

from fascia.clinical import (
    LUMBAR_JOINTS,
    Examination,
    FreePelvis,
    StiffeningJoints,
    joint_range,
    measure,
)
from fascia.mechanics import NetworkProblem

SEEDS = (0, 1, 2)


@pytest.fixture(scope="module")
def pelvis(adult):
    return FreePelvis(adult, "r")


def postures(adult, pelvis, seed, count=4):
    """Supine, moved at random along the free directions, so that contacts open and close."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        start = adult.posture("supine")
        start[adult.coordinate_index("hip_flexion_r")] += rng.uniform(0.0, 1.2)
        yield start + pelvis.directions @ rng.uniform(-0.12, 0.12, pelvis.directions.shape[1])


@pytest.mark.parametrize("term", range(3), ids=["joints", "weight", "table"])
@pytest.mark.parametrize("seed", SEEDS)
def test_gradient_and_hessian_are_those_of_the_energy(adult, pelvis, term, seed):
    """Central differences in every coordinate; no draw sits on a kink of the contact."""
    term = pelvis.terms[term]
    h = 1e-6
    for q in postures(adult, pelvis, seed):
        gradient, hessian = term.gradient(q), term.hessian(q)
        scale = max(1.0, np.abs(gradient).max())
        np.testing.assert_allclose(hessian, hessian.T, atol=1e-9 * max(1.0, np.abs(hessian).max()))
        for k in range(len(q)):
            step = np.zeros(len(q))
            step[k] = h
            slope = (term.energy(q + step) - term.energy(q - step)) / (2 * h)
            assert gradient[k] == pytest.approx(slope, abs=3e-6 * scale)
            bend = (term.gradient(q + step) - term.gradient(q - step)) / (2 * h)
            np.testing.assert_allclose(
                hessian[k], bend, atol=3e-5 * max(1.0, np.abs(hessian).max())
            )


def test_some_draws_touch_the_table_and_some_do_not(adult, pelvis):
    """The check above would be empty if the contact were never closed, or always."""
    table = pelvis.terms[2]
    depths = np.array([table._depth(q) for seed in SEEDS for q in postures(adult, pelvis, seed)])
    assert (depths > 0.0).any()
    assert (depths < 0.0).any()


def test_joint_law_reaches_its_moment_at_the_range(adult):
    """10 N m at the end of each side's own range, none at neutral, e^3 times stiffer there."""
    index = np.array([adult.coordinate_index(f"{joint}_FE") for joint in LUMBAR_JOINTS])
    low, high = np.array([joint_range(adult, f"{joint}_FE") for joint in LUMBAR_JOINTS]).T
    law = StiffeningJoints(index, low, high, np.full(len(index), 10.0))
    q = adult.zero()
    assert not law.gradient(q).any()
    for side, sign in ((low, -1.0), (high, 1.0)):
        q = adult.zero()
        q[index] = side
        np.testing.assert_allclose(law.gradient(q)[index], sign * 10.0, rtol=1e-12)
        near = adult.zero()
        near[index] = 1e-9 * side
        ratio = np.diag(law.hessian(q))[index] / np.diag(law.hessian(near))[index]
        np.testing.assert_allclose(ratio, math.exp(3.0), rtol=1e-6)


def test_directions_keep_thorax_and_thighs_where_they_point(adult, pelvis):
    q = adult.posture("supine")
    moved = q + pelvis.directions @ np.array([-0.03, -0.02, -0.05, 0.01, -0.04, -0.02])
    for name in ("T12", "T1", "skull", "femur_r", "femur_l", "tibia_r", "calcn_l"):
        b = adult.body_index(name)
        np.testing.assert_allclose(adult.poses(moved).R[b], adult.poses(q).R[b], atol=1e-12)
    b = adult.body_index("pelvis")
    assert not np.allclose(adult.poses(moved).R[b], adult.poses(q).R[b], atol=1e-3)


@pytest.mark.parametrize("side", ["right", "left"])
def test_free_pelvis_is_in_equilibrium_and_turns_backwards(bench, adult, side):
    """Lumbar joints, table, weight and tissue balance; the share is a finite prediction."""
    examination = bench("slr", side, free_pelvis=True)
    result = measure(examination)
    assert 0.05 < result.pelvic_share < 0.9
    assert np.isfinite(result.tissue_torque).all()
    assert result.residual <= 1e-8 * result.largest_force
    # the pelvis tilts by what the lumbar spine flexes, since the thorax lies still
    np.testing.assert_allclose(result.pelvic_tilt, result.lumbar_flexion, atol=1e-12)
    assert result.pelvic_tilt[-1] > math.radians(5.0)


def test_leg_makes_the_prescribed_angle_with_the_table(bench, adult):
    examination = bench("slr", "right", free_pelvis=True)
    flat = examination.at(0.0).equilibrium.q
    for angle in np.radians([20.0, 60.0]):
        q = examination.at(angle).equilibrium.q
        for name, turned in (("femur_r", angle), ("femur_l", 0.0), ("T12", 0.0)):
            b = adult.body_index(name)
            R = adult.poses(q).R[b] @ adult.poses(flat).R[b].T
            assert math.atan2(R[1, 0], R[0, 0]) == pytest.approx(turned, abs=1e-10)


def test_forces_on_the_free_joints_cancel(bench):
    """Tissue, joints, weight and table along each free direction, each from its own source."""
    examination = bench("slr", "right", free_pelvis=True)
    state = examination.at(math.radians(55.0)).equilibrium
    parts = [state.generalised_force]
    parts += [term.gradient(state.q) for term in examination.pelvis.terms]
    along = np.array([examination.pelvis.directions.T @ part for part in parts])
    assert np.abs(along).max() > 1.0
    np.testing.assert_allclose(along.sum(axis=0), 0.0, atol=1e-6)


def test_free_pelvis_rests_at_the_least_energy(bench):
    """No small motion of the lumbar joints, the network following, lowers the potential."""
    examination = bench("slr", "right", free_pelvis=True)
    state = examination.at(math.radians(40.0)).equilibrium
    solver, flat = examination.solver, examination.solver.flat
    problem = NetworkProblem(
        flat, body=examination.body, q=state.q,
        directions=examination.pelvis.directions, terms=examination.pelvis.terms,
    )  # fmt: skip
    here, _ = problem.value_gradient(np.append(state.slips, np.zeros(6)))
    rng = np.random.default_rng(5)
    for _ in range(10):
        step = np.append(np.zeros(flat.slips), 2e-3 * rng.normal(size=6))
        there, _ = problem.value_gradient(np.append(state.slips, np.zeros(6)) + step)
        assert there > here
    assert solver.flat is flat


def test_stiffer_hamstrings_turn_the_pelvis_more(network, bench):
    """Twice the passive curve pulls the pelvis round further at the same leg angle."""
    heads = set(network.strands_of(region="hamstrings", kind="muscle"))
    strands = tuple(
        replace(s, law=replace(s.law, passive_scale=2.0 * s.law.passive_scale))
        if s.name in heads
        else s
        for s in network.strands
    )
    stiff = Examination(replace(network, strands=strands), "slr", free_pelvis=True)
    soft = bench("slr", "right", free_pelvis=True)
    angle = math.radians(70.0)
    tilt = network.body.coordinate_index("pelvis_tilt")
    assert stiff.at(angle).equilibrium.q[tilt] > soft.at(angle).equilibrium.q[tilt]
