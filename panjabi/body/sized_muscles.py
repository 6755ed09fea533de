"""What a writer or a check of models needs to know of muscles, and the same of a body's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from panjabi.body.model import Body
from panjabi.body.muscles import PathArrays
from panjabi.body.tree import Floats
from panjabi.results import ShortRepr


class SizedMuscles(Protocol):
    """Muscles as polylines over the bodies of a tree, with the sizes of fibre and tendon.

    The musculature of a spine, that of a file and the muscles of a body have this interface. NaN is
    a size that is not known.
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
    def optimal_length(self) -> Floats:
        """Of the fibre, (nm,) [m]."""
        ...

    @property
    def tendon_slack_length(self) -> Floats:
        """(nm,) [m]"""
        ...

    @property
    def paths(self) -> PathArrays:
        """Points of all paths, on bodies by their index in the tree."""
        ...


@dataclass(frozen=True, eq=False, repr=False)
class MusclePaths(ShortRepr):
    """Muscles as arrays; see `SizedMuscles`."""

    names: tuple[str, ...]
    max_force: Floats  # (nm,) [N]
    optimal_length: Floats  # (nm,) [m]
    tendon_slack_length: Floats  # (nm,) [m]
    paths: PathArrays


def muscles_of(body: Body) -> MusclePaths:
    """The muscles of a body as flat arrays."""
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
