"""A message when numba has to compile the kernels first."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from types import ModuleType

_announced = False


def announce_compilation(*modules: ModuleType) -> None:
    """Print one line, once per process, if the compiled kernels of a module are not in the cache.

    The line goes to standard error. The cache of numba is beside the module, or under
    NUMBA_CACHE_DIR.
    """
    global _announced
    if _announced:
        return
    _announced = True
    missing = [m.__name__ for m in modules if not _cached(m)]
    if missing:
        print(
            f"compiling {', '.join(missing)} for this machine: first run only, under a minute ...",
            file=sys.stderr,
            flush=True,
        )


def _cached(module: ModuleType) -> bool:
    path = Path(module.__file__ or "")
    folders = [path.parent / "__pycache__"]
    if "NUMBA_CACHE_DIR" in os.environ:
        folders = [p for p in Path(os.environ["NUMBA_CACHE_DIR"]).glob("*") if p.is_dir()]
    return any(any(folder.glob(f"{path.stem}.*.nbc")) for folder in folders)
