"""The `fascia` command: every command, its JSON, its errors, and no half-written file."""

import json
import os
import stat
import subprocess
import sys

import pytest

from fascia.cli import main


def run(capsys, *arguments):
    """(exit code, standard output, standard error) of one command."""
    try:
        code = main([str(a) for a in arguments])
    except SystemExit as stop:  # argparse leaves this way
        code = stop.code
    out, err = capsys.readouterr()
    return code, out, err


def as_json(capsys, *arguments):
    """The JSON on standard output, which must hold nothing else."""
    code, out, err = run(capsys, *arguments, "--json", "-")
    assert code == 0, err
    notes = [line for line in err.splitlines() if not line.startswith("Compiling ")]
    assert notes == []  # the first run on a computer compiles, and says so
    value, end = json.JSONDecoder().raw_decode(out)
    assert out[end:].strip() == ""
    return value


# --- what there is -------------------------------------------------------------------------


def test_lines_are_listed(capsys, network):
    code, out, _ = run(capsys, "lines")
    assert code == 0
    for name in network.lines:
        assert name in out
    rows = as_json(capsys, "lines")
    assert {row["id"] for row in rows} == set(network.lines)
    assert len(rows) == 16
    by_id = {row["id"]: row for row in rows}
    assert by_id["SBL"]["strands_with_data"] <= by_id["SBL"]["strands"]
    assert by_id["SBL"]["strands"] == len(network.strands_of(line="SBL"))


@pytest.mark.parametrize("line", ["SBL", "SFL", "NEURAL"])
def test_strands_of_a_line_are_shown_with_the_promised_keys(capsys, network, line):
    value = as_json(capsys, "show", line)
    assert value["id"] == line
    assert [row["name"] for row in value["strands"]] == list(network.strands_of(line=line))
    for row in value["strands"]:
        assert {"name", "from", "to", "kind", "side"} <= set(row)
        strand = network.strand(row["name"])
        assert (row["from"], row["to"], row["kind"], row["side"]) == (
            strand.start, strand.end, strand.kind, strand.side,
        )  # fmt: skip
    code, out, _ = run(capsys, "show", line)
    assert code == 0
    assert value["strands"][0]["name"] in out


def test_line_without_strands_can_be_shown(capsys, network):
    """The lateral sling has evidence to tell and no strand of its own."""
    spoken = [line.id for line in network.lines.values() if not line.wired]
    assert spoken
    value = as_json(capsys, "show", spoken[0])
    assert value["strands"] == []
    assert value["evidence"]


def test_regions_are_listed(capsys, network):
    value = as_json(capsys, "regions")
    assert value == {name: list(strands) for name, strands in network.regions().items()}
    assert "suboccipital" in run(capsys, "regions")[1]


# --- clinical tests ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["slr", "knee-extension", "sit-and-reach", "forward-bend", "front-split"]
)
def test_every_clinical_test_runs(capsys, name):
    value = as_json(capsys, "test", name)
    assert value["test"] == name
    for key in ("stiffness_Nm_per_rad", "stiffness_N_per_mm", "end_angle_deg", "residual_N"):
        assert isinstance(value[key], float)
    assert len(value["angle_deg"]) == len(value["tissue_torque_Nm"])
    assert value["assumed_parameters"] > 0


def test_table_of_a_test_fits_a_screen(capsys):
    code, out, err = run(capsys, "test", "slr")
    assert (code, err) == (0, "")
    assert "stiffness" in out
    assert "N m/rad" in out
    assert all(len(line) <= 100 for line in out.splitlines())
    assert len(out.splitlines()) < 30


def test_options_reach_the_test(capsys):
    plain = as_json(capsys, "test", "slr")
    other = as_json(
        capsys, "test", "slr", "--side", "left", "--pelvic-share", "0", "--ankle-deg", "10",
        "--neck-deg", "20", "--tie-ratio", "inf", "--share", "0.07",
        "--resting-tension", "2", "--resting-tension", "neck=20",
    )  # fmt: skip
    assert other["side"] == "left"
    assert other["pelvic_share"] == pytest.approx(0.0, abs=1e-12)
    assert other["stiffness_Nm_per_rad"] > plain["stiffness_Nm_per_rad"]
    assert as_json(capsys, "test", "slr", "--free-pelvis")["pelvic_share"] != pytest.approx(0.3)


def test_clamped_is_a_word_for_infinite_ties(capsys):
    one = as_json(capsys, "test", "slr", "--tie-ratio", "clamped")
    assert one == as_json(capsys, "test", "slr", "--tie-ratio", "inf")


# --- release -------------------------------------------------------------------------------


