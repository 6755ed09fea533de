"""Equilibria of a column under an increasing follower load."""

from __future__ import annotations

from collections.abc import Iterable

from panjabi.spine.loads import FollowerLoad
from panjabi.spine.model import Spine
from panjabi.stability.column_solver import ColumnEquilibrium, column_equilibrium

CARRIED_DEG = 5.0
"""A column carries a load if it stays stable and no level rotates more than this [deg]."""


def follower_path(column: Spine, forces: Iterable[float]) -> list[ColumnEquilibrium]:
    """The equilibrium for each follower force [N]; each starts from the previous equilibrium."""
    shape = column_equilibrium(column)
    path = []
    for force in forces:
        shape = column_equilibrium(column, FollowerLoad(float(force)), start=shape.z)
        path.append(shape)
    return path
