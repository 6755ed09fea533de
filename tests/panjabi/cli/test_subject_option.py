"""`--subject FILE` in every command: a multifidus of half strength and L4-L5 without nucleus."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace

import numpy as np
import pytest

from fascia.cli.command_line import _parser as fascia_parser, main as fascia_main
from panjabi import Deficits, Subject
from panjabi.body import Person
from panjabi.cli.command_line import _parser, main
from panjabi.spine import HeldLoad

PATIENT = Subject(
    name="patient 12",
    deficits=Deficits(
        strength_loss={"multifidus_lumbar": 0.5},
        injuries={"L4-L5": ["nucleus"]},
    ),
)
LATE = replace(PATIENT, deficits=Deficits(extra_delay=0.02, gain_factor=1.2))
FASCIA = replace(PATIENT, fascia={"tie_ratio": 0.3, "resting_tension_N": {"": 8.0}})
SMALL = replace(PATIENT, person=Person(stature=1.6, mass=58.0))

NO_SUBJECT = {
    "published": "tables of published values",
    "neutral-zone": "the specimen of a laboratory record",
    "identify": "fits the trunk of the person who was measured",
    "import": "the model in a file has its own body",
    "validate": "predictions for the groups of the published tables",
}
"""Commands without a subject, and whose model they use."""
FASCIA_WITHOUT = {
    "lines": "names of the network",
    "show": "rows of the network of the standard adult",
    "regions": "names of the network",
    "validate": "predictions for the groups of the published tables",
}


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    actions = [a for a in parser._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(actions[0].choices)


def test_every_command_that_builds_a_person_has_the_option():
    for parser, without in ((_parser(), NO_SUBJECT), (fascia_parser(), FASCIA_WITHOUT)):
        for name, command in commands(parser).items():
            known = {option for a in command._actions for option in a.option_strings}
            assert ("--subject" in known) == (name not in without), name


def json_of(capsys, run, *words):
    assert run([*words, "--json"]) == 0, capsys.readouterr().err
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("words", "subject", "key"),
    [
        (("body",), SMALL, "stature_m"),
        (("muscle", "semimem_r"), SMALL, "length_m"),
        (("unit", "L4-L5"), PATIENT, "stiffness_neutral_Nm_per_deg"),
        (("buckle", "--plane", "frontal"), PATIENT, "critical_load_N"),
        (("recruit", "--criterion", "equilibrium"), PATIENT, "compression_N"),
        (("stability", "--floor", "0.5"), PATIENT, "index_Nm_per_rad"),
        (("verdict", "--model", "trunk", "--no-pushes"), PATIENT, "stiffness"),
        (("compensation", "--points", "2"), PATIENT, "activation"),
        (("delay-margin", "--model", "trunk"), PATIENT, "rightmost_root"),
        (("task", "sudden-load"), PATIENT, "peak_angle_deg"),
        (("task", "sway", "--duration", "10"), LATE, "extra_delay_s"),
        (("task", "repeated"), LATE, "lyapunov_per_s"),
        (("task", "sway", "--duration", "10"), PATIENT, "seat_rms_deg"),
        (("task", "repeated"), PATIENT, "lyapunov_per_s"),
        (("task", "repeated"), SMALL, "lyapunov_per_s"),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_subject_goes_through_every_command(words, subject, key, capsys, tmp_path):
    path = tmp_path / "subject.json"
    subject.to_file(path)
    whole = json_of(capsys, main, *words)
    hurt = json_of(capsys, main, *words, "--subject", str(path))
    assert (whole["subject"], hurt["subject"]) == ("standard adult", "patient 12")
    assert hurt[key] != whole[key]


@pytest.mark.parametrize("model", ["trunk", "lumbar"])
def test_a_verdict_is_about_the_spine_of_the_subject(model, capsys, tmp_path, monkeypatch):
    """The spine that the command builds; the verdict of the lumbar spine takes too long here."""
    built = []

    class Verdict:
        def to_dict(self):
            return {}

    monkeypatch.setattr(
        "panjabi.stability.verdict_spine.verdict",
        lambda rest, **push: built.append(rest) or Verdict(),
    )
    path = tmp_path / "subject.json"
    replace(PATIENT, load=HeldLoad(10.0)).to_file(path)
    json_of(capsys, main, "verdict", "--model", model, "--subject", str(path))
    json_of(
        capsys, main, "verdict", "--model", model, "--subject", str(path), "--gain-factor", "0.5"
    )
    own, other = (rest.model for rest in built)
    expected = PATIENT.spine(model, load=10.0)
    assert own.subject == "patient 12"
    assert own.body.total_mass == expected.body.total_mass
    np.testing.assert_array_equal(own.muscles.muscles.max_force, expected.muscles.muscles.max_force)
    assert [j.unit.changes for j in own.joints] == [j.unit.changes for j in expected.joints]
    np.testing.assert_allclose(other.loops.receptors.gain, 0.5 * own.loops.receptors.gain)


def test_fascia_reads_the_same_file(capsys, tmp_path):
    path = tmp_path / "subject.json"
    FASCIA.to_file(path)
    whole = json_of(capsys, fascia_main, "test", "slr")
    hurt = json_of(capsys, fascia_main, "test", "slr", "--subject", str(path))
    options = ("--tie-ratio", "0.3", "--resting-tension", "8")
    same = json_of(capsys, fascia_main, "test", "slr", *options)
    key = "stiffness_Nm_per_rad"
    assert hurt["subject"] == "patient 12"
    assert whole[key] != hurt[key] == pytest.approx(same[key])
    back = json_of(
        capsys, fascia_main, "test", "slr", "--subject", str(path), "--tie-ratio", "0.1",
        "--resting-tension", "5",
    )  # fmt: skip
    assert back[key] == whole[key]


def test_an_option_replaces_what_the_file_says(capsys, tmp_path):
    path = tmp_path / "subject.json"
    replace(SMALL, posture="long_sitting", load=HeldLoad(10.0)).to_file(path)
    file = ("--subject", str(path))
    own = json_of(capsys, main, "body", *file)
    other = json_of(capsys, main, "body", *file, "--stature", "1.70", "--posture", "standing")
    assert (own["posture"], own["stature_m"]) == ("long_sitting", pytest.approx(1.60))
    assert (other["posture"], other["stature_m"]) == ("standing", pytest.approx(1.70))
    assert own["mass_kg"] == other["mass_kg"] == pytest.approx(58.0)
    cut = json_of(capsys, main, "unit", "L4-L5", *file, "--injury", "cut=SSL")
    assert cut["changes"] == ["cut SSL"]  # in place of the nucleus
    described = json_of(capsys, main, "body", "--stature", "1.70")
    assert described["subject"] == "described by options"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("body",), "Expected only the keys"),
        (("recruit",), "Expected only the keys"),
    ],
)
def test_a_wrong_file_is_an_error_of_one_line(words, message, capsys, tmp_path):
    path = tmp_path / "subject.json"
    path.write_text('{"schema": "panjabi-subject/1", "nme": "x"}')
    assert main([*words, "--subject", str(path)]) == 2
    printed = capsys.readouterr().err
    assert message in printed and len(printed.strip().splitlines()) == 1


def test_a_file_without_effect_is_refused(capsys, tmp_path):
    path = tmp_path / "subject.json"
    PATIENT.to_file(path)
    for words in (("delay-margin", "--set", "T1"), ("buckle", "--law", "linear")):
        assert main([*words, "--subject", str(path)]) == 2
        assert "--subject, without effect" in capsys.readouterr().err
    by_loop = replace(PATIENT, deficits=Deficits(gain_factor={"deep": 0.5}))
    by_loop.to_file(path)
    assert main(["task", "sway", "--subject", str(path)]) == 2
    assert "got values by loop" in capsys.readouterr().err
