"""Runs of spine models: conservation, settling, planes, elements, records on disk."""

from __future__ import annotations

import io
import json
import signal
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from panjabi import Deficits, Subject
from panjabi.active.build import musculature
from panjabi.active.element import HeldTensions
from panjabi.body import Person, scaled_body, standard_adult
from panjabi.delay.integrate import Settings
from panjabi.errors import DataFileError, ParameterError, SchemaError, UnknownNameError
from panjabi.passive.element import PassiveJoint
from panjabi.passive.functional_unit import FunctionalSpinalUnit
from panjabi.passive.terms import Structure, linear
from panjabi.simulation import load_record, rerun, save_record, simulate
from panjabi.spine import (
    DeadLoad,
    ForcePulse,
    ForceStep,
    MomentPulse,
    QuickRelease,
    UnitOptions,
    equilibrium,
    reference_rhs,
    spine_model,
    unit_column,
)
from panjabi.spine.equilibrium_solver import Equilibrium
from panjabi.spine.packing import pack
from panjabi.spine.passive_spine import passive_view
from panjabi.stability import column_equilibrium

TIGHT = Settings(rtol=1e-9, atol=1e-11, track=1)
CONSERVATIVE = UnitOptions(damping=False, branches=False)


class Spring:
    """A linear spring on the moment of some coordinates, as a user would write it."""

    states, signals = 0, ()

    def __init__(self, coordinates, stiffness):
        self.coordinates, self.stiffness = coordinates, stiffness

    def energy(self, q, /):
        return 0.5 * self.stiffness * float(q @ q)

    def force(self, q, rate, state, inputs, /):
        return -self.stiffness * q

    def tangent(self, q, rate, state, inputs, /):
        return self.stiffness * np.eye(len(q))

    def state_rate(self, q, rate, state, inputs, /):
        return np.empty(0)


def at_rest(model):
    return Equilibrium(model, np.zeros(len(model.free)), model.state_at(), 0.0, 0)


def energy(model, y):
    n = len(model.free)
    q, rate = y[:n], y[n : 2 * n]
    total = model.dynamics.kinetic_energy(q, rate)
    for element in (*model.joints, *model.elements):
        x, _ = model.seen_by(element, q, rate)
        total += element.energy(x)
    return total


# --- physics --------------------------------------------------------------------------------------


@pytest.mark.parametrize("tolerance", [1e-6, 1e-9])
def test_energy_is_conserved_to_the_tolerance(tolerance):
    """The whole lumbar spine, no weight, nothing that dissipates, no reflexes, no compression.

    Compression changes the energy of a unit, and no axial coordinate does the work.
    """
    still = UnitOptions(damping=False, branches=False, preload=0.0)
    model = spine_model(muscles=False, gravity=False, units=still)
    rng = np.random.default_rng(2)
    start = model.state_at(rng.normal(0.0, 0.02, 18), rng.normal(0.0, 0.3, 18))
    settings = Settings(rtol=tolerance, atol=tolerance)
    record = simulate(at_rest(model), solver=settings, duration=1.0, start=start)
    begun = energy(model, start)
    drift = [abs(energy(model, y) - begun) for y in record.trajectory.state[::20]]
    assert max(drift) < 2e3 * tolerance * begun


def test_energy_is_conserved_with_muscles_as_springs():
    """Muscles at held tensions have a potential; they enter through the contract, in Python."""
    model = spine_model(
        muscles=False,
        gravity=False,
        units=UnitOptions(damping=False, branches=False, preload=0.0),
        plane="sagittal",
    )
    muscles = musculature(coordinates=model.free).selected("multifidus_lumbar")
    held = HeldTensions(muscles, np.zeros(6), np.full(len(muscles), 20.0))
    model = model.with_elements(held)
    start = model.state_at(np.zeros(6), np.full(6, 0.2))
    settings = Settings(rtol=1e-8, atol=1e-10)
    record = simulate(at_rest(model), solver=settings, duration=0.1, start=start)
    begun = energy(model, start)
    assert energy(model, record.trajectory.state[-1]) == pytest.approx(begun, rel=1e-6)
    assert abs(held.energy(record.trajectory.state[-1][:6])) > 1e-4


