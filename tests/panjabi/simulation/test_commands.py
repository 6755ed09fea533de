"""Commands over time in a run: compiled and plain, one ramp, anticipation, parts, files."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.integrate import solve_ivp

from panjabi.active.build import musculature
from panjabi.delay.integrate import Settings
from panjabi.elements import Signal
from panjabi.errors import ParameterError, UnknownNameError
from panjabi.neural import Commands, arm_raise
from panjabi.simulation import load_record, rerun, save_record, simulate
from panjabi.spine import SuddenLoad, equilibrium, reference_rhs, spine_model
from panjabi.spine.packing import pack
from panjabi.spine.rhs_kernels import spine_rhs

TIGHT = Settings(rtol=1e-9, atol=1e-11, track=1)
RIGHT, LEFT = "MF_m1t_1_r", "MF_m1t_1_l"
EXTENSORS = ("multifidus_lumbar", "longissimus_lumborum", "iliocostalis_lumborum")
RAMP = Commands([0.02, 0.12, 0.3], [[0.2], [0.7], [0.3]], (RIGHT,))


class Follower:
    """A part whose state follows the change of the command of a muscle, one delay late."""

    coordinates, states = ("L4_L5_FE",), 1
    time, delay, rest = 0.03, 0.025, 0.1

    def __init__(self):
        self.signals = (Signal("command", RIGHT, self.delay),)

    def energy(self, q, /):
        return None

    def force(self, q, rate, state, signals, /):
        return 0.1 * signals

    def tangent(self, q, rate, state, signals, /):
        return np.zeros((1, 1))

    def state_rate(self, q, rate, state, signals, /):
        return (signals - self.rest - state) / self.time


@pytest.fixture(scope="module")
def joint():
    """One joint with two muscles, without weight."""
    bare = spine_model(joints=["L4-L5"], muscles=False, gravity=False)
    muscles = musculature(coordinates=bare.free).selected((RIGHT, LEFT))
    model = spine_model(joints=["L4-L5"], muscles=muscles, gravity=False)
    return equilibrium(replace(model, excitation=np.full(2, 0.1)), solve="posture")


@pytest.fixture(scope="module")
def sagittal():
    return equilibrium(spine_model("lumbar", plane="sagittal", reflexes=True))


def table_of(model, seed=0):
    """Corners before and after the start for a group and for a muscle."""
    rng = np.random.default_rng(seed)
    names = ("multifidus_lumbar", "IL_L4_r")
    return Commands([-0.1, 0.05, 0.06, 0.4], rng.uniform(1e-4, 0.9, (4, 2)), names)


@pytest.mark.parametrize("t", [-0.01, 0.0, 0.05, 0.055, 0.2, 0.4, 1.0])
def test_compiled_equals_plain(sagittal, t):
    """Also before the start, where the constant commands hold."""
    model, commands = sagittal.model, table_of(sagittal.model)
    y = sagittal.state + np.random.default_rng(1).normal(0.0, 1e-3, model.size)
    late = np.random.default_rng(2).normal(0.0, 0.05, (len(model.delays), model.loop_count))
    fast, constant = np.empty((2, model.size))
    spine_rhs(t, y, late, pack(model, commands=commands), fast)
    spine_rhs(t, y, late, pack(model), constant)
    plain = reference_rhs(model, t, y, late, (), commands)
    assert np.abs((fast - plain) / (1.0 + np.abs(plain))).max() < 1e-11
    named = model.muscles.muscles.members(("multifidus_lumbar", "IL_L4_r"))
    changed = fast[model.slices["activation"]] != constant[model.slices["activation"]]
    assert np.array_equal(changed, named & (t >= 0.0))


def test_a_ramp_drives_the_activation_as_scipy_integrates_it(joint):
    """Without reflexes the excitation is the table, and activation is one equation of its own."""
    record = simulate(joint, (), TIGHT, duration=0.4, commands=RAMP)
    times = np.linspace(0.0, 0.4, 41)
    excitation = record.channel(f"{RIGHT} excitation", times)
    assert excitation == pytest.approx(np.interp(times, RAMP.times, RAMP.excitations[:, 0]), 1e-8)
    assert record.channel(f"{LEFT} excitation", times) == pytest.approx(0.1, 1e-12)
    law = joint.model.muscles.units.activation

    def rate(t, a):
        return law.rate(np.interp(t, RAMP.times, RAMP.excitations[:, 0]), a)

    exact = solve_ivp(
        rate, (0.0, 0.4), [0.1], t_eval=times, rtol=1e-10, atol=1e-12, max_step=0.005
    )  # fmt: skip
    assert record.channel(f"{RIGHT} activation", times) == pytest.approx(exact.y[0], abs=2e-7)
    assert set(RAMP.times) <= set(record.time)  # the solver steps to the corners


def test_a_constant_table_of_the_equilibrium_changes_nothing(sagittal):
    model = sagittal.model
    same = Commands([0.0], model.excitation[None])
    quiet = simulate(sagittal, duration=0.3, commands=same)
    assert np.abs(quiet.trajectory.state[-1] - sagittal.state).max() < 1e-6


def test_anticipation_before_a_sudden_load_lowers_the_peak(sagittal):
    """Extensors that rise 100 ms before a load that bends the trunk forward."""
    model = sagittal.model
    load = SuddenLoad(8.0, point=(0.15, 0.0, 0.0), start=0.3)
    groups = ["superficial" if g in EXTENSORS else "" for g in model.muscles.muscles.groups]
    plan = arm_raise(model.excitation, groups, amplitude=0.05, event=0.2).over_time()
    peaks = []
    for commands in (None, plan):
        record = simulate(sagittal, load, duration=0.8, commands=commands)
        bend = record.trajectory.state[:, model.slices["q"]].sum(axis=1)
        peaks.append(float((bend[0] - bend).max()))  # flexion is negative
    assert 0.0 < peaks[1] < peaks[0]


@given(intervals=st.integers(1, 40), onset=st.floats(-0.2, 0.3))
def test_anticipation_as_a_table_is_as_close_as_stated(intervals, onset):
    plan = arm_raise([0.02, 0.05, 0.03], ("transversus", "superficial", ""), event=0.1)
    plan = plan.shifted("transversus", onset)
    table = plan.over_time(("a", "b", "c"), intervals=intervals)
    for t in np.linspace(-0.3, 0.6, 91):
        between = [np.interp(t, table.times, column) for column in table.excitations.T]
        assert np.abs(plan.commands(t) - between).max() <= 0.1 * 0.73 / intervals**2 + 1e-12


def test_a_part_reads_the_command_with_its_delay(joint):
    part = Follower()
    with_part = equilibrium(joint.model.with_elements(part), solve="posture")
    record = simulate(with_part, (), Settings(rtol=1e-6, atol=1e-8), duration=0.2, commands=RAMP)
    times = np.linspace(0.0, 0.2, 21)

    def read(t):
        late = t - part.delay
        return np.interp(late, RAMP.times, RAMP.excitations[:, 0]) if late >= 0.0 else part.rest

    exact = solve_ivp(
        lambda t, z: (read(t) - part.rest - z) / part.time, (0.0, 0.2), [0.0], t_eval=times,
        rtol=1e-9, atol=1e-11, max_step=0.001,
    )  # fmt: skip
    assert record.channel("Follower 1 state 1", times) == pytest.approx(exact.y[0], abs=1e-5)


def test_a_run_with_commands_is_saved_loaded_and_run_again(sagittal, tmp_path):
    commands = table_of(sagittal.model)
    record = simulate(sagittal, SuddenLoad(2.0, start=0.03), duration=0.1, commands=commands)
    path = tmp_path / "commanded.npz"
    save_record(record, path)
    again = load_record(path)
    assert again.commands.muscles == commands.muscles
    assert np.array_equal(again.commands.excitations, commands.excitations)
    assert np.array_equal(again.trajectory.coef, record.trajectory.coef)
    assert np.array_equal(rerun(again).trajectory.coef, record.trajectory.coef)
    name = "IL_L4_r excitation"
    assert np.array_equal(again.channel(name), record.channel(name))


def test_files_of_version_2_have_no_commands(sagittal, tmp_path):
    record = simulate(sagittal, duration=0.02)
    save_record(record, tmp_path / "new.npz")
    with zipfile.ZipFile(tmp_path / "new.npz") as new, zipfile.ZipFile(
        tmp_path / "old.npz", "w"
    ) as old:  # fmt: skip
        for name in new.namelist():
            data = new.read(name)
            if name == "description.json":
                about = json.loads(data) | {"schema": "panjabi-trajectory/2"}
                assert about.pop("commands") is None
                data = json.dumps(about).encode()
            old.writestr(name, data)
    assert load_record(tmp_path / "old.npz").commands is None


def test_wrong_commands_raise(sagittal):
    with pytest.raises(ParameterError, match="times of commands that rise, got 0.2 s before 0.1"):
        Commands([0.2, 0.1], [[0.1], [0.1]], ("multifidus_lumbar",))
    with pytest.raises(ParameterError, match="one or more finite times"):
        Commands([], np.empty((0, 1)), ("multifidus_lumbar",))
    with pytest.raises(ParameterError, match=r"excitations as numbers of shape \(2, 1\)"):
        Commands([0.0, 1.0], np.zeros((3, 1)), ("multifidus_lumbar",))
    with pytest.raises(ParameterError, match="excitations from 0.0001 to 0.9999, got 0 to 0"):
        Commands([0.0], [[0.0]], ("multifidus_lumbar",))
    with pytest.raises(UnknownNameError, match="muscle or group"):
        simulate(sagittal, commands=Commands([0.0], [[0.1]], ("multifidi",)))
    twice = Commands([0.0], [[0.1, 0.2]], ("iliocostalis_lumborum", "IL_L4_r"))
    with pytest.raises(ParameterError, match="got two for IL_L4_r, by 'iliocostalis_lumborum'"):
        simulate(sagittal, commands=twice)
    with pytest.raises(ParameterError, match="excitations of all .* muscles of the model, got 2"):
        simulate(sagittal, commands=Commands([0.0], [[0.1, 0.2]]))
    bare = spine_model(joints=["L4-L5"], muscles=False, gravity=False)
    with pytest.raises(ParameterError, match="a model with muscles for commands"):
        simulate(bare, commands=RAMP)
