"""`panjabi identify`: the parameters behind a measured admittance, from a file."""

from __future__ import annotations

import json

import numpy as np
import pytest
from known_delay_systems import trunk_system

from panjabi.cli import main
from panjabi.delay.roots import frequency_response


@pytest.fixture
def file(tmp_path):
    """The admittance of the trunk T1 with 2 % of noise, and its standard deviation."""
    f = 0.2 * np.arange(1, 31)
    exact = frequency_response(trunk_system("T1", lag=0.005), f).values
    sd = 0.02 * np.abs(exact)
    noise = np.random.default_rng(3).normal(size=(2, f.size)) * sd / np.sqrt(2.0)
    seen = exact + noise[0] + 1j * noise[1]
    rows = zip(f, seen.real, seen.imag, sd, strict=True)
    path = tmp_path / "admittance.csv"
    path.write_text(
        "frequency_Hz,real_rad_per_Nm,imag_rad_per_Nm,sd_rad_per_Nm\n"
        + "".join(",".join(f"{x:.9e}" for x in row) + "\n" for row in rows)
    )
    return str(path)


def test_true_parameters_lie_in_their_intervals(file, capsys):
    start = "--set T1 --inertia 6 --damping 20 --stretch-gain 300 --rate-gain 40 --delay 0.05"
    assert main(["identify", file, *start.split(), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    true = {"inertia": 5.0, "damping": 30.0, "stretch_gain": 400.0, "rate_gain": 60.0,
            "delay": 0.06}  # fmt: skip
    assert found["parameters"].keys() == true.keys() and found["fixed"] == {
        "stiffness": -100.0, "acceleration_gain": 0.0, "filter_time": 0.005
    }  # fmt: skip
    for name, value in true.items():
        low, high = found["parameters"][name]["interval_95"]
        assert low < value < high, name
    assert found["variance_accounted_for"] > 0.99 and 0.4 < found["reduced_chi2"] < 1.8
    assert found["rightmost_root"]["real_per_s"] < 0.0


def test_text_lists_what_the_data_do_not_identify(file, capsys):
    assert main(["identify", file, "--set", "T1", "--free", "stretch_gain", "stiffness",
                 "rate_gain", "damping", "inertia", "delay"]) == 0  # fmt: skip
    text = capsys.readouterr().out
    assert "30 frequencies" in text and "stable, rightmost root" in text
    assert "weakly identified" in text


def test_refusals_are_one_line(file, capsys):
    for asked, words in (
        ([file], "give the missing values"),
        ([file, "--set", "T1", "--free", "gain"], "unknown parameter of the trunk 'gain'"),
        (["none.csv", "--set", "T1"], "cannot be read"),
    ):
        assert main(["identify", *asked]) == 2
        captured = capsys.readouterr()
        assert words in captured.err and captured.out == "" and captured.err.count("\n") == 1
