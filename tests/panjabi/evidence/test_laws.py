"""Every public law states for which values of its arguments data exist, with a source."""

from __future__ import annotations

import dataclasses
import re
from importlib import import_module

import numpy as np
import pytest

from panjabi.active import Bergmark, Musculotendon, Pressure, musculature
from panjabi.active.muscle_evidence import check_tendons, muscle_values, muscles_outside
from panjabi.bibtex import bibliography
from panjabi.body import standard_adult
from panjabi.errors import ParameterError
from panjabi.evidence import EvidenceRange, HasEvidence
from panjabi.neural import Conduction, ReflexLoop, mcgill_brown_1992, mileusnic_2006
from panjabi.parameter import THIS_WORK
from panjabi.passive import PassiveJoint, ligament_law, unit
from panjabi.simulation import SpineRecord, load_record, rerun, save_record, simulate
from panjabi.spine import ForcePulse, HeldLoad, Spine, equilibrium, spine_model, static_spine
from panjabi.spine.evidence import muscle_arguments
from panjabi.stability.verdict_spine import verdict as stability_verdict
from panjabi.tasks import Condition
from panjabi.tasks.response import response
from panjabi.tissue import GlidingLayer, available_laws, hamstring_group

LAW_PACKAGES = ("panjabi.tissue", "panjabi.active", "panjabi.neural", "panjabi.passive")

NO_LAW = {
    # records, protocols and assemblies of laws
    "LawReport", "Promise", "TensionBreakdown", "MuscleGeometry", "Musculature", "MuscleElement",
    "HeldTensions", "AbdomenCoupling", "NeuralSystem", "Electrode", "Commands", "CreepEffect",
    "Evidence", "Measurement", "NeutralZone", "NeutralZoneTest", "Pelvis", "Protocol",
    "Recording", "UnitReadings", "StructureReading", "WaitCurve", "Loss", "PassiveTerm",
    "Structure", "StructureSeries", "PassiveJoint", "SacroiliacJoint", "Anticipation",
    # its yield is in the law; other limits are those of the muscles' curves
    "ShortRangeForce", "ShortRangeTurns",
    # parts of a unit, whose range is that of the unit
    "Hysteresis", "Stiffening",
    # sizes; its pressure follows from the muscles
    "AbdominalWall",
    # random numbers have no argument
    "MotorNoise", "SensoryNoise", "NoisePath",
    # the packaged sources state no range of the recordings
    "Canals", "TendonOrgan", "AlgebraicSpindle",
}  # fmt: skip
"""Public dataclasses that are no law, or have no range, and why."""


def public_dataclasses() -> dict[str, type]:
    """Name -> class, for the public dataclasses of the packages of laws."""
    found = {}
    for package in LAW_PACKAGES:
        module = import_module(package)
        for name in module.__all__:
            value = getattr(module, name)
            if isinstance(value, type) and dataclasses.is_dataclass(value):
                found[name] = value
    return found


@pytest.mark.parametrize("name", sorted(public_dataclasses()))
def test_a_public_class_is_a_law_with_a_range_or_listed_as_none(name):
    """A new public law cannot be added without a range."""
    assert hasattr(public_dataclasses()[name], "evidence") != (name in NO_LAW)


def laws() -> dict[str, HasEvidence]:
    """An instance of every public law."""
    muscles = musculature("lumbar")
    made = {
        "collagen": {"slack_length": 0.1, "stiffness": 1e4, "transition_strain": 0.03},
        "cable": {"slack_length": 0.1, "stiffness": 1e4},
        "nerve_path": {"slack_length": 0.1, "stiffness": 1e4, "transition_strain": 0.08},
        "passive_muscle": {
            "max_isometric_force": 100.0, "optimal_fibre_length": 0.1, "tendon_slack_length": 0.2,
            "pennation": 0.1,
        },
    }  # fmt: skip
    found: dict[str, HasEvidence] = {
        name: law(**made[name]) for name, law in available_laws().items() if name in made
    }
    assert len(found) == len(made)
    return found | {
        "curves": Musculotendon(muscles).curves,
        "musculotendon": Musculotendon(muscles),
        "activation": Musculotendon(muscles).activation,
        "gliding": GlidingLayer(area=0.01, gap=43e-6, viscosity_at_rest=1.0),
        "relaxation": hamstring_group(),
        "bergmark": Bergmark(),
        "pressure": Pressure(),
        "loop": ReflexLoop(kind="short"),
        "conduction": Conduction(),
        "spindle": mileusnic_2006(),
        "creep": mcgill_brown_1992(),
        "held load": HeldLoad(10.0),
        "ligament": ligament_law("L4-L5", "SSL"),
    }


