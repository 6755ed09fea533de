"""The nerve and dura path as a strand of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from panjabi.tissue.collagen import _WithToe


@dataclass(frozen=True, kw_only=True)
class NervePath(_WithToe):
    """Nerve trunk, root or dura: slack, quadratic toe, linear. Tension only.

    The same curve as collagen under another name, because what it means differs: its
    tension bends joints little, its strain is what is felt (`strain`). Its figures are
    assumed wherever no measurement is named with them.
    """

    name: ClassVar[str] = "nerve_path"
