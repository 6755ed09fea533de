"""Say so when the compiled kernels have to be made first."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

_told = False


def announce_compilation(*modules: ModuleType) -> None:
    """One line on standard error, once per process, if a module's kernels are not in the cache.

    numba keeps what it compiled beside the module, or under NUMBA_CACHE_DIR.
    """
    global _told
    if _told:
        return
    _told = True
    missing = [m.__name__ for m in modules if not _cached(m)]
    if missing:
        print(
            f"compiling {', '.join(missing)} for this machine: first run only, under a minute ...",
            file=sys.stderr,
            flush=True,
        )


def _cached(module: ModuleType) -> bool:
    path = Path(module.__file__ or "")
    places = [path.parent / "__pycache__"]
    if "NUMBA_CACHE_DIR" in os.environ:
        places = [p for p in Path(os.environ["NUMBA_CACHE_DIR"]).glob("*") if p.is_dir()]
    return any(any(place.glob(f"{path.stem}.*.nbc")) for place in places)