@pytest.mark.parametrize("name", sorted(laws()))
def test_every_range_has_a_source_in_the_bibliography(name):
    """Source, status and limits that rise; what is known at failure lies beyond the tests."""
    ranges = laws()[name].evidence
    assert ranges
    known = bibliography()
    for limits in ranges.values():
        assert isinstance(limits, EvidenceRange)
        for parameter in (limits.least, limits.tested, limits.failure):
            if parameter is not None:
                assert all(key == THIS_WORK or key in known for key in parameter.keys)
        assert limits.fails_at >= limits.tested.si


def test_units_have_their_ranges_too():
    evidence = PassiveJoint(unit("L4-L5")).unit.evidence
    assert isinstance(evidence.moment, EvidenceRange)
    assert isinstance(evidence.preload, EvidenceRange)


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (lambda: GlidingLayer(area=1.0, gap=1e-4, viscosity_at_rest=1.0, temperature=320.0),
         "gliding layer: temperature of 320 K is beyond the tests, 303.9 to 313.1 K"),
        (lambda: ReflexLoop(kind="short", delay=0.3), "reflex delay of 0.3 s is beyond the tests"),
        (lambda: ReflexLoop(kind="short", stretch_gain=[0.3, 1.2]), "reflex stretch gain of 1.2"),
        (lambda: HeldLoad(80.0), "load: mass in the hands of 80 kg is beyond the tests"),
        (lambda: static_spine(load=80.0), "load: mass in the hands of 80 kg is beyond the tests"),
        (lambda: static_spine(pressure=25e3), "abdomen: pressure of 25 kPa is beyond the tests"),
        (lambda: static_spine(body=standard_adult(mass_kg=150.0)), "body: mass of 150 kg"),
        (lambda: equilibrium(spine_model("lumbar", reflexes=False)), ""),
    ],
)  # fmt: skip
def test_what_leaves_the_tests_is_listed(result, words):
    lines = result().outside_evidence
    lines = lines() if callable(lines) else lines
    assert [line for line in lines if words in line] if words else lines == ()


def test_relaxation_creep_and_spindles_list_what_leaves_their_recordings():
    """4 minutes of relaxation, 20 minutes of flexion, 1.3 fascicle lengths; rest ends a flexion."""
    series, creep, spindle = hamstring_group(), mcgill_brown_1992(), mileusnic_2006()
    assert series.outside_evidence([10.0, 240.0]) == ()
    assert "time of relaxation of 300 s is beyond" in series.outside_evidence([10.0, 300.0])[0]
    broken = [(1.0, 900.0), (0.0, 60.0), (1.0, 900.0)]
    assert creep.outside_evidence(broken) == ()
    (words,) = creep.outside_evidence([(1.0, 900.0), (0.5, 900.0)])
    assert words.startswith("creep: time in flexion of 30 min is beyond the tests, up to 20 min")
    assert spindle.outside_evidence([1.0, 1.2]) == ()
    (words,) = spindle.outside_evidence([1.0, 1.4, 1.6])
    assert words.startswith("spindle 3: fascicle length") and words.endswith("so are 1 more")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda beyond: HeldLoad(1e6, extrapolate=beyond), "mass in the hands below failure at"),
        (lambda beyond: Pressure(
            pressure=dataclasses.replace(Pressure().pressure, value=1e6), extrapolate=beyond
         ), r"pressure below failure at 40 kPa \(ThisWork, assumed\), got 1e\+06 kPa"),
    ],
)  # fmt: skip
def test_beyond_failure_is_refused_unless_it_asks(call, words):
    assert call(True).outside_evidence
    with pytest.raises(ParameterError, match=words):
        call(False)


@pytest.fixture(scope="module")
def lumbar():
    return Musculotendon(musculature("lumbar"))


