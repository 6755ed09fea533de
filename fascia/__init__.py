"""The wrapping: connective tissue as a network of tension around the body of `panjabi`.

Names are imported when they are first used, so that `import fascia` itself stays cheap.
"""

from __future__ import annotations

from typing import Any

from panjabi import __version__ as __version__
from panjabi import _lazy

# Public name -> the module that has it. No name here may also be a submodule's: importing the
# submodule would put the module in its place.
_EXPORTS: dict[str, str] = {
    "FasciaError": "fascia.errors",
    "sources": "panjabi.provenance",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
