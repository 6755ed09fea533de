"""What a writer of models needs to know of muscles, and the same of a body's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from panjabi.body.muscles import PathArrays
from panjabi.body.tree import Floats

if TYPE_CHECKING:
    from panjabi.body.model import Body


class ExportableMuscles(Protocol):
    """Muscles as polylines over the bodies of a tree.

    Where it also has `optimal_length` and `tendon_slack_length`, (nm,) [m], they are used.
    """

    @property
    def names(self) -> tuple[str, ...]:
        """(nm,)"""
        ...

    @property
    def max_force(self) -> Floats:
        """(nm,) [N]"""
        ...

    @property
    def paths(self) -> PathArrays:
        """Points of all paths, on bodies by their index in the tree."""
        ...


@dataclass(frozen=True, eq=False)
class MusclePaths:
    """A `ExportableMuscles` with the sizes of fibre and tendon; NaN where they are not known."""

    names: tuple[str, ...]
    max_force: Floats  # (nm,) [N]
    optimal_length: Floats  # (nm,) [m]
    tendon_slack_length: Floats  # (nm,) [m]
    paths: PathArrays


def muscles_of(body: Body) -> MusclePaths:
    """The muscles that a body carries itself."""
    fibres = [m.fibre for m in body.muscles.values()]

    def sizes(values: list[float | None]) -> Floats:
        return np.array([np.nan if v is None else v for v in values], float)

    return MusclePaths(
        tuple(body.muscles),
        np.array([f.max_force for f in fibres]),
        sizes([f.optimal_length for f in fibres]),
        sizes([f.tendon_slack_length for f in fibres]),
        body.paths,
    )
