"""Positions of nodes and strands, and the checks of a new network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.errors import NetworkError, UnknownStrandError
from panjabi.body.muscles import PathArrays
from panjabi.body.poses import touched
from panjabi.body.wrapping import wrap_arrays
from panjabi.errors import nearest

if TYPE_CHECKING:
    from fascia.network.parts import Node, Strand, Vector
    from panjabi.body import Body, Poses

Floats = NDArray[np.float64]
SHORTEST = 1e-9  # [m] below this a strand has no direction


def poses(body: Body | None, q: ArrayLike | None = None) -> Poses | None:
    """Poses at q, upright standing if None; None without a body (all on the ground)."""
    return None if body is None else body.poses(body.zero() if q is None else q)


def world(body: Body | None, at: Poses | None, name: str, local: Vector) -> Floats:
    """World position [m] of a point of a body."""
    point = np.asarray(local, float)
    if name == "ground" or body is None or at is None:
        return point
    b = body.body_index(name)
    return at.R[b] @ point + at.t[b]


def rotation(body: Body | None, at: Poses | None, name: str) -> Floats:
    """Rotation (3, 3) that takes a body's frame to the world."""
    if name == "ground" or body is None or at is None:
        return np.eye(3)
    return at.R[body.body_index(name)]


def attachments(nodes: Mapping[str, Node], strand: Strand) -> list[tuple[str, Vector]]:
    """(body, local point) along a strand from start to end, with no slip."""
    ends: list[tuple[str, Vector]] = []
    for name, point, _ in strand.ends:
        node = nodes[name]
        ends.append((node.body, node.position) if point is None else point)
    return [ends[0], *strand.via, ends[1]]


def polyline(
    body: Body | None, nodes: Mapping[str, Node], strand: Strand, at: Poses | None
) -> Floats:
    """World points (n, 3) [m] of a strand with no slip, with tangent points on surfaces."""
    return _course(body, nodes, strand, at)[0]


def length(body: Body | None, nodes: Mapping[str, Node], strand: Strand, at: Poses | None) -> float:
    """Length of a strand with no slip [m]."""
    points, excess = _course(body, nodes, strand, at)
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum()) + excess


def _course(
    body: Body | None, nodes: Mapping[str, Node], strand: Strand, at: Poses | None
) -> tuple[Floats, float]:
    """Points of a strand, and the length by which arcs over surfaces exceed their chords [m]."""
    along = attachments(nodes, strand)
    if not strand.wraps or body is None or at is None:
        return np.array([world(body, at, name, p) for name, p in along]), 0.0
    index = {name: b for b, name in enumerate(body.names)}
    start = np.array([0, len(along)], np.int64)
    bodies = np.array([index[name] for name, _ in along], np.int64)
    local = np.array([p for _, p in along], float)
    wraps = wrap_arrays([strand.wraps], start, body.surfaces, index)
    path = touched(PathArrays(start, bodies, local, wraps), at)
    points = np.einsum("pij,pj->pi", at.R[path.body], path.local) + at.t[path.body]
    return points, float(path.excess[0])


def check(body: Body | None, nodes: Mapping[str, Node], strands: Iterable[Strand]) -> None:
    """Raise for unknown nodes and bodies, for ends on another body, and for zero lengths."""
    bodies = {"ground", *(() if body is None else body.names)}
    for node in nodes.values():
        _known_body(f"node {node.name!r}", node.body, bodies)
    for strand in strands:
        who = f"strand {strand.name!r}"
        for name, point, fraction in strand.ends:
            if name not in nodes:
                raise UnknownStrandError(
                    f"Expected {who} to end at a node of the network, got {name!r}; "
                    f"{nearest(name, nodes)}. Add the node first, or change the end."
                )
            if point is not None:
                _known_body(who, point[0], bodies)
                if fraction > 0.0 and point[0] != nodes[name].body:
                    raise NetworkError(
                        f"Expected the attachment of {who} on {nodes[name].body!r}, the body of "
                        f"node {name!r} with which it slips, got {point[0]!r}; move the "
                        "attachment, or set start_share or end_share to 0."
                    )
        for via_body, _ in strand.via:
            _known_body(who, via_body, bodies)
        for wrap in strand.wraps:
            if body is None or wrap.surface not in body.surfaces:
                known = () if body is None else tuple(body.surfaces)
                raise NetworkError(
                    f"Expected {who} over a wrapping surface of the body, got {wrap.surface!r}; "
                    f"{nearest(wrap.surface, known)}. Pass the body for which the network was "
                    "built."
                )
        _no_zero_length(strand, nodes)


def _known_body(who: str, body: str, bodies: set[str]) -> None:
    if body not in bodies:
        raise NetworkError(
            f"Expected {who} on a body of this model, got body {body!r}; "
            f"{nearest(body, bodies)}. Pass the body for which the network was built, or use "
            "'ground'."
        )


def _no_zero_length(strand: Strand, nodes: Mapping[str, Node]) -> None:
    """Raise if both ends are at the same point of the same body."""
    if strand.via:
        return
    start, end = attachments(nodes, strand)
    if start[0] == end[0] and np.linalg.norm(np.subtract(start[1], end[1])) < SHORTEST:
        raise NetworkError(
            f"Expected strand {strand.name!r} to have a length, got zero length: {strand.start!r} "
            f"and {strand.end!r} are at the same point {start[1]} of {start[0]!r}; merge the "
            "nodes or move one of them."
        )
