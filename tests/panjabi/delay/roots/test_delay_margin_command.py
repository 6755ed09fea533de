"""`panjabi delay-margin`: JSON, text and refusals."""

from __future__ import annotations

import argparse
import json

import pytest
from known_delay_systems import trunk_system

from panjabi.cli.neural import add_neural_commands
from panjabi.cli.terminal import run_command
from panjabi.delay.roots import characteristic_roots, delay_margin

LAX = "--inertia 5 --damping 30 --stiffness -100 --stretch-gain 400 --rate-gain 60".split()


def panjabi(*asked: str) -> int:
    parser = argparse.ArgumentParser(prog="panjabi")
    add_neural_commands(parser.add_subparsers())
    return run_command(parser, ["delay-margin", *asked])


def said(capsys, *asked: str) -> dict:
    assert panjabi(*asked, "--json") == 0
    return json.loads(capsys.readouterr().out)


def test_json(capsys):
    output = said(capsys, *LAX)
    known = trunk_system("T1", lag=0.005)
    assert output["delay_margin_s"] == pytest.approx(delay_margin(known).margin, abs=1e-12)
    assert output["crossing_rad_per_s"] == pytest.approx(10.871264316198795, abs=1e-11)
    root = output["rightmost_root"]
    assert root["delay_s"] == 0.06
    assert root["real_per_s"] == pytest.approx(-5.2486027611133, abs=1e-10)
    assert root["imag_rad_per_s"] == 0.0 and root["residual"] < 1e-14
    assert output["stable"] is True and output["schema"] == "panjabi-delay-margin/1"


def test_a_delay_outside_the_evidence_is_listed(capsys):
    assert said(capsys, *LAX)["outside_evidence"] == []
    (line,) = said(capsys, *LAX, "--delay", "0.15")["outside_evidence"]
    assert "reflex delay of 0.15 s is beyond the tests, 0.0245 to 0.104 s" in line
    assert panjabi(*LAX, "--delay", "0.15") == 0
    assert "outside the evidence (1):" in capsys.readouterr().out


def test_delay_filter_and_set(capsys):
    at = said(capsys, *LAX, "--delay", "0.1")["rightmost_root"]
    known = characteristic_roots(trunk_system("T1", lag=0.005, delay=0.1)).rightmost
    assert at["real_per_s"] == pytest.approx(known.real, abs=1e-10)
    assert at["imag_rad_per_s"] == pytest.approx(abs(known.imag), abs=1e-10)
    filtered = said(capsys, "--set", "T1", "--filter-time", "0.015")
    assert filtered["delay_margin_s"] == pytest.approx(0.121164988584599, abs=1e-12)
    assert said(capsys, "--set", "T1", "--rate-gain", "0")["delay_margin_s"] == pytest.approx(
        0.0739428402541052, abs=1e-12
    )
    with_a = said(capsys, *LAX, "--acceleration-gain", "2")
    assert with_a["delay_margin_s"] > 0.1295


def test_json_margin_is_null_without_crossing_and_zero_if_unstable(capsys):
    output = said(capsys, *LAX[:4], "--stiffness", "300", "--stretch-gain", "50")
    assert output["delay_margin_s"] is None and output["crossing_rad_per_s"] is None
    assert "no root meets" in output["reason"]
    output = said(capsys, *LAX[:6], "--stretch-gain", "0")
    assert output["delay_margin_s"] == 0.0 and output["stable"] is False


def test_text(capsys):
    assert panjabi(*LAX) == 0
    text = capsys.readouterr().out
    assert "delay margin 129.46 ms, crossing at 10.8713 rad/s (1.73 Hz)" in text
    assert "at a delay of 60 ms stable, rightmost root -5.2486 1/s" in text
    assert panjabi("--set", "T3", "--delay", "0.1") == 0
    assert "unstable, rightmost root 0." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--inertia", "5"], "got no --damping, --stiffness, --stretch-gain"),
        ([*LAX, "--delay", "-0.1"], "as 0 s or more, got -0.1 s"),
        ([*LAX, "--delay", "nan"], "for --delay, got nan"),
        ([*LAX, "--filter-time", "0"], "filter_time as a finite number above 0 s, got 0 s"),
        (["--set", "T1", "--inertia", "0"], "a positive inertia"),
    ],
)
def test_errors_are_one_line(asked, words, capsys):
    assert panjabi(*asked) == 2
    output = capsys.readouterr()
    assert words in output.err and output.out == "" and output.err.count("\n") == 1
