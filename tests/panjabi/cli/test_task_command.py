"""`panjabi task` and `panjabi delay-margin --model`: JSON, text and refusals."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields

import pytest

from panjabi.cli.neural import add_neural_commands
from panjabi.cli.tasks import NAMES, OPTIONS, add_experiment_commands
from panjabi.cli.terminal import run_command
from panjabi.tasks import TASKS


def run(*asked: str) -> int:
    parser = argparse.ArgumentParser(prog="panjabi")
    commands = parser.add_subparsers()
    add_experiment_commands(commands)
    add_neural_commands(commands)
    return run_command(parser, list(asked))


def result_of(capsys, *asked: str) -> dict:
    assert run(*asked, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_options_and_names_are_those_of_the_tasks():
    assert list(NAMES) == list(TASKS)
    every = {f.name for kind in TASKS.values() for f in fields(kind)}
    assert every == set(OPTIONS)
    for name, kind in TASKS.items():
        assert kind.name == name and kind.__doc__


@pytest.mark.parametrize("name", ["release", "force", "sway", "repeated"])
def test_a_task_prints_text(name, capsys):
    short = ("--duration", "20") if name == "sway" else ()
    assert run("task", name, *short) == 0
    assert f"task {name}" in " ".join(capsys.readouterr().out.split())


def test_json_of_a_sudden_load(capsys):
    found = result_of(capsys, "task", "sudden-load", "--phenotype", "delay", "--delay", "3")
    assert found["schema"] == "panjabi-task/1" and found["task"] == "sudden-load"
    assert found["extra_delay_s"] == pytest.approx(0.020)
    assert found["peak_angle_deg"] < 0.0
    assert found["onsets"]["extensors"]["latency_s"] > 0.03
    assert found["loads"]["peak_compression_N"]["L5-S1"] > 900.0
    assert found["stability"]["stable"] and len(found["stability"]["time_s"]) == 5


def test_a_motion_from_files_with_emg(capsys, tmp_path):
    rows = "\n".join(f"{0.5 * k}\t{-x}\t0.0" for k, x in enumerate((0, 2, 8, 12, 12, 8, 2, 0)))
    head = "bend\ninDegrees=yes\nendheader\ntime\tlumbar_extension\tpelvis_tilt\n"
    motion, emg = tmp_path / "bend.mot", tmp_path / "emg.csv"
    motion.write_text(head + rows + "\n", encoding="utf-8")
    emg.write_text("time,longissimus_thoracis\n0,0.02\n1,0.05\n2,0.06\n4,0.02\n", encoding="utf-8")
    asked = ("task", "measured", "--motion", str(motion), "--samples", "4")
    found = result_of(capsys, *asked, "--emg", str(emg))
    assert found["method"].startswith("inverse dynamics: EMG-assisted") and not found["unsolved"]
    assert found["emg_gain"]["longissimus_thoracis"] == pytest.approx(1.0, abs=0.1)
    assert found["loads"]["peak_compression_N"]["L4-L5"] > 600.0
    emg.write_text("time,longissimus\n0,0.02\n1,0.05\n2,0.06\n4,0.02\n", encoding="utf-8")
    assert run(*asked, "--emg", str(emg)) == 2
    assert "Expected a muscle group as column of" in capsys.readouterr().err


def test_seed_decides_the_trial(capsys):
    asked = ("task", "sway", "--duration", "20", "--seed")
    first, again, other = (result_of(capsys, *asked, seed) for seed in ("1", "1", "2"))
    assert first == again and first["seat_rms_deg"] != other["seat_rms_deg"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("task", "sudden-load", "--phenotype", "gain"), "a gain factor for the phenotype 'gain'"),
        (("task", "sway", "--model", "lumbar"), "got --model"),
        (("task", "sway", "--cocontraction", "0.5"), "got --cocontraction"),
        (("task", "sway", "--force", "500", "--pace", "nan"), "--force, --pace"),
        (("task", "repeated", "--duration", "1"), "got --duration"),
        (("task", "sudden-load", "--seed", "1"), "got --seed"),
        (("task", "sudden-load", "--force", "nan"), "Expected force of the task sudden-load"),
        (("task", "force", "--model", "cervical"), "unknown model of the task force"),
        (("delay-margin", "--set", "T1", "--cocontraction", "0.1"), "got --cocontraction"),
        (("delay-margin", "--model", "spine"), "unknown model"),
        (("delay-margin", "--model", "trunk", "--inertia", "5"), "got --inertia"),
    ],
)
def test_refusals(asked, words, capsys):
    assert run(*asked) == 2
    assert words in capsys.readouterr().err


def test_margin_of_a_named_spine(capsys):
    found = result_of(capsys, "delay-margin", "--model", "trunk")
    assert found["stable"] is True and found["muscles"] == 2
    assert found["outside_evidence"] == []
    assert found["delay_margin_s"] > 0.0
    assert found["crossing_rad_per_s"] > 0.0 and found["rightmost_root"]["real_per_s"] < 0.0
