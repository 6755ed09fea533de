"""Options that describe the person: --stature, --mass, --sex, --age."""

from __future__ import annotations

import json

import pytest

from fascia.cli.command_line import main as fascia_main
from panjabi.body import standard_adult
from panjabi.cli.command_line import main
from panjabi.recruitment import recruit
from panjabi.spine import static_spine
from panjabi.stability import buckle

SMALL = ("--stature", "1.60", "--mass", "58", "--sex", "female", "--age", "50")


def json_of(capsys, *words: str):
    assert main([*words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def small():
    return standard_adult(stature_m=1.60, mass_kg=58.0, sex="female", age_years=50.0)


def test_the_body_of_the_options(capsys):
    value = json_of(capsys, "body", *SMALL)
    assert value["stature_m"] == pytest.approx(1.60)
    assert value["mass_kg"] == pytest.approx(58.0)
    assert (value["sex"], value["age_years"], value["outside_evidence"]) == ("female", 50.0, [])
    heavy = json_of(capsys, "body", "--mass", "150")
    assert "mass of 150 kg is beyond the tests" in heavy["outside_evidence"][0]
    arm = json_of(capsys, "muscle", "semimem_r", *SMALL)
    assert arm["length_m"] == small().path_length(small().zero(), "semimem_r")


def test_recruit_and_buckle_follow_the_options(capsys):
    value = json_of(capsys, "recruit", "--floor", "5", *SMALL)
    expected = recruit(static_spine(body=small()), floor=5.0)
    assert value["compression_N"]["L5-S1"] == pytest.approx(expected.compression["L5-S1"], rel=1e-6)
    assert value["stature_m"] == pytest.approx(1.60)
    load = json_of(capsys, "buckle", "--plane", "frontal", *SMALL)["critical_load_N"]
    assert load == pytest.approx(buckle(plane="frontal", body=small()).load)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("recruit", "--stature", "1.10", "--mass", "19"), "children"),
        (("body", "--age", "8"), "age from 16 to 90"),
        (("delay-margin", "--set", "T1", "--sex", "female"), "--sex, without effect"),
        (("buckle", "--law", "linear", "--stature", "1.6"), "--stature, without effect"),
    ],
)
def test_persons_without_evidence_or_effect_are_refused(capsys, words, message):
    assert main(words) == 2
    assert message in capsys.readouterr().err


def test_a_clinical_test_of_another_person(capsys):
    results = []
    for words in ((), ("--stature", "1.60", "--mass", "58")):
        assert fascia_main(["test", "slr", *words, "--json"]) == 0
        results.append(json.loads(capsys.readouterr().out))
    ratio = [r["stiffness_Nm_per_rad"] for r in results]
    assert ratio[1] / ratio[0] == pytest.approx((1.60 / 1.75) ** 3, rel=1e-4)


def test_a_sweep_of_another_person(capsys):
    words = ["sweep", "--region", "neck", "--tie-ratios", "0.1", "--resting-tensions", "20"]
    results = []
    for more in ((), ("--stature", "1.60", "--mass", "58")):
        assert fascia_main([*words, *more, "--json"]) == 0
        results.append(json.loads(capsys.readouterr().out)["stiffness_before_Nm_per_rad"][0][0])
    assert results[1] / results[0] == pytest.approx((1.60 / 1.75) ** 3, rel=1e-2)