def test_an_element_without_stiffness_does_not_change_a_run():
    model = spine_model("lumbar", reflexes=True)
    rest = equilibrium(model)
    push = ForcePulse(80.0, start=0.02, length=0.05)
    plain = simulate(rest, push, duration=0.1)
    inert = rest.model.with_elements(Spring(model.free, 0.0), Spring(("hip_flexion_r",), 0.0))
    wrapped = simulate(Equilibrium(inert, rest.q, rest.state, rest.residual, 0), push, duration=0.1)
    assert np.array_equal(plain.trajectory.coef, wrapped.trajectory.coef)


def test_an_element_equals_a_unit_of_the_same_stiffness():
    model = spine_model(muscles=False, gravity=False, plane="sagittal", joints=["L4-L5"])
    stiff = model.with_elements(Spring(("L4_L5_FE",), 30.0))
    y = stiff.state_at([0.1], [0.2])
    push = MomentPulse(4.0, "L4_L5_FE", start=0.0, length=0.2)
    record = simulate(at_rest(stiff), push, TIGHT, duration=0.3)
    t = 0.15
    late = record.trajectory.at(t)
    step = 1e-5
    slope = (record.trajectory.at(t + step) - record.trajectory.at(t - step)) / (2 * step)
    assert np.allclose(slope, reference_rhs(stiff, t, late, None, (push,)), rtol=1e-5, atol=1e-7)
    assert reference_rhs(stiff, 0.0, y)[1] != reference_rhs(model, 0.0, y)[1]


def test_an_error_in_an_element_is_raised():
    class Broken(Spring):
        def force(self, q, rate, state, inputs, /):
            raise ZeroDivisionError("of the user")

    model = spine_model(muscles=False, gravity=False, plane="sagittal", joints=["L4-L5"])
    broken = model.with_elements(Broken(("L4_L5_FE",), 1.0))
    with pytest.raises(ZeroDivisionError, match="of the user"):
        simulate(at_rest(broken), duration=0.1)


def test_an_interrupt_in_an_element_is_raised():
    """It comes once; shorter steps that go well must not hide it."""

    class Interrupting(Spring):
        calls = 0

        def force(self, q, rate, state, inputs, /):
            self.calls += 1
            if self.calls == 30:
                signal.raise_signal(signal.SIGINT)
            return super().force(q, rate, state, inputs)

    model = spine_model(muscles=False, gravity=False, plane="sagittal", joints=["L4-L5"])
    interrupted = model.with_elements(Interrupting(("L4_L5_FE",), 1.0))
    rest = at_rest(interrupted)
    with pytest.raises(KeyboardInterrupt):
        simulate(rest, MomentPulse(4.0, "L4_L5_FE", start=0.0, length=0.2), duration=1.0)


def test_passive_spine_settles_at_the_minimum_of_the_potential():
    """Dynamics with damping against the equilibrium of the same column in panjabi.stability."""
    column = unit_column("lumbar", plane="sagittal")
    force = np.array([60.0, 0.0, 0.0])
    load = DeadLoad(("L1",), passive_view(column).load_point, force)
    expected = column_equilibrium(column, load, start=passive_view(column).start())
    model = spine_model(
        joints=passive_view(column).levels,
        plane="sagittal",
        muscles=False,
        gravity=False,
        units=UnitOptions(branches=False),
    )
    for joint in model.joints:  # quick to come to rest
        model = model.with_joint(PassiveJoint(joint.unit.with_damping(2.0)))
    step = ForceStep(60.0, "L1", tuple(passive_view(column).load_point), start=0.0, rise=4.0)
    settings = Settings(rtol=1e-6, atol=1e-9, method="rosenbrock", track=1)
    record = simulate(model, step, settings, duration=120.0)
    assert np.allclose(record.trajectory.state[-1][:5], expected.z, atol=1e-5)
    assert np.abs(expected.z).max() > 0.1
    pull = QuickRelease(60.0, "L1", tuple(passive_view(column).load_point), start=1.0)
    assert np.allclose(equilibrium(model, applied=(pull,)).q, expected.z, atol=1e-10)


