"""Every example is imported, run and held to what its text says it found."""

from __future__ import annotations

import ast
import importlib.util
import json
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

FOLDER = Path(__file__).parent.parent / "examples"
FILES = {path.stem: path for path in sorted(FOLDER.rglob("*.py"))}
NAMES = list(FILES)
SLOW = {"release_the_top", "tight_hamstrings_low_back"}


@cache
def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"example_{name}", FILES[name])
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@cache
def answer(name: str) -> Any:
    return load(name).experiment()


def test_there_are_examples():
    assert "release_the_top" in NAMES


@pytest.mark.parametrize("name", NAMES)
def test_example_asks_a_question_and_can_be_imported(name, capsys):
    load.cache_clear()
    module = load(name)
    assert "?" in (module.__doc__ or ""), "the text of an example begins with its question"
    assert callable(module.experiment) and callable(module.check) and callable(module.main)
    printed = capsys.readouterr()
    assert printed.out == "", "importing an example must run nothing"


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow if n in SLOW else ()) for n in NAMES]
)
def test_example_finds_what_it_says(name):
    load(name).check(answer(name))


@pytest.mark.parametrize("name", NAMES)
def test_check_of_an_example_asserts_something(name):
    tree = ast.parse(FILES[name].read_text())
    (check,) = [n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "check"]
    assert sum(isinstance(n, ast.Assert) for n in ast.walk(check)) >= 2


@pytest.mark.slow
def test_the_main_example_writes_json_and_figures_as_pdf_and_png(tmp_path, capsys, monkeypatch):
    module, found = load("release_the_top"), answer("release_the_top")
    monkeypatch.setattr(module, "experiment", lambda progress=True: found)
    module.main(["--out", str(tmp_path)])
    folder = tmp_path / "release_the_top"
    pictures = {path.stem for path in folder.glob("*.pdf")}
    assert pictures == {path.stem for path in folder.glob("*.png")}
    assert {"body_standing", "torque_angle", "tie_sweep", "shares"} <= pictures
    assert all(path.stat().st_size > 5000 for path in folder.iterdir())
    result = json.loads((folder / "result.json").read_text())
    assert set(result["release"]["shares"]) == set(module.DOSES)
    assert len(result["sweep"]["end_change_deg"]) == len(result["sweep"]["resting_tension_N"])
    assert "NaN" not in (folder / "result.json").read_text()
    printed = capsys.readouterr()
    assert "contribution of tension" in printed.out and str(folder) in printed.out
