"""`panjabi stiffness`: defaults, JSON keys, reports and refusals."""

from __future__ import annotations

import argparse
import json

import pytest

from panjabi import Subject
from panjabi.body import Person
from panjabi.cli.stiffness import add_stiffness_commands
from panjabi.cli.terminal import run_command


def run(*asked: str) -> int:
    parser = argparse.ArgumentParser(prog="panjabi")
    add_stiffness_commands(parser.add_subparsers())
    return run_command(parser, ["stiffness", *asked])


def result_of(capsys, *asked: str) -> dict:
    assert run(*asked, "--json", "-") == 0
    return json.loads(capsys.readouterr().out)


def test_defaults_are_those_of_the_help(capsys):
    plain = result_of(capsys)
    said = result_of(
        capsys, "--model", "lumbar", "--direction", "forward", "--at", "T9", "--effort", "0.2",
        "--frequency", "4", "--amplitude", "0.075",
    )  # fmt: skip
    assert plain == said
    keys = ("fitted_N_per_mm", "effective_mass_kg", "static_N_per_mm", "reflex_N_per_mm")
    assert all(plain[key] > 0.0 for key in keys)
    assert plain["slow_N_per_mm"] is None and plain["slow_undefined_directions"] == 1
    assert plain["effort"] == pytest.approx(0.2) and plain["assumed_parameters"] > 0


def test_text_and_harness_by_height(capsys):
    assert run("--at", "0.38", "--direction", "90") == 0
    text = capsys.readouterr().out
    assert "0.380 m over the lowest joint" in text and "not defined: 1 direction" in text


def test_subject_is_taken_from_a_file(capsys, tmp_path):
    path = tmp_path / "small.json"
    Subject(name="Small", person=Person(stature=1.6)).to_file(path)
    small = result_of(capsys, "--subject", str(path), "--at", "0.38")
    assert small["subject"] == "Small"
    assert small["pull_N"] < result_of(capsys, "--at", "0.38")["pull_N"]


def test_report_of_a_brace(capsys):
    found = result_of(capsys, "--report", "brace")
    fast = [step["fast_per_s2"] for step in found["steps"]]
    assert len(fast) == 5 and fast == sorted(fast)
    assert run("--report", "brace") == 0
    assert "recruited again" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (("--report", "brace", "--at", "T8"), "got --at"),
        (("--direction", "up"), "direction of a pull"),
        (("--effort", "3"), "muscles"),
    ],
)
def test_refusals(asked, words, capsys):
    assert run(*asked) == 2
    assert words in capsys.readouterr().err
