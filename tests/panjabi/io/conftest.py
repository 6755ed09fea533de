"""The model files of these tests, and OpenSim's own answers on them."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

from panjabi.io import read_osim

DATA = Path(__file__).parent / "data"


@pytest.fixture(scope="session")
def data():
    """The folder with the model files."""
    return DATA


@pytest.fixture(scope="session")
def models():
    """Every model file, read."""
    return {file.name: read_osim(file) for file in sorted(DATA.glob("*.osim"))}


@pytest.fixture(scope="session")
def beside():
    """A function from a name to the module of that name beside these tests."""

    def load(name):
        spec = importlib.util.spec_from_file_location(name, DATA.parent / f"{name}.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture(scope="session")
def oracle():
    """Lengths and moment arms by OpenSim 4.6; make_oracle.py wrote the table."""
    return json.loads((DATA / "oracle.json").read_text(encoding="utf-8"))


@pytest.fixture
def edited(tmp_path):
    """A function from a model file and replacements to a changed copy of it."""

    def edit(name, *replacements):
        text = (DATA / name).read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text, old
            text = text.replace(old, new, 1)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return edit
