"""Equilibria of a column under a follower load that grows."""

from __future__ import annotations

from collections.abc import Iterable

from panjabi.spine.column_model import Column
from panjabi.spine.loads import FollowerLoad
from panjabi.stability.column_solver import ColumnEquilibrium, column_equilibrium

CARRIED_DEG = 5.0
"""A column carries a load if it stays stable and no level turns further than this [deg]."""


def follower_path(column: Column, forces: Iterable[float]) -> list[ColumnEquilibrium]:
    """One equilibrium for each follower force [N], each found from the one before."""
    bent = column_equilibrium(column)
    path = []
    for force in forces:
        bent = column_equilibrium(column, FollowerLoad(float(force)), start=bent.z)
        path.append(bent)
    return path
