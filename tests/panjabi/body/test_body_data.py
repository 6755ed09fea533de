"""The data files: schema, licences, the one replaceable file, and a quick start."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from panjabi.body import data, read_adult
from panjabi.errors import DataFileError, SchemaError

PACKAGED = Path(__file__).parents[3] / "panjabi" / "body" / "data"
FILES = sorted(PACKAGED.glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.name)
def test_files_state_schema_and_origin(file):
    content = json.loads(file.read_text())
    assert content["schema"].startswith("panjabi-") and content["schema"][-2:] in ("/1", "/2")
    about = content["about"]
    assert {"licence", "sources", "status"} & about.keys()


def test_values_of_the_rajagopal_models_are_in_one_file():
    """The licence of these models was not seen; replacing one file must remove their values."""
    leg = {m["name"] for m in json.loads((PACKAGED / data.FIBRES_LEG).read_text())["muscles"]}
    for file in FILES:
        if file.name != data.FIBRES_LEG:
            for muscle in json.loads(file.read_text()).get("muscles", []):
                figures = {"Fmax", "lopt", "lts", "penn", "set_2023"} & muscle.keys()
                assert muscle["name"] not in leg or not figures, file.name
    pelvis = json.loads((PACKAGED / "skeleton.json").read_text())["bodies"][0]
    assert pelvis["name"] == "pelvis" and pelvis["inertia"] is None


def test_another_fibre_file_takes_its_place(tmp_path, body):
    content = json.loads((PACKAGED / data.FIBRES_LEG).read_text())
    content["muscles"][0]["Fmax"] = 1000.0
    for muscle in content["muscles"]:
        del muscle["set_2023"]
    file = tmp_path / "mine.json"
    file.write_text(json.dumps(content))
    mine = read_adult(fibres=file)
    assert mine.muscle("bflh_r").fibre.max_force == 1000.0
    assert set(mine.muscle("bflh_r").fibres) == {"2016"}
    assert body.muscle("bflh_r").fibre.max_force == 1313.18


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ('{"schema": "panjabi-fibres/1", "musc', DataFileError, "line 1: .* text that is not JSON"),
        ("[1, 2]", SchemaError, "Expected schema panjabi-fibres/1, got"),
        ('{"schema": "panjabi-skeleton/1"}', SchemaError, "panjabi-skeleton/1"),
        ('{"schema": "panjabi-fibres/2"}', SchemaError, "got the newer 'panjabi-fibres/2'"),
        ('{"schema": "panjabi-fibres/1", "about": {}, "muscles": []}', DataFileError, "without"),
    ],
)
def test_a_wrong_file_is_refused(tmp_path, text, error, words):
    file = tmp_path / "mine.json"
    file.write_text(text)
    with pytest.raises(error, match=words):
        read_adult(fibres=file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(DataFileError, match="cannot be read"):
        read_adult(fibres=tmp_path / "none.json")


def test_import_is_cheap():
    """Neither the import nor the standard adult needs the compiler or SciPy."""
    code = (
        "import sys, panjabi.body; panjabi.body.standard_adult();"
        "print([m for m in ('numba', 'scipy', 'networkx', 'sympy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_standard_adult_is_quick_and_the_same_each_time(body):
    start = time.perf_counter()
    fresh = read_adult()
    assert time.perf_counter() - start < 0.5  # 0.05 s on a quiet machine
    assert fresh is not body
    from panjabi.body import standard_adult

    assert standard_adult() is body


def test_a_body_can_be_sent_to_another_process(body):
    other = pickle.loads(pickle.dumps(body))
    q = body.posture("supine_slr60")
    assert np.array_equal(other.poses(q).t, body.poses(q).t)
    assert other.moment_arms(q, "bflh_r") == body.moment_arms(q, "bflh_r")
