"""The muscle files: their content, and errors of damaged files."""

from __future__ import annotations

import json
from importlib import resources

import pytest

from panjabi.active.build import musculature
from panjabi.active.data import read_set, read_set_file
from panjabi.errors import DataFileError, ParameterError, SchemaError, UnknownNameError
from panjabi.literature import published


def packaged():
    file = resources.files("panjabi.active") / "data" / "thoracolumbar.json"
    return json.loads(file.read_text(encoding="utf-8"))


def test_sets_name_their_sources():
    trunk, neck = read_set("thoracolumbar"), read_set("cervical")
    assert (len(trunk.muscles), len(neck.muscles)) == (189, 34)
    assert "MIT" in trunk.source["licence"] and "MIT" in neck.source["licence"]
    assert (trunk.bib, neck.bib) == ("Bruno2015", "Mortensen2018")
    assert any("sacrum" in c for c in trunk.corrections)


def test_groups_sum_to_the_published_table():
    """Sum of Fmax and number of fascicles by group, as tabulated from the model file."""
    rows = {row.id: row for row in published("spine-active", role="calibration")}
    trunk = read_set("thoracolumbar").muscles
    for group in {m.group for m in trunk}:
        own = [m for m in trunk if m.group == group]
        assert rows[f"mus_{group}_n"].number == len(own)
        total = sum(m.max_force for m in own)
        assert rows[f"mus_{group}_Fmax"].number == pytest.approx(total, abs=1.0)


def test_a_set_of_the_user_replaces_the_packaged_set(tmp_path):
    content = packaged()
    content["muscles"] = content["muscles"][:3]
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(content))
    mine = read_set_file(file)
    assert len(musculature(sets={"thoracolumbar": mine})) == 6
    with pytest.raises(ParameterError, match="under its name"):
        musculature(sets={"cervical": mine})


def changed(**figures):
    def change(content):
        content["muscles"][1] |= figures

    return change


@pytest.mark.parametrize(
    "change, error, words",
    [
        (lambda c: c.update(schema="panjabi-musculature/2"), SchemaError, "newer"),
        (lambda c: c.update(schema="other/1"), SchemaError, "give a file with that schema"),
        (lambda c: c.pop("muscles"), DataFileError, "without 'muscles'"),
        (lambda c: c.update(set="lumbar"), UnknownNameError, "muscle set"),
        (lambda c: c["muscles"].append(c["muscles"][0]), DataFileError, "rename one"),
        (changed(lopt=0.0), DataFileError, "Ps_L1_TP.*Expected lopt .*got 0"),
        (changed(Fmax=-1.0), DataFileError, "Expected Fmax .*got -1"),
        (changed(penn=2.0), DataFileError, "0 to pi/2"),
        (changed(points=[["pelvis", 0, 0, 0]]), DataFileError, "two or more"),
        (
            changed(points=[["pelvis", 0, 0, 0], ["L1", 0, float("nan"), 0]]),
            DataFileError,
            "finite",
        ),
        (lambda c: c["muscles"][1].pop("Fmax"), DataFileError, "complete the muscle"),
    ],
)
def test_errors_of_damaged_files_name_the_fault(tmp_path, change, error, words):
    content = packaged()
    change(content)
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(content))
    with pytest.raises(error, match=words):
        read_set_file(file)


def test_a_point_on_a_body_that_does_not_exist_names_the_muscle(tmp_path):
    content = packaged()
    content["muscles"][1]["points"][0][0] = "lumbar9"
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(content))
    with pytest.raises(UnknownNameError, match="Ps_L1_TP.*lumbar9"):
        musculature(sets={"thoracolumbar": read_set_file(file)})


def test_only_packaged_sets_have_names():
    with pytest.raises(UnknownNameError, match="possible: 'thoracolumbar', 'cervical'|close"):
        read_set("leg")
