"""Muscles of a set on a body of any size: points of both sides, and lengths of the fibres."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from panjabi.active.abdomen import NAME as ABDOMEN
from panjabi.active.data import MuscleRecord
from panjabi.body.landmarks import left, mirrored
from panjabi.body.model import Body
from panjabi.body.muscles import PathArrays
from panjabi.body.reduced import ReducedTree
from panjabi.body.standard import standard_adult
from panjabi.body.tree import Floats, Integers
from panjabi.body.wrapping import Surface, WrapArrays, wrap_arrays
from panjabi.errors import UnknownNameError, unknown
from panjabi.results import ShortRepr


@dataclass(frozen=True, eq=False, repr=False)
class PlacedPaths(ShortRepr):
    """Paths of muscles over the bodies of one tree; the right side first, then the left."""

    start: Integers  # (nm + 1,) points of muscle m are start[m] .. start[m + 1] - 1
    body: Integers  # (np,)
    local: Floats  # (np, 3) [m]
    wraps: WrapArrays | None = None

    def on(self, reduced: ReducedTree) -> PathArrays:
        """The same points on the bodies of a reduced tree, for the kernels."""
        at = [reduced.point(b, p) for b, p in zip(self.body, self.local, strict=True)]
        body = np.array([b for b, _ in at], np.int64)
        wraps = self.wraps
        if wraps is not None:
            wraps = wraps._replace(surfaces=reduced.surfaces(wraps.surfaces))
        return PathArrays(self.start, body, np.array([p for _, p in at]), wraps)


def place(
    body: Body,
    records: Sequence[MuscleRecord],
    abdomen: Floats,
    surfaces: Mapping[str, Surface] | None = None,
) -> PlacedPaths:
    """Points of both sides on the body's tree, on which the abdomen is the last body.

    abdomen : (3, 4) from `with_abdomen`, converts points of the abdomen frame.
    surfaces : of the right side, for the wraps of the records; the left side has mirror images.
    The left side is the mirror image in the frames of the bodies, because a frame such as that of
    the sternum may lie beside the midline.
    """
    right: list[tuple[int, Floats]] = []
    for record in records:
        for name, point, naming in zip(record.bodies, record.points, record.naming, strict=True):
            if name == ABDOMEN:
                right.append((len(body.names), abdomen[:, :3] @ point + abdomen[:, 3]))
                continue
            try:
                right.append(body.attachment(name, point, naming=naming))
            except UnknownNameError as error:
                raise UnknownNameError(f"muscle {record.name!r}: {error}") from error
    sizes = [len(record.points) for record in records]
    start = np.concatenate([[0], np.cumsum(sizes + sizes)]).astype(np.int64)
    twin = [body.names.index(left(name)) for name in body.names] + [len(body.names)]
    return PlacedPaths(
        start,
        np.array([b for b, _ in right] + [twin[b] for b, _ in right], np.int64),
        np.array([p for _, p in right] + [mirrored(p) for _, p in right]),
        _both_sides(body, records, start, surfaces or {}),
    )


def _both_sides(
    body: Body, records: Sequence[MuscleRecord], start: Integers, surfaces: Mapping[str, Surface]
) -> WrapArrays | None:
    """Wraps of the right muscles, then those of the left over mirror images of the surfaces."""
    used = {w.surface: surfaces.get(w.surface) for record in records for w in record.wraps}
    for name, surface in used.items():
        if surface is None:
            raise unknown("wrapping surface", name, surfaces)
        body.body_index(surface.body)
    mirror = {f"{name}, mirrored": s.mirrored() for name, s in used.items() if s is not None}
    right = [record.wraps for record in records]
    left_side = [[replace(w, surface=f"{w.surface}, mirrored") for w in ws] for ws in right]
    index = {name: b for b, name in enumerate(body.names)}
    both = {name: s for name, s in used.items() if s is not None} | mirror
    return wrap_arrays([*right, *left_side], start, both, index)


def path_scale(body: Body, records: Sequence[MuscleRecord], neutral: Floats) -> Floats:
    """Path lengths of both sides, upright, over those on the standard adult, (nm,) [1].

    neutral : (nm,) path lengths on the body, upright [m].
    """
    return neutral / _standard_lengths(body, records, neutral)


def fibre_scale(body: Body, records: Sequence[MuscleRecord], neutral: Floats) -> Floats:
    """Fibre and tendon lengths of both sides over those of the source, (nm,) [1].

    A set that fits the standard adult keeps its lengths; those of the neck scale with its points; a
    muscle with a replaced end on the girdle scales with its path. In a body of another size, each
    fibre scales with its path (`path_scale`).
    """
    standard = _standard_lengths(body, records, neutral)
    neck = standard_adult().parameters["neck_scale"].si
    base = [
        standard[m] / r.girdle_length
        if r.girdle_length is not None
        else neck
        if r.naming[0] == "cervical"
        else 1.0
        for m, r in enumerate(records)
    ]
    return np.array(base + base) * (neutral / standard)


def _standard_lengths(body: Body, records: Sequence[MuscleRecord], neutral: Floats) -> Floats:
    adult = standard_adult()
    return neutral if body is adult else neutral_lengths(adult, records)


def neutral_lengths(body: Body, records: Sequence[MuscleRecord]) -> Floats:
    """Path lengths of both sides, upright, (nm,) [m]."""
    from panjabi.active.abdomen import with_abdomen

    _, abdomen = with_abdomen(body, None)
    polylines = place(body, records, abdomen)
    poses = body.poses(body.zero())
    sacrum = body.body_index("sacrum")
    R = np.concatenate([poses.R, poses.R[sacrum][None]])
    t = np.vstack([poses.t, poses.t[sacrum]])
    world = np.einsum("pij,pj->pi", R[polylines.body], polylines.local) + t[polylines.body]
    pieces = np.linalg.norm(np.diff(world, axis=0), axis=1)
    pieces[polylines.start[1:-1] - 1] = 0.0  # between two muscles
    return np.add.reduceat(np.append(pieces, 0.0), polylines.start[:-1])
