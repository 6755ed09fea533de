"""`panjabi import`: JSON, text, MJCF and refusals."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from panjabi.cli.files import add_file_commands
from panjabi.cli.terminal import run_command
from panjabi.io import read_osim

FILES = Path(__file__).parents[1] / "io" / "data"


@pytest.fixture
def data():
    """The folder with the model files."""
    return FILES


@pytest.fixture
def models():
    """The model file that these tests import, read."""
    name = "coupled_4.osim"
    return {name: read_osim(FILES / name)}


def run(*arguments):
    parser = argparse.ArgumentParser(prog="panjabi")
    add_file_commands(parser.add_subparsers())
    return run_command(parser, ["import", *map(str, arguments)])


def test_json_has_the_model_and_what_is_left_out(data, models, capsys):
    assert run(data / "coupled_4.osim", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "panjabi-import/1" and said["version"] == 40000
    assert said["counts"] == {
        "bodies": 4,
        "coordinates": 5,
        "free_coordinates": 3,
        "muscles": 5,
        "not_understood": 3,
    }
    assert said["mass_kg"] == pytest.approx(13.99)
    assert said["coordinates"]["hip_lift"] == {
        "default_m": 0.0,
        "range_m": [-0.05, 0.05],
        "follows": None,
        "locked": False,
    }
    patella = said["coordinates"]["patella_angle"]
    assert patella["follows"] == "knee_angle"
    assert patella["default_rad"] == pytest.approx(0.9 * 0.3 + 0.05)
    model = models["coupled_4.osim"]
    assert said["muscles"]["calf"]["length_m"] == model.path_length(model.default(), "calf")
    assert said["muscles"]["wrapped"]["wraps_left_out"] == ["condyle"]
    assert [e["element"] for e in said["not_understood"]] == [
        "WrapCylinder",
        "PathWrap",
        "CoordinateActuator",
    ]
    assert set(said["not_understood"][0]) == {"element", "name", "line", "why", "affects"}


def test_text_says_the_same(data, capsys):
    assert run(data / "coupled_4.osim") == 0
    text = capsys.readouterr().out
    assert "4 bodies of 13.99 kg, 3 free coordinates of 5, 5 muscles" in text
    assert "straight, wraps in the file" in text
    assert "not understood: 3 elements\n  1 WrapCylinder: wrapping surfaces" in text


def test_mjcf_is_written_with_what_it_lacks(data, tmp_path, capsys):
    out = tmp_path / "leg.xml"
    assert run(data / "coupled_4.osim", "--mjcf", out, "--json", "-") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["mjcf"]["file"] == str(out) and len(said["mjcf"]["not_written"]) == 1
    text = out.read_text()
    for entry in said["not_understood"]:
        assert f"<!-- line {entry['line']}: {entry['element']}" in text
    assert run(data / "pendulum_2.osim", "--mjcf", out) == 0
    assert f"written: {out}" in capsys.readouterr().out


def test_refusal_is_one_line(tmp_path, capsys):
    assert run(tmp_path / "none.osim") == 2
    said = capsys.readouterr()
    assert "none.osim cannot be read" in said.err and said.err.count("\n") == 1 and not said.out
