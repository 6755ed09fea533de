"""Where nodes and strands are in standing, and the checks a network passes at birth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fascia.errors import NetworkError, UnknownStrandError
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
    ends = []
    for name, point, _ in strand.ends:
        node = nodes[name]
        ends.append((node.body, node.position) if point is None else point)
    return [ends[0], *strand.via, ends[1]]


def polyline(
    body: Body | None, nodes: Mapping[str, Node], strand: Strand, at: Poses | None
) -> Floats:
    """World points (n, 3) [m] of a strand with no slip."""
    return np.array([world(body, at, name, p) for name, p in attachments(nodes, strand)])


def length(points: Floats) -> float:
    """Length of a polyline (n, 3) [m]."""
    return float(np.linalg.norm(np.diff(points, axis=0), axis=1).sum())


def check(body: Body | None, nodes: Mapping[str, Node], strands: Iterable[Strand]) -> None:
    """Refuse unknown nodes and bodies, shared slips across bodies and zero lengths."""
    bodies = {"ground"} | (set(body.names) if body is not None else set())
    for node in nodes.values():
        _known_body(f"node {node.name!r}", node.body, bodies)
    for strand in strands:
        who = f"strand {strand.name!r}"
        for name, point, share in strand.ends:
            if name not in nodes:
                raise UnknownStrandError(
                    f"{who} ends at node {name!r}, which does not exist; "
                    f"{nearest(name, nodes)}. Add the node first or end the strand elsewhere."
                )
            if point is not None:
                _known_body(who, point[0], bodies)
                if share > 0.0 and point[0] != nodes[name].body:
                    raise NetworkError(
                        f"{who} is attached to {point[0]!r} but shares the slip of {name!r} on "
                        f"{nodes[name].body!r}; a share needs one body. Move the attachment or "
                        "set the share to 0."
                    )
        for rides_on, _ in strand.via:
            _known_body(who, rides_on, bodies)
        _no_zero_length(strand, nodes)


def _known_body(who: str, body: str, bodies: set[str]) -> None:
    if body not in bodies:
        raise NetworkError(
            f"{who} rides on body {body!r}; {nearest(body, bodies)}. Give the network the body "
            "it was built for, or use 'ground'."
        )


def _no_zero_length(strand: Strand, nodes: Mapping[str, Node]) -> None:
    """Only what cannot move apart is refused: ends at one point of one body."""
    if strand.via:
        return
    start, end = attachments(nodes, strand)
    if start[0] == end[0] and np.linalg.norm(np.subtract(start[1], end[1])) < SHORTEST:
        raise NetworkError(
            f"strand {strand.name!r} has zero length: {strand.start!r} and {strand.end!r} are at "
            f"the same point {start[1]} of {start[0]!r}. Merge the nodes or move one."
        )
