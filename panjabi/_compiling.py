"""Say so when kernels are compiled: numba does it once and keeps the result on the disk."""

from __future__ import annotations

import sys
from typing import Any

_PACKAGES = ("panjabi", "fascia")
_listener: Any = None


def announce_compilation() -> None:
    """From now on, one line on standard error before the kernels of a module are compiled.

    numba keeps what it compiled beside the module, or under NUMBA_CACHE_DIR; loading it from there
    is not announced. Kernels that others call are compiled with these and named with them.
    """
    global _listener
    if _listener is None:
        from numba.core import event

        class Announcer(event.Listener):
            """Each module is named once, when the first of its kernels is compiled."""

            def __init__(self) -> None:
                self.depth = 0
                self.named: set[str] = set()

            def on_start(self, event: Any) -> None:
                self.depth += 1
                module = event.data["dispatcher"].py_func.__module__
                if self.depth > 1 or module in self.named or module.split(".")[0] not in _PACKAGES:
                    return
                self.named.add(module)
                print(
                    f"Compiling {module}. This happens only once on this computer and can take up "
                    "to a minute ...",
                    file=sys.stderr,
                    flush=True,
                )

            def on_end(self, event: Any) -> None:
                self.depth -= 1

        _listener = Announcer()
        event.register("numba:compile", _listener)
