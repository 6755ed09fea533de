"""The body and its spine: Panjabi's stability hypothesis as equations one can run.

Names are imported when they are first used, so that `import panjabi` itself stays cheap.
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

__version__ = "0.1.0"

# Public name -> the module that has it. No name here may also be a submodule's: importing the
# submodule would put the module in its place.
_EXPORTS: dict[str, str] = {
    "PanjabiError": "panjabi.errors",
    "Parameter": "panjabi.provenance",
    "ParameterSet": "panjabi.provenance",
    "Sources": "panjabi.provenance",
    "sources": "panjabi.provenance",
    "published": "panjabi.reference",
    "bibliography": "panjabi.reference",
    "equations": "panjabi.printed",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
