"""`panjabi hypothesis` and `panjabi verdict` from the command line."""

from __future__ import annotations

import argparse
import json

import pytest

from panjabi import Subject
from panjabi.cli.statements import add_hypothesis_commands
from panjabi.cli.terminal import run_command


@pytest.fixture
def call(capsys):
    def run(*words: str) -> tuple[int, str, str]:
        parser = argparse.ArgumentParser(prog="panjabi")
        add_hypothesis_commands(parser.add_subparsers())
        code = run_command(parser, words)
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


def test_hypothesis_as_json(call):
    code, out, _ = call("hypothesis", "--only", "P13", "--only", "P16", "--draws", "2", "--json")
    found = json.loads(out)
    assert code == 0 and [one["id"] for one in found] == ["P13", "P16"]
    assert found[0]["assessment"]["draws"] == 2 and found[1]["outcome"] == "not tested"
    for one in found:
        assert {"id", "statement", "outcome", "quantities", "sources", "reason"} <= set(one)


def test_hypothesis_as_text(call):
    code, out, _ = call("hypothesis", "--only", "P14", "--draws", "2")
    assert code == 0 and out.startswith("P14  undetermined") and "rotation_linear_100N_deg" in out
    assert "rival linear joints 0 %" in out


def test_hypothesis_of_a_subject(call, tmp_path):
    path = tmp_path / "subject.json"
    Subject(name="soft").changed(passive_loss=0.5).to_file(path)
    words = ("hypothesis", "--only", "P13", "--draws", "1", "--json")
    whole, soft = (json.loads(call(*words, *more)[1])[0] for more in ((), ("--subject", str(path))))
    assert (whole["subject"], soft["subject"]) == ("standard adult", "soft")
    name = "dead_load_critical_N"
    assert soft["quantities"][name] == pytest.approx(0.5 * whole["quantities"][name], rel=1e-6)


def test_compensation_of_the_lumbar_spine(call):
    words = ("compensation", "--model", "lumbar", "--points", "2", "--most", "0.95", "--json")
    code, out, _ = call(*words)
    value = json.loads(out)
    assert code == 0 and value["model"] == "lumbar"
    (intact, soft), weak = value["activation"]
    assert 0.0 < intact < soft and weak == [None, None]
    assert call("compensation", "--model", "lumbar", "--deficit", "extra_delay")[0] == 2


def test_compensation_with_a_store(call, tmp_path):
    words = ("compensation", "--points", "3", "--store", str(tmp_path / "map"), "--json")
    code, out, _ = call(*words)
    value = json.loads(out)
    assert code == 0 and len(value["strength_loss"]) == 3
    assert sum(value["fractions"].values()) == pytest.approx(1.0)
    code, out, _ = call(*words, "--resume", "--workers", "1")
    assert code == 0 and json.loads(out) == value
    code, _, err = call(*words, "--resume", "--deficit", "extra_delay")
    assert code == 2 and "of another one, which differs in" in err
    code, _, err = call("compensation", "--resume")
    assert code == 2 and "Expected --store with --resume, got no store" in err
    assert call("compensation", "--points", "1")[0] == 2


def test_verdict_on_the_trunk(call):
    code, out, _ = call("verdict", "--model", "trunk", "--gain-factor", "2.5", "--json")
    found = json.loads(out)
    assert code == 0 and found["schema"] == "panjabi-verdict/3"
    assert found["condition"] == "unstable" and found["growth_time_s"] > 0.0
    assert found["performance"]["recovery_s"] is None and found["margins"] == []
    assert found["assumed_parameters"] > 0 and found["sources"]


def test_verdict_on_the_lumbar_spine(call):
    words = ("--injury", "L4-L5:nucleus", "--gain-factor", "2.2", "--no-pushes", "--json")
    code, out, _ = call("verdict", *words)
    found = json.loads(out)
    assert code == 0 and found["condition"] == "unstable"
    assert {"level", "axis", "frequency_Hz", "fed_by"} <= set(found["mode"])
    assert found["mode"]["fed_by"] in ("deep", "superficial")


def test_verdict_beyond_the_gain_that_loses_stability_with_its_mode_plotted(call, tmp_path):
    figure = tmp_path / "mode.png"
    words = ("--model", "lumbar", "--gain-factor", "1.05", "--of", "critical", "--json", "-")
    code, out, _ = call("verdict", *words, "--figure", str(figure))
    found = json.loads(out)
    assert code == 0 and found["condition"] == "unstable"
    assert found["mode"]["level"] == "T12-L1" and found["mode"]["axis"] == "lateral bending"
    assert 4.0 < found["mode"]["frequency_Hz"] < 8.0 and found["margins"] == []
    assert 0.0 < found["growth_time_s"] < found["watch_s"]
    assert found["kink"]["rightmost_here"] == [
        found["mode"]["real_per_s"], found["mode"]["imag_rad_per_s"]
    ]  # fmt: skip
    assert figure.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("hypothesis", "--only", "P20"), "unknown statement 'P20'"),
        (("verdict", "--activation", "0.1"), "got --activation"),
        (("verdict", "--figure", "mode.doc"), "a file name that ends in .pdf, .png, .svg"),
        (("verdict", "--watch", "-1"), "a positive finite number for watch, got -1.0"),
        (("verdict", "--model", "trunk", "--load", "5"), "got --load"),
        (("verdict", "--injury", "nucleus"), "a level, a colon and a change"),
        (("verdict", "--model", "trunk", "--passive-loss", "2"), "a finite number from 0 to 1"),
    ],
)
def test_errors_are_one_line(call, words, message):
    code, out, err = call(*words)
    assert code == 2 and out == "" and message in err and err.count("\n") == 1