def test_planar_equals_full_when_started_in_the_plane():
    push = ForcePulse(60.0, start=0.02, length=0.08)
    settings = Settings(rtol=1e-7, atol=1e-9, method="rosenbrock", track=1)
    flat, full = (
        simulate(spine_model(plane=plane, reflexes=True), push, settings, duration=0.3)
        for plane in ("sagittal", "space")
    )
    times = np.linspace(0.0, 0.3, 31)
    for name in flat.model.free:
        assert np.allclose(flat.channel(name, times), full.channel(name, times), atol=2e-6)
    for name in set(full.model.free) - set(flat.model.free):
        assert np.abs(full.channel(name, times)).max() < 1e-6
    assert np.abs(full.channel("L5_S1_FE", times)).max() > 1e-3


def test_equilibrium_is_steady_and_a_push_moves_the_spine():
    rest = equilibrium(spine_model("lumbar", reflexes=True))
    quiet = simulate(rest, duration=0.2)
    assert np.abs(quiet.trajectory.state - rest.state).max() < 1e-6
    pushed = simulate(rest, ForcePulse(100.0, start=0.05), duration=0.2)
    assert np.abs(pushed.channel("T12_L1_FE")).max() > 1e-3
    assert pushed.outcome == "end reached at 0.2 s"


def test_rosenbrock_and_explicit_agree_on_the_full_model():
    rest = equilibrium(spine_model("lumbar", reflexes=True))
    push = ForcePulse(100.0, start=0.02, length=0.05)
    exact = simulate(rest, push, TIGHT, duration=0.15)
    quick = simulate(rest, push, duration=0.15)
    times = np.linspace(0.0, 0.15, 31)
    gap = quick.trajectory.at(times) - exact.trajectory.at(times)
    assert np.abs(gap[:, :18]).max() < 5e-5
    assert np.abs(gap[:, quick.model.slices["activation"]]).max() < 3e-4


def test_a_spine_of_soft_joints_loses_its_balance():
    model = spine_model(muscles=False, joints=["L5-S1"], plane="sagittal")
    soft = Structure("spring", (linear(0, 2.0), linear(1, 2.0), linear(2, 2.0)))
    model = model.with_joint(PassiveJoint(FunctionalSpinalUnit("L5-S1", (soft,))))
    record = simulate(at_rest(model), ForcePulse(50.0), duration=20.0)
    assert record.lost_balance and record.failure is None
    assert "balance lost at" in record.outcome
    assert "L5_S1_FE" in record.outcome
    assert record.trajectory.end < 20.0


def test_quick_release_starts_in_balance_with_the_cable():
    model = spine_model("lumbar", reflexes=True)
    cut = QuickRelease(60.0, start=0.05)
    record = simulate(model, cut, duration=0.2)
    before = record.trajectory.at(0.049) - record.trajectory.state[0]
    assert np.abs(before).max() < 1e-6
    assert np.abs(record.trajectory.at(0.2) - record.trajectory.state[0])[:18].max() > 1e-3
    assert record.channel("L5_S1_FE", [0.2])[0] > 0.0  # the pull forward gone, it extends


# --- records --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def record():
    model = spine_model("lumbar", plane="sagittal", reflexes={"rate_gain": 0.03})
    return simulate(model, ForcePulse(40.0, start=0.02, length=0.05), duration=0.12)


def test_channels_have_names_and_units(record):
    assert record.units["L5_S1_FE"] == "rad"
    assert record.units["L5_S1_FE rate"] == "rad/s"
    assert record.units["IL_L4_r tension"] == "N"
    times = np.linspace(0.0, 0.12, 5)
    names = ["IL_L4_r tension", "IL_L4_r excitation", "L5_S1_FE passive moment",
             "L5_S1_FE muscle moment"]  # fmt: skip
    found = record.channels(names, times)
    assert all(v.shape == (5,) and np.isfinite(v).all() for v in found.values())
    weight = record.model.dynamics.weight(np.zeros(6))[0]
    held = found["L5_S1_FE passive moment"][0] + found["L5_S1_FE muscle moment"][0]
    assert held == pytest.approx(weight, rel=1e-8)
    with pytest.raises(UnknownNameError, match="channel"):
        record.channel("L5_S1_FE moment of inertia")
    with pytest.raises(ParameterError, match="times within the run"):
        record.channel("L5_S1_FE", [5.0])


