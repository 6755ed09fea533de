"""Measures on time series that the field uses: latency, sway, diffusion, divergence, agreement.

>>> from panjabi.neural.measures import lyapunov
>>> found = lyapunov(angle, step=0.01, fit=(0.0, 1.5))
>>> found.exponent, str(found.embedding)
"""

from __future__ import annotations

from typing import Any

from panjabi import _lazy

_EXPORTS: dict[str, str] = {
    "Latency": "panjabi.neural.measures.onset",
    "latency": "panjabi.neural.measures.onset",
    "Sway": "panjabi.neural.measures.stabilogram",
    "sway": "panjabi.neural.measures.stabilogram",
    "Diffusion": "panjabi.neural.measures.stabilogram",
    "diffusion": "panjabi.neural.measures.stabilogram",
    "Embedding": "panjabi.neural.measures.delay_embedding",
    "embedding": "panjabi.neural.measures.delay_embedding",
    "Lyapunov": "panjabi.neural.measures.divergence",
    "lyapunov": "panjabi.neural.measures.divergence",
    "variance_accounted_for": "panjabi.neural.measures.agreement",
    "ReflexShare": "panjabi.neural.measures.share",
    "reflex_share": "panjabi.neural.measures.share",
}


def __getattr__(name: str) -> Any:
    return _lazy.lookup(__name__, _EXPORTS, name)


def __dir__() -> list[str]:
    return _lazy.names(__name__, _EXPORTS)
