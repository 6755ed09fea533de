"""``panjabi recruit`` and ``panjabi stability`` from the command line."""

from __future__ import annotations

import argparse
import json

import pytest

from panjabi.cli.active import add_active_commands
from panjabi.cli.terminal import run_command
from panjabi.parameter import sources
from panjabi.recruitment import recruit
from panjabi.spine import static_spine


def run(*words: str) -> int:
    parser = argparse.ArgumentParser(prog="panjabi")
    add_active_commands(parser.add_subparsers())
    return run_command(parser, words)


def json_of(capsys, *words: str):
    assert run(*words, "--json", "-") == 0
    return json.loads(capsys.readouterr().out)


def test_recruit_has_all_keys(capsys):
    value = json_of(capsys, "recruit", "--load", "32")
    same = recruit(static_spine("standing", load=32.0)).to_dict()
    assert value["coactivation_percent_MVC"] == same["coactivation_percent_MVC"]
    assert value["required"] == "margin 1 N m within 0.5 deg of the thorax"
    assert value["residual_Nm"] < 1e-9
    assert set(value["compression_N"]) == {"L5-S1", "L4-L5", "L3-L4", "L2-L3", "L1-L2", "T12-L1"}
    assert value["gap"] < 1e-6
    assert value["status"] == "optimal"
    assert value["equilibrium_only"]["coactivation_percent_MVC"] < 0.5
    assert value["by_q"] == {} and value["q_reason"] is None
    rests_on = sources(recruit(static_spine("standing", load=32.0)))
    assert value["assumed_parameters"] == rests_on.assumed
    assert {"short_range_gamma", "disc_pressure_factor"} <= set(rests_on.parameters)
    assert value["sources"] == sorted(rests_on.citations)
    assert value["residuals"]["equilibrium_Nm"] < 1e-6
    assert value["mode_that_needs_the_muscles"]["L3_L4_FE"] != 0.0


def test_recruit_takes_every_region_and_imposed_co_contraction(capsys):
    value = json_of(
        capsys, "recruit", "--region", "cervical", "--criterion", "equilibrium",
        "--least-activation", "2",
    )  # fmt: skip
    assert "C0-C1" in value["compression_N"]
    assert value["coactivation_percent_MVC"] is None
    assert min(value["activation_percent"].values()) >= 2.0 - 1e-6
    assert run("recruit", "--region", "cervical", "--criterion", "equilibrium") == 0
    assert "C7-T1" in capsys.readouterr().out


def test_recruit_with_free_levels_is_a_local_optimum(capsys):
    value = json_of(capsys, "recruit", "--free-posture")
    assert value["status"] == "local optimum"
    assert value["effort"] < value["equilibrium_only"]["effort"]
    assert max(map(abs, value["deviation_rad"].values())) < 0.2
    assert "margin's angle" in value["short_range"]
    assert 0.9 < value["margin_with_coupling"] < 1.5
    assert run("recruit", "--free-posture", "--floor", "1") == 2
    assert "got --floor" in capsys.readouterr().err


def test_recruit_explains_an_infeasible_posture(capsys):
    value = json_of(capsys, "recruit", "--load", "400")
    assert value["status"] == "infeasible"
    assert value["coactivation_percent_MVC"] is None
    assert value["compression_N"] is None
    assert "N m" in value["explanation"]
    assert run("recruit", "--load", "400") == 0
    assert "infeasible:" in capsys.readouterr().out


def test_recruit_refuses_a_negative_floor(capsys):
    assert run("recruit", "--floor", "-1") == 2
    assert "finite floor of 0 or more, got -1.0" in capsys.readouterr().err


def test_the_older_law_is_given_for_four_values_of_q(capsys):
    value = json_of(capsys, "recruit", "--stiffness", "path", "--floor", "1")
    assert list(value["by_q"]) == ["5", "10", "20", "40"]
    assert "assumed" in value["q_reason"]


def test_recruit_as_text(capsys):
    assert run("recruit", "--criterion", "equilibrium", "--stiffness", "path") == 0
    text = capsys.readouterr().out
    assert "equilibrium only" in text
    assert "compression [N]" in text
    assert "q = 40" in text


def test_stability_gives_terms_modes_and_margins(capsys):
    value = json_of(
        capsys, "stability", "--deficit", "psoas", "--injury", "L4-L5:cut=SSL+ISL", "--floor", "60"
    )
    assert value["stable"]
    assert value["lowest_eigenvalue_Nm_per_rad"] == pytest.approx(60.0, abs=1e-3)
    shares = value["share_of_terms_Nm_per_rad"]
    assert sum(shares.values()) == pytest.approx(value["lowest_eigenvalue_Nm_per_rad"])
    assert {"muscle stiffness", "tension curvature", "gravity", "preload", "passive"} <= set(shares)
    assert value["critical_q"] < 20.0
    assert value["load_margin_kg"] > value["critical_load_at_these_forces_kg"]
    assert value["deficit_margin"] == {"psoas": 1.0}


def test_stability_as_text(capsys):
    assert run("stability") == 0
    assert "in the weakest mode" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("recruit", "--posture", "sitting"), "posture"),
        (("recruit", "--criterion", "equilibrium", "--floor", "1e9"), "got --floor"),
        (("stability", "--q", "5"), "got --q"),
        (("recruit", "--margin", "1", "0.5", "--margin-rate", "5"), "got --margin-rate"),
        (("recruit", "--load", "-3"), "HeldLoad.mass of 0 kg or more, got -3.0 kg"),
        (("recruit", "--stiffness", "path", "--q", "-1"), "Expected q of 0 or more, got -1.0"),
        (("stability", "--injury", "L4-L5"), "Expected LEVEL:CHANGE"),
        (("stability", "--deficit", "gluteus"), "muscle group"),
        (("stability", "--load", "400"), "muscles can hold"),
    ],
)
def test_errors_are_one_line_with_exit_code_2(capsys, words, message):
    assert run(*words) == 2
    assert message in capsys.readouterr().err
