"""Panjabi's hypothesis as experiments: fourteen statements, each computed, each with an outcome.

>>> for finding in panjabi.hypothesis.run_all():
...     print(finding)
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "Statement": "panjabi.hypothesis.finding",
    "Finding": "panjabi.hypothesis.finding",
    "Quantity": "panjabi.hypothesis.finding",
    "statements": "panjabi.hypothesis.catalogue",
    "statement": "panjabi.hypothesis.catalogue",
    "run_all": "panjabi.hypothesis.catalogue",
    "CompensationMap": "panjabi.hypothesis.compensation",
    "compensation_map": "panjabi.hypothesis.compensation",
    "least_activation": "panjabi.hypothesis.compensation",
    "Subfailure": "panjabi.hypothesis.subfailure",
    "share_with_chronic_state": "panjabi.hypothesis.subfailure",
    "Noise": "panjabi.hypothesis.quiet_stance",
    "sway": "panjabi.hypothesis.quiet_stance",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
