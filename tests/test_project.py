"""The frame of the project: cheap imports, lazy names, packaged data, directions of import."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"scipy", "numba", "networkx", "sympy", "matplotlib", "pandas"}


def fresh_python(code: str) -> str:
    """What a new interpreter prints; this one has long imported everything."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("package", ["panjabi", "fascia"])
def test_import_loads_no_heavy_package(package):
    loaded = fresh_python(f"import sys, {package}; print(*sys.modules)").split()
    assert HEAVY.isdisjoint(loaded)


@pytest.mark.parametrize("package", ["panjabi", "fascia"])
def test_every_exported_name_can_be_had(package):
    module = __import__(package)
    for name, home in module._EXPORTS.items():
        assert getattr(module, name) is getattr(sys.modules[home], name), name
        assert name in dir(module)


@pytest.mark.parametrize("package", ["panjabi", "fascia"])
def test_no_exported_name_is_also_a_submodule(package):
    from panjabi import _lazy

    module = __import__(package)
    assert set(module._EXPORTS).isdisjoint(_lazy.rooms(package))


def test_submodules_are_attributes_without_an_import():
    assert fresh_python("import fascia; print(fascia.errors.__name__)") == "fascia.errors"


def test_misspelt_name_gets_the_nearest_ones():
    import panjabi

    with pytest.raises(AttributeError, match="no attribute 'publishd'; close: 'published'"):
        _ = panjabi.publishd
    with pytest.raises(ImportError, match="publishd"):
        exec("from panjabi import publishd")


def test_both_packages_have_one_version():
    import fascia
    import panjabi

    assert fascia.__version__ == panjabi.__version__
