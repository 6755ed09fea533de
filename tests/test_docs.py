"""What the pages say is so: their Python runs, in order, and their numbers come out.

Every ```python block of README.md and docs/*.md is run, page by page, in a folder that holds only
the examples. Where a line that is an expression ends in a comment, the comment is held against its
value:

    change.end_angle_change_deg    # -> -0.0005     that text, a number to the digits written
    result.stiffness_Nm_per_rad    # ~ 28           a number within ten per cent
"""

from __future__ import annotations

import ast
import re
import sys
import tokenize
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
NAMES = [str(page.relative_to(ROOT)) for page in PAGES]
SLOW = {"getting-started.md"}
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def python_blocks(page: Path) -> Iterator[str]:
    """Code of every block, moved down so that line numbers are those of the page."""
    text = page.read_text(encoding="utf-8")
    for found in FENCE.finditer(text):
        yield "\n" * text.count("\n", 0, found.start(1)) + found.group(1)


def promises(code: str) -> dict[int, str]:
    """Line number -> what its comment says the value is."""
    tokens = tokenize.generate_tokens(StringIO(code).readline)
    return {
        token.start[0]: token.string.lstrip("# ")
        for token in tokens
        if token.type == tokenize.COMMENT and re.match(r"#\s*(->|~)\s", token.string)
    }


def run(code: str, where: str, names: dict) -> None:
    """Run a block statement by statement and hold its comments against the values."""
    said = promises(code)
    for statement in ast.parse(code, where).body:
        promise = said.pop(statement.end_lineno, None)
        if promise is None:
            exec(compile(ast.Module([statement], []), where, "exec"), names)
            continue
        place = f"{where}:{statement.end_lineno}"
        assert isinstance(statement, ast.Expr), f"{place}: only an expression has a value"
        value = eval(compile(ast.Expression(statement.value), where, "eval"), names)
        assert agrees(value, promise), f"{place}: the page says {promise!r}, it is {value!r}"
    assert not said, f"{where}: comments at lines {sorted(said)} belong to no statement"


def agrees(value: object, promise: str) -> bool:
    sign, _, text = promise.partition(" ")
    text = text.strip()
    if sign == "~":
        return bool(np.isclose(float(value), float(text), rtol=0.1, atol=0.0))  # type: ignore[arg-type]
    if isinstance(value, float) and re.fullmatch(r"-?\d+(\.\d*)?", text):
        return f"{value:.{len(text.partition('.')[2])}f}" == text
    return text in (str(value), repr(value))


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, id=name, marks=pytest.mark.slow if page.name in SLOW else ())
        for page, name in zip(PAGES, NAMES, strict=True)
    ],
)
def test_every_python_block_of_the_page_runs(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    module = ModuleType("page")
    monkeypatch.setitem(sys.modules, "page", module)  # dataclasses look their module up
    for code in python_blocks(page):
        run(code, page.name, module.__dict__)


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if not re.match(r"[a-z]+:", target):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_files_that_are_named_exist(page):
    """`fascia/network/ties.py` and the like; out/ is made by the demo."""
    pattern = r"`((?:panjabi|fascia|examples|tests|docs|benchmarks)/[\w./-]+)`"
    for name in re.findall(pattern, page.read_text(encoding="utf-8")):
        assert (ROOT / name).exists(), f"{page.name} names {name}"


CONCEPT = re.compile(
    r"^\| ([^|`]+) \| `(\w+)` \| `((?:panjabi|fascia)/[\w/]+\.py)` \|$", re.MULTILINE
)


def concepts() -> list[tuple[str, str, str]]:
    """Concept, name and module of each row of the table on the page on architecture."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.partition("| concept | name | module |\n|---|---|---|\n")[2].partition("\n\n")[0]
    rows = CONCEPT.findall(table)
    assert len(rows) == len(table.splitlines()) > 40, "a row of the table cannot be read"
    return rows


def test_no_concept_has_two_modules():
    words = Counter(concept for concept, _, _ in concepts())
    places = Counter((name, module) for _, name, module in concepts())
    assert {**words, **places} == dict.fromkeys([*words, *places], 1)


def test_every_concept_is_in_the_module_that_the_page_names():
    for concept, name, module in concepts():
        tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
        defined = {
            node.name for node in tree.body if isinstance(node, ast.ClassDef | ast.FunctionDef)
        }
        assert name in defined, f"{concept}: {module} defines no {name}"


def test_every_package_is_on_the_page_on_architecture():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for package in ("panjabi", "fascia"):
        for file in (ROOT / package).glob("*/__init__.py"):
            assert f"`{package}/{file.parent.name}/`" in text, file.parent.name


def test_readme_lists_every_page():
    listed = re.findall(r"\]\(docs/([\w-]+\.md)\)", (ROOT / "README.md").read_text("utf-8"))
    assert {page.name for page in PAGES[1:]} <= set(listed)


def test_every_settled_decision_has_its_place():
    """S1 to S27, and those of the later decisions that the code follows already."""
    text = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    numbers = [int(number) for number in re.findall(r"^### S(\d+)\b", text, re.MULTILINE)]
    assert numbers[:27] == list(range(1, 28))
    assert {29, 44, 45} <= set(numbers[27:])
    assert numbers == sorted(set(numbers))


def test_no_decision_is_cited_that_is_not_on_the_page():
    text = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    known = set(re.findall(r"^### ([SD]\d+)\b", text, re.MULTILINE))
    cited: dict[str, str] = {}
    for package in ("panjabi", "fascia"):
        for file in (ROOT / package).rglob("*"):
            if file.suffix in (".py", ".csv") and "literature" not in file.parts:
                for name in re.findall(r"\(([SD]\d{1,2})[,)]", file.read_text(encoding="utf-8")):
                    cited[name] = str(file.relative_to(ROOT))
    assert not {name: place for name, place in cited.items() if name not in known}


@pytest.mark.parametrize("law", ["collagen", "passive_fibre", "active_fibre"])
def test_equations_of_the_page_are_those_of_the_code(law):
    from panjabi.tissue.symbols import latex

    text = (ROOT / "docs" / "network.md").read_text(encoding="utf-8")
    for equation in latex(law).splitlines():
        assert equation.replace(" = ", " &= ", 1) in text, f"{law}: {equation}"


def test_a_wrong_number_on_a_page_is_noticed():
    run("1.0 + 1.0  # -> 2.0\n28.4  # ~ 28\n'a'  # -> a\n", "page", {})
    for wrong in ("1.0 + 1.06  # -> 2.0\n", "40.0  # ~ 28\n", "'b'  # -> a\n", "x = 1  # -> 1\n"):
        with pytest.raises(AssertionError):
            run(wrong, "page", {})
