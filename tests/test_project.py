"""The frame of the project: cheap imports, lazy names, versions that agree."""

from __future__ import annotations

import ast
import importlib
import inspect
import itertools
import pkgutil
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import networkx
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


# One class per package may carry a name that the field uses for several things.
SHARED_CLASS_NAMES = {
    "Equilibrium": "of a spine in panjabi, of a network in fascia",
    "Subject": "a person in panjabi, with network and tolerance in fascia",
}

# (module, module it imports only for a type hint): why the cycle is harmless
TYPE_ONLY_CYCLES: dict[tuple[str, str], str] = {}


def modules() -> dict[str, Path]:
    """Every module of both packages and its file."""
    files = [*ROOT.glob("panjabi/**/*.py"), *ROOT.glob("fascia/**/*.py")]
    names = (".".join(f.relative_to(ROOT).with_suffix("").parts) for f in files)
    return {n.removesuffix(".__init__"): f for n, f in zip(names, files, strict=True)}


def test_no_two_public_classes_share_a_name():
    places: dict[str, set[str]] = {}
    for module, file in modules().items():
        for node in ast.parse(file.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, set()).add(module)
    shared = {name: where for name, where in places.items() if len(where) > 1}
    assert shared.keys() == SHARED_CLASS_NAMES.keys(), shared
    for where in shared.values():  # one in each package at most
        assert len({module.partition(".")[0] for module in where}) == len(where)


def offered() -> dict[str, dict[str, str]]:
    """Package -> public name -> module that holds it."""
    stubs = {}
    for package, file in modules().items():
        if file.name == "__init__.py":
            nodes = ast.parse(file.with_suffix(".pyi").read_text()).body
            stubs[package] = {
                alias.name: f"{package}.{node.module or alias.name}"
                for node in nodes
                if isinstance(node, ast.ImportFrom)
                for alias in node.names
            }
    return stubs


def imports() -> tuple[networkx.DiGraph, networkx.DiGraph]:
    """Who imports whom, lazy imports counted; and who imports only for a type hint."""
    known, stubs = modules(), offered()
    real, types = networkx.DiGraph(), networkx.DiGraph()
    for module, file in known.items():
        tree = ast.parse(file.read_text())
        hints = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for statement in node.body
            for inner in ast.walk(statement)
        }
        for node in ast.walk(tree):
            graph = types if id(node) in hints else real
            if isinstance(node, ast.Import):
                graph.add_edges_from((module, a.name) for a in node.names if a.name in known)
            elif isinstance(node, ast.ImportFrom) and node.module in known:
                for name in (alias.name for alias in node.names):
                    inner = f"{node.module}.{name}"
                    target = stubs.get(node.module, {}).get(name, node.module)
                    graph.add_edge(module, inner if inner in known else target)
    return real, types


def test_no_import_cycle():
    """Neither at import time nor through imports inside functions; type hints only as listed."""
    real, types = imports()
    cycles = [c for c in networkx.strongly_connected_components(real) if len(c) > 1]
    assert cycles == []
    both = networkx.compose(real, types)
    ring = {m: k for k, c in enumerate(networkx.strongly_connected_components(both)) for m in c}
    back = {(a, b) for a, b in types.edges if ring[a] == ring[b]}
    assert back == TYPE_ONLY_CYCLES.keys()


@pytest.mark.parametrize("name", ["unit", "standard_adult", "spine_model", "published"])
def test_signatures_can_be_seen(name):
    import panjabi

    function = getattr(panjabi, name)
    assert inspect.isfunction(function) and function.__doc__
    assert all(p.kind.name not in ("VAR_POSITIONAL", "VAR_KEYWORD")
               for p in inspect.signature(function).parameters.values())  # fmt: skip


@pytest.mark.parametrize("package", ["panjabi", "fascia"])
def test_commands_know_their_version(package, capsys):
    module = importlib.import_module(package)
    with pytest.raises(SystemExit) as stop:
        module.cli.main(["--version"])
    assert stop.value.code == 0
    assert capsys.readouterr().out == f"{package} {module.__version__}\n"


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
    requirements = [*project()["dependencies"], *extras["test"], *extras["dev"]]
    names = {re.split(r"[><=\[]", requirement)[0].lower() for requirement in requirements}
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


MOST_ARGUMENTS = 12


def test_no_function_takes_more_than_twelve_arguments():
    """Positional and keyword-only ones together; a kernel takes its arrays in NamedTuples."""
    long = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for package in ("panjabi", "fascia")
        for file in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text()))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
        and len([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]) > MOST_ARGUMENTS
    ]
    assert long == []


SHARED_NAMES = {
    *("cli", "errors", "plots", "statements", "validation"),  # packages and modules
    *(
        "main",
        "predicts",
        "solve",
        "validate",
        "Equilibrium",
        "Subject",
        "people",
    ),  # the same meaning in both packages
}


def test_a_public_name_has_one_meaning():
    """`assess`, `forward_bend` and `REGIONS` each were two different functions or tables."""
    meanings: dict[str, set[int]] = {}
    for stub in [*ROOT.glob("panjabi/**/__init__.pyi"), *ROOT.glob("fascia/**/__init__.pyi")]:
        module = importlib.import_module(".".join(stub.parent.relative_to(ROOT).parts))
        for name in module.__all__:
            meanings.setdefault(name, set()).add(id(getattr(module, name)))
    assert {name for name, objects in meanings.items() if len(objects) > 1} <= SHARED_NAMES


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("panjabi/literature/tables.py", "Role"),
        ("panjabi/stability/buckling.py", "JointLawName"),
        ("panjabi/stability/condition.py", "StabilityState"),
        ("panjabi/validation/case.py", "Outcome"),
        ("panjabi/assessment/verdict.py", "Verdict"),
        ("panjabi/delay/integrate/trajectory.py", "Outcome"),
        ("fascia/interventions/release_mechanisms.py", "Mechanism"),
        ("fascia/sparse/backends.py", "Backend"),
    ],
)
def test_aliases_and_enumerations_have_a_description(path, name):
    body = ast.parse((ROOT / path).read_text(encoding="utf-8")).body
    for node, after in itertools.pairwise(body):
        if isinstance(node, ast.ClassDef) and node.name == name:
            assert ast.get_docstring(node)
            return
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == name:
            assert isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            return
    raise AssertionError(f"{name} is not defined in {path}")
