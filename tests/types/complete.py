"""Fails if a public name has a type that a type checker does not know; `make check` runs this.

Public are the names in the stub (`__init__.pyi`) of a package, with all members of a class.
"""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
INFERRED = {  # a method of a table under a second name: known, though without an annotation
    "panjabi.validation.table.predicts",
    "fascia.validation.table.predicts",
}


def report(package: str) -> list[dict[str, Any]]:
    """All symbols of a package as basedpyright sees them from outside."""
    command = [str(Path(sys.executable).with_name("basedpyright")), "--pythonpath", sys.executable]
    done = subprocess.run(
        [*command, "--verifytypes", package, "--ignoreexternal", "--outputjson"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,  # it fails for symbols that are not public, too
    )
    return json.loads(done.stdout)["typeCompleteness"]["symbols"]


def public(stub: Path) -> Iterator[str]:
    """Full names of what a stub exports."""
    package = ".".join(stub.parent.relative_to(ROOT).parts)
    for node in ast.parse(stub.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            module = f"{package}.{node.module}" if node.level else node.module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def main() -> int:
    incomplete = set[str]()
    for root in ("panjabi", "fascia"):
        symbols = report(root)
        if not symbols:
            raise SystemExit(f"Expected a report on {root}, got none; is basedpyright installed?")
        wrong = [
            s
            for s in symbols
            if (not s["isTypeKnown"] or s["isTypeAmbiguous"]) and s["name"] not in INFERRED
        ]
        for stub in sorted((ROOT / root).rglob("__init__.pyi")):
            for name in public(stub):
                incomplete |= {
                    f"{s['name']}: {'; '.join(d['message'] for d in s['diagnostics'])}"
                    for s in wrong
                    if s["name"] == name or s["name"].startswith(f"{name}.")
                }
    print("\n".join(sorted(incomplete)) or "every public name has a known type")
    return bool(incomplete)


if __name__ == "__main__":
    raise SystemExit(main())
