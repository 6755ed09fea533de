"""`panjabi import`: JSON, text, MJCF and refusals."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from panjabi.cli.files import add_file_commands
from panjabi.cli.terminal import run_command
from panjabi.io import read_osim

DATA = Path(__file__).parents[1] / "io" / "data"


def run(*arguments):
    parser = argparse.ArgumentParser(prog="panjabi")
    add_file_commands(parser.add_subparsers())
    return run_command(parser, ["import", *map(str, arguments)])


def test_json_has_the_model_and_what_is_left_out(capsys):
    assert run(DATA / "coupled_4.osim", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["schema"] == "panjabi-import/1" and said["version"] == 40000
    assert said["counts"] == {
        "bodies": 4,
        "coordinates": 5,
        "free_coordinates": 3,
        "muscles": 5,
        "not_understood": 1,
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
    model = read_osim(DATA / "coupled_4.osim")
    assert said["muscles"]["calf"]["length_m"] == model.path_length(model.default(), "calf")
    assert said["muscles"]["wrapped"]["wraps"] == ["condyle"]
    assert [e["element"] for e in said["not_understood"]] == [
        "CoordinateActuator",
    ]
    assert set(said["not_understood"][0]) == {"element", "name", "line", "why", "affects"}


def test_text_agrees_with_json(capsys):
    assert run(DATA / "coupled_4.osim") == 0
    text = capsys.readouterr().out
    assert "4 bodies of 13.99 kg, 3 free coordinates of 5, 5 muscles" in text
    assert "not understood: 1 element" in text


def test_mjcf_is_written_with_remarks_on_what_it_lacks(tmp_path, capsys):
    out = tmp_path / "leg.xml"
    assert run(DATA / "coupled_4.osim", "--mjcf", out, "--json", "-") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["mjcf"]["file"] == str(out) and len(said["mjcf"]["not_written"]) == 2
    text = out.read_text()
    for entry in said["not_understood"]:
        assert f"<!-- line {entry['line']}: {entry['element']}" in text
    assert run(DATA / "pendulum_2.osim", "--mjcf", out) == 0
    assert f"written: {out}" in capsys.readouterr().out


def test_refusal_is_one_line(tmp_path, capsys):
    assert run(tmp_path / "none.osim") == 2
    said = capsys.readouterr()
    assert "none.osim, which cannot be read" in said.err
    assert said.err.count("\n") == 1 and not said.out


def test_mjcf_onto_a_folder_or_a_full_disk_is_refused(tmp_path, capsys, monkeypatch):
    """The file is written completely or not at all: an existing file stays unchanged."""
    assert run(DATA / "pendulum_2.osim", "--mjcf", tmp_path) == 2
    said = capsys.readouterr()
    assert "cannot write" in said.err and "not a folder" in said.err and not said.out
    out = tmp_path / "m.xml"
    out.write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("panjabi._files.os.fsync", full)
    assert run(DATA / "pendulum_2.osim", "--mjcf", out) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert out.read_text() == "old" and list(tmp_path.iterdir()) == [out]


def test_model_in_millimetres_is_refused(tmp_path, capsys):
    text = (DATA / "finger_4.osim").read_text()
    path = tmp_path / "finger.osim"
    for old, new in (
        ("-0.01 0.1 0", "-10 100 0"),
        ("-0.01 -0.02 0", "-10 -20 0"),
        (">0.06<", ">60<"),
    ):
        assert old in text
        text = text.replace(old, new)
    path.write_text(text)
    out = tmp_path / "m.xml"
    assert run(path, "--mjcf", out) == 2
    assert "may be in millimetres" in capsys.readouterr().err and not out.exists()


def test_check_up_is_printed_and_an_implausible_model_is_read(tmp_path, capsys):
    text = (DATA / "finger_4.osim").read_text().replace(">0.05<", ">0.5<")
    path = tmp_path / "finger.osim"
    path.write_text(text)
    assert run(path) == 0
    assert (
        "findings of the check-up: 1\n  implausible: flexor: path of about"
        in capsys.readouterr().out
    )
    assert run(path, "--json") == 0
    (finding,) = json.loads(capsys.readouterr().out)["check_up"]
    assert (finding["severity"], finding["subject"]) == ("implausible", "flexor")
