"""`panjabi buckle`: JSON, table and refusals."""

from __future__ import annotations

import json

import pytest

from panjabi.cli.command_line import main
from panjabi.stability import crisco


def test_json_has_the_load_and_the_mode(capsys):
    assert main(["buckle", "--column", "lumbar", "--plane", "frontal", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert 80.0 < said["critical_load_N"] < 120.0
    assert said["instantaneous_critical_load_N"] > said["critical_load_N"]
    assert said["stiffness"] == "relaxed" and said["assumed_parameters"] > 0
    assert said["mode"]["L5-S1"]["LB"] == pytest.approx(1.0)
    assert list(said["mode"]) == ["L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2"]


def test_model_of_crisco_and_its_post_buckling_path(capsys):
    asked = ["buckle", "--law", "linear", "--straight", "--plane", "frontal", "--to", "100"]
    assert main([*asked, "--json", "-"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["critical_load_N"] == pytest.approx(67.0)
    turned = said["post_buckling"]["angles_deg"]["L5-S1"]["LB"][-1]
    assert turned == pytest.approx(crisco("linear").rotation_at_100N()["L5-S1"])
    assert main(asked) == 0
    text = capsys.readouterr().out
    assert "critical load 67.00 N (relaxed stiffness)" in text and "at 100 N, deg:" in text
    angles = text.partition("deg:")[2]
    assert f"{turned:.2f} right" in angles and " -" not in angles and "flexion" not in angles


def test_a_load_that_the_path_does_not_reach_is_reported(capsys):
    asked = ["buckle", "--law", "linear", "--straight", "--plane", "frontal", "--to", "20"]
    assert main([*asked, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)["post_buckling"]
    assert said["to_N"] == 20.0 and not said["reached"] and min(said["load_N"]) > 60.0
    assert main(asked) == 0
    assert "20 N was not reached" in capsys.readouterr().out


def test_no_critical_load_is_null(capsys):
    assert main(["buckle", "--plane", "transverse", "--straight", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["critical_load_N"] is None and said["searched_to_N"] > 0.0
    assert main(["buckle", "--plane", "transverse", "--straight"]) == 0
    assert "stable up to" in capsys.readouterr().out


def test_injury_and_preload_reach_the_units(capsys):
    loads = []
    for more in ([], ["--injury", "L4-L5:disc-rupture"], ["--preload", "250"]):
        assert main(["buckle", "--plane", "frontal", *more, "--json"]) == 0
        loads.append(json.loads(capsys.readouterr().out)["critical_load_N"])
    assert loads[1] < loads[0] < loads[2]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--column", "lumber"], "close: 'lumbar'"),
        (["--plane", "front"], "frontal"),
        (["--injury", "L4-L5"], "LEVEL:CHANGE"),
        (["--to", "nan"], "Expected a finite load factor"),
        (["--law", "linear", "--preload", "100"], "got --preload"),
        (["--column", "cervical", "--law", "slope"], "--law units"),
    ],
)
def test_refusals_are_one_line(asked, words, capsys):
    assert main(["buckle", *asked]) == 2
    said = capsys.readouterr()
    assert words in said.err and said.err.count("\n") == 1 and not said.out


def test_a_path_beyond_failure_of_a_unit_ends_with_the_reason(capsys):
    assert main(["buckle", "--plane", "frontal", "--to", "3000"]) == 0
    text = capsys.readouterr().out
    assert "3000 N was not reached" in text and "the path ends where a unit fails: L" in text
    assert "is beyond the tests" in text
