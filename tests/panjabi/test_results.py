"""Base classes of results: plain values, tables, and a repr that fits a screen."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass

import numpy as np
import pytest

from panjabi.active.build import musculature
from panjabi.active.element import MuscleElement
from panjabi.active.musculotendon import Musculotendon
from panjabi.body.standard import standard_adult
from panjabi.delay.integrate.settings import Settings
from panjabi.errors import ParameterError
from panjabi.literature import row
from panjabi.neural.measures.onset import latency
from panjabi.neural.spindle import mileusnic_2006
from panjabi.neural.tendon_organ import standard_tendon_organ
from panjabi.parameter import Parameter, ParameterSet, sources
from panjabi.passive import neutral_zone_test, unit
from panjabi.passive.measured import measured_neutral_zone, parse_measurement
from panjabi.passive.pelvis import pelvis
from panjabi.passive.protocol import Protocol, cyclic_test
from panjabi.passive.targets import target
from panjabi.results import Result, plain
from panjabi.spine import equilibrium, in_plane, spine_model
from panjabi.spine.neck_preset import fitted_neck
from panjabi.spine.passive_spine import top_load
from panjabi.spine.trunk_sets import trunk_family, trunk_parameters, trunk_set
from panjabi.stability import column_equilibrium
from panjabi.stability.crisco_model import crisco_column
from panjabi.stability.critical import critical_load
from panjabi.stability.load_paths import post_buckling
from panjabi.tasks import Condition
from panjabi.tasks.repeated import moving_trunk, repeated_movement
from panjabi.tasks.response import PerturbationResponse


def response() -> PerturbationResponse:
    """A response whose numbers can be read off: an angle that rises by 1 rad/s."""
    time = np.linspace(0.0, 1.0, 501)
    drive = np.where(time < 0.3, 0.1, 0.2)
    onset = latency(time, drive, event=0.2, least_change=0.005, baseline=0.1)
    return PerturbationResponse(
        task="sudden-load", subject="standard adult", model="trunk", method="none", time=time,
        event=0.2, drives={"extensors": drive}, latencies={"extensors": onset}, angle=-time,
        rate=np.full(501, -1.0), moment=20.0, joints=1, lost_balance=False, outcome="end reached",
    )  # fmt: skip


def measured():
    moment = np.concatenate([np.linspace(0, 8, 50), np.linspace(8, -8, 99)[1:]])
    angle = 0.5 * moment + 3.0 * np.tanh(moment)
    rows = "".join(f"{m},{x}\n" for m, x in zip(moment, angle, strict=True))
    return measured_neutral_zone(parse_measurement("moment_Nm,angle_deg\n" + rows, "own.csv"))


def buckled():
    column, _ = crisco_column("linear", straight=True)
    frontal = in_plane(column, "frontal")
    return critical_load(frontal, top_load(frontal))


@pytest.fixture(scope="module")
def results():
    spine = spine_model(muscles=False, gravity=False, plane="sagittal", joints=["L4-L5"])
    column = buckled()
    return {
        "response": response(),
        "unit test": neutral_zone_test(unit("L4-L5"), "flexion-extension"),
        "measured": measured(),
        "critical load": column,
        "path": post_buckling(column, to=100.0),
        "equilibrium": equilibrium(spine),
        "column": column_equilibrium(column.column),
        "repeated": repeated_movement(30.0, cycles=12, spine=moving_trunk()),
        "sources": sources(unit("L4-L5")),
    }


def test_every_result_is_plain_json_and_a_short_repr(results):
    for name, result in {**results, "unit": unit("L4-L5")}.items():
        assert len(repr(result).splitlines()) <= 10, name
        assert max(map(len, repr(result).splitlines())) <= 100, name
        assert repr(result).startswith(type(result).__name__), name
        if name in results:
            assert json.loads(json.dumps(result.to_dict(), allow_nan=False)), name


def nested(value):
    """A value and the dataclass instances in its fields, mappings and sequences."""
    if is_dataclass(value):
        yield value
        value = [getattr(value, f.name) for f in fields(value)]
    if isinstance(value, Mapping):
        yield value
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        for part in value:
            yield from nested(part)


def easily_made():
    """Models with their parts, parameter sets, settings and a published row."""
    muscles = Musculotendon(musculature("lumbar"))
    spine = spine_model(joints=["L4-L5"], plane="sagittal", reflexes=True)
    family = trunk_family("T1", "delay")
    yield from (trunk_parameters("T1"), trunk_set("T1"), family, family.system((0.06,)))
    yield from (
        muscles,
        MuscleElement(muscles),
        spine,
        spine.pathways,
        *spine.reflexes,
        standard_adult(),
    )
    yield from (unit("C1-C2"), pelvis(), target("L4-L5", 0), Protocol(), moving_trunk())
    yield from (mileusnic_2006(), standard_tendon_organ(), fitted_neck())
    yield from (Condition(), Settings(), row("SD-1"))


def test_every_dataclass_has_a_short_repr(results):
    names = set()
    for value in [*easily_made(), *results.values()]:
        for part in nested(value):
            names.add(name := type(part).__name__)
            if is_dataclass(part) or isinstance(part, ParameterSet):
                assert len(repr(part).splitlines()) <= 10, name
                assert len(repr(part)) <= 1200, name
    assert {"ReflexLoop", "MuscleElement", "ParameterSet"} <= names
    assert len(names) > 40


def test_a_parameter_set_shows_its_number_by_status():
    force, angle = Parameter(1.0, "N", "User", "assumed"), Parameter(1.0, "deg", "X", "measured")
    parameters = ParameterSet({"force": force, "load": force, "angle": angle})
    assert repr(parameters) == "<ParameterSet of 3: 1 measured, 2 assumed>"


def test_print_stays_as_it_is(results):
    assert str(results["sources"]).startswith("rests on ")
    assert str(results["equilibrium"]).startswith("rest within ")


def test_numbers_of_a_response(results):
    value = results["response"].to_dict()
    assert value["peak_angle_deg"] == pytest.approx(-180.0 / np.pi)
    assert value["onsets"]["extensors"]["latency_s"] == pytest.approx(0.1, abs=0.005)
    assert value["drive_change"]["extensors"] == pytest.approx(0.1)


def test_tables_hold_what_the_arrays_hold(results):
    pytest.importorskip("pandas")
    table = results["response"].to_pandas()
    assert table.index.name == "time_s"
    assert table["angle_deg"].to_numpy() == pytest.approx(np.degrees(results["response"].angle))
    path = results["path"]
    assert path.to_pandas()["L5-S1 LB [deg]"].to_numpy() == pytest.approx(
        np.degrees(path.angles("LB")[:, 0])
    )
    for name in ("unit test", "measured"):
        zones, halves = results[name].to_pandas(), results[name].to_dict()
        for estimator, half in halves["neutral_zone_half_width_deg"].items():
            row = zones.loc[estimator]
            width = row["upper_deg"] - row["lower_deg"]
            assert half is None or half == pytest.approx(0.5 * width)


def test_a_recording_can_be_read_as_a_laboratory_s_record():
    pytest.importorskip("pandas")
    recording = cyclic_test(unit("L4-L5"), 0)
    read = parse_measurement(recording.to_pandas().to_csv(index=False), "model")
    assert read.moment == pytest.approx(recording.moment)
    assert read.angle == pytest.approx(recording.angle)


def test_muscles_as_a_table():
    pytest.importorskip("pandas")
    muscles = musculature("lumbar")
    table = muscles.to_pandas()
    assert list(table.index) == list(muscles.names)
    assert table["max_force_N"].to_numpy() == pytest.approx(muscles.max_force)
    assert json.dumps(muscles.to_dict(), allow_nan=False)


def test_missing_pandas_names_the_extra(results, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pandas", None)
    with pytest.raises(ParameterError, match="extra `frames`"):
        results["response"].to_pandas()


@dataclass(frozen=True, repr=False)
class Small(Result):
    """A result whose field names contain the unit needs no to_dict."""

    force_N: np.ndarray
    share: float
    source: Parameter


def test_fields_become_plain_values():
    force = Parameter(1.0, "N", "User", "assumed")
    value = Small(np.array([1.0, np.nan]), np.float64("inf"), force).to_dict()
    assert value["force_N"] == [1.0, None] and value["share"] is None
    assert value["source"]["unit"] == "N"
    with pytest.raises(ParameterError, match="JSON can represent, got a object"):
        plain({"a": object()})
