"""`panjabi perturb` and `panjabi delay-margin --model`: JSON, text and refusals."""

from __future__ import annotations

import argparse
import json

import pytest

from panjabi.cli.neural import add_neural_commands
from panjabi.cli.tasks import EXPERIMENTS, add_experiment_commands
from panjabi.cli.terminal import run_command


def run(*asked: str) -> int:
    parser = argparse.ArgumentParser(prog="panjabi")
    commands = parser.add_subparsers()
    add_experiment_commands(commands)
    add_neural_commands(commands)
    return run_command(parser, list(asked))


def result_of(capsys, *asked: str) -> dict:
    assert run(*asked, "--json") == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_every_experiment_prints_text(name, capsys):
    short = ("--duration", "20") if name == "sway" else ()
    assert run("perturb", "--experiment", name, *short) == 0
    assert "extra_delay_s" in capsys.readouterr().out


def test_json_of_a_sudden_load(capsys):
    found = result_of(capsys, "perturb", "--phenotype", "delay", "--delay", "3")
    assert found["schema"] == "panjabi-perturb/1"
    assert found["extra_delay_s"] == pytest.approx(0.020)
    assert found["peak_angle_deg"] < 0.0 and found["extensors_latency_s"] > 0.03


def test_lumbar_model_is_pushed_too(capsys):
    found = result_of(capsys, "perturb", "--model", "lumbar", "--force", "10")
    assert found["model"] == "lumbar" and found["lost_balance"] is False


def test_seed_decides_the_trial(capsys):
    asked = ("perturb", "--experiment", "sway", "--duration", "20", "--seed")
    first, again, other = (result_of(capsys, *asked, seed) for seed in ("1", "1", "2"))
    assert first == again and first["seat_rms_deg"] != other["seat_rms_deg"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("perturb", "--phenotype", "gain"), "a gain factor for the phenotype 'gain'"),
        (("perturb", "--experiment", "sway", "--model", "lumbar"), "got --model"),
        (("perturb", "--experiment", "sway", "--cocontraction", "0.5"), "got --cocontraction"),
        (("perturb", "--experiment", "sway", "--force", "500", "--pace", "nan"), "--force, --pace"),
        (("perturb", "--experiment", "repeated", "--duration", "1"), "got --duration"),
        (("perturb", "--seed", "1"), "got --seed"),
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