def test_muscles_report_fibres_velocities_and_tendons(lumbar):
    """Each argument separately, and only muscles with tension."""
    u = lumbar.units
    count = len(lumbar.muscles)
    fibre = np.full(count, 1.2)
    along = np.sqrt(fibre**2 - (u.thickness / u.optimal_length) ** 2) * u.optimal_length
    length, still = along + u.tendon_slack_length, np.zeros(count)
    every = np.ones(count, bool)
    assert muscles_outside(lumbar, muscle_values(lumbar, fibre, length, still), every) == ()

    one = int(np.flatnonzero(u.elastic)[0])
    name = lumbar.muscles.names[one]

    def changed(values, value):
        out = values.copy()
        out[one] = value
        return out

    longer = changed(length, along[one] + 1.06 * u.tendon_slack_length[one])
    cases = {
        "fibre velocity over the maximal velocity of -1.1": (fibre, length, changed(still, -11.0)),
        "tendon strain of 6 %": (fibre, longer, still),
    }
    for words, arguments in cases.items():
        values = muscle_values(lumbar, *arguments)
        assert muscles_outside(lumbar, values, every)[0].startswith(f"{name}: {words} is beyond")
        assert muscles_outside(lumbar, values, changed(every, False)) == ()
    values = muscle_values(lumbar, changed(fibre, 1.7), length, still)
    assert muscles_outside(lumbar, values, every)[0].startswith(f"{name}: fibre length over the")

    check_tendons(lumbar, muscle_values(lumbar, fibre, longer, still), lumbar.muscles.names)
    torn = changed(length, along[one] + 1.08 * u.tendon_slack_length[one])
    with pytest.raises(ParameterError, match=f"{name} with a tendon strain below failure at 7.5 %"):
        check_tendons(lumbar, muscle_values(lumbar, fibre, torn, still), lumbar.muscles.names)


def test_a_run_reports_when_muscles_leave_the_tests_and_its_file_keeps_it(tmp_path):
    """A strong push makes fibres faster than any test: the record says from when on."""
    model = spine_model("lumbar", joints=("L5-S1",), plane="sagittal")
    quiet = simulate(model, duration=0.02)
    assert quiet.outside_evidence == ()
    pushed = simulate(model, ForcePulse(force=4000.0, start=0.01, length=0.1), duration=0.06)
    muscles = [line for line in pushed.outside_evidence if "fibre" in line]
    assert muscles
    assert all(0.01 < float(line.rpartition("from ")[2].split()[0]) < 0.06 for line in muscles)
    path = tmp_path / "run.npz"
    save_record(pushed, path)
    assert load_record(path).outside_evidence == pushed.outside_evidence


def test_a_run_stops_where_a_tendon_fails():
    """The event is where the strain of the most stretched tendon reaches the strain of failure."""
    rest = equilibrium(spine_model("lumbar", joints=("L5-S1",), plane="sagittal"))
    push = ForcePulse(force=4000.0, start=0.01, length=0.1)
    stopped = simulate(rest, push, duration=0.12)
    assert stopped.stopped and re.fullmatch(r"failed: tendon of \w+ at 0\.07\d* s", stopped.outcome)
    strain = muscle_arguments(rest.model, stopped.trajectory.state[-1])[0]["tendon_strain"]
    names = rest.model.muscles.muscles.names
    assert strain.max() == pytest.approx(0.075, abs=1e-6)
    assert f"tendon of {names[strain.argmax()]} at" in stopped.failure
    on = simulate(rest, push, duration=0.12, extrapolate=True)
    assert on.failure == stopped.failure and not on.stopped
    assert rerun(on).trajectory.events[0].time == pytest.approx(on.trajectory.events[0].time)


def test_a_run_lists_what_left_the_tests_only_when_it_is_read(monkeypatch):
    """Pushes and spectra run without that list, and it is the same later."""
    rest = equilibrium(spine_model("lumbar", joints=("L5-S1",), plane="sagittal"))

    def unwanted(*_):
        raise AssertionError("computed without a reader")

    with monkeypatch.context() as patch:
        patch.setattr(Spine, "departures", unwanted)
        patch.setattr(SpineRecord, "_muscles_outside", unwanted)
        push = ForcePulse(force=100.0, start=0.05, length=0.1)
        reply = response(simulate(rest, push, duration=0.5), "push", Condition(), 0.05, 20.0)
        verdict = stability_verdict(rest, pushes=False, margins=False)
    assert reply.outside_evidence == reply.parts[0].outside_evidence
    assert verdict.outside_evidence == rest.outside_evidence
    assert reply.to_dict()["outside_evidence"] == list(reply.outside_evidence)
