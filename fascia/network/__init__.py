"""The graph of connective tissue: nodes on the body, strands that pull, lines and regions.

from fascia.network import whole_body

network = whole_body(tie_ratio=0.1)
network.regions()["suboccipital"]          # names of its strands
network.cut("galea_*").with_tie_ratio(0.0)  # a new network; this one is unchanged
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "Line": "fascia.network.model",
    "Node": "fascia.network.model",
    "Strand": "fascia.network.model",
    "TensionNetwork": "fascia.network.model",
    "Segment": "fascia.network.segments",
    "from_networkx": "fascia.network.convert",
    "load": "fascia.network.files",
    "save": "fascia.network.files",
    "superficial_back_line": "fascia.network.build",
    "to_networkx": "fascia.network.convert",
    "whole_body": "fascia.network.build",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