def test_excitation_follows_delayed_receptors(record):
    """Half a delay after the push begins nothing answers yet."""
    before, after = record.channel("IL_L4_r excitation", [0.02 + 0.025, 0.12])
    start = record.channel("IL_L4_r excitation", [0.0])[0]
    assert before == pytest.approx(start, rel=1e-9)
    assert after != pytest.approx(start, rel=1e-3)


def test_to_pandas_and_xarray(record):
    pytest.importorskip("pandas")
    pytest.importorskip("xarray")
    table = record.to_pandas(["L5_S1_FE", "IL_L4_r tension"])
    assert list(table.columns) == ["L5_S1_FE", "IL_L4_r tension"]
    assert table.attrs["units"]["IL_L4_r tension"] == "N"
    assert table.index.name == "time"
    data = record.to_xarray(["L5_S1_FE"])
    assert data["L5_S1_FE"].attrs["units"] == "rad"
    assert np.array_equal(data["time"], record.time)


def test_missing_pandas_raises(record, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ParameterError, match="install the extra `frames`"):
        record.to_pandas()


def test_saved_loaded_and_run_again(record, tmp_path):
    path = tmp_path / "push.npz"
    save_record(record, path)
    again = load_record(path)
    assert np.array_equal(again.trajectory.coef, record.trajectory.coef)
    assert again.perturbations == record.perturbations
    assert again.outcome == record.outcome
    assert np.array_equal(again.model.excitation, record.model.excitation)
    name = "L5_S1_FE muscle moment"
    assert np.array_equal(again.channel(name), record.channel(name))
    assert np.array_equal(pack(again.model), pack(record.model))
    assert np.array_equal(rerun(again).trajectory.coef, record.trajectory.coef)
    with zipfile.ZipFile(path) as file:
        about = json.loads(file.read("description.json"))
    assert about["schema"] == "panjabi-trajectory/4"
    assert about["channels"][0] == {"name": "L5_S1_FE", "unit": "rad"}
    assert set(about["versions"]) == {"panjabi", "numpy", "numba"}


def test_a_run_of_a_subject_is_saved_with_the_subject(tmp_path):
    person = Subject(
        name="patient",
        person=Person(stature=1.62),
        deficits=Deficits(injuries={"L4-L5": ["nucleus"]}, passive_loss={"L4-L5": 0.2}),
    )
    model = person.spine(
        muscles=False, plane="sagittal", joints=["L4-L5"], units=UnitOptions(preload=200.0)
    )
    record = simulate(model, duration=0.05)
    save_record(record, tmp_path / "run.npz")
    again = load_record(tmp_path / "run.npz")
    assert (again.model.subject, record.to_dict()["subject"]) == ("patient", "patient")
    assert again.model.recipe["subject"] == person
    assert np.array_equal(pack(again.model), pack(record.model))


@pytest.mark.parametrize(
    "given",
    [
        {"region": "seat", "subject": Subject(person=Person(stature=1.62))},
        {"region": "column", "plane": "sagittal", "injuries": {"L4-L5": ["nucleus"]}},
        {"joints": "L4-L5", "muscles": False, "plane": "sagittal"},
    ],
    ids=["seat", "column", "one level"],
)
def test_runs_of_every_preset_are_saved(given, tmp_path):
    record = simulate(spine_model(**given), duration=0.02)
    save_record(record, tmp_path / "run.npz")
    again = load_record(tmp_path / "run.npz")
    assert np.array_equal(pack(again.model), pack(record.model))


