"""Noise in a run: compiled and plain, spread against closed forms, seeds, files."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import lsim

from panjabi.cohort.random_numbers import generator
from panjabi.delay.integrate import Settings
from panjabi.errors import ParameterError
from panjabi.neural import (
    Canals,
    Commands,
    MotorNoise,
    ReflexLoop,
    SensoryNoise,
    homonymous,
    mileusnic_2006,
)
from panjabi.neural.noise import band_limited
from panjabi.simulation import load_record, rerun, save_record, simulate
from panjabi.spine import (
    ProcessNoise,
    SpineNoise,
    UnitOptions,
    equilibrium,
    jacobian,
    reference_rhs,
    spine_model,
)
from panjabi.spine.noise_paths import noise_paths
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs
from panjabi.spine.rhs_plain import excitations

SENSES = SensoryNoise(proprioceptive=2e-3)
EVERY = SpineNoise(sensory=SENSES, process=ProcessNoise(moment=0.2), seed=3)


@pytest.fixture(scope="module")
def rest():
    return equilibrium(spine_model("lumbar", plane="sagittal", reflexes=True))


@pytest.mark.parametrize("t", [0.0, 0.005, 0.0131, 0.05])
def test_compiled_equals_plain(rest, t):
    """Afferents from muscles, of first order and as spindles, from an angle, and from the head."""
    spindle, target = mileusnic_2006(), "multifidus_lumbar"
    loops = (
        *homonymous([target]),
        ReflexLoop(
            name="spindle", source="IL_L4_r", receptor=spindle, firing_gain=1e-3,
            fusimotor=(70.0, 70.0),
        ),
        ReflexLoop(name="angle", source="L4_L5_FE", target=target, stretch_gain=0.5, delay=0.03),
        ReflexLoop(
            name="head", source="head", target=target, receptor=Canals(), stretch_gain=0.4,
            rate_gain=0.1, delay=0.05,
        ),
    )  # fmt: skip
    model = rest.model.with_reflexes(*loops)
    paths = noise_paths(model, EVERY, 0.1)
    y = model.state_at(rest.q) + np.random.default_rng(1).normal(0.0, 1e-3, model.size)
    late = np.random.default_rng(2).normal(0.0, 0.02, (len(model.delays), model.loop_count))
    fast, quiet = np.empty((2, model.size))
    spine_rhs(t, y, late, pack(model, paths=paths), fast)
    spine_rhs(t, y, late, pack(model), quiet)
    plain = reference_rhs(model, t, y, late, (), None, paths)
    assert np.abs((fast - plain) / (1.0 + np.abs(plain))).max() < 1e-10
    changed = {part: fast[at] != quiet[at] for part, at in model.slices.items()}
    assert changed["rate"].all() and changed["activation"].all()
    assert np.count_nonzero(~changed["afferent"]) == 1  # of the spindle, which senses by its states
    assert changed["receptor"].any()


def test_motor_noise_has_the_stated_spread(rest):
    """At the samples of the paths, for an excitation that does not reach the corners."""
    model, motor = rest.model, MotorNoise(proportional=0.1, constant=0.01)
    commands = Commands([0.0], np.full((1, model.muscle_count), 0.4))
    paths = noise_paths(model, SpineNoise(motor=motor), 2.0)
    found = np.array([
        excitations(model, rest.state, None, t, commands, paths) for t in np.arange(0.0, 2.0, 0.1)
    ])  # fmt: skip
    ratio = (found - 0.4) / 0.05
    assert ratio.std() == pytest.approx(1.0, abs=0.04)
    assert ratio.mean() == pytest.approx(0.0, abs=0.06)


def test_one_joint_sways_as_the_linear_response_to_the_same_path():
    """Inertia, damping and stiffness under a small moment, linear between the samples: exact."""
    model = spine_model(
        joints=["L4-L5"], plane="sagittal", muscles=False, gravity=False,
        units=UnitOptions(branches=False, preload=0.0),
    )  # fmt: skip
    still = equilibrium(model)
    noise = SpineNoise(motor=None, process=ProcessNoise(moment=0.002), step=0.01)
    fine = Settings(rtol=1e-8, atol=1e-12, track=1)
    run = simulate(still, duration=5.0, noise=noise, solver=fine)
    path = band_limited(
        generator(0, stream="process noise"), duration=5.0, step=0.01, channels=1,
        time_constant=0.1,
    )  # fmt: skip
    times = 0.01 * np.arange(501)
    A = jacobian(model, still.state).now
    B = np.array([[0.0], [1.0 / model.dynamics.mass_matrix(still.q)[0, 0]]])
    _, expected, _ = lsim((A, B, np.eye(2)[:1], np.zeros((1, 1))), 0.002 * path.values, times)
    found = run.trajectory.at(times)[:, 0] - still.q[0]
    assert np.abs(expected).max() > 1e-4
    assert found == pytest.approx(expected, abs=0.01 * np.abs(expected).max())


def test_equal_seeds_give_equal_runs_and_others_do_not(rest):
    runs = [
        simulate(rest, duration=0.1, noise=SpineNoise(sensory=SENSES, seed=seed)).trajectory.coef
        for seed in (5, 5, 6)
    ]
    assert np.array_equal(runs[0], runs[1])
    assert runs[2].shape != runs[0].shape or not np.array_equal(runs[2], runs[0])


def test_a_longer_run_and_another_kind_leave_the_paths_as_they_are(rest):
    long, short = (noise_paths(rest.model, EVERY, duration) for duration in (0.3, 0.1))
    alone = noise_paths(rest.model, SpineNoise(seed=3), 0.1)
    for a, b in ((long.motor, short.motor), (long.sensory, short.sensory)):
        assert np.array_equal(a.values[: len(b.values)], b.values)
    assert np.array_equal(alone.motor.values, short.motor.values)
    assert alone.sensory is None and alone.process is None
    assert not np.array_equal(short.motor.values[:, :6], short.process.values)


def test_noise_of_size_zero_leaves_the_equilibrium(rest):
    none = SpineNoise(
        motor=MotorNoise(proportional=0.0, constant=0.0),
        sensory=SensoryNoise(proprioceptive=0.0),
        process=ProcessNoise(moment=0.0),
    )
    run = simulate(rest, duration=0.2, noise=none)
    assert np.abs(run.trajectory.state - rest.state).max() < 1e-6


def test_a_noisy_run_is_saved_loaded_and_run_again(rest, tmp_path):
    record = simulate(rest, duration=0.1, noise=EVERY)
    save_record(record, tmp_path / "noisy.npz")
    again = load_record(tmp_path / "noisy.npz")
    assert again.noise == record.noise
    assert np.array_equal(rerun(again).trajectory.coef, record.trajectory.coef)
    for name in ("IL_L4_r excitation", "L4-L5 compression force"):
        assert np.array_equal(again.channel(name), record.channel(name))


def test_wrong_noise_raises():
    with pytest.raises(ParameterError, match="up to half the time constant of MotorNoise, 0.01 s"):
        SpineNoise(step=0.02)
    with pytest.raises(ParameterError, match="seed as an integer of 0 or more"):
        SpineNoise(seed=-1)
    with pytest.raises(ParameterError, match="moment"):
        ProcessNoise(moment=-1.0)
