"""Changes in per cent, as the published tables give them."""

from __future__ import annotations


def change(after: float, before: float) -> float:
    """Change against before [%]."""
    return 100.0 * (after / before - 1.0)
