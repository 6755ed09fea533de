"""Lengths and moment arms of an OpenSim file's paths, points that come, go and move included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from panjabi.body.muscles import Fibre, Muscle, PathArrays, path_arrays
from panjabi.body.poses import Poses
from panjabi.body.tree import Floats, Integers
from panjabi.io.osim_coordinates import OsimCoordinate, chain
from panjabi.io.osim_motion import Chain, series
from panjabi.io.osim_muscles import OsimMuscle
from panjabi.parameter import USER

EDGE = 1e-5  # OpenSim keeps a conditional point this far beyond its range [rad or m]


@dataclass(frozen=True, eq=False)
class Paths:
    """All path points flat, with what makes some of them depend on the posture."""

    everywhere: PathArrays  # all points as if always there, moving ones without their motion
    conditions: tuple[tuple[int, int, Chain, float, float], ...]  # point, free coordinate, ...
    moves: tuple[tuple[int, Floats, int, Chain], ...]  # point, axis, free coordinate, shift

    def at(self, q: Floats) -> PathArrays:
        """The points that are there at q, where they are."""
        if not self.conditions and not self.moves:
            return self.everywhere
        local = self.everywhere.local.copy()
        for p, axis, k, functions in self.moves:
            local[p] += axis * series(functions, q[k])[0]
        return self._kept(local, self.there(q))

    def there(self, q: Floats) -> NDArray[np.bool_]:
        """(np,) whether each point is there at q."""
        there = np.ones(len(self.everywhere.body), bool)
        for p, k, functions, low, high in self.conditions:
            there[p] = low - EDGE <= series(functions, q[k])[0] <= high + EDGE
        return there

    def _kept(self, local: Floats, there: NDArray[np.bool_]) -> PathArrays:
        start = np.concatenate([[0], np.cumsum(there)])[self.everywhere.start]
        return PathArrays(
            start, self.everywhere.body[there], np.ascontiguousarray(local[there]),
            self.everywhere.top,
        )  # fmt: skip

    def add_motion(self, q: Floats, poses: Poses, slope: Floats) -> None:
        """Add to d(length)/dq, (nm, nq), what moving points do by moving in their bodies."""
        if not self.moves:
            return
        there = self.there(q)
        arrays = self.at(q)
        place = np.cumsum(there) - 1  # of a point among those that are there
        world = np.einsum("pij,pj->pi", poses.R[arrays.body], arrays.local) + poses.t[arrays.body]
        for p, axis, k, functions in self.moves:
            m = int(np.searchsorted(self.everywhere.start, p, side="right")) - 1
            n = place[p]
            direction = poses.R[arrays.body[n]] @ axis
            pull = np.zeros(3)
            for other in (n - 1, n + 1):
                if arrays.start[m] <= other < arrays.start[m + 1]:
                    away = world[n] - world[other]
                    pull += away / np.linalg.norm(away)
            slope[m, k] += (pull @ direction) * series(functions, q[k])[1]


def build_paths(
    muscles: Sequence[OsimMuscle],
    names: tuple[str, ...],
    parent: Integers,
    coordinates: Mapping[str, OsimCoordinate],
    free: Sequence[str],
) -> Paths:
    """Flat arrays of the muscles' points, in the order given."""
    conditions, moves = [], []
    points = [p for m in muscles for p in m.points]
    for i, point in enumerate(points):
        if point.condition is not None:
            name, functions = chain(coordinates, point.condition)
            conditions.append((i, free.index(name), functions, *point.range))
        for axis, coordinate, function in point.moves:
            name, functions = chain(coordinates, coordinate)
            moves.append((i, axis, free.index(name), (*functions, function)))
    if not muscles:
        none = np.empty(0, np.int64)
        return Paths(PathArrays(np.zeros(1, np.int64), none, np.empty((0, 3)), none), (), ())
    arrays = path_arrays([as_muscle(m) for m in muscles], names, parent)
    return Paths(arrays, tuple(conditions), tuple(moves))


def as_muscle(
    muscle: OsimMuscle, bodies: tuple[str, ...] = (), points: Floats | None = None
) -> Muscle:
    """The muscle as a record of the body, over the points given or over all points of the file."""
    note = "" if muscle.fixed else "points that come, go or move stand as in the default posture"
    if muscle.wraps:
        note = f"{note}; straight instead of over {', '.join(muscle.wraps)}".lstrip("; ")
    fibre = Fibre(
        muscle.max_force,
        muscle.optimal_fibre_length,
        muscle.tendon_slack_length,
        muscle.pennation,
        None,
        USER,
        "assumed",
        f"{muscle.kind} of the file read",
    )
    return Muscle(
        muscle.name,
        muscle.name,
        group="",
        region="",
        bodies=bodies or tuple(p.body for p in muscle.points),
        points=np.array([p.local for p in muscle.points]) if points is None else points,
        fibres={"osim": fibre},
        path_note=note,
    )
