"""The muscles of a spine at one posture: geometry, Hill law, pull on every level."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from panjabi.passive.directions import coordinate_names
from panjabi.spine.muscle_state import MuscleState

if TYPE_CHECKING:
    from panjabi.active.abdominal_wall import WallLine
    from panjabi.active.muscle_arrays import Musculature
    from panjabi.active.musculotendon import Musculotendon
    from panjabi.body.muscles import PathArrays
    from panjabi.body.poses import Poses

Floats = NDArray[np.float64]


def muscles_at(tendons: Musculotendon, angles: Floats, levels: Sequence[str]) -> MuscleState:
    """The muscles at angles (n,) [rad] of their coordinates.

    levels : joints whose forces are wanted, each with a free coordinate; see `MuscleState.pull`.
    """
    m = tendons.muscles
    pose = m.pose(np.ascontiguousarray(angles, float))
    paths = m.polylines(pose)
    world = np.einsum("pij,pj->pi", pose.R[paths.body], paths.local) + pose.t[paths.body]
    lines = tuple(world[a:b] for a, b in pairwise(paths.start))
    geometry = m.geometry(pose)
    return MuscleState(
        names=m.names,
        groups=m.groups,
        length=geometry.length,
        slope=geometry.slope,
        curvature=m.curvature(pose),
        units=tendons.units,
        most=np.ones(len(m)),
        carried=np.zeros(len(m)),
        pull=_pull(m, pose, paths, lines, levels),
        lines=lines,
    )


def _pull(
    m: Musculature,
    pose: Poses,
    paths: PathArrays,
    lines: tuple[Floats, ...],
    levels: Sequence[str],
) -> Floats:
    """(levels, m, 3) sum over the pieces of each path that run from above a level to below it.

    Above a level are its upper vertebra and all bodies attached to it; the abdomen, which is
    attached to the sacrum, is below every level.
    """
    above = _above(m, levels)
    start, body = paths.start, paths.body
    pull = np.zeros((len(levels), len(m.names), 3))
    for k, line in enumerate(lines):
        points = slice(start[k], start[k + 1])
        step = np.diff(line, axis=0)
        direction = step / np.linalg.norm(step, axis=1)[:, None]
        side = above[:, body[points]].astype(float)  # (levels, points)
        # a piece pulls its first point forward along the path and its second one back
        pull[:, k] = (side[:, :-1] - side[:, 1:]) @ direction
    if m.wall is not None:
        low, high = (pose.R[b] @ x + pose.t[b] for b, x in zip(*_ends(m.wall), strict=True))
        up = (high - low) / np.linalg.norm(high - low)
        crossed = above[:, m.wall.path.body[1]].astype(float) - above[:, m.wall.path.body[0]]
        pull += np.einsum("l,m,k->lmk", crossed, m.wall.share, up)
    return pull


def _ends(wall: WallLine) -> tuple[Sequence[int], Floats]:
    """Bodies and points of the ends of the line of the pressure, from below."""
    return wall.path.body.tolist(), wall.path.local


def _above(m: Musculature, levels: Sequence[str]) -> NDArray[np.bool_]:
    """(levels, bodies) of the musculature's tree: whether a body is above a level."""
    tree, place = m.tree, {name: k for k, name in enumerate(m.coordinates)}
    own = [{place[c] for c in coordinate_names(level) if c in place} for level in levels]
    above = np.zeros((len(levels), len(tree.parent)), bool)
    for b in range(1, len(tree.parent)):
        above[:, b] = above[:, tree.parent[b]]
        turns = {int(c) for c in tree.coordinate[tree.first[b] : tree.first[b + 1]]}
        for k, coordinates in enumerate(own):
            above[k, b] |= turns == coordinates
    return above
