"""The frame of the project: cheap imports, lazy names, versions that agree."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
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


def packages() -> list[str]:
    """Every package of both trees, the top ones included."""
    inside = [
        module.name
        for top in ("panjabi", "fascia")
        for module in pkgutil.walk_packages([str(ROOT / top)], f"{top}.")
        if module.ispkg
    ]
    return ["panjabi", "fascia", *inside]


@pytest.mark.parametrize("package", packages())
def test_public_names_can_be_imported_and_hide_no_module(package):
    """A name equal to a module beside it would be replaced by that module when it is imported."""
    module = importlib.import_module(package)
    stub = ast.parse(Path(str(module.__file__) + "i").read_text())
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    modules = {alias.name for node in imports if not node.module for alias in node.names}
    names = {alias.name for node in imports if node.module for alias in node.names}
    assert names.isdisjoint(found.name for found in pkgutil.iter_modules(module.__path__))
    assert names | modules <= set(module.__all__)
    for name in names:
        assert getattr(module, name) is not None
        assert name in dir(module)


def test_submodules_are_attributes_without_an_import():
    assert fresh_python("import fascia; print(fascia.errors.__name__)") == "fascia.errors"


def test_misspelt_name_is_an_error():
    import panjabi

    with pytest.raises(AttributeError, match="publishd"):
        _ = panjabi.publishd  # type: ignore[attr-defined]
    with pytest.raises(ImportError, match="publishd"):
        exec("from panjabi import publishd")


def test_both_packages_have_one_version():
    import fascia
    import panjabi

    assert fascia.__version__ == panjabi.__version__


def project() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_citation_and_changelog_know_the_version():
    import panjabi

    assert f"version: {panjabi.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"## {panjabi.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_every_direct_requirement_is_pinned():
    """Pins hold names and versions only; the optional Pardiso is whatever fits the machine."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][0-9a-z.]*", line) for line in lines)
    pinned = {line.split("==")[0].lower() for line in lines}
    extras = project()["optional-dependencies"]
    wanted = [*project()["dependencies"], *extras["test"], *extras["dev"]]
    names = {re.split(r"[><=\[]", requirement)[0].lower() for requirement in wanted}
    assert names - {"panjabi"} <= pinned


def test_notices_travel_with_the_data():
    notice = (ROOT / "NOTICE").read_text()
    for owner in ("Vikash Kumar, Vittorio Caggiano", "ross-wilkinson", "mjhmilla"):
        assert owner in notice
    assert "The data were changed" in notice
    assert "Apache License" in (ROOT / "LICENSE").read_text()
    from panjabi import bibliography

    for key in re.findall(r"\b[A-Z][a-z]+20\d\d\b", notice.split("(keys ")[1].split("of\n")[0]):
        assert key in bibliography()


def test_make_lists_its_targets():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    for target in ("demo", "test", "check", "bench", "clean"):
        assert f"make {target} " in said.stdout


def parameter_sources() -> list[tuple[str, str]]:
    """(place, source) of every `Parameter(...)` in the code whose source is written out."""
    found = []
    for file in [*ROOT.glob("panjabi/**/*.py"), *ROOT.glob("fascia/**/*.py")]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Parameter":
                given = {k.arg: k.value for k in node.keywords}
                given |= dict(zip(("value", "unit", "source"), node.args, strict=False))
                source = given.get("source")
                if isinstance(source, ast.Constant):
                    place = f"{file.relative_to(ROOT)}:{node.lineno}"
                    found.append((place, str(source.value)))
    return found


def test_every_written_source_is_in_the_bibliography():
    from panjabi import bibliography

    unknown = [
        (place, key)
        for place, source in parameter_sources()
        for key in re.split(r";\s*", source)
        if key not in bibliography()
    ]
    assert unknown == [], "use a key of references.bib, THIS_WORK or USER of panjabi.parameter"