def test_release_as_a_user_writes_it(capsys, tmp_path):
    """The command of the project's own description, to a file and to the screen."""
    path = tmp_path / "out.json"
    words = ["release", "--region", "suboccipital", "--test", "slr", "--tie-ratio", "0.1"]
    code, out, err = run(capsys, *words, "--dose", "tension=0.5", "--json", path)
    assert (code, err) == (0, "")
    assert "release of suboccipital" in out
    value = json.loads(path.read_text())
    assert (value["region"], value["test"], value["tie_ratio"]) == ("suboccipital", "slr", 0.1)
    for key in (
        "before", "after", "shares", "null_models", "slack_strands", "residual_N",
        "assumed_parameters", "sources",
    ):  # fmt: skip
        assert key in value
    assert as_json(capsys, *words) == value  # half the tension is the default dose


def test_release_with_cut_and_doses(capsys):
    value = as_json(
        capsys, "release", "--region", "neck", "--dose", "tension=1", "--dose", "tone=0.2",
        "--cut", "all-paths", "--side", "left",
    )  # fmt: skip
    assert value["doses"] == {"tension": 1.0, "tone": 0.2}
    assert abs(value["shares"]["tension"]) < 1e-7
    assert value["cut"]
    assert value["remaining_routes"] == []
    assert value["side"] == "left"


def test_zero_dose_is_a_sham(capsys):
    value = as_json(capsys, "release", "--region", "neck", "--dose", "tension=0")
    assert value["doses"] == {}
    assert value["change"]["end_angle_deg"] == 0.0


# --- where the JSON goes -------------------------------------------------------------------


def test_bare_json_means_standard_output(capsys):
    code, out, _ = run(capsys, "regions", "--json")
    assert code == 0
    assert "suboccipital" in json.loads(out)


def test_file_is_as_open_as_any_other(capsys, tmp_path):
    """Broken before: only its owner could read it, as temporary files are made."""
    path = tmp_path / "lines.json"
    assert run(capsys, "lines", "--json", path)[0] == 0
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~mask
    assert [p.name for p in tmp_path.iterdir()] == ["lines.json"]


@pytest.mark.parametrize("where", ["missing/out.json", "."])
def test_file_that_cannot_be_written_is_a_clear_error(capsys, tmp_path, where):
    code, _, err = run(capsys, "lines", "--json", tmp_path / where)
    assert code == 2
    assert err.startswith("fascia: cannot write")
    assert "name a file" in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("step", ["replace", "fdopen"])
def test_nothing_is_left_half_written(capsys, tmp_path, monkeypatch, step):
    """The disk fails while writing or while moving into place: the old file stays as it was."""
    path = tmp_path / "out.json"
    path.write_text("old")

    def fail(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"panjabi._files.os.{step}", fail)
    code, _, err = run(capsys, "lines", "--json", path)
    assert code == 2
    assert "No space left on device" in err
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.json"]


def test_interrupted_writing_leaves_nothing(tmp_path, monkeypatch):
    path = tmp_path / "out.json"

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("panjabi._files.os.replace", interrupt)
    assert main(["lines", "--json", str(path)]) == 130
    assert list(tmp_path.iterdir()) == []


def test_failed_request_writes_no_file(capsys, tmp_path):
    path = tmp_path / "out.json"
    code, out, _ = run(capsys, "show", "SBX", "--json", path)
    assert (code, out) == (2, "")
    assert not path.exists()


