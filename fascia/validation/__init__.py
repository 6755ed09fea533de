"""What the network predicts beside what was measured, hits and misses alike.

    from fascia.validation import validate, as_text

    print(as_text(validate()))

Nothing here fits anything. How a row is judged is written down in the module that predicts it,
and a row that only informed an assumption (role prior) or set a parameter (role calibration)
says so beside its outcome.
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "Comparison": "fascia.validation.comparison",
    "as_rows": "fascia.validation.comparison",
    "as_text": "fascia.validation.comparison",
    "tally": "fascia.validation.comparison",
    "validate": "fascia.validation.network",
    "everything": "fascia.validation.together",
    "as_csv": "fascia.validation.together",
    "as_markdown": "fascia.validation.page",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
