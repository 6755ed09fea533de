"""Write every generated file of the repository, or check that each is current.

    python docs/write_pages.py            write them (make pages)
    python docs/write_pages.py --check    name the old ones, exit status 1 (make check)

Numbers on a page may differ by 2 %, so that another machine's rounding is no difference.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

ROOT = Path(__file__).parents[1]
NUMBER = re.compile(r"-?\d+\.?\d*(?:e[+-]?\d+)?")


def validation_page() -> str:
    from fascia.validation import everything
    from panjabi.validation import as_markdown

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return as_markdown(everything(pool))


def passive_laws() -> str:
    from panjabi.passive.symbols import generate

    return generate()


PAGES: dict[str, Callable[[], str]] = {
    "docs/validation.md": validation_page,
    "panjabi/passive/generated.py": passive_laws,
}


def same(old: str, new: str) -> bool:
    """Whether two texts have the same words, and the same numbers to 2 % (1e-3 near zero)."""
    if NUMBER.sub("#", old) != NUMBER.sub("#", new):
        return False
    pairs = zip(NUMBER.findall(old), NUMBER.findall(new), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=0.02, abs_tol=1e-3) for a, b in pairs)


def main() -> int:
    parser = argparse.ArgumentParser(description="Write or check the generated files.")
    parser.add_argument("--check", action="store_true", help="compare only, write nothing")
    check = parser.parse_args().check
    stale = []
    for name, make in PAGES.items():
        path, text = ROOT / name, make()
        old = path.read_text(encoding="utf-8") if path.exists() else ""
        current = same(old, text) if name.endswith(".md") else old == text
        if check and not current:
            stale.append(name)
        elif not check and not current:
            path.write_text(text, encoding="utf-8")
    if stale:
        print(f"Expected current pages, got old ones: {', '.join(stale)}; run `make pages`.")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
