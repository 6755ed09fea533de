"""Sway from the linear system: against a Lyapunov equation, finite differences and a noisy run."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.linalg import block_diag, solve_continuous_lyapunov

from panjabi.delay.roots.system import UnstableError
from panjabi.neural import Canals, MotorNoise, ReflexLoop, SensoryNoise, homonymous
from panjabi.neural.command import command
from panjabi.simulation import simulate
from panjabi.spine import ProcessNoise, SpineNoise, equilibrium, spine_model
from panjabi.spine.derivatives import jacobian
from panjabi.spine.rhs_plain import reference_rhs
from panjabi.stability import quiet_noise, spine_sway
from panjabi.stability.sway_spectrum import noisy_system

SMALL = {"joints": ["L4-L5"], "plane": "sagittal"}
NOISE = SpineNoise(
    motor=MotorNoise(), sensory=SensoryNoise(proprioceptive=3e-3), process=ProcessNoise(moment=0.3)
)


def covariance(now, inputs, time):
    """Of states with inputs by independent Ornstein-Uhlenbeck processes of this time constant."""
    n, k = inputs.shape
    A = block_diag(now, -np.eye(k) / time)
    A[:n, n:] = inputs
    B = np.zeros((n + k, n + k))
    B[n:, n:] = 2.0 / time * np.eye(k)
    return solve_continuous_lyapunov(A, -B)[:n, :n]


@pytest.mark.parametrize("muscles", [False, True])
def test_without_delays_sway_solves_the_lyapunov_equation(muscles):
    rest = equilibrium(spine_model("trunk", muscles=muscles, gravity=muscles))
    found = noisy_system(rest, NOISE)
    system = found.small.system
    assert not system.delayed
    expected = sum(
        (found.rows @ covariance(system.now, inputs, time) @ found.rows.T)[0, 0]
        for inputs, time in found.noise.values()
    )
    assert found.noise.keys() == ({"motor", "process"} if muscles else {"process"})
    assert found.stable
    assert found.sway().axes["FE"] ** 2 == pytest.approx(expected, rel=3e-3)


def test_rows_times_the_inverse_are_those_of_the_whole_matrix():
    system = noisy_system(equilibrium(spine_model(reflexes=True, **SMALL)), NOISE)
    s = np.array([0.02j, 3.0j, 40.0j, 0.5 + 11.0j])
    for at, found in zip(s, system.small.left(system.rows, s), strict=True):
        exact = np.linalg.solve(system.small.system.matrix(np.array([at]))[0].T, system.rows.T).T
        assert np.abs(found - exact).max() < 1e-9 * np.abs(exact).max()


def test_inputs_of_noise_are_the_slopes_of_the_equations():
    loops = (
        *homonymous(["multifidus_lumbar"], stretch_gain=0.3),
        ReflexLoop(name="fast", source="psoas", acceleration_gain=1e-3, stretch_gain=0.2),
        ReflexLoop(name="angle", source="L4_L5_FE", target="psoas", stretch_gain=0.5),
        ReflexLoop(
            name="head", source="head", target="psoas", receptor=Canals(), stretch_gain=0.4,
            rate_gain=0.1,
        ),
    )  # fmt: skip
    rest = equilibrium(spine_model(reflexes=loops, **SMALL))
    model, y, h = rest.model, rest.state, 1e-6
    found = jacobian(model, y)
    still = reference_rhs(model, 0.0, y, None, ())
    u, width = model.excitation, model.drive_width.si
    for m in (0, 7):
        step = np.zeros_like(u)
        step[m] = h * u[m]
        up = replace(model, excitation=u + step)
        change = command(u + step, width)[m] - command(u, width)[m]
        by = (reference_rhs(up, 0.0, y, None, ()) - still) / change
        assert by == pytest.approx(found.commands[:, m], rel=1e-4, abs=1e-4)
    names, lengths = model.pathways.names, model.muscles.muscles.optimal_length
    source = model.loops.afferents.index
    for k, name in enumerate(names):
        error = found.senses[:, k]
        if name.startswith("angle"):
            moved = replace(model, rest_q=model.rest_q - h)
        elif name.startswith(("deep", "fast")):
            moved_length = model.rest_length.copy()
            moved_length[source[k]] -= h * lengths[source[k]]
            moved = replace(model, rest_length=moved_length)
        else:  # of the head: on its integral, after its receptor
            part = model.slices["afferent"].start + k
            assert error[part] == pytest.approx(0.4 / 0.005) and np.count_nonzero(error) == 1
            continue
        at = model.slices["afferent"].start + k
        slope = (reference_rhs(moved, 0.0, y, None, ())[at] - still[at]) / h
        assert slope == pytest.approx(error[at], rel=1e-6)


def test_a_long_run_has_the_sway_of_the_linear_system():
    rest = equilibrium(spine_model("trunk", reflexes=True))
    run = simulate(rest, duration=120.0, noise=replace(NOISE, seed=4))
    angle = run.trajectory.at(np.linspace(5.0, 120.0, 4001))[:, 0]
    assert angle.std() == pytest.approx(spine_sway(rest, NOISE).axes["FE"], rel=0.12)


def test_more_cocontraction_sways_less_by_loads_and_more_by_motor_noise():
    few, many = (
        spine_sway(equilibrium(spine_model("trunk", reflexes=True), least=least)).kinds
        for least in (0.005, 0.05)
    )
    assert many["process"] < few["process"] and many["motor"] > few["motor"]


def test_an_unstable_spine_has_no_sway():
    with pytest.raises(UnstableError, match="right of the imaginary axis"):
        spine_sway(equilibrium(spine_model("trunk", reflexes={"rate_gain": 0.5})))


def test_quiet_noise_has_its_spread_within_a_band_of_one_hertz():
    noise = quiet_noise(spine_model("trunk"))
    for spread, time, band in (
        (noise.process.moment, noise.process.time_constant, 1.0),
        (noise.sensory.proprioceptive, noise.sensory.time_constant, np.radians(0.1)),
    ):
        white = 4.0 * spread**2 * time  # one-sided density below the corner [1/Hz]
        assert white * 1.0 == pytest.approx(band**2)
    assert quiet_noise(spine_model("cervical")).process.moment < noise.process.moment