# --- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["show", "SBLL"], "SBL"),
        (["test", "slrr"], "close: 'slr'"),
        (["test", "front-spilt"], "front-split"),
        (["release", "--region", "suboccipitel"], "suboccipital"),
        (["release", "--region", "neck", "--test", "slrr"], "close: 'slr'"),
        (["release", "--region", "neck", "--dose", "tensoin=0.5"], "close: 'tension'"),
        (["release", "--region", "neck", "--cut", "sacrotuberus_r"], "sacrotuberous_r"),
        (["test", "slr", "--resting-tension", "nek=5"], "close: 'neck'"),
    ],
)
def test_misspelt_names_are_answered_with_near_ones(capsys, arguments, words):
    code, out, err = run(capsys, *arguments, "--json", "-")
    assert (code, out) == (2, "")
    assert err.startswith("fascia: ")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--tie-ratio", "much"], "Expected a number for --tie-ratio, got 'much'"),
        (["--tie-ratio", "-1"], "(clamped), got -1"),
        (["--tie-ratio", "nan"], "(clamped), got nan"),
        (["--resting-tension", "much"], "Expected a number for --resting-tension, got 'much'"),
        (["--resting-tension=-3"], "got -3 N"),
        (["--resting-tension", "nan"], "got nan N"),
        (["--share", "2"], "got 2"),
        (["--share", "nan"], "got nan"),
        (["--share", "much"], "invalid float value: 'much'"),
        (["--pelvic-share", "1"], "pelvic_share as a fraction from 0 to below 1, got 1"),
        (["--pelvic-share", "nan"], "pelvic_share as a fraction from 0 to below 1, got nan"),
        (["--ankle-deg", "100"], "within +-90 deg"),
        (["--ankle-deg", "45"], "got 45.0 deg"),
        (["--neck-deg", "nan"], "Expected neck_flexion within +-90 deg, got nan"),
        (["--side", "both"], "invalid choice: 'both'"),
    ],
)
def test_bad_numbers_are_refused(capsys, arguments, words):
    code, out, err = run(capsys, "test", "slr", *arguments)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--dose", "tension"], "Expected NAME=NUMBER for --dose, got 'tension'"),
        (["--dose", "tension=half"], "Expected a number for --dose, got 'half'"),
        (["--dose", "tension=1.5"], "tension dose as a fraction from 0 to 1"),
        (["--dose", "tension=-1"], "tension dose as a fraction from 0 to 1"),
        (["--dose", "nerve=nan"], "nerve dose of at least 0, got nan"),
        (["--dose", "tolerance=inf"], "tolerance dose of at least 0, got inf"),
        (["--region", "sacral", "--cut", "all-paths"], "touches the hamstrings"),
    ],
)
def test_bad_releases_are_refused(capsys, arguments, words):
    code, out, err = run(capsys, "release", "--region", "neck", *arguments)
    assert (code, out) == (2, "")
    assert words in err


def test_free_pelvis_is_for_the_leg_raise(capsys):
    for words in (["front-split"], ["slr", "--free-pelvis"]):
        code, _, err = run(capsys, "test", *words, "--pelvic-share", "0.2")
        assert code == 2 and "got --pelvic-share, without effect" in err
    code, _, err = run(capsys, "test", "forward-bend", "--free-pelvis")
    assert code == 2
    assert "got 'forward-bend', which is another posture" in err


# --- help ----------------------------------------------------------------------------------


def test_no_command_prints_what_there_is(capsys):
    code, out, _ = run(capsys)
    assert code == 2
    for command in ("lines", "show", "regions", "test", "release"):
        assert command in out


@pytest.mark.parametrize("command", ["lines", "show", "regions", "test", "release"])
def test_every_command_has_help(capsys, command):
    code, out, _ = run(capsys, command, "--help")
    assert code == 0
    assert "--json" in out


def test_help_names_the_options_of_the_main_experiment(capsys):
    out = run(capsys, "release", "--help")[1]
    for word in ("--region", "--test", "--tie-ratio", "--dose", "--cut", "all-paths", "--side"):
        assert word in out
    assert "no medical advice" in " ".join(run(capsys, "--help")[1].split())


def test_unknown_command_is_refused(capsys):
    code, _, err = run(capsys, "relaese")
    assert code == 2
    assert "invalid choice: 'relaese'" in err


def test_installed_command_closes_quietly_when_its_reader_leaves():
    """`fascia lines | head -1`: no traceback, and the module runs as a program."""
    program = [sys.executable, "-m", "fascia.cli.command_line", "lines"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_an_interrupted_sweep_ends_with_130_and_continues(capsys, tmp_path, monkeypatch):
    """What is finished is in the store; the continued sweep equals one that was never stopped."""
    from fascia.interventions import release_sweep

    words = ["sweep", "--region", "head_neck", "--tie-ratios", "0.1", "clamped"]
    words += ["--resting-tensions", "5", "--workers", "1"]
    stored = [*words, "--store", str(tmp_path / "store")]
    whole, calls = release_sweep.apply_doses, []

    def stops(*arguments):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(*arguments)

    monkeypatch.setattr(release_sweep, "apply_doses", stops)
    code, out, err = run(capsys, *stored)
    assert (code, out) == (130, "")
    assert err.endswith("interrupted from the keyboard; continue with --resume\n")
    code, _, err = run(capsys, *stored)
    assert code == 2 and "with this cohort already; use --resume to continue" in err
    continued = as_json(capsys, *stored, "--resume")
    assert len(calls) == 3
    assert continued == as_json(capsys, *words)
    assert continued["tie_ratio"] == [0.1, "clamped"]
    assert run(capsys, *words, "--resume")[0] == 2


def test_a_sweep_as_text(capsys):
    code, out, _ = run(capsys, "sweep", "--region", "neck", "--tie-ratios", "inf",
                       "--resting-tensions", "0")  # fmt: skip
    assert code == 0 and ["0", "N", "0.0000"] in [line.split() for line in out.splitlines()]