def test_a_run_of_another_body_is_saved_and_made_again(tmp_path):
    """The file has the changes of the standard adult; older files have none."""
    woman = standard_adult(stature_m=1.62, mass_kg=58.0, sex="female", age_years=50.0)
    long_legs = scaled_body(woman, segments={"thigh": 1.05}, lengths={"shank": 0.40})
    options = {"muscles": False, "plane": "sagittal", "joints": ["L4-L5"]}
    for k, body in enumerate((long_legs, standard_adult())):
        record = simulate(spine_model(body=body, **options), duration=0.05)
        save_record(record, tmp_path / f"{k}.npz")
        again = load_record(tmp_path / f"{k}.npz")
        assert np.array_equal(pack(again.model), pack(record.model))
        assert again.model.body.stature == body.stature and again.model.body.sex == body.sex
        assert np.array_equal(rerun(again).trajectory.coef, record.trajectory.coef)
    heavier = replace(long_legs, mass=2.0 * long_legs.mass)
    record = simulate(spine_model(body=heavier, **options), duration=0.05)
    with pytest.raises(ParameterError, match="with other changes; save channels"):
        save_record(record, tmp_path / "heavier.npz")

    def of_version_1(about):
        about["schema"] = "panjabi-trajectory/1"

    def of_children(about):
        about["model"]["body"] = [{"change": "age", "years": 5}]

    changed(tmp_path / "1.npz", tmp_path / "old.npz", of_version_1)
    assert load_record(tmp_path / "old.npz").model.body is standard_adult()
    changed(tmp_path / "1.npz", tmp_path / "child.npz", of_children)
    with pytest.raises(DataFileError, match="'years'"):
        load_record(tmp_path / "child.npz")


def test_invalid_files_raise(record, tmp_path):
    path = tmp_path / "push.npz"
    save_record(record, path)
    for schema, error, words in (
        ("panjabi-trajectory/5", SchemaError, "up to version 4, got version 5"),
        ("fascia-network/1", SchemaError, "schema panjabi-trajectory/4"),
    ):
        other = tmp_path / "other.npz"
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
            for name in old.namelist():
                data = old.read(name)
                if name == "description.json":
                    data = json.dumps(json.loads(data) | {"schema": schema}).encode()
                new.writestr(name, data)
        with pytest.raises(error, match=words):
            load_record(other)
    (tmp_path / "text.npz").write_text("no zip")
    for name in ("text.npz", "nowhere.npz"):
        with pytest.raises(DataFileError, match="to be a trajectory that save_record wrote"):
            load_record(tmp_path / name)
    np.savez(tmp_path / "bare.npz", times=np.zeros(2))
    with pytest.raises(DataFileError, match="to be a trajectory that save_record wrote"):
        load_record(tmp_path / "bare.npz")


