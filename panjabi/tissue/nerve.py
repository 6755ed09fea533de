"""The law of nerve and dura paths."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from panjabi.tissue.collagen import _WithToe


@dataclass(frozen=True, kw_only=True)
class NervePath(_WithToe):
    """Nerve trunk, root or dura: slack, quadratic toe, linear. Tension only.

    The curve is that of collagen, but its meaning differs: the tension has little effect on joint
    angles, and the strain (`strain`) is what a person feels. Values without a measurement are
    assumed.
    """

    name: ClassVar[str] = "nerve_path"
    tissue: ClassVar[str] = "nerve"
