"""What all commands share: one line before compilation, one line after Ctrl-C."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys

import pytest

from panjabi.cli.command_line import main
from panjabi.cli.terminal import add_command, run_command
from panjabi.errors import Interrupted, ParameterError

FIRST = """
from numba import njit
from panjabi._compiling import announce_compilation
from panjabi.neural.smooth_kernels import rectified

announce_compilation()
announce_compilation()
rectified(0.5, 0.1)
rectified(1, 0.1)
njit(lambda x: x)(1.0)
"""
SECOND = FIRST + "from panjabi.neural.feedforward import risen; risen(0.5)"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Interrupted("at 0.3 s of 5 s", None)])
def test_an_interrupt_is_one_line_and_status_130(error, capsys):
    def interrupted(arguments):
        raise error

    parser = argparse.ArgumentParser(prog="panjabi")
    add_command(parser.add_subparsers(), "task", interrupted, "a run")
    assert run_command(parser, ["task"]) == 130
    written = capsys.readouterr()
    assert (written.out, written.err) == ("", "panjabi: interrupted from the keyboard\n")


def test_a_message_names_only_options_that_the_command_has(capsys):
    def refused(args):
        raise ParameterError("Expected less; or extrapolate=True to use the law there.")

    parser = argparse.ArgumentParser(prog="panjabi")
    add_command(parser.add_subparsers(), "sway", refused, "a run")
    assert run_command(parser, ["sway"]) == 2
    assert "extrapolate=True in Python to use the law there" in capsys.readouterr().err
    assert main(["unit", "L4-L5", "--preload", "50000"]) == 2
    assert "--extrapolate to use the law there" in capsys.readouterr().err


def test_an_option_without_effect_is_refused(capsys):
    assert main(["buckle", "--law", "slope", "--preload", "5"]) == 2
    words = "for --law slope, got --preload, without effect"
    assert words in capsys.readouterr().err


def announced(cache, script: str) -> list[str]:
    environment = dict(os.environ, NUMBA_CACHE_DIR=str(cache))
    run = [sys.executable, "-c", script]
    written = subprocess.run(run, env=environment, capture_output=True, text=True, check=True)
    return [line.split(". ")[0] for line in written.stderr.splitlines()]


def test_each_module_is_announced_once_before_it_is_compiled_and_not_when_it_is_cached(tmp_path):
    assert announced(tmp_path, FIRST) == ["Compiling panjabi.neural.smooth_kernels"]
    assert announced(tmp_path, FIRST) == []
    assert announced(tmp_path, SECOND) == ["Compiling panjabi.neural.feedforward"]


@pytest.mark.parametrize(
    "command",
    [
        ("recruit", "--pressure", "100"),
        ("buckle", "--preload", "9000"),
        ("unit", "L4-L5", "--preload", "9000"),
    ],
    ids=lambda command: command[0],
)
def test_a_command_that_is_refused_beyond_failure_goes_on_with_extrapolate(command, capsys):
    assert main([*command]) == 2
    assert "below failure" in (message := capsys.readouterr().err) and "--extrapolate" in message
    assert main([*command, "--extrapolate", "--json"]) == 0
    assert "beyond failure" in json.loads(capsys.readouterr().out)["outside_evidence"][0]