def changed(path, other, describe=lambda about: None, **arrays):
    """A copy of a record with another description or other arrays."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(other, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "description.json":
                about = json.loads(data)
                describe(about)
                data = json.dumps(about).encode()
            elif name[:-4] in arrays:
                buffer = io.BytesIO()
                was = np.lib.format.read_array(io.BytesIO(data))
                np.lib.format.write_array(buffer, arrays[name[:-4]](was))
                data = buffer.getvalue()
            new.writestr(name, data)
    return other


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"describe": lambda a: a["channels"].reverse()}, "channels of the model"),
        ({"describe": lambda a: a["channels"][0].update(name="nonsense")}, "nonsense"),
        ({"describe": lambda a: a["channels"][1].update(unit="furlong")}, "furlong"),
        ({"describe": lambda a: a["channels"].pop()}, "channels of the model"),
        ({"describe": lambda a: a["model"].update(plane="space")}, "channels of the model"),
        ({"describe": lambda a: a["trajectory"].update(outcome="banana")}, "banana"),
        ({"describe": lambda a: a["trajectory"].update(first=-1)}, "a first piece from 0"),
        ({"describe": lambda a: a["trajectory"]["counts"].update(steps=1)}, "steps"),
        ({"describe": lambda a: a.update(versions={"panjabi": "99"})}, "of '99'"),
        ({"describe": lambda a: a.update(versions=99)}, "panjabi up to"),
        ({"describe": lambda a: a.update(duration_s=2.0 * a["duration_s"])}, "up to the duration"),
        ({"describe": lambda a: a.pop("channels")}, "for 'channels'"),
        ({"describe": lambda a: a.update(perturbations=7)}, "something else"),
        ({"describe": lambda a: a.update(extra=1)}, "in the description, got 'extra'"),
        ({"describe": lambda a: a["versions"].update(extra="1")}, "in versions, got 'extra'"),
        ({"describe": lambda a: a["model"].update(extra=1)}, "in model, got 'extra'"),
        ({"describe": lambda a: a["perturbations"][0].update(extra=1)}, "got 'extra'"),
        ({"describe": lambda a: a["solver"].update(extra=1)}, "in solver, got 'extra'"),
        ({"describe": lambda a: a["channels"][0].update(extra=1)}, "in channels, got 'extra'"),
        ({"describe": lambda a: a["trajectory"].update(steps=-5)}, "in trajectory, got 'steps'"),
        ({"describe": lambda a: a["trajectory"]["counts"].update(extra=1)}, "in counts, got"),
        ({"coef": lambda c: np.full_like(c, np.nan)}, "finite numbers in coef"),
        ({"coef": lambda c: c.astype(complex)}, "real numbers in coef"),
        ({"coef": lambda c: c[:, :, :-1]}, "coef of shape"),
        ({"coef": lambda c: c[:-1]}, "times of shape"),
        ({"times": lambda t: 0.1 * t}, "up to the duration"),
        ({"times": lambda t: t[::-1]}, "times that increase"),
        ({"excitation": lambda e: np.rint(e).astype(int)}, "real numbers in excitation"),
        ({"rest_length": lambda r: -r}, "rest lengths above 0"),
        ({"rest_tension": lambda r: r[1:]}, "rest_tension of shape"),
    ],
)
def test_a_file_that_does_not_fit_its_model_raises(record, tmp_path, change, words):
    """Each of these was read under the names of the model before."""
    path = tmp_path / "push.npz"
    save_record(record, path)
    with pytest.raises(DataFileError, match=words):
        load_record(changed(path, tmp_path / "other.npz", **change))


def test_a_damaged_file_raises(record, tmp_path):
    path = tmp_path / "push.npz"
    save_record(record, path)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    path.write_bytes(data)
    with pytest.raises(DataFileError, match="to be a trajectory that save_record wrote"):
        load_record(path)
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("description.json", "[1]")
    with pytest.raises(DataFileError, match="contains no JSON object"):
        load_record(path)


def test_saving_a_changed_model_raises(tmp_path):
    model = spine_model(muscles=False, gravity=False, plane="sagittal", joints=["L4-L5"])
    run = simulate(at_rest(model.with_elements(Spring(("L4_L5_FE",), 1.0))), duration=0.05)
    with pytest.raises(ParameterError, match="got one that was changed afterwards"):
        save_record(run, tmp_path / "x.npz")


def test_invalid_arguments_of_simulate_raise():
    model = spine_model(muscles=False, gravity=False, plane="sagittal", joints=["L4-L5"])
    with pytest.raises(ParameterError, match="Expected a perturbation .*got 'push'"):
        simulate(model, "push")
    with pytest.raises(ParameterError, match="a Spine or an Equilibrium, got"):
        simulate(model.dynamics)
    with pytest.raises(ParameterError, match=r"a start of shape .*got shape \(3,\)"):
        simulate(model, start=np.zeros(3))
    with pytest.raises(ParameterError, match="duration as a finite number above 0 s, got -1 s"):
        simulate(model, duration=-1.0)


def test_a_first_trial_step_that_is_too_long_does_not_end_the_run():
    """The step after the start of this push overflows; the next Jacobian must not remember it."""
    rest = equilibrium(spine_model("lumbar", reflexes=True))
    run = simulate(rest, ForcePulse(150.0, start=0.02, length=0.1), duration=0.3)
    assert run.outcome == "end reached at 0.3 s"
    assert np.isfinite(run.trajectory.state).all()
