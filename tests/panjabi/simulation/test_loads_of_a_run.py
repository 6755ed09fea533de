"""Loads that a record shows: forces on discs, structures, events, an unstable start."""

from __future__ import annotations

import json

import numpy as np
import pytest

from panjabi.neural import ReflexLoop
from panjabi.neural.command import command
from panjabi.neural.smooth_kernels import saturated
from panjabi.passive import unit, unit_readings
from panjabi.passive.spring_damper import SpringDamper
from panjabi.simulation import simulate
from panjabi.spine import UnitOptions, equilibrium, spine_model
from panjabi.spine.perturbation import ForcePulse, MomentPulse

PUSH = ForcePulse(100.0, start=0.05, length=0.1)


@pytest.fixture(scope="module")
def record():
    return simulate(spine_model("lumbar"), PUSH, duration=0.3)


def test_compression_force_is_what_the_state_follows(record):
    """P' = (force - P) / 10 ms along the run, against the dense output."""
    t = np.linspace(0.02, 0.28, 27)
    felt, force = record.channels(["L4-L5 compression", "L4-L5 compression force"], t).values()
    h = 1e-4
    ends = [record.channel("L4-L5 compression", t + s * h) for s in (1, -1)]
    slope = (ends[0] - ends[1]) / (2.0 * h)
    assert slope == pytest.approx((force - felt) / 0.01, abs=0.02 * np.abs(slope).max())
    assert np.ptp(force) > 50.0


def test_the_same_force_with_and_without_a_state():
    """At rest; the frozen spine also has the channels."""
    one, other = (
        simulate(equilibrium(spine_model("lumbar", units=UnitOptions(preload=p))), duration=0.01)
        for p in (None, 0.0)
    )
    assert "L4-L5 compression" not in other.names
    for name in ("compression force", "shear force", "side force"):
        a, b = (r.channel(f"L4-L5 {name}")[0] for r in (one, other))
        assert a == pytest.approx(b, rel=1e-6, abs=1e-6)
    assert one.channel("L4-L5 compression force")[0] == pytest.approx(
        one.channel("L4-L5 compression")[0]
    )


def test_an_element_in_python_gives_the_same_forces(record):
    class Nothing:
        coordinates = ("L4_L5_FE",)
        states, signals = 0, ()

        def energy(self, q, /):
            return 0.0

        def force(self, q, rate, state, inputs, /):
            return np.zeros(1)

        def tangent(self, q, rate, state, inputs, /):
            return np.zeros((1, 1))

        def state_rate(self, q, rate, state, inputs, /):
            return np.empty(0)

    from panjabi.simulation.joint_loads import disc_forces

    rows = record.trajectory.state[::12]
    times = record.time[::12]
    late = np.empty((len(times), 0, 0))
    compiled = disc_forces(record.model, (PUSH,), times, rows, late)
    python = disc_forces(record.model.with_elements(Nothing()), (PUSH,), times, rows, late)
    assert compiled == pytest.approx(python, rel=1e-9, abs=1e-7)


def test_channels_of_structures_are_the_readings_of_the_unit(record):
    t, names = 0.17, record.model.free
    unit = record.model.joints[1].unit
    angles = [float(record.channel(c, t)) for c in unit.coordinates]
    pressed = float(record.channel("L4-L5 compression", t))
    wanted = unit_readings(unit.with_preload(pressed), angles)
    assert "L4_L5_FE" in names
    for structure in wanted.structures:
        if structure.force is not None:
            found = record.channel(f"L4-L5 {structure.name} force", t)
            assert found == pytest.approx(structure.force, rel=1e-9, abs=1e-9)
        if structure.strain is not None:
            found = record.channel(f"L4-L5 {structure.name} strain", t)
            assert found == pytest.approx(structure.strain, rel=1e-9, abs=1e-12)
    assert record.channel("L4-L5 disc pressure", t) == pytest.approx(wanted.disc_pressure)
    assert record.channel("L4-L5 height loss", t) == pytest.approx(wanted.height_loss)


def test_several_kinds_of_channels_at_once(record):
    names = ["L4-L5 SSL strain", "IL_L4_r tension", "L5-S1 shear force", "L4_L5_FE"]
    together = record.channels(names)
    for name in names:
        assert together[name] == pytest.approx(record.channel(name))
        assert record.units[name] == {"strain": "1", "tension": "N", "force": "N"}.get(
            name.split()[-1], "rad"
        )


