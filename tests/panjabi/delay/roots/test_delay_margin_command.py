"""`panjabi delay-margin`: JSON, text and refusals."""

from __future__ import annotations

import argparse
import json

import pytest

from panjabi.cli.neural import add_neural_commands
from panjabi.cli.terminal import run_command

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
    assert output["delay_margin_s"] == pytest.approx(0.134252885509592, abs=1e-12)
    assert output["crossing_rad_per_s"] == pytest.approx(10.8900479305753, abs=1e-12)
    root = output["rightmost_root"]
    assert root["delay_s"] == 0.06
    assert root["real_per_s"] == pytest.approx(-5.1890372441422, abs=1e-11)
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
    assert at["real_per_s"] == pytest.approx(-2.1861520948170, abs=1e-11)
    assert at["imag_rad_per_s"] == pytest.approx(13.551668352778, abs=1e-11)
    filtered = said(capsys, "--set", "T1", "--filter-time", "0.015")
    assert filtered["delay_margin_s"] == pytest.approx(0.121164988584599, abs=1e-12)
    assert said(capsys, "--set", "T1", "--rate-gain", "0")["delay_margin_s"] == pytest.approx(
        0.0788920253377187, abs=1e-12
    )
    with_a = said(capsys, *LAX, "--acceleration-gain", "2")
    assert with_a["delay_margin_s"] > 0.134


def test_json_margin_is_null_without_crossing_and_zero_if_unstable(capsys):
    output = said(capsys, *LAX[:4], "--stiffness", "300", "--stretch-gain", "50")
    assert output["delay_margin_s"] is None and output["crossing_rad_per_s"] is None
    assert "no root meets" in output["reason"]
    output = said(capsys, *LAX[:6], "--stretch-gain", "0")
    assert output["delay_margin_s"] == 0.0 and output["stable"] is False
    output = said(capsys, *LAX, "--acceleration-gain", "6")
    assert output["delay_margin_s"] == 0.0 and "unfiltered" in output["reason"]
    assert output["stable"] is False


def test_text(capsys):
    assert panjabi(*LAX) == 0
    text = capsys.readouterr().out
    assert "delay margin 134.25 ms, crossing at 10.8900 rad/s (1.73 Hz)" in text
    assert "at a delay of 60 ms stable, rightmost root -5.1890 1/s" in text
    assert panjabi("--set", "T3", "--delay", "0.1") == 0
    assert "unstable, rightmost root 0.5261 ± 6.5907i" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (["--inertia", "5"], "got no --damping, --stiffness, --stretch-gain"),
        ([*LAX, "--delay", "-0.1"], "cannot act before the stretch"),
        ([*LAX, "--delay", "nan"], "for --delay, got nan"),
        ([*LAX, "--filter-time", "0"], "leave the filter out"),
        (["--set", "T1", "--inertia", "0"], "a positive inertia"),
    ],
)
def test_errors_are_one_line(asked, words, capsys):
    assert panjabi(*asked) == 2
    output = capsys.readouterr()
    assert words in output.err and output.out == "" and output.err.count("\n") == 1