def test_reflexes_are_what_excites_beside_the_command():
    """Of each loop and muscle; a threshold and a moment on a coordinate too, one delay late."""
    pain = ReflexLoop(
        name="pain", source="L4-L5 SSL", target="multifidus_lumbar", strain_gain=20.0,
        threshold=0.002, delay=0.02,
    )  # fmt: skip
    pose = ReflexLoop(
        name="pose", source="L4_L5_FE", target="L4_L5_FE", stretch_gain=5.0, delay=0.03
    )
    base = spine_model(joints=["L4-L5"], plane="sagittal", reflexes=True)
    spine = base.with_reflexes(*base.reflexes, pain, pose)
    run = simulate(spine, MomentPulse(-15.0, "L4_L5_FE", start=0.01), duration=0.12)
    model, muscle, t = run.model, "MF_m1t_1_r", 0.1
    assert model.muscles is not None
    m = model.muscles.muscles.names.index(muscle)
    parts = [run.channel(f"{loop} reflex on {muscle}", t) for loop in ("deep", "pain")]
    assert min(parts) > 1e-3
    drive = float(command(model.commanded, model.drive_width.si)[m]) + float(sum(parts))
    expected = saturated.py_func(drive, model.drive_width.si)[0]
    assert run.channel(f"{muscle} excitation", t) == pytest.approx(expected, rel=1e-9)
    moment = run.channel("pose reflex on L4_L5_FE", t)
    assert moment == pytest.approx(run.channel("pose L4_L5_FE afferent", t - 0.03), rel=1e-12)
    assert run.units["pose reflex on L4_L5_FE"] == "N m"
    assert run.units[f"pain reflex on {muscle}"] == "1"
    assert set(run.channels(run.names)) == set(run.units)


def test_springs_and_dampers_are_in_the_passive_moment():
    """The person on the seat has no units: all of it is springs and dampers."""
    run = simulate(spine_model("seat"), MomentPulse(2.0, "lumbar"), duration=0.3)
    (spring,) = [e for e in run.model.elements if isinstance(e, SpringDamper)]
    state = run.trajectory.at(0.2)
    wanted = spring.force(state[:2], state[2:4], np.empty(0), np.empty(0))
    found = [run.channel(f"{c} passive moment", 0.2) for c in run.model.free]
    assert np.abs(wanted).max() > 1e-3 and found == pytest.approx(wanted)


def test_facets_that_meet_are_an_event():
    """They meet where the moment of the relaxed unit is that of the tests of range, 10 N m."""
    model = spine_model(joints=["L4-L5"], plane="sagittal", muscles=False, gravity=False)
    pushes = [MomentPulse(m, "L4_L5_FE", start=0.01) for m in (5.0, -5.0, 60.0)]
    runs = [simulate(model, push, duration=0.2, extrapolate=True) for push in pushes]
    met = [[e for e in run.events if e.name == "contact"] for run in runs]
    assert met[:2] == [[], []]
    names = {f"facet_{side} of L4-L5 in extension" for side in ("left", "right")}
    assert {event.what for event in met[2]} == names
    at = int(np.searchsorted(runs[2].time, met[2][0].time))
    angles = runs[2].channel("L4_L5_FE")[at - 1 : at + 1].tolist()
    before, after = (abs(unit("L4-L5").moment([x, 0.0, 0.0])[0]) for x in angles)
    assert before < 10.0 <= after


def test_a_run_from_an_unstable_equilibrium_says_so(record):
    """Without reflexes the lumbar spine has no stiffness against some small motion."""
    assert record.start_stiffness < 0.0
    first = record.events[0]
    assert (first.time, first.name) == (0.0, "unstable equilibrium")
    assert first.what.split("mostly ")[1] in record.model.free
    assert str(record).startswith("from an unstable equilibrium")
    held = simulate(spine_model(joints=["L5-S1"], muscles=False, gravity=False), duration=0.01)
    assert held.start_stiffness == pytest.approx(
        np.linalg.eigvals(stuck(held.model)).real.min(), rel=1e-6
    )
    assert held.events == ()
    assert str(held).startswith("end reached")


def stuck(model):
    """Stiffness of a single unit at rest with friction as a spring."""
    unit = model.joints[0].unit
    return unit.evaluate_under(np.zeros(3), 0.0).tangent + np.diag(
        np.sum(unit.hysteresis.friction, axis=1)
    )


def test_events_name_what_failed_and_what_left_the_evidence():
    model = spine_model(joints=["L4-L5"], plane="sagittal", muscles=False, gravity=False)
    hard = ForcePulse(4000.0, start=0.01, length=0.1)
    run = simulate(model, hard, duration=0.3, extrapolate=True)
    kinds = {event.name for event in run.events}
    assert {"structure failed", "left the range of evidence"} <= kinds
    failed = [e for e in run.events if e.name == "structure failed"]
    assert all(e.what.endswith(" of L4-L5") for e in failed)
    assert f"failed: {failed[0].what} at {failed[0].time:.4g} s" == run.failure
    times = [event.time for event in run.events]
    assert times == sorted(times)
    text = json.loads(json.dumps(run.to_dict()))
    assert text["events"][0]["time"] == times[0]
    assert len(text["channels"]["L4-L5 compression force"]) == len(text["time_s"])
